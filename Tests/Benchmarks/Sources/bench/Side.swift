import Foundation

/// One side of a comparison: a process that stays, is told "name count" and answers with a number.
final class Side {
    private let process = Process()
    private let input = Pipe(), output = Pipe()
    private var buffer = Data()
    private let name: String

    /// Seconds to wait for an answer: on a busy machine a round takes many times its CPU-seconds.
    private static let patience = 600.0

    /// - Throws: ``SideError`` where the process does not start or says what it lacks.
    init(_ name: String, _ command: [String], _ environment: [String: String]) throws(SideError) {
        self.name = name
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        (process.standardInput, process.standardOutput) = (input, output)
        process.standardError = FileHandle.nullDevice
        let own = ["OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"]
        process.environment = ProcessInfo.processInfo.environment.merging(own) { $1 }
            .merging(environment) { $1 }
        // A side that has ended must not end this one when it is written to.
        signal(SIGPIPE, SIG_IGN)
        guard (try? process.run()) != nil else { throw .notStarted(name) }
        guard try answer() == "ready" else { throw .notStarted(name) }
    }

    /// This program's own side.
    static func benchtop(_ environment: [String: String] = [:]) throws(SideError) -> Side {
        try Side("Benchtop", [CommandLine.arguments[0], "worker"], environment)
    }

    /// The side in Python that imports `module`.
    static func python(_ module: String, _ environment: [String: String] = [:]) throws(SideError)
        -> Side
    {
        let script = Bundle.module.bundleURL.appending(path: "reference/main.py").path
        return try Side(module, ["python3", script, module], environment)
    }

    /// What it says to a line.
    ///
    /// - Throws: ``SideError`` where it refuses, ends, or stays silent.
    func says(_ line: String) throws(SideError) -> String {
        let bytes = Array("\(line)\n".utf8)
        guard write(input.fileHandleForWriting.fileDescriptor, bytes, bytes.count) == bytes.count else {
            throw .ended(name, line)
        }
        let said = try answer(to: line)
        guard said.hasPrefix("! ") else { return said }
        throw .refused(name, String(said.dropFirst(2)))
    }

    /// The number that it answers with.
    ///
    /// - Throws: ``SideError``, as `says` and where it is none.
    func number(_ line: String) throws(SideError) -> Double {
        let said = try says(line)
        guard let number = Double(said) else { throw .refused(name, said) }
        return number
    }

    private func answer(to line: String = "its start") throws(SideError) -> String {
        let file = output.fileHandleForReading.fileDescriptor
        let end = ContinuousClock.now + .seconds(Self.patience)
        while true {
            if let newline = buffer.firstIndex(of: 10) {
                defer { buffer = Data(buffer[buffer.index(after: newline)...]) }
                return String(decoding: buffer[..<newline], as: UTF8.self)
            }
            guard ContinuousClock.now < end else {
                throw .silent(name, line, seconds: Int(Self.patience))
            }
            var wait = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, 1_000) > 0 else { continue }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw .ended(name, line) }
            buffer += more
        }
    }

    deinit { if process.isRunning { process.terminate() } }
}

/// Why a side could not be measured.
enum SideError: Error, CustomStringConvertible {
    case notStarted(String)
    case ended(String, String)
    case silent(String, String, seconds: Int)
    case refused(String, String)

    var description: String {
        switch self {
        case .notStarted(let name):
            "\(name) did not start: python3 must be able to import what it needs."
        case .ended(let name, let line): "\(name) ended at '\(line)' without an answer."
        case .silent(let name, let line, let seconds):
            "\(name) did not answer to '\(line)' within \(seconds) seconds."
        case .refused(let name, let reason): "\(name) says: \(reason)"
        }
    }
}
