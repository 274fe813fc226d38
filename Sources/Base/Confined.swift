import Dispatch

/// A value that belongs to one serial queue.
///
/// Touching it anywhere else ends the program at once, as GRDB does with its connections: a data race is found by the
/// first test that comes there, not by the hundredth.
package final class Confined<Value>: @unchecked Sendable {
    // @unchecked Sendable because `value` is touched only on `queue`, which is serial; each access checks it.
    private var value: Value
    private let queue: DispatchQueue

    /// A value that only `queue` may touch.
    package init(_ value: Value, to queue: DispatchQueue) {
        self.value = value
        self.queue = queue
    }

    /// Reads or changes the value. The caller is on the queue.
    package func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        dispatchPrecondition(condition: .onQueue(queue))
        return try body(&value)
    }
}
