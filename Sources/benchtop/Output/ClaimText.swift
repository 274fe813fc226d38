import MethodKit
import SessionControl
import Store
import TextLayout

/// A claim's report for people.
enum ClaimText {
    /// The sentence, the pairs, the effect with its interval, and the verdict.
    static func lines(_ report: ClaimReport, _ session: SessionRecord) -> [String] {
        let claim = report.claim
        var table = Columns("SEED", claim.arm.uppercased(), claim.baseline.uppercased(), "EFFECT")
        for pair in report.pairs {
            table.add(["\(pair.seed)", pair.arm.brief, pair.baseline.brief, pair.effect.brief])
        }
        var lines = [""] + wrapped(claim.sentence) + [""] + table.lines() + [""]
        lines += wrapped(effect(report))
        lines += wrapped("Equal for both: \(claim.equalCompute)")
        lines += wrapped("Verdict: \(report.verdictText)\(reason(report)).")
        lines += wrapped(conditions(report, session))
        return lines
    }

    private static func effect(_ report: ClaimReport) -> String {
        guard !report.pairs.isEmpty else { return "No pair of trials has finished." }
        let claim = report.claim, judgement = report.judgement
        // An interval over a part of the seeds would be read as the answer.
        let hasInterval = report.missing.isEmpty && !judgement.low.isNaN
        let interval =
            hasInterval ? ", 95 % interval [\(judgement.low.brief), \(judgement.high.brief)]" : ""
        let scale = claim.effect == .logRatio ? "log ratio" : "difference"
        return "Effect (\(scale) of \(claim.metric.name)): \(judgement.mean.brief)\(interval); "
            + "threshold \(claim.threshold.brief); sign test p = \(judgement.signTest.brief)."
    }

    /// What was tested, and what the claim asks for where that is something else.
    private static func conditions(_ report: ClaimReport, _ session: SessionRecord) -> String {
        let own = report.claim.seeds.sorted() == (report.pairs.map(\.seed) + report.missing).sorted()
        let tested = "Tested with preset \(session.preset) on \(report.expected) seeds"
        if own, session.preset == report.claim.preset { return tested + "." }
        let seeds = report.claim.seeds.map { "\($0)" }.joined(separator: ", ")
        return tested + "; the claim is made for preset \(report.claim.preset) on seeds \(seeds)."
    }

    private static func wrapped(_ text: String) -> [String] {
        Columns.wrap(text, width: Columns.terminalWidth)
    }

    private static func reason(_ report: ClaimReport) -> String {
        switch report.verdict {
        case .holds: " (the whole interval lies beyond the threshold)"
        case .directionOnly:
            " (the interval excludes zero on the right side, and reaches below the threshold)"
        case .notShown: " (the interval includes zero)"
        case .contradicted: " (the interval lies on the wrong side of zero)"
        case .undecided where report.missing.isEmpty: " (fewer than two pairs)"
        case .undecided:
            " (seeds without a pair: \(report.missing.map { "\($0)" }.joined(separator: ", ")))"
        }
    }
}
