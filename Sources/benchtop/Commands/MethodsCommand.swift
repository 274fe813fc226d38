import ArgumentParser
import MethodKit
import SessionViews
import TextLayout

/// `benchtop methods`: the catalogue.
struct MethodsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "methods", abstract: "List the methods, their claims, and what is known of them here.")

    @OptionGroup var store: StoreOption
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "The recorded claims as a Markdown table, as in the README.") var markdown = false

    private struct Row: Encodable {
        let id: String, title: String, arxiv: String, claim: String, source: String
        /// In words, with the strongest control's; and whether the claim holds by itself.
        let verdict: String
        let holds: Bool
        /// What each condition came to, and the control against which the idea does worst.
        let conditions: [ClaimRecord.Condition]
        let control: ClaimRecord.Control?
        /// The session that the verdict is of.
        let session: String
        /// What came out at other presets and on other seeds.
        let others: [String]
        /// How many of the paper's named parts are here.
        let parts: PartCounts

        init(_ method: MethodInfo, _ standing: ClaimStanding?) {
            let card = method.card, known = standing?.known
            (id, title, arxiv, claim) = (
                card.id, card.title, card.paper.arXiv, standing?.claim.sentence ?? ""
            )
            verdict = known?.report.finding.text ?? "not run"
            holds = known?.report.verdict == .holds
            conditions = known?.report.conditions.map(ClaimRecord.Condition.init) ?? []
            control = (known?.report.strongest).map(ClaimRecord.Control.init)
            (source, session) = (known?.source ?? "", known?.session.shortID ?? "")
            others = standing?.otherTexts ?? []
            parts = PartCounts(card.parts)
        }
    }

    func run() throws {
        guard !markdown else {
            Output.line(try ClaimsTable.markdown())
            return
        }
        let standings = try Standings(store)
        let found = try Catalogue.all.map { method in (method, try standings.of(method).first) }
        if json { try found.forEach { try Output.json(Row($0, $1)) } } else { show(found) }
    }

    /// "41 of 46": those that run, of all named ones.
    private func parts(_ method: MethodInfo) -> String {
        let counts = PartCounts(method.card.parts)
        return "\(counts.running) of \(counts.named)"
    }

    private func show(_ found: [(MethodInfo, ClaimStanding?)]) {
        var table = Columns("METHOD", "TITLE", "ARXIV", "PARTS", "VERDICT", "CLAIM")
        for (method, standing) in found {
            table.add([
                method.card.id, method.card.title, method.card.paper.arXiv, parts(method),
                standing?.text ?? "no claim",
                [standing?.claim.sentence, standing?.numbers].compactMap { $0 }.joined(separator: " "),
            ])
        }
        table.show()
        for (method, standing) in found {
            for other in standing?.otherTexts ?? [] { Output.line("\(method.card.id) also: \(other).") }
        }
    }
}
