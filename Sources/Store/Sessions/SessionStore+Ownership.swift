import Foundation
import GRDB
import MethodKit

extension SessionStore {
    /// Makes this process the one that runs a session, unless a living one does.
    ///
    /// Of two processes that ask in the same instant one is told yes: the row changes only while its owner is the one
    /// that was judged dead. Its unfinished trials are queued in the same transaction; the last of them to end gives
    /// the ownership up, see ``append(_:)``.
    ///
    /// - Returns: false when a living process owns the session.
    /// - Throws: ``StoreError``.
    public func takeOwnership(of session: Int64) throws -> Bool {
        try write { db in
            let owner = try Self.session(session, db).owner
            guard owner?.isAlive != true else { return false }
            try db.execute(
                sql: "UPDATE session SET owner = ? WHERE id = ? AND owner IS ?",
                arguments: [
                    try JSONText.of(SessionOwner.current), session, try owner.map { try JSONText.of($0) },
                ])
            guard db.changesCount == 1 else { return false }
            try Self.seal(session: session, db)
            for trial in try Self.trials(of: session, db) where trial.status != .finished {
                try db.execute(sql: "UPDATE trial SET status = 'queued' WHERE id = ?", arguments: [trial.id])
                try Self.seal(trial: trial.id, db)
            }
            return true
        }
    }

    /// Nobody runs a session of which no trial is open.
    static func disownIfClosed(sessionOf trial: Int64, _ db: Database) throws {
        let session = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT session.id FROM session JOIN trial ON trial.session = session.id WHERE trial.id = ?
                    AND NOT EXISTS (SELECT 1 FROM trial AS other WHERE other.session = session.id
                    AND other.status IN ('queued', 'running', 'paused'))
                    """), arguments: [trial])
        guard let session else { return }
        try db.execute(sql: "UPDATE session SET owner = NULL WHERE id = ?", arguments: [session])
        try Self.seal(session: session, db)
    }
}
