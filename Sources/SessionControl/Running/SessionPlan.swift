import Foundation
import MethodKit
import Store

/// What is to be run: a method's arms, each with the same seeds and inputs; or a tool; or a finished trial, applied to a
/// file.
public struct SessionPlan: Sendable {
    /// The method.
    public let method: MethodInfo
    /// Raw values of the arms, the baseline first; a tool's name where that has no arms.
    public let arms: [String]
    /// One trial of each arm for each seed.
    public let seeds: [UInt64]
    /// The preset that the inputs started from.
    public let preset: String
    /// All inputs as the user would type them.
    public let inputs: [String: String]
    /// Why it is run.
    public let purpose: SessionPurpose
    /// What the user calls it; empty for none.
    public let name: String
    /// The tool, or what is applied; nil for a run of the method.
    public let tool: String?
    /// The end of the finished trial that is applied.
    public let parent: TrialPlace?

    /// Checks the parts and puts them together.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - arms: raw values; nil takes all.
    ///   - seeds: at least one.
    ///   - preset: its name.
    ///   - typed: inputs that replace the preset's.
    ///   - purpose: why it is run.
    ///   - name: what the user calls it.
    /// - Throws: `ArmError`, `PresetError`, `InputError`, ``PlanError``.
    public init(
        _ method: MethodInfo, arms: [String]? = nil, seeds: [UInt64], preset: String,
        typed: [String: String] = [:], purpose: SessionPurpose, name: String = ""
    ) throws {
        let known = method.arms.map(\.name)
        for arm in arms ?? [] where !known.contains(arm) { throw ArmError(name: arm, known: known) }
        if arms?.isEmpty == true { throw PlanError.noArms(known: known) }
        if seeds.isEmpty { throw PlanError.noSeeds }
        self.method = method
        self.arms = arms.map { chosen in known.filter(chosen.contains) } ?? known
        self.seeds = seeds
        self.preset = preset
        self.inputs = try method.texts(preset: preset, typed: typed)
        self.purpose = purpose
        self.name = name
        (tool, parent) = (nil, nil)
        try UserFiles.check(method.inputs, inputs)
    }

    /// A tool at work on a file.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - tool: the tool's name.
    ///   - seed: of what it draws.
    ///   - preset: the preset from which it takes what it reads besides the file.
    ///   - typed: the file, and inputs that replace the preset's.
    ///   - name: what the user calls the session.
    /// - Throws: `ToolError`, `PresetError`, `InputError`, ``PlanError``.
    public init(
        _ method: MethodInfo, tool: String, seed: UInt64, preset: String, typed: [String: String],
        name: String = ""
    ) throws {
        let found = try method.tool(tool)
        self.method = method
        (arms, seeds) = ([tool], [seed])
        self.preset = preset
        inputs = try method.texts(tool: tool, preset: preset, typed: typed)
        purpose = .tool
        self.name = name
        (self.tool, parent) = (tool, nil)
        try UserFiles.check(found.specs(of: method), inputs)
    }

    /// A finished trial, applied to a file: nothing is trained again.
    ///
    /// - Parameters:
    ///   - trial: the finished trial.
    ///   - session: its session.
    ///   - method: its method, in the version that ran it.
    ///   - edits: the trial's, which hold for what is applied too.
    ///   - typed: the file, and inputs that replace the trial's.
    ///   - name: what the user calls the new session.
    /// - Throws: `ToolError`, `InputError`, ``ResumeError``, ``PlanError``.
    public init(
        applying trial: TrialRecord, of session: SessionRecord, _ method: MethodInfo, edits: [Edit],
        typed: [String: String], name: String = ""
    ) throws {
        guard let apply = method.apply else { throw ToolError.notApplied(method: method.card.id) }
        guard session.methodVersion == method.version else {
            throw ResumeError.otherVersion(session.shortID, session.methodVersion, method.version)
        }
        guard trial.status == .finished, !session.isTool else {
            throw PlanError.notFinished(arm: trial.arm, seed: trial.seed)
        }
        let atEnd = edits.reduce(into: session.inputs) { $0[$1.input] = $1.text }
        self.method = method
        (arms, seeds) = ([trial.arm], [trial.seed])
        preset = session.preset
        inputs = try method.texts(applying: atEnd, typed: typed)
        purpose = .apply
        self.name = name
        (tool, parent) = (apply.name, TrialPlace(trial: trial.id, step: trial.through))
        try UserFiles.check(apply.specs(of: method), inputs)
    }

    /// The inputs that it reads.
    var specs: [InputSpec] {
        guard let tool, let found = try? method.tool(tool) else { return method.inputs }
        return found.specs(of: method)
    }

    /// The trials, seed by seed, so that pairs are complete as early as can be.
    var trials: [NewTrial] {
        seeds.flatMap { seed in arms.map { NewTrial(arm: $0, seed: seed, parent: parent) } }
    }
}

extension MethodInfo.Tool {
    /// The declarations of the inputs that it reads.
    func specs(of method: MethodInfo) -> [InputSpec] { method.inputs.filter { inputs.contains($0.name) } }
}

extension MethodInfo {
    /// How many steps a stored trial has, those of the trial included that it descends from.
    ///
    /// - Throws: `InputError`.
    public func steps(of trial: TrialRecord, in session: SessionRecord) throws -> Int {
        if session.isTool { return (trial.parent?.step ?? 0) + 1 }
        return try stages(session.inputs, arm: trial.arm).reduce(0) { $0 + $1.total }
    }
}
