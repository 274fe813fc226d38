import Foundation
import Tensors

/// This machine, as far as it decides a result's bits, and the system for the record.
enum Machine {
    /// CPU, kernel set, GEMM library, threads and system.
    static func summary(threads: Int) -> [String: String] {
        [
            "cpu": Compute.cpu, "kernels": Compute.kernels, "gemm": Compute.gemm, "threads": "\(threads)",
            "os": system,
        ]
    }

    /// What decides bits, as one text.
    static func decisive(threads: Int) -> String {
        [Compute.cpu, Compute.kernels, Compute.gemm, "\(threads)", Benchtop.version, build]
            .joined(separator: "\n")
    }

    /// Size and time of the program's file: another build may compute other bits, or keep its states in another form.
    private static var build: String {
        var file = stat()
        guard stat("/proc/self/exe", &file) == 0 else { return "unknown" }
        return "\(file.st_size) \(file.st_mtim.tv_sec)"
    }

    /// Memory of this program, in bytes, as `/proc` has it; 0 where it cannot be read.
    static var memory: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(getpagesize())
    }

    /// The most memory that this program has had at once, in bytes; 0 where `/proc` cannot be read.
    static var peakMemory: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return kilobytes << 10
    }

    private static var system: String {
        var name = utsname()
        uname(&name)
        let text = { (field: Any) in
            Mirror(reflecting: field).children.compactMap {
                ($0.value as? CChar).flatMap {
                    $0 == 0 ? nil : Character(UnicodeScalar(UInt8(bitPattern: $0)))
                }
            }
        }
        return String(text(name.sysname)) + " " + String(text(name.release))
    }
}
