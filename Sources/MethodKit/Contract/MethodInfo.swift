/// A method as the command line, the store and the panes see it: its declarations, without its types.
public struct MethodInfo: Sendable {
    /// One arm.
    public struct Arm: Sendable {
        /// The raw value: what the user types and sees.
        public let name: String
        /// What it does.
        public let help: String
    }

    /// One stage under given inputs.
    public struct StagePlan: Sendable {
        /// What the user sees.
        public let name: String
        /// What one pass of its loop is.
        public let unit: String
        /// How many of them there are.
        public let total: Int
        /// The group with which the arm shares its result, empty for all arms; nil when the arm has it for itself.
        public let group: String?
        /// The inputs that a shared result depends on; empty for a stage of the arm's own.
        public let reads: [String]

        /// Whether the arm shares its result with others.
        public var isShared: Bool { group != nil }
    }

    /// The engine.
    public let method: any Method.Type
    /// The method's identity.
    public let card: Card
    /// Goes up when equal inputs no longer give equal bits.
    public let version: Int
    /// The baseline first.
    public let arms: [Arm]
    /// In the order of declaration.
    public let inputs: [InputSpec]
    /// The main one first.
    public let metrics: [Metric]
    /// Names and helps of the presets.
    public let presets: [(name: String, help: String)]
    /// The headline first.
    public let claims: [Claim]
    /// Arms that become equal, and when.
    public let coincidences: [(arms: (String, String), when: String)]

    /// The declarations of `method`.
    public init<M: Method>(_ method: M.Type) {
        self.method = method
        card = M.card
        version = M.version
        arms = M.Arm.allCases.map { Arm(name: $0.rawValue, help: $0.help) }
        inputs = M.Inputs.specs
        metrics = M.metrics
        presets = M.presets.map { ($0.name, $0.help) }
        claims = M.claims
        coincidences = M.coincidences.map { ($0.arms, $0.when) }
    }

    /// The texts of all inputs: defaults, then the preset, then what was typed, and what follows from that.
    ///
    /// - Throws: ``InputError``, also for what was typed and would not be read; ``PresetError``.
    public func texts(preset: String?, typed: [String: String]) throws -> [String: String] {
        let texts = try Self.texts(method, preset, typed)
        try checkRun(texts, typed: typed)
        return texts
    }

    /// The texts of all inputs of a stored session, with the defaults of inputs that came later.
    ///
    /// - Throws: ``InputError``.
    public func texts(stored: [String: String]) throws -> [String: String] {
        try Self.texts(method, stored: stored)
    }

    /// The texts of all inputs of a preset, with the idea switched off as a coincidence says.
    ///
    /// - Parameters:
    ///   - when: the coincidence's sentence.
    ///   - preset: its name.
    /// - Returns: the texts by name.
    /// - Throws: ``PresetError``.
    public func texts(switchedOff when: String, preset: String) throws -> [String: String] {
        try Self.texts(method, switchedOff: when, preset)
    }

    /// The stages that the trials of an arm with these inputs go through.
    ///
    /// - Throws: ``InputError``.
    public func stages(_ texts: [String: String], arm: String) throws -> [StagePlan] {
        try Self.stages(method, texts, arm)
    }

    /// Checks a change of a live input against the inputs as they are.
    ///
    /// - Throws: ``InputError``.
    public func check(edit name: String, to text: String, of texts: [String: String]) throws {
        try Self.check(method, name, text, texts)
    }

    private static func texts<M: Method>(
        _ method: M.Type, _ preset: String?, _ typed: [String: String]
    ) throws -> [String: String] {
        var inputs = M.Inputs()
        if let preset {
            guard let found = M.presets.first(where: { $0.name == preset }) else {
                throw PresetError(name: preset, known: M.presets.map(\.name))
            }
            inputs = found.inputs
        }
        return try inputs.choosing(typed).texts
    }

    private static func texts<M: Method>(
        _ method: M.Type, stored: [String: String]
    ) throws -> [String: String] { try M.Inputs(texts: stored).texts }

