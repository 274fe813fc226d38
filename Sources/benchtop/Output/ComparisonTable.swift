import MethodKit
import SessionControl
import SessionViews
import TextLayout

/// A comparison for people and for programs: inputs that differ, edits, values by metric, and who is better.
struct ComparisonTable {
    private let comparison: Comparison
    private let headline: Metric?

    init(_ comparison: Comparison, headline: Metric?) {
        self.comparison = comparison
        self.headline = headline
    }

    // MARK: For people

    func show() {
        showInputs()
        showEdits()
        Output.line()
        showValues()
        Output.line()
        for contest in contests { Output.line(contest.sentence) }
        if contests.isEmpty { Output.line("It cannot be told who is better: \(reason).") }
        if !isSameForAll { Output.line("Inputs were changed while some of it ran.") }
    }

    private func showInputs() {
        guard !comparison.inputs.isEmpty else { return _ = Output.line("All inputs are equal.") }
        var inputs = Columns(row: ["INPUT"] + comparison.sessions.map(\.shortID))
        for (name, values) in comparison.inputs { inputs.add([name] + values.map { $0 ?? "none" }) }
        inputs.show()
    }

    private func showEdits() {
        for (session, edits) in zip(comparison.sessions, comparison.edits) {
            for (trial, edit) in edits {
                Output.line("Session \(session.shortID), \(trial.arm) seed \(trial.seed): \(edit.sentence)")
            }
        }
    }

    private func showValues() {
        var table = Columns("METRIC", "ARM", "SESSION", "MEAN [95 %]", "DIFFERENCE [95 %]")
        for row in rows {
            let mean =
                row.low.isNaN ? row.mean.brief : "\(row.mean.brief) [\(row.low.brief), \(row.high.brief)]"
            table.add([row.metric, row.arm, row.session, mean, row.differenceText])
        }
        table.show()
    }

    private var isSameForAll: Bool { comparison.edits.allSatisfy(\.isEmpty) }

    private var reason: String {
        headline.map { "the sessions share no arm with a value of \($0.name)" }
            ?? "the sessions share no metric that says so"
    }

    // MARK: For programs

    private struct EditRow: Encodable {
        var kind = "edit"
        let session: String, trial: Int64, arm: String, seed: UInt64, step: Int
        let input: String, before: String, text: String
    }

    private struct ContestRow: Encodable {
        var kind = "better"
        let metric: String, first: String, second: String
        let better: String?
        let by: Double, low: Double, high: Double
        let seeds: [UInt64]
        let sentence: String
    }

    func showJSON() throws {
        let ids = comparison.sessions.map(\.shortID)
        for (name, values) in comparison.inputs {
            try Output.json(
                ["kind": "input", "name": name].merging(zip(ids, values.map { $0 ?? "" })) { a, _ in a })
        }
        for (session, edits) in zip(comparison.sessions, comparison.edits) {
            for (trial, edit) in edits {
                try Output.json(
                    EditRow(
                        session: session.shortID, trial: trial.id, arm: trial.arm, seed: trial.seed,
                        step: edit.step, input: edit.input, before: edit.before, text: edit.text))
            }
        }
        for row in rows { try Output.json(row) }
        for contest in contests { try Output.json(record(contest)) }
    }

    private func record(_ contest: Contest) -> ContestRow {
        let interval = contest.interval
        let better: String? =
            switch contest.answer {
            case .first: contest.first.name
            case .second: contest.second.name
            case .equal, .unknown: nil
            }
        return ContestRow(
            metric: contest.metric.name, first: contest.first.name, second: contest.second.name,
            better: better, by: interval.mean, low: interval.low, high: interval.high, seeds: contest.seeds,
            sentence: contest.sentence)
    }

    // MARK: Rows

    private var contests: [Contest] {
        guard let headline else { return [] }
        return comparison.sessions.indices.dropFirst().flatMap { comparison.contests(headline, $0) }
    }

    /// The headline first, then the metrics as the method declares them; arms and sessions as they came.
    private var rows: [ComparisonRow] {
        let metrics =
            ([headline].compactMap { $0?.name } + comparison.sessions.flatMap(\.metrics).map(\.name))
            .unique
        let arms = comparison.cells.joined().map(\.arm).unique
        return metrics.flatMap { metric in
            arms.flatMap { arm in
                comparison.sessions.indices.compactMap { ComparisonRow(comparison, $0, arm, metric) }
            }
        }
    }
}

/// One metric of one arm of one session, and its difference to the first session's.
private struct ComparisonRow: Encodable {
    let session: String, arm: String, metric: String
    let values: [String: Double]
    let mean: Double, low: Double, high: Double
    /// Against the first session, where arm and seeds are shared.
    let difference: Double?, differenceLow: Double?, differenceHigh: Double?, signTest: Double?
    let pairs: Int

    /// The row; nil when the session has no such value.
    init?(_ comparison: Comparison, _ session: Int, _ arm: String, _ metric: String) {
        guard
            let cell = comparison.cells[session].first(where: { $0.arm == arm && $0.metric.name == metric })
        else { return nil }
        let paired = session == 0 ? [] : comparison.paired(session)
        let differences =
            paired.first { $0.arms.1 == arm && $0.metric.name == metric }?.differences ?? []
        let effect = Statistics.interval(of: differences)
        (self.arm, self.metric, self.session) = (arm, metric, comparison.sessions[session].shortID)
        values = Dictionary(uniqueKeysWithValues: cell.values.map { ("\($0.key)", $0.value) })
        (mean, low, high) = cell.interval
        difference = differences.isEmpty ? nil : effect.mean
        differenceLow = differences.count < 2 ? nil : effect.low
        differenceHigh = differences.count < 2 ? nil : effect.high
        signTest = differences.isEmpty ? nil : Statistics.signTest(differences)
        pairs = differences.count
    }

    var differenceText: String {
        guard let mean = difference else { return "" }
        guard let low = differenceLow, let high = differenceHigh else { return mean.brief }
        return "\(mean.brief) [\(low.brief), \(high.brief)]"
    }
}
