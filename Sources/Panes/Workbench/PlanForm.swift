import Foundation
import MethodKit
import SessionControl
import Store

/// What will be run next: a method, an arm or a tool, a seed, a preset and the inputs that differ from it.
public struct PlanForm: Sendable {
    /// One line of the form.
    public enum Row: Sendable, Equatable {
        case preset, arm, seed
        /// An input, by its place in the method's list.
        case input(Int)
    }

    private struct Choices: Sendable, Equatable {
        var arm: String
        var seed: UInt64 = 1
        var preset: String
        var typed: [String: String] = [:]
    }

    /// The method.
    public let method: MethodInfo
    private var choices: Choices { didSet { texts = Self.texts(method, choices) } }
    private var past: [Choices] = []

    /// The paper's own arm with the preset that takes under a minute.
    public init(_ method: MethodInfo) {
        self.method = method
        let names = method.presets.map(\.name)
        choices = Choices(
            arm: method.claims.first?.arm ?? method.arms.last?.name ?? "",
            preset: names.contains("quick") ? "quick" : names.first ?? "")
        texts = Self.texts(method, choices)
    }

    /// The arm's raw value, or a tool's name.
    public var arm: String { choices.arm }
    /// The seed.
    public var seed: UInt64 { choices.seed }
    /// The preset's name.
    public var preset: String { choices.preset }
    /// The inputs that differ from the preset.
    public var typed: [String: String] { choices.typed }
    /// All lines.
    public var rows: [Row] { [.preset, .arm, .seed] + method.inputs.indices.map { .input($0) } }
    /// Whether there is a change to take back.
    public var canUndo: Bool { !past.isEmpty }

    /// The texts of all inputs.
    public private(set) var texts: [String: String] = [:]

    private static func texts(_ method: MethodInfo, _ choices: Choices) -> [String: String] {
        guard tool(method, choices) != nil else {
            return (try? method.texts(preset: choices.preset, typed: choices.typed)) ?? choices.typed
        }
        let base = (try? method.texts(preset: choices.preset, typed: [:])) ?? [:]
        return base.merging(choices.typed) { $1 }
    }

    /// The tool that is chosen in place of an arm.
    private static func tool(_ method: MethodInfo, _ choices: Choices) -> MethodInfo.Tool? {
        // Arms are a list, while tools are found out: an arm's name is no tool's.
        if method.arms.contains(where: { $0.name == choices.arm }) { return nil }
        return method.tools.first { $0.name == choices.arm }
    }

    /// Refuses what could not be run; a tool may still lack its file.
    private func check(_ choices: Choices) throws {
        guard let tool = Self.tool(method, choices) else {
            _ = try method.texts(preset: choices.preset, typed: choices.typed)
            return
        }
        do {
            _ = try method.texts(tool: tool.name, preset: choices.preset, typed: choices.typed)
        } catch InputError.noToolFile {}
    }

    /// What was typed for one arm or tool, without what another does not read.
    private func typed(in choices: Choices) -> [String: String] {
        let owned = Set(method.tools.flatMap(\.owns))
        guard let tool = Self.tool(method, choices) else {
            return choices.typed.filter { !owned.contains($0.key) }
        }
        return choices.typed.filter { tool.inputs.contains($0.key) }
    }

    /// What the form shows in a line.
    public func text(of row: Row) -> String {
        switch row {
        case .preset: preset
        case .arm: arm
        case .seed: "\(seed)"
        case .input(let place): texts[method.inputs[place].name] ?? ""
        }
    }

    /// Whether the line differs from the preset.
    public func isChanged(_ row: Row) -> Bool {
        guard case .input(let place) = row else { return false }
        return choices.typed[method.inputs[place].name] != nil
    }

    /// What a line is called.
    public func name(of row: Row) -> String {
        switch row {
        case .preset: "preset"
        case .arm: "arm"
        case .seed: "seed"
        case .input(let place): method.inputs[place].name
        }
    }

