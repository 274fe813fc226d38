import ArgumentParser
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
        let id: String, title: String, arxiv: String, claim: String, verdict: String, source: String
        let session: String
        let others: [String]
    }

    func run() throws {
        guard !markdown else {
            Output.line(try ClaimsTable.markdown())
            return
        }
        let standings = try Standings(store)
        let found = try Catalogue.all.map { method in (method, try standings.of(method).first) }
        if json {
            return try found.forEach { method, standing in
                try Output.json(
                    Row(
                        id: method.card.id, title: method.card.title, arxiv: method.card.paper.arXiv,
                        claim: standing?.claim.sentence ?? "",
                        verdict: standing?.known?.verdict.rawValue ?? "not run",
                        source: standing?.known?.source ?? "",
                        session: standing?.known?.session.shortID ?? "", others: standing?.otherTexts ?? []))
            }
        }
        var table = Columns("METHOD", "TITLE", "ARXIV", "VERDICT", "CLAIM")
        for (method, standing) in found {
            table.add([
                method.card.id, method.card.title, method.card.paper.arXiv, standing?.text ?? "no claim",
                standing?.claim.sentence ?? "",
            ])
        }
        table.show()
        for (method, standing) in found {
            for other in standing?.otherTexts ?? [] { Output.line("\(method.card.id) also: \(other).") }
        }
    }
}
