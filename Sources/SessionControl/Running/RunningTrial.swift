import Base
import Dispatch
import MethodKit
import Store

/// One trial that runs or will run: its orders, its place, and what it must not say twice.
///
/// It belongs to its runner's queue, but for the engine itself, which has a thread of its own.
final class RunningTrial: Sendable {
    /// An edit that waits until the trial has caught up with what is saved.
    private struct HeldEdit {
        let input, text: String
        let step: Int?
        let source: Edit.Source?
    }

    private struct State {
        var status = TrialStatus.queued
        /// What a resumed trial says a second time.
        var savedTail: SavedTail?
        var heldEdits: [HeldEdit] = []
        /// The edits that it is to apply from its beginning on.
        var edits: [Edit]
        var lastCheckpoint = DispatchTime.now()
        /// What a stop means: the user's wish, or an interruption.
        var stopStatus = TrialStatus.stopped
        /// Steps completed, and those of them that are saved.
        var through: Int
        /// Who lets it wait at a boundary, as it last said.
        var holders: Set<TrialLink.Holder> = []
        /// Nothing more that it says is wanted.
        var isCutOff = false
    }

    /// How a trial ended.
    struct Ending {
        var status: TrialStatus
        /// A sentence, or empty.
        var message: String
        /// Whether it failed because of what the user gave it.
        var isRefusal: Bool

        init(_ status: TrialStatus, _ message: String = "", isRefusal: Bool = false) {
            self.status = status
            self.message = message
            self.isRefusal = isRefusal
        }
    }

    let record: TrialRecord
    let method: MethodInfo
    /// The tool, or what is applied; nil runs the arm's stages.
    let tool: String?
    let inputs: [String: String]
    let link = TrialLink()
    let crash = CrashWatch()
    let stages: TrialStages
    private let resume: TrialPlan.Resume?
    private let elapsed: Double
    private let models: TrialModels
    private let state: Confined<State>

    /// A trial that has not begun.
    ///
    /// - Parameters:
    ///   - record: the trial as it is stored.
    ///   - method: its method.
    ///   - tool: the tool, or what is applied; nil runs the arm's stages.
    ///   - inputs: all inputs, as the user would type them.
    ///   - edits: edits to apply again, in the order in which they were said.
    ///   - elapsed: seconds that it has run already.
    ///   - resume: where to go on; nil starts afresh.
    ///   - models: where its language models come from.
    ///   - savedTail: what it will say that is saved already.
    ///   - cache: where results of shared stages are kept.
    ///   - queue: the runner's.
    init(
        _ record: TrialRecord, of method: MethodInfo, tool: String? = nil, inputs: [String: String],
        edits: [Edit] = [], elapsed: Double = 0, resume: TrialPlan.Resume? = nil,
        models: TrialModels = TrialModels(), savedTail: SavedTail? = nil, cache: StageFiles,
        queue: DispatchQueue
    ) {
        self.record = record
        self.method = method
        self.tool = tool
        self.inputs = inputs
        self.models = models
        self.elapsed = elapsed
        self.resume = resume
        stages = TrialStages(cache)
        state = Confined(State(savedTail: savedTail, edits: edits, through: record.through), to: queue)
    }

    // MARK: On the trial's own thread

    /// Runs the engine on a thread of its own; `done` is called there at its end, and never when it crashes.
    func begin(_ done: @escaping @Sendable (Ending) -> Void) {
        let edits = state.with { state in
            state.status = .running
            return state.edits
        }
        DispatchQueue(label: "benchtop.trial.\(record.id)", qos: .utility).async {
            done(self.execute(edits))
        }
    }

    private func execute(_ edits: [Edit]) -> Ending {
        crash.watchThread()
        defer { crash.leaveThread() }
        do {
            try method.run(
                record.arm, tool: tool, texts: inputs, seed: record.seed, edits: edits, elapsed: elapsed,
                resume: resume, cache: stages, models: models, link: link)
            return Ending(.finished)
        } catch is Stopped {
            return Ending(.stopped)
        } catch let trouble as any PassingTrouble {
            return Ending(.interrupted, "\(trouble)")
        } catch {
            return Ending(.failed, "\(error)", isRefusal: error is any InputRefusal)
        }
    }

