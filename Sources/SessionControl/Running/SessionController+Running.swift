import MethodKit
import Store

/// What becomes of what trials say: it is told, saved, and told to be saved.
extension SessionController: TrialFollower {
    /// Points that may wait for a store that refuses them; then trials wait too.
    private static let mostWaiting = 2_000_000

    func began(_ trial: RunningTrial) {
        committer.add(TrialBatch(trial: trial.record.id, status: .running))
        onEvent(.status(trial: trial.record.id, .running, message: ""))
    }

    func collect(from trial: RunningTrial) {
        let id = trial.record.id
        do {
            guard let (batch, status) = try trial.drain() else { return }
            committer.add(
                TrialBatch(
                    trial: id, points: batch.points, events: batch.events, checkpoints: batch.checkpoints,
                    completed: batch.completed, status: status))
            onEvent(.said(trial: id, batch))
            if let status { onEvent(.status(trial: id, status, message: "")) }
        } catch {
            // It no longer says what was saved: what it would say from here on is another trial.
            trial.cutOff()
            end(id, RunningTrial.Ending(.failed, "\(error)"))
        }
    }

    func ended(_ trial: RunningTrial, _ ending: RunningTrial.Ending) {
        guard !trial.isCutOff else { return }
        if ending.isRefusal { onEvent(.refused(trial: trial.record.id)) }
        var ending = ending
        if ending.status == .stopped { ending.status = trial.stopStatus }
        end(trial.record.id, ending)
    }

    private func end(_ trial: Int64, _ ending: RunningTrial.Ending) {
        state.with { $0.endings[trial] = ending }
        committer.add(TrialBatch(trial: trial, status: ending.status, message: ending.message))
    }

    func endOfRound() -> Bool {
        let running = runner.running
        for trial in running where trial.isCheckpointDue(every: options.checkpointEvery) {
            trial.link.saveCheckpoint()
        }
        if committer.backlog > Self.mostWaiting { for trial in running { trial.link.pause(for: .store) } }
        let isEditing = applyCommonEdits()
        committer.commitIfDue { self.committed($0) }
        return isEditing || !committer.isIdle
    }

    // MARK: After a commit

    private func committed(_ outcome: Committer.Outcome) {
        tellTrouble(outcome.trouble.map { "\($0)" })
        for batch in outcome.saved { tellSaved(batch) }
        for (trial, error) in outcome.refused { giveUp(trial, "\(error)") }
        runner.roundSoon()
    }

    private func tellTrouble(_ trouble: String?) {
        let isNew = state.with { state in
            defer { state.trouble = trouble }
            return state.trouble != trouble
        }
        if isNew { onEvent(.storeTrouble(trouble)) }
        guard trouble == nil else { return }
        for trial in runner.running { trial.link.goOn(for: .store) }
    }

    private func tellSaved(_ batch: TrialBatch) {
        if batch.completed > 0 { onEvent(.saved(trial: batch.trial, through: batch.completed)) }
        guard let status = batch.status, status.isFinal else { return }
        let (trial, ending) = state.with {
            ($0.trials[batch.trial], $0.endings.removeValue(forKey: batch.trial))
        }
        guard let trial, let ending else { return }
        onEvent(.status(trial: batch.trial, ending.status, message: ending.message))
        close(trial)
    }

    /// Ends a trial whose records the store will never take, for instance because somebody has deleted it.
    private func giveUp(_ id: Int64, _ sentence: String) {
        guard let trial = state.with({ $0.trials[id] }) else { return }
        trial.cutOff()
        _ = runner.remove(trial)
        committer.forget(id)
        onEvent(.status(trial: id, .failed, message: sentence))
        let session = trial.record.session
        let isLast = state.with { state in
            state.endings[id] = nil
            return state.trials.values.allSatisfy { $0 === trial || $0.record.session != session }
        }
        if isLast { committer.disown(session) }
        close(trial)
    }
}
