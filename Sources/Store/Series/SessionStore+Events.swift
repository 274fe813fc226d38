import Base
import Foundation
import GRDB
import MethodKit

extension TimedEvent {
    /// Stores the event with what it refers to.
    func insert(_ trial: Int64, isSound: Bool = true, _ db: Database) throws {
        let (json, blobs) = try event.stored()
        // Seconds are kept to the tick, as those of points are.
        let seconds = Double(SeriesBlock.ticks(elapsed)) / SeriesBlock.ticks
        let id = try SealedTable.event.insert(
            [trial, step, seconds, event.kind, Sealed.seal(json)], isSound: isSound, db)
        for (digest, bytes) in blobs { try Blobs.keep(bytes, digest, db) }
        try Blobs.note(blobs.keys, by: .event(id), db)
    }

    /// Reads a row of `event`.
    ///
    /// - Throws: ``StoreError`` when the row is not as it was written, or what it refers to is not there. What only a
    ///   newer version understands is no error.
    init(_ row: Row, _ db: Database) throws {
        guard SealedTable.event.isSound(row) else { throw row.damage("crc") }
        let json = try Sealed.open(row.get("body"))
        let event = try TrialEvent(stored: json, blobs: try Self.blobs(of: row.get("id"), db))
        self.init(step: try row.get("step"), elapsed: try row.finite("elapsed"), event: event)
    }

    private static func blobs(of event: Int64, _ db: Database) throws -> [Digest: Data] {
        let digests = try Data.fetchAll(
            db.cachedStatement(sql: "SELECT digest FROM blob_use WHERE event = ?"), arguments: [event]
        ).map { Digest(bytes: $0) }
        return Dictionary(uniqueKeysWithValues: try Set(digests).map { ($0, try Blobs.bytes($0, db)) })
    }

    /// Whether a trial that begins after step `through` of this one has the event.
    ///
    /// An edit belongs to the first step that ran with it, though it was made at the end of the step before.
    fileprivate func counts(through step: Int) -> Bool {
        if case .edit(let edit) = event { edit.step <= step } else { self.step <= step }
    }
}

extension SessionStore {
    /// A trial's logs, artifacts, stages and edits, those of its ancestors first, in the order in which they were said.
    /// What is damaged is left out and noted in ``losses``.
    ///
    /// - Throws: ``StoreError``.
    public func events(of trial: Int64) throws -> [TimedEvent] {
        let (events, losses) = try read { try Self.events(of: Lineage(of: trial, $0), $0) }
        losses.forEach(noteLoss)
        return events
    }

    static func events(
        of lineage: Lineage, _ db: Database
    ) throws -> (events: [TimedEvent], losses: [String]) {
        var events: [TimedEvent] = [], losses: [String] = []
        for part in lineage.parts {
            for row in try SealedTable.event.rows("trial = ? ORDER BY id", [part.trial], db) {
                guard let event = try? TimedEvent(row, db) else {
                    let step = (try? row.get("step")) ?? 0
                    losses.append("Trial \(part.trial): an event after step \(step) is damaged and left out.")
                    continue
                }
                if event.counts(through: part.through) { events.append(event) }
            }
        }
        return (events, losses)
    }

    /// The changes of live inputs, in their order.
    ///
    /// - Throws: ``StoreError``.
    public func edits(of trial: Int64) throws -> [Edit] {
        try events(of: trial).compactMap { if case .edit(let edit) = $0.event { edit } else { nil } }
    }
}
