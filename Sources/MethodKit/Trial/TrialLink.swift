import Base
import Foundation
import Synchronization

/// The line between a trial's thread and whoever runs it: what the trial says goes out, orders come in.
///
/// The trial never waits for a reader: it appends to a mailbox once a step, and ``drain()`` takes the
/// mailbox's contents away whole. At a step boundary the trial reads one atomic flag; only when that is set
/// does it look at its orders.
public final class TrialLink: Sendable {
    /// What a trial said since the last drain.
    public struct Batch: Sendable {
        /// The new points, oldest first.
        public var points: [Point] = []
        /// The new events, oldest first.
        public var events: [TimedEvent] = []
        /// The new checkpoints, oldest first.
        public var checkpoints: [Checkpoint] = []
        /// Every point and event of the steps up to and including this one is in this or an earlier batch.
        public var completed = 0
        /// When the oldest of it was said, in nanoseconds of `DispatchTime`; nil when nothing was.
        public var since: UInt64?
        /// Whether the trial waits for an order to go on.
        public var isPaused = false

        /// Whether nothing was said.
        public var isEmpty: Bool { points.isEmpty && events.isEmpty && checkpoints.isEmpty }
    }

    /// What a trial has been told and has not done yet.
    struct Orders {
        var isStopped = false
        var isPaused = false
        /// Steps still allowed while paused.
        var allowance = 0
        var wantsCheckpoint = false
        var edits: [(input: String, text: String)] = []
    }

    private let outbox = Locked(Batch())
    private let orders = Locked(Orders())
    private let attention = Atomic<Bool>(false)
    private let wake = DispatchSemaphore(value: 0)

    /// A line that nobody has used yet.
    public init() {}

    // MARK: What the controller does

    /// Takes everything that was said since the last call.
    public func drain() -> Batch {
        outbox.withLock { batch in
            defer {
                let (completed, isPaused) = (batch.completed, batch.isPaused)
                batch = Batch()
                (batch.completed, batch.isPaused) = (completed, isPaused)
            }
            return batch
        }
    }

    /// Asks the trial to save a checkpoint at its next step boundary and end there.
    public func stop() { order { $0.isStopped = true } }

    /// Asks the trial to save a checkpoint at its next step boundary and wait there.
    public func pause() { order { ($0.isPaused, $0.allowance) = (true, 0) } }

    /// Lets a paused trial go on.
    public func goOn() { order { $0.isPaused = false } }

    /// Lets a paused trial run `count` steps and wait again; pauses a running one first.
    public func step(_ count: Int = 1) {
        order { ($0.isPaused, $0.allowance) = (true, $0.allowance + count) }
    }

    /// Asks for a checkpoint at the next step boundary.
    public func saveCheckpoint() { order { $0.wantsCheckpoint = true } }

    /// Changes a live input at the next step boundary. Check the value first, with ``MethodInputs/editing(_:to:)``.
    public func edit(_ input: String, to text: String) { order { $0.edits.append((input, text)) } }

    /// Whether the trial has been told to stop.
    public var isStopped: Bool { orders.withLock { $0.isStopped } }

    private func order(_ change: (inout Orders) -> Void) {
        orders.withLock { change(&$0) }
        attention.store(true, ordering: .releasing)
        wake.signal()
    }

    // MARK: What the trial does

    /// Whether there are orders to look at; one relaxed load.
    var hasOrders: Bool { attention.load(ordering: .relaxed) }

    /// Takes the edits and wishes out of the orders, and leaves stop and pause in place.
    func takeOrders() -> Orders {
        orders.withLock { orders in
            let taken = orders
            orders.edits = []
            orders.wantsCheckpoint = false
            if orders.isPaused, orders.allowance > 0 { orders.allowance -= 1 }
            // While paused, every boundary must look again.
            if !orders.isPaused && !orders.isStopped { attention.store(false, ordering: .relaxed) }
            return taken
        }
    }

    /// Waits until an order comes.
    func waitForOrder() {
        outbox.withLock { $0.isPaused = true }
        wake.wait()
        outbox.withLock { $0.isPaused = false }
    }

    /// Appends what the trial said.
    func post(
        points: [Point] = [], events: [TimedEvent] = [], checkpoint: Checkpoint? = nil, completed: Int? = nil
    ) {
        outbox.withLock { batch in
            if batch.since == nil { batch.since = Uptime.nanoseconds }
            batch.points.append(contentsOf: points)
            batch.events.append(contentsOf: events)
            if let checkpoint { batch.checkpoints.append(checkpoint) }
            if let completed { batch.completed = completed }
        }
    }
}
