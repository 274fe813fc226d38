import Foundation

/// A file of bounded size that is read whole: no folder, and no pipe, which might never end.
enum RegularFile {
    /// The file's bytes; a link is followed.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - most: the largest size that is read, in bytes.
    ///   - kind: what it should be, for the sentence.
    /// - Returns: all of it, or as much as was there when it was looked at.
    /// - Throws: ``FileError`` when there is none, it cannot be read, or it is too large.
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
        // A file that grows meanwhile is read no further than the limit.
        return (try? handle.read(upToCount: most)) ?? Data()
    }
}
