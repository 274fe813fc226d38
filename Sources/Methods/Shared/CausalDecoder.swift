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

    /// The log-probability of each token after those before it, in the rows that have a target alone.
    ///
    /// - Parameters:
    ///   - batch: tokens read.
    ///   - targets: the token after each of them, sequence after sequence; ``Tensor/noTarget`` where none is learnt.
    /// - Returns: [targets], in their order.
    func logProbabilities(_ batch: TokenBatch, of targets: [Int]) -> Tensor {
        let x = words(batch.tokens, shape: [batch.count, batch.width])
        return output.logProbabilities(norm(blocks.reduce(x) { $1($0, causal: true) }), of: targets)
    }
}

extension CausalDecoder: TokenModel {
    /// What has been read of some sequences: keys and values of each block.
    struct Stream: ForkingStream {
        fileprivate var caches: [KeyValueCache]

        var counts: [Int] { caches.first?.counts ?? [] }

        func selecting(_ sequences: [Int]) -> Stream {
            Stream(caches: caches.map { $0.selecting(sequences) })
        }

        mutating func truncate(to counts: [Int]) {
            for place in caches.indices { caches[place].truncate(to: counts) }
        }
    }

    /// A stream that has read nothing.
    ///
    /// - Parameter capacity: the tokens of a sequence that memory is taken for at once.
    /// - Returns: a stream of as many sequences as it is then given.
    func begin(capacity: Int = 16) -> Stream {
        Stream(caches: blocks.map { _ in KeyValueCache(capacity: capacity) })
    }

    func next(_ tokens: [Int], _ stream: inout Stream) -> Tensor {
        withoutGradient {
            var x = words(tokens, shape: [tokens.count, 1])
            for (place, block) in blocks.enumerated() { x = block(x, cache: &stream.caches[place]) }
            return output(norm(x)).reshaped([tokens.count, output.weight.shape[0]])
        }
    }

    /// All at once, of any lengths.
    func read(_ prompts: [[Int]], _ stream: inout Stream) {
        guard prompts.contains(where: { !$0.isEmpty }) else { return }
        let batch = TokenBatch(prompts, filling: 0), lengths = prompts.map(\.count)
        withoutGradient {
            var x = words(batch.tokens, shape: [batch.count, batch.width])
            for (place, block) in blocks.enumerated() {
                x = block(x, cache: &stream.caches[place], lengths: lengths)
            }
        }
    }
}
