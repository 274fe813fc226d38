import Tensors

/// Sequences of tokens as rows of one length, that of the longest.
struct TokenBatch: Sendable {
    /// Row by row, short ones filled up at their end: [sequences, width]
    let tokens: [Int]
    /// The length of a row.
    let width: Int
    /// How many tokens of a row are the sequence's own.
    let lengths: [Int]

    /// How many sequences there are.
    var count: Int { lengths.count }

    /// - Parameters:
    ///   - sequences: of any lengths.
    ///   - filling: the token that fills up short ones; nothing causal sees it.
    init(_ sequences: [[Int]], filling: Int) {
        lengths = sequences.map(\.count)
        let width = lengths.max() ?? 0
        tokens = sequences.flatMap { $0 + Array(repeating: filling, count: width - $0.count) }
        self.width = width
    }

    /// What is asked after each token of some sequences, row by row, with nothing asked where a row is filled up.
    static func targets(_ sequences: [[Int]]) -> [Int] {
        TokenBatch(sequences, filling: Tensor.noTarget).tokens
    }
}
