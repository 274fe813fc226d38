import Foundation

/// A place that the user named to be written to, checked before the work whose outcome would be lost there.
enum OutputTarget {
    /// Makes a folder, and those above it.
    ///
    /// - Throws: ``Failure`` when a file is in the way or it cannot be written.
    static func makeFolder(_ path: String) throws {
        if let isFolder = isFolder(path), !isFolder {
            throw Failure("'\(path)' is a file; --out takes a folder here.", Status.refused)
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure("The folder '\(path)' cannot be made.", Status.refused)
        }
        guard access(path, W_OK) == 0 else {
            throw Failure("The folder '\(path)' cannot be written.", Status.refused)
        }
    }

    /// Checks that a file can be written, and makes its folder.
    ///
    /// - Throws: ``Failure`` when a folder is in the way or it cannot be written.
    static func checkFile(_ path: String) throws {
        if isFolder(path) == true {
            throw Failure("'\(path)' is a folder; --out takes a file here.", Status.refused)
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        if isFolder(folder) == false {
            throw Failure("'\(folder)' is a file; '\(path)' cannot be in it.", Status.refused)
        }
        try makeFolder(folder)
    }

    /// Whether something there is a folder; nil when there is nothing.
    private static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
    }
}
