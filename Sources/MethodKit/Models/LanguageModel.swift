/// A language model as a trial uses it: synchronous, a batch of prompts at a time.
///
/// It belongs to the thread that made it.
public protocol LanguageModel {
    /// Answers a request, one answer a prompt.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - hear: takes the place of a prompt and its answer, as it comes: what was heard stands, whatever becomes of the
    ///     rest.
    /// - Throws: ``Stopped`` when the trial is to end meanwhile, or an error whose description is a sentence.
    func answer(_ request: ModelRequest, hear: (_ place: Int, _ answer: ModelAnswer) -> Void) throws
}

extension LanguageModel {
    /// Answers a request, one answer a prompt, in their order.
    ///
    /// - Throws: what ``answer(_:hear:)`` does.
    public func answer(_ request: ModelRequest) throws -> [ModelAnswer] {
        var answers = [ModelAnswer?](repeating: nil, count: request.prompts.count)
        try answer(request) { answers[$0] = $1 }
        return answers.map { answer in
            guard let answer else { preconditionFailure("a model answers every prompt, or throws") }
            return answer
        }
    }

    /// Continues one prompt.
    public func complete(_ prompt: String, longest: Int, temperature: Double = 0) throws -> ModelAnswer {
        try answer(ModelRequest([prompt], longest: longest, temperature: temperature))[0]
    }

    /// The log-probabilities of a text's tokens after a prompt.
    public func score(_ text: String, after prompt: String) throws -> [ModelAnswer.Token] {
        try answer(ModelRequest([prompt], scoring: [text]))[0].tokens
    }
}

/// What a language model is asked: to continue prompts, or to score texts after them.
public struct ModelRequest: Codable, Sendable, Equatable {
    /// Texts to go on from.
    public let prompts: [String]
    /// One text a prompt, whose tokens are scored after it; nil lets the model say what follows.
    public let texts: [String]?
    /// The most tokens of an answer; 0 when texts are scored.
    public let longest: Int
    /// 0 takes the likeliest token.
    public let temperature: Double
    /// Texts at which an answer ends; they are not part of it.
    public let stops: [String]
    /// Of the draws for the first prompt; nil leaves all draws to the model.
    public let seed: UInt64?
    /// Places of the prompts in the request that they are a part of; nil where it is whole.
    private let places: [Int]?
    /// Left out of what is stored where it does not hold.
    private let chat: Bool?

    /// Whether a prompt is what a user says to an assistant, and goes through the model's own chat template; otherwise
    /// it is the text to go on from.
    public var isChat: Bool { chat ?? false }

    private enum CodingKeys: String, CodingKey {
        case prompts = "prompts"
        case texts = "texts"
        case longest = "longest"
        case temperature = "temperature"
        case stops = "stops"
        case seed = "seed"
        case places = "places"
        case chat = "chat"
    }

    /// Continuations of prompts, or answers to them.
    public init(
        _ prompts: [String], longest: Int, temperature: Double = 0, stops: [String] = [], seed: UInt64? = nil,
        isChat: Bool = false
    ) {
        self.prompts = prompts
        (texts, places) = (nil, nil)
        chat = isChat ? true : nil
        self.longest = longest
        self.temperature = temperature
        self.stops = stops
        self.seed = seed
    }

    /// Scores of texts, one after each prompt.
    public init(_ prompts: [String], scoring texts: [String]) {
        precondition(texts.count == prompts.count, "\(texts.count) texts after \(prompts.count) prompts")
        self.prompts = prompts
        self.texts = texts
        (longest, temperature, stops, seed, places, chat) = (0, 0, [], nil, nil, nil)
    }

    private init(_ whole: ModelRequest, only places: [Int]) {
        prompts = places.map { whole.prompts[$0] }
        texts = whole.texts.map { texts in places.map { texts[$0] } }
        (longest, temperature, stops, chat) = (whole.longest, whole.temperature, whole.stops, whole.chat)
        // Of a single prompt the seed says it all, so that it is the same question whatever it was asked beside.
        let isOne = places.count == 1
        seed = isOne ? whole.seed(of: places[0]) : whole.seed
        self.places = isOne || whole.seed == nil ? nil : places.map { whole.places?[$0] ?? $0 }
    }