    /// A sentence of help and what is allowed.
    public func help(of row: Row) -> (help: String, allowed: String) {
        switch row {
        case .preset:
            let help = method.presets.first { $0.name == preset }?.help ?? ""
            return (help, method.presets.map(\.name).joined(separator: ", "))
        case .arm:
            let helps = method.arms.map { ($0.name, $0.help) } + method.tools.map { ($0.name, $0.help) }
            let arms = method.arms.map(\.name).joined(separator: ", ")
            let tools = method.tools.map(\.name).joined(separator: ", ")
            let help = helps.first { $0.0 == arm }?.1 ?? ""
            return (help, tools.isEmpty ? arms : "\(arms); on a file of your own: \(tools)")
        case .seed: return ("Equal seeds give equal bits.", "0 or more")
        case .input(let place):
            let spec = method.inputs[place]
            let range = [spec.range, spec.unit].filter { !$0.isEmpty }.joined(separator: " ")
            return (spec.help, [range, spec.condition].filter { !$0.isEmpty }.joined(separator: "; "))
        }
    }

    /// The texts that a line can have; empty when they cannot be counted.
    public func options(of row: Row) -> [String] {
        switch row {
        case .preset: return method.presets.map(\.name)
        case .arm: return method.arms.map(\.name) + method.tools.map(\.name)
        case .seed: return []
        case .input(let place):
            guard case .choice(let names) = method.inputs[place].kind else { return [] }
            return names
        }
    }

    /// Changes a line.
    ///
    /// - Throws: `InputError`, `PresetError`, `ArmError`, ``SeedError``; the form is then as it was.
    public mutating func set(_ row: Row, to text: String) throws {
        var new = choices
        switch row {
        case .preset: new.preset = text
        case .arm:
            let known = method.arms.map(\.name) + method.tools.map(\.name)
            guard known.contains(text) else { throw ArmError(name: text, known: known) }
            new.arm = text
            new.typed = typed(in: new)
        case .seed:
            guard let seed = UInt64(text) else { throw SeedError(text: text) }
            new.seed = seed
        case .input(let place): new.typed[method.inputs[place].name] = text
        }
        try check(new)
        if case .input(let place) = row {
            let name = method.inputs[place].name
            let initial = try method.texts(preset: new.preset, typed: [:])[name]
            if initial == text { new.typed[name] = nil }
        }
        if new != choices { past.append(choices) }
        choices = new
    }

    /// The next or previous choice of a line, or a number doubled or halved, a whole one by one.
    ///
    /// - Throws: as ``set(_:to:)``.
    public mutating func turn(_ row: Row, by places: Int) throws {
        let now = text(of: row), options = options(of: row)
        if let place = options.firstIndex(of: now) {
            return try set(row, to: options[(place + places + options.count) % options.count])
        }
        if case .seed = row { return try set(row, to: "\(max(0, Int(seed) + places))") }
        guard case .input(let place) = row else { return }
        switch method.inputs[place].kind {
        case .wholeNumber: if let number = Int(now) { try set(row, to: (number + places).text) }
        case .number: if let number = Double(now) { try set(row, to: (number * pow(2, Double(places))).text) }
        default: break
        }
    }

    /// Gives a line the preset's value.
    public mutating func reset(_ row: Row) {
        guard case .input(let place) = row, isChanged(row) else { return }
        past.append(choices)
        choices.typed[method.inputs[place].name] = nil
    }

    /// Takes the last change back.
    public mutating func undo() { if let last = past.popLast() { choices = last } }

    /// What is to be run.
    ///
    /// - Parameters:
    ///   - purpose: one arm for `run`, all of them for `duel`, the claim's seeds for `claim`.
    ///   - allArms: in a claim, whether the other arms run too.
    /// - Returns: the plan of a session.
    /// - Throws: `InputError`.
    public func plan(_ purpose: SessionPurpose, allArms: Bool = false) throws -> SessionPlan {
        switch purpose {
        case .run, .tool, .apply:
            // What is chosen decides which of them it is; a trial is applied where it is shown.
            try Self.tool(method, choices).map {
                try SessionPlan(
                    method, tool: $0.name, seed: seed, preset: preset, typed: choices.typed)
            }
                ?? SessionPlan(
                    method, arms: [arm], seeds: [seed], preset: preset, typed: choices.typed, purpose: .run)
        case .duel:
            try SessionPlan(method, seeds: [seed], preset: preset, typed: choices.typed, purpose: .duel)
        case .claim:
            try SessionPlan(
                method, arms: allArms ? nil : method.claimGroups.first?.arms,
                seeds: method.claimGroups.first?.seeds ?? Claim.defaultSeeds, preset: preset,
                typed: choices.typed, purpose: .claim)
        }
    }
}

/// A seed that is not one.
public struct SeedError: Error, CustomStringConvertible {
    /// What was typed.
    let text: String
    public var description: String { "The seed takes a whole number, 0 or more, and '\(text)' is not one." }
}
