import Foundation
import GRDB
import MethodKit

extension SessionStore {
    /// Reads everything and checks it: SQLite's own check, checksums, summaries, pyramids and hash chains.
    ///
    /// - Returns: what is wrong, a sentence each; empty when the store is sound.
    /// - Throws: ``StoreError`` when nothing can be read at all.
    public func integrity() throws -> [String] {
        var found = try read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
                .map { "SQLite reports: \($0)." }
                + (try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { _ in
                    "A row refers to one that is missing."
                })
        }
        for table in ["session", "trial"] { found += try unsealed(table) }
        for session in try sessions() {
            for trial in try trials(of: session.id) { found += try faults(in: trial, of: session) }
        }
        return found + losses
    }

    private func unsealed(_ table: String) throws -> [String] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM \(table)").compactMap { row in
                Self.seal(of: row) == (try? row.get("crc"))
                    ? nil : "The \(table) \((try? row.get("id")) ?? Int64(0)) is damaged."
            }
        }
    }

    private func faults(in trial: TrialRecord, of session: SessionRecord) throws -> [String] {
        try lostRows(of: trial)
            + session.metrics.indices.flatMap { metric -> [String] in
                let rows = try read { try SeriesRow.fetch(SeriesKey(trial: trial.id, metric: metric), $0) }
                return faults(in: rows, "Trial \(trial.id), \(session.metrics[metric].name)")
            }
    }

    /// Events and checkpoints that the trial should have and has not.
    private func lostRows(of trial: TrialRecord) throws -> [String] {
        let wanted = try read {
            try Row.fetchOne(
                $0, sql: "SELECT events, checkpoint FROM trial WHERE id = ?", arguments: [trial.id])
        }
        let events = try events(of: trial.id).count,
            checkpoint = try resumePoint(of: trial.id)?.checkpoint.step
        let isWhole = (try? wanted?.get("events")) == events
        let isResumable = (try? wanted?.find("checkpoint")) == checkpoint
        return (isWhole ? [] : ["Trial \(trial.id): events are missing."])
            + (isResumable ? [] : ["Trial \(trial.id): its newest checkpoint is missing."])
    }

    private func faults(in rows: [SeriesRow], _ name: String) -> [String] {
        var found: [String] = [], next = 0, link = Data(count: 32)
        for row in rows {
            if row.first != next { found.append("\(name): points \(next) to \(row.first) are missing.") }
            next = row.first + row.count
            guard let isSound = readable(row, { try $0.isSound() }) else { continue }
            if !isSound {
                found.append(
                    "\(name): the summary of steps \(row.whole.firstStep) to \(row.whole.lastStep) is damaged."
                )
            }
            guard let stored = row.link, let points = readable(row, { try $0.points() }) else { continue }
            var chain = SeriesChain(after: link)
            for point in points { chain.append(step: point.step, value: point.value) }
            link = stored
            if chain.last.bytes != stored {
                found.append("\(name): the hash chain breaks at step \(row.whole.lastStep).")
            }
        }
        return found
    }
}
