import Foundation
import MethodKit
import Store

/// Sessions side by side: in what their inputs differ, and what each metric came to.
public struct Comparison: Sendable {
    /// The last values of one metric over the seeds of one arm.
    public struct Cell: Sendable {
        /// The arm.
        public let arm: String
        /// The metric.
        public let metric: Metric
        /// Last value by seed, of trials that have one.
        public let values: [UInt64: Double]
        /// Those of them whose trial has finished: the others were cut off at steps of their own.
        public let finished: Set<UInt64>

        /// Mean over the seeds with its 95 % interval.
        public var interval: (mean: Double, low: Double, high: Double) {
            Statistics.interval(of: values.keys.sorted().compactMap { values[$0] })
        }
    }

    /// One arm of one session against one of another, paired by seed.
    public struct Paired: Sendable {
        /// The arm of the first session, and that of the other.
        public let arms: (String, String)
        /// The metric.
        public let metric: Metric
        /// Other minus first, for each seed that both have.
        public let differences: [Double]
    }

    /// The sessions, as given.
    public let sessions: [SessionRecord]
    /// Values of the inputs that are not the same everywhere, in the sessions' order; nil where there is none.
    public let inputs: [(name: String, values: [String?])]
    /// For each session, its cells by arm and metric.
    public let cells: [[Cell]]

    /// For each session, the changes of live inputs with the trial in which they happened.
    public let edits: [[(trial: TrialRecord, edit: Edit)]]

    /// Reads the last values of all trials.
    ///
    /// - Throws: `StoreError`.
    public init(_ sessions: [SessionRecord], store: SessionStore) throws {
        self.sessions = sessions
        let names = Set(sessions.flatMap(\.inputs.keys)).sorted()
        inputs = names.compactMap { name in
            let values = sessions.map { $0.inputs[name] }
            return Set(values).count > 1 ? (name, values) : nil
        }
        edits = try sessions.map { session in
            try store.trials(of: session.id).flatMap { trial in
                try store.edits(of: trial.id).map { (trial, $0) }
            }
        }
        cells = try sessions.map { try Self.cells(of: $0, store) }
    }

    private static func cells(of session: SessionRecord, _ store: SessionStore) throws -> [Cell] {
        let trials = try store.trials(of: session.id)
        var arms: [String] = []
        for trial in trials where !arms.contains(trial.arm) { arms.append(trial.arm) }
        return try arms.flatMap { arm in
            try session.metrics.enumerated().compactMap { index, metric in
                var values: [UInt64: Double] = [:]
                for trial in trials where trial.arm == arm {
                    values[trial.seed] = try store.lastValue(of: trial.id, metric: index)?.value
                }
                let finished = Set(trials.filter { $0.arm == arm && $0.status == .finished }.map(\.seed))
                return values.isEmpty
                    ? nil : Cell(arm: arm, metric: metric, values: values, finished: finished)
            }
        }
    }

    /// Who is better on a metric, the first session or another: for each arm that both ran; where they share none and
    /// ran one each, for these two.
    ///
    /// - Parameters:
    ///   - metric: one that both report.
    ///   - other: place of the other session.
    /// - Returns: the contests, the other session named first.
    public func contests(_ metric: Metric, _ other: Int) -> [Contest] {
        let ours = cells[0].filter { $0.metric.name == metric.name }
        let theirs = cells[other].filter { $0.metric.name == metric.name }
        let shared = ours.compactMap { cell in theirs.first { $0.arm == cell.arm }.map { ($0, cell) } }
        let pairs = shared.isEmpty && ours.count == 1 && theirs.count == 1 ? [(theirs[0], ours[0])] : shared
        return pairs.map { Contest(metric, side($0, other), side($1, 0)) }
    }

    private func side(_ cell: Cell, _ session: Int) -> Contest.Side {
        Contest.Side(
            "\(cell.arm) of \(sessions[session].shortID)",
            cell.values.filter { cell.finished.contains($0.key) })
    }

    /// The arms of the first session against the same arms of each other one, paired by seed.
    public func paired(_ other: Int) -> [Paired] {
        cells[0].compactMap { first in
            guard
                let second = cells[other].first(where: {
                    $0.arm == first.arm && $0.metric.name == first.metric.name
                })
            else { return nil }
            let seeds = first.values.keys.filter { second.values[$0] != nil }.sorted()
            let differences = seeds.compactMap { seed in
                second.values[seed].flatMap { b in first.values[seed].map { b - $0 } }
            }
            return differences.isEmpty
                ? nil : Paired(arms: (first.arm, second.arm), metric: first.metric, differences: differences)
        }
    }
}
