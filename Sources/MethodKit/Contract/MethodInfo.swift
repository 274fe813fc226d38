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
        /// Whether all arms share its result.
        public let isShared: Bool
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
        try Self.texts(method, preset, typed)
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

    /// The stages that trials with these inputs go through.
    ///
    /// - Throws: ``InputError``.
    public func stages(_ texts: [String: String]) throws -> [StagePlan] { try Self.stages(method, texts) }

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

    private static func stages<M: Method>(_ method: M.Type, _ texts: [String: String]) throws -> [StagePlan] {
        let inputs = try M.Inputs(texts: texts)
        return M.stages.map {
            StagePlan(name: $0.name, unit: $0.unit, total: $0.total(inputs), isShared: $0.shares != nil)
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
    /// Runs one arm on this thread from its plan to its end.
    ///
    /// - Parameters:
    ///   - arm: the raw value of an arm.
    ///   - texts: all inputs, as ``texts(preset:typed:)`` gives them.
    ///   - seed: equal seeds, inputs and edits give equal bits.
    ///   - edits: edits of live inputs to apply again.
    ///   - elapsed: seconds that the trial has run already.
    ///   - resume: where to go on; nil starts afresh.
    ///   - cache: where results of shared stages are kept; nil computes them.
    ///   - link: where the trial speaks and listens.
    /// - Throws: what ``Method/run(_:_:)`` throws, ``ArmError`` or ``InputError``.
    public func run(
        _ arm: String, texts: [String: String], seed: UInt64, edits: [Edit] = [],
        elapsed: Double = 0, resume: TrialPlan.Resume? = nil, cache: (any StageCache)? = nil, link: TrialLink
    ) throws {
        try Self.run(method, arm, texts, link) { method in
            TrialPlan(of: method, seed: seed, edits: edits, elapsed: elapsed, resume: resume, cache: cache)
        }
    }

    private static func run<M: Method>(
        _ method: M.Type, _ name: String, _ texts: [String: String], _ link: TrialLink,
        _ plan: (any Method.Type) -> TrialPlan
    ) throws {
        guard let arm = M.Arm(rawValue: name) else {
            throw ArmError(name: name, known: M.Arm.allCases.map(\.rawValue))
        }
        let trial = Trial(of: method, inputs: try M.Inputs(texts: texts), plan: plan(method), link: link)
        defer { trial.finish() }
        try M.run(arm, trial)
    }
}
