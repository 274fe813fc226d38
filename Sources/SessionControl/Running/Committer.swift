import Base
import Dispatch
import MethodKit
import Store

/// Writes what all running trials said to the store, one transaction at a time, on a queue of its own.
///
/// While one commit runs the next is collected. When the store refuses, nothing is thrown away: the same
/// records are tried again until it takes them.
final class Committer: Sendable {
    /// Called after each try: what is durable now, and why the rest is not.
    typealias Report = @Sendable ([TrialBatch], (any Error)?) -> Void

    fileprivate struct State {
        var waiting: [TrialBatch] = []
        var isBusy = false
        var notBefore = DispatchTime.now()
    }

    private let store: SessionStore
    private let report: Report
    private let state = Locked(State())
    private let queue = DispatchQueue(label: "benchtop.commit", qos: .userInitiated)
    /// The shortest time between two commits, and the pause after one that failed.
    private static let pace = DispatchTimeInterval.milliseconds(50),
        patience = DispatchTimeInterval.seconds(1)

    init(store: SessionStore, report: @escaping Report) {
        self.store = store
        self.report = report
    }

    /// How many points wait.
    var backlog: Int { state.withLock { $0.waiting.reduce(0) { $0 + $1.points.count } } }

    /// Whether everything that was added is durable.
    var isIdle: Bool { state.withLock { $0.waiting.isEmpty && !$0.isBusy } }

    /// Adds one trial's records, after those it added before.
    func add(_ batch: TrialBatch) {
        state.withLock { $0.add(batch) }
    }

    /// Starts a commit if something waits, none runs, and it is time.
    func commitIfDue() {
        let batches = state.withLock { state -> [TrialBatch] in
            guard !state.isBusy, !state.waiting.isEmpty, DispatchTime.now() >= state.notBefore else {
                return []
            }
            state.isBusy = true
            defer { state.waiting = [] }
            return state.waiting
        }
        if !batches.isEmpty { queue.async { self.commit(batches) } }
    }

    private func commit(_ batches: [TrialBatch]) {
        var failure: (any Error)?, left = batches
        do {
            let refused = try store.append(batches)
            left = batches.filter { refused[$0.trial] != nil }
            failure = refused.values.first
        } catch { failure = error }
        let pause = failure == nil ? Self.pace : Self.patience
        state.withLock { state in
            state.isBusy = false
            state.notBefore = .now() + pause
            state.putBack(left)
        }
        report(batches.filter { batch in !left.contains { $0.trial == batch.trial } }, failure)
    }
}

extension Committer.State {
    /// Adds one trial's records, after those of it that wait.
    fileprivate mutating func add(_ batch: TrialBatch) {
        guard let place = waiting.firstIndex(where: { $0.trial == batch.trial }) else {
            return waiting.append(batch)
        }
        waiting[place].append(batch)
    }

    /// What could not be written comes first again.
    fileprivate mutating func putBack(_ batches: [TrialBatch]) {
        let later = waiting
        waiting = batches
        for batch in later { add(batch) }
    }
}

extension TrialBatch {
    /// Adds what the same trial said later.
    fileprivate mutating func append(_ later: TrialBatch) {
        points += later.points
        events += later.events
        // Of the checkpoints on the way only the newest is of use; this bounds what waits for a full disk.
        let newer = checkpoints + later.checkpoints
        checkpoints = newer.enumerated().filter { $1.isFinal || $0 == newer.count - 1 }.map(\.element)
        completed = max(completed, later.completed)
        status = later.status ?? status
        message = later.message ?? message
    }
}
