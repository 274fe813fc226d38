import Base
import Foundation
import GRDB
import MethodKit

extension SessionStore {
    /// Reads everything and checks it: SQLite's own check, seals, digests, summaries, pyramids and hash chains.
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
                + (try Int.fetchOne(db, sql: "SELECT count FROM revision") == nil
                    ? ["The number of changes is missing."] : [])
        }
        // From the rows up: first whether each is as it was written, then whether together they are what was said.
        for table in [SealedTable.session, .trial, .series, .event, .checkpoint] {
            found += try damagedRows(table)
        }
        found += try damagedBlobs()
        for session in try sessions() {
            for trial in try trials(of: session.id) { found += try faults(in: trial, of: session) }
        }
        return found + losses
    }

    private func damagedRows(_ table: SealedTable) throws -> [String] {
        try read { db in
            try table.summaries("true", [], db).compactMap { row in
                table.isSound(row)
                    ? nil : "The \(table.name) \((try? row.get("id")) ?? Int64(0)) is damaged."
            }
        }
    }

    private func damagedBlobs() throws -> [String] {
        try read { db in
            let digests = try Row.fetchAll(db, sql: "SELECT digest FROM blob").map { row -> Data? in
                try? row.get("digest")
            }
            return digests.compactMap { bytes in
                guard let bytes, (try? Blobs.bytes(Digest(bytes: bytes), db)) != nil else {
                    return
                        "The bytes with digest \(Digest(bytes: bytes ?? Data()).hex.prefix(8))… are damaged."
                }
                return nil
            }
        }
    }

    private func faults(in trial: TrialRecord, of session: SessionRecord) throws -> [String] {
        let lineage = try read { try Lineage(of: trial.id, $0) }
        let rows = try session.metrics.indices.map { metric in
            try read { try SeriesRows(metric, of: lineage, $0).rows }
        }
        let points = rows.joined().filter { $0.key.trial == trial.id }.reduce(0) { $0 + $1.count }
        return try lostRows(of: trial, points: points, metrics: session.metrics.count)
            + zip(rows, session.metrics).flatMap { faults(in: $0, of: trial, $1.name) }
    }

    /// Points, events and checkpoints that the trial should have of its own and has not.
    private func lostRows(of trial: TrialRecord, points: Int, metrics: Int) throws -> [String] {
        let (wanted, events, checkpoint, strange) = try read { db in
            let wanted = try SealedTable.trial.rows("id = ?", [trial.id], db).first
            let events = try SealedTable.event.rows("trial = ?", [trial.id], db).count { row in
                (try? TimedEvent(row, db)) != nil
            }
            let checkpoint = try Self.newestCheckpoint(of: trial.id, db)
            let strange = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM series WHERE trial = ? AND metric NOT BETWEEN 0 AND ?",
                arguments: [trial.id, metrics - 1])
            return (wanted, events, checkpoint, strange)
        }
        let checks = [
            ("points are missing", (try? wanted?.get("points")) == points),
            ("events are missing", (try? wanted?.get("events")) == events),
            ("its newest checkpoint is missing", (try? wanted?.find("checkpoint")) == checkpoint),
            ("there are points of a metric that its session has not", strange == 0),
        ]
        return checks.filter { !$0.1 }.map { "Trial \(trial.id): \($0.0)." }
    }

    private func faults(in rows: [SeriesRow], of trial: TrialRecord, _ metric: String) -> [String] {
        let name = "Trial \(trial.id), \(metric)"
        var found: [String] = [], next = 0, chain = SeriesChain()
        for row in rows {
            if row.first != next { found.append("\(name): points \(next) to \(row.first) are missing.") }
            guard let points = readable(row, { try $0.points() }) else {
                next = row.first + row.count
                continue
            }
            next = row.first + points.count
            for point in points { chain.append(step: point.step, value: point.value) }
            // What an ancestor stores is checked there.
            guard row.key.trial == trial.id else { continue }
            if readable(row, { try $0.isSound() }) == false {
                found.append(
                    "\(name): the summary of steps \(row.whole.firstStep) to \(row.whole.lastStep) is damaged."
                )
            }
            if let link = row.link, chain.last.bytes != link {
                found.append("\(name): the hash chain breaks at step \(row.whole.lastStep).")
                chain = SeriesChain(after: link)
            }
        }
        return found
    }
}
