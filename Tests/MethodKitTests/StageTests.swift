import Base
import Foundation
import Testing

@testable import MethodKit

/// Two trainings under three decodings, and an arm that is not trained.
enum Decode: Method {
    enum Arm: String, MethodArm {
        case none, greedy, sampled, tuned
        var help: String { "decodes" }

        /// What is trained for it; the untrained arm has a training for itself alone.
        var training: String? {
            switch self {
            case .none: nil
            case .greedy, .sampled: "plain"
            case .tuned: "tuned"
            }
        }
    }

    struct Inputs: MethodInputs {
        @Input("steps of the training", in: 1...100) var steps = 7
        @Input("questions", in: 1...100) var questions = 5
        @Input("questions of your own", kinds: ["txt"]) var file = InputFile()
    }

    struct State: Codable {
        var value = 0.0
        var random: RandomStream
    }

    static let card = Card(
        id: "decode", title: "Decode",
        paper: Citation(authors: "None", title: "None", year: 2026, arXiv: "0000.00000"),
        idea: "", equations: [], data: "", headline: "", differences: [])
    static let version = 1
    static let value = Metric("value", "what it is", better: .lower)
    static let metrics = [value]
    static let train = Stage<Inputs>.shared("train", by: { (arm: Arm) in arm.training }, reads: [\.steps]) {
        $0.steps
    }
    static let tune = Stage<Inputs>("tune", for: [Arm.tuned]) { _ in 3 }
    static let decode = Stage<Inputs>("decode", unit: "question") { $0.questions }
    static let stages = [train, tune, decode]
    static let tools = [
        Tool<Inputs>("count", "counts lines", owns: [\.file], reads: [\.questions], sample: { "" }) {
            inputs, trial in
            let text = try String(contentsOfFile: inputs.file.path, encoding: .utf8)
            trial.report(value, Double(text.split(separator: "\n").count * inputs.questions))
        }
    ]
    static let presets = [Preset<Inputs>("smoke", "seconds")]
    static let claims: [Claim] = []
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var state = State(random: trial.stream("values"))
        try trial.run(train, state: &state) { state, _, _ in
            state.value += state.random.uniform() + Double(arm.training?.count ?? 0)
            if trial.isDue(every: 3) { trial.report(value, state.value) }
        }
        try trial.run(tune, state: &state) { state, _, _ in state.value *= 2 }
        try trial.run(decode, state: &state) { state, _, _ in
            state.value += state.random.uniform() + (arm == .sampled ? 1 : 0)
            trial.report(value, state.value)
        }
    }
}

@Suite struct StageTests {
    let info = MethodInfo(Decode.self)

    private func run(
        _ arm: String, tool: String? = nil, _ typed: [String: String] = [:],
        resume: TrialPlan.Resume? = nil, cache: (any StageCache)? = nil
    ) throws -> TrialLink.Batch {
        let link = TrialLink()
        let texts =
            try tool.map { try info.texts(tool: $0, preset: nil, typed: typed) }
            ?? info.texts(preset: nil, typed: typed)
        try info.run(arm, tool: tool, texts: texts, seed: 1, resume: resume, cache: cache, link: link)
        return link.drain()
    }

    private func stages(_ batch: TrialLink.Batch) -> [String] {
        batch.events.compactMap { if case .stage(let name, _, _) = $0.event { name } else { nil } }
    }

    @Test func aStageOfSomeArmsIsOfNoOthers() throws {
        #expect(try stages(run("tuned")) == ["train", "tune", "decode"])
        let plain = try run("greedy")
        #expect(stages(plain) == ["train", "decode"] && plain.completed == 12)
        #expect(plain.checkpoints.map(\.stage) == ["train", "decode"])
        #expect(try info.stages(info.texts(preset: nil, typed: [:]), arm: "greedy").map(\.total) == [7, 5])
        #expect(try info.stages(info.texts(preset: nil, typed: [:]), arm: "tuned").map(\.total) == [7, 3, 5])
    }

    @Test func aGroupSharesOneResult() throws {
        let cache = MemoryCache()
        for arm in ["none", "greedy", "sampled", "tuned"] {
            let alone = try run(arm), shared = try run(arm, cache: cache)
            #expect(alone.points.map(\.value) == shared.points.map(\.value), "\(arm)")
        }
        #expect(cache.computed == 2)
        let texts = try info.texts(preset: nil, typed: [:])
        let groups = try info.arms.map { try info.stages(texts, arm: $0.name)[0].group }
        #expect(groups == [nil, "plain", "plain", "tuned"])
        #expect(try info.stages(texts, arm: "greedy")[0].reads == ["steps"])
    }

    @Test func goesOnPastAStageThatIsNotTheArms() throws {
        let whole = try run("greedy"), trained = try #require(whole.checkpoints.first)
        let rest = try run("greedy", resume: TrialPlan.Resume(checkpoint: trained, finalStates: [:]))
        #expect(whole.points.suffix(5).map(\.value) == rest.points.map(\.value))
    }

    @Test func dueStepsAreEveryKthAndTheLast() throws {
        #expect(try run("greedy").points.prefix(3).map(\.step) == [3, 6, 7])
    }

    // MARK: Tools

    @Test func aToolRunsAlone() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).txt")
        try Data("a\nb\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let said = try run("count", tool: "count", ["file": file.path, "questions": "3"])
        #expect(stages(said) == ["count"] && said.completed == 1 && said.points.map(\.value) == [6])
        #expect(said.checkpoints.map(\.isFinal) == [true])
    }

    @Test(arguments: [
        ("tally", [:], "No tool is called 'tally'; this method has count."),
        (
            "count", ["steps": "3", "file": "a.txt"],
            "Input steps is not read by 'count', which reads file, questions."
        ),
        ("count", [:], "'count' works on a file; set file to its path."),
    ])
    func aToolRefusesWithASentence(_ tool: String, _ typed: [String: String], _ sentence: String) {
        #expect { try run(tool, tool: tool, typed) } throws: { "\($0)" == sentence }
    }

    @Test func aRunRefusesAToolsFile() {
        #expect { try run("greedy", ["file": "a.txt"]) } throws: {
            "\($0)" == "Input file is read only by the tool 'count'; leave it out here."
        }
    }

    @Test func whatIsNotAppliedSaysSo() {
        #expect(throws: ToolError.notApplied(method: "decode")) {
            try info.texts(applying: info.texts(preset: nil, typed: [:]), typed: ["file": "a.txt"])
        }
    }
}
