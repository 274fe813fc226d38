import Foundation
import GRDB

/// Bytes that a session takes in the store, as they are stored.
public struct SessionSize: Sendable, Equatable {
    /// The session.
    public let session: Int64
    /// Points with their summaries.
    public let series: Int
    /// Logs, artifacts and edits, without their pictures.
    public let events: Int
    /// Heads of checkpoints, without their states.
    public let checkpoints: Int
    /// Pictures, states and frozen parts that no other session refers to.
    public let ownBlobs: Int
    /// Those that other sessions refer to as well; deleting this session does not free them.
    public let sharedBlobs: Int

    /// What deleting the session frees.
    public var own: Int { series + events + checkpoints + ownBlobs }
}

/// Bytes that a store takes.
public struct StoreSizes: Sendable, Equatable {
    /// Of each session that was asked for, oldest first.
    public let sessions: [SessionSize]
    /// The file, with what SQLite has not moved into it yet.
    public let file: Int
    /// What of it is free and can be given back.
    public let free: Int
}

extension SessionStore {
    /// What sessions and the file take.
    ///
    /// - Parameter sessions: which sessions; nil for all. Rows of others are not looked at.
    /// - Returns: their sizes, and those of the file.
    /// - Throws: ``StoreError``.
    public func sizes(of sessions: [Int64]? = nil) throws -> StoreSizes {
        try read { db in
            let list = sessions.map { $0.map(String.init).joined(separator: ", ") }
            let (all, isAsked) = (
                "SELECT id FROM session", "session IN (\(list ?? "SELECT id FROM session"))"
            )
            let ids = try Int64.fetchAll(db, sql: "\(all) WHERE id IN (\(list ?? all)) ORDER BY id")
            let series = try bytes("series", "length(body) + coalesce(length(pyramid), 0) + 150", isAsked, db)
            let events = try bytes("event", "length(body) + 50", isAsked, db)
            let checkpoints = try bytes("checkpoint", "length(head) + 80", isAsked, db)
            let blobs = try blobBytes(isAsked, db)
            let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            return StoreSizes(
                sessions: ids.map { id in
                    SessionSize(
                        session: id, series: series[id] ?? 0, events: events[id] ?? 0,
                        checkpoints: checkpoints[id] ?? 0, ownBlobs: blobs[id]?.own ?? 0,
                        sharedBlobs: blobs[id]?.shared ?? 0)
                }, file: fileSize, free: free * page)
        }
    }

    /// The sum of an expression over a table's rows, by session.
    private func bytes(
        _ table: String, _ expression: String, _ isAsked: String, _ db: Database
    ) throws -> [Int64: Int] {
        let sql = """
            SELECT trial.session, sum(\(expression)) AS bytes FROM trial JOIN \(table) ON \(table).trial = trial.id
            WHERE trial.\(isAsked) GROUP BY trial.session
            """
        let rows = try Row.fetchAll(db, sql: sql)
        return Dictionary(try rows.map { (try $0.get("session"), try $0.get("bytes")) }) { $1 }
    }

    private func blobBytes(_ isAsked: String, _ db: Database) throws -> [Int64: (own: Int, shared: Int)] {
        // Each blob once for each session that refers to it, and whether another session does as well.
        let sql = """
            WITH used AS (
                SELECT trial.session, blob_use.digest FROM trial JOIN checkpoint ON checkpoint.trial = trial.id
                JOIN blob_use ON blob_use.checkpoint = checkpoint.id WHERE trial.\(isAsked)
                UNION SELECT trial.session, blob_use.digest FROM trial JOIN event ON event.trial = trial.id
                JOIN blob_use ON blob_use.event = event.id WHERE trial.\(isAsked)),
            sized AS (
                SELECT used.session, length(blob.body) AS bytes, EXISTS (
                    SELECT 1 FROM blob_use LEFT JOIN event ON blob_use.event = event.id
                    LEFT JOIN checkpoint ON blob_use.checkpoint = checkpoint.id
                    JOIN trial ON trial.id = coalesce(event.trial, checkpoint.trial)
                    WHERE blob_use.digest = used.digest AND trial.session <> used.session) AS is_shared
                FROM used JOIN blob USING (digest))
            SELECT session, is_shared, sum(bytes) AS bytes FROM sized GROUP BY session, is_shared
            """
        var sizes: [Int64: (own: Int, shared: Int)] = [:]
        for row in try Row.fetchAll(db, sql: sql) {
            let session: Int64 = try row.get("session"), bytes: Int = try row.get("bytes")
            if try row.get("is_shared") == true {
                sizes[session, default: (0, 0)].shared = bytes
            } else {
                sizes[session, default: (0, 0)].own = bytes
            }
        }
        return sizes
    }

    private var fileSize: Int {
        [path, path + "-wal"].reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }

    // MARK: Giving back

    /// Sessions that can be deleted together: not run by a living process, and such that no session which stays descends
    /// from one of them.
    ///
    /// - Parameters:
    ///   - newest: how many of the newest sessions stay; nil keeps none for being new.
    ///   - date: sessions that began at or after it stay; nil keeps none for that.
    ///   - method: only sessions of this method go, and only they count as newest; nil for those of all.
    /// - Returns: the sessions, oldest first; to be given to ``delete(_:)-([Int64])``.
    /// - Throws: ``StoreError``.
    public func prunable(
        keepingNewest newest: Int? = nil, olderThan date: Date? = nil, of method: String? = nil
    ) throws -> [SessionRecord] {
        let all = try sessions(), asked = all.filter { method == nil || $0.method == method }
        let late = Set(asked.suffix(newest ?? 0).map(\.id))
        var going = asked.filter { session in
            !late.contains(session.id) && date.map { session.began < $0 } ?? true
                && session.owner?.isAlive != true
        }
        let staying = all.map(\.id).filter { id in !going.contains { $0.id == id } }
        let needed = Set(try read { db in try staying.flatMap { try Self.ancestors(of: $0, db) } })
        going.removeAll { needed.contains($0.id) }
        return going
    }

    /// Removes what nothing needs, and gives all free space back to the file system. It takes about as much room
    /// meanwhile as the store has bytes when the store comes from an earlier Benchtop, little otherwise.
    ///
    /// - Returns: by how many bytes the file is smaller.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func compact() throws -> Int {
        guard let writer else { throw StoreError.readOnly(path: path) }
        let before = fileSize
        try write { db in
            for trial in try Int64.fetchAll(db, sql: "SELECT id FROM trial") {
                try Self.dropUnneededCheckpoints(of: trial, db)
            }
            try Blobs.releaseAll(db)
        }
        do {
            let canGiveBack = try writer.read { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") == 2 }
            if !canGiveBack { try writer.vacuum() }
        } catch {
            throw StoreError.wrapping(error, path: path)
        }
        releaseSpace()
        return max(0, before - fileSize)
    }

    /// Gives free pages back, those of checkpoints that a run does not need any more for instance, and empties SQLite's
    /// log. Whether that succeeds now does not matter: they are used again, or given back next time.
    public func releaseSpace() {
        try? writer?.writeWithoutTransaction { db in
            // The pragma frees a page for each row that is asked of it.
            let pages = try Row.fetchCursor(db, sql: "PRAGMA incremental_vacuum")
            while try pages.next() != nil {}
            // The file shrinks when the log is moved into it; readers may keep SQLite from that.
            _ = try? db.checkpoint(.truncate)
        }
    }
}
