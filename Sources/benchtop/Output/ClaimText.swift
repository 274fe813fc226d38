import MethodKit
import SessionControl
import SessionViews
import Store
import TextLayout

/// A claim's report for people.
enum ClaimText {
    /// The sentence, a block for each condition, one for each control, and the verdict.
    static func lines(_ report: ClaimReport, _ session: SessionRecord) -> [String] {
        let claim = report.claim
        var lines = [""] + wrapped(claim.sentence)
        for condition in report.conditions {
            lines += block("Condition", condition, words: condition.verdict.rawValue)
        }
        for control in report.controls {
            lines += block("Control \(control.control.name)", control.report, words: control.words)
        }
        lines.append("")
        if !claim.noControl.isEmpty { lines += wrapped("No control. \(claim.noControl)") }
        lines += wrapped("Equal for all: \(claim.equalCompute)")
        lines += wrapped("Verdict: \(report.finding.text).")
        lines += wrapped(settings(report, session))
        return lines
    }

    /// What is compared, its seeds, what they come to, and what follows.
    private static func block(_ title: String, _ report: ConditionReport, words: String) -> [String] {
        let condition = report.condition
        var lines = [""] + wrapped("\(title): \(condition.name), \(condition.boundText)") + [""]
        guard report.notRun.isEmpty else {
            return lines + wrapped("Not run: \(report.notRun.joined(separator: ", ")).")
        }
        if !report.rows.isEmpty { lines += table(report).lines() + [""] }
        let sentence = words.prefix(1).uppercased() + words.dropFirst() + reason(report) + "."
        return lines + wrapped(effect(report)) + wrapped(sentence)
    }

    /// A column a term and one for their sum, where it is not the only term itself.
    private static func table(_ report: ConditionReport) -> Columns {
        let condition = report.condition, terms = condition.terms
        let isOneMetric = Set(terms.map(\.metric)).count == 1
        let isSum = terms.count > 1 || terms[0].weight != 1
        let heads = terms.map { term in
            (isOneMetric ? term.side.name : "\(term.metric.name) of \(term.side.name)").uppercased()
        }
        var table = Columns(row: ["SEED"] + heads + (isSum ? [sumHead(condition)] : []))
        for row in report.rows {
            table.add(
                ["\(row.seed)"] + row.values.map(\.brief) + (isSum ? [condition.text(row.value)] : []))
        }
        return table
    }

    private static func sumHead(_ condition: Condition) -> String {
        let weights = condition.terms.map(\.weight)
        if weights == [1, -1] { return condition.scale == .log ? "RATIO" : "DIFFERENCE" }
        let sum = weights.map { $0 < 0 ? $0.brief : "+\($0.brief)" }.joined(separator: " ")
        return condition.scale == .log ? "PRODUCT OF POWERS \(sum)" : "SUM OF \(sum)"
    }

    private static func effect(_ report: ConditionReport) -> String {
        guard !report.rows.isEmpty else { return "No seed has a value." }
        let condition = report.condition, judgement = report.judgement
        // An interval over a part of the seeds would be read as the answer.
        let hasInterval = report.gaps.isEmpty && !judgement.low.isNaN
        let interval =
            hasInterval
            ? ", \(condition.interval.rawValue) interval [\(condition.text(judgement.low)), \(condition.text(judgement.high))]"
            : ""
        let mean = condition.scale == .log ? "Geometric mean" : "Mean"
        let signs = judgement.signTest.map { "; sign test p = \($0.brief)" } ?? ""
        return "\(mean) \(condition.text(judgement.mean))\(interval)\(signs)."
    }

    /// What was tested, and what the claim asks for where that is something else.
    private static func settings(_ report: ClaimReport, _ session: SessionRecord) -> String {
        let own = report.claim.seeds.sorted() == report.seeds
        let tested = "Tested with preset \(session.preset) on \(report.seeds.count) seeds"
        if own, session.preset == report.claim.preset { return tested + "." }
        let seeds = report.claim.seeds.map { "\($0)" }.joined(separator: ", ")
        return tested + "; the claim is made for preset \(report.claim.preset) on seeds \(seeds)."
    }

    private static func wrapped(_ text: String) -> [String] {
        Columns.wrap(text, width: Columns.terminalWidth)
    }

    private static func reason(_ report: ConditionReport) -> String {
        switch report.verdict {
        case .holds: " (the whole interval meets the bound)"
        case .directionOnly: " (the interval excludes zero on the right side, and does not meet the bound)"
        case .notShown where report.condition.isComparison:
            " (the interval meets neither bound nor wrong side)"
        case .notShown: " (the interval includes the bound)"
        case .contradicted where report.condition.isComparison:
            " (the interval lies on the wrong side of bound and zero)"
        case .contradicted: " (the interval lies on the wrong side of the bound)"
        case .undecided where report.gaps.isEmpty: " (fewer than two seeds)"
        case .undecided: " (seeds without a value: \(report.gaps.map(\.text).joined(separator: ", ")))"
        }
    }
}
