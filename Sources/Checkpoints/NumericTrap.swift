import Base

/// Catches the first operation that makes a NaN or an infinity.
///
/// A training step runs without it. When a metric has left the finite numbers, the step is run once more
/// inside ``find(in:)``; tensor operations then look at what they produce and tell the trap.
public final class NumericTrap: Sendable {
    /// The trap that is set on this thread, if any.
    @TaskLocal public static var current: NumericTrap?

    private let first = Locked<String?>(nil)

    private init() {}

    /// Runs `body` with a trap set.
    ///
    /// - Returns: the name of the first operation whose result was not finite, or nil.
    public static func find(in body: () throws -> Void) -> String? {
        let trap = NumericTrap()
        $current.withValue(trap) { try? body() }
        return trap.first.withLock { $0 }
    }

    /// Tells the trap that `operation` produced a value that is not finite; only the first one is kept.
    public func note(_ operation: String) {
        first.withLock { if $0 == nil { $0 = operation } }
    }
}
