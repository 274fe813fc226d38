import Foundation

/// Another program, run to its end.
enum Command {
    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - arguments: the program's name and what it is told.
    ///   - folder: in which it runs.
    ///   - advice: what the sentence says when it fails, of what it needs.
    /// - Returns: its standard output.
    /// - Throws: `Failure`.
    @discardableResult
    static func call(_ arguments: [String], in folder: URL, advice: String) throws -> String {
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
                "'\(arguments.joined(separator: " "))' failed with \(process.terminationStatus): \(advice).",
                Status.failed)
        }
        return String(decoding: data, as: UTF8.self)
    }
}
