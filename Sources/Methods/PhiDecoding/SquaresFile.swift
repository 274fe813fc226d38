import Datasets
import Foundation
import MethodKit

extension PhiDecoding {
    /// One line of the user's file: a question of their own.
    struct OwnSquares: Decodable, Sendable {
        /// Squares as rows of digits and dots.
        let squares: [[String]]

        /// The question.
        ///
        /// - Throws: `Refusal` where a square is not five rows of five, a digit is none of 1 to 5, or one stands twice in a row
        ///   or a column.
        func question(_ grids: Int) throws -> LatinSquares {
            guard squares.count == grids else {
                throw Refusal(
                    "it has \(squares.count) squares", allowed: "as many as the model has learnt, \(grids)")
            }
            return LatinSquares(given: try squares.map(Self.cells))
        }

        private static func cells(_ rows: [String]) throws -> [Int] {
            guard rows.count == LatinSquares.order, rows.allSatisfy({ $0.count == LatinSquares.order }) else {
                throw Refusal("a square is not 5 rows of 5 cells", allowed: #"as ["3....", ".2...", …]"#)
            }
            let cells = try rows.joined().map { cell in
                if cell == "." { return 0 }
                guard let digit = cell.wholeNumberValue, (1...LatinSquares.order).contains(digit) else {
                    throw Refusal("a cell is '\(cell)'", allowed: "a digit from 1 to 5, or a dot")
                }
                return digit
            }
            try refuseRepeats(cells)
            return cells
        }

        private static func refuseRepeats(_ cells: [Int]) throws {
            for line in 0..<2 * LatinSquares.order {
                let (kind, index) = (line % 2 == 0 ? "row" : "column", line / 2)
                let own = (0..<LatinSquares.order).map {
                    cells[kind == "row" ? index * LatinSquares.order + $0 : $0 * LatinSquares.order + index]
                }.filter { $0 > 0 }
                guard let twice = own.first(where: { digit in own.count { $0 == digit } > 1 }) else {
                    continue
                }
                throw Refusal(
                    "\(kind) \(index + 1) has \(twice) twice", allowed: "a digit once in each row and column")
            }
        }
    }

    /// Answers the user's questions with the model that a trial has learnt.
    ///
    /// - Throws: `FileError`.
    static func solve(_ state: State, _ inputs: Inputs, _ trial: Trial<Inputs>) throws {
        let path = inputs.squares.path
        let lines = try JSONLines.read(path, as: OwnSquares.self, most: 10_000)
        let questions = try lines.map { line, own in
            do { return try own.question(inputs.grids) } catch let refusal as Refusal {
                throw FileError(path, line: line, refusal.what, allowed: refusal.allowed)
            }
        }
        var test = Tally(), rows: [[Table.Cell]] = []
        for (number, question) in questions.enumerated() {
            if trial.isStopped { throw Stopped() }
            let random = trial.stream("own answers").derive(number)
            let plan = Plan.search(inputs.rule)
            let outcome = State.decode(question, plan, state.model, inputs, random)
            test.add(outcome, question)
            rows.append(row(lines[number].line, question, outcome))
            if number == 0 { show(question, outcome, plan, trial) }
        }
        test.report(parameters: state.model.parameterTotal, trial)
        trial.keep(
            "answers",
            .table(Table(columns: [.number("line"), "answer", "valid", .number("tokens")], rows: rows)))
    }

    private static func row(_ line: Int, _ question: LatinSquares, _ outcome: Outcome) -> [Table.Cell] {
        let digits = Array(Token.text(outcome.answer))
        let rows = stride(from: 0, to: digits.count, by: LatinSquares.order).map {
            String(digits[$0..<min($0 + LatinSquares.order, digits.count)])
        }
        return [
            .number(Double(line)), .text(rows.joined(separator: " ")),
            .text(question.isValid(outcome.answer) ? "valid" : "not valid"), .number(Double(outcome.tokens)),
        ]
    }
}
