import Base
import Foundation
import Tensors

/// A model that says sequences token by token, several at a time.
protocol TokenModel {
    /// What the tokens read so far have left behind.
    associatedtype Stream

    /// Reads the next token of every sequence and scores the one after it: [sequences, vocabulary], without a gradient.
    func next(_ tokens: [Int], _ stream: inout Stream) -> Tensor
}

/// Draws from the softmax of scores by the Gumbel-max trick (Maddison et al. 2014): the largest of l / T and a Gumbel
/// number is a draw.
enum GumbelMax {
    /// l - T ln(-ln u), whose order is that of e^l / (-ln u)^T.
    ///
    /// - Parameters:
    ///   - score: l of a token.
    ///   - u: a uniform draw in 0..<1, of this token alone.
    ///   - temperature: T.
    /// - Returns: what is compared between tokens.
    static func logScore(_ score: Double, _ u: Double, temperature: Double) -> Double {
        score - temperature * log(-log(u))
    }

    /// The place of the largest score, the first one of equal ones.
    static func choice(_ scores: some Sequence<Double>) -> Int {
        var best = 0, most = -Double.infinity
        for (place, score) in scores.enumerated() where score > most { (best, most) = (place, score) }
        return best
    }

    /// One draw; temperature 0 takes the largest score.
    static func draw(
        _ scores: some Sequence<Double>, temperature: Double, using random: inout RandomStream
    ) -> Int {
        choice(
            scores.map { score in
                let u = max(random.uniform(), .leastNormalMagnitude)
                return logScore(score, u, temperature: temperature)
            })
    }
}

/// Lets a model say sequences, several at a time, each token drawn at a temperature.
struct TokenSampler<Model: TokenModel> {
    /// Who says them.
    let model: Model
    /// T of the draws.
    let temperature: Double
    /// The most tokens that are drawn for a sequence.
    let longest: Int
    /// The token that ends a sequence.
    let end: Int
    /// A token that is never drawn, as the one that begins a sequence; nil where all may be.
    var never: Int?

    /// Says sequences until all have ended.
    ///
    /// - Parameters:
    ///   - prompts: what each begins with, all equally long, at least one token; not heard.
    ///   - stream: one that has read nothing of them.
    ///   - random: of the draws.
    ///   - hear: takes the next token of each sequence, and which have ended, at that token or before.
    func sample(
        _ prompts: [[Int]], from stream: Model.Stream, using random: inout RandomStream,
        hear: (_ tokens: [Int], _ isEnded: [Bool]) -> Void
    ) {
        var stream = stream, scores = Tensor.zeros([0])
        let read = prompts.first?.count ?? 0
        precondition(prompts.allSatisfy { $0.count == read }, "prompts of a batch are equally long")
        for place in 0..<read { scores = model.next(prompts.map { $0[place] }, &stream) }
        var isEnded = prompts.map { _ in false }, tokens = prompts.map { $0.last ?? end }
        for step in 0..<longest where isEnded.contains(false) {
            if step > 0 { scores = model.next(tokens, &stream) }
            // A sequence that has ended waits for the others, and draws no more.
            for row in tokens.indices where !isEnded[row] {
                tokens[row] = draw(scores, row, using: &random)
                isEnded[row] = tokens[row] == end
            }
            hear(tokens, isEnded)
        }
    }

    /// The same sequences as lists of tokens, without prompt and end.
    func sequences(
        _ prompts: [[Int]], from stream: Model.Stream, using random: inout RandomStream
    ) -> [[Int]] {
        var said: [[Int]] = prompts.map { _ in [] }
        sample(prompts, from: stream, using: &random) { tokens, isEnded in
            for row in tokens.indices where !isEnded[row] { said[row].append(tokens[row]) }
        }
        return said
    }

    private func draw(_ scores: Tensor, _ row: Int, using random: inout RandomStream) -> Int {
        let width = scores.shape[1]
        return scores.withValues { values in
            let own = values[row * width..<(row + 1) * width].lazy.enumerated().map { token, score in
                token == never ? -Double.infinity : Double(score)
            }
            return GumbelMax.draw(own, temperature: temperature, using: &random)
        }
    }
}
