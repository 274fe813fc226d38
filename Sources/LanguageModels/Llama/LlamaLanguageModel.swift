import Base
import CKernels
import Foundation
import MethodKit

/// A GGUF file's model as methods use it: continuations of prompts, and the probabilities of texts.
///
/// What prompts of one request, or of one after another, begin with alike is read once. It belongs to the thread that
/// made it.
public final class LlamaLanguageModel: LanguageModel {
    private let model: LlamaModel
    private let isStopped: () -> Bool
    /// Called with what is new of an answer.
    private let heard: (String) -> Void
    /// What was read last, of which the next prompt may begin alike.
    private var known: (tokens: [Int], cache: LlamaCache) = ([], LlamaCache())

    /// A language model from a file's.
    ///
    /// - Parameters:
    ///   - model: which it runs.
    ///   - isStopped: asked between tokens; when it says yes, ``Stopped`` is thrown.
    ///   - heard: called with what is new of an answer as it comes, in whole characters.
    public init(
        _ model: LlamaModel, isStopped: @escaping () -> Bool = { false },
        heard: @escaping (String) -> Void = { _ in }
    ) {
        (self.model, self.isStopped, self.heard) = (model, isStopped, heard)
    }

    public func answer(_ request: ModelRequest, hear: (Int, ModelAnswer) -> Void) throws {
        let prompts = try request.prompts.map { try prompted(request.isChat ? chat($0) : $0) }
        if let texts = request.texts {
            for place in prompts.indices { hear(place, try score(texts[place], after: prompts[place])) }
            return
        }
        for first in stride(from: 0, to: prompts.count, by: Self.together) {
            try goOn(
                Array(first..<min(first + Self.together, prompts.count)), prompts, request, hear: hear)
        }
    }

    private func chat(_ said: String) throws -> String {
        let source = model.file.metadata["tokenizer.chat_template"]?.text ?? ""
        guard let template = ChatTemplate(source) else {
            throw LanguageModelError.noTemplate(model.file.path)
        }
        return template.prompt(said)
    }

    /// The tokens of a prompt; at least one.
    private func prompted(_ prompt: String) throws -> [Int] {
        let tokeniser = model.tokeniser
        var tokens = tokeniser.tokens(of: prompt, controls: true)
        if let begin = tokeniser.begin, tokens.first != begin { tokens.insert(begin, at: 0) }
        // A text from nothing begins where all texts do.
        return tokens.isEmpty ? [tokeniser.ends.min() ?? 0] : tokens
    }

    // MARK: Reading

    /// Reads some tokens, of which those that were read before are not read again.
    ///
    /// - Returns: what follows each of the last `wanted`: [wanted, vocabulary]
    private func read(_ tokens: [Int], wanted: Int) throws -> [[Float]] {
        guard tokens.count <= model.shape.context else {
            throw LanguageModelError.tooLong(tokens: tokens.count, context: model.shape.context)
        }
        // At least what is wanted has to be read anew, for its scores are not kept.
        let alike = zip(known.tokens, tokens).prefix { $0 == $1 }.count
        let kept = min(alike, tokens.count - wanted)
        known.cache.truncate(to: kept)
        known.tokens = Array(tokens.prefix(kept))
        do {
            let scores = try model.read(
                Array(tokens[kept...]), &known.cache, wanted: wanted, isStopped: isStopped)
            known.tokens = tokens
            return scores
        } catch is CancellationError {
            known.tokens = Array(tokens.prefix(known.cache.count))
            throw Stopped()
        }
    }

    /// ln p of each next token, from its score.
    private func logProbabilities(_ scores: [Float]) -> [Float] {
        [Float](unsafeUninitializedCapacity: scores.count) { buffer, count in
            bt_log_softmax(1, scores.count, scores, buffer.baseAddress)
            count = scores.count
        }
    }

    // MARK: Scoring

    /// Tokens that are scored together: the scores of a token's rivals are as many numbers as the vocabulary has tokens.
    private static let scored = 64

    private func score(_ text: String, after prompt: [Int]) throws -> ModelAnswer {
        let tokens = model.tokeniser.tokens(of: text)
        var answer: [ModelAnswer.Token] = []
        for first in stride(from: 0, to: tokens.count, by: Self.scored) {
            let part = tokens[first..<min(first + Self.scored, tokens.count)]
            let scores = try read(prompt + tokens[..<(part.endIndex - 1)], wanted: part.count)
            answer += zip(part, scores).map { token, scores in
                .init(model.tokeniser.text(of: [token]), Double(logProbabilities(scores)[token]))
            }
        }
        return ModelAnswer(text, tokens: answer)
    }

    // MARK: Going on

    /// Texts that are gone on with beside each other.
    private static let together = 16

