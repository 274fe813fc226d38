import Foundation

/// The process that runs a session: enough to tell, later, whether it still does.
public struct SessionOwner: Sendable, Codable, Equatable {
    /// Its process number.
    public let pid: Int32
    /// The machine's name.
    public let host: String
    /// Changes when the machine starts again.
    public let boot: String
    /// When the process started, in the kernel's ticks since then: process numbers are used again.
    public let started: String

    private enum CodingKeys: String, CodingKey {
        case pid = "pid"
        case host = "host"
        case boot = "boot"
        case started = "started"
    }

    /// This process.
    public static var current: SessionOwner {
        SessionOwner(
            pid: getpid(), host: ProcessInfo.processInfo.hostName, boot: bootID,
            started: startTime(of: getpid()) ?? "")
    }

    /// Whether the process still runs. Of another machine's nothing can be known, so it is taken to run.
    public var isAlive: Bool {
        guard host == ProcessInfo.processInfo.hostName else { return true }
        return boot == Self.bootID && Self.startTime(of: pid) == started
    }

    private static var bootID: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    /// The 22nd field of the process's `stat` file; the second may hold spaces and ends at the last parenthesis.
    private static func startTime(of pid: Int32) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let parenthesis = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: parenthesis)...].split(separator: " ")
        // A process that ended and was not waited for is gone all the same.
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return String(fields[19])
    }
}
