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
        for (place, prompt) in request.prompts.enumerated() {
            let tokens = try prompted(request.isChat ? chat(prompt) : prompt)
            if let text = request.texts?[place] {
                hear(place, try score(text, after: tokens))
            } else {
                var random = RandomStream(seed: request.seed(of: place) ?? UInt64(place))
                hear(place, try go(on: tokens, request, using: &random))
            }
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

    private func go(
        on prompt: [Int], _ request: ModelRequest, using random: inout RandomStream
    ) throws -> ModelAnswer {
        var said: [Int] = [], tokens: [ModelAnswer.Token] = [], text = "", told = 0
        while said.count < request.longest {
            if isStopped() { throw Stopped() }
            let logs = logProbabilities(try read(prompt + said, wanted: 1)[0])
            let next = draw(logs, request.temperature, using: &random)
            guard !model.tokeniser.ends.contains(next) else { return ModelAnswer(text, tokens: tokens) }
            said.append(next)
            tokens.append(.init(model.tokeniser.text(of: [next]), Double(logs[next])))
            text = model.tokeniser.text(of: said)
            if let stop = request.stops.compactMap({ text.range(of: $0)?.lowerBound }).min() {
                return cut(String(text[..<stop]), said, tokens)
            }
            // A character can take several tokens; until its last one has come, this stands in its place.
            guard !text.hasSuffix("\u{FFFD}") else { continue }
            heard(String(text.unicodeScalars.dropFirst(told)))
            told = text.unicodeScalars.count
        }
        return ModelAnswer(text, tokens: tokens, isWhole: false)
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