    /// One text while it grows.
    private struct Growing {
        let place: Int
        var random: RandomStream
        var said: [Int] = [], tokens: [ModelAnswer.Token] = []
        /// ln p of each token that may be next: [vocabulary]
        var logs: [Float]
        var cache: LlamaCache
    }

    /// Goes on with some of a request's prompts, each to its own end.
    private func goOn(
        _ places: [Int], _ prompts: [[Int]], _ request: ModelRequest, hear: (Int, ModelAnswer) -> Void
    ) throws {
        var growing = try places.map { place in
            let scores = try read(prompts[place], wanted: 1)[0]
            // Without a seed a prompt that comes twice is drawn anew all the same.
            return Growing(
                place: place, random: RandomStream(seed: request.seed(of: place) ?? UInt64(place)),
                logs: logProbabilities(scores), cache: known.cache)
        }
        var told = 0
        while !growing.isEmpty {
            if isStopped() { throw Stopped() }
            growing = growing.compactMap { text in
                var text = text
                guard let answer = grow(&text, request) else { return text }
                let read = (prompts[text.place] + text.said).prefix(text.cache.count)
                known = (Array(read), text.cache)
                hear(text.place, answer)
                return nil
            }
            if prompts.count == 1, let text = growing.first {
                tell(model.tokeniser.text(of: text.said), &told)
            }
            readNext(&growing)
        }
    }

    /// One token more.
    ///
    /// - Returns: the answer when it is over.
    private func grow(_ text: inout Growing, _ request: ModelRequest) -> ModelAnswer? {
        let said = model.tokeniser.text(of: text.said)
        guard text.said.count < request.longest, text.cache.count < model.shape.context else {
            return ModelAnswer(said, tokens: text.tokens, isWhole: false)
        }
        let next = draw(text.logs, request.temperature, using: &text.random)
        guard !model.tokeniser.ends.contains(next) else { return ModelAnswer(said, tokens: text.tokens) }
        text.said.append(next)
        text.tokens.append(.init(model.tokeniser.text(of: [next]), Double(text.logs[next])))
        let whole = model.tokeniser.text(of: text.said)
        guard let stop = request.stops.compactMap({ whole.range(of: $0)?.lowerBound }).min() else {
            return nil
        }
        return cut(String(whole[..<stop]), text.said, text.tokens)
    }

    /// Says what is new of a text. A character can take several tokens; until its last one has come, a mark stands in its
    /// place.
    private func tell(_ text: String, _ told: inout Int) {
        guard !text.hasSuffix("\u{FFFD}") else { return }
        heard(String(text.unicodeScalars.dropFirst(told)))
        told = text.unicodeScalars.count
    }

    /// Reads the newest token of each text, all together.
    private func readNext(_ growing: inout [Growing]) {
        guard !growing.isEmpty else { return }
        var caches = growing.map(\.cache)
        for place in growing.indices { growing[place].cache = LlamaCache() }
        let scores = model.read(next: growing.map { $0.said[$0.said.count - 1] }, &caches)
        for place in growing.indices {
            (growing[place].logs, growing[place].cache) = (logProbabilities(scores[place]), caches[place])
        }
    }

    /// An answer that ends before a stop, with the tokens that it takes.
    private func cut(_ text: String, _ said: [Int], _ tokens: [ModelAnswer.Token]) -> ModelAnswer {
        var left = text.utf8.count
        let kept = said.prefix { token in
            defer { left -= model.tokeniser.bytes(of: [token]).count }
            return left > 0
        }
        return ModelAnswer(text, tokens: Array(tokens.prefix(kept.count)))
    }

    /// The likeliest token at a temperature of 0; else a draw, the logarithms divided by it.
    private func draw(_ logs: [Float], _ temperature: Double, using random: inout RandomStream) -> Int {
        guard temperature > 0 else {
            // The first of equals.
            return logs.indices.max { (logs[$0], $1) < (logs[$1], $0) } ?? 0
        }
        let scaled = logProbabilities(logs.map { $0 / Float(temperature) })
        var left = random.uniform(0, 1)
        for (token, log) in scaled.enumerated() {
            left -= exp(Double(log))
            if left < 0 { return token }
        }
        return scaled.indices.max { scaled[$0] < scaled[$1] } ?? 0
    }
}

/// What a language model cannot be asked.
public enum LanguageModelError: Error, CustomStringConvertible, Equatable {
    /// The text is longer than the model was made for.
    case tooLong(tokens: Int, context: Int)
    /// Its file does not say how a conversation is written, or in a way that is not known here.
    case noTemplate(String)

    public var description: String {
        switch self {
        case .tooLong(let tokens, let context):
            "The text has \(tokens) tokens; the model reads at most \(context)."
        case .noTemplate(let path):
            "The model in \(path) has no chat template that is known here (ChatML, Llama 3); give it the whole text."
        }
    }
}
