import Base
import Foundation
import GRDB

/// The table `blob`: bytes under their digest, each kept once however many checkpoints and events refer to it.
enum Blobs {
    /// Stores bytes that are not there yet; whoever does must also say who refers to them.
    ///
    /// - Throws: ``StoreError/tooLarge(what:bytes:)``.
    static func keep(_ bytes: Data, _ digest: Digest, _ db: Database) throws {
        guard try !holds(digest, db) else { return }
        let body = Sealed.seal(bytes)
        guard body.count <= most else { throw StoreError.tooLarge(what: "a state", bytes: bytes.count) }
        try db.cachedStatement(sql: "INSERT INTO blob (digest, size, body) VALUES (?, ?, ?)")
            .execute(arguments: [digest.bytes, bytes.count, body])
    }

    /// What SQLite takes into one row, with room for the rest of it.
    private static let most = 999_000_000

    static func holds(_ digest: Digest, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM blob WHERE digest = ?)"),
            arguments: [digest.bytes]) ?? false
    }

    /// The bytes under a digest, which they are checked against.
    ///
    /// - Throws: ``StoreError/damaged(path:what:)``.
    static func bytes(_ digest: Digest, _ db: Database) throws -> Data {
        let body = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT body FROM blob WHERE digest = ?"), arguments: [digest.bytes])
        guard let body, let bytes = try? Sealed.open(body), Digest(of: bytes) == digest else {
            throw StoreError.damaged(
                path: "", what: "the bytes with digest \(digest.hex.prefix(8))… cannot be read")
        }
        return bytes
    }

    /// Who refers to bytes.
    enum User {
        case event(Int64)
        case checkpoint(Int64)
    }

    /// Notes that bytes are referred to.
    static func note(_ digests: some Sequence<Digest>, by user: User, _ db: Database) throws {
        for digest in digests {
            let (event, checkpoint): (Int64?, Int64?) =
                switch user {
                case .event(let id): (id, nil)
                case .checkpoint(let id): (nil, id)
                }
            try db.cachedStatement(sql: "INSERT INTO blob_use (digest, event, checkpoint) VALUES (?, ?, ?)")
                .execute(arguments: [digest.bytes, event, checkpoint])
        }
    }

    /// Removes those of these bytes that nobody refers to any more. Given the digests, because a scan of all blobs for
    /// each dropped checkpoint would grow with the store.
    static func release(_ digests: [Data], _ db: Database) throws {
        for digest in digests {
            try db.cachedStatement(
                sql:
                    "DELETE FROM blob WHERE digest = ? AND NOT EXISTS (SELECT 1 FROM blob_use WHERE digest = ?)"
            ).execute(arguments: [digest, digest])
        }
    }

    /// Removes all bytes that nobody refers to any more.
    static func releaseAll(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM blob WHERE digest NOT IN (SELECT digest FROM blob_use)")
    }
}
