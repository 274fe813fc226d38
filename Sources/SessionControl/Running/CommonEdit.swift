import MethodKit
import Store

/// An edit of several trials that begins at one step in all of them.
///
/// They are held at their next boundaries, for as long as the slowest one's step takes; then the step after the
/// furthest of them is the first that none has begun.
struct CommonEdit {
    /// The trials, some of which may not have begun.
    let trials: [RunningTrial]
    let input, text: String
    let source: Edit.Source

    /// Whether no trial begins another step.
    var isAgreed: Bool { trials.allSatisfy { $0.isQueued || $0.isCutOff || $0.isHeld(by: .edit) } }

    /// Whether it is an edit of this trial.
    func takes(_ trial: RunningTrial) -> Bool { trials.contains { $0 === trial } }

    /// The first step that none of them has begun.
    var step: Int { trials.map(\.nextStep).max() ?? 1 }
}

extension SessionController {
    /// Holds an edit's trials on their way to a common step.
    func begin(_ edit: CommonEdit) {
        state.with { $0.commonEdits.append(edit) }
        for trial in edit.trials where !trial.isQueued { trial.link.pause(for: .edit) }
        runner.roundSoon()
    }

    /// Applies the edits that all their trials wait for.
    ///
    /// - Returns: whether others are still on their way.
    func applyCommonEdits() -> Bool {
        let edits = state.with { state in
            // A trial that has ended takes no part any more.
            let open = state.trials.filter { state.endings[$0.key] == nil }
            state.commonEdits = state.commonEdits.map { edit in
                CommonEdit(
                    trials: edit.trials.filter { open[$0.record.id] != nil }, input: edit.input,
                    text: edit.text,
                    source: edit.source)
            }
            defer { state.commonEdits.removeAll(where: \.isAgreed) }
            return state.commonEdits.filter(\.isAgreed)
        }
        for edit in edits { apply(edit) }
        let left = state.with { $0.commonEdits }
        // One that is held for another edit too stays where it is.
        for trial in edits.flatMap(\.trials) where !left.contains(where: { $0.takes(trial) }) {
            trial.link.goOn(for: .edit)
        }
        return !left.isEmpty
    }

    private func apply(_ edit: CommonEdit) {
        let step = edit.step
        for trial in edit.trials {
            if trial.isQueued {
                announce(edit, from: step, in: trial)
            } else {
                trial.edit(edit.input, to: edit.text, from: step, by: edit.source)
            }
        }
    }

    /// A trial that has not begun cannot say itself that it will change; it is saved in its name.
    private func announce(_ edit: CommonEdit, from step: Int, in trial: RunningTrial) {
        guard let now = trial.plan(edit.input, to: edit.text, from: step, by: edit.source) else { return }
        var batch = TrialLink.Batch()
        batch.events = [
            TimedEvent(step: trial.record.through, elapsed: trial.record.elapsed, event: .edit(now))
        ]
        committer.add(TrialBatch(trial: trial.record.id, events: batch.events))
        onEvent(.said(trial: trial.record.id, batch))
    }
}
