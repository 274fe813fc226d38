import Datasets
import Foundation
import Measures

extension Curie {
    /// Precision and recall of extracted records where a judge says which of them is which true one.
    enum LLMSim {
        /// A judge's word on one true record: the place of the prediction that is it, and which fields are equal.
        struct Verdict: Sendable, Equatable {
            let index: Int
            let compare: [String: Bool]
        }

        /// Which matches count.
        struct Rules: Sendable, Equatable {
            /// Leaves out matches to the first prediction, as the released code does, which asks for an index above 0.
            var skipsFirst = false
            /// Lets a prediction match one true record at most; the released code lets it match any number.
            var isOneToOne = false
        }

        /// LLMSim precision = min(m / n_pred, 1), recall = min(m / n_gt, 1), of m true records with a match.
        ///
        /// - Parameters:
        ///   - verdicts: one a true record; nil where the judge found none.
        ///   - predictions: how many records were predicted.
        ///   - rules: which matches count.
        /// - Returns: how many count, with both shares; what is a share of nothing is 0, but where nothing was to be found
        ///   and nothing was said both are 1.
        static func score(
            _ verdicts: [Verdict?], predictions: Int, _ rules: Rules = Rules()
        ) -> (matches: Int, score: PrecisionRecall) {
            if verdicts.isEmpty, predictions == 0 { return (0, PrecisionRecall(precision: 1, recall: 1)) }
            let counted = counted(verdicts, predictions: predictions, rules).compactMap { $0 }
            let matches = rules.isOneToOne ? Set(counted).count : counted.count
            let precision = predictions == 0 ? 0 : min(Double(matches) / Double(predictions), 1)
            let recall = verdicts.isEmpty ? 0 : min(Double(matches) / Double(verdicts.count), 1)
            return (matches, PrecisionRecall(precision: precision, recall: recall))
        }

        /// The places that count, one a true record: those of predictions that there are, the first one only where
        /// the rules count it.
        static func counted(_ verdicts: [Verdict?], predictions: Int, _ rules: Rules) -> [Int?] {
            let least = rules.skipsFirst ? 1 : 0
            return verdicts.map { verdict in
                guard let index = verdict?.index, index >= least, index < predictions else { return nil }
                return index
            }
        }

        /// A judge's answer: an object with `json_extracted_index`, or a list whose first object has it. An answer that
        /// breaks off is cut before its last object; where nothing is left there is no match.
        static func verdict(_ answer: String) -> Verdict? {
            guard let value = JSONRule.value(answer) else { return nil }
            var object = value
            if case .list(let values) = value { object = values.first ?? .nothing }
            guard case .object(let fields) = object,
                let index = digits(fields["json_extracted_index"] ?? .nothing)
            else { return nil }
            var compare: [String: Bool] = [:]
            if case .object(let flags)? = fields["compare"] {
                compare = flags.mapValues { $0 == .flag(true) || Quantity.number($0) == 1 }
            }
            return Verdict(index: index, compare: compare)
        }

        /// A whole number that is not negative, written as a number or as digits.
        private static func digits(_ value: JSONValue) -> Int? {
            switch value {
            case .number(let number) where number >= 0 && number == number.rounded() && number < 1e9:
                Int(number)
            case .text(let text) where !text.isEmpty && text.allSatisfy(\.isWholeNumber): Int(text)
            default: nil
            }
        }
    }

    /// How the benchmark reads JSON out of what a model says.
    enum JSONRule {
        /// The value that a response holds: line ends and fences are taken away; a list that breaks off is cut before its
        /// last object. Nil when nothing can be read.
        static func value(_ response: String) -> JSONValue? {
            let text = bare(response)
            return JSONValue(json5: text) ?? cut(text)
        }

        /// The records of a response; one object is a list of one. Words around a list are passed over, for which the
        /// benchmark asks a model. Nil when there is no list.
        static func records(_ response: String) -> [Record]? {
            for text in [bare(response), listAlone(bare(response))].compactMap({ $0 }) {
                guard let value = JSONValue(json5: text) ?? cut(text) else { continue }
                switch value {
                case .list(let values):
                    let records = values.compactMap(Record.init)
                    if records.count == values.count { return records }
                case .object(let fields): return [Record(fields)]
                default: continue
                }
            }
            return nil
        }

        private static func bare(_ response: String) -> String {
            var text = response.split(whereSeparator: \.isNewline).joined()
                .trimmingCharacters(in: .whitespaces)
            for prefix in ["```json", "```", "`"] where text.hasPrefix(prefix) {
                text.removeFirst(prefix.count)
            }
            for suffix in ["```json", "```", "`"] where text.hasSuffix(suffix) {
                text.removeLast(suffix.count)
            }
            return text.trimmingCharacters(in: .whitespaces)
        }

        /// From the first bracket to the last, or to the end where none closes.
        private static func listAlone(_ text: String) -> String? {
            guard let begin = text.firstIndex(of: "[") else { return nil }
            guard let end = text.lastIndex(of: "]"), end > begin else { return String(text[begin...]) }
            return String(text[begin...end])
        }

        /// What is left before the last ",{" with a closing bracket.
        private static func cut(_ text: String) -> JSONValue? {
            guard let last = text.ranges(of: #/,\s*\{/#).last else { return nil }
            return JSONValue(json5: text[..<last.lowerBound] + "]")
        }
    }
}
