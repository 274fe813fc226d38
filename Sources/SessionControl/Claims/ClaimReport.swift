import Base
import MethodKit
import Store

/// A claim and what a session says about it.
public struct ClaimReport: Sendable {
    /// The claim.
    public let claim: Claim
    /// What is said of each of its conditions, in their order.
    public let conditions: [ConditionReport]
    /// What is said of the idea against each of its controls, in their order.
    public let controls: [ControlReport]
    /// The session's seeds, in order.
    public let seeds: [UInt64]

    /// The first condition's.
    public var headline: ConditionReport { conditions[0] }

    /// The seeds for which all conditions have a value.
    public var complete: [UInt64] {
        seeds.filter { seed in !conditions.contains { $0.gaps.contains { $0.seed == seed } } }
    }

    /// The worst condition's verdict: all must be met, and no correction is needed for that, see `Claim`.
    public var verdict: Judgement.Verdict {
        conditions.map(\.verdict).reduce(.holds) { $1.isWorse(than: $0) ? $1 : $0 }
    }

    /// The control against which the idea does worst: by what is found, and of equals by the mean effect.
    public var strongest: ControlReport? {
        controls.min { a, b in
            a.standing == b.standing ? a.advantage < b.advantage : a.standing < b.standing
        }
    }

    /// The verdict, with the strongest control's beside it.
    public var finding: ClaimFinding { ClaimFinding(self) }

    /// Judges a claim by the last values of its metrics.
    ///
    /// - Parameters:
    ///   - claim: the claim.
    ///   - arms: those that were run.
    ///   - seeds: those that it is tested on here.
    ///   - value: last value of a metric in the finished trial of an arm and a seed; nil when there is none.
    public init(
        _ claim: Claim, arms: [String], seeds: some Collection<UInt64>,
        value: (_ metric: Metric, _ arm: String, _ seed: UInt64) -> Double?
    ) {
        let seeds = Set(seeds).sorted()
        func report(_ condition: Condition) -> ConditionReport {
            ConditionReport(condition, arms: arms, seeds: seeds, value: value)
        }
        self.claim = claim
        self.seeds = seeds
        conditions = claim.conditions.map(report)
        controls = claim.controls.map { ControlReport(control: $0, report: report($0.condition)) }
    }

    /// Reads a session's finished trials.
    ///
    /// - Throws: `StoreError`.
    public init(_ claim: Claim, in session: SessionRecord, store: SessionStore) throws {
        let trials = try store.trials(of: session.id), needed = claim.arms
        var values: [String: [String: [UInt64: Double]]] = [:]
        for trial in trials where trial.status == .finished && needed.contains(trial.arm) {
            for metric in claim.metrics {
                guard let place = session.metrics.firstIndex(where: { $0.name == metric.name }) else {
                    continue
                }
                values[metric.name, default: [:]][trial.arm, default: [:]][trial.seed] =
                    try store.lastValue(of: trial.id, metric: place)?.value
            }
        }
        self.init(claim, arms: trials.map(\.arm).unique, seeds: trials.map(\.seed)) { metric, arm, seed in
            values[metric.name]?[arm]?[seed]
        }
    }
}

/// A control and what the seeds say of the idea against it.
public struct ControlReport: Sendable {
    /// What is known, the worst for the idea first.
    public enum Standing: Int, Sendable, Comparable {
        /// The idea is worse than the control.
        case behind
        /// Neither better nor worse is shown.
        case notBeyond
        /// The control's seeds are not all in, or it was not run.
        case unknown
        /// The idea is better than the control.
        case beyond

        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// The control.
    public let control: Control
    /// What is said of its condition.
    public let report: ConditionReport

    /// What is known.
    public var standing: Standing {
        switch report.verdict {
        case .holds: .beyond
        case .directionOnly, .notShown: .notBeyond
        case .undecided: .unknown
        case .contradicted: .behind
        }
    }

    /// The mean effect in the direction of the bound, on the condition's scale; NaN before the first seed.
    var advantage: Double {
        if case .below = control.condition.bound { return -report.judgement.mean }
        return report.judgement.mean
    }

    /// What stands beside a verdict: "beyond `preferred`", "`preferred` not run".
    public var words: String {
        switch standing {
        case .beyond: "beyond \(control.name)"
        case .notBeyond: "not beyond \(control.name)"
        case .behind: "behind \(control.name)"
        case .unknown where !report.notRun.isEmpty:
            "\(report.notRun.map { "`\($0)`" }.joined(separator: ", ")) not run"
        case .unknown: "\(control.name) undecided"
        }
    }
}
