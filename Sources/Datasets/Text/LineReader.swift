import Foundation

/// Reads a file line by line without holding all of it.
public final class LineReader {
    private let path: String
    private let handle: FileHandle
    private let longest: Int
    private var buffer = Data()
    private var number = 0
    private var isAtEnd = false

    /// Opens a file.
    ///
    /// - Throws: ``FileError`` when there is no such file, or it is a folder or a pipe, or closed to this user.
    public init(_ path: String, longest: Int) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw FileError(path, line: nil, "there is no such file", allowed: "the path of a text file")
        }
        // A pipe is not even opened: that would wait for a writer.
        guard RegularFile.isOne(path), let handle = FileHandle(forReadingAtPath: path) else {
            throw FileError(path, line: nil, "it cannot be read", allowed: "the path of a text file")
        }
        self.path = path
        self.handle = handle
        self.longest = longest
    }

    /// The next line without its end, and its number; nil after the last.
    ///
    /// - Throws: ``FileError`` when a line is too long or reading fails.
    public func next() throws -> (number: Int, line: Data)? {
        var searched = buffer.startIndex
        while true {
            if let end = buffer[searched...].firstIndex(of: 10) {
                let line = Data(buffer[buffer.startIndex..<end])
                buffer = Data(buffer[buffer.index(after: end)...])
                return numbered(line)
            }
            if isAtEnd {
                defer { buffer = Data() }
                return buffer.isEmpty ? nil : numbered(buffer)
            }
            guard buffer.count <= longest else {
                throw FileError(
                    path, line: number + 1, "the line is too long", allowed: "at most \(longest) bytes a line"
                )
            }
            searched = buffer.endIndex
            try fill()
        }
    }

    private func numbered(_ line: Data) -> (number: Int, line: Data) {
        number += 1
        // Some editors begin a file with a byte order mark, which is no part of its first line.
        let begin = number == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        return (number, begin == 0 ? line : Data(line.dropFirst(begin)))
    }

    private func fill() throws {
        do {
            let more = try handle.read(upToCount: 1 << 16) ?? Data()
            if more.isEmpty { isAtEnd = true } else { buffer += more }
        } catch {
            throw FileError(path, line: number + 1, "reading failed", allowed: "a readable file")
        }
    }

    deinit { try? handle.close() }
}
