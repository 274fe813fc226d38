import Foundation
import Testing

/// The real program, run with a store and a cache of its own that go when the test ends.
///
/// Started by posix_spawn: Foundation's Process can wait for ever when several tests use it at once.
final class Program {
    let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
    var store: String { folder.appending(path: "store.sqlite").path }

    /// What a finished command left.
    final class Outcome {
        /// The exit status; minus the signal that ended it.
        let status: Int32
        let text: String
        let complaint: String

        /// The lines that are not empty.
        var lines: [String] { text.split(separator: "\n").map(String.init) }
        /// The lines as JSON objects.
        private(set) lazy var records: [[String: Any]] =
            lines.compactMap { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] }
        /// The values of all metrics.
        private(set) lazy var values: [Value] = records.compactMap(Value.init).sorted()

        init(status: Int32, text: String, complaint: String) {
            (self.status, self.text, self.complaint) = (status, text, complaint)
        }
    }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The program stands beside the tests.
    static var path: String {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "benchtop").path
    }

    /// Runs a command to its end, or sends it a signal after so many microseconds: from the start for SIGKILL and where
    /// `atOnce` says so, else from the first output.
    @discardableResult
    func run(
        _ arguments: [String], environment: [String: String] = [:], signalAfter: Int? = nil,
        signal: Int32 = SIGKILL, atOnce: Bool = false,
        program: String = Program.path
    ) throws -> Outcome {
        let output = folder.appending(path: UUID().uuidString),
            errors = folder.appending(path: UUID().uuidString)
        defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
        let process = try start([program] + arguments, environment, output.path, errors.path)
        if let signalAfter {
            var waits = 0
            while signal != SIGKILL, !atOnce, waits < 20_000, isEmpty(output) {
                usleep(1_000)
                waits += 1
            }
            usleep(UInt32(signalAfter))
            kill(process, signal)
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return Outcome(
            status: status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f),
            text: try String(contentsOf: output, encoding: .utf8),
            complaint: try String(contentsOf: errors, encoding: .utf8))
    }

    private func isEmpty(_ file: URL) -> Bool { (try? Data(contentsOf: file).isEmpty) ?? true }

    /// Runs a command to its end.
    @discardableResult
    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(arguments, environment: environment)
    }

    /// Puts a shell script where the program finds it as a command, ready to be started.
    ///
    /// Another test's child, begun while the script was written, may hold it open until it starts its own program, and so
    /// long nobody can start the script.
    func put(script: String, as name: String) throws {
        let tools = folder.appending(path: "tools"), file = tools.appending(path: name)
        try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
        let text = "#!/bin/sh\n[ \"$1\" = probe ] && exit 0\n\(script)\n"
        try text.write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        var argv = [strdup(file.path), strdup("probe"), nil], process: pid_t = 0
        defer { for text in argv { free(text) } }
        while posix_spawn(&process, file.path, nil, nil, &argv, nil) == ETXTBSY { usleep(1_000) }
        while waitpid(process, nil, 0) < 0 && errno == EINTR {}
    }

    /// The environment in which its scripts come before the system's commands, and its cache is its own.
    var withScripts: [String: String] {
        [
            "PATH": "\(folder.appending(path: "tools").path):/usr/bin:/bin",
            "XDG_CACHE_HOME": folder.appending(path: "cache").path,
        ]
    }

    private func start(
        _ arguments: [String], _ environment: [String: String], _ output: String, _ errors: String
    ) throws -> pid_t {
        var all = ProcessInfo.processInfo.environment
        (all["BENCHTOP_STORE"], all["XDG_CACHE_HOME"], all["LC_ALL"]) = (store, folder.path, "C.UTF-8")
        all["BENCHTOP_KERNELS"] = nil
        let texts = all.merging(environment) { $1 }.map { "\($0)=\($1)" }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT, 0o600)
        var argv = arguments.map { strdup($0) } + [nil], envp = texts.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var process: pid_t = 0
        let status = posix_spawnp(&process, arguments[0], &actions, nil, &argv, &envp)
        try #require(status == 0, "\(arguments[0]) cannot be started")
        return process
    }
}

/// One value of one metric, in a form that can be compared and sorted.
struct Value: Hashable, Comparable {
    let name: String
    let step: Int
    let value: String

    init?(_ record: [String: Any]) {
        guard record["kind"] as? String == "metric", let name = record["name"] as? String,
            let step = record["step"] as? Int, let value = record["value"]
        else { return nil }
        (self.name, self.step, self.value) = (name, step, "\(value)")
    }

    static func < (a: Value, b: Value) -> Bool { (a.name, a.step, a.value) < (b.name, b.step, b.value) }
}

extension Program.Outcome {
    var session: String? { records.first?["session"] as? String }
    /// The last step that was announced as saved.
    var saved: Int {
        records.filter { $0["kind"] as? String == "saved" }.compactMap { $0["through"] as? Int }.max() ?? 0
    }
}
