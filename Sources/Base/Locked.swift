import Foundation

/// A value that is reachable only while its lock is held; the project's only lock.
///
/// `Synchronization.Mutex` would do, but on Linux the thread sanitizer cannot see its lock and reports
/// races that are none.
package final class Locked<Value>: @unchecked Sendable {
    // @unchecked Sendable because `value` is only touched between `lock()` and `unlock()`.
    private var value: Value
    private let lock = NSLock()

    package init(_ value: Value) { self.value = value }

    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
