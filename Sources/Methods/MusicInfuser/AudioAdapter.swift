import Base
import Tensors

extension MusicInfuser {
    /// What turns the music's features into tokens that motion can look at.
    struct AudioProjector: Module {
        private var first, second: Linear

        /// Onsets of this many rows before and after a token's own are part of it: what a pretrained encoder of music
        /// would know of a moment's surroundings.
        static let reach = 8
        /// Numbers of a row with its surroundings.
        static let features = (2 * reach + 1) * 4

        /// - Parameters:
        ///   - width: of the motion's tokens.
        ///   - random: for the first weights.
        init(_ width: Int, using random: inout RandomStream) {
            self.init(Linear(Self.features, width, using: &random), Linear(width, width, using: &random))
        }

        /// A projector of given layers.
        init(_ first: Linear, _ second: Linear) { (self.first, self.second) = (first, second) }

        /// §3.2 Linear, SiLU, Linear, then the nearest row for each frame: [batch, rows, features] -> [batch, frames, width]
        func callAsFunction(_ features: Tensor, frames: Int) -> Tensor {
            let (batch, rows) = (features.shape[0], features.shape[1])
            let tokens = second(first(features, then: .silu))
            let nearest = Self.nearest(rows, frames)
            let places = (0..<batch).flatMap { entry in nearest.map { entry * rows + $0 } }
            return tokens.reshaped([batch * rows, tokens.shape[2]]).gathered(places, [batch, frames])
        }

        /// Which of `rows` rows each of `frames` frames takes: floor(i rows / frames), as PyTorch's nearest resize.
        static func nearest(_ rows: Int, _ frames: Int) -> [Int] { (0..<frames).map { $0 * rows / frames } }

        /// Rows of onsets with their surroundings, silence beyond the ends: [pieces, rows, features]
        static func stacked(_ pieces: [[[Float]]]) -> Tensor {
            let silence = [Float](repeating: 0, count: 4), rows = pieces.first?.count ?? 0
            let values = pieces.flatMap { onsets in
                onsets.indices.flatMap { row in
                    (row - reach...row + reach).flatMap { onsets.indices.contains($0) ? onsets[$0] : silence }
                }
            }
            return Tensor(values, [pieces.count, rows, features])
        }
    }

    /// §3.2 Zero-initialised cross-attention, by which each frame of a motion looks at the music.
    struct ZICA: Module {
        private var attention: MultiHeadAttention

        /// What the first W_Q and W_K are multiplied by where they begin alike: without it a frame's own moment would weigh
        /// hardly more than any other, and the frames would not find it.
        private static let focus: Float = 4

        /// - Parameters:
        ///   - width: of both sides' tokens.
        ///   - heads: divides the width.
        ///   - startsAtZero: whether W_O and its bias begin at zero, so that training begins at the prior itself.
        ///   - looksAlong: whether W_K begins as W_Q: with places that both sides share, each frame then looks at its own
        ///     moment of the music from the start.
        ///   - random: for the first weights, of which all choices draw equally many.
        init(
            _ width: Int, heads: Int, startsAtZero: Bool, looksAlong: Bool, using random: inout RandomStream
        ) {
            let own = Linear(width, width, using: &random), drawn = Linear(width, width, using: &random)
            let query =
                looksAlong
                ? Linear(weight: (own.weight.detached * Self.focus).copy(trains: true), bias: own.bias) : own
            let key =
                looksAlong
                ? Linear(weight: query.weight.copy(trains: true), bias: query.bias?.copy(trains: true))
                : drawn
            let value = Linear(width, width, using: &random), output = Linear(width, width, using: &random)
            self.init(
                query: query, key: key, value: value, output: startsAtZero ? .zeros(width, width) : output,
                heads: heads)
        }

        /// An attention of given layers.
        init(query: Linear, key: Linear, value: Linear, output: Linear, heads: Int) {
            attention = MultiHeadAttention(query: query, key: key, value: value, output: output, heads: heads)
        }

        /// §3.2 V + W_O softmax(Q K' / sqrt(d_head)) V_a: queries of all frames, keys and values of the music, nothing
        /// normalised. v: [batch, frames, width], audio: [batch, tokens, width]
        func callAsFunction(_ v: Tensor, audio: Tensor) -> Tensor { attention(v, over: audio, adding: v) }

        /// How much each frame looks at each token of the music: [batch, heads, frames, tokens]
        func weights(_ v: Tensor, audio: Tensor) -> Tensor {
            withoutGradient { attention.weights(v, over: audio) }
        }

        /// The length of W_O: how far the music reaches into the motion.
        var reach: Double { attention.output.weight.doubles.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    }
}
