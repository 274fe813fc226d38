import Foundation

/// The same work in Python, in a process that stays: it is told "name count" and answers with CPU-seconds.
final class Reference {
    private let process = Process()
    private let input = Pipe(), output = Pipe()
    private var buffer = Data()

    /// Starts python3 and asks whether it can import `module`; nil when it cannot.
    init?(_ module: String) {
        guard let script = Bundle.module.url(forResource: "reference", withExtension: "py") else {
            return nil
        }
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.path, module]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        var environment = ProcessInfo.processInfo.environment
        for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS"] { environment[name] = "1" }
        process.environment = environment
        guard (try? process.run()) != nil, answer() == "ready" else { return nil }
    }

    /// CPU-seconds of the work of that name, done `count` times; nil when it cannot be done.
    func seconds(_ name: String, _ count: Int) -> Double? {
        input.fileHandleForWriting.write(Data("\(name) \(count)\n".utf8))
        return answer().flatMap(Double.init)
    }

    private func answer() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer = Data(buffer[buffer.index(after: end)...]) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            buffer += more
        }
    }

    deinit { process.terminate() }
}
