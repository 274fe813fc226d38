import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import Terminal
import TextLayout

/// What a session came to: what its trials said, and a table with one row a metric and one column an arm.
struct Summary {
    private let session: SessionRecord
    private let trials: [TrialRecord]
    private let store: SessionStore

    init(_ session: SessionRecord, _ trials: [TrialRecord], _ store: SessionStore) {
        self.session = session
        self.trials = trials
        self.store = store
    }

    /// Trials of which everything is said; of more, warnings and errors alone.
    private static let fewTrials = 6

    /// Writes what was said and the table to standard output.
    func show() {
        for line in remarks { Output.line(line) }
        showTable()
    }

    /// The trials' logs, each text once, after the arms that logged it.
    private var remarks: [String] {
        let least: LogLevel = trials.count > Self.fewTrials ? .warning : .info
        let levels = LogLevel.allCases.drop { $0 != least }
        var arms: [String: [String]] = [:], texts: [String] = []
        for trial in trials {
            for event in (try? store.events(of: trial.id)) ?? [] {
                guard case .log(let level, let text) = event.event, levels.contains(level) else { continue }
                arms[text, default: []].append(trial.arm)
                texts.append(text)
            }
        }
        return texts.unique.flatMap { text in
            let names = (arms[text] ?? []).unique
            let whose = trials.count > 1 ? names.joined(separator: ", ") + ": " : ""
            return Columns.wrap(whose + text, width: Columns.terminalWidth)
        }
    }

    private func showTable() {
        guard let comparison = try? Comparison([session], store: store) else { return }
        let arms = trials.map(\.arm).unique
        var table = Columns(row: ["METRIC"] + arms.map { $0.uppercased() })
        for metric in session.metrics {
            let cells = arms.map { arm in
                comparison.cells[0].first { $0.arm == arm && $0.metric.name == metric.name }
            }
            guard cells.contains(where: { $0 != nil }) else { continue }
            let name = metric.unit.isEmpty ? metric.name : "\(metric.name), \(metric.unit)"
            table.add([name] + cells.map { $0.map(Self.text) ?? "" })
        }
        if !table.isEmpty { table.show() }
    }

    /// One value, or mean and interval over several seeds.
    static func text(_ cell: Comparison.Cell) -> String {
        let interval = cell.interval
        guard cell.values.count > 1 else { return interval.mean.brief }
        return "\(interval.mean.brief) [\(interval.low.brief), \(interval.high.brief)]"
    }
}
