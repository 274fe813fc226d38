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
        /// To write sessions; the file and its folder are made when missing, and a file of an older schema is brought up
        /// to date.
        case readWrite
        /// To read what another process may be writing, or a copy that nobody changes; see ``SessionStore/isCopy(_:)``.
        /// A file of an older schema is brought up to date in memory and shows what it held when it was opened.
        case readOnly
    }

    /// Where the file is.
    public let path: String
    /// A pool, whose readers see one state of the file each and never wait for the writer; or a single connection to a
    /// file that nobody changes.
    let reader: any DatabaseReader
    let writer: (any DatabaseWriter)?
    /// The open tails of the series that this process writes.
    let tails = Locked([SeriesKey: SeriesTail]())
    /// What could not be read so far, a sentence each.
    private let lost = Locked([String]())

    /// Opens a store.
    ///
    /// - Throws: ``StoreError``: newer, foreign, damaged, read-only, a folder, cannot open.
    public init(path: String, mode: Mode = .readWrite) throws {
        self.path = path
        do {
            try Self.refuseFolder(path)
            switch mode {
            case .readWrite:
                let pool = try Self.openForWriting(path)
                (reader, writer) = (pool, pool)
            case .readOnly:
                (reader, writer) = (try Self.openForReading(path), nil)
            }
        } catch {
            throw StoreError.wrapping(error, path: path)
        }
    }

    // MARK: Opening

    static func refuseFolder(_ path: String) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw StoreError.isFolder(path: path)
        }
    }

    private static func openForWriting(_ path: String) throws -> DatabasePool {
        try makeFolder(of: path)
        let pool = try DatabasePool(path: path, configuration: configuration())
        try pool.read { db in
            try check(db, path, mayBeEmpty: true)
            if try Schema.version(of: db) == 1 { try Version1.refuseIfRunning(db, path) }
        }
        if try Schema.migrate(pool) {
            // What the older tables took is given back, and the file learns to give space back later. Where there is no
            // room for that now, `compact` does it another time.
            try? pool.vacuum()
        }
        return pool
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

    private static func openForReading(_ path: String) throws -> any DatabaseReader {
        let file = try openFile(path)
        let version = try file.read { db in
            try check(db, path)
            return try Schema.version(of: db)
        }
        return version == Schema.version ? file : try upToDate(file)
    }

    private static func openFile(_ path: String) throws -> any DatabaseReader {
        if isCopy(path) { return try openUnchanging(path) }
        do {
            return try DatabasePool(path: path, configuration: configuration(readOnly: true))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN && isUnused(path) {
            // SQLite cannot make the files that readers of a live store share, in a folder closed to this user. As nobody
            // has the store open it is read as it is now.
            return try inMemory(openUnchanging(path))
        }
    }

    /// Whether the file was made by ``export(session:to:checkpoints:artifacts:)`` and not been written since.
    ///
    /// That is said by the file itself: a store that is written is in SQLite's WAL mode from its first moment, and the
    /// 19th and 20th byte of its header are 2. `export` ends with the old journal mode, and they are 1. Opening a copy
    /// for writing turns it into an ordinary store, header and all. Nobody changes a copy, so it may be read without
    /// locks and without files beside it, from read-only media too; of a live store SQLite could answer wrongly then.
    public static func isCopy(_ path: String) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: 20), head.count == 20 else { return false }
        let name = Data("SQLite format 3\0".utf8)
        // A journal beside it is of a writer that broke off: SQLite must roll it back first.
        return head.prefix(16) == name && head.suffix(2) == Data([1, 1])
            && !FileManager.default.fileExists(atPath: path + "-journal")
    }

    private static func isUnused(_ path: String) -> Bool {
        FileManager.default.isReadableFile(atPath: path)
            && !FileManager.default.fileExists(atPath: path + "-wal")
    }

    /// SQLite takes a file for unchanging, and makes no files beside it, when the address says so.
    private static func openUnchanging(_ path: String) throws -> DatabaseQueue {
        let escaped = URL(filePath: path).path.addingPercentEncoding(
            withAllowedCharacters: .urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#")))
        return try DatabaseQueue(
            path: "file://\(escaped ?? path)?immutable=1", configuration: configuration(readOnly: true))
    }

    private static func inMemory(_ file: any DatabaseReader) throws -> DatabaseQueue {
        let memory = try DatabaseQueue()
        try file.backup(to: memory)
        return memory
    }

    /// A copy of an older file in memory, in the newest schema, so that there is one way of reading.
    private static func upToDate(_ file: any DatabaseReader) throws -> DatabaseQueue {
        let memory = try inMemory(file)
        _ = try Schema.migrate(memory)
        return memory
    }

    private static func configuration(readOnly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        // Longer than any transaction of ours: another process that commits is waited for, one that hangs is not.
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // A pool's readers are read-only connections of their own.
            guard !db.configuration.readonly else { return }
            // A commit that was announced survives a power cut.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Free pages can be given back; holds for a new file, and for an old one from its next VACUUM on.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        }
        return configuration
    }

    /// Refuses files that are newer or no stores at all; an empty file becomes one.
    private static func check(_ db: Database, _ path: String, mayBeEmpty: Bool = false) throws {
        let id = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Schema.version(of: db)
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if id != Schema.applicationID, tables > 0 || !mayBeEmpty {
            throw StoreError.foreign(path: path)
        }
        if version > Schema.version {
            throw StoreError.newer(path: path, schema: version, known: Schema.version)
        }
        if tables > 0, version < 1 { throw StoreError.damaged(path: path, what: "its schema has no number") }
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
