import Foundation
import MethodKit

/// A language model behind an OpenAI-compatible server: llama.cpp's, vLLM, Ollama, and others.
///
/// Servers differ in what they can; each ability is tried once and remembered. It belongs to the thread that made it.
public final class EndpointLanguageModel: LanguageModel {
    private let address: EndpointAddress
    private let queue: EndpointQueue
    /// Called with what is new of an answer.
    private let heard: (String) -> Void
    /// The server's name of the model; nil until it is known, and empty where the server has none.
    private var name: String?
    /// Whether log-probabilities are told, as far as it has not been seen otherwise.
    private var tellsProbabilities = true
    /// Whether several answers to one question may be asked for, as far as it has not been seen otherwise.
    private var readsCount = true
    /// Whether the server scores a prompt that it echoes; nil until that is known.
    private var echoes: Bool?

    /// A model behind an address; nobody is asked yet.
    ///
    /// - Parameters:
    ///   - url: as `http://host:port/v1`; a model's name may follow behind a `#`.
    ///   - isStopped: asked many times a second; when it says yes, ``Stopped`` is thrown.
    ///   - heard: called with what is new of the answer to a single prompt as it comes.
    public convenience init(
        _ url: URL, isStopped: @escaping () -> Bool = { false }, heard: @escaping (String) -> Void = { _ in }
    ) {
        self.init(url, .init(), isStopped: isStopped, heard: heard)
    }

    init(
        _ url: URL, _ limits: EndpointQueue.Limits, isStopped: @escaping () -> Bool = { false },
        heard: @escaping (String) -> Void = { _ in }
    ) {
        address = EndpointAddress(url)
        queue = EndpointQueue(address, limits, isStopped: isStopped)
        self.heard = heard
    }

    public func answer(_ request: ModelRequest, hear: (Int, ModelAnswer) -> Void) throws {
        if let texts = request.texts { return try score(texts, after: request.prompts, hear: hear) }
        var open = Array(request.prompts.indices)
        // What came short is asked once more by itself: a server may read no count of answers.
        for isSingle in [!readsCount, true] where !open.isEmpty {
            let groups = groups(of: open, request, isSingle: isSingle)
            do {
                try ask(groups, request) { place, answer in
                    open.removeAll { $0 == place }
                    hear(place, answer)
                }
            } catch let error as EndpointError
                where error.isRefusal && groups.contains(where: { $0.count > 1 })
            {
                // llama.cpp's counts to as many as it answers beside each other.
                readsCount = false
            }
        }
        guard open.isEmpty else { throw EndpointError.strange(address.base, "it has no choices") }
    }

    // MARK: Going on

    /// Places whose prompts are equal and follow each other are one question with several answers.
    private func groups(of places: [Int], _ request: ModelRequest, isSingle: Bool) -> [[Int]] {
        var groups: [[Int]] = []
        for place in places {
            if !isSingle, let last = groups.last?.last, request.prompts[last] == request.prompts[place],
                groups[groups.count - 1].count < 128
            {
                groups[groups.count - 1].append(place)
            } else {
                groups.append([place])
            }
        }
        return groups
    }

    private func ask(
        _ groups: [[Int]], _ request: ModelRequest, hear: (Int, ModelAnswer) -> Void
    ) throws {
        let name = try modelName(), isChat = request.isChat || address.isChat
        let bodies = groups.map { body(of: $0, request, isChat: isChat, name).json }
        var told = 0, open = Set(groups.indices)
        do {
            try queue.ask(bodies, on: isChat ? "chat/completions" : "completions") { _, text in
                guard request.prompts.count == 1, text.unicodeScalars.count > told else { return }
                heard(String(text.unicodeScalars.dropFirst(told)))
                told = text.unicodeScalars.count
            } answered: { group, choices in
                open.remove(group)
                for (place, choice) in zip(groups[group], choices) {
                    hear(place, choice.answer(stops: request.stops))
                }
            }
        } catch  where tellsProbabilities && refusesProbabilities(error) {
            tellsProbabilities = false
            try ask(open.sorted().map { groups[$0] }, request, hear: hear)
        }
    }

    private func body(
        of places: [Int], _ request: ModelRequest, isChat: Bool, _ name: String?
    ) -> EndpointBody {
        var body = EndpointBody(
            request.prompts[places[0]], isChat: isChat, longest: request.longest,
            temperature: request.temperature, rivals: tellsProbabilities ? 1 : nil)
        body.model = name
        body.stop = request.stops.isEmpty ? nil : Array(request.stops.prefix(4))
        // Servers read the seed as a number of 32 bits.
        body.seed = request.seed(of: places[0]).map { $0 & 0x7FFF_FFFF }
        body.count = places.count > 1 ? places.count : nil
        return body
    }

    private func refusesProbabilities(_ trouble: any Error) -> Bool {
        guard let error = trouble as? EndpointError, case .refused(_, _, let words) = error else {
            return false
        }
        return error.isRefusal && words.lowercased().contains("logprob")
    }

    // MARK: Who answers

    /// Asks the server which models it has.
    ///
    /// - Throws: ``EndpointError`` when it does not answer, or wants a key.
    public func connect() throws { _ = try modelName() }

    private func modelName() throws -> String? {
        if let name { return name.isEmpty ? nil : name }
        let found = try address.model ?? firstModel() ?? ""
        name = found
        return found.isEmpty ? nil : found
    }

