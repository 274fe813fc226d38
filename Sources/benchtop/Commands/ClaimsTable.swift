import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store

/// The methods and what their recorded claims came to, as Markdown: the table of the README.
enum ClaimsTable {
    /// One row a claim, of the recorded session of each method.
    ///
    /// - Throws: `StoreError`.
    static func markdown() throws -> String {
        let head = [
            "| method | paper's headline | claim here | what was found, with 95 % intervals | over the strongest control | recorded verdict |",
            "|---|---|---|---|---|---|",
        ]
        let rows = try Catalogue.all.flatMap { try self.rows(of: $0) }
        return (head + rows).joined(separator: "\n")
    }

    private static func rows(of method: MethodInfo) throws -> [String] {
        guard let file = SharedFiles.recorded(method.card.id) else {
            return method.claims.map { row(method, $0, ["", "", "not recorded"]) }
        }
        let store = try SessionStore(path: file.path, mode: .readOnly)
        let sessions = try store.sessions().filter(\.isClaim)
        return try method.claims.map { claim in
            guard let session = sessions.first(where: { $0.preset == claim.preset }) else {
                return row(method, claim, ["", "", "not recorded"])
            }
            let report = try ClaimReport(claim, in: session, store: store)
            let found = report.conditions.map(Self.text).joined(separator: "; ")
            let control = report.strongest.map { Self.text($0.report) } ?? claim.noControl
            return row(method, claim, [found, control, report.finding.text])
        }
    }

    /// "success: kto over sft 0.361 [0.312, 0.410], above 0.15".
    private static func text(_ report: ConditionReport) -> String {
        let condition = report.condition
        guard report.notRun.isEmpty else { return report.text }
        return "\(condition.name) \(report.effectText), asked \(condition.boundText)"
    }

    /// The headline stands in the row of a method's first claim.
    private static func row(_ method: MethodInfo, _ claim: Claim, _ found: [String]) -> String {
        let isFirst = claim.sentence == method.claims.first?.sentence
        let cells =
            [
                isFirst ? "[\(method.card.id)](https://arxiv.org/abs/\(method.card.paper.arXiv))" : "",
                isFirst ? method.card.headline : "", claim.sentence,
            ] + found
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
