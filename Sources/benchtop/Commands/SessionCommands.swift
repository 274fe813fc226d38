import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import TextLayout

/// `benchtop sessions`: what the store holds, and what the user says about it.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List the sessions of the store, name, note, tag, delete and import them.",
        subcommands: [
            SessionListCommand.self, SessionRenameCommand.self, SessionNoteCommand.self,
            SessionTagCommand.self,
            SessionDeleteCommand.self, SessionImportCommand.self,
        ], defaultSubcommand: SessionListCommand.self)
}

/// `benchtop sessions list`, which is what `benchtop sessions` does.
struct SessionListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the sessions of the store, newest first.")

    @OptionGroup var store: StoreOption
    @Option(help: "Only sessions of this method.") var method: String?
    @Flag(help: "One JSON object a line.") var json = false

    private struct Row: Encodable {
        let session: String, name: String, method: String, preset: String, purpose: String
        let arms: [String], seeds: [UInt64]
        let status: String
        let began: Date
        let tags: [String]
        let note: String
    }

    func run() throws {
        if let method { _ = try Catalogue.method(method) }
        let store = try store.open()
        let rows = try store.sessions().sorted { $0.id > $1.id }
            .filter { method == nil || $0.method == method }
            .map { session in
                let trials = try store.trials(of: session.id)
                return Row(
                    session: session.shortID, name: session.name, method: session.method,
                    preset: session.preset, purpose: session.purpose, arms: trials.map(\.arm).unique,
                    seeds: trials.map(\.seed).unique, status: SessionStatus.text(trials),
                    began: session.began, tags: session.tags, note: session.note)
            }
        if json { return try rows.forEach { try Output.json($0) } }
        guard !rows.isEmpty else {
            return _ = Output.line("No sessions yet; 'benchtop duel METHOD' makes one.")
        }
        var table = Columns("SESSION", "BEGAN", "METHOD", "PRESET", "FOR", "STATUS", "TRIALS", "NAME")
        for row in rows {
            let trials = "\(row.arms.count) x \(row.seeds.count)"
            table.add([
                row.session, Dates.text(row.began), row.method, row.preset, row.purpose, row.status, trials,
                row.name,
            ])
        }
        table.show()
    }
}

/// A session's status from those of its trials.
enum SessionStatus {
    /// The one status of all trials, or how many have which.
    static func text(_ trials: [TrialRecord]) -> String {
        let counts = Dictionary(grouping: trials, by: \.status).mapValues(\.count)
        if counts.count == 1, let only = counts.keys.first { return only.rawValue }
        return counts.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    }
}

/// Dates for people.
enum Dates {
    /// Year, month, day, hour and minute in the user's time zone.
    static func text(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm"
        return formatter.string(from: date)
    }
}

/// `benchtop show ID`: one session's numbers.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a session: inputs, trials, last values, verdict.")

    @Argument(help: "A session: short id, name, 'last', or a store file.") var session: String
    @OptionGroup var store: StoreOption
    @Flag(help: "One JSON object.") var json = false

    private struct Trial: Encodable {
        let trial: Int64, arm: String, seed: UInt64, status: String, message: String
        let through: Int
        let elapsed: Double
        let summary: [String: Double]
        let edits: [Edit]
        let chain: [String: String]
    }

    private struct Record: Encodable {
        let session: String, name: String, note: String, tags: [String], method: String, version: Int
        let benchtop: String, preset: String, purpose: String
        let inputs: [String: String], machine: [String: String]
        let began: Date
        let trials: [Trial]
        let claims: [ClaimRecord]
    }

    func run() throws {
        let found = try FoundSession(session, in: store)
        let trials = try found.store.trials(of: found.session.id).map { try record($0, found) }
        let claims = try reports(found)
        if json {
            try Output.json(object(found.session, trials, claims))
        } else {
            show(found, trials)
            for line in claims.flatMap(ClaimText.lines) { Output.line(line) }
        }
        try found.tellLosses()
    }

    private func object(_ session: SessionRecord, _ trials: [Trial], _ claims: [ClaimReport]) -> Record {
        Record(
            session: session.shortID, name: session.name, note: session.note, tags: session.tags,
            method: session.method, version: session.methodVersion, benchtop: session.benchtop,
            preset: session.preset, purpose: session.purpose, inputs: session.inputs,
            machine: session.machine, began: session.began, trials: trials,
            claims: claims.map { ClaimRecord($0, session) })
    }

    private func record(_ trial: TrialRecord, _ found: FoundSession) throws -> Trial {
        var summary: [String: Double] = [:]
        for (index, metric) in found.session.metrics.enumerated() {
            summary[metric.name] = try found.store.lastValue(of: trial.id, metric: index)?.value
        }
        return Trial(
            trial: trial.id, arm: trial.arm, seed: trial.seed, status: trial.status.rawValue,
            message: trial.message, through: trial.through, elapsed: trial.elapsed, summary: summary,
            edits: try found.store.edits(of: trial.id),
            chain: try found.store.chain(of: trial.id).mapValues(\.hex))
    }

    private func reports(_ found: FoundSession) throws -> [ClaimReport] {
        guard found.session.purpose == "claim", let method = try? Catalogue.method(found.session.method)
        else {
            return []
        }
        return try method.claims.map { try ClaimReport($0, in: found.session, store: found.store) }
            .filter { !$0.pairs.isEmpty }
    }

    private func show(_ found: FoundSession, _ trials: [Trial]) {
        let session = found.session
        Output.line(
            "Session \(session.shortID)\(session.name.isEmpty ? "" : " '\(session.name)'"): \(session.method) "
                + "version \(session.methodVersion), preset \(session.preset), \(session.purpose), "
                + "began \(Dates.text(session.began)), Benchtop \(session.benchtop).")
        if !session.note.isEmpty { Output.line(session.note) }
        let machine = session.machine.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        Output.line("Machine: \(machine.joined(separator: ", ")).\n")
        var inputs = Columns("INPUT", "VALUE")
        for (name, value) in session.inputs.sorted(by: { $0.key < $1.key }) { inputs.add([name, value]) }
        inputs.show()
        Output.line()
        var table = Columns("TRIAL", "ARM", "SEED", "STATUS", "THROUGH", "TIME", "")
        for trial in trials {
            table.add([
                "\(trial.trial)", trial.arm, "\(trial.seed)", trial.status, "\(trial.through)",
                ProgressText.duration(trial.elapsed), trial.message,
            ])
        }
        table.show()
        for trial in trials {
            for edit in trial.edits {
                Output.line(
                    "Trial \(trial.trial): \(edit.input) changed from \(edit.before) to \(edit.text) from step \(edit.step) on."
                )
            }
        }
        Output.line()
        let records = (try? found.store.trials(of: session.id)) ?? []
        Summary(session, records, found.store).show()
    }
}
