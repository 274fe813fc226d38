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
            """)

    @Argument(help: "A fetched model (see 'benchtop models'), or a GGUF file.") var model: String
    @Argument(help: "The text to go on with.") var text: String
    @Option(help: "The most tokens it says.") var longest = 64
    @Option(help: "0 takes the likeliest token; above 1 draws more widely.") var temperature = 0.0
    @Option(help: "Of the draws.") var seed: UInt64 = 1
    @Option(help: "A text at which it ends; may be repeated.") var stop: [String] = []
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
        let promptTokens: Int
        let cpuSeconds: Double
    }

    func run() throws {
        let opened = try LocalModels.file(named: model).model(), isStreamed = !json && !probabilities
        let interruption = Interruption {}
        let speaker = LlamaLanguageModel(opened, isStopped: { interruption.isAsked }) { piece in
            if isStreamed { Output.piece(piece) }
        }
        if isStreamed { Output.piece(text) }
        let request = ModelRequest(
            [text], longest: longest, temperature: temperature, stops: stop, seed: seed)
        let before = clock(), answer: ModelAnswer
        do { answer = try speaker.answer(request)[0] } catch is Stopped {
            Output.line()
            throw ExitCode(128 + (interruption.signal ?? SIGINT))
        }
        let seconds = Double(clock() - before) / Double(CLOCKS_PER_SEC)
        try show(answer, read: opened.tokeniser.tokens(of: text).count, seconds)
    }

    private func show(_ answer: ModelAnswer, read prompt: Int, _ seconds: Double) throws {
        if json {
            try Output.json(
                Answer(
                    model: model, prompt: text, text: answer.text, tokens: answer.tokens,
                    isWhole: answer.isWhole, promptTokens: prompt, cpuSeconds: seconds))
            return
        }
        if probabilities { table(answer.tokens) } else { Output.line() }
        let rate = (Double(answer.tokens.count) / max(seconds, 1e-9)).brief
        Output.line(
            "\(prompt) tokens read, \(answer.tokens.count) said"
                + (answer.isWhole ? "" : ", the most that was asked for")
                + "; \(rate) said a CPU-second.")
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
