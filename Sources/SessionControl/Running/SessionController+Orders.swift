import Dispatch
import MethodKit
import Store

/// What users ask of trials that run.
extension SessionController {
    /// Lets a trial wait at its next step boundary, after a checkpoint.
    public func pause(_ trial: Int64) { tell(trial) { $0.link.pause(for: .user) } }

    /// Lets a trial that the user paused go on; one that waits for the store still waits.
    public func goOn(_ trial: Int64) { tell(trial) { $0.link.goOn(for: .user) } }

    /// Lets a trial run `count` steps and wait again.
    public func step(_ trial: Int64, _ count: Int = 1) { tell(trial) { $0.link.step(count) } }

    /// Asks for a checkpoint at the next step boundary.
    public func saveCheckpoint(_ trial: Int64) { tell(trial) { $0.link.saveCheckpoint() } }

    /// Changes a live input of trials.
    ///
    /// One trial takes it at its next step. Several take it at one step, the first that none of them has begun: what
    /// is compared must not differ in when it was changed. Those that have not come so far keep it until they do,
    /// also when they are stopped and go on later.
    ///
    /// - Parameters:
    ///   - trials: those that have ended take no part.
    ///   - input: its name.
    ///   - text: the new value, as the user would type it.
    ///   - source: who asks for it.
    /// - Throws: `InputError` when the value is not allowed.
    public func edit(_ trials: [Int64], _ input: String, to text: String, by source: Edit.Source) throws {
        dispatchPrecondition(condition: .notOnQueue(queue))
        try queue.sync {
            let open = state.with { state in trials.compactMap { state.trials[$0] } }.filter { !$0.isCutOff }
            for trial in open { try trial.method.check(edit: input, to: text, of: trial.inputs) }
            guard open.count > 1 else { return open.forEach { $0.edit(input, to: text, by: source) } }
            begin(CommonEdit(trials: open, input: input, text: text, source: source))
        }
    }

    /// Ends a trial at its next step boundary, after a checkpoint; a queued one never starts.
    ///
    /// - Parameters:
    ///   - trial: the trial.
    ///   - status: `stopped` for the user's wish, `interrupted` when the program ends.
    public func stop(_ trial: Int64, as status: TrialStatus = .stopped) {
        tell(trial) { running in
            running.stop(as: status)
            if self.runner.remove(running) { self.ended(running, RunningTrial.Ending(.stopped)) }
        }
    }

    /// Ends all trials, each after a checkpoint; they can be resumed.
    public func interrupt() {
        queue.async {
            for trial in self.state.with({ Array($0.trials.keys) }) { self.stop(trial, as: .interrupted) }
        }
    }

    private func tell(_ trial: Int64, _ order: @escaping @Sendable (RunningTrial) -> Void) {
        queue.async {
            guard let running = self.state.with({ $0.trials[trial] }) else { return }
            order(running)
            self.runner.roundSoon()
        }
    }
}
