import Base
import Foundation
import Synchronization

/// The line between a trial's thread and whoever runs it: what the trial says goes out, orders come in.
///
/// The trial never waits for a reader: it appends to a mailbox once a step, and ``drain()`` takes the
/// mailbox's contents away whole. At a step boundary the trial reads one atomic flag; only when that is set
/// does it look at its orders.
public final class TrialLink: Sendable {
    /// Who lets a trial wait. It runs when nobody does, so that one who lets go does not undo another's wish.
    public enum Holder: String, Sendable, CaseIterable {
        /// The user, who may let it run a number of steps meanwhile.
        case user
        /// A store that takes no records.
        case store
        /// A condition on a metric that has come true.
        case breakpoint
        /// An edit of several trials that must begin at one step; too short to be called a pause.
        case edit
    }

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
        /// Whether the trial waits at a step boundary, and for whom; empty while it runs.
        public var holders: Set<Holder> = []

        /// Whether the trial waits for longer than an edit takes to be agreed on.
        public var isPaused: Bool { !holders.subtracting([.edit]).isEmpty }

        /// A batch in which nothing was said.
        public init() {}

        /// Whether nothing was said.
        public var isEmpty: Bool { points.isEmpty && events.isEmpty && checkpoints.isEmpty }
    }

    /// What a trial has been told and has not done yet.
    struct Orders {
        /// An edit that has not been applied; without a step it takes the next one.
        struct Edit {
            let input, text: String
            let step: Int?
            let source: MethodKit.Edit.Source?
        }

        var isStopped = false
        var holders: Set<Holder> = []
        /// Steps that the user still allows while holding the trial.
        var allowance = 0
        var wantsCheckpoint = false
        var edits: [Edit] = []
        /// The holders that the trial had seen when it fell asleep; nil while it is awake.
        var asleepFor: Set<Holder>?

        /// Whether the trial must not begin another step.
        var mustWait: Bool { holders == [.user] ? allowance == 0 : !holders.isEmpty }

        /// Whether the state must be saved before anything else: also when somebody waits for long, but not for the
        /// moment in which an edit is agreed on.
        var needCheckpoint: Bool {
            isStopped || wantsCheckpoint || mustWait && !holders.subtracting([.edit]).isEmpty
        }

        /// Whether a trial that has seen these holders has nothing to do but wait.
        func letsSleep(_ seen: Set<Holder>) -> Bool {
            !isStopped && mustWait && !wantsCheckpoint && edits.isEmpty && holders == seen
        }
    }

    private let outbox = Locked(Batch())
    private let orders = Locked(Orders())
    private let attention = Atomic<Bool>(false)
    /// Signalled once for each time that the trial fell asleep, never more: a signal that nobody waited for would
    /// wake a later pause for nothing.
    private let wake = DispatchSemaphore(value: 0)

    /// A line that nobody has used yet.
    public init() {}

    // MARK: What the controller does

    /// Takes everything that was said since the last call.
    public func drain() -> Batch {
        outbox.withLock { batch in
            defer {
                let (completed, holders) = (batch.completed, batch.holders)
                batch = Batch()
                (batch.completed, batch.holders) = (completed, holders)
            }
            return batch
        }
    }

    /// Asks the trial to save a checkpoint at its next step boundary and end there.
    public func stop() { order { $0.isStopped = true } }

    /// Asks the trial to wait at its next step boundary, after a checkpoint unless it is for an edit.
    public func pause(for holder: Holder = .user) {
        order { orders in
            orders.holders.insert(holder)
            if holder == .user { orders.allowance = 0 }
        }
    }

    /// Lets a trial go on, as far as this holder is concerned.
    public func goOn(for holder: Holder = .user) {
        order { orders in
            orders.holders.remove(holder)
            if holder == .user { orders.allowance = 0 }
        }
    }

    /// Lets a trial that the user holds run `count` steps and wait again; holds a running one first.
    public func step(_ count: Int = 1) {
        order { orders in
            orders.holders.insert(.user)
            orders.allowance += count
        }
    }

    /// Asks for a checkpoint at the next step boundary.
    public func saveCheckpoint() { order { $0.wantsCheckpoint = true } }

    /// Changes a live input. Check the value first, with ``MethodInputs/editing(_:to:)``.
    ///
    /// - Parameters:
    ///   - input: its name.
    ///   - text: the new value, as the user would type it.
    ///   - step: the first step that runs with it, counted over all stages; nil takes the next one.
    ///   - source: who asked for it.
    public func edit(
        _ input: String, to text: String, from step: Int? = nil, by source: Edit.Source? = nil
    ) {
        order { $0.edits.append(Orders.Edit(input: input, text: text, step: step, source: source)) }
    }

    /// Whether the trial has been told to stop.
    public var isStopped: Bool { orders.withLock { $0.isStopped } }

    /// Who wants the trial to wait, whether it has come to a boundary or not.
    package var wishedHolders: Set<Holder> { orders.withLock { $0.holders } }

    private func order(_ change: (inout Orders) -> Void) {
        let wakes = orders.withLock { orders in
            change(&orders)
            guard let seen = orders.asleepFor, !orders.letsSleep(seen) else { return false }
            orders.asleepFor = nil
            return true
        }
        attention.store(true, ordering: .releasing)
        if wakes { wake.signal() }
    }

    // MARK: What the trial does

    /// Whether there are orders to look at; one relaxed load.
    var hasOrders: Bool { attention.load(ordering: .relaxed) }

    /// Takes the edits and wishes out of the orders, and leaves stop and holders in place.
    func takeOrders() -> Orders {
        orders.withLock { orders in
            let taken = orders
            orders.edits = []
            orders.wantsCheckpoint = false
            if !orders.mustWait, orders.allowance > 0 { orders.allowance -= 1 }
            // While somebody holds the trial, every boundary must look again.
            if orders.holders.isEmpty && !orders.isStopped { attention.store(false, ordering: .relaxed) }
            return taken
        }
    }

    /// Sleeps until there is an order to obey: to go on, to stop, to edit, to save, or another holder.
    ///
    /// - Parameter seen: the holders of the orders that were obeyed last; when others came since, it returns at once.
    func waitForOrder(seen: Set<Holder>) {
        let sleeps = orders.withLock { orders -> Bool in
            guard orders.letsSleep(seen) else { return false }
            orders.asleepFor = seen
            outbox.withLock { $0.holders = seen }
            return true
        }
        guard sleeps else { return }
        wake.wait()
        outbox.withLock { $0.holders = [] }
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
