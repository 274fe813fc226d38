import Base
import Foundation
import GRDB
import MethodKit

extension SessionStore {
    /// Writes one session into a new store of its own, in few pages; see ``isCopy(_:)``. The sessions that it descends
    /// from come along, whole, so that the copy reads and proves the same; the session itself is the last in it.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - path: the new file; an old one is replaced.
    ///   - checkpoints: whether trials of the copy can be resumed.
    ///   - artifacts: of which trials the artifacts come along.
    /// - Throws: ``StoreError``.
    public func export(
        session: Int64, to path: String, checkpoints: Bool, artifacts: CopiedArtifacts = .all
    ) throws {
        let part = path + ".part"
        do {
            try Self.refuseFolder(path)
            for file in [part, part + "-wal", part + "-shm", part + "-journal"]
            where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
            try FileManager.default.createDirectory(
                at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
            try write(session, into: part, checkpoints, artifacts)
        } catch {
            throw StoreError.wrapping(error, path: path)
        }
        guard Foundation.rename(part, path) == 0 else { throw StoreError.readOnly(path: path) }
    }

    private func write(
        _ session: Int64, into path: String, _ checkpoints: Bool, _ artifacts: CopiedArtifacts
    ) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            // Small pages: a copy has many rows of a few kilobytes, and each wastes half a page.
            try db.execute(sql: "PRAGMA page_size = 512; PRAGMA journal_mode = DELETE")
        }
        _ = try Schema.migrate(queue)
        try reader.read { source in
            try queue.write { db in
                var copying = Copying(
                    from: source, to: db, checkpoints: checkpoints, artifacts: artifacts, keepsNumbers: true)
                _ = try copying.copy(Self.ancestors(of: session, source) + [session])
            }
        }
        try Self.shrink(queue)
        try queue.close()
    }

    /// Writes a copy in the pages that make it smallest: which ones depends on how long its rows are, and what a page has
    /// no room for is wasted. A tenth of a recorded session, so a small copy is tried in three sizes.
    private static func shrink(_ queue: DatabaseQueue) throws {
        func written(_ pageSize: Int) throws -> Int {
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA page_size = \(pageSize)") }
            try queue.vacuum()
            return try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 } * pageSize
        }
        let first = try written(512)
        guard first < 4 << 20 else { return }
        let sizes = try [(512, first)] + [1024, 2048].map { ($0, try written($0)) }
        if let best = sizes.min(by: { $0.1 < $1.1 }), best.0 != 2048 { _ = try written(best.0) }
    }

    /// Copies the sessions of another store into this one; those that are here already are left out.
    ///
    /// - Parameter path: the other store.
    /// - Returns: the sessions that were added.
    /// - Throws: ``StoreError``; then none was added.
    public func importSessions(from path: String) throws -> [SessionRecord] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError.cannotOpen(path: path, why: "there is no such file")
        }
        let other = try SessionStore(path: path, mode: .readOnly)
        let added = try other.read { source in
            try write { db in
                var copying = Copying(from: source, to: db)
                let all = try Int64.fetchAll(source, sql: "SELECT id FROM session ORDER BY id")
                let new = try all.filter { try !copying.isKnown($0) }
                return try copying.copy(new).map { try Self.session($0, db) }
            }
        }
        other.losses.forEach(noteLoss)
        return added
    }

    // MARK: Descent

    /// The other sessions that hold what a session's trials begin at, directly or not, oldest first.
    static func ancestors(of session: Int64, _ db: Database) throws -> [Int64] {
        var found: Set<Int64> = [session], open = [session]
        while let next = open.popLast() {
            let parents = try Int64.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT older.session FROM trial JOIN trial AS older ON trial.parent = older.id
                    WHERE trial.session = ?
                    """, arguments: [next])
            open += parents.filter { found.insert($0).inserted }
        }
        return found.subtracting([session]).sorted()
    }
}
