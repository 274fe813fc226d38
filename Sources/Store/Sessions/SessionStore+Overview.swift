import Foundation
import GRDB
import MethodKit

/// What a list of sessions shows, as of one revision of the store.
public struct SessionOverview: Sendable {
    /// A trial's part of it.
    public struct Trial: Sendable, Equatable {
        /// Its place in the store.
        public let id: Int64
        /// Where it is in its life.
        public let status: TrialStatus
        /// Everything up to and including this step is stored.
        public let through: Int
    }

    /// Goes up with every change by any process.
    public let revision: Int
    /// All sessions, oldest first.
    public let sessions: [SessionRecord]
    /// Trials by session, in their order.
    public let trials: [Int64: [Trial]]
    /// Seals of the sessions' rows: what tells a changed one.
    fileprivate let seals: [Int64: Int64]
}

extension SessionStore {
    /// What a list of sessions shows: two queries, and one more for each session whose row has changed.
    ///
    /// - Parameter old: what was read last; nil reads everything.
    /// - Returns: what it is now; the old one when nothing has changed.
    /// - Throws: ``StoreError``.
    public func overview(after old: SessionOverview? = nil) throws -> SessionOverview {
        if let old, try revision() == old.revision { return old }
        return try read { db in
            let known = Dictionary((old?.sessions ?? []).map { ($0.id, $0) }) { $1 }
            var sessions: [SessionRecord] = [], seals: [Int64: Int64] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT id, crc FROM session ORDER BY id") {
                let id: Int64 = try row.get("id")
                seals[id] = try row.get("crc")
                do {
                    let isSame = old?.seals[id] == seals[id]
                    sessions.append(try (isSame ? known[id] : nil) ?? Self.session(id, db))
                } catch {
                    noteLoss("Session \(id) cannot be read.")
                }
            }
            return SessionOverview(
                revision: try Int.fetchOne(db, sql: "SELECT count FROM revision") ?? 0, sessions: sessions,
                trials: try Self.overviewOfTrials(db), seals: seals)
        }
    }

    private static func overviewOfTrials(_ db: Database) throws -> [Int64: [SessionOverview.Trial]] {
        var trials: [Int64: [SessionOverview.Trial]] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT id, session, status, through FROM trial ORDER BY id")
        while let row = try rows.next() {
            guard let status = TrialStatus(rawValue: try row.get("status")) else { continue }
            trials[try row.get("session"), default: []].append(
                SessionOverview.Trial(id: try row.get("id"), status: status, through: try row.get("through")))
        }
        return trials
    }
}
