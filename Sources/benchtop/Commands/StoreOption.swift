import ArgumentParser
import Base
import Foundation
import SessionControl
import Store

/// Which store a command works on.
struct StoreOption: ParsableArguments {
    @Option(
        name: .customLong("store"),
        help: "The file that keeps sessions (else $BENCHTOP_STORE, else the user's own).")
    var path: String?

    /// The store's path: the option, `$BENCHTOP_STORE`, or `$XDG_DATA_HOME/benchtop/history.sqlite`.
    var resolved: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = path ?? environment["BENCHTOP_STORE"], !path.isEmpty { return path }
        return UserFolders.data.appending(path: "history.sqlite").path
    }

    /// The store's path, where a store can be.
    ///
    /// - Throws: ``Failure``.
    func file() throws -> String {
        try Self.checkIsFile(resolved)
        return resolved
    }

    /// SQLite says of a folder that reading failed, which sends people looking at their disk.
    fileprivate static func checkIsFile(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return
        }
        throw Failure("'\(path)' is a folder; a store is a file.", Status.store)
    }

    /// Opens the store for writing. Sessions whose process is gone become interrupted, and are named on
    /// standard error.
    ///
    /// - Throws: `StoreError`, ``Failure``.
    func open() throws -> SessionStore {
        let store = try SessionStore(path: file(), mode: .readWrite)
        for session in try store.interruptAbandoned() {
            Output.complain(
                "session \(session.shortID) (\(session.method)) was interrupted; "
                    + "'benchtop resume \(session.shortID)' goes on.")
        }
        return store
    }
}

/// A session that the user named, and the store it is in.
struct FoundSession {
    let store: SessionStore
    let session: SessionRecord
}

extension FoundSession {
    /// Says what of the store could not be read; the rest was shown.
    ///
    /// - Throws: `ExitCode` when something was lost.
    func tellLosses() throws {
        for loss in store.losses { Output.complain(loss) }
        if !store.losses.isEmpty { throw Status.store }
    }

    /// Finds a session by short id, name or `last` in the user's store, or a store file by its path.
    ///
    /// - Throws: `StoreError`, ``Failure``.
    init(_ text: String, in option: StoreOption, own: SessionStore? = nil) throws {
        if text.hasSuffix(".sqlite") || text.contains("/") {
            guard FileManager.default.fileExists(atPath: text) else {
                throw Failure("There is no file '\(text)'.", Status.unknown)
            }
            try StoreOption.checkIsFile(text)
            let path = URL(filePath: text).standardizedFileURL.path
            let store = try SessionStore(path: path, mode: .readOnly)
            self.init(store: store, session: try store.find("last"))
        } else {
            let store = try own ?? option.open()
            self.init(store: store, session: try store.find(text))
        }
    }
}
