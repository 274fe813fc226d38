import Base
import Tensors

/// A small language model: a causal transformer over tokens, with rotary positions.
struct CausalDecoder: Module {
    private let words: Embedding
    private let blocks: [TransformerBlock]
    private let norm: LayerNorm
    private let output: Linear

    /// - Parameters:
    ///   - vocabulary: how many tokens there are.
    ///   - width: of a token's vector.
    ///   - heads: of every attention; divides the width.
    ///   - layers: how many blocks.
    ///   - random: for the first weights.
    init(_ vocabulary: Int, width: Int, heads: Int, layers: Int, using random: inout RandomStream) {
        words = Embedding(vocabulary, width, deviation: 0.1, using: &random)
        blocks = (0..<layers).map { _ in
            TransformerBlock(width, heads: heads, rotaryBase: 10_000, using: &random)
        }
        norm = LayerNorm(width)
        output = Linear(width, vocabulary, using: &random)
    }

    /// Scores the token after each.
    ///
    /// - Parameters:
    ///   - batch: tokens read.
    ///   - first: vectors that stand before all of them and say what they are about: [sequences, n, width]; nil for none.
    /// - Returns: [sequences, n + the batch's width, vocabulary].
    func callAsFunction(_ batch: TokenBatch, after first: Tensor? = nil) -> Tensor {
        let own = words(batch.tokens, shape: [batch.count, batch.width])
        let x = first.map { .concatenated([$0, own], axis: 1) } ?? own
        return output(norm(blocks.reduce(x) { $1($0, causal: true) }))
    }
}

extension CausalDecoder: TokenModel {
    /// What has been read of some sequences: keys and values of each block.
    struct Stream {
        fileprivate var caches: [MultiHeadAttention.Cache]
    }

    /// A stream that has read nothing.
    func begin() -> Stream { Stream(caches: blocks.map { _ in MultiHeadAttention.Cache() }) }

    func next(_ tokens: [Int], _ stream: inout Stream) -> Tensor {
        withoutGradient {
            var x = words(tokens, shape: [tokens.count, 1])
            for (place, block) in blocks.enumerated() { x = block(x, cache: &stream.caches[place]) }
            return output(norm(x)).reshaped([tokens.count, output.weight.shape[0]])
        }
    }
}
