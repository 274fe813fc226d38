import Base
import Foundation
import Tensors

/// A model that says sequences token by token, several at a time.
protocol TokenModel {
    /// What the tokens read so far have left behind.
    associatedtype Stream

    /// Reads the next token of every sequence and scores the one after it: [sequences, vocabulary], without a gradient.
    func next(_ tokens: [Int], _ stream: inout Stream) -> Tensor

    /// Reads the beginning of every sequence, whose score is not wanted.
    func read(_ prompts: [[Int]], _ stream: inout Stream)
}

extension TokenModel {
    /// Token by token, for models whose streams go on in step: all prompts are equally long.
    func read(_ prompts: [[Int]], _ stream: inout Stream) {
        let length = prompts.first?.count ?? 0
        precondition(prompts.allSatisfy { $0.count == length }, "prompts of such a batch are equally long")
        for place in 0..<length { _ = next(prompts.map { $0[place] }, &stream) }
    }
}

/// A stream whose sequences can be chosen, repeated and cut: what a search over sequences goes on from.
protocol ForkingStream {
    /// How many tokens of each sequence were read.
    var counts: [Int] { get }
    /// The stream of some sequences, in this order; one may come several times, or not at all.
    func selecting(_ sequences: [Int]) -> Self
    /// Forgets all tokens of each sequence after so many.
    mutating func truncate(to counts: [Int])
}

/// What a model said after what it had read.
struct Continuation {
    /// With the one that ended it, where one did.
    fileprivate(set) var tokens: [Int] = []
    /// Natural logarithm of each token's probability under the model itself, whatever temperature it was drawn at.
    fileprivate(set) var logProbabilities: [Double] = []
    /// Whether it ended before it was too long.
    fileprivate(set) var hasEnded = false
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
    /// The tokens that end a sequence, one of which an ended one repeats.
    let ends: Set<Int>
    /// A token that is never drawn, as the one that begins a sequence; nil where all may be.
    var never: Int?

    /// Says sequences until all have ended.
    ///
    /// - Parameters:
    ///   - prompts: what each begins with, at least one token; not heard.
    ///   - stream: one that has read nothing of them.
    ///   - random: of the draws.
    ///   - hear: takes the next token of each sequence, and which have ended, at that token or before.
    func sample(
        _ prompts: [[Int]], from stream: Model.Stream, using random: inout RandomStream,
        hear: (_ tokens: [Int], _ isEnded: [Bool]) -> Void
    ) {
        var stream = stream
        model.read(prompts.map { Array($0.dropLast()) }, &stream)
        let last = prompts.map { prompt -> Int in
            guard let token = prompt.last else { preconditionFailure("a prompt has a token or more") }
            return token
        }
        goOn(after: last, &stream, using: &random) { tokens, isEnded, _ in hear(tokens, isEnded) }
    }

    /// Draws token after token of sequences whose newest ones, not yet read, are `last`.
    private func goOn(
        after last: [Int], _ stream: inout Model.Stream, using random: inout RandomStream,
        hear: (_ tokens: [Int], _ isEnded: [Bool], _ scores: Tensor) -> Void
    ) {
        var isEnded = last.map { _ in false }, tokens = last
        for _ in 0..<longest where isEnded.contains(false) {
            let scores = model.next(tokens, &stream)
            // A sequence that has ended waits for the others, and draws no more.
            for row in tokens.indices where !isEnded[row] {
                tokens[row] = draw(scores, row, using: &random)
                isEnded[row] = ends.contains(tokens[row])
            }
            hear(tokens, isEnded, scores)
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

extension TokenSampler where Model.Stream: ForkingStream {
    /// Goes on with sequences, each to its own end.
    ///
    /// - Parameters:
    ///   - last: the newest token of each, which is not yet read.
    ///   - stream: has read what stands before; then it has read all but the newest token of each continuation.
    ///   - random: of the draws.
    /// - Returns: what each sequence goes on with.
    func continuations(
        after last: [Int], _ stream: inout Model.Stream, using random: inout RandomStream
    ) -> [Continuation] {
        let begun = stream.counts.isEmpty ? last.map { _ in 0 } : stream.counts
        var said = last.map { _ in Continuation() }
        goOn(after: last, &stream, using: &random) { tokens, isEnded, scores in
            let logs = scores.logProbabilities(of: tokens).doubles
            for row in tokens.indices where !said[row].hasEnded {
                said[row].tokens.append(tokens[row])
                said[row].logProbabilities.append(logs[row])
                said[row].hasEnded = isEnded[row]
            }
        }
        // Those that waited for others read their end again and again meanwhile.
        stream.truncate(to: zip(begun, said).map { $0 + $1.tokens.count })
        return said
    }
}