    // MARK: What it says

    /// Whether it waits, or nothing that it says is wanted: it does nothing by itself.
    var isAsleep: Bool { state.with { $0.status == .paused || $0.isCutOff } }

    /// The first step that it has not begun and that is not saved.
    var nextStep: Int { state.with { $0.through + 1 } }

    /// Takes what the trial said since the last call, without what is saved already.
    ///
    /// - Returns: the new records, and the new status if it changed; nil when there is nothing to save.
    /// - Throws: ``SavedTailError`` when it says something other than what was saved.
    func drain() throws -> (batch: TrialLink.Batch, status: TrialStatus?)? {
        var batch = link.drain()
        return try state.with { state in
            state.holders = batch.holders
            guard !state.isCutOff else { return nil }
            try dropSaved(from: &batch, &state)
            let status: TrialStatus = batch.isPaused ? .paused : .running
            let isNew = state.status != status, isFurther = batch.completed > state.through
            state.status = status
            state.through = max(state.through, batch.completed)
            return batch.isEmpty && !isFurther && !isNew ? nil : (batch, isNew ? status : nil)
        }
    }

    private func dropSaved(from batch: inout TrialLink.Batch, _ state: inout State) throws {
        try state.savedTail?.remove(from: &batch, metrics: method.metrics)
        guard let tail = state.savedTail, tail.isCaughtUp else { return }
        if tail.isOver { state.savedTail = nil }
        for edit in state.heldEdits { link.edit(edit.input, to: edit.text, from: edit.step, by: edit.source) }
        state.heldEdits = []
    }

    /// Nothing more that it says is to be saved; it ends at its next boundary.
    func cutOff() {
        state.with { $0.isCutOff = true }
        link.stop()
    }

    /// Whether it was cut off, so that its end has been told already.
    var isCutOff: Bool { state.with { $0.isCutOff } }

    /// Whether a checkpoint is due; asking counts as having saved one.
    func isCheckpointDue(every seconds: Double) -> Bool {
        state.with { state in
            let now = DispatchTime.now()
            guard state.status == .running, now >= state.lastCheckpoint + seconds else { return false }
            state.lastCheckpoint = now
            return true
        }
    }

    // MARK: Orders

    /// Ends it at its next boundary; see ``stopStatus``.
    func stop(as status: TrialStatus) {
        state.with { $0.stopStatus = status }
        link.stop()
    }

    /// What a stop means for its status.
    var stopStatus: TrialStatus { state.with { $0.stopStatus } }

    /// Changes a live input at a step that is not saved yet; nil takes the next one.
    func edit(_ input: String, to text: String, from step: Int? = nil, by source: Edit.Source) {
        state.with { state in
            if let tail = state.savedTail, !tail.isCaughtUp {
                state.heldEdits.append(HeldEdit(input: input, text: text, step: step, source: source))
            } else {
                link.edit(input, to: text, from: step, by: source)
            }
        }
    }

    /// Adds an edit, which is saved, to what a trial that has not begun is to apply.
    ///
    /// - Returns: the edit; nil when it changes nothing.
    func plan(_ input: String, to text: String, from step: Int, by source: Edit.Source) -> Edit? {
        state.with { state in
            let earlier = state.edits.last { $0.input == input && $0.step <= step }
            let edit = Edit(
                step: step, input: input, text: text, before: earlier?.text ?? inputs[input] ?? "",
                by: source)
            guard edit.before != text else { return nil }
            state.edits.append(edit)
            var tail =
                state.savedTail
                ?? SavedTail(
                    points: method.metrics.map { _ in [] }, events: [], edits: [], through: record.through)
            tail.expect(edit)
            state.savedTail = tail
            return edit
        }
    }

    /// Whether it has not begun.
    var isQueued: Bool { state.with { $0.status == .queued } }

    /// Whether it stands at a boundary, held by this holder, and does not begin another step.
    func isHeld(by holder: TrialLink.Holder) -> Bool { state.with { $0.holders.contains(holder) } }
}
