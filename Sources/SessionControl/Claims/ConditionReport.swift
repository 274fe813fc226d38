import Base
import MethodKit

/// A condition and what the seeds of a session say about it.
public struct ConditionReport: Sendable {
    /// One seed.
    public struct Row: Sendable, Equatable {
        /// The seed.
        public let seed: UInt64
        /// One value a term: the last of its metric, of the best arm where a term names several.
        public let values: [Double]
        /// Their weighted sum, on the condition's scale.
        public let value: Double
    }

    /// A seed without a value.
    public struct Gap: Sendable, Equatable {
        /// Why there is none.
        public enum Reason: Sendable, Equatable {
            /// Trials of these arms have not finished, or said nothing of the metric.
            case unfinished(arms: [String])
            /// A logarithm of this value was asked for.
            case notPositive(Double, metric: String, of: String)
        }
        /// The seed.
        public let seed: UInt64
        /// Why it has no value.
        public let reason: Reason

        /// A seed and why it has no value.
        public init(seed: UInt64, reason: Reason) { (self.seed, self.reason) = (seed, reason) }
    }

    /// The condition.
    public let condition: Condition
    /// The seeds that have a value, in order.
    public let rows: [Row]
    /// The seeds that have none, in order.
    public let gaps: [Gap]
    /// The arms that the condition reads and the session did not run.
    public let notRun: [String]
    /// What the seeds with a value alone would say; ``verdict`` is what may be told.
    public let judgement: Judgement

    /// The verdict: none before all seeds are in, for what two of five seeds say is chosen by which ended first.
    public var verdict: Judgement.Verdict { gaps.isEmpty ? judgement.verdict : .undecided }

    /// Judges a condition by the last values of its metrics.
    ///
    /// - Parameters:
    ///   - condition: the condition.
    ///   - arms: those that were run.
    ///   - seeds: those that it is tested on, in order.
    ///   - value: last value of a metric in the finished trial of an arm and a seed; nil when there is none.
    init(
        _ condition: Condition, arms: [String], seeds: [UInt64],
        value: (_ metric: Metric, _ arm: String, _ seed: UInt64) -> Double?
    ) {
        var rows: [Row] = [], gaps: [Gap] = []
        for seed in seeds {
            switch condition.row(seed, value) {
            case .success(let row): rows.append(row)
            case .failure(let reason): gaps.append(Gap(seed: seed, reason: reason))
            }
        }
        self.condition = condition
        (self.rows, self.gaps) = (rows, gaps)
        notRun = condition.arms.filter { !arms.contains($0) }
        judgement = Judgement(rows.map(\.value), of: condition)
    }
}

extension ConditionReport.Gap.Reason: Error {}

extension Condition {
    /// The values of one seed and what they come to.
    fileprivate func row(
        _ seed: UInt64, _ value: (Metric, String, UInt64) -> Double?
    ) -> Result<ConditionReport.Row, ConditionReport.Gap.Reason> {
        let values = terms.map { term in
            term.side.value(of: term.metric) { value(term.metric, $0, seed) }
        }
        let found = values.compactMap { $0 }
        guard found.count == terms.count else {
            let arms = terms.flatMap { term in term.side.arms.filter { value(term.metric, $0, seed) == nil } }
            return .failure(.unfinished(arms: arms.unique))
        }
        if let sum = self.value(of: found) {
            return .success(ConditionReport.Row(seed: seed, values: found, value: sum))
        }
        let place = found.firstIndex { !($0 > 0) } ?? 0
        return .failure(
            .notPositive(found[place], metric: terms[place].metric.name, of: terms[place].side.name))
    }
}
