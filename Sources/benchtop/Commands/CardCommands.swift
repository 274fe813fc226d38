import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import TextLayout

/// `benchtop methods`: the catalogue.
struct MethodsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "methods", abstract: "List the methods, their claims, and what is known of them here.")

    @OptionGroup var store: StoreOption
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "The recorded claims as a Markdown table, as in the README.") var markdown = false

    private struct Row: Encodable {
        let id: String, title: String, arxiv: String, claim: String, verdict: String, source: String
    }

    func run() throws {
        guard !markdown else {
            Output.line(try ClaimsTable.markdown())
            return
        }
        let rows = try Catalogue.all.map { method -> Row in
            let state = try ClaimState(of: method, userStore: store.resolved)
            return Row(
                id: method.card.id, title: method.card.title, arxiv: method.card.paper.arXiv,
                claim: method.claims.first?.sentence ?? "", verdict: state.verdict, source: state.source)
        }
        if json { return try rows.forEach { try Output.json($0) } }
        var table = Columns("METHOD", "TITLE", "ARXIV", "VERDICT", "CLAIM")
        for row in rows {
            let verdict = row.source.isEmpty ? row.verdict : "\(row.verdict) (\(row.source))"
            table.add([row.id, row.title, row.arxiv, verdict, row.claim])
        }
        table.show()
    }
}

/// What is known of a method's headline claim: from the user's store, else from the recorded session.
struct ClaimState {
    /// The verdict, or "not run".
    private(set) var verdict = "not run"
    /// Where it comes from: a session's short id, "recorded", or nothing.
    private(set) var source = ""

    /// Looks for the newest claim session of `method`.
    ///
    /// - Throws: `StoreError`.
    init(of method: MethodInfo, userStore: String) throws {
        guard let claim = method.claims.first else { return }
        if FileManager.default.fileExists(atPath: userStore) {
            try look(in: try SessionStore(path: userStore, mode: .readOnly), claim, method) { $0.shortID }
        }
        if source.isEmpty, let file = SharedFiles.recorded(method.card.id) {
            try look(in: try SessionStore(path: file.path, mode: .readOnly), claim, method) { _ in "recorded"
            }
        }
    }

    private mutating func look(
        in store: SessionStore, _ claim: Claim, _ method: MethodInfo, _ name: (SessionRecord) -> String
    ) throws {
        let sessions = try store.sessions().filter {
            $0.method == method.card.id && $0.methodVersion == method.version && $0.purpose == "claim"
        }
        for session in sessions.sorted(by: { $0.id > $1.id }) {
            let report = try ClaimReport(claim, in: session, store: store)
            guard report.missing.isEmpty, report.pairs.count > 1 else { continue }
            (verdict, source) = (report.judgement.verdict.rawValue, name(session))
            return
        }
    }
}

/// `benchtop inputs METHOD`: what can be set.
struct InputsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inputs", abstract: "List a method's inputs: symbol, name, value, range, help.")

    @Argument(help: "The method.") var method: String
    @Option(help: "Show the values of this preset.") var preset: String?
    @Flag(help: "One JSON object a line.") var json = false

    private struct Row: Encodable {
        let name: String, symbol: String, value: String, initial: String, range: String, unit: String
        let live: Bool
        let help: String
    }

    func run() throws {
        let method = try Catalogue.method(method)
        let texts = try method.texts(preset: preset, typed: [:])
        let rows = method.inputs.map {
            Row(
                name: $0.name, symbol: $0.symbol, value: texts[$0.name] ?? "", initial: $0.initial,
                range: $0.range, unit: $0.unit, live: $0.live, help: $0.help)
        }
        if json { return try rows.forEach { try Output.json($0) } }
        var table = Columns("INPUT", "SYMBOL", "VALUE", "RANGE", "LIVE", "HELP")
        for row in rows {
            table.add([
                row.name, row.symbol,
                row.value.isEmpty ? "none" : row.value + (row.unit.isEmpty ? "" : " \(row.unit)"),
                row.range, row.live ? "live" : "", row.help,
            ])
        }
        table.show()
        let presets = method.presets.map { "\($0.name) (\($0.help))" }
        Output.line("\nPresets: \(presets.joined(separator: "; ")).")
    }
}

/// `benchtop card METHOD`: the whole card.
struct CardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card", abstract: "Show a method's card: paper, idea, equations, arms, metrics, claim.")

    @Argument(help: "The method.") var method: String
    @Flag(help: "One JSON object.") var json = false

    func run() throws {
        let method = try Catalogue.method(method)
        if json { return _ = try Output.json(CardRecord(method)) }
        for line in CardText.lines(of: method, width: Columns.terminalWidth) { Output.line(line) }
    }
}

/// A card as one JSON object.
private struct CardRecord: Encodable {
    struct Equation: Encodable { let number: String, formula: String, function: String }
    struct Arm: Encodable { let name: String, help: String }
    struct ClaimRecord: Encodable {
        let sentence: String, metric: String, arm: String, baseline: String, effect: String
        let threshold: Double
        let preset: String
        let seeds: [UInt64]
        let equalCompute: String
    }

    let id: String, title: String, authors: String, paper: String, arxiv: String
    let year: Int, version: Int
    let idea: String, data: String, headline: String
    let equations: [Equation]
    let differences: [String], remarks: [String]
    let arms: [Arm]
    let metrics: [Metric]
    let claims: [ClaimRecord]

    init(_ method: MethodInfo) {
        let card = method.card
        (id, title, idea, data, headline) = (card.id, card.title, card.idea, card.data, card.headline)
        (authors, paper, arxiv, year) = (
            card.paper.authors, card.paper.title, card.paper.arXiv, card.paper.year
        )
        version = method.version
        equations = card.equations.map {
            Equation(number: $0.number, formula: $0.formula, function: $0.function)
        }
        (differences, remarks) = (card.differences, card.remarks)
        arms = method.arms.map { Arm(name: $0.name, help: $0.help) }
        metrics = method.metrics
        claims = method.claims.map {
            ClaimRecord(
                sentence: $0.sentence, metric: $0.metric.name, arm: $0.arm, baseline: $0.baseline,
                effect: $0.effect.rawValue, threshold: $0.threshold, preset: $0.preset, seeds: $0.seeds,
                equalCompute: $0.equalCompute)
        }
    }
}
