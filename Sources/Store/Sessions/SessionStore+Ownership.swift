import Foundation
import GRDB

extension SessionStore {
    /// Makes this process the one that runs a session, if none does, and queues its unfinished trials.
    ///
    /// Whether the owner lives is judged first, and the row is changed only if it still names that owner: of two
    /// processes that ask at the same moment one gets the session, and the other learns that it has not.
    ///
    /// - Returns: whether the session is this process's now; false while its owner lives, this process included.
    /// - Throws: ``StoreError``.
    public func takeOwnership(of session: Int64) throws -> Bool {
        try write { db in
            guard let row = try SealedTable.session.sound(session, db) else {
                throw StoreError.noSession("\(session)", nearest: nil)
            }
            let text: String? = try row.find("owner")
            // An owner that cannot be read is of no process that could be asked.
            let owner = text.flatMap { try? JSONText.value(SessionOwner.self, from: $0) }
            if owner?.isAlive == true { return false }
            try db.execute(
                sql: "UPDATE session SET owner = ? WHERE id = ? AND owner IS ?",
                arguments: [try JSONText.of(SessionOwner.current), session, text])
            guard db.changesCount == 1 else { return false }
            try SealedTable.session.reseal(session, db)
            // Whatever became of them: they go on from their checkpoints, or from their beginning.
            for trial in try Self.trials(of: session, db) where trial.status != .finished {
                try db.execute(sql: "UPDATE trial SET status = 'queued' WHERE id = ?", arguments: [trial.id])
                try SealedTable.trial.reseal(trial.id, db)
            }
            return true
        }
    }

    /// Nobody runs a session of which no trial is open: the last of them to end gives the ownership up.
    static func disownIfClosed(sessionOf trial: Int64, _ db: Database) throws {
        let session = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT session.id FROM session JOIN trial ON trial.session = session.id WHERE trial.id = ?
                    AND NOT EXISTS (SELECT 1 FROM trial AS other WHERE other.session = session.id
                    AND other.status IN ('queued', 'running', 'paused'))
                    """), arguments: [trial])
        guard let session, try SealedTable.session.sound(session, db) != nil else { return }
        try Self.set("owner", to: nil, of: session, db)
    }

    /// Gives up a session, or notes that another process runs it; whoever takes one up uses
    /// ``takeOwnership(of:)``.
    ///
    /// - Throws: ``StoreError``.
    public func setOwner(_ owner: SessionOwner?, of session: Int64) throws {
        try write { db in
            guard try SealedTable.session.sound(session, db) != nil else { return }
            try Self.set("owner", to: try owner.map { try JSONText.of($0) }, of: session, db)
        }
        // What checkpoints took that finished trials no longer need.
        if owner == nil { releaseSpace() }
    }

    /// The session, when this process may change it; the one check for every change.
    ///
    /// - Throws: ``StoreError/owned(session:by:)`` while another process runs it.
    static func changeable(_ session: Int64, _ db: Database) throws -> SessionRecord {
        guard let row = try SealedTable.session.sound(session, db) else {
            throw StoreError.noSession("\(session)", nearest: nil)
        }
        let record = try SessionRecord(row)
        if let owner = record.owner, owner != .current, owner.isAlive {
            throw StoreError.owned(session: record.shortID, by: owner)
        }
        return record
    }

    /// Deletes a session with everything that it holds, and gives the space back.
    ///
    /// - Throws: ``StoreError``: while it is run, and while trials of other sessions descend from its own.
    public func delete(_ session: Int64) throws { try delete([session]) }

    /// Deletes several sessions at once, of which some may descend from others: all of them or none.
    ///
    /// - Throws: ``StoreError``, as ``delete(_:)-(Int64)``.
    public func delete(_ sessions: [Int64]) throws {
        try write { db in
            for session in sessions { try Self.refuseDeleting(session, among: Set(sessions), db) }
            // Rows go with the session by their foreign keys; blobs are shared, so they are looked through afterwards.
            for session in sessions {
                try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [session])
            }
            try Blobs.releaseAll(db)
        }
        releaseSpace()
    }

    private static func refuseDeleting(_ session: Int64, among all: Set<Int64>, _ db: Database) throws {
        // A damaged session may go; one that does not exist is gone already.
        guard let row = try SealedTable.session.rows("id = ?", [session], db).first else { return }
        if let record = try? SessionRecord(row), let owner = record.owner, owner.isAlive {
            guard owner == .current else { throw StoreError.owned(session: record.shortID, by: owner) }
            let isOpen = try Self.trials(of: session, db).contains { !$0.status.isFinal }
            if isOpen { throw StoreError.running(session: record.shortID) }
        }
        let heirs = try descendants(of: session, db).filter { !all.contains($0.id) }
        guard heirs.isEmpty else {
            throw StoreError.hasDescendants(session: try row.get("short_id"), by: heirs.map(\.shortID))
        }
    }

    /// The other sessions that hold trials which begin at one of this session's.
    private static func descendants(
        of session: Int64, _ db: Database
    ) throws -> [(id: Int64, shortID: String)] {
        let sql = """
            SELECT DISTINCT session.id, session.short_id FROM session JOIN trial ON trial.session = session.id
            WHERE session.id <> ? AND trial.parent IN (SELECT id FROM trial WHERE session = ?) ORDER BY session.id
            """
        return try Row.fetchAll(db, sql: sql, arguments: [session, session]).map {
            (try $0.get("id"), try $0.get("short_id"))
        }
    }

    /// Finds sessions whose process is gone; their open trials become interrupted.
    ///
    /// - Returns: the sessions that have trials to resume.
    /// - Throws: ``StoreError``.
    public func interruptAbandoned() throws -> [SessionRecord] {
        let abandoned = try sessions().filter { $0.owner?.isAlive == false }
        guard !abandoned.isEmpty else { return [] }
        return try write { db in
            try abandoned.compactMap { session in
                // Another process may have taken it up since.
                guard let row = try SealedTable.session.rows("id = ?", [session.id], db).first,
                    SealedTable.session.isSound(row), try SessionRecord(row).owner == session.owner
                else { return nil }
                let open = try Self.trials(of: session.id, db).filter { !$0.status.isFinal }
                for trial in open {
                    try db.execute(
                        sql: "UPDATE trial SET status = 'interrupted' WHERE id = ?", arguments: [trial.id])
                    try SealedTable.trial.reseal(trial.id, db)
                }
                try Self.set("owner", to: nil, of: session.id, db)
                return open.isEmpty ? nil : try Self.session(session.id, db)
            }
        }
    }
}