    /// The first of the server's models; nil where it does not list them.
    private func firstModel() throws -> String? {
        let (names, trouble) = queue.models()
        switch trouble {
        case .some(EndpointError.refused(_, let status, _)) where status != 401 && status != 403: return nil
        case .some(let error): throw error
        case nil: return names.first
        }
    }

    // MARK: Scoring

    /// Tokens beside the likeliest that are asked for where a text is scored: llama.cpp tells any number, vLLM 20, others 5.
    private var rivals = [1_000, 20, 5]

    private func score(
        _ texts: [String], after prompts: [String], hear: (Int, ModelAnswer) -> Void
    ) throws {
        if echoes == nil { echoes = try triesEcho() }
        guard echoes == true else {
            for (place, answer) in try walked(texts, after: prompts).enumerated() { hear(place, answer) }
            return
        }
        try look(zip(prompts, texts).map { $0 + $1 }, echo: true) { place, choice in
            let tokens = Self.tokens(of: texts[place], after: prompts[place], in: choice)
            hear(place, ModelAnswer(texts[place], tokens: tokens))
        }
    }

    /// One token more after each prompt, or its own tokens, with probabilities.
    private func look(_ prompts: [String], echo: Bool, hear: (Int, EndpointChoice) -> Void) throws {
        let name = try modelName()
        let bodies = prompts.map { prompt in
            var body = EndpointBody(
                prompt, isChat: false, longest: 1, temperature: 0, rivals: echo ? 1 : rivals[0])
            (body.model, body.isStreamed, body.echo) = (name, false, echo ? true : nil)
            return body.json
        }
        do {
            try queue.ask(bodies, on: "completions") { hear($0, $1.first ?? EndpointChoice()) }
        } catch let error as EndpointError where !echo && error.isRefusal && rivals.count > 1 {
            rivals.removeFirst()
            try look(prompts, echo: echo, hear: hear)
        }
    }

    private func looked(_ prompts: [String], echo: Bool) throws -> [EndpointChoice] {
        var choices = prompts.map { _ in EndpointChoice() }
        try look(prompts, echo: echo) { choices[$0] = $1 }
        return choices
    }

    /// Whether the server scores what it echoes, and rightly: the token that it says after a prompt must be as probable
    /// when it is part of the prompt. Some servers ignore the wish, some score each token by what follows it.
    private func triesEcho() throws -> Bool {
        let probe = "The capital of France is"
        guard let said = try looked([probe], echo: false).first?.tokens.first, let log = said.log,
            !said.text.isEmpty
        else { return false }
        guard let choice = try? looked([probe + said.text], echo: true).first else { return false }
        let tokens = Self.tokens(of: said.text, after: probe, in: choice)
        return tokens.map(\.text).joined() == said.text
            && abs(tokens.compactMap(\.logProbability).reduce(0, +) - log) < 0.2
    }

    /// Of a prompt's echoed tokens those that reach into a text behind it.
    static func tokens(of text: String, after prompt: String, in choice: EndpointChoice) -> [ModelAnswer
        .Token]
    {
        let begin = prompt.utf8.count, end = begin + text.utf8.count
        var place = 0
        return choice.tokens.compactMap { token in
            let from = place
            place += token.text.utf8.count
            return place > begin && from < end ? ModelAnswer.Token(token.text, token.log) : nil
        }
    }

    /// Scores texts token by token: of the likeliest tokens after a prompt the longest with which the text goes on is the
    /// next. A text that goes on with none of them has no tokens, since its probability is not told.
    private func walked(_ texts: [String], after prompts: [String]) throws -> [ModelAnswer] {
        var tokens = [[ModelAnswer.Token]?](repeating: [], count: texts.count), said = texts.map { _ in "" }
        while true {
            let open = texts.indices.filter {
                tokens[$0] != nil && said[$0].utf8.count < texts[$0].utf8.count
            }
            guard !open.isEmpty else { break }
            let choices = try looked(open.map { prompts[$0] + said[$0] }, echo: false)
            guard choices.contains(where: { !$0.tokens.isEmpty }) else {
                throw EndpointError.noProbabilities(address.base)
            }
            for (place, choice) in zip(open, choices) {
                guard let next = Self.next(in: choice, of: texts[place].dropFirst(said[place])) else {
                    tokens[place] = nil
                    continue
                }
                said[place] += next.text
                tokens[place]?.append(next)
            }
        }
        return zip(texts, tokens).map { ModelAnswer($0, tokens: $1 ?? []) }
    }

    private static func next(in choice: EndpointChoice, of rest: String) -> ModelAnswer.Token? {
        guard let first = choice.tokens.first else { return nil }
        let all = first.rivals + (first.log.map { [(first.text, $0)] } ?? [])
        return all.filter { !$0.0.isEmpty && rest.utf8.starts(with: $0.0.utf8) }
            .max { ($0.0.utf8.count, $0.1) < ($1.0.utf8.count, $1.1) }
            .map { ModelAnswer.Token($0.0, $0.1) }
    }
}

extension String {
    /// What is left behind a beginning of it.
    fileprivate func dropFirst(_ beginning: String) -> String {
        String(decoding: utf8.dropFirst(beginning.utf8.count), as: UTF8.self)
    }
}
