import Base
import Foundation
import MethodKit

/// Debian's packages, fetched by apt's own client: nothing here knows where from.
struct DebianPackage {
    let name: String

    /// Fetches, checks and unpacks the package into a folder.
    ///
    /// - Throws: `Failure` when apt or dpkg is missing or refuses, or the checksum is not that of apt's index.
    func unpack(into folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.call(["apt-get", "download", name], in: folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        guard let file = files.first(where: { $0.hasPrefix(name + "_") && $0.hasSuffix(".deb") }) else {
            throw Failure("apt-get fetched no package '\(name)'.", Status.failed)
        }
        let path = folder.appending(path: file)
        let digest = try Digest(ofFile: path).hex
        guard try Self.call(["apt-cache", "show", name], in: folder).contains("SHA256: \(digest)") else {
            throw Failure(
                "'\(file)' has another SHA-256 than apt's index says; try 'apt-get update'.", Status.failed)
        }
        try Self.call(["dpkg-deb", "-x", path.path, folder.path], in: folder)
        try FileManager.default.removeItem(at: path)
    }

    /// Runs a program and returns what it printed.
    @discardableResult
    private static func call(_ arguments: [String], in folder: URL) throws -> String {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                "'\(arguments.joined(separator: " "))' failed with \(process.terminationStatus): it needs Debian's "
                    + "apt and dpkg, and a package index ('apt-get update').", Status.failed)
        }
        return String(decoding: data, as: UTF8.self)
    }
}
