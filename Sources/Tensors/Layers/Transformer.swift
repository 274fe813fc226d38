import Base

/// A pre-norm transformer block: x + attention(norm(x)), then x + feedForward(norm(x)); between them, where it is made
/// for a context, x + crossAttention(norm(x)).
///
/// Where it is made for a condition, a vector modulates it (AdaLN-Zero, Peebles & Xie 2023, §3.2; FiLM, Perez et al.
/// 2018, Eq. 2): each norm's result becomes norm(x) (1 + scale) + shift, and what its layer adds is multiplied by gate.
/// Scale, shift and gate are linear in the silu of the condition and begin at 0, so that the block begins as the
/// identity; its norms then need no gain of their own.
public struct TransformerBlock: Module {
    private var attentionNorm: Norm
    private var attention: MultiHeadAttention
    private var contextNorm: Norm?
    private var crossAttention: MultiHeadAttention?
    private var feedForwardNorm: Norm
    private var feedForward: FeedForward
    /// From the condition to shift, scale and gate of the attention, then of the feed-forward network: [6 width, ..]
    private var modulation: Linear?

    /// - Parameters:
    ///   - width: of the tokens.
    ///   - heads: divides the width.
    ///   - norm: of all its norms.
    ///   - kind: of the feed-forward network.
    ///   - feedForwardBias: whether that has biases.
    ///   - rotaryBase: base of the rotary position embedding; nil for none.
    ///   - rotaryPart: how many of the first numbers of each head it turns, an even number; nil for all.
    ///   - context: width of another sequence that it attends to; nil for none.
    ///   - condition: width of a vector that modulates it; nil for none.
    ///   - random: for the first weights.
    public init(
        _ width: Int, heads: Int, norm: Norm.Kind = .layer, feedForward kind: FeedForward.Kind = .gelu,
        feedForwardBias: Bool = true, rotaryBase: Float? = nil, rotaryPart: Int? = nil, context: Int? = nil,
        condition: Int? = nil, using random: inout RandomStream
    ) {
        attentionNorm = Norm(norm, width)
        attention = MultiHeadAttention(
            width, heads: heads, rotaryBase: rotaryBase, rotaryPart: rotaryPart, using: &random)
        contextNorm = context.map { _ in Norm(norm, width) }
        crossAttention = context.map { MultiHeadAttention(width, heads: heads, context: $0, using: &random) }
        feedForwardNorm = Norm(norm, width)
        feedForward = FeedForward(width, kind, bias: feedForwardBias, using: &random)
        modulation = condition.map { .zeros($0, 6 * width) }
    }

    /// Freezes the attentions' projections, or all linear layers but the modulation, and puts adapters on them; see
    /// ``Linear/adapted(rank:alpha:using:)``. Norms and modulation stay as they are: a block of a frozen copy
    /// (``Module/frozen()``) then trains its adapters alone.
    ///
    /// - Parameters:
    ///   - rank: r of each adapter.
    ///   - alpha: each product counts alpha / r times.
    ///   - isAdapted: whether the feed-forward network has adapters too.
    ///   - random: for the first weights.
    public mutating func adapt(
        rank: Int, alpha: Double, feedForward isAdapted: Bool = false, using random: inout RandomStream
    ) {
        attention.adapt(rank: rank, alpha: alpha, using: &random)
        crossAttention?.adapt(rank: rank, alpha: alpha, using: &random)
        if isAdapted { feedForward.adapt(rank: rank, alpha: alpha, using: &random) }
    }

    /// The block's output for all tokens at once.
    ///
    /// - Parameters:
    ///   - x: the tokens, [batch, tokens, width].
    ///   - context: [batch, its tokens, its width], for a block made for one.
    ///   - contextLengths: tokens that count in each entry of the context; nil for all.
    ///   - condition: [batch, its width], for a block made for one.
    ///   - causal: whether later tokens are hidden.
    ///   - lengths: tokens that count in each entry of x; nil for all.
    /// - Returns: the shape of x.
    public func callAsFunction(
        _ x: Tensor, over context: Tensor? = nil, contextLengths: [Int]? = nil, condition: Tensor? = nil,
        causal: Bool = false, lengths: [Int]? = nil
    ) -> Tensor {
        let (first, second) = modulations(condition)
        let read = first.applied(after: attentionNorm, x)
        let y = first.gate.map {
            x + attention(read, causal: causal, lengths: lengths).scaledPerEntry(by: $0)
        }
        return finished(
            y ?? attention(read, causal: causal, lengths: lengths, adding: x), context, contextLengths, second
        )
    }

