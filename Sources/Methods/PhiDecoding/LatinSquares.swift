import Base

extension PhiDecoding {
    /// What a language model says here: squares, cell by cell.
    enum Token {
        /// A cell that is not given; the digits are tokens 1 to 5.
        static let open = 0
        /// Ends a row, and with it a step.
        static let row = 6
        /// Ends the question, and begins the answer.
        static let answer = 7
        /// Ends the answer.
        static let end = 8
        /// How many tokens there are.
        static let count = 9

        /// The digits of some tokens, as a person would write them.
        static func text(_ tokens: [Int]) -> String {
            tokens.filter { (1...LatinSquares.order).contains($0) }.map(String.init).joined()
        }
    }

    /// Which questions a square may be asked in. Without it about 45 % of a test's squares would be a training's too: there
    /// are 161,280, and a training draws 96,000.
    enum Split: Sendable {
        case training, test
    }

    /// A question: Latin squares with some cells given, one or several in a chain. The last row of each is the first column of
    /// the next one.
    struct LatinSquares: Equatable, Sendable {
        /// Rows, columns and digits of a square.
        static let order = 5
        static let cells = order * order

        /// The digit of each cell, 0 where it is not given: [squares][cells]
        let given: [[Int]]
        /// A completion: the one that the question was made from, which need not be the only one. Nil for a user's own.
        let solution: [[Int]]?

        /// A question of a user's own.
        init(given: [[Int]]) {
            self.given = given
            solution = nil
        }

        /// A random question.
        ///
        /// - Parameters:
        ///   - squares: in the chain.
        ///   - cells: given in each, none of them in a first column that the square before fixes.
        ///   - split: whose squares they are.
        ///   - random: for the squares and which cells are given.
        init(_ squares: Int, given cells: Int, of split: Split, using random: inout RandomStream) {
            var chain: [[Int]] = []
            while chain.count < squares {
                let next = Self.square(firstColumn: chain.last.map { Array($0.suffix(Self.order)) }, &random)
                if Self.split(next) == split { chain.append(next) }
            }
            given = chain.enumerated().map { index, square in
                let free = (0..<Self.cells).filter { index == 0 || $0 % Self.order != 0 }
                let shown = Set(random.choose(cells, of: free.count).map { free[$0] })
                return square.indices.map { shown.contains($0) ? square[$0] : 0 }
            }
            solution = chain
        }

        /// Of every five squares, by a hash (FNV-1a) of their cells, one is held out for tests.
        static func split(_ square: [Int]) -> Split {
            let hash = square.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            return (hash >> 32) % 5 == 0 ? .test : .training
        }

        /// All orders of the digits.
        private static let rows: [[Int]] = {
            func orders(_ rest: [Int]) -> [[Int]] {
                rest.isEmpty
                    ? [[]]
                    : rest.flatMap { first in
                        orders(rest.filter { $0 != first }).map { [first] + $0 }
                    }
            }
            return orders(Array(1...order))
        }()

        /// A random square, filled line by line: rows, or columns after a given first one. A Latin rectangle can always be
        /// filled up (Hall 1945), so no choice has to be taken back.
        private static func square(firstColumn: [Int]?, _ random: inout RandomStream) -> [Int] {
            var lines = firstColumn.map { [$0] } ?? []
            while lines.count < order {
                let fitting = rows.filter { row in
                    lines.allSatisfy { line in zip(line, row).allSatisfy { $0 != $1 } }
                }
                lines.append(fitting[random.below(fitting.count)])
            }
            let all = lines.flatMap { $0 }
            guard firstColumn != nil else { return all }
            return (0..<cells).map { all[$0 % order * order + $0 / order] }
        }

        // MARK: As tokens

        /// What the model reads: the given cells of all squares, and that the answer begins.
        var prompt: [Int] { given.joined() + [Token.answer] }

        /// How many tokens a whole answer has: five digits a row, and what ends it.
        var answerTokens: Int { given.count * Self.order * (Self.order + 1) }

        /// Rows of a whole answer.
        var steps: Int { given.count * Self.order }

        /// The answer to learn; a row is a step.
        var answer: [Int] {
            let rows = (solution ?? []).flatMap { $0 }.chunks(of: Self.order)
            return rows.enumerated().flatMap { $1 + [$0 == rows.count - 1 ? Token.end : Token.row] }
        }

        /// Part of an answer as words that say where each digit stands, "12_4": a digit alone is no word of two characters, and
        /// no text would have any.
        ///
        /// - Parameters:
        ///   - part: tokens of an answer.
        ///   - before: the tokens of the answer that stand before it.
        /// - Returns: a word a digit, with spaces between them.
        static func words(_ part: [Int], after before: [Int]) -> String {
            var cell = before.count { (1...order).contains($0) }
            return part.filter { (1...order).contains($0) }.map { digit in
                defer { cell += 1 }
                return "\(cell)_\(digit)"
            }.joined(separator: " ")
        }

        // MARK: Checking

        /// Whether an answer completes the squares: any completion counts.
        func isValid(_ answer: [Int]) -> Bool {
            guard answer.last == Token.end, answer.count == answerTokens else { return false }
            let rows = answer.chunks(of: Self.order + 1)
            let ends = rows.dropLast().allSatisfy { $0.last == Token.row }
            let squares = rows.map { Array($0.dropLast()) }.chunks(of: Self.order).map { Array($0.joined()) }
            return ends && zip(squares, given).allSatisfy(Self.completes)
                && zip(squares, squares.dropFirst()).allSatisfy(Self.follows)
        }

        private static func completes(_ square: [Int], _ given: [Int]) -> Bool {
            let rows = square.chunks(of: order)
            let columns = (0..<order).map { column in rows.map { $0[column] } }
            guard (rows + columns).allSatisfy({ $0.sorted() == Array(1...order) }) else { return false }
            return zip(square, given).allSatisfy { $1 == 0 || $0 == $1 }
        }

        private static func follows(_ square: [Int], _ next: [Int]) -> Bool {
            (0..<order).allSatisfy { next[$0 * order] == square[cells - order + $0] }
        }

        /// A random answer whose rows keep to the given cells and, while some row can, to the columns so far: what chance
        /// comes to without looking ahead.
        func guess(using random: inout RandomStream) -> [Int] {
            var written: [[Int]] = []
            for (index, shown) in Array(given.joined()).chunks(of: Self.order).enumerated() {
                let above = written.suffix(index % Self.order)
                let fitting = Self.rows.filter { zip($0, shown).allSatisfy { $1 == 0 || $0 == $1 } }
                let free = fitting.filter { row in
                    above.allSatisfy { zip($0, row).allSatisfy { $0 != $1 } }
                }
                let choices = free.isEmpty ? fitting : free
                written.append(choices[random.below(choices.count)])
            }
            return written.enumerated().flatMap { $1 + [$0 == written.count - 1 ? Token.end : Token.row] }
        }
    }
}

extension Array {
    /// Neighbours in groups of a size, the last one of what is left.
    fileprivate func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
