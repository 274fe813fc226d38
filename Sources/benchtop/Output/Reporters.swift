import Base
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store

/// Shows a running session on standard output.
protocol Reporter: AnyObject {
    /// Before the first news.
    func begin()
    /// Takes news; false when nobody reads any more.
    func tell(_ news: ControllerEvent) -> Bool
    /// Called about ten times a second.
    func refresh()
    /// After the last news.
    func end()
}

/// One JSON object a line.
final class JSONReporter: Reporter {
    private let session: SessionRecord
    private let trials: [TrialRecord]
    private var last: [Int64: [String: Double]] = [:]

    init(_ session: SessionRecord, _ trials: [TrialRecord]) {
        self.session = session
        self.trials = trials
    }

    func begin() { _ = show([Records.Session(session, trials: trials)]) }
    func refresh() {}
    func end() {}

    func tell(_ news: ControllerEvent) -> Bool {
        switch news {
        case .said(let id, let batch): return show(records(of: batch, trial: id))
        case .saved(let id, let through): return show([Records.Saved(trial: id, through: through)])
        case .status(let id, let status, let message):
            guard status.isFinal, let trial = trials.first(where: { $0.id == id }) else { return true }
            return show([
                Records.End(
                    trial: id, arm: trial.arm, seed: trial.seed, status: status.rawValue, message: message,
                    summary: last[id] ?? [:])
            ])
        case .refused: return true
        case .storeTrouble(let sentence):
            if let sentence { Output.complain(sentence) }
            return true
        }
    }

    /// Points and events in the order of their steps.
    private func records(of batch: TrialLinkBatch, trial id: Int64) -> [any Encodable] {
        let arm = trials.first { $0.id == id }?.arm ?? ""
        var events = batch.events[...]
        var records: [any Encodable] = []
        for point in batch.points {
            while let event = events.first, event.step < point.step {
                records.append(Records.of(events.removeFirst(), trial: id))
            }
            let name = session.metrics[point.metric].name
            last[id, default: [:]][name] = point.value
            records.append(
                Records.Metric(
                    trial: id, arm: arm, name: name, step: point.step, value: point.value,
                    elapsed: point.elapsed))
        }
        return records + events.map { Records.of($0, trial: id) }
    }

    private func show(_ records: [any Encodable]) -> Bool {
        let lines = records.compactMap { try? Output.jsonText($0) + "\n" }
        return lines.isEmpty || Output.write(lines.joined(), to: STDOUT_FILENO)
    }
}

/// What a trial said since the last time.
typealias TrialLinkBatch = TrialLink.Batch

/// One line of progress a second at most, for pipes and files.
final class LineReporter: Reporter {
    private var view: SessionView
    private var shown = -Double.infinity

    init(_ view: SessionView) { self.view = view }

    func begin() { Output.line(ProgressText.heading(view.record)) }

    func tell(_ news: ControllerEvent) -> Bool {
        view.take(news)
        if case .storeTrouble(let sentence?) = news { Output.complain(sentence) }
        return true
    }

    func refresh() {
        let now = Uptime.seconds
        guard now - shown >= 1, let trial = view.trials.last(where: { $0.status == .running }) else {
            return
        }
        shown = now
        Output.line(ProgressText.line(trial, view.record))
    }

    func end() {}
}