    /// The same of some of its prompts, given by their places: each is drawn as it would be in the whole.
    public func only(_ places: [Int]) -> ModelRequest { ModelRequest(self, only: places) }

    /// Of the draws for one prompt: a prompt that comes twice in a request is drawn anew. Nil leaves them to the model.
    public func seed(of place: Int) -> UInt64? { seed.map { $0 &+ UInt64(places?[place] ?? place) } }
}

/// What a language model answers to one prompt.
public struct ModelAnswer: Codable, Sendable, Equatable {
    /// A token with the logarithm of its probability.
    public struct Token: Codable, Sendable, Equatable {
        /// Its text.
        public let text: String
        /// ln p given all before it, in nats; nil where the model does not tell.
        public let logProbability: Double?

        private enum CodingKeys: String, CodingKey {
            case text = "text"
            case logProbability = "logp"
        }

        /// A token from its parts.
        public init(_ text: String, _ logProbability: Double?) {
            self.text = text
            self.logProbability = logProbability
        }
    }

    /// What follows the prompt, or the text that was scored.
    public let text: String
    /// Its tokens; empty where the model does not tell them.
    public let tokens: [Token]
    /// Whether it came to its own end, not to the most tokens.
    public let isWhole: Bool

    private enum CodingKeys: String, CodingKey {
        case text = "text"
        case tokens = "tokens"
        case isWhole = "whole"
    }

    /// An answer from its parts.
    public init(_ text: String, tokens: [Token] = [], isWhole: Bool = true) {
        self.text = text
        self.tokens = tokens
        self.isWhole = isWhole
    }
}

/// Something outside the program failed that may be well another time: the trial is interrupted, not failed, and goes
/// on from where it was.
public protocol PassingTrouble: Error, CustomStringConvertible {}

/// Where language models come from.
public protocol ModelProvider: Sendable {
    /// The model that the user named.
    ///
    /// - Parameters:
    ///   - model: its name.
    ///   - isStopped: asked while the model works; when it says yes, the model throws ``Stopped``.
    /// - Returns: a model for the thread that asks.
    /// - Throws: ``ModelError`` when there is none.
    func model(_ model: InputModel, isStopped: @escaping @Sendable () -> Bool) throws -> any LanguageModel
    /// The path of the file that a model's weights lie in; nil for one that has none here.
    func file(of model: InputModel) -> String?
    /// Refuses a model that could not be asked now.
    ///
    /// - Throws: ``ModelError``, or another error whose description is a sentence.
    func check(_ model: InputModel) throws
}

extension ModelProvider {
    public func file(of model: InputModel) -> String? { nil }

    public func check(_ model: InputModel) throws { _ = try self.model(model) { false } }

    /// Refuses what a session with these inputs would ask for in vain. A model that nobody named is let be: a method
    /// that works without one must run where there is none, and one that does not says so when it asks.
    ///
    /// - Throws: ``ModelError``.
    public func check(_ texts: [String: String], of inputs: [InputSpec]) throws {
        for spec in inputs where spec.kind == .model && texts[spec.name] != spec.initial {
            guard let named = texts[spec.name].flatMap(InputModel.init(text:)) else { continue }
            try check(named)
        }
    }
}

/// Provides no model.
public struct NoModels: ModelProvider {
    /// The only value.
    public init() {}

    public func model(
        _ model: InputModel, isStopped: @escaping @Sendable () -> Bool
    ) throws -> any LanguageModel { throw ModelError.notProvided(model.text) }
}

/// A model that cannot be asked.
public enum ModelError: InputRefusal, CustomStringConvertible, Equatable {
    /// Nobody provides it.
    case notProvided(String)

    public var description: String {
        switch self {
        case .notProvided(let name): "The language model '\(name)' cannot be had here."
        }
    }
}
