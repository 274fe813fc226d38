import Base
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store

/// Shows a running session on standard output.
protocol Reporter: AnyObject {
    /// Before the first event.
    func begin()
    /// Takes an event; false when nobody reads any more.
    func tell(_ event: ControllerEvent) -> Bool
    /// Called about ten times a second.
    func refresh()
    /// After the last event.
    func end()
}

/// One JSON object a line.
final class JSONReporter: Reporter {
    private let head: Records.Session
    private var records: LiveRecords

    init(_ view: SessionView, _ trials: [TrialRecord]) {
        head = Records.Session(view.record, trials: trials)
        records = LiveRecords(view, trials) { Machine.peakMemory }
    }

    func begin() { _ = show([head]) }
    func refresh() {}
    func end() {}

    func tell(_ event: ControllerEvent) -> Bool {
        if case .storeTrouble(let sentence?) = event { Output.complain(sentence) }
        return show(records.take(event))
    }

    private func show(_ records: [any Encodable]) -> Bool {
        let lines = records.compactMap { try? Records.line($0) + "\n" }
        return lines.isEmpty || Output.write(lines.joined(), to: STDOUT_FILENO)
    }
}

/// One line of progress a second at most, for pipes and files.
final class LineReporter: Reporter {
    private var view: SessionView
    private var shown = -Double.infinity

    init(_ view: SessionView) { self.view = view }

    func begin() { Output.line(ProgressText.heading(view.record)) }

    func tell(_ event: ControllerEvent) -> Bool {
        view.take(PreparedEvent(event))
        if case .storeTrouble(let sentence?) = event { Output.complain(sentence) }
        return true
    }

    func refresh() {
        let now = Uptime.seconds
        guard now - shown >= 1, let trial = view.trials.last(where: { $0.status == .running }) else {
            return
        }
        shown = now
        Output.line(ProgressText.line(trial, view.record, peakMemory: Machine.peakMemory))
    }

    func end() {}
}
