import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store

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
        let peakMemory: Int?
        /// Bytes that deleting it frees, and those that it shares with other sessions.
        let size: Int, shared: Int
        let began: Date
        let trials: [Trial]
        let claims: [ClaimRecord]
        /// Who won, in a sentence; nil where a claim is judged.
        let outcome: String?
    }

    func run() throws {
        let found = try FoundSession(session, in: store)
        let claims = try reports(found)
        // A claim's verdict has its controls beside it; who won would be one number without the other.
        let outcome =
            claims.isEmpty
            ? try (try? Catalogue.method(found.session.method))?.outcome(of: found.session, in: found.store)
            : nil
        if json {
            try showJSON(found, claims, outcome)
        } else {
            try SessionText(found).show()
            for line in claims.flatMap({ ClaimText.lines($0, found.session) }) { Output.line(line) }
            if let outcome { Output.line(outcome) }
        }
        try found.tellLosses()
    }

    private func showJSON(_ found: FoundSession, _ claims: [ClaimReport], _ outcome: String?) throws {
        let session = found.session
        let trials = try found.store.trials(of: session.id).map { try record($0, found) }
        let size = try found.store.sizes(of: [session.id]).sessions.first
        try Output.json(
            Record(
                session: session.shortID, name: session.name, note: session.note, tags: session.tags,
                method: session.method, version: session.methodVersion, benchtop: session.benchtop,
                preset: session.preset, purpose: session.purpose, inputs: session.inputs,
                machine: session.hardware, peakMemory: session.peakMemory, size: size?.own ?? 0,
                shared: size?.sharedBlobs ?? 0, began: session.began, trials: trials,
                claims: claims.map { ClaimRecord($0, session) }, outcome: outcome))
    }

    private func record(_ trial: TrialRecord, _ found: FoundSession) throws -> Trial {
        let stored = StoredTrial(trial, of: found.session, in: found.store)
        return Trial(
            trial: trial.id, arm: trial.arm, seed: trial.seed, status: stored.status.rawValue,
            message: trial.message, through: trial.through, elapsed: trial.elapsed,
            summary: try stored.lastValues(),
            edits: try found.store.edits(of: trial.id),
            chain: try found.store.chain(of: trial.id).mapValues(\.hex))
    }

    private func reports(_ found: FoundSession) throws -> [ClaimReport] {
        guard let method = try? Catalogue.method(found.session.method) else { return [] }
        return try found.store.claimReports(of: found.session, method: method)
            .filter { $0.conditions.contains { !$0.rows.isEmpty } }
    }
}
