import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store
import TextLayout

/// `benchtop compare ID ID…`: sessions side by side.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare sessions: which inputs differ, what each metric came to, paired by seed.")

    @Argument(help: "Two or more sessions.") var sessions: [String]
    @OptionGroup var store: StoreOption
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws {
        if sessions.count < 2 { throw ValidationError("Name at least two sessions.") }
    }

    private struct Row: Encodable {
        let session: String, arm: String, metric: String
        let values: [String: Double]
        let mean: Double, low: Double, high: Double
        /// Against the first session, where arm and seeds are shared.
        let difference: Double?, differenceLow: Double?, differenceHigh: Double?, signTest: Double?
        let pairs: Int
    }

    func run() throws {
        let store = try store.open()
        let found = try sessions.map { try store.find($0) }
        let comparison = try Comparison(found, store: store)
        let rows = self.rows(comparison)
        if json {
            for (name, values) in comparison.inputs {
                try Output.json(
                    ["kind": "input", "name": name].merging(
                        zip(found.map(\.shortID), values.map { $0 ?? "" })
                    ) { a, _ in a })
            }
            return try rows.forEach { try Output.json($0) }
        }
        show(comparison, rows)
    }

    private func rows(_ comparison: Comparison) -> [Row] {
        comparison.cells.indices.flatMap { index in
            let paired = index == 0 ? [] : comparison.paired(index)
            return comparison.cells[index].map { cell in
                let interval = cell.interval
                let pair = paired.first { $0.arms.1 == cell.arm && $0.metric.name == cell.metric.name }
                let differences = pair?.differences ?? []
                let effect = Statistics.interval(of: differences)
                return Row(
                    session: comparison.sessions[index].shortID, arm: cell.arm, metric: cell.metric.name,
                    values: Dictionary(uniqueKeysWithValues: cell.values.map { ("\($0.key)", $0.value) }),
                    mean: interval.mean, low: interval.low, high: interval.high,
                    difference: differences.isEmpty ? nil : effect.mean,
                    differenceLow: differences.count < 2 ? nil : effect.low,
                    differenceHigh: differences.count < 2 ? nil : effect.high,
                    signTest: differences.isEmpty ? nil : Statistics.signTest(differences),
                    pairs: differences.count)
            }
        }
    }

    private func show(_ comparison: Comparison, _ rows: [Row]) {
        var inputs = Columns(row: ["INPUT"] + comparison.sessions.map(\.shortID))
        for (name, values) in comparison.inputs { inputs.add([name] + values.map { $0 ?? "none" }) }
        if comparison.inputs.isEmpty { Output.line("All inputs are equal.") } else { inputs.show() }
        Output.line()
        var table = Columns("METRIC", "ARM", "SESSION", "MEAN [95 %]", "DIFFERENCE [95 %]")
        for row in rows.sorted(by: { ($0.metric, $0.arm) < ($1.metric, $1.arm) }) {
            let mean =
                row.low.isNaN ? row.mean.brief : "\(row.mean.brief) [\(row.low.brief), \(row.high.brief)]"
            table.add([row.metric, row.arm, row.session, mean, difference(row)])
        }
        table.show()
    }

    private func difference(_ row: Row) -> String {
        guard let mean = row.difference else { return "" }
        guard let low = row.differenceLow, let high = row.differenceHigh else { return mean.brief }
        return "\(mean.brief) [\(low.brief), \(high.brief)]"
    }
}
