import MethodKit
import SessionControl
import SessionViews
import Store

/// A claim's report as one JSON object.
struct ClaimRecord: Encodable {
    var kind = "claim"
    let method: String, session: String, preset: String, claim: String
    /// In words, with the strongest control's; and whether the claim holds by itself.
    let verdict: String
    let holds: Bool
    let conditions: [Condition]
    let controls: [Control]
    let noControl: String, equalCompute: String
    let seeds: [UInt64]

    init(_ report: ClaimReport, _ session: SessionRecord) {
        (method, preset, self.session) = (session.method, session.preset, session.shortID)
        (claim, noControl) = (report.claim.sentence, report.claim.noControl)
        equalCompute = report.claim.equalCompute
        (verdict, holds) = (report.finding.text, report.verdict == .holds)
        conditions = report.conditions.map(Condition.init)
        controls = report.controls.map(Control.init)
        seeds = report.seeds
    }

    /// A condition and what its seeds say; on the logarithmic scale bound, values and ends are factors.
    struct Condition: Encodable {
        struct Seed: Encodable { let seed: UInt64, values: [Double], value: Double }
        struct Missing: Encodable { let seed: UInt64, reason: String }

        let name: String
        let terms: [TermRecord]
        let scale: MethodKit.Condition.Scale
        let bound: BoundRecord
        let interval: String
        let seeds: [Seed]
        let missing: [Missing]
        let notRun: [String]
        let mean: Double, low: Double, high: Double
        let signTest: Double?
        let verdict: String

        init(_ report: ConditionReport) {
            let condition = report.condition, judgement = report.judgement
            (name, scale, interval) = (condition.name, condition.scale, condition.interval.rawValue)
            (terms, bound) = (condition.terms.map(TermRecord.init), BoundRecord(condition.bound))
            seeds = report.rows.map {
                Seed(seed: $0.seed, values: $0.values, value: condition.shown($0.value))
            }
            missing = report.gaps.map { Missing(seed: $0.seed, reason: $0.reasonText) }
            notRun = report.notRun
            (mean, low, high) = (
                condition.shown(judgement.mean), condition.shown(judgement.low),
                condition.shown(judgement.high)
            )
            (signTest, verdict) = (judgement.signTest, report.verdict.rawValue)
        }
    }

    /// A control and what the seeds say of the idea against it.
    struct Control: Encodable {
        let arms: [String]
        /// In words: "not beyond `preferred`".
        let verdict: String
        let condition: Condition

        init(_ report: ControlReport) {
            (arms, verdict) = (report.control.side.arms, report.words)
            condition = Condition(report.report)
        }
    }
}

/// A term of a condition; several arms are the best of them, seed by seed.
struct TermRecord: Encodable {
    let weight: Double, metric: String, arms: [String]

    init(_ term: Condition.Term) {
        (weight, metric, arms) = (term.weight, term.metric.name, term.side.arms)
    }
}

/// A condition's bound: what it lies above, below, or between.
struct BoundRecord: Encodable {
    private(set) var above: Double?
    private(set) var below: Double?

    init(_ bound: Condition.Bound) {
        switch bound {
        case .above(let end): above = end
        case .below(let end): below = end
        case .within(let range): (above, below) = (range.lowerBound, range.upperBound)
        }
    }
}
