/// What a trial asked a language model that is not part of the program, and what that answered.
///
/// It is stored, for the same question may be answered otherwise next time: a trial that goes on, or is proved, reads
/// the answer instead of asking again.
public struct Exchange: Codable, Sendable, Equatable {
    /// The input that names the model.
    public let input: String
    /// What was asked: one prompt of a request, so that what was answered of a request stands when the rest was not.
    public let request: ModelRequest
    /// The answer; a list, since a request has one a prompt.
    public let answers: [ModelAnswer]

    private enum CodingKeys: String, CodingKey {
        case input = "input"
        case request = "request"
        case answers = "answers"
    }

    /// An exchange from its parts.
    public init(input: String, request: ModelRequest, answers: [ModelAnswer]) {
        self.input = input
        self.request = request
        self.answers = answers
    }
}

/// Where a trial's language models come from: what was answered already, then who answers.
public struct TrialModels: Sendable {
    /// Who provides models.
    let provider: any ModelProvider
    /// What the trial has asked endpoints before, in order.
    let exchanges: [Exchange]
    /// How many of these lie before the checkpoint from which it goes on.
    let passed: Int
    /// Whether endpoints may be asked for what was not answered before; a proof asks nobody.
    let asksEndpoints: Bool

    /// Models from their parts; without any, every question is refused.
    public init(
        _ provider: any ModelProvider = NoModels(), exchanges: [Exchange] = [], passed: Int = 0,
        asksEndpoints: Bool = true
    ) {
        self.provider = provider
        self.exchanges = exchanges
        self.passed = passed
        self.asksEndpoints = asksEndpoints
    }
}

/// The stored answers of a trial that runs again, read in their order; but within one request in any, for prompts that
/// are asked beside each other are answered as it comes.
struct Transcript {
    private var stored: ArraySlice<Exchange>
    /// What was asked since the last known state.
    private(set) var said: [Exchange] = []

    init(_ exchanges: [Exchange]) { stored = exchanges[...] }

    /// The stored exchanges of a request's prompts, in the order in which they were stored.
    ///
    /// - Returns: each, with its one answer, and the place of its prompt; fewer than there are prompts when nothing more is stored.
    /// - Throws: ``TranscriptError/other(input:)`` when something else was asked then.
    mutating func exchanges(
        of request: ModelRequest, to input: String
    ) throws -> [(place: Int, exchange: Exchange)] {
        var open = Array(request.prompts.indices), found: [(Int, Exchange)] = []
        while !open.isEmpty, let next = stored.first {
            guard next.input == input, next.answers.count == 1,
                let place = open.firstIndex(where: { request.only([$0]) == next.request })
            else { throw TranscriptError.other(input: input) }
            found.append((open.remove(at: place), next))
            stored.removeFirst()
        }
        return found
    }

    /// Notes an exchange, which is the next of those stored when it was said before.
    mutating func note(_ exchange: Exchange) { said.append(exchange) }

    /// A shared stage, taken from the cache, says what it asked when it was computed.
    mutating func pass(_ exchange: Exchange) { if stored.first == exchange { stored.removeFirst() } }

    /// The first `count` exchanges lie before the checkpoint.
    mutating func pass(first count: Int, of exchanges: [Exchange]) { stored = exchanges.dropFirst(count) }

    /// The state is known from here on.
    mutating func forgetSaid() { said = [] }
}

/// Why a stored answer cannot be read.
public enum TranscriptError: Error, CustomStringConvertible, Equatable {
    /// The trial asks something else than it asked when the answer was stored.
    case other(input: String)
    /// Everything stored is read, and nobody is asked.
    case over(input: String)

    public var description: String {
        switch self {
        case .other(let input):
            "The trial asks the model of input \(input) something else than it asked before, so the stored answer "
                + "is none to it."
        case .over(let input):
            "No answer of the model of input \(input) is stored for this question, and nobody is asked again."
        }
    }
}

// MARK: As a trial uses it

extension Trial {
    /// The language model that an input names. What an endpoint answers is stored, and read from there when the trial
    /// runs again.
    public func model(_ input: KeyPath<Inputs, InputModel> & Sendable) -> TrialModel<Inputs> {
        TrialModel(trial: self, input: Inputs.names(of: [input])[0], model: inputs[keyPath: input])
    }

    fileprivate func ask(
        _ request: ModelRequest, _ model: TrialModel<Inputs>, hear: (Int, ModelAnswer) -> Void
    ) throws {
        guard model.model.endpoint != nil else { return try provided(model).answer(request, hear: hear) }
        var open = Array(request.prompts.indices)
        for (place, exchange) in try transcript.exchanges(of: request, to: model.input) {
            open.removeAll { $0 == place }
            note(exchange)
            hear(place, exchange.answers[0])
        }
        guard !open.isEmpty else { return }
        guard plan.models.asksEndpoints else { throw TranscriptError.over(input: model.input) }
        try provided(model).answer(request.only(open)) { place, answer in
            note(Exchange(input: model.input, request: request.only([open[place]]), answers: [answer]))
            hear(open[place], answer)
        }
    }

    private func note(_ exchange: Exchange) {
        transcript.note(exchange)
        say(.exchange(exchange))
    }

    /// The model of an input. It is made once: what it has read already helps with the next question.
    private func provided(_ model: TrialModel<Inputs>) throws -> any LanguageModel {
        if let known = known[model.model] { return known }
        let made = try plan.models.provider.model(model.model) { [link] in link.isStopped }
        known[model.model] = made
        return made
    }
}

/// A language model in the hands of one trial.
public struct TrialModel<Inputs: MethodInputs>: LanguageModel {
    fileprivate let trial: Trial<Inputs>
    fileprivate let input: String
    fileprivate let model: InputModel

    public func answer(_ request: ModelRequest, hear: (Int, ModelAnswer) -> Void) throws {
        try trial.ask(request, self, hear: hear)
    }
}
