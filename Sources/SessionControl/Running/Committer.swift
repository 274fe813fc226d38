import Base
import Dispatch
import MethodKit
import Store

/// Writes what all running trials said to the store, one transaction at a time, on a queue of its own.
///
/// While one commit runs the next is collected. When the store refuses for a reason that may pass (no room, another
/// process, the disk), nothing is thrown away: the same records are tried again until it takes them. What it refuses
/// of one trial for good stops nobody else's.
final class Committer: Sendable {
    /// What became of one transaction.
    struct Outcome: Sendable {
        /// What is durable now.
        var saved: [TrialBatch] = []
        /// Trials of which nothing can be stored any more, and why.
        var refused: [Int64: StoreError] = [:]
        /// Why nothing was written; it is tried again.
        var trouble: (any Error)?
    }

    /// What the owner's queue changes.
    private struct State {
        var waiting: [TrialBatch] = []
        var isBusy = false
        var notBefore = DispatchTime.now()
    }

    private let store: SessionStore
    private let retryEvery: Double
    private let owner: DispatchQueue
    private let state: Confined<State>
    private let disk = DispatchQueue(label: "benchtop.commit", qos: .userInitiated)
    /// The shortest time between two commits.
    private static let pace = 0.05

    /// A committer that belongs to `queue`, on which it also says what became of each commit.
    init(store: SessionStore, retryEvery: Double, queue: DispatchQueue) {
        self.store = store
        self.retryEvery = retryEvery
        owner = queue
        state = Confined(State(), to: queue)
    }

    /// How many points wait.
    var backlog: Int { state.with { $0.waiting.reduce(0) { $0 + $1.points.count } } }

    /// Whether everything that was added is durable.
    var isIdle: Bool { state.with { $0.waiting.isEmpty && !$0.isBusy } }

    /// Adds one trial's records, after those it added before.
    func add(_ batch: TrialBatch) { state.with { $0.waiting.add(batch) } }

    /// Drops what waits of a trial that the store does not take.
    func forget(_ trial: Int64) { state.with { $0.waiting.removeAll { $0.trial == trial } } }

    /// Gives up the ownership of a session whose last trial could not end in the store.
    func disown(_ session: Int64) { disk.async { try? self.store.setOwner(nil, of: session) } }

    /// Starts a commit if something waits, none runs, and it is time.
    ///
    /// - Parameter report: called on the owner's queue.
    func commitIfDue(_ report: @escaping @Sendable (Outcome) -> Void) {
        let batches = state.with { state -> [TrialBatch] in
            guard !state.isBusy, !state.waiting.isEmpty, DispatchTime.now() >= state.notBefore else {
                return []
            }
            state.isBusy = true
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !batches.isEmpty else { return }
        disk.async {
            let outcome = self.write(batches)
            self.owner.async {
                self.finish(batches, outcome)
                report(outcome)
            }
        }
    }

    private func write(_ batches: [TrialBatch]) -> Outcome {
        do {
            let refused = try store.append(batches)
            return Outcome(saved: batches.filter { refused[$0.trial] == nil }, refused: refused)
        } catch {
            return Outcome(trouble: error)
        }
    }

    private func finish(_ batches: [TrialBatch], _ outcome: Outcome) {
        state.with { state in
            state.isBusy = false
            state.notBefore = .now() + (outcome.trouble == nil ? Self.pace : retryEvery)
            // What could not be written comes first again.
            if outcome.trouble != nil { state.waiting = state.waiting.reduce(into: batches) { $0.add($1) } }
        }
    }
}

extension [TrialBatch] {
    /// Adds one trial's records, after those of it that wait.
    fileprivate mutating func add(_ batch: TrialBatch) {
        guard let place = firstIndex(where: { $0.trial == batch.trial }) else { return append(batch) }
        self[place].append(batch)
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
