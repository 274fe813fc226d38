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
        let rows = try session.metrics.indices.map { metric in
            try read { try SeriesRow.fetch(SeriesKey(trial: trial.id, metric: metric), $0) }
        }
        let points = rows.joined().reduce(0) { $0 + $1.count }
        return try lostRows(of: trial, points: points)
            + zip(rows, session.metrics).flatMap { faults(in: $0, "Trial \(trial.id), \($1.name)") }
    }

    /// Points, events and checkpoints that the trial should have and has not.
    private func lostRows(of trial: TrialRecord, points: Int) throws -> [String] {
        let wanted = try read {
            try Row.fetchOne(
                $0, sql: "SELECT points, events, checkpoint FROM trial WHERE id = ?", arguments: [trial.id])
        }
        let events = try events(of: trial.id).count
        let checkpoint = try resumePoint(of: trial.id)?.checkpoint.step
        let checks = [
            ("points are missing", (try? wanted?.get("points")) == points),
            ("events are missing", (try? wanted?.get("events")) == events),
            ("its newest checkpoint is missing", (try? wanted?.find("checkpoint")) == checkpoint),
        ]
        return checks.filter { !$0.1 }.map { "Trial \(trial.id): \($0.0)." }
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
