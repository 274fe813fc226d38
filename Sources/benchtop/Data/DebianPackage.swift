import Base
import Foundation
import MethodKit

/// Debian's packages, fetched by apt's own client: nothing here knows where from.
struct DebianPackage {
    let name: String

    private static let needs = "it needs Debian's apt and dpkg, and a package index ('apt-get update')"

    /// Fetches, checks and unpacks the package into a folder.
    ///
    /// - Throws: `Failure` when apt or dpkg is missing or refuses, or the checksum is not that of apt's index.
    func unpack(into folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Command.call(["apt-get", "download", name], in: folder, advice: Self.needs)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        guard let file = files.first(where: { $0.hasPrefix(name + "_") && $0.hasSuffix(".deb") }) else {
            throw Failure("apt-get fetched no package '\(name)'.", Status.failed)
        }
        let path = folder.appending(path: file)
        let digest = try Digest(ofFile: path).hex
        guard
            try Command.call(["apt-cache", "show", name], in: folder, advice: Self.needs).contains(
                "SHA256: \(digest)")
        else {
            throw Failure(
                "'\(file)' has another SHA-256 than apt's index says; try 'apt-get update'.", Status.failed)
        }
        try Command.call(["dpkg-deb", "-x", path.path, folder.path], in: folder, advice: Self.needs)
        try FileManager.default.removeItem(at: path)
    }
}
