import Base
import Tensors

extension DeepMesh {
    /// The Hourglass (Nawrot et al. 2022) of §3.2: blocks at full length, blocks over groups of k tokens or a second
    /// Hourglass over them, blocks at full length again. The paper's is 4 + [k = 3: 4 + [k = 3: 5] + 4] + 4 blocks;
    /// here each of these numbers is 1.
    struct Hourglass: Module {
        /// k: tokens in a group; 1 groups nothing.
        let shortening: Int
        /// Blocks at full length, over groups, and at full length again.
        private let before, within, after: [TransformerBlock]
        /// In place of the blocks over groups, where Hourglasses are nested: one.
        let nested: [Hourglass]
        /// [width, k width] and [k width, width]
        private let shorten, lengthen: Linear

        /// - Parameters:
        ///   - width: of a token.
        ///   - heads: of every attention.
        ///   - k: tokens in a group.
        ///   - depth: how many Hourglasses stand one inside the other.
        ///   - random: draws the first weights.
        init(_ width: Int, heads: Int, shortening k: Int, depth: Int, using random: inout RandomStream) {
            func block() -> [TransformerBlock] { [Self.block(width, heads: heads, using: &random)] }
            shortening = k
            before = block()
            within = depth > 1 ? [] : block()
            nested =
                depth > 1
                ? [Hourglass(width, heads: heads, shortening: k, depth: depth - 1, using: &random)] : []
            after = block()
            // Concatenated, not averaged: the linear layer may tell the k places of a group apart.
            shorten = Linear(k * width, width, using: &random)
            lengthen = Linear(width, k * width, using: &random)
        }

        /// A causal block that also attends to the tokens of a point cloud: RMSNorm, rotary positions, SwiGLU.
        static func block(_ width: Int, heads: Int, using random: inout RandomStream) -> TransformerBlock {
            TransformerBlock(
                width, heads: heads, norm: .rms, feedForward: .swiglu, feedForwardBias: false,
                rotaryBase: 10_000, context: width, using: &random)
        }

        /// §3.2 Groups of k tokens, shifted to the right by k - 1 so that no token reads a later one:
        /// [batch, n, d] -> [batch, n / k rounded up, k d]
        static func grouped(_ x: Tensor, by k: Int) -> Tensor {
            let (batch, n, d) = (x.shape[0], x.shape[1], x.shape[2]), groups = (n + k - 1) / k
            // k - 1 zeros in front, as many behind as fill the last group; the last k - 1 tokens of all would only
            // be read by tokens that do not come any more, and fall off with the slice.
            let padded = Tensor.concatenated(
                [.zeros([batch, k - 1, d]), x, .zeros([batch, groups * k - n, d])].filter { $0.shape[1] > 0 },
                axis: 1)
            return padded.slice(0..<groups * k, axis: 1).reshaped([batch, groups, k * d])
        }

        /// Each group's k parts side by side again, as many as there were tokens: [batch, groups, k d] -> [batch, n,
        /// d]
        static func ungrouped(_ y: Tensor, by k: Int, tokens n: Int) -> Tensor {
            let (batch, groups) = (y.shape[0], y.shape[1])
            return y.reshaped([batch, groups * k, y.shape[2] / k]).slice(0..<n, axis: 1)
        }

        /// §3.2 x: [batch, n, width] -> the same shape
        func callAsFunction(_ x: Tensor, over context: Tensor) -> Tensor {
            let residual = Self.pass(x, before, context)
            // [batch, n, d] -> [batch, n / k, d]: most of the work is done on k times fewer tokens.
            let groups = shorten(Self.grouped(residual, by: shortening))
            let inner =
                nested.first?(groups, over: context) ?? Self.pass(groups, within, context)
            // What comes back is added to the residual that was not shifted.
            let sum = residual + Self.ungrouped(lengthen(inner), by: shortening, tokens: x.shape[1])
            return Self.pass(sum, after, context)
        }

        private static func pass(_ x: Tensor, _ blocks: [TransformerBlock], _ context: Tensor) -> Tensor {
            blocks.reduce(x) { $1($0, over: context, causal: true) }
        }

        /// Tokens that one token of each level stands for, from full length to the shortest.
        var lengths: [Int] { [1] + (nested.first?.lengths ?? [1]).map { $0 * shortening } }

        // MARK: One token at a time

        /// What a stream of tokens has left behind: a level's blocks run only when a group is full.
        struct Stream {
            /// Tokens read so far: a level over groups of n runs when n divides it.
            fileprivate(set) var position = 0
            fileprivate var before, within, after: [KeyValueCache]
            fileprivate var nested: [Stream]
            /// The last k outputs of the blocks at full length: [batch, 1, width] each
            fileprivate var recent: [Tensor] = []
            /// What the last group sends to its k tokens: [batch, k, width]
            fileprivate var sent: Tensor?
        }

        /// A stream that has read nothing.
        func begin() -> Stream {
            // A cache a block: keys and values of what it has read, which no later token changes.
            func caches(_ blocks: [TransformerBlock]) -> [KeyValueCache] { blocks.map { _ in .init() } }
            return Stream(
                before: caches(before), within: caches(within), after: caches(after),
                nested: nested.map { $0.begin() })
        }

        /// The next token of each entry: [batch, 1, width] -> the same shape; inside ``withoutGradient(_:)``.
        func next(_ x: Tensor, over context: Tensor, _ stream: inout Stream) -> Tensor {
            let k = shortening, (batch, width) = (x.shape[0], x.shape[2])
            let residual = Self.pass(x, before, context, &stream.before)
            // The group of token t ends with t itself: t - k + 1 to t, zeros before the first.
            stream.recent = (stream.recent + [residual]).suffix(k)
            if stream.position % k == 0 {
                let missing = (0..<k - stream.recent.count).map { _ in Tensor.zeros([batch, 1, width]) }
                let group = Tensor.concatenated(missing + stream.recent, axis: 1).reshaped([
                    batch, 1, k * width,
                ])
                let short = shorten(group)
                let inner =
                    nested.first?.next(short, over: context, &stream.nested[0])
                    ?? Self.pass(short, within, context, &stream.within)
                stream.sent = lengthen(inner).reshaped([batch, k, width])
            }
            // A group feeds the k tokens from its last one on, by their place.
            let place = stream.position % k
            stream.position += 1
            let sum = stream.sent.map { residual + $0.slice(place..<place + 1, axis: 1) } ?? residual
            return Self.pass(sum, after, context, &stream.after)
        }

        private static func pass(
            _ x: Tensor, _ blocks: [TransformerBlock], _ context: Tensor, _ caches: inout [KeyValueCache]
        ) -> Tensor {
            var y = x
            for (index, block) in blocks.enumerated() { y = block(y, over: context, cache: &caches[index]) }
            return y
        }
    }
}
