import MethodKit
import Store

extension SessionStore {
    /// Where what is applied begins: at the last checkpoint of the finished trial, with all that this has said.
    ///
    /// A trial may speak after its last stage, when no checkpoint is taken any more; what is applied must not be held to
    /// say that again.
    ///
    /// - Throws: `StoreError`.
    func endOfFinished(_ trial: Int64) throws -> TrialPlan.Resume? {
        guard let resume = try resumePoint(of: trial) else { return nil }
        let last = resume.checkpoint
        let checkpoint = Checkpoint(
            step: last.step, stage: last.stage, stageStep: last.stageStep, isFinal: last.isFinal,
            elapsed: last.elapsed, points: last.points,
            events: try events(of: trial).count { !$0.event.isEdit }, edits: last.edits, state: last.state,
            record: last.record, frozen: last.frozen)
        return TrialPlan.Resume(
            checkpoint: checkpoint, finalStates: resume.finalStates, frozen: resume.frozen)
    }
}