    private static func texts<M: Method>(
        _ method: M.Type, switchedOff when: String, _ preset: String
    ) throws -> [String: String] {
        guard let found = M.presets.first(where: { $0.name == preset }) else {
            throw PresetError(name: preset, known: M.presets.map(\.name))
        }
        var inputs = found.inputs
        M.coincidences.first { $0.when == when }?.change(&inputs)
        return inputs.texts
    }

    private static func stages<M: Method>(
        _ method: M.Type, _ texts: [String: String], _ arm: String
    ) throws -> [StagePlan] {
        let inputs = try M.Inputs(texts: texts)
        return M.stages.filter { $0.isPart(of: arm) }.map {
            let group = $0.group(of: arm)
            return StagePlan(
                name: $0.name, unit: $0.unit, total: $0.total(inputs), group: group,
                reads: group == nil ? [] : $0.reads ?? [])
        }
    }

    private static func check<M: Method>(
        _ method: M.Type, _ name: String, _ text: String, _ texts: [String: String]
    ) throws {
        _ = try M.Inputs(texts: texts).editing(name, to: text)
    }
}

/// A preset that the method does not have.
public struct PresetError: Error, CustomStringConvertible, Equatable {
    /// What was typed.
    public let name: String
    /// What there is.
    public let known: [String]
    public var description: String {
        "No preset is called '\(name)'\(Names.suggestion(for: name, among: known)); "
            + "there are \(known.joined(separator: ", "))."
    }
}

/// An arm that the method does not have.
public struct ArmError: Error, CustomStringConvertible, Equatable {
    /// What was typed.
    public let name: String
    /// What there is.
    public let known: [String]

    /// An unknown arm.
    public init(name: String, known: [String]) {
        self.name = name
        self.known = known
    }

    public var description: String {
        "No arm is called '\(name)'\(Names.suggestion(for: name, among: known)); "
            + "this method has \(known.joined(separator: ", "))."
    }
}

extension MethodInfo {
    /// Runs one arm on this thread from its plan to its end, or a tool.
    ///
    /// - Parameters:
    ///   - arm: the raw value of an arm; for a tool that starts from nothing, the tool's name.
    ///   - tool: the tool, or what is applied; nil runs the arm's stages.
    ///   - texts: all inputs, as ``texts(preset:typed:)`` gives them.
    ///   - seed: equal seeds, inputs and edits give equal bits.
    ///   - edits: edits of live inputs to apply again.
    ///   - elapsed: seconds that the trial has run already.
    ///   - resume: where to go on; nil starts afresh. What is applied goes on from a finished trial's last checkpoint.
    ///   - cache: where results of shared stages are kept; nil computes them.
    ///   - models: where language models come from.
    ///   - link: where the trial speaks and listens.
    /// - Throws: what ``Method/run(_:_:)`` or the tool throws, ``ArmError``, ``ToolError`` or ``InputError``.
    public func run(
        _ arm: String, tool: String? = nil, texts: [String: String], seed: UInt64, edits: [Edit] = [],
        elapsed: Double = 0, resume: TrialPlan.Resume? = nil, cache: (any StageCache)? = nil,
        models: TrialModels = TrialModels(), link: TrialLink
    ) throws {
        try Self.run(method, arm, tool, texts, link) { method in
            TrialPlan(
                of: method, seed: seed, edits: edits, elapsed: elapsed, resume: resume, cache: cache,
                models: models)
        }
    }

    private static func run<M: Method>(
        _ method: M.Type, _ arm: String, _ tool: String?, _ texts: [String: String], _ link: TrialLink,
        _ plan: (any Method.Type) -> TrialPlan
    ) throws {
        let inputs = try M.Inputs(texts: texts)
        if let tool {
            guard let tool = M.allTools.first(where: { $0.name == tool }) else {
                throw ToolError.unknown(name: tool, known: M.allTools.map(\.name))
            }
            let trial = Trial(of: method, tool: tool, inputs: inputs, plan: plan(method), link: link)
            defer { trial.finish() }
            return try tool.body(trial)
        }
        guard let arm = M.Arm(rawValue: arm) else {
            throw ArmError(name: arm, known: M.Arm.allCases.map(\.rawValue))
        }
        let trial = Trial(of: method, arm: arm, inputs: inputs, plan: plan(method), link: link)
        defer { trial.finish() }
        try M.run(arm, trial)
    }
}
