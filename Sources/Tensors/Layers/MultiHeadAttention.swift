import Base

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
    /// What is applied to the mixed values of all heads: [width, width]
    public private(set) var output: Linear
    private let heads: Int
    /// Base of the rotary position embedding; nil for none.
    private let rotaryBase: Float?
    /// How many of the first numbers of each head it turns; nil for all.
    private let rotaryPart: Int?

    /// - Parameters:
    ///   - width: of the queries and the output.
    ///   - heads: divides the width.
    ///   - context: width of what is attended to; nil for self-attention.
    ///   - rotaryBase: base of the rotary position embedding; nil for none.
    ///   - rotaryPart: how many of the first numbers of each head it turns, an even number; nil for all.
    ///   - random: for the first weights.
    public init(
        _ width: Int, heads: Int, context: Int? = nil, rotaryBase: Float? = nil, rotaryPart: Int? = nil,
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
        (self.heads, self.rotaryBase, self.rotaryPart) = (heads, rotaryBase, rotaryPart)
    }

    /// Cross-attention with given layers: a zero ``Linear/zeros(_:_:)`` as its output makes a residual around it the
    /// identity until it has learnt something.
    ///
    /// - Parameters:
    ///   - query: [width, width of the tokens]
    ///   - key: [width, width of the context]
    ///   - value: [width, width of the context]
    ///   - output: [.., width]
    ///   - heads: divides the width.
    public init(query: Linear, key: Linear, value: Linear, output: Linear, heads: Int) {
        let width = query.weight.shape[0]
        demand(
            width % heads == 0 && key.weight.shape[0] == width && value.weight.shape[0] == width
                && output.weight.shape[1] == width,
            "\(heads) heads cannot attend with layers of \(width), \(key.weight.shape[0]) and "
                + "\(value.weight.shape[0]) outputs")
        projection = .crossed(query: query, key: key, value: value)
        (self.output, self.heads, rotaryBase, rotaryPart) = (output, heads, nil, nil)
    }

    private var rotary: Rotary? { rotaryBase.map { Rotary(base: $0, part: rotaryPart) } }

    /// Freezes its projections and puts adapters on them; see ``Linear/adapted(rank:alpha:using:)``.
    public mutating func adapt(rank: Int, alpha: Double, using random: inout RandomStream) {
        func adapted(_ layer: Linear) -> Linear {
            layer.adapted(rank: rank, alpha: alpha, using: &random)
        }
        switch projection {
        case .own(let input): projection = .own(adapted(input))
        case .crossed(let query, let key, let value):
            projection = .crossed(query: adapted(query), key: adapted(key), value: adapted(value))
        }
        output = adapted(output)
    }

    /// Attention of x [batch, queries, width] over itself or a context [batch, keys, its width].
    ///
    /// - Parameters:
    ///   - x: the queries' side.
    ///   - context: what is attended to, for an attention made with a context's width; nil for x itself.
    ///   - causal: whether later tokens are hidden.
    ///   - lengths: tokens that count in each batch entry of what is attended to.
    ///   - residual: added to the result; nil for none.
    /// - Returns: [batch, queries, width].
    public func callAsFunction(
        _ x: Tensor, over context: Tensor? = nil, causal: Bool = false, lengths: [Int]? = nil,
        adding residual: Tensor? = nil
    ) -> Tensor {
        if case .own(let input) = projection, context == nil {
            return x.selfAttention(
                input, output, heads: heads, rotary: rotary, causal: causal, lengths: lengths,
                adding: residual)
        }
        let (q, k, v) = parts(x, context)
        let mixed = q.attention(over: k, v, heads: heads, causal: causal, lengths: lengths)
        return residual.map { output(mixed, adding: $0) } ?? output(mixed)
    }

    /// Causal self-attention of the tokens that follow those in the cache, which then holds them too; without a gradient.
    ///
    /// - Parameters:
    ///   - x: [rows, tokens, width].
    ///   - cache: of this attention alone.
    ///   - lengths: how many of the tokens count in each row, the others filling it up; nil for all.
    /// - Returns: the same shape; what fills a row up is of no use.
    public func callAsFunction(_ x: Tensor, cache: inout KeyValueCache, lengths: [Int]? = nil) -> Tensor {
        withoutGradient {
            let qkv = ownInput(x)
            return output(cache.attend(qkv, heads: heads, rotary: rotary, lengths: lengths).mixed)
        }
    }

    /// The weights with which x attends, [batch, heads, queries, keys], to look at.
    public func weights(
        _ x: Tensor, over context: Tensor? = nil, causal: Bool = false, lengths: [Int]? = nil
    ) -> Tensor {
        withoutGradient {
            let (q, k, _) = parts(x, context)
            return q.attentionWeights(over: k, heads: heads, causal: causal, lengths: lengths)
        }
    }

    /// The weights with which the tokens x that would follow those in a cache attend to these and to themselves, to
    /// look at: [rows, heads, tokens, the cache's tokens + tokens]
    public func weights(_ x: Tensor, after cache: KeyValueCache, lengths: [Int]? = nil) -> Tensor {
        withoutGradient {
            var fork = cache
            let seen = fork.attend(
                ownInput(x), heads: heads, rotary: rotary, lengths: lengths, keepsWeights: true)
            guard let weights = seen.weights else { fatalError("weights were asked for") }
            return weights
        }
    }

    /// Queries, keys and values of self-attention side by side, not yet turned: [.., 3 width]
    private func ownInput(_ x: Tensor) -> Tensor {
        guard case .own(let input) = projection else {
            fatalError("only self-attention reads on from a cache")
        }
        return input(x)
    }

    /// Queries, keys and values, with their positions turned into them.
    private func parts(_ x: Tensor, _ context: Tensor?) -> (q: Tensor, k: Tensor, v: Tensor) {
        switch (projection, context) {
        case (.own(let linear), nil):
            let qkv = turned(linear(x), 2), width = qkv.columns / 3
            return (
                qkv.slice(0..<width, axis: 2), qkv.slice(width..<2 * width, axis: 2),
                qkv.slice(2 * width..<3 * width, axis: 2)
            )
        case (.crossed(let query, let key, let value), let context?):
            return (turned(query(x), 1), turned(key(context), 1), value(context))
        case (.own, _?): fatalError("an attention over a context is made with the context's width")
        case (.crossed, nil): fatalError("this attention needs the context that it was made for")
        }
    }

    /// The first `parts` widths of x turned by the position.
    private func turned(_ x: Tensor, _ parts: Int) -> Tensor {
        guard let rotary else { return x }
        let width = parts * output.weight.shape[1]
        return x.rotated(depth: width / parts / heads, part: rotary.part, columns: width, base: rotary.base)
    }
}
