import Foundation
import MethodKit
import SessionControl
import Store

/// The methods and what their recorded claims came to, as Markdown: the table of the README.
enum ClaimsTable {
    /// One row a claim, of the recorded session of each method.
    ///
    /// - Throws: `StoreError`.
    static func markdown() throws -> String {
        let head = [
            "| method | paper's headline | claim here | effect | 95 % interval | recorded verdict |",
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
        guard let session = try store.sessions().first(where: { $0.isClaim }) else { return [] }
        return try method.claims.map { claim in
            let report = try ClaimReport(claim, in: session, store: store), judgement = report.judgement
            let unit = claim.effect == .logRatio ? "log ratio " : ""
            return row(
                method, claim,
                [
                    "\(unit)\(rounded(judgement.mean))",
                    "\(rounded(judgement.low)) to \(rounded(judgement.high))",
                    report.verdictText,
                ])
        }
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

    private static func rounded(_ value: Double) -> String { String(format: "%.3f", value) }
}
