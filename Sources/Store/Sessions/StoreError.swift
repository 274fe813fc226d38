import Foundation
import GRDB

/// What can go wrong with a store; each a sentence.
public enum StoreError: Error, CustomStringConvertible, Equatable {
    /// A later version of the program wrote the file: path, its schema, the newest one known.
    case newer(path: String, schema: Int, known: Int)
    /// The file is not a store.
    case foreign(path: String)
    /// The file or a part of it cannot be read.
    case damaged(path: String, what: String)
    /// There is no room left.
    case full(path: String)
    /// The file or its folder cannot be written.
    case readOnly(path: String)
    /// The file cannot be opened.
    case cannotOpen(path: String, why: String)
    /// Another process holds the store for too long.
    case busy(path: String)
    /// No session of that name, and the nearest one that there is.
    case noSession(String, nearest: String?)
    /// Several sessions begin like that.
    case ambiguous(String, [String])
    /// Records for a trial that does not exist or has finished.
    case notRunning(trial: Int64)
    /// What SQLite says besides.
    case database(path: String, what: String)

    public var description: String {
        switch self {
        case .newer(let path, let schema, let known):
            "The store '\(path)' was written by a later Benchtop (schema \(schema)); this one reads up to \(known)."
        case .foreign(let path): "'\(path)' is not a Benchtop store."
        case .damaged(let path, let what): "The store '\(path)' is damaged: \(what)."
        case .full(let path): "There is no room left for the store '\(path)'; free some, and saving goes on."
        case .readOnly(let path):
            "The store '\(path)' or its folder cannot be written; choose another with --store or BENCHTOP_STORE."
        case .cannotOpen(let path, let why): "The store '\(path)' cannot be opened: \(why)."
        case .busy(let path): "Another process holds the store '\(path)'; try again when it is done."
        case .noSession(let text, let nearest):
            "No session is called '\(text)'"
                + (nearest.map { " (did you mean '\($0)'?)" } ?? "") + "; 'benchtop sessions' lists them."
        case .ambiguous(let text, let ids):
            "Several sessions begin with '\(text)': \(ids.joined(separator: ", "))."
        case .notRunning(let trial):
            "Trial \(trial) does not exist or has finished; nothing can be added to it."
        case .database(let path, let what): "The store '\(path)' reports: \(what)."
        }
    }

    /// The sentence for what SQLite or the file system said about the store at `path`.
    static func wrapping(_ error: any Error, path: String) -> StoreError {
        if let error = error as? StoreError { return error }
        guard let error = error as? DatabaseError else {
            return .cannotOpen(path: path, why: "\(error.localizedDescription)")
        }
        switch error.resultCode {
        case .SQLITE_FULL: return .full(path: path)
        case .SQLITE_READONLY: return .readOnly(path: path)
        case .SQLITE_CANTOPEN:
            return .cannotOpen(path: path, why: "its folder is missing or closed to this user")
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path)
        case .SQLITE_NOTADB: return .foreign(path: path)
        case .SQLITE_CORRUPT: return .damaged(path: path, what: error.message ?? "a page cannot be read")
        case .SQLITE_IOERR:
            return .database(path: path, what: "reading or writing failed (\(error.message ?? "I/O error"))")
        default: return .database(path: path, what: error.message ?? "error \(error.resultCode.rawValue)")
        }
    }
}
