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
    @Flag(help: "Only the named parts of the paper: where each runs, what shows it, what tests it.")
    var parts = false
    @Flag(help: "One JSON object.") var json = false

    func run() throws {
        let method = try Catalogue.method(method), width = Columns.terminalWidth
        let standings = try Standings(store).of(method), signs = try Standings.signs(of: method)
        if json { return _ = try Output.json(CardRecord(method, standings, signs)) }
        let lines =
            parts
            ? PartsText.lines(of: method, width: width)
            : CardText.lines(
                of: method, verdicts: standings.flatMap(\.paragraphs), signs: signs, width: width)
        lines.forEach { Output.line($0) }
    }
}

/// A card as one JSON object.
private struct CardRecord: Encodable {
    struct Equation: Encodable { let number: String, formula: String, function: String }
    struct Arm: Encodable { let name: String, help: String }
    struct Condition: Encodable {
        let name: String, terms: [TermRecord], bound: BoundRecord, interval: String
        let scale: MethodKit.Condition.Scale

        init(_ condition: MethodKit.Condition) {
            (name, scale, interval) = (condition.name, condition.scale, condition.interval.rawValue)
            (terms, bound) = (condition.terms.map(TermRecord.init), BoundRecord(condition.bound))
        }
    }
    struct Control: Encodable { let arms: [String], condition: Condition }
    struct Claim: Encodable {
        let sentence: String, preset: String, seeds: [UInt64], equalCompute: String
        let conditions: [Condition], controls: [Control], noControl: String
        let verdict: String, numbers: String
        let others: [String]

        init(_ standing: ClaimStanding) {
            let claim = standing.claim
            (sentence, preset, seeds) = (claim.sentence, claim.preset, claim.seeds)
            (equalCompute, noControl) = (claim.equalCompute, claim.noControl)
            conditions = claim.conditions.map(Condition.init)
            controls = claim.controls.map {
                Control(arms: $0.side.arms, condition: Condition($0.condition))
            }
            (verdict, numbers, others) = (standing.text, standing.numbers, standing.otherTexts)
        }
    }

    let id: String, title: String, authors: String, paper: String, arxiv: String
    let year: Int, version: Int
    let idea: String, data: String, headline: String
    let equations: [Equation]
    let differences: [String], remarks: [String]
    let arms: [Arm]
    let metrics: [Metric]
    let claims: [Claim]
    let counts: PartCounts
    let parts: [PartRecord]
    let signs: [SignRecord]
    let tuning: [TuningRecord]

    init(_ method: MethodInfo, _ standings: [ClaimStanding], _ signs: [SignReading]) {
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
        counts = PartCounts(card.parts)
        parts = card.parts.map { PartRecord($0) }
        self.signs = signs.map { SignRecord($0) }
        tuning = card.tuning.map {
            TuningRecord(arm: $0.arm, settings: $0.settings, over: $0.over, seeds: $0.seeds)
        }
        claims = standings.map(Claim.init)
    }
}

/// One named part of the paper as JSON.
private struct PartRecord: Encodable {
    let name: String, source: String
    /// "runs", "stand-in" or "absent".
    let presence: String
    /// What a stand-in stands for, or why the part is absent.
    let reason: String?
    let function: String?, reach: String?, shown: String?, test: String?

    init(_ part: Part) {
        (name, source) = (part.name, part.source.rawValue)
        switch part.presence {
        case .runs: (presence, reason) = ("runs", nil)
        case .standIn(_, let real): (presence, reason) = ("stand-in", real)
        case .absent(let because): (presence, reason) = ("absent", because)
        }
        (function, test) = (part.place?.function, part.place?.test)
        (reach, shown) = (part.place?.reach.text, part.place?.sight.text)
    }
}

/// A sign of the paper beside what the recorded session says, as JSON.
private struct SignRecord: Encodable {
    let comparison: String, source: String, metric: String, arm: String, other: String, paper: String
    /// Nil where there is no recorded session of this version.
    let here: String?, agreement: String?
    let mean: Double?, low: Double?, high: Double?

    init(_ reading: SignReading) {
        let sign = reading.sign
        (comparison, source, metric) = (sign.comparison, sign.source, sign.metric.name)
        (arm, other, paper) = (sign.arm, sign.other, sign.paper.rawValue)
        (here, agreement) = (reading.found?.direction.rawValue, reading.agreement?.rawValue)
        (mean, low, high) = (reading.found?.mean, reading.found?.low, reading.found?.high)
    }
}

/// What an arm was tuned with, as JSON.
private struct TuningRecord: Encodable {
    let arm: String, settings: Int, over: String, seeds: [UInt64]
}
