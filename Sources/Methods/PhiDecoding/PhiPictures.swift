import Foundation
import MethodKit

extension PhiDecoding {
    /// Keeps what there is to see of a question.
    static func show(_ question: LatinSquares, _ outcome: Outcome, _ plan: Plan, _ trial: Trial<Inputs>) {
        if case .search(let rule) = plan {
            trial.keep("search", tree(.of(question), outcome.decisions, outcome))
            trial.keep("steps", stepTable(outcome.decisions, rule))
            trial.keep("agreement", agreement(outcome.decisions, rule))
            if let last = outcome.decisions.last { trial.keep("candidates", bars(last)) }
        }
        trial.keep("answer", picture(question, outcome.answer))
    }

    // MARK: The tree

    /// What a tree has to know of a question.
    struct TreeReader {
        /// What was asked, in a line.
        let question: String
        /// Part of an answer, in a line.
        let text: ([Int]) -> String
        /// Whether a whole answer is right, and what that and its opposite are called.
        let isRight: ([Int]) -> Bool
        let right, wrong: String

        /// Of a question about squares.
        static func of(_ question: LatinSquares) -> TreeReader {
            TreeReader(
                question: rows(question.given[0], separator: "  "), text: Token.text,
                isRight: question.isValid,
                right: "valid", wrong: "not valid")
        }

        func verdict(_ answer: [Int]) -> String { isRight(answer) ? right : wrong }
    }

    /// The search as a tree: below each beam its candidate steps, with what was foreseen after them.
    ///
    /// - Parameters:
    ///   - reader: of the question and its answers.
    ///   - decisions: the steps so far.
    ///   - outcome: what came of it; nil while it goes on.
    /// - Returns: a tree whose root is the question.
    static func tree(_ reader: TreeReader, _ decisions: [Decision], _ outcome: Outcome?) -> Artifact {
        var root = Tree(reader.question, .strong)
        // All beams are one before the first step.
        root.children = decisions.isEmpty ? [] : nodes(0, under: nil, reader, decisions, outcome)
        if let outcome {
            // The refactored script may throw even the first step away: the beams then end where they began.
            if outcome.taken == 0 {
                root.children += outcome.answers.indices.map { leaf($0, begun: 0, reader, outcome) }
            }
            root.children.append(
                Tree(
                    "answer \(reader.verdict(outcome.answer)), \(outcome.tokens) tokens",
                    reader.isRight(outcome.answer) ? .good : .bad))
        }
        return .tree(root)
    }

    /// The candidates of a step that go on from a beam; from any where none is named.
    private static func nodes(
        _ step: Int, under beam: Int?, _ reader: TreeReader, _ decisions: [Decision], _ outcome: Outcome?
    ) -> [Tree] {
        let decision = decisions[step]
        return decision.candidates.filter { beam == nil || $0.beam == beam }.map { candidate in
            var node = Tree(label(candidate, decision, reader), style(candidate, decision))
            guard let rank = candidate.kept.flatMap({ decision.choice.chosen.firstIndex(of: $0) }) else {
                return node
            }
            if step + 1 < decisions.count {
                node.children = nodes(step + 1, under: rank, reader, decisions, outcome)
            }
            if let outcome, step + 1 == outcome.taken {
                let begun = candidate.before.count + candidate.step.tokens.count
                node.children.append(leaf(rank, begun: begun, reader, outcome))
            }
            return node
        }
    }

    /// The whole answer of a beam, from where it was written out.
    private static func leaf(
        _ beam: Int, begun: Int, _ reader: TreeReader, _ outcome: Outcome
    ) -> Tree {
        let answer = outcome.answers[beam]
        let parts = [
            reader.text(Array(answer.tokens.dropFirst(begun))),
            outcome.final.map { "A \(short($0.advantages[beam]))" }, "mean \(short(answer.average))",
            reader.verdict(answer.tokens) + (outcome.chosen == beam ? ", the answer" : ""),
        ]
        return Tree(
            parts.compactMap(\.self).joined(separator: "  "), reader.isRight(answer.tokens) ? .good : .bad)
    }

    private static func label(
        _ candidate: Decision.Candidate, _ decision: Decision, _ reader: TreeReader
    ) -> String {
        let own = "\(reader.text(candidate.step.tokens))  s \(short(candidate.step.average))"
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
        guard let place = candidate.kept else { return .struck }
        if decision.choice.chosen.contains(place) { return .good }
        guard let labels = decision.choice.labels,
            let index = decision.choice.eligible.firstIndex(of: place)
        else { return .plain }
        // There are three colours; a fourth cluster and later ones are told by their numbers.
        return labels[index] < 3 ? [.first, .second, .third][labels[index]] : .plain
    }

    // MARK: Steps

    /// One row a step: how many candidates were kept, and how much the foresights agree, against delta.
    static func stepTable(_ decisions: [Decision], _ rule: Rule) -> Artifact {
        let rows = decisions.enumerated().map { step, decision -> [Table.Cell] in
            let choice = decision.choice
            return [
                .number(Double(step + 1)), .number(Double(decision.candidates.count)),
                .number(Double(decision.foreseen.count)), .number(Double(choice.eligible.count)),
                .number(choice.largestShare ?? .nan), .number(rule.stopsEarly ? rule.delta : .nan),
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

    /// The largest cluster's share at each step that had clusters, against delta where there is one.
    static func agreement(_ decisions: [Decision], _ rule: Rule) -> Artifact {
        let steps = decisions.indices.map { Double($0 + 1) }
        let shares = zip(steps, decisions).compactMap { step, decision in
            decision.choice.largestShare.map { (step, $0) }
        }
        let lines = [
            rule.stopsEarly ? Plot.Series.line("delta", steps.map { ($0, rule.delta) }) : nil,
            .line("largest cluster", shares),
        ]
        return .plot(Plot(x: "step", y: "share of the eligible", lines.compactMap(\.self)))
    }

    /// F and A of each kept candidate of a step, as bars.
    static func bars(_ decision: Decision) -> Artifact {
        let kept = decision.candidates.filter { $0.kept != nil }.enumerated().map { place, candidate in
            "\(place + 1) \(Token.text(candidate.step.tokens))"
        }
        return .plot(
            Plot(
                y: "log-probability a token",
                [
                    .bars("F", zip(kept, decision.foreseen).map { ($0, $1.value) }),
                    .bars("A", zip(kept, decision.choice.advantages).map { ($0, $1) }),
                ]))
    }

    // MARK: The answer

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
