import Datasets
import Foundation
import Measures

extension Curie {
    /// What needs no judge: records compared field by field, and what can be done to their units first.
    enum FieldMatching {
        /// F1 of the best one-to-one assignment: a pair counts with the mean F1 of its fields' words; two empty lists agree.
        static func f1(_ predictions: [Record], _ references: [Record], _ schema: Schema) -> Double {
            if predictions.isEmpty && references.isEmpty { return 1 }
            let sides = (references.map { words($0, schema) }, predictions.map { words($0, schema) })
            return f1(sides.0.map { wanted in sides.1.map { similarity(wanted, $0) } }, sides.1.count)
        }

        private static func f1(_ similarity: [[Double]], _ predictions: Int) -> Double {
            let assigned = Assignment.best(similarity)
            let sum = zip(similarity, assigned).reduce(0.0) { sum, pair in
                sum + (pair.1.map { pair.0[$0] } ?? 0)
            }
            return PrecisionRecall(
                precision: sum / Double(max(1, predictions)), recall: sum / Double(max(1, similarity.count))
            ).f1
        }

        private static func words(_ record: Record, _ schema: Schema) -> [[String]] {
            schema.names.map { ROUGE.tokens(record[$0].plain).sorted() }
        }

        /// Two fields that say nothing are equal.
        private static func similarity(_ a: [[String]], _ b: [[String]]) -> Double {
            zip(a, b).reduce(0) { $0 + overlap($1.0, $1.1) } / Double(max(1, a.count))
        }

        /// F1 of two sorted lists of words.
        private static func overlap(_ a: [String], _ b: [String]) -> Double {
            if a.isEmpty && b.isEmpty { return 1 }
            var (i, j, matches) = (0, 0, 0)
            while i < a.count, j < b.count {
                if a[i] == b[j] {
                    (i, j, matches) = (i + 1, j + 1, matches + 1)
                } else if a[i] < b[j] {
                    i += 1
                } else {
                    j += 1
                }
            }
            return PrecisionRecall(matches: matches, found: b.count, wanted: a.count).f1
        }

        /// Records whose names, numbers and units are equal, each counted once: what asks for the very same text.
        static func exact(_ predictions: [Record], _ references: [Record], _ schema: Schema) -> Double {
            var left = predictions.map { key($0, schema) }, matches = 0
            for reference in references {
                guard let place = left.firstIndex(of: key(reference, schema)) else { continue }
                left.remove(at: place)
                matches += 1
            }
            return PrecisionRecall(matches: matches, found: predictions.count, wanted: references.count).f1
        }

        private static func key(_ record: Record, _ schema: Schema) -> [String] {
            schema.core.map { record[$0].plain }
        }

        /// How near the numbers of records are: the smaller over the larger.
        static func count(_ predictions: [Record], _ references: [Record]) -> Double {
            let (a, b) = (Double(predictions.count), Double(references.count))
            return max(a, b) == 0 ? 1 : min(a, b) / max(a, b)
        }

        /// Records with their numbers in base units.
        static func canonical(_ records: [Record], _ schema: Schema) -> [Record] {
            guard let unitName = schema.names(.unit).first else { return records }
            return records.map { record in
                let unit = record[unitName].plain
                var fields = record.fields
                for name in schema.names(.number) {
                    guard let number = Quantity.number(record[name]) else { continue }
                    // Three digits, as papers have them: what a conversion adds beyond them is no difference.
                    fields[name] = .number(rounded(Quantity.canonical(number, unit).number))
                }
                fields[unitName] = .text(Quantity.canonical(1, unit).unit)
                return Record(fields)
            }
        }

        /// Records whose names are the first of their group, where a table has them.
        static func named(_ records: [Record], _ schema: Schema, _ synonyms: Synonyms) -> [Record] {
            records.map { record in
                var fields = record.fields
                for name in schema.names(.name) {
                    fields[name] = synonyms.first(of: record[name].plain).map { .text($0) } ?? fields[name]
                }
                return Record(fields)
            }
        }

        private static func rounded(_ number: Double) -> Double {
            Double(String(format: "%.3g", number)) ?? number
        }

        /// One record a line, keys in the alphabet's order: what ROUGE is given of records.
        static func text(_ records: [Record], _ schema: Schema) -> String {
            records.map { record in
                let pairs = schema.names.map { "\"\($0)\": \(record[$0].json)" }
                return "{" + pairs.joined(separator: ", ") + "}"
            }.joined(separator: "\n")
        }
    }

    /// BERTScore's greedy matching (Zhang et al. 2020), its word vectors made of three-letter counts: a stand-in for
    /// a pretrained encoder.
    enum GreedyMatching {
        /// Precision: each predicted word's nearest true one; recall the other way round.
        static func score(_ prediction: String, reference: String) -> PrecisionRecall {
            let found = vectors(prediction), wanted = vectors(reference)
            return PrecisionRecall(precision: mean(found, wanted), recall: mean(wanted, found))
        }

        private typealias Words = [(vector: Trigrams, count: Int)]

        /// Equal words are compared once.
        private static func vectors(_ text: String) -> Words {
            var counts: [String: Int] = [:]
            for word in ROUGE.tokens(text) { counts[word, default: 0] += 1 }
            return counts.sorted { $0.key < $1.key }.map { (Trigrams($0.key), $0.value) }
        }

        private static func mean(_ words: Words, _ others: Words) -> Double {
            let all = words.reduce(0) { $0 + $1.count }
            guard all > 0, !others.isEmpty else { return 0 }
            let sum = words.reduce(0.0) { sum, word in
                sum + Double(word.count) * others.reduce(0.0) { max($0, word.vector.cosine($1.vector)) }
            }
            return sum / Double(all)
        }
    }
}
