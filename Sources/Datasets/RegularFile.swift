import Foundation

/// A file of bounded size that is read whole: no folder, and no pipe, which might never end.
enum RegularFile {
    /// Whether a path is that of a file with contents, neither a folder nor a pipe nor a device; a link is followed.
    static func isOne(_ path: String) -> Bool {
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }

    /// The file's bytes; a link is followed.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - most: the largest size that is read, in bytes.
    ///   - kind: what it should be, for the sentence.
    /// - Returns: all of it, or as much as was there when it was looked at.
    /// - Throws: ``FileError`` when there is none, it cannot be opened or read to its end, or it is too large.
    static func contents(_ path: String, most: Int, kind: String) throws -> Data {
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular,
            let handle = FileHandle(forReadingAtPath: target)
        else {
            throw FileError(path, line: nil, "there is no such file, or it cannot be read", allowed: kind)
        }
        defer { try? handle.close() }
        let size = attributes[.size] as? Int ?? 0
        guard size <= most else {
            throw FileError(
                path, line: nil, "it has \(size >> 20) megabytes", allowed: "\(kind) of at most \(most >> 20)"
            )
        }
        do {
            // A file that grows meanwhile is read no further than the limit.
            return try handle.read(upToCount: most) ?? Data()
        } catch {
            throw FileError(path, line: nil, "reading it failed", allowed: "\(kind) that can be read")
        }
    }
}
