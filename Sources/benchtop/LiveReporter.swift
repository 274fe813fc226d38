import Foundation
import SessionControl
import Panes
import Store
import Terminal

/// A few lines in the terminal, drawn again in place: per arm its curve, its main metric, pace and what is saved.
final class LiveReporter: Reporter {
    private let session: SessionRecord
    private var progress: [TrialProgress]
    private var curves: [Int64: [Double]] = [:]
    private var trouble: String?
    private let lines = LiveLines()
    /// Values of a curve that are kept; when there are more, every other one goes.
    private static let mostValues = 4096

    init(_ session: SessionRecord, _ progress: [TrialProgress]) {
        self.session = session
        self.progress = progress
    }

    func begin() { Output.line(ProgressText.heading(session) + " Ctrl-C stops after a checkpoint.") }

    func tell(_ news: News) -> Bool {
        for index in progress.indices { progress[index].take(news, at: ProgressText.now) }
        if case .said(let trial, let batch) = news {
            let values = batch.points.filter { $0.metric == 0 }.map(\.value)
            curves[trial, default: []] += values
            if let curve = curves[trial], curve.count > Self.mostValues {
                curves[trial] = stride(from: 0, to: curve.count, by: 2).map { curve[$0] }
            }
        }
        if case .storeTrouble(let sentence) = news { trouble = sentence }
        return true
    }

    func refresh() {
        guard LiveLines.canMove else { return }
        var text = shown.flatMap(lines(of:))
        if let trouble { text.append(trouble) }
        lines.draw(text)
    }

    func end() {
        refresh()
        if let trouble { Output.complain(trouble) }
        lines.finish()
    }

    /// All trials of a small session; of a large one those that run, and the last that ended.
    private var shown: [TrialProgress] {
        if progress.count <= 6 { return progress }
        let active = progress.filter { !$0.status.isFinal && $0.status != .queued }
        return progress.filter(\.status.isFinal).suffix(4) + active
    }

    private func lines(of trial: TrialProgress) -> [String] {
        let name = "\(trial.trial.arm) seed \(trial.trial.seed)"
        let metric = session.metrics.first?.name ?? ""
        let value = (trial.last.first ?? nil).map { "\(metric) \($0.brief)" } ?? ""
        let state = ProgressText.state(trial)
        let left = [name.padded(to: nameWidth), state.padded(to: 22), value.padded(to: metric.count + 9)]
            .joined(separator: " ")
        let room = max(8, min(40, lines.width - left.count - 2))
        let curve = Sparkline.text(curves[trial.trial.id] ?? [], width: room)
        let second = "  " + ProgressText.pace(trial)
        return [left + " " + curve] + (second.count > 2 ? [second] : [])
    }

    private var nameWidth: Int { progress.map { "\($0.trial.arm) seed \($0.trial.seed)".count }.max() ?? 0 }
}

extension String {
    /// The text with spaces up to a width.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - TextWidth.of(self)))
    }
}
