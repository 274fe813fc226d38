import Base
import Foundation
import MethodKit
import Tensors

extension Steve {
    /// Scores each widget of a screen for the concept that is wanted: a perceptron on both vectors and their product.
    struct Policy: Module {
        /// One vector a concept: [concepts, width]
        private var concepts: Tensor
        /// One vector a widget: [widgets, width]
        private var widgets: Tensor
        /// [3 width] of concept, widget and their product to one score.
        private var scorer: MLP

        /// Widths of a learnt vector, of a given one, and of the perceptron.
        static let width = 32, features = 8, hidden = 64

        /// - Parameters:
        ///   - desk: how many concepts and widgets there are.
        ///   - sharesFeatures: whether the vectors are given and fixed, so that all concepts share what is learnt.
        ///   - random: for the first weights.
        init(_ desk: MiniDesk, sharesFeatures: Bool, using random: inout RandomStream) {
            // Learnt vectors know nothing of each other: each concept has to be learnt, and can be got wrong, by
            // itself. Given ones do not train, so all that is learnt is common to all concepts.
            if sharesFeatures {
                (concepts, widgets) = Self.features(desk, &random)
            } else {
                concepts = .gaussian([desk.concepts, Self.width], trains: true, using: &random)
                widgets = .gaussian([desk.widgets, Self.width], trains: true, using: &random)
            }
            scorer = MLP([3 * concepts.shape[1], Self.hidden, 1], using: &random)
        }

        /// Freezes all weights and puts LoRA adapters on the linear layers; α is 16 as in the paper. Policy and
        /// reference then have equal bases and differ in their adapters. Rank 0 changes nothing.
        mutating func adapt(rank: Int, using random: inout RandomStream) {
            guard rank > 0 else { return }
            (concepts, widgets) = (concepts.detached, widgets.detached)
            // B starts at 0, as in LoRA's paper: the adapted policy is still the start agent.
            scorer.layers = scorer.layers.map { $0.adapted(rank: rank, alpha: 16, using: &random) }
        }

        /// A widget looks like its concept, its look-alike a little less so.
        private static func features(_ desk: MiniDesk, _ random: inout RandomStream) -> (Tensor, Tensor) {
            let base = (0..<desk.concepts * features).map { _ in random.gaussian() }
            func near(_ noise: Double) -> [Float] { base.map { Float($0 + noise * random.gaussian()) } }
            let rows = near(0.3) + near(0.5) + (0..<features).map { _ in Float(random.gaussian()) }
            return (
                Tensor(base.map { Float($0) }, [desk.concepts, features]),
                Tensor(rows, [desk.widgets, features])
            )
        }

        /// Scores of all slots, whose softmax over a screen's six slots is π(y|x): [screens, slots]
        func logits(_ screens: [MiniDesk.Screen]) -> Tensor {
            let slots = MiniDesk.slots
            let c = concepts.gathered(screens.flatMap { Array(repeating: $0.concept, count: slots) })
            let w = widgets.gathered(screens.flatMap(\.widgets))
            // c, w, c * w: [screens * slots, width] each; the product lets one layer see whether the two belong
            // together.
            return scorer(.concatenated([c, w, c * w], axis: 1)).reshaped([screens.count, slots])
        }

        /// Log-probabilities of all slots in Double, one row a screen; no gradient.
        func logProbabilities(_ screens: [MiniDesk.Screen]) -> [[Double]] {
            Self.rows(withoutGradient { logits(screens) })
        }

        /// Log-probabilities of logits [screens, slots], one row a screen; no gradient.
        static func rows(_ logits: Tensor) -> [[Double]] {
            let values = withoutGradient { logits.logSoftmax() }.doubles, width = logits.shape.last ?? 1
            return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
        }

        /// Chooses a slot for each screen.
        ///
        /// - Parameters:
        ///   - screens: where.
        ///   - avoided: what is not to be clicked, if anything.
        ///   - isGreedy: the likeliest slot; otherwise one drawn from π at temperature 1, by which roll-outs explore.
        ///   - random: for the draws.
        /// - Returns: one slot a screen.
        func clicks(
            on screens: [MiniDesk.Screen], avoiding avoided: Avoided? = nil, isGreedy: Bool = false,
            using random: inout RandomStream
        ) -> [Int] {
            probabilities(screens, avoiding: avoided).map { row in
                if isGreedy { return row.indices.max { row[$0] < row[$1] } ?? 0 }
                return random.categorical(row)
            }
        }

        /// How likely each slot is clicked, one row a screen; what is avoided has 0.
        func probabilities(_ screens: [MiniDesk.Screen], avoiding avoided: Avoided?) -> [[Double]] {
            zip(logProbabilities(screens), screens).map { row, screen in
                let weights = (avoided?.masked(row, screen) ?? row).map { exp($0) }
                let sum = weights.reduce(0, +)
                return weights.map { $0 / sum }
            }
        }
    }
}
