import GRDB
import MethodKit

extension SessionStore {
    /// Notes the most memory that a process which ran a session had at once; of several processes the largest stays.
    ///
    /// - Parameters:
    ///   - bytes: as the process's own count has it.
    ///   - session: the session.
    /// - Throws: ``StoreError``.
    public func notePeakMemory(_ bytes: Int, of session: Int64) throws {
        try write { db in
            let record = try Self.session(session, db)
            guard bytes > record.peakMemory ?? 0 else { return }
            var machine = record.machine
            machine[SessionRecord.peakMemoryKey] = "\(bytes)"
            try Self.set("machine", to: try JSONText.of(machine), of: session, db)
        }
    }
}

extension SessionRecord {
    fileprivate static let peakMemoryKey = "peakMemory"

    /// The most memory that a process which ran the session had at once, in bytes; nil when nobody noted it.
    public var peakMemory: Int? { machine[Self.peakMemoryKey].flatMap { Int($0) } }

    /// CPU, kernels, GEMM library, threads and system: the machine without what a run used of it.
    public var hardware: [String: String] { machine.filter { $0.key != Self.peakMemoryKey } }
}
