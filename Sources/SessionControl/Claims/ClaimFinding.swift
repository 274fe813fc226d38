import Base
import MethodKit

/// What a claim came to: its verdict, and what the idea is worth over its strongest control. They are one value, so that
/// neither is shown without the other.
public struct ClaimFinding: Sendable, Equatable {
    /// What the conditions say.
    public let verdict: Judgement.Verdict
    /// What the strongest control says; nil without one.
    public let control: ControlReport.Standing?
    /// In words: "holds; not beyond `preferred`", "holds; no control", "undecided, 2 of 5".
    public let text: String

    init(_ report: ClaimReport) {
        let strongest = report.strongest
        (verdict, control) = (report.verdict, strongest?.standing)
        let beside = strongest?.words ?? "no control"
        text =
            switch (report.verdict, strongest?.standing) {
            case (.undecided, _): "undecided" + Self.reason(report)
            case (.holds, .beyond): "holds, and \(beside)"
            default: "\(report.verdict.rawValue); \(beside)"
            }
    }

    /// What is missing: arms that were not run, or seeds.
    private static func reason(_ report: ClaimReport) -> String {
        let arms = report.conditions.flatMap(\.notRun).unique
        if !arms.isEmpty { return "; \(arms.map { "`\($0)`" }.joined(separator: ", ")) not run" }
        let complete = report.complete.count, expected = report.seeds.count
        return complete < expected ? ", \(complete) of \(expected)" : ""
    }
}
