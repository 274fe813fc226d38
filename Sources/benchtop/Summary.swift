import Foundation
import Terminal
import MethodKit
import SessionControl
import Store

/// What a session came to, as a table: one row a metric, one column an arm.
struct Summary {
    private let session: SessionRecord
    private let trials: [TrialRecord]
    private let store: SessionStore

    init(_ session: SessionRecord, _ trials: [TrialRecord], _ store: SessionStore) {
        self.session = session
        self.trials = trials
        self.store = store
    }

    /// Writes the table to standard output.
    func show() {
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
        table.show()
    }

    /// One value, or mean and interval over several seeds.
    static func text(_ cell: Comparison.Cell) -> String {
        let interval = cell.interval
        guard cell.values.count > 1 else { return interval.mean.brief }
        return "\(interval.mean.brief) [\(interval.low.brief), \(interval.high.brief)]"
    }
}
