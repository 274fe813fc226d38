import Base
import Dispatch
import MethodKit
import Store

/// One trial that a controller runs or will run: its orders, its place, and what it must not say twice.
///
/// Used on the controller's queue only, but for ``execute(cache:)``, which runs on the trial's own.
final class RunningTrial: Sendable {
    /// What the controller's queue changes.
    struct State {
        var status: TrialStatus
        var savedTail: SavedTail?
        /// Edits that wait until the trial has caught up with what is saved.
        var heldEdits: [(input: String, text: String)] = []
        var lastCheckpoint = DispatchTime.now()
        /// What a stop means: the user's wish, or an interruption.
        var stopStatus = TrialStatus.stopped
        var through = 0
    }

    /// How a trial ended.
    struct Ending {
        var status: TrialStatus
        /// A sentence, or empty.
        var message = ""
        /// Whether it failed because of what the user gave it.
        var isRefusal = false
    }

    /// What a batch changed.
    struct Change {
        /// The new status, if it changed.
        var status: TrialStatus?
    }

    let record: TrialRecord
    let method: MethodInfo
    let inputs: [String: String]
    let edits: [Edit]
    let resume: TrialPlan.Resume?
    let link = TrialLink()
    let crash = CrashWatch()
    let state: Locked<State>

    init(
        _ record: TrialRecord, of method: MethodInfo, inputs: [String: String], edits: [Edit] = [],
        resume: TrialPlan.Resume? = nil, savedTail: SavedTail? = nil
    ) {
        self.record = record
        self.method = method
        self.inputs = inputs
        self.edits = edits
        self.resume = resume
        state = Locked(State(status: .queued, savedTail: savedTail))
    }

    /// Runs the engine to its end on the calling thread.
    ///
    /// - Returns: how it ended.
    func execute(cache: (any StageCache)?) -> Ending {
        crash.watchThread()
        defer { crash.leaveThread() }
        do {
            try method.run(
                record.arm, texts: inputs, seed: record.seed, edits: edits, elapsed: record.elapsed,
                resume: resume, cache: cache, link: link)
            return Ending(status: .finished)
        } catch is Stopped {
            return Ending(status: state.withLock { $0.stopStatus })
        } catch {
            return Ending(status: .failed, message: "\(error)", isRefusal: error is any InputRefusal)
        }
    }

    /// Takes what the trial said since the last call, without what is saved already.
    ///
    /// - Throws: ``SavedTailError``.
    func drain() throws -> TrialLink.Batch {
        var batch = link.drain()
        try state.withLock { state in
            guard var savedTail = state.savedTail else { return }
            state.savedTail = nil
            try savedTail.remove(from: &batch, metrics: method.metrics)
            guard savedTail.isOver else { return state.savedTail = savedTail }
            for edit in state.heldEdits { link.edit(edit.input, to: edit.text) }
            state.heldEdits = []
        }
        return batch
    }

    /// Notes what a drained batch says about the trial itself.
    ///
    /// - Returns: nil when there is nothing to save; else the new status, if it changed.
    func take(_ batch: TrialLink.Batch) -> Change? {
        state.withLock { state in
            // A trial that no longer says what was saved is over; what it says until it stops is not wanted.
            guard state.status != .failed else { return nil }
            let status: TrialStatus = batch.isPaused ? .paused : .running
            let isNew = state.status != status, isFurther = batch.completed > state.through
            state.status = status
            state.through = max(state.through, batch.completed)
            return batch.isEmpty && !isFurther && !isNew ? nil : Change(status: isNew ? status : nil)
        }
    }

    /// Changes a live input at the next step that is not saved yet.
    func edit(_ input: String, to text: String) {
        state.withLock { state in
            if state.savedTail == nil {
                link.edit(input, to: text)
            } else {
                state.heldEdits.append((input, text))
            }
        }
    }
}
