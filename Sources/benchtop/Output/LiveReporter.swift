import Foundation
import SessionControl
import SessionViews
import Store
import Terminal
import TextLayout

/// A few lines in the terminal, drawn again in place: per arm its curve, its main metric, pace and what is saved.
final class LiveReporter: Reporter {
    private var view: SessionView
    private var trouble: String?
    private let lines = LiveLines()

    init(_ view: SessionView) { self.view = view }

    func begin() { Output.line(ProgressText.heading(view.record) + " Ctrl-C stops after a checkpoint.") }

    func tell(_ event: ControllerEvent) -> Bool {
        view.take(PreparedEvent(event))
        if case .storeTrouble(let sentence) = event { trouble = sentence }
        return true
    }

    func refresh() {
        guard LiveLines.canMove else { return }
        var text = shown.flatMap(lines(of:))
        text.append("  " + ProgressText.memory(Machine.peakMemory))
        if let trouble { text.append(trouble) }
        lines.draw(text)
    }

    func end() {
        refresh()
        if let trouble { Output.complain(trouble) }
        lines.finish()
    }

    /// All trials of a small session; of a large one those that run, and the last that ended.
    private var shown: [TrialView] {
        if view.trials.count <= 6 { return view.trials }
        let active = view.trials.filter { !$0.status.isFinal && $0.status != .queued }
        return view.trials.filter(\.status.isFinal).suffix(4) + active
    }

    private func lines(of trial: TrialView) -> [String] {
        let leading = ProgressText.leading(trial, view.record)
        let name = leading?.0.name ?? "", curve = leading?.1 ?? Curve()
        let value = curve.last.map { "\(name) \($0.brief)" } ?? ""
        let state = ProgressText.state(trial)
        let left = [
            trial.name.padded(to: nameWidth), state.padded(to: 22), value.padded(to: name.count + 9),
        ]
        .joined(separator: " ")
        let room = max(8, min(40, lines.width - left.count - 2))
        let line = left + " " + Sparkline.text(curve.buckets.map(\.mean), width: room)
        let second = "  " + ProgressText.pace(trial)
        return [line] + (second.count > 2 ? [second] : [])
    }

    private var nameWidth: Int { view.trials.map(\.name.count).max() ?? 0 }
}

extension String {
    /// The text with spaces up to a width.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - TextWidth.of(self)))
    }
}
