import ArgumentParser
import Foundation
import LanguageModels
import MethodKit
import TextLayout

/// `benchtop generate MODEL TEXT`: a language model at work.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Let a language model go on with a text.",
        discussion: """
            What it says appears as it comes; then how fast that was. With --probabilities each token stands on a \
            line with its probability. Greedy unless a temperature is given; equal seeds give equal texts.
            An endpoint is named by its URL, as http://localhost:8080/v1, with '#NAME' behind it where the server has \
            several models; a key is read from the environment's BENCHTOP_API_KEY.
            """)

    @Argument(help: "A fetched model (see 'benchtop models'), a GGUF file, or an endpoint's URL.")
    var model: String
    @Argument(help: "The text to go on with.") var text: String
    @Option(help: "The most tokens it says.") var longest = 64
    @Option(help: "0 takes the likeliest token; above 1 draws more widely.") var temperature = 0.0
    @Option(help: "Of the draws.") var seed: UInt64 = 1
    @Option(help: "A text at which it ends; may be repeated.") var stop: [String] = []
    @Flag(help: "The text is what a user says, and goes through the model's chat template.") var chat = false
    @Flag(help: "A line a token, with its probability.") var probabilities = false
    @Flag(help: "The answer as one JSON object.") var json = false

    func validate() throws {
        guard (1...100_000).contains(longest) else {
            throw ValidationError("--longest is \(longest); allowed is 1 to 100000.")
        }
        guard temperature >= 0, temperature <= 100 else {
            throw ValidationError("--temperature is \(temperature); allowed is 0 to 100.")
        }
    }

    private struct Answer: Encodable {
        let model, prompt, text: String
        let tokens: [ModelAnswer.Token]
        let isWhole: Bool
        /// Nil for an endpoint, which counts for itself.
        let promptTokens: Int?
        let seconds: Double
    }

    func run() throws {
        let interruption = Interruption {}, isStreamed = !json && !probabilities
        let speaker = try speaker(interruption) { piece in if isStreamed { Output.piece(piece) } }
        if isStreamed, !chat { Output.piece(text) }
        let request = ModelRequest(
            [text], longest: longest, temperature: temperature, stops: stop, seed: seed, isChat: chat)
        let before = ContinuousClock.now, answer: ModelAnswer
        do { answer = try speaker.model.answer(request)[0] } catch {
            if isStreamed { Output.line() }
            if error is Stopped { throw ExitCode(128 + (interruption.signal ?? SIGINT)) }
            throw Failure("\(error)", error is any InputRefusal ? Status.refused : Status.failed)
        }
        let seconds = (ContinuousClock.now - before) / .seconds(1)
        try show(answer, read: speaker.count?(text), seconds)
    }

    /// The model, and what counts a text's tokens where it runs here.
    private func speaker(
        _ interruption: Interruption, _ heard: @escaping (String) -> Void
    ) throws -> (model: any LanguageModel, count: ((String) -> Int)?) {
        guard let named = InputModel(text: model) else {
            throw Failure("'\(model)' is no model's name and no http or https URL.", Status.refused)
        }
        if let url = named.endpoint {
            return (EndpointLanguageModel(url, isStopped: { interruption.isAsked }, heard: heard), nil)
        }
        let opened = try LocalModels.file(named: model).model()
        let local = LlamaLanguageModel(opened, isStopped: { interruption.isAsked }, heard: heard)
        return (local, { opened.tokeniser.tokens(of: $0).count })
    }

    private func show(_ answer: ModelAnswer, read prompt: Int?, _ seconds: Double) throws {
        if json {
            try Output.json(
                Answer(
                    model: model, prompt: text, text: answer.text, tokens: answer.tokens,
                    isWhole: answer.isWhole, promptTokens: prompt, seconds: seconds))
            return
        }
        if probabilities { table(answer.tokens) } else { Output.line() }
        let rate = (Double(answer.tokens.count) / max(seconds, 1e-9)).brief
        let read = prompt.map { "\($0) tokens read, " } ?? ""
        Output.line(
            "\(read)\(answer.tokens.count) said" + (answer.isWhole ? "" : ", the most that was asked for")
                + "; \(rate) said a second.")
    }

    private func table(_ tokens: [ModelAnswer.Token]) {
        var table = Columns("PROBABILITY", "TOKEN")
        for token in tokens {
            let probability = token.logProbability.map { String(format: "%.4f", exp($0)) } ?? ""
            table.add([probability, "'\(token.text.replacing("\n", with: "\\n"))'"])
        }
        table.show()
    }
}
