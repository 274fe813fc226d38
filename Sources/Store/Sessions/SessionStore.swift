import Base
import Foundation
import GRDB
import MethodKit

/// The SQLite file that holds sessions: everything their trials said, and their checkpoints.
///
/// One process may write while others read. What ``append(_:)`` has returned from is durable.
public final class SessionStore: Sendable {
    /// What the store is opened for.
    public enum Mode: Sendable {
        /// To write sessions; the file and its folder are made when missing.
        case readWrite
        /// To read what another process may be writing.
        case readOnly
        /// To read a file that nobody changes, on read-only media too: recorded sessions.
        case immutable
    }

    /// Where the file is.
    public let path: String
    let reader: any DatabaseReader
    let writer: (any DatabaseWriter)?
    /// The open tails of the series that this process writes.
    let tails = Locked([SeriesKey: SeriesTail]())
    /// What could not be read so far, a sentence each.
    let lost = Locked([String]())

    /// Opens a store.
    ///
    /// - Throws: ``StoreError``: newer, foreign, damaged, read-only, cannot open.
    public init(path: String, mode: Mode = .readWrite) throws {
        self.path = path
        do {
            switch mode {
            case .readWrite:
                try Self.makeFolder(of: path)
                let pool = try DatabasePool(path: path, configuration: Self.configuration())
                (reader, writer) = (pool, pool)
                try pool.read { try Self.check($0, path, mayBeEmpty: true) }
                try Schema.migrator.migrate(pool)
            case .readOnly:
                reader = try DatabasePool(path: path, configuration: Self.configuration(readOnly: true))
                writer = nil
                try reader.read { try Self.check($0, path) }
            case .immutable:
                reader = try DatabaseQueue(
                    path: Self.immutableURI(path), configuration: Self.configuration(readOnly: true))
                writer = nil
                try reader.read { try Self.check($0, path) }
            }
        } catch {
            throw StoreError.wrapping(error, path: path)
        }
    }

    private static func makeFolder(of path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw StoreError.readOnly(path: path)
        }
        if !FileManager.default.fileExists(atPath: path), access(folder.path, W_OK) != 0 {
            throw StoreError.readOnly(path: path)
        }
    }

    /// SQLite takes a file for unchanging, and makes no files beside it, when the address says so.
    private static func immutableURI(_ path: String) -> String {
        let escaped = URL(filePath: path).path.addingPercentEncoding(
            withAllowedCharacters: .urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#")))
        return "file://\(escaped ?? path)?immutable=1"
    }

    private static func configuration(readOnly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // A commit that was announced survives a power cut.
            if !readOnly { try db.execute(sql: "PRAGMA synchronous = FULL") }
        }
        return configuration
    }

    /// Refuses files that are newer or no stores at all; an empty file becomes one.
    private static func check(_ db: Database, _ path: String, mayBeEmpty: Bool = false) throws {
        let id = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if id != Schema.applicationID, tables > 0 || !mayBeEmpty {
            throw StoreError.foreign(path: path)
        }
        if version > Schema.version {
            throw StoreError.newer(path: path, schema: version, known: Schema.version)
        }
    }

    // MARK: Access

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do { return try reader.read(body) } catch { throw StoreError.wrapping(error, path: path) }
    }

    /// One transaction; the revision goes up with it.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        guard let writer else { throw StoreError.readOnly(path: path) }
        do {
            return try writer.write { db in
                let value = try body(db)
                try db.execute(sql: "UPDATE revision SET count = count + 1")
                return value
            }
        } catch {
            throw StoreError.wrapping(error, path: path)
        }
    }

    /// Goes up with every change by any process.
    ///
    /// - Throws: ``StoreError``.
    public func revision() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count FROM revision") ?? 0 }
    }

    /// What could not be read since the store was opened, a sentence each; empty when all is well.
    public var losses: [String] { lost.withLock { $0 } }

    func noteLoss(_ sentence: String) {
        lost.withLock { lost in if !lost.contains(sentence) { lost.append(sentence) } }
    }
}
