import Base
import Dispatch
import MethodKit

/// What is done with trials while they run. Everything is called on the runner's queue.
protocol TrialFollower: AnyObject, Sendable {
    /// A trial begins.
    func began(_ trial: RunningTrial)

    /// About sixty times a second while the trial runs, and once after its end: takes what it said.
    func collect(from trial: RunningTrial)

    /// A trial has ended; everything that it said was collected.
    func ended(_ trial: RunningTrial, _ ending: RunningTrial.Ending)

    /// A round is over.
    ///
    /// - Returns: whether another one is needed though no trial may be moving.
    func endOfRound() -> Bool
}

/// Runs trials on threads of their own, so many at a time, and notices when one crashes: the one way in which the
/// program runs a trial, to record it or to prove it.
///
/// A trial never waits for the runner: it posts into its mailbox, which is emptied in rounds, about sixty a second,
/// for as long as a trial moves.
final class TrialRunner: Sendable {
    private struct State {
        /// In the order in which they came.
        var waiting: [RunningTrial] = []
        var running: [RunningTrial] = []
        var isRoundDue = false
        /// Who follows them; only while there is something to follow, so that neither keeps the other alive.
        var follower: (any TrialFollower)?
    }

    /// Where everything but the trials themselves happens.
    let queue: DispatchQueue
    private let jobs: Int
    private let state: Confined<State>
    private static let round = DispatchTimeInterval.milliseconds(16)

    /// A runner of `jobs` trials at a time.
    init(jobs: Int, queue: DispatchQueue) {
        self.jobs = jobs
        self.queue = queue
        state = Confined(State(), to: queue)
    }

    /// The trials that have begun and not ended.
    var running: [RunningTrial] { state.with { $0.running } }

    /// Queues trials and begins those for which there is room.
    func add(_ trials: [RunningTrial], followedBy follower: any TrialFollower) {
        state.with { state in
            state.waiting += trials
            state.follower = follower
        }
        fill()
    }

    private var follower: (any TrialFollower)? { state.with { $0.follower } }

    /// Takes a trial that has not begun out of the queue.
    ///
    /// - Returns: false when it has begun.
    func remove(_ trial: RunningTrial) -> Bool {
        state.with { state in
            let place = state.waiting.firstIndex { $0 === trial }
            if let place { state.waiting.remove(at: place) }
            return place != nil
        }
    }

    /// Makes sure that a round comes soon: after an order, or when something of the follower's own has changed.
    func roundSoon() {
        let isNew = state.with { state in
            defer { state.isRoundDue = true }
            return !state.isRoundDue
        }
        if isNew { queue.asyncAfter(deadline: .now() + Self.round) { self.round() } }
    }

    private func round() {
        state.with { $0.isRoundDue = false }
        guard let follower else { return }
        for trial in running {
            if let sentence = trial.crash.sentence {
                bury(trial, sentence)
            } else {
                follower.collect(from: trial)
            }
        }
        if follower.endOfRound() || running.contains(where: { !$0.isAsleep }) {
            roundSoon()
        } else {
            state.with { if $0.running.isEmpty && $0.waiting.isEmpty { $0.follower = nil } }
        }
    }

    private func fill() {
        while let trial = nextToRun() {
            follower?.began(trial)
            trial.begin { ending in self.queue.async { self.end(trial, ending) } }
        }
        roundSoon()
    }

    /// The first queued trial of a seed that none of the running ones has: arms with one seed would wait for the stages
    /// that they share. Where there is none, the first of all.
    private func nextToRun() -> RunningTrial? {
        state.with { state in
            guard state.running.count < jobs, !state.waiting.isEmpty else { return nil }
            let seeds = Set(state.running.map(\.record.seed))
            let free = state.waiting.firstIndex { !seeds.contains($0.record.seed) }
            let trial = state.waiting.remove(at: free ?? 0)
            state.running.append(trial)
            return trial
        }
    }

    private func end(_ trial: RunningTrial, _ ending: RunningTrial.Ending) {
        state.with { $0.running.removeAll { $0 === trial } }
        follower?.collect(from: trial)
        follower?.ended(trial, ending)
        fill()
    }

    /// Ends a trial whose thread will never say so itself.
    private func bury(_ trial: RunningTrial, _ sentence: String) {
        trial.stages.releaseAll()
        end(trial, RunningTrial.Ending(.failed, sentence))
        trial.crash.noteContained()
    }
}
