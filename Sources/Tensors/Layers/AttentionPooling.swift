import Base

/// Multi-head attention pooling (Lee et al. 2019, §3.2): learnt queries look at all tokens, and each gives one vector.
///
/// The queries are the same for every input, so the projections move from the many tokens to the few queries: the keys'
/// is applied to the queries, q · (K x) = (K' q) · x, and the values' to the means, Σ p (V x + c) = V (Σ p x) + c. A
/// bias of the keys would add one number to all products of a query, which the softmax takes out: they have none.
public struct AttentionPooling: Module {
    /// The queries, already projected: [queries, width]
    private var query: Tensor
    private var key, value, output: Linear
    private let heads: Int

    /// - Parameters:
    ///   - width: of the tokens and the pooled vectors.
    ///   - heads: divides the width.
    ///   - queries: how many vectors it gives.
    ///   - random: for the first weights.
    public init(_ width: Int, heads: Int, queries: Int = 1, using random: inout RandomStream) {
        demand(width % heads == 0, "\(heads) heads do not divide a width of \(width)")
        query = .gaussian([queries, width], trains: true, using: &random)
        key = Linear(width, width, bias: false, using: &random)
        value = Linear(width, width, using: &random)
        output = Linear(width, width, using: &random)
        self.heads = heads
    }

    /// x: [batch, tokens, width], the first `lengths` tokens of each entry counting -> [batch, queries, width]
    public func callAsFunction(_ x: Tensor, lengths: [Int]? = nil) -> Tensor {
        let means = lookers(x.shape[0]).attention(over: x, x, heads: 1, lengths: lengths)
        let queries = query.shape[0]
        let values = (0..<heads).map { head in
            means.slice(head * queries..<(head + 1) * queries, axis: 1)
                .linear(value.weight.slice(rows(head)), value.bias?.slice(rows(head)))
        }
        return output(.concatenated(values, axis: 2))
    }

    /// How much the pooled vectors take from each token of x, mean over queries and heads, to look at: [batch, tokens]
    public func weights(_ x: Tensor) -> Tensor {
        withoutGradient {
            lookers(x.shape[0]).attentionWeights(over: x, heads: 1).mean(axis: 2)
                .reshaped([x.shape[0], x.shape[1]])
        }
    }

    /// K' q of each head and query, once for each entry of a batch: [batch, heads * queries, width]
    private func lookers(_ batch: Int) -> Tensor {
        let turned = (0..<heads).map { head in
            query.slice(rows(head), axis: 1).matmul(key.weight.slice(rows(head)))
        }
        // The attention scales by the width of all heads.
        let all = Tensor.concatenated(turned) * Float(heads).squareRoot()
        return all.gathered((0..<batch).flatMap { _ in 0..<all.shape[0] }, [batch, all.shape[0]])
    }

    /// The outputs of a projection that belong to a head.
    private func rows(_ head: Int) -> Range<Int> {
        let depth = query.shape[1] / heads
        return head * depth..<(head + 1) * depth
    }
}
