import Base
import Foundation

/// Multi-head attention with its projections.
public struct MultiHeadAttention: Module {
    /// What queries, keys and values are computed by.
    private enum Projection: Codable {
        /// All three side by side, from the tokens that attend to one another: [3 width, width]
        case own(Linear)
        /// Queries from the tokens, keys and values from a context.
        case crossed(query: Linear, key: Linear, value: Linear)
    }

    private var projection: Projection
    private var output: Linear
    private let heads: Int
    /// Base of the rotary position embedding; nil for none.
    private let rotaryBase: Float?

    /// Keys and values of tokens that were seen already, for generating one token at a time.
    public struct Cache: Codable {
        var keys, values: Tensor?

        /// Nothing seen yet.
        public init() {}

        /// How many tokens were seen.
        public var count: Int { keys?.shape[1] ?? 0 }
    }

    /// - Parameters:
    ///   - width: of the queries and the output.
    ///   - heads: divides the width.
    ///   - context: width of what is attended to; nil for self-attention.
    ///   - rotaryBase: base of the rotary position embedding; nil for none.
    ///   - random: for the first weights.
    public init(
        _ width: Int, heads: Int, context: Int? = nil, rotaryBase: Float? = nil,
        using random: inout RandomStream
    ) {
        demand(width % heads == 0, "\(heads) heads do not divide a width of \(width)")
        if let context {
            let query = Linear(width, width, using: &random)
            let key = Linear(context, width, using: &random), value = Linear(context, width, using: &random)
            projection = .crossed(query: query, key: key, value: value)
        } else {
            projection = .own(Linear(width, 3 * width, using: &random))
        }
        output = Linear(width, width, using: &random)
        self.heads = heads
        self.rotaryBase = rotaryBase
    }

    /// Attention of x [batch, queries, width] over itself or a context [batch, keys, its width].
    ///
    /// - Parameters:
    ///   - x: the queries' side.
    ///   - context: what is attended to, for an attention made with a context's width; nil for x itself.
    ///   - causal: whether later tokens are hidden.
    ///   - lengths: tokens that count in each batch entry.
    ///   - residual: added to the result; nil for none.
    /// - Returns: [batch, queries, width].
    public func callAsFunction(
        _ x: Tensor, over context: Tensor? = nil, causal: Bool = false, lengths: [Int]? = nil,
        adding residual: Tensor? = nil
    ) -> Tensor {
        if case .own(let input) = projection, context == nil {
            return x.selfAttention(
                input, output, heads: heads, rotaryBase: rotaryBase, causal: causal, lengths: lengths,
                adding: residual)
        }
        let (q, k, v) = parts(x, context)
        let mixed = q.attention(over: k, v, heads: heads, causal: causal, lengths: lengths)
        return residual.map { output(mixed, adding: $0) } ?? output(mixed)
    }

    /// Causal self-attention of the tokens that follow those in the cache, which then holds them too; for generating,
    /// inside ``withoutGradient(_:)``, or the cache keeps the tape of every token.
    public func callAsFunction(_ x: Tensor, cache: inout Cache) -> Tensor {
        var (q, k, v) = parts(x, nil, from: cache.count)
        if let keys = cache.keys, let values = cache.values {
            k = .concatenated([keys, k], axis: 1)
            v = .concatenated([values, v], axis: 1)
        }
        (cache.keys, cache.values) = (k, v)
        return output(q.attention(over: k, v, heads: heads, causal: true))
    }

    /// The weights with which x attends, [batch, heads, queries, keys], to look at.
    public func weights(_ x: Tensor, over context: Tensor? = nil, causal: Bool = false) -> Tensor {
        let (q, k, _) = parts(x, context)
        return q.attentionWeights(over: k, heads: heads, causal: causal)
    }

    /// Queries, keys and values, with their positions turned into them; x's first token is number `first`.
    private func parts(_ x: Tensor, _ context: Tensor?, from first: Int = 0) -> (
        q: Tensor, k: Tensor, v: Tensor
    ) {
        switch (projection, context) {
        case (.own(let linear), nil):
            let qkv = turned(linear(x), 2, from: first), width = qkv.columns / 3
            return (
                qkv.slice(0..<width, axis: 2), qkv.slice(width..<2 * width, axis: 2),
                qkv.slice(2 * width..<3 * width, axis: 2)
            )
        case (.crossed(let query, let key, let value), let context?):
            return (turned(query(x), 1, from: first), turned(key(context), 1), value(context))
        case (.own, _?): fatalError("an attention over a context is made with the context's width")
        case (.crossed, nil): fatalError("this attention needs the context that it was made for")
        }
    }

    /// The first `parts` widths of x turned by the position, which starts at `first`.
    private func turned(_ x: Tensor, _ parts: Int, from first: Int = 0) -> Tensor {
        guard let rotaryBase else { return x }
        let width = parts * output.weight.shape[0]
        return x.rotated(depth: width / parts / heads, columns: width, base: rotaryBase, from: first)
    }
}

/// A pre-norm transformer block: x + attention(norm(x)), then x + feedForward(norm(x)).
public struct TransformerBlock: Module {
    private var attentionNorm: LayerNorm
    private var attention: MultiHeadAttention
    private var feedForwardNorm: LayerNorm
    private var feedForward: FeedForward

    /// - Parameters:
    ///   - width: of the tokens.
    ///   - heads: divides the width.
    ///   - kind: of the feed-forward network.
    ///   - rotaryBase: base of the rotary position embedding; nil for none.
    ///   - random: for the first weights.
    public init(
        _ width: Int, heads: Int, feedForward kind: FeedForward.Kind = .gelu, rotaryBase: Float? = nil,
        using random: inout RandomStream
    ) {
        attentionNorm = LayerNorm(width)
        feedForwardNorm = LayerNorm(width)
        attention = MultiHeadAttention(width, heads: heads, rotaryBase: rotaryBase, using: &random)
        feedForward = FeedForward(width, kind, using: &random)
    }

    /// x: [batch, tokens, width] -> the same shape
    public func callAsFunction(_ x: Tensor, causal: Bool = false, lengths: [Int]? = nil) -> Tensor {
        let y = attention(attentionNorm(x), causal: causal, lengths: lengths, adding: x)
        return feedForward(feedForwardNorm(y), adding: y)
    }

    /// The same for tokens that follow those in a cache.
    public func callAsFunction(_ x: Tensor, cache: inout MultiHeadAttention.Cache) -> Tensor {
        let y = x + attention(attentionNorm(x), cache: &cache)
        return feedForward(feedForwardNorm(y), adding: y)
    }
}

/// Sinusoidal embedding of positions or diffusion times (Vaswani et al. 2017, §3.5): sines, then cosines.
public func sinusoids(_ positions: [Double], width: Int, base: Double = 10_000) -> Tensor {
    demand(width % 2 == 0, "sinusoids need an even width, not \(width)")
    let half = width / 2
    let values = positions.flatMap { position -> [Float] in
        let angles = (0..<half).map { position * pow(base, -Double($0) / Double(half)) }
        return angles.map { Float(sin($0)) } + angles.map { Float(cos($0)) }
    }
    return Tensor(values, [positions.count, width])
}
