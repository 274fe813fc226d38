import Datasets
import Foundation

extension PhiDecoding {
    /// A question in words with the answer that is right, one line of the user's file.
    struct Problem: Decodable, Sendable {
        let question: String
        let answer: String

        private enum CodingKeys: String, CodingKey { case question, answer }

        init(question: String, answer: String) {
            (self.question, self.answer) = (question, answer)
        }

        /// The answer is a text or a number; behind "####", as GSM8K writes it, where that stands in it.
        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            question = try values.decode(String.self, forKey: .question)
            let whole: String
            if let number = try? values.decode(Double.self, forKey: .answer) {
                whole =
                    number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
            } else {
                whole = try values.decode(String.self, forKey: .answer)
            }
            answer =
                whole.components(separatedBy: "####").last?
                .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            guard !answer.isEmpty, !question.isEmpty else {
                throw Refusal("its question or its answer is empty", allowed: "a text in both")
            }
        }

        // MARK: How it is asked

        /// Two worked examples: a small model goes on with a pattern rather than obey an instruction.
        private static let examples = """
            Question: Anna has 3 apples and buys 4 more. How many apples does she have?
            Answer:
            Anna begins with 3 apples.
            She buys 4 more, so she has 3 + 4 = 7 apples.
            The answer is 7.

            Question: A box holds 6 pens. How many pens are in 5 boxes?
            Answer:
            Each box holds 6 pens.
            In 5 boxes there are 5 * 6 = 30 pens.
            The answer is 30.


            """
        /// What stands behind an answer.
        static let end = "\n\n"

        /// The text that an answer goes on from.
        var prompt: String { "\(Self.examples)Question: \(question)\nAnswer:\n" }

        // MARK: Reading answers

        private static let mark = "answer is"

        /// Whether a line gives the answer.
        static func givesAnswer(_ line: String) -> Bool { line.lowercased().contains(mark) }

        /// Whether a whole answer says what is right, in its last line that gives an answer; in its last line where none does.
        func isRight(_ text: String) -> Bool {
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            guard let line = lines.last(where: Self.givesAnswer) ?? lines.last else { return false }
            let said = line.range(of: Self.mark, options: .caseInsensitive).map {
                String(line[$0.upperBound...])
            }
            if let right = Self.numbers(answer).last, Self.numbers(answer).count == 1 {
                let numbers = Self.numbers(said ?? line)
                return (said == nil ? numbers.last : numbers.first) == right
            }
            return Self.plain(said ?? line) == Self.plain(answer)
        }

        /// The numbers in a text, commas between thousands left out.
        private static func numbers(_ text: String) -> [Double] {
            text.replacing(/(\d),(?=\d{3})/) { "\($0.output.1)" }
                .matches(of: /-?\d+(\.\d+)?/).compactMap { Double($0.output.0) }
        }

        private static func plain(_ text: String) -> String {
            text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " }
                .trimmingCharacters(in: .whitespaces)
        }
    }
}
