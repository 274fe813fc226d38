import Base
import Tensors

extension MusicInfuser {
    /// Which layers take an adapter well: those without which a sample is told what to move away from, and gets better
    /// by it. The paper scores the guided videos' imaging quality with VBench; here it is the dances' Fréchet distance
    /// from real ones.
    enum Adaptability {
        /// How far samples are moved away from what the layer's absence gives.
        static let weight: Float = 1

        /// Eq. 4 The skip guidance (D_full - D_without) / σ of two denoised estimates.
        static func difference(_ full: Tensor, without skipped: Tensor, sigma: Float) -> Tensor {
            (full - skipped) * (1 / sigma)
        }

        /// Eq. 4 as it is used: the estimate moved away from that without the layer, D_full + w (D_full - D_without).
        static func guided(_ full: Tensor, without skipped: Tensor, weight: Float) -> Tensor {
            full + (full - skipped) * weight
        }

        /// The layers into which sound comes.
        static func layers(of idea: Idea, _ scores: [Score], count: Int) -> [Int] {
            switch idea.layers {
            case .adaptable: chosen(scores, count: min(count, scores.count))
            case .others: left(scores, count: min(count, scores.count))
            case .all: Array(scores.indices)
            }
        }

        /// The `count` layers whose guided samples are best, in ascending order.
        static func chosen(_ scores: [Score], count: Int) -> [Int] {
            let order = scores.indices.sorted { (scores[$0].distance, $0) < (scores[$1].distance, $1) }
            return order.prefix(count).sorted()
        }

        /// The `count` layers whose guided samples are worst, in ascending order.
        static func left(_ scores: [Score], count: Int) -> [Int] {
            let best = Set(chosen(scores, count: scores.count - count))
            return scores.indices.filter { !best.contains($0) }
        }
    }

    /// What leaving out a layer shows of it.
    struct Score: Codable {
        /// Fréchet distance of guided samples from real dances: lower is more adaptable.
        let distance: Double
        /// The mean size of the skip guidance: how much the layer does.
        let size: Double
    }
}
