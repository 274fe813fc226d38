import Datasets
import Foundation

/// A file in the address space: pages come from the disk when they are read, and processes share them.
final class MappedFile: @unchecked Sendable {
    // Unchecked because the pointer is never changed, and what it points at is read only.

    /// The file's bytes.
    let bytes: UnsafeRawBufferPointer

    /// Maps a file. One that is cut short by someone else meanwhile ends the program when the missing part is read, so
    /// models lie in a folder of Benchtop's own, or are the user's to leave alone.
    ///
    /// - Parameters:
    ///   - path: of a regular file; a link is followed.
    ///   - kind: what it should be, for the sentence.
    /// - Throws: `FileError`.
    init(_ path: String, kind: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if file >= 0 { close(file) }
            throw FileError(path, line: nil, "there is no such file, or it cannot be read", allowed: kind)
        }
        defer { close(file) }
        let size = Int(status.st_size)
        guard size > 0, let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED
        else {
            throw FileError(
                path, line: nil, size > 0 ? "it cannot be mapped into memory" : "it is empty", allowed: kind)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
