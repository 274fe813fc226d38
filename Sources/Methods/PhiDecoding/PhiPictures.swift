import Foundation
import MethodKit

extension PhiDecoding {
    /// The search as a tree: below each beam its candidate steps, with what was foreseen after them.
    ///
    /// - Parameters:
    ///   - question: what was asked.
    ///   - decisions: the steps so far.
    ///   - outcome: what came of it; nil while it goes on.
    /// - Returns: a tree whose root is the question.
    static func tree(_ question: LatinSquares, _ decisions: [Decision], _ outcome: Outcome?) -> Artifact {
        var root = Tree(rows(question.given[0], separator: "  "), .strong)
        // All beams are one before the first step.
        root.children = decisions.isEmpty ? [] : nodes(0, under: nil, question, decisions, outcome)
        if let outcome {
            let isValid = question.isValid(outcome.answer)
            root.children.append(
                Tree(
                    "answer \(isValid ? "valid" : "not valid"), \(outcome.tokens) tokens",
                    isValid ? .good : .bad))
        }
        return .tree(root)
    }

    /// The candidates of a step that go on from a beam; from any where none is named.
    private static func nodes(
        _ step: Int, under beam: Int?, _ question: LatinSquares, _ decisions: [Decision], _ outcome: Outcome?
    ) -> [Tree] {
        let decision = decisions[step]
        return decision.candidates.filter { beam == nil || $0.beam == beam }.map { candidate in
            let rank = candidate.kept.flatMap { decision.choice.chosen.firstIndex(of: $0) }
            var node = Tree(label(candidate, decision), style(candidate, decision))
            if let rank {
                node.children =
                    step + 1 < decisions.count
                    ? nodes(step + 1, under: rank, question, decisions, outcome)
                    : leaf(rank, after: candidate, question, outcome)
            }
            return node
        }
    }

    /// The whole answer of a beam, once it is told to its end.
    private static func leaf(
        _ beam: Int, after candidate: Decision.Candidate, _ question: LatinSquares, _ outcome: Outcome?
    ) -> [Tree] {
        guard let outcome, let final = outcome.final, outcome.answers.indices.contains(beam) else {
            return []
        }
        let answer = outcome.answers[beam], begun = candidate.before.count + candidate.step.tokens.count
        let rest = Token.text(Array(answer.dropFirst(begun))), isValid = question.isValid(answer)
        let mark = final.chosen == [beam] ? ", the answer" : ""
        return [
            Tree(
                "\(rest)  A \(short(final.advantages[beam]))  \(isValid ? "valid" : "not valid")\(mark)",
                isValid ? .good : .bad)
        ]
    }

    private static func label(_ candidate: Decision.Candidate, _ decision: Decision) -> String {
        let own = "\(Token.text(candidate.step.tokens))  s \(short(candidate.step.average))"
        guard let place = candidate.kept else { return own + "  pruned" }
        let choice = decision.choice
        var parts = [
            own, "F \(short(decision.foreseen[place].value))", "A \(short(choice.advantages[place]))",
        ]
        if let labels = choice.labels, let index = choice.eligible.firstIndex(of: place) {
            parts.append("cluster \(labels[index]) with \(labels.count { $0 == labels[index] })")
        }
        if let index = choice.pool.firstIndex(of: place) { parts.append("w \(short(choice.weights[index]))") }
        if choice.chosen.contains(place) { parts.append("taken") }
        return parts.joined(separator: "  ")
    }

    /// Taken ones stand out, pruned ones step back, and those of one cluster look alike.
    private static func style(_ candidate: Decision.Candidate, _ decision: Decision) -> Span.Style {
        guard let place = candidate.kept else { return .faint }
        if decision.choice.chosen.contains(place) { return .good }
        guard let labels = decision.choice.labels,
            let index = decision.choice.eligible.firstIndex(of: place)
        else { return .plain }
        return [.first, .second, .third][labels[index] % 3]
    }

    /// One row a step: how many candidates were kept, and how much the foresights agree, against delta.
    static func stepTable(_ decisions: [Decision], _ inputs: Inputs) -> Artifact {
        let rows = decisions.enumerated().map { step, decision -> [Table.Cell] in
            let choice = decision.choice
            return [
                .number(Double(step + 1)), .number(Double(decision.candidates.count)),
                .number(Double(decision.foreseen.count)), .number(Double(choice.eligible.count)),
                .number(choice.largestShare ?? .nan), .number(inputs.delta),
                .text(decision.isLast ? "last" : ""),
            ]
        }
        return .table(
            Table(
                columns: [
                    .number("step"), .number("candidates"), .number("kept"), .number("eligible"),
                    .number("largest share"), .number("delta"), "looks ahead",
                ], rows: rows))
    }

    /// The given cells beside the answer, in which digits that break a row or a column are marked.
    static func picture(_ question: LatinSquares, _ answer: [Int]) -> Artifact {
        let digits = answer.filter { (1...LatinSquares.order).contains($0) }
        var spans = [Span(question.isValid(answer) ? "valid\n" : "not valid\n", .strong)]
        for (index, given) in question.given.enumerated() {
            let square = Array(digits.dropFirst(index * LatinSquares.cells).prefix(LatinSquares.cells))
            for row in 0..<LatinSquares.order {
                let start = row * LatinSquares.order
                spans.append(Span(text(given[start..<start + LatinSquares.order]) + "   ", .faint))
                for cell in start..<start + LatinSquares.order where cell < square.count {
                    spans.append(Span("\(square[cell]) ", isAtOdds(cell, square, given) ? .bad : .plain))
                }
                spans.append(Span("\n"))
            }
            spans.append(Span("\n"))
        }
        return .text(spans)
    }

    private static func isAtOdds(_ cell: Int, _ square: [Int], _ given: [Int]) -> Bool {
        let order = LatinSquares.order
        let others = square.indices.filter {
            $0 != cell && ($0 / order == cell / order || $0 % order == cell % order)
        }
        return given[cell] != 0 && given[cell] != square[cell]
            || others.contains { square[$0] == square[cell] }
    }

    /// The rows of a square, a dot for each cell that is not given.
    static func rows(_ square: [Int], separator: String) -> String {
        (0..<LatinSquares.order).map { row in
            text(square[row * LatinSquares.order..<(row + 1) * LatinSquares.order])
        }.joined(separator: separator)
    }

    private static func text(_ cells: ArraySlice<Int>) -> String {
        cells.map { $0 == 0 ? "." : "\($0)" }.joined()
    }

    private static func short(_ value: Double) -> String { String(format: "%.3f", value) }
}
