import CVterm
import Foundation
import Testing

/// The real program in a pseudo-terminal, seen through an emulator, with a store, state and cache of its own.
final class WorkbenchProgram {
    /// Its home, store, state and cache; it goes with the last program that lives there.
    final class Home {
        let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
        deinit { try? FileManager.default.removeItem(at: folder) }
    }

    let home: Home
    var folder: URL { home.folder }
    let emulator: Emulator
    private let master: Int32
    /// Kept open, so that the terminal outlives the program and can be looked at.
    private let slave: Int32
    private(set) var process: pid_t = 0
    private var isGone = false
    private var status: Int32 = 0
    /// Bytes beyond seven bits that the program has written.
    private(set) var wideBytes = 0
    /// Bytes a second that the terminal takes; nil for as many as come.
    var rate: Int?

    /// Starts `benchtop` in a terminal of a size.
    init(
        _ arguments: [String] = [], width: Int = 80, height: Int = 24, environment: [String: String] = [:],
        files: [String: String] = [:], program: String? = nil, home: Home = Home()
    ) throws {
        self.home = home
        try FileManager.default.createDirectory(at: home.folder, withIntermediateDirectories: true)
        for (name, text) in files {
            let file = home.folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        emulator = Emulator(width: width, height: height)
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        var (ours, theirs): (Int32, Int32) = (0, 0), name = [CChar](repeating: 0, count: 128)
        try #require(bt_terminal_open(&ours, &theirs, &name, &size) == 0)
        (master, slave) = (ours, theirs)
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        try start(
            [program ?? Self.benchtop] + arguments, environment,
            name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    private func start(_ arguments: [String], _ environment: [String: String], _ name: String) throws {
        var all = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path,
            "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8",
            "XDG_CONFIG_HOME": folder.appending(path: "config").path, "XDG_STATE_HOME": folder.path,
            "XDG_DATA_HOME": folder.path, "XDG_CACHE_HOME": folder.path,
        ]
        all.merge(environment) { $1 }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that a session leader opens becomes its own.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // The threads that run tests block signals, and a child inherits that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(BT_SPAWN_SETSID) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        )
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = all.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        let result = posix_spawnp(&process, arguments[0], &actions, &attributes, &argv, &envp)
        try #require(result == 0, "\(arguments[0]) cannot be started")
    }

    deinit {
        if !isGone {
            kill(process, SIGKILL)
            waitpid(process, &status, 0)
        }
        close(master)
        close(slave)
    }

    /// The program stands beside the tests.
    static var benchtop: String {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "benchtop").path
    }

    // MARK: What the terminal does

    /// Takes what the program has written by now.
    ///
    /// - Returns: bytes taken.
    @discardableResult
    func read() -> Int {
        var bytes = [UInt8](repeating: 0, count: rate.map { max(16, $0 / 100) } ?? 1 << 16), total = 0
        while true {
            let count = Foundation.read(master, &bytes, bytes.count)
            guard count > 0 else { return total }
            total += count
            wideBytes += bytes[..<count].count { $0 >= 0x80 }
            let answer = emulator.take(Array(bytes[..<count]))
            if !answer.isEmpty { send(answer) }
            if rate != nil { return total }
        }
    }

    /// Lets so many seconds pass, taking what comes.
    ///
    /// - Returns: bytes taken.
    @discardableResult
    func pass(_ seconds: Double) -> Int {
        let end = Date().addingTimeInterval(seconds)
        var total = 0
        while Date() < end {
            total += read()
            usleep(10_000)
        }
        return total
    }

    func send(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) } }

    /// Types a text.
    func type(_ text: String) { send(Array(text.utf8)) }

    func resize(width: Int, height: Int) {
        emulator.resize(width: width, height: height)
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Waits until the screen shows a text.
    func wait(for text: String, seconds: Double = 20, _ location: SourceLocation = #_sourceLocation) {
        wait(until: "'\(text)' is shown", seconds: seconds, location) { $0.contains(text) }
    }

    /// Waits until the screen is as wanted.
    func wait(
        until what: String, seconds: Double = 20, _ location: SourceLocation = #_sourceLocation,
        _ condition: (String) -> Bool
    ) {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            read()
            if condition(emulator.rows.joined(separator: "\n")) { return }
            usleep(5_000)
        }
        Issue.record(
            "waited in vain until \(what):\n\(emulator.rows.joined(separator: "\n"))",
            sourceLocation: location)
    }

    // MARK: The end

    func signal(_ number: Int32) { kill(process, number) }

    /// Waits for the program's end.
    ///
    /// - Returns: its exit status, minus the signal that ended it, or nil when it goes on.
    func end(seconds: Double = 30) -> Int32? {
        let limit = Date().addingTimeInterval(seconds)
        while Date() < limit {
            read()
            if waitpid(process, &status, WNOHANG) == process {
                (isGone, rate) = (true, nil)
                read()
                return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
            }
            usleep(5_000)
        }
        return nil
    }

    /// Whether the terminal is as a shell expects it.
    var isRestored: Bool {
        var mode = termios()
        tcgetattr(master, &mode)
        let cooked = tcflag_t(ECHO | ICANON | ISIG)
        return mode.c_lflag & cooked == cooked && !emulator.modes.isAlternate
            && emulator.modes.isCursorVisible && emulator.modes.mouse == 0 && !emulator.hasPaste
    }
}
