/// A use of the method on a user's file, in one step: without arms, or of what a finished trial has learnt.
///
/// A tool starts from nothing; none of the method's stages runs beside it. What is *applied* starts from the state that
/// a finished trial ended with, and nothing is trained again. Both report metrics, log and keep artifacts as any step
/// does; what only the file names (tasks, models, patterns) are rows of a ``Table``.
public struct Tool<Inputs: MethodInputs>: Sendable {
    /// A shipped file on which the tool is tried.
    public typealias Sample = @Sendable () -> String

    /// What the user types, for example "score".
    public let name: String
    /// What it does with the file, in a sentence.
    public let help: String
    let owns, reads: [PartialKeyPath<Inputs> & Sendable]
    let sample: Sample
    /// Whether it starts from a finished trial's state.
    let isApplied: Bool
    let stage: Stage<Inputs>
    let body: @Sendable (Trial<Inputs>) throws -> Void

    /// A tool.
    ///
    /// - Parameters:
    ///   - name: what the user types; no arm has it.
    ///   - help: what it does with the file, in a sentence.
    ///   - owns: the inputs that nothing else reads, the file that it works on first. Setting one in a run is refused.
    ///   - reads: the method's inputs that it reads besides; setting any other is refused.
    ///   - sample: the path of a shipped file on which tests try it.
    ///   - body: the step. It leaves nothing behind but what it says; a file that cannot be used is refused by an
    ///     ``InputRefusal``.
    public init(
        _ name: String, _ help: String, owns: [PartialKeyPath<Inputs> & Sendable],
        reads: [PartialKeyPath<Inputs> & Sendable] = [], sample: @escaping Sample,
        _ body: @escaping @Sendable (Inputs, Trial<Inputs>) throws -> Void
    ) {
        let stage = Stage<Inputs>(name, unit: "file") { _ in 1 }
        self.init(name, help, owns, reads, sample, isApplied: false, stage) { trial in
            try trial.runOnce(stage) { try body($0, trial) }
        }
    }

    /// A use of what a finished trial has learnt: ``Method/apply``.
    ///
    /// - Parameters:
    ///   - name: what the user sees, for example "sing".
    ///   - help: what it does with the file, in a sentence.
    ///   - state: the type of the state of the method's last stage, which must hold all that is needed.
    ///   - owns: the inputs that nothing else reads, the file that it works on first.
    ///   - reads: the method's inputs that it reads besides; others keep the finished trial's values.
    ///   - sample: the path of a shipped file on which tests try it.
    ///   - body: the step. What it changes in the state is not kept.
    /// - Returns: a tool that starts from a finished trial's state.
    public static func apply<State: Decodable & SendableMetatype>(
        _ name: String, _ help: String, to state: State.Type, owns: [PartialKeyPath<Inputs> & Sendable],
        reads: [PartialKeyPath<Inputs> & Sendable] = [], sample: @escaping Sample,
        _ body: @escaping @Sendable (State, Inputs, Trial<Inputs>) throws -> Void
    ) -> Tool {
        let stage = Stage<Inputs>(name, unit: "file") { _ in 1 }
        return Tool(name, help, owns, reads, sample, isApplied: true, stage) { trial in
            let state = try trial.trained(State.self, before: stage)
            try trial.runOnce(stage) { try body(state, $0, trial) }
        }
    }

    private init(
        _ name: String, _ help: String, _ owns: [PartialKeyPath<Inputs> & Sendable],
        _ reads: [PartialKeyPath<Inputs> & Sendable], _ sample: @escaping Sample, isApplied: Bool,
        _ stage: Stage<Inputs>, _ body: @escaping @Sendable (Trial<Inputs>) throws -> Void
    ) {
        self.name = name
        self.help = help
        self.owns = owns
        self.reads = reads
        self.sample = sample
        self.isApplied = isApplied
        self.stage = stage
        self.body = body
    }
}

extension Method {
    /// No tools.
    public static var tools: [Tool<Inputs>] { [] }

    /// What was learnt is not applied to files.
    public static var apply: Tool<Inputs>? { nil }

    /// What ``tools`` and ``apply`` declare.
    static var allTools: [Tool<Inputs>] { tools + (apply.map { [$0] } ?? []) }
}
