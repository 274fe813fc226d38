import ArgumentParser
import MethodKit
import SessionViews
import TextLayout

/// `benchtop card METHOD`: the whole card.
struct CardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card", abstract: "Show a method's card: paper, idea, equations, arms, metrics, claim.")

    @Argument(help: "The method.") var method: String
    @OptionGroup var store: StoreOption
    @Flag(help: "One JSON object.") var json = false

    func run() throws {
        let method = try Catalogue.method(method)
        let standings = try Standings(store).of(method)
        if json { return _ = try Output.json(CardRecord(method, standings)) }
        for line in CardText.lines(of: method, standings, width: Columns.terminalWidth) { Output.line(line) }
    }
}

/// A card as one JSON object.
private struct CardRecord: Encodable {
    struct Equation: Encodable { let number: String, formula: String, function: String }
    struct Arm: Encodable { let name: String, help: String }
    struct ClaimRecord: Encodable {
        let sentence: String, metric: String, arm: String, baseline: String, effect: String
        let threshold: Double
        let preset: String
        let seeds: [UInt64]
        let equalCompute: String, verdict: String
        let others: [String]
    }

    let id: String, title: String, authors: String, paper: String, arxiv: String
    let year: Int, version: Int
    let idea: String, data: String, headline: String
    let equations: [Equation]
    let differences: [String], remarks: [String]
    let arms: [Arm]
    let metrics: [Metric]
    let claims: [ClaimRecord]

    init(_ method: MethodInfo, _ standings: [ClaimStanding]) {
        let card = method.card
        (id, title, idea, data, headline) = (card.id, card.title, card.idea, card.data, card.headline)
        (authors, paper, arxiv, year) = (
            card.paper.authors, card.paper.title, card.paper.arXiv, card.paper.year
        )
        version = method.version
        equations = card.equations.map {
            Equation(number: $0.number, formula: $0.formula, function: $0.function)
        }
        (differences, remarks) = (card.differences, card.remarks)
        arms = method.arms.map { Arm(name: $0.name, help: $0.help) }
        metrics = method.metrics
        claims = standings.map { standing in
            let claim = standing.claim
            return ClaimRecord(
                sentence: claim.sentence, metric: claim.metric.name, arm: claim.arm, baseline: claim.baseline,
                effect: claim.effect.rawValue, threshold: claim.threshold, preset: claim.preset,
                seeds: claim.seeds, equalCompute: claim.equalCompute, verdict: standing.text,
                others: standing.otherTexts)
        }
    }
}