    /// The same, causal and without a gradient, for tokens that follow those in a cache.
    ///
    /// - Parameters:
    ///   - x: [rows, tokens, width].
    ///   - context: as without a cache.
    ///   - condition: as without a cache.
    ///   - cache: of this block alone.
    ///   - lengths: how many of the tokens count in each row, the others filling it up; nil for all.
    /// - Returns: the shape of x.
    public func callAsFunction(
        _ x: Tensor, over context: Tensor? = nil, condition: Tensor? = nil, cache: inout KeyValueCache,
        lengths: [Int]? = nil
    ) -> Tensor {
        withoutGradient {
            let (first, second) = modulations(condition)
            let read = attention(first.applied(after: attentionNorm, x), cache: &cache, lengths: lengths)
            return finished(
                x + (first.gate.map { read.scaledPerEntry(by: $0) } ?? read), context, nil, second)
        }
    }

    /// What follows the self-attention, whose sum with x is y.
    private func finished(
        _ y: Tensor, _ context: Tensor?, _ contextLengths: [Int]?, _ modulation: Modulation
    ) -> Tensor {
        let z = lookedUp(y, context, contextLengths)
        let read = modulation.applied(after: feedForwardNorm, z)
        return modulation.gate.map { z + feedForward(read).scaledPerEntry(by: $0) }
            ?? feedForward(read, adding: z)
    }

    private func lookedUp(_ y: Tensor, _ context: Tensor?, _ lengths: [Int]?) -> Tensor {
        demand(
            (context == nil) == (crossAttention == nil),
            "a block takes a context if it is made for one, and only then")
        guard let crossAttention, let contextNorm, let context else { return y }
        return crossAttention(contextNorm(y), over: context, lengths: lengths, adding: y)
    }

    // MARK: Looking at it

    /// The weights with which the tokens attend to one another, [batch, heads, tokens, tokens], to look at.
    public func attentionWeights(
        _ x: Tensor, condition: Tensor? = nil, causal: Bool = false, lengths: [Int]? = nil
    ) -> Tensor {
        withoutGradient {
            attention.weights(
                modulations(condition).attention.applied(after: attentionNorm, x), causal: causal,
                lengths: lengths)
        }
    }

    /// The weights with which tokens that would follow those in a cache attend to these and to themselves, to look at:
    /// [rows, heads, tokens, the cache's tokens + tokens]
    public func attentionWeights(
        _ x: Tensor, condition: Tensor? = nil, after cache: KeyValueCache, lengths: [Int]? = nil
    ) -> Tensor {
        withoutGradient {
            attention.weights(
                modulations(condition).attention.applied(after: attentionNorm, x), after: cache,
                lengths: lengths
            )
        }
    }

    /// The weights with which the tokens attend to the context, [batch, heads, tokens, its tokens], to look at.
    public func contextWeights(
        _ x: Tensor, over context: Tensor, contextLengths: [Int]? = nil, condition: Tensor? = nil,
        causal: Bool = false, lengths: [Int]? = nil
    ) -> Tensor {
        guard let crossAttention, let contextNorm else { fatalError("this block attends to no context") }
        return withoutGradient {
            let first = modulations(condition).attention
            let own = attention(first.applied(after: attentionNorm, x), causal: causal, lengths: lengths)
            let y = x + (first.gate.map { own.scaledPerEntry(by: $0) } ?? own)
            return crossAttention.weights(contextNorm(y), over: context, lengths: contextLengths)
        }
    }
}

extension TransformerBlock {
    /// What a condition does to one layer of the block: nothing where there is none.
    private struct Modulation {
        /// [batch, width] each
        var shift, scale, gate: Tensor?

        /// The norm of x, modulated.
        func applied(after norm: Norm, _ x: Tensor) -> Tensor {
            guard let shift, let scale else { return norm(x) }
            return norm(x, scale: scale, shift: shift)
        }
    }

    private func modulations(_ condition: Tensor?) -> (attention: Modulation, feedForward: Modulation) {
        demand(
            (condition == nil) == (modulation == nil),
            "a block takes a condition if it is made for one, and only then")
        guard let modulation, let condition else { return (Modulation(), Modulation()) }
        let all = modulation(condition.silu()), width = all.columns / 6
        let parts = (0..<6).map { all.slice($0 * width..<($0 + 1) * width, axis: 1) }
        return (
            Modulation(shift: parts[0], scale: parts[1], gate: parts[2]),
            Modulation(shift: parts[3], scale: parts[4], gate: parts[5])
        )
    }

    private enum CodingKeys: String, CodingKey {
        case attentionNorm, contextNorm, feedForwardNorm, attention, crossAttention, feedForward, modulation
    }

    /// The order is the one in which an optimiser meets the parameters, and so in which it adds up their gradients'
    /// squares where it clips them: another one would change the last bits of a recorded run.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(attentionNorm, forKey: .attentionNorm)
        if let contextNorm {
            try container.encode(contextNorm, forKey: .contextNorm)
            try container.encode(feedForwardNorm, forKey: .feedForwardNorm)
        }
        try container.encode(attention, forKey: .attention)
        try container.encodeIfPresent(crossAttention, forKey: .crossAttention)
        if contextNorm == nil { try container.encode(feedForwardNorm, forKey: .feedForwardNorm) }
        try container.encode(feedForward, forKey: .feedForward)
        try container.encodeIfPresent(modulation, forKey: .modulation)
    }
}
