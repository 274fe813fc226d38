import Checkpoints

/// Multi-head attention pooling (Lee et al. 2019, §3.2): one learnt query looks at all tokens and gives one vector.
public struct AttentionPooling: Module {
    /// The query: [1, width]
    private var query: Tensor
    private var key, value, output: Linear
    private let heads: Int

    /// - Parameters:
    ///   - width: of the tokens and the pooled vector.
    ///   - heads: divides the width.
    ///   - random: for the first weights.
    public init(_ width: Int, heads: Int, using random: inout RandomStream) {
        demand(width % heads == 0, "\(heads) heads do not divide a width of \(width)")
        query = .gaussian([1, width], trains: true, using: &random)
        key = Linear(width, width, using: &random)
        value = Linear(width, width, using: &random)
        output = Linear(width, width, using: &random)
        self.heads = heads
    }

    /// x: [batch, tokens, width], the first `lengths` tokens of each entry counting -> [batch, width]
    public func callAsFunction(_ x: Tensor, lengths: [Int]? = nil) -> Tensor {
        let pooled = queries(x.shape[0]).attention(over: key(x), value(x), heads: heads, lengths: lengths)
        return output(pooled).reshaped([x.shape[0], x.shape[2]])
    }

    /// How much the pooled vector takes from each token of x, mean over heads, to look at: [batch, tokens]
    public func weights(_ x: Tensor) -> Tensor {
        withoutGradient {
            queries(x.shape[0]).attentionWeights(over: key(x), heads: heads).mean(axis: 1)
                .reshaped([x.shape[0], x.shape[1]])
        }
    }

    /// The query once for each entry of a batch.
    private func queries(_ batch: Int) -> Tensor {
        query.gathered(Array(repeating: 0, count: batch), [batch, 1])
    }

    public var parameters: [Tensor] {
        [query] + key.parameters + value.parameters + output.parameters
    }
}
