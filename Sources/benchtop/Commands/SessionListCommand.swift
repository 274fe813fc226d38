import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import TextLayout

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
        /// Bytes that deleting it frees, and those that it shares with other sessions.
        let size: Int, shared: Int
        /// Of a claim's session: what it says of the first claim that it tests.
        let verdict: String
    }

    func run() throws {
        if let method { _ = try Catalogue.method(method) }
        let store = try store.open()
        let sessions = try store.sessions().sorted { $0.id > $1.id }
            .filter { method == nil || $0.method == method }
        let sizes = Dictionary(
            try store.sizes(of: sessions.map(\.id)).sessions.map { ($0.session, $0) }
        ) { $1 }
        let rows = try sessions.map { try row($0, sizes[$0.id], store) }
        if json { return try rows.forEach { try Output.json($0) } }
        guard !rows.isEmpty else {
            return _ = Output.line("No sessions yet; 'benchtop duel METHOD' makes one.")
        }
        show(rows)
    }

    private func row(_ session: SessionRecord, _ size: SessionSize?, _ store: SessionStore) throws -> Row {
        let trials = try store.trials(of: session.id)
        return Row(
            session: session.shortID, name: session.name, method: session.method, preset: session.preset,
            purpose: session.purpose, arms: trials.map(\.arm).unique, seeds: trials.map(\.seed).unique,
            status: SessionStatus.text(trials, of: session), began: session.began, tags: session.tags,
            note: session.note, size: size?.own ?? 0, shared: size?.sharedBlobs ?? 0,
            verdict: try verdict(session, store))
    }

    private func show(_ rows: [Row]) {
        var table = Columns(
            "SESSION", "BEGAN", "METHOD", "PRESET", "FOR", "STATUS", "TRIALS", "SIZE", "VERDICT", "NAME")
        for row in rows {
            let trials = "\(row.arms.count) x \(row.seeds.count)"
            table.add([
                row.session, Dates.text(row.began), row.method, row.preset, row.purpose, row.status, trials,
                row.size.asBytes, row.verdict, row.name,
            ])
        }
        table.show()
    }

    private func verdict(_ session: SessionRecord, _ store: SessionStore) throws -> String {
        guard let method = Catalogue.all.first(where: { $0.card.id == session.method }) else { return "" }
        return try store.claimReports(of: session, method: method).first?.finding.text ?? ""
    }
}
