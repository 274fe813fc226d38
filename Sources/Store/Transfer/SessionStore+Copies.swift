import Foundation
import GRDB
import MethodKit

extension SessionStore {
    /// Writes one session into a new store of its own, in few pages, to be opened immutable.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - path: the new file; an old one is replaced.
    ///   - checkpoints: whether trials of the copy can be resumed.
    /// - Throws: ``StoreError``.
    public func export(session: Int64, to path: String, checkpoints: Bool) throws {
        let part = path + ".part"
        do {
            for file in [part, part + "-wal", part + "-shm"]
            where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
            try FileManager.default.createDirectory(
                at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
            // A consistent copy of the whole, from which the rest is deleted.
            try reader.unsafeRead { try $0.execute(sql: "VACUUM INTO ?", arguments: [part]) }
            try Self.reduce(part, to: session, checkpoints: checkpoints)
        } catch {
            throw StoreError.wrapping(error, path: path)
        }
        guard Foundation.rename(part, path) == 0 else { throw StoreError.readOnly(path: path) }
    }

    private static func reduce(_ path: String, to session: Int64, checkpoints: Bool) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: "DELETE FROM session WHERE id <> ?", arguments: [session])
            try db.execute(sql: "UPDATE session SET owner = NULL")
            try Self.seal(session: session, db)
            guard !checkpoints else { return }
            try db.execute(sql: "DELETE FROM checkpoint; UPDATE trial SET checkpoint = NULL")
            for trial in try Self.trials(of: session, db) { try Self.seal(trial: trial.id, db) }
        }
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            // Small pages: a copy has many rows of a few kilobytes, and each wastes half a page.
            try db.execute(sql: "PRAGMA page_size = 512")
            try db.execute(sql: "VACUUM")
        }
        try queue.close()
    }

    /// Copies the sessions of another store into this one; those that are here already are left out.
    ///
    /// - Parameter path: the other store.
    /// - Returns: the sessions that were added.
    /// - Throws: ``StoreError``.
    public func importSessions(from path: String) throws -> [SessionRecord] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError.cannotOpen(path: path, why: "there is no such file")
        }
        let other = try SessionStore(path: path, mode: .immutable)
        let known = Set(try sessions().map { "\($0.shortID) \($0.began)" })
        let wanted = try other.sessions().filter { !known.contains("\($0.shortID) \($0.began)") }
        return try wanted.map { try copy($0, from: other) }
    }

    /// Copies a session's rows table by table, with new numbers.
    private func copy(_ session: SessionRecord, from other: SessionStore) throws -> SessionRecord {
        try other.read { source in
            try write { db in
                let place = ["id": session.id]
                let id =
                    try Self.copyRows("session", "id = :id", place, source, db) { row in
                        row["owner"] = nil
                        let isTaken = try Bool.fetchOne(
                            db, sql: "SELECT EXISTS (SELECT 1 FROM session WHERE short_id = ?)",
                            arguments: [session.shortID])
                        if isTaken == true { row["short_id"] = try Self.freeShortID(db) }
                    }[session.id] ?? 0
                try Self.seal(session: id, db)
                let trials = try Self.copyRows("trial", "session = :id", place, source, db) {
                    $0["session"] = id
                }
                for (old, new) in trials {
                    try Self.seal(trial: new, db)
                    for table in ["series", "event", "checkpoint"] {
                        _ = try Self.copyRows(table, "trial = :id", ["id": old], source, db) {
                            $0["trial"] = new
                        }
                    }
                }
                return try Self.session(id, db)
            }
        }
    }

    /// Copies the rows of one table.
    ///
    /// - Returns: the new number of each old one.
    private static func copyRows(
        _ table: String, _ condition: String, _ place: [String: Int64], _ source: Database,
        _ target: Database,
        change: (inout [String: (any DatabaseValueConvertible)?]) throws -> Void
    ) throws -> [Int64: Int64] {
        var numbers: [Int64: Int64] = [:]
        let rows = try Row.fetchCursor(
            source, sql: "SELECT * FROM \(table) WHERE \(condition) ORDER BY id",
            arguments: StatementArguments(place))
        while let row = try rows.next() {
            var values: [String: (any DatabaseValueConvertible)?] = [:]
            for (name, value) in row where name != "id" { values[name] = value }
            try change(&values)
            let names = values.keys.sorted()
            try target.cachedStatement(
                sql: """
                    INSERT INTO \(table) (\(names.joined(separator: ", ")))
                    VALUES (\(names.map { ":\($0)" }.joined(separator: ", ")))
                    """
            ).execute(arguments: StatementArguments(values))
            numbers[try row.get("id")] = target.lastInsertedRowID
        }
        return numbers
    }
}
