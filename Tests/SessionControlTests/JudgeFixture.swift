import Base
import Foundation
import MethodKit

@testable import SessionControl

/// A method that asks a language model one question a step, with a stage that its arms share.
enum Judge: Method {
    enum Arm: String, MethodArm {
        case strict, mild
        var help: String { "asks" }
    }

    struct Inputs: MethodInputs {
        @Input("who judges") var judge = InputModel(text: "http://127.0.0.1:1/v1")!
        @Input("questions", in: 1...10_000) var questions = 12
        @Input("milliseconds a question", in: 0...1_000) var pause = 0
        @Input("questions beside each other", in: 1...16) var beside = 1
        @Input("whether those beside each other are one question, drawn anew") var isOne = false
        @Input("a file to apply it to", kinds: ["txt"]) var file = InputFile()
    }

    struct State: Codable { var sum = 0.0 }

    static let card = Card(
        id: "judge", title: "Judge",
        paper: Citation(authors: "None", title: "None", year: 2026, arXiv: "0000.00000"),
        idea: "", equations: [], data: "", headline: "", differences: [])
    static let version = 1
    static let score = Metric("score", "what was said", better: .higher)
    static let metrics = [score]
    static let warm = Stage<Inputs>.shared("warm", unit: "question", reads: [\.judge]) { _ in 2 }
    static let ask = Stage<Inputs>("ask", unit: "question") { $0.questions }
    static let stages = [warm, ask]
    static let apply: Tool<Inputs>? = .apply(
        "grade", "grades a file", to: State.self, owns: [\.file], reads: [\.judge], sample: { "" }
    ) { state, inputs, trial in
        let text = try String(contentsOfFile: inputs.file.path, encoding: .utf8)
        let answer = try trial.model(\.judge).complete(text, longest: 4)
        trial.report(score, state.sum + Double(answer.text.count))
        trial.keep("answer", .text([Span(answer.text)]))
    }
    static let presets = [Preset<Inputs>("smoke", "seconds")]
    static let claims: [Claim] = []
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var state = State()
        let judge = trial.model(\.judge)
        try trial.run(warm, state: &state) { state, step, _ in
            state.sum += try judge.score("yes", after: "warm \(step)")[0].logProbability ?? 0
        }
        try trial.run(ask, state: &state) { state, step, inputs in
            usleep(UInt32(inputs.pause * 1_000))
            let prompts = (1...inputs.beside).map { place in
                "\(arm.rawValue) \(step)" + (place > 1 && !inputs.isOne ? " \(place)" : "")
            }
            let request = ModelRequest(prompts, longest: 4, temperature: 1, seed: UInt64(1_000 * step))
            for answer in try judge.answer(request) {
                state.sum += Double(answer.text.count)
            }
            trial.report(score, state.sum)
        }
        trial.log("judged")
    }
}

/// An endpoint that never answers one question twice alike, and counts how often it is asked.
final class FakeEndpoint: ModelProvider, Sendable {
    let asked = Locked<[String]>([])
    /// Of each question that was answered.
    let seeds = Locked<[UInt64?]>([])
    let isGone = Locked(false)
    /// After how many questions it breaks off, once; nil for never.
    let breaks = Locked<Int?>(nil)

    /// What it is when it breaks off.
    struct Trouble: PassingTrouble { let description = "The line is down." }

    func model(
        _ model: InputModel, isStopped: @escaping @Sendable () -> Bool
    ) throws -> any LanguageModel {
        if isGone.withLock({ $0 }) { throw ModelError.notProvided(model.text) }
        return Answers(asked: asked, seeds: seeds, breaks: breaks)
    }

    private struct Answers: LanguageModel {
        let asked: Locked<[String]>
        let seeds: Locked<[UInt64?]>
        let breaks: Locked<Int?>

        func answer(_ request: ModelRequest, hear: (Int, ModelAnswer) -> Void) throws {
            // The last prompt is answered first, and the first one last.
            for (place, prompt) in request.prompts.enumerated().reversed() {
                if let limit = breaks.withLock({ $0 }), asked.withLock({ $0.count }) >= limit {
                    breaks.withLock { $0 = nil }
                    throw Trouble()
                }
                seeds.withLock { $0.append(request.seed(of: place)) }
                hear(place, answer(to: prompt))
            }
        }

        private func answer(to prompt: String) -> ModelAnswer {
            let count = asked.withLock { asked in
                asked.append(prompt)
                return asked.count
            }
            let text = String(repeating: "x", count: count * 7 % 13)
            return ModelAnswer(text, tokens: [ModelAnswer.Token(text, -Double(count))])
        }
    }
}
