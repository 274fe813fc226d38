import Checkpoints
import Foundation

/// Multi-head attention with its four projections.
public struct MultiHeadAttention: Module {
    private var query, key, value, output: Linear
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
        query = Linear(width, width, using: &random)
        key = Linear(context ?? width, width, using: &random)
        value = Linear(context ?? width, width, using: &random)
        output = Linear(width, width, using: &random)
        self.heads = heads
        self.rotaryBase = rotaryBase
    }

    /// Attention of x [batch, queries, width] over itself or a context [batch, keys, its width].
    ///
    /// - Parameters:
    ///   - x: the queries' side.
    ///   - context: what is attended to; nil for x itself.
    ///   - causal: whether later tokens are hidden.
    ///   - lengths: tokens that count in each batch entry.
    /// - Returns: [batch, queries, width].
    public func callAsFunction(
        _ x: Tensor, over context: Tensor? = nil, causal: Bool = false, lengths: [Int]? = nil
    ) -> Tensor {
        let q = turned(query(x)), k = turned(key(context ?? x))
        return output(
            q.attention(over: k, value(context ?? x), heads: heads, causal: causal, lengths: lengths))
    }

    /// Causal self-attention of the tokens that follow those in the cache, which then holds them too.
    public func callAsFunction(_ x: Tensor, cache: inout Cache) -> Tensor {
        let first = cache.count
        var k = turned(key(x), from: first), v = value(x)
        if let keys = cache.keys, let values = cache.values {
            k = .concatenated([keys, k], axis: 1)
            v = .concatenated([values, v], axis: 1)
        }
        (cache.keys, cache.values) = (k, v)
        return output(turned(query(x), from: first).attention(over: k, v, heads: heads, causal: true))
    }

    /// The weights with which x attends, [batch, heads, queries, keys], to look at.
    public func weights(_ x: Tensor, over context: Tensor? = nil, causal: Bool = false) -> Tensor {
        turned(query(x)).attentionWeights(over: turned(key(context ?? x)), heads: heads, causal: causal)
    }

    private func turned(_ x: Tensor, from first: Int = 0) -> Tensor {
        rotaryBase.map { x.rotated(heads: heads, base: $0, from: first) } ?? x
    }

    public var parameters: [Tensor] { [query, key, value, output].parameters }
}

/// A pre-norm transformer block: x + attention(norm(x)), then x + perceptron(norm(x)).
public struct TransformerBlock: Module {
    /// The block's perceptron.
    public enum Perceptron: String, Codable, Sendable {
        /// Two layers, four times the width, with GELU between.
        case gelu
        /// silu(W1 x) * W3 x, then W2 (Shazeer 2020), with 8/3 of the width.
        case swiglu
    }

    private var attentionNorm, perceptronNorm: LayerNorm
    private var attention: MultiHeadAttention
    private var up, down: Linear
    private var gate: Linear?

    /// - Parameters:
    ///   - width: of the tokens.
    ///   - heads: divides the width.
    ///   - perceptron: which one.
    ///   - rotaryBase: base of the rotary position embedding; nil for none.
    ///   - random: for the first weights.
    public init(
        _ width: Int, heads: Int, perceptron: Perceptron = .gelu, rotaryBase: Float? = nil,
        using random: inout RandomStream
    ) {
        attentionNorm = LayerNorm(width)
        perceptronNorm = LayerNorm(width)
        attention = MultiHeadAttention(width, heads: heads, rotaryBase: rotaryBase, using: &random)
        let hidden = perceptron == .gelu ? 4 * width : (8 * width / 3 + 7) / 8 * 8
        up = Linear(width, hidden, using: &random)
        gate = perceptron == .swiglu ? Linear(width, hidden, using: &random) : nil
        down = Linear(hidden, width, using: &random)
    }

    /// x: [batch, tokens, width] -> the same shape
    public func callAsFunction(_ x: Tensor, causal: Bool = false, lengths: [Int]? = nil) -> Tensor {
        perceive(x + attention(attentionNorm(x), causal: causal, lengths: lengths))
    }

    /// The same for tokens that follow those in a cache.
    public func callAsFunction(_ x: Tensor, cache: inout MultiHeadAttention.Cache) -> Tensor {
        perceive(x + attention(attentionNorm(x), cache: &cache))
    }

    private func perceive(_ x: Tensor) -> Tensor {
        let normal = perceptronNorm(x)
        return x + down(gate.map { $0(normal).silu() * up(normal) } ?? up(normal).gelu())
    }

    public var parameters: [Tensor] {
        attentionNorm.parameters + attention.parameters + perceptronNorm.parameters + up.parameters
            + gate.parameters + down.parameters
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
