import Base
import MethodKit
import SessionControl
import TextLayout

extension Condition {
    /// A value for people; on the logarithmic scale as a factor.
    public func text(_ value: Double) -> String { shown(value).brief }

    /// Mean and interval: "0.361 [0.312, 0.41]", "factor 0.8 [0.745, 0.857]"; the mean alone where there is no interval.
    public func text(_ judgement: Judgement, hasInterval: Bool = true) -> String {
        let factor = scale == .log ? "factor " : ""
        guard hasInterval, !judgement.low.isNaN else { return factor + text(judgement.mean) }
        return factor + "\(text(judgement.mean)) [\(text(judgement.low)), \(text(judgement.high))]"
    }

    /// What is asked for: "above 0.15", "within 0.7 to 1.3".
    public var boundText: String {
        switch bound {
        case .above(let end): "above \(end.brief)"
        case .below(let end): "below \(end.brief)"
        case .within(let range): "within \(range.lowerBound.brief) to \(range.upperBound.brief)"
        }
    }
}

extension ConditionReport {
    /// Mean and interval, once all seeds are in; the interval of a part of them would be read as the answer.
    public var effectText: String {
        if !notRun.isEmpty { return "\(notRun.map { "`\($0)`" }.joined(separator: ", ")) not run" }
        return rows.isEmpty ? "no seed yet" : condition.text(judgement, hasInterval: gaps.isEmpty)
    }

    /// Its name with what was found: "success: kto over sft 0.361 [0.312, 0.41]".
    public var text: String { "\(condition.name) \(effectText)" }
}

extension ConditionReport.Gap {
    /// Which seed, and why it has no value.
    public var text: String { "\(seed) (\(reasonText))" }

    /// Why it has no value.
    public var reasonText: String {
        switch reason {
        case .unfinished(let arms): "\(arms.joined(separator: ", ")) not finished"
        case .notPositive(let value, let metric, let side):
            "\(metric) of \(side) is \(value.brief), which has no logarithm"
        }
    }
}

extension ClaimReport {
    /// The number over the paper's own baseline, which is what the claim says, and the one over the strongest control, which
    /// is what the idea is worth: every condition with its interval, then the control.
    public var numbers: String {
        (conditions.map(\.text) + [strongest?.report.text ?? "no control"]).joined(separator: "; ")
    }
}
