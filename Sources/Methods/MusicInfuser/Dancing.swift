import Base
import Tensors

extension MusicInfuser {
    /// The prior with what lets it listen.
    struct Dancing: Module {
        private var prior: MotionPrior
        private var projector: AudioProjector?
        /// What stands behind each block; nil where nothing does.
        private var attentions: [ZICA?]
        private var additions: [Linear?]
        /// Whether audio tokens have the frames' places.
        private let isPlaced: Bool

        /// A copy of the prior with an ear behind the chosen blocks, and with adapters in all of them.
        ///
        /// - Parameters:
        ///   - prior: stays as it is.
        ///   - idea: which parts there are, and what trains.
        ///   - layers: the blocks behind which sound comes in.
        ///   - rank: of the adapters.
        ///   - random: for the first weights.
        /// - Throws: what copying the prior throws.
        init(
            _ prior: MotionPrior, _ idea: Idea, layers: [Int], rank: Int, using random: inout RandomStream
        ) throws {
            // Each part has a stream of its own: what one arm lacks moves no other part's first weights.
            var own = random.derive("fresh")
            self.prior =
                switch idea.prior {
                case .frozen: try prior.frozen()
                case .trained: try prior.copied()
                case .fresh: MotionPrior(layers: prior.blocks.count, using: &own)
                }
            own = random.derive("lora")
            if idea.hasLoRA { self.prior.adapt(rank: rank, using: &own) }
            let width = MotionPrior.width, count = prior.blocks.count
            own = random.derive("projector")
            projector = idea.ear == nil ? nil : AudioProjector(width, using: &own)
            isPlaced = idea.isPlaced
            attentions = (0..<count).map { layer in
                guard idea.ear == .attention, layers.contains(layer) else { return nil }
                var own = random.derive("attention").derive(layer)
                return ZICA(
                    width, heads: MotionPrior.heads, startsAtZero: idea.startsAtZero,
                    looksAlong: idea.isPlaced, using: &own)
            }
            additions = (0..<count).map {
                idea.ear == .addition && layers.contains($0) ? .zeros(width, width) : nil
            }
        }

        /// The tokens that the frames look at: [batch, frames, width]; nil without an ear.
        func tokens(_ onsets: [[[Float]]]) -> Tensor? {
            guard let projector, !onsets.isEmpty else { return nil }
            let tokens = projector(AudioProjector.stacked(onsets), frames: Motion.frames)
            return isPlaced ? tokens + MotionPrior.places : tokens
        }

        /// z - ε of noised dances, with the tokens of their music.
        func callAsFunction(_ z: Tensor, sigma: [Double], labels: [Int], tokens: Tensor?) -> Tensor {
            prior(z, sigma: sigma, labels: labels) { layer, frames in
                guard let tokens else { return frames }
                if let attention = attentions[layer] { return attention(frames, audio: tokens) }
                return additions[layer].map { $0(tokens, adding: frames) } ?? frames
            }
        }

        /// How far the music reaches into each block that listens by attention: the length of W_O.
        var reaches: [(layer: Int, reach: Double)] {
            attentions.enumerated().compactMap { layer, attention in attention.map { (layer, $0.reach) } }
        }

        /// How much frames look at each moment of their music behind the last block that listens by attention, mean over
        /// heads: [frames * tokens] of the first dance; nil where none does.
        func looks(_ z: Tensor, sigma: Double, labels: [Int], tokens: Tensor) -> [Float]? {
            guard let last = reaches.last?.layer else { return nil }
            var seen: Tensor?
            _ = withoutGradient {
                prior(z, sigma: labels.map { _ in sigma }, labels: labels) { layer, frames in
                    guard let attention = attentions[layer] else { return frames }
                    if layer == last { seen = attention.weights(frames, audio: tokens) }
                    return attention(frames, audio: tokens)
                }
            }
            return seen.map { Array($0.mean(axis: 1).values.prefix(Motion.frames * Motion.frames)) }
        }
    }
}
