import MethodKit
import TextLayout

/// A card as text for people.
public enum CardText {
    /// The lines of a card, none wider than `width` where words allow it.
    ///
    /// - Parameters:
    ///   - method: whose card it is.
    ///   - verdicts: what is known of its claims, a paragraph each.
    ///   - signs: the paper's signs, with what is found here; empty where that is not looked up.
    ///   - width: in cells.
    /// - Returns: the lines.
    public static func lines(
        of method: MethodInfo, verdicts: [String] = [], signs: [SignReading] = [], width: Int
    ) -> [String] {
        let card = method.card
        var lines = ["\(card.title) (\(card.id), version \(method.version))"]
        lines += Columns.wrap(
            "\(card.paper.authors): \(card.paper.title), \(card.paper.year), arXiv \(card.paper.arXiv).",
            width: width)
        func section(_ title: String, _ paragraphs: [String]) {
            guard !paragraphs.isEmpty else { return }
            lines += ["", title]
            for paragraph in paragraphs {
                lines += Columns.wrap(paragraph, width: width - 2).map { "  \($0)" }
            }
        }
        func table(_ title: String, _ rows: [[String]]) {
            guard let first = rows.first else { return }
            var columns = Columns(row: first, indent: 2)
            for row in rows.dropFirst() { columns.add(row) }
            lines += ["", title] + columns.lines(width: width)
        }
        section("IDEA", [card.idea])
        lines += equations(card.equations, width: width)
        section("DATA", [card.data])
        table("ARMS", method.arms.map { [$0.name, $0.help] })
        table("METRICS", method.metrics.map { [$0.name, better($0), $0.help] })
        section("THE PAPER'S OWN RESULT", [card.headline])
        section("CLAIM TESTED HERE", method.claims.flatMap(claim))
        section("VERDICT", verdicts)
        section("SIGNS OF THE PAPER", signTexts(card.signs, signs))
        section("TUNED", card.tuning.map(tuned))
        section("PARTS OF THE PAPER", card.parts.isEmpty ? [] : [PartCounts(card.parts).text])
        section("WHAT DIFFERS FROM THE PAPER", card.differences.map { "- \($0)" })
        section("REMARKS", card.remarks.map { "- \($0)" })
        return lines
    }

    /// The sentence, a line for each condition, and what the idea is held against.
    private static func claim(_ claim: Claim) -> [String] {
        let controls = claim.controls.map(\.name).joined(separator: ", ")
        return ["\(claim.sentence) Equal for all: \(claim.equalCompute)"]
            + claim.conditions.map { "- \($0.name), \($0.boundText)" }
            + [controls.isEmpty ? "No control. \(claim.noControl)" : "Held against: \(controls)."]
    }

    private static func signTexts(_ signs: [Sign], _ readings: [SignReading]) -> [String] {
        signs.enumerated().map { index, sign in
            let here = readings.indices.contains(index) ? "; here \(readings[index].text)" : ""
            return
                "\(sign.comparison) (\(sign.metric.name)): \(sign.paper.rawValue) in \(sign.source)\(here)."
        }
    }

    private static func tuned(_ tuning: Tuning) -> String {
        let seeds = tuning.seeds.map { "\($0)" }.joined(separator: ", ")
        return "\(tuning.arm): \(tuning.settings) settings of \(tuning.over), on seeds \(seeds)."
    }

    /// Each equation beside its number, and below it the function that computes it.
    private static func equations(_ equations: [Equation], width: Int) -> [String] {
        let numbers = (equations.map { TextWidth.of($0.number) }.max() ?? 0) + 4
        let room = max(16, width - numbers)
        let rows = equations.flatMap { equation -> [String] in
            let pad = String(repeating: " ", count: numbers - 2 - TextWidth.of(equation.number))
            let texts =
                Columns.wrap(equation.formula, width: room)
                + Columns.wrap("in \(equation.function)", width: room, breakingWords: true)
            return ["  \(equation.number)\(pad)\(texts[0])"]
                + texts.dropFirst().map { String(repeating: " ", count: numbers) + $0 }
        }
        return ["", "EQUATIONS"] + rows
    }

    private static func better(_ metric: Metric) -> String {
        switch metric.better {
        case .higher: "higher is better"
        case .lower: "lower is better"
        case .neither: "describes"
        }
    }
}
