import Base
import Datasets
import Measures

extension Curie {
    /// Says which predicted record is a true one: what a language model does in the paper.
    protocol Judge {
        /// One verdict a true record, given beside the whole list of predictions; nil where none is it.
        func verdicts(on references: [Record], among predictions: [Record]) throws -> [LLMSim.Verdict?]
    }

    /// Names that mean the same.
    struct Synonyms: Sendable {
        /// The first name of each group, by every name in it.
        private var firsts: [String: String] = [:]

        /// Groups of names; a name that is in two groups joins the first one.
        init(_ groups: [[String]] = []) {
            for group in groups {
                guard let name = group.first else { continue }
                for alias in group where firsts[Self.key(alias)] == nil { firsts[Self.key(alias)] = name }
            }
        }

        /// The first name of a name's group; nil for one that is in none.
        func first(of name: String) -> String? { firsts[Self.key(name)] }

        /// One text for all names of a group: lower case, without blanks and hyphens.
        func canonical(_ name: String) -> String { Self.key(first(of: name) ?? name) }

        private static func key(_ name: String) -> String {
            name.lowercased().filter { $0 != " " && $0 != "-" && $0 != "_" }
        }
    }

    /// Compares field by field with a table of synonyms and units: all names, numbers and units must be equal; free text
    /// may differ, descriptors with it. On data whose synonyms are in its table it is nearly an oracle.
    struct RuleJudge: Judge, Sendable {
        let schema: Schema
        let synonyms: Synonyms

        func verdicts(on references: [Record], among predictions: [Record]) -> [LLMSim.Verdict?] {
            references.map { verdict(on: $0, among: predictions) }
        }

        /// The first prediction that agrees in all that counts.
        private func verdict(on reference: Record, among predictions: [Record]) -> LLMSim.Verdict? {
            for (index, prediction) in predictions.enumerated() {
                let compare = compared(reference, prediction)
                if compare.values.allSatisfy({ $0 }) { return LLMSim.Verdict(index: index, compare: compare) }
            }
            return nil
        }

        /// For each field that counts, whether both records say the same.
        func compared(_ a: Record, _ b: Record) -> [String: Bool] {
            var compare: [String: Bool] = [:]
            for name in schema.names(.name) {
                compare[name] = synonyms.canonical(a[name].plain) == synonyms.canonical(b[name].plain)
            }
            let units = (unit(a), unit(b))
            for name in schema.names(.number) { compare[name] = isSame(a[name], b[name], units) }
            // Numbers that are equal in their base units say that the units agree.
            for name in schema.names(.unit) {
                compare[name] =
                    Quantity.canonical(1, units.0).unit == Quantity.canonical(1, units.1).unit
            }
            return compare
        }

        private func unit(_ record: Record) -> String {
            schema.names(.unit).first.map { record[$0].plain } ?? ""
        }

        private func isSame(_ a: JSONValue, _ b: JSONValue, _ units: (String, String)) -> Bool {
            guard let x = Quantity.number(a), let y = Quantity.number(b) else { return a.plain == b.plain }
            // Numbers of one unit are compared as they are written: in kelvin 25 and 27 °C would be the same.
            if Quantity.normalised(units.0) == Quantity.normalised(units.1) { return Quantity.isSame(x, y) }
            return Quantity.isSame(
                Quantity.canonical(x, units.0).number, Quantity.canonical(y, units.1).number)
        }
    }

    /// The prediction whose letters are nearest: cosine of counts of three letters, over all fields but free text.
    struct TrigramJudge: Judge, Sendable {
        let schema: Schema
        /// The least cosine of a match.
        let least: Double

        /// The best that was tried on seeds 1 to 3, see the card.
        static let usualLeast = 0.6

        func verdicts(on references: [Record], among predictions: [Record]) -> [LLMSim.Verdict?] {
            let found = predictions.map { Trigrams(text($0)) }
            return references.map { reference in
                let wanted = Trigrams(text(reference))
                return LLMSim.Verdict(best: found.map { wanted.cosine($0) }, least: least)
            }
        }

        private func text(_ record: Record) -> String {
            schema.core.map { record[$0].plain }.joined(separator: " ")
        }
    }

    /// Another judge whose word is turned round now and then: a match becomes none or another prediction, none becomes
    /// any prediction. It shows how good a judge must be.
    ///
    /// Where predictions may match any number of true records, a match to another prediction counts as much as the right
    /// one, so half of the errors on matches change no score.
    final class CoinFlipJudge: Judge {
        private let judge: any Judge
        private let error: Double
        /// Goes on from call to call.
        private(set) var random: RandomStream

        /// Errs on a share of the calls.
        init(_ judge: any Judge, error: Double, _ random: RandomStream) {
            (self.judge, self.error, self.random) = (judge, error, random)
        }

        func verdicts(on references: [Record], among predictions: [Record]) throws -> [LLMSim.Verdict?] {
            try judge.verdicts(on: references, among: predictions).map { turned($0, predictions.count) }
        }

        private func turned(_ verdict: LLMSim.Verdict?, _ predictions: Int) -> LLMSim.Verdict? {
            // As many draws a call whatever it says, so that one error moves no later one.
            let (errs, denies, other) = (random.uniform() < error, random.chance(0.5), random.uniform())
            guard errs, predictions > 0 else { return verdict }
            let any = Int(other * Double(predictions))
            guard let verdict else { return LLMSim.Verdict(index: any, compare: [:]) }
            if denies || predictions == 1 { return nil }
            let index = any == verdict.index ? (any + 1) % predictions : any
            return LLMSim.Verdict(index: index, compare: [:])
        }
    }

    /// Counts of runs of three letters, in lower case, with a blank at both ends.
    struct Trigrams: Sendable {
        /// By the letters, ascending.
        private var counts: [(key: UInt64, count: Double)] = []
        private var norm = 0.0

        init(_ text: String) {
            // A letter has 21 bits at most.
            let letters = " \(text.lowercased()) ".unicodeScalars.map { UInt64($0.value) }
            let keys = (0..<max(0, letters.count - 2)).map {
                letters[$0] << 42 | letters[$0 + 1] << 21 | letters[$0 + 2]
            }
            for key in keys.sorted() {
                if counts.last?.key == key {
                    counts[counts.count - 1].count += 1
                } else {
                    counts.append((key, 1))
                }
            }
            norm = counts.reduce(0) { $0 + $1.count * $1.count }.squareRoot()
        }

        /// From 0 to 1; 0 beside an empty text.
        func cosine(_ other: Trigrams) -> Double {
            var (i, j, product) = (0, 0, 0.0)
            while i < counts.count, j < other.counts.count {
                let (a, b) = (counts[i], other.counts[j])
                if a.key == b.key {
                    product += a.count * b.count
                    (i, j) = (i + 1, j + 1)
                } else if a.key < b.key {
                    i += 1
                } else {
                    j += 1
                }
            }
            return norm > 0 && other.norm > 0 ? product / (norm * other.norm) : 0
        }
    }
}

extension Curie.LLMSim.Verdict {
    /// The prediction with the largest score, the first of equal ones; nil when that is below the least.
    init?(best scores: [Double], least: Double) {
        guard let best = scores.max(), best >= least, let index = scores.firstIndex(of: best) else {
            return nil
        }
        self.init(index: index, compare: [:])
    }
}
