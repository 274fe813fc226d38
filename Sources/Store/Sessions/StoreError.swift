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
    /// What a trial said can never be stored.
    case cannotStore(trial: Int64, what: String)
    /// Bytes that are too many for one row.
    case tooLarge(what: String, bytes: Int)
    /// The path is that of a folder.
    case isFolder(path: String)
    /// Another process runs the session.
    case owned(session: String, by: SessionOwner)
    /// This process runs the session.
    case running(session: String)
    /// Trials of other sessions begin at steps of this one's: its short id and theirs.
    case hasDescendants(session: String, by: [String])
    /// A trial cannot begin where it should: a sentence.
    case cannotDescend(String)
    /// An older version of the program runs a session of a store in its format.
    case olderInUse(path: String, session: String)
    /// A session of the same name and time here holds something else.
    case differs(session: String)
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
        case .cannotStore(let trial, let what): "What trial \(trial) said cannot be stored: \(what)."
        case .tooLarge(let what, let bytes):
            "\(what.capitalized) of \(bytes) bytes is too large for a store, which takes up to 999 MB in one piece."
        case .isFolder(let path): "'\(path)' is a folder; --store takes a file."
        case .owned(let session, let owner):
            "Session \(session) is being run by process \(owner.pid)"
                + (owner.host == SessionOwner.current.host ? "" : " on \(owner.host)")
                + "; stop it there first."
        case .running(let session): "Session \(session) is being run; stop it first."
        case .hasDescendants(let session, let heirs):
            "Trials of \(heirs.count == 1 ? "session" : "sessions") \(heirs.joined(separator: ", ")) begin at steps of "
                + "session \(session); delete \(heirs.count == 1 ? "it" : "them") first."
        case .cannotDescend(let sentence): sentence
        case .olderInUse(let path, let session):
            "The store '\(path)' is of an earlier Benchtop, which is still running session \(session); stop it first."
        case .differs(let session):
            "Session \(session) is in this store already, and differs from the one that is to be imported with what "
                + "descends from it."
        case .database(let path, let what): "The store '\(path)' reports: \(what)."
        }
    }

    /// The error with the path of the store, where the part that noticed damage did not know it.
    func at(_ path: String) -> StoreError {
        if case .damaged("", let what) = self { .damaged(path: path, what: what) } else { self }
    }

    /// The sentence for what SQLite or the file system said about the store at `path`.
    static func wrapping(_ error: any Error, path: String) -> StoreError {
        if let error = error as? StoreError { return error.at(path) }
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
