import Base
import Datasets
import Foundation
import Measures

extension Curie {
    /// A judge that learnt from extractions whose truth is known: logistic regression on a pair of records.
    ///
    /// Names are compared by their letters, and by a weight for each pair of them that training showed: what it never saw
    /// spelt otherwise it must guess. It is given the table of units, as the controls with canonical units are, or not.
    struct TrainedMatcher: Judge, Codable, Sendable {
        /// Whether numbers are compared in base units.
        let knowsUnits: Bool
        /// Whether passages and descriptors are read, which here say a fact once more.
        let readsText: Bool
        private var weights: [Double]
        /// Sums of squared slopes (AdaGrad).
        private var squares: [Double]

        /// Weights of crosses, found by hashing, and of the features before them.
        private static let hashed = 1 << 12, dense = 18
        /// The learning rate and the decay of weights that are used.
        private static let rate = 0.15, decay = 1e-4

        /// The judge of a trained arm, before it learns.
        init(of arm: Arm) { self.init(knowsUnits: arm != .matcherRaw, readsText: arm != .matcherCore) }

        init(knowsUnits: Bool, readsText: Bool = true) {
            self.knowsUnits = knowsUnits
            self.readsText = readsText
            weights = Array(repeating: 0, count: Self.dense + Self.hashed)
            squares = Array(repeating: 1e-6, count: Self.dense + Self.hashed)
        }

        /// The likeliest prediction of each, where it is likelier a match than not.
        func verdicts(on references: [Record], among predictions: [Record]) -> [LLMSim.Verdict?] {
            let found = predictions.map { Side($0, readsText) }
            return references.map { reference in
                let wanted = Side(reference, readsText)
                let chances = found.map { probability(Pair(wanted, $0, knowsUnits)) }
                return LLMSim.Verdict(best: chances, least: 0.5)
            }
        }

        /// Learns from an extraction: each of its records beside each true one, once.
        ///
        /// - Returns: the mean cross-entropy of the pairs, before they were learnt from.
        mutating func learn(_ extraction: Extraction, of paper: Paper) -> Double {
            let wanted = paper.records.map { Side($0, readsText) }
            let found = extraction.records.map { Side($0, readsText) }
            var loss = 0.0
            for (place, reference) in wanted.enumerated() {
                for (source, record) in zip(extraction.sources, found) {
                    loss += update(Pair(reference, record, knowsUnits), isMatch: source == place)
                }
            }
            return loss / Double(max(1, wanted.count * found.count))
        }

        private mutating func update(_ pair: Pair, isMatch: Bool) -> Double {
            let p = probability(pair), slope = p - (isMatch ? 1 : 0)
            for (place, value) in pair.features {
                let gradient = slope * value + Self.decay * weights[place]
                squares[place] += gradient * gradient
                weights[place] -= Self.rate * gradient / squares[place].squareRoot()
            }
            return -log(max(1e-12, isMatch ? p : 1 - p))
        }

        private func probability(_ pair: Pair) -> Double {
            let z = pair.features.reduce(0) { $0 + weights[$1.place] * $1.value }
            return 1 / (1 + exp(-z))
        }

        // MARK: Features

        /// What is looked at of one record.
        private struct Side {
            let material, property, unit: String
            let grams: [Trigrams]
            let values, canonical: [Double]
            let base: String

            init(_ record: Record, _ readsText: Bool) {
                material = record["material"].plain
                property = record["property_name"].plain
                unit = record["unit"].plain
                let texts = readsText ? ["passage", "descriptor"].map { record[$0].plain } : ["", ""]
                grams = ([material, property] + texts).map { Trigrams($0) }
                values = ["value_low", "value_high"].map { Quantity.number(record[$0]) ?? 0 }
                let unit = unit
                canonical = values.map { Quantity.canonical($0, unit).number }
                base = Quantity.canonical(1, unit).unit
            }
        }

        /// A true record beside a predicted one.
        private struct Pair {
            private(set) var features: [(place: Int, value: Double)] = []

            init(_ a: Side, _ b: Side, _ knowsUnits: Bool) {
                let names = Self.names(a, b)
                let isUnit = knowsUnits ? a.base == b.base : a.unit == b.unit
                let (x, y) = knowsUnits ? (a.canonical, b.canonical) : (a.values, b.values)
                let ratios = zip(x, y).map { Self.logRatio($0, $1) }
                let isValue = ratios.allSatisfy { $0 < 0.01 }
                let dense =
                    [1, names.material, names.property, names.passage, names.descriptor]
                    + [isUnit ? 1 : 0, isValue ? 1 : 0, min(3, ratios[0]), min(3, ratios[1])]
                    + [ratios[0] < 0.01 ? 1 : 0, ratios[1] < 0.01 ? 1 : 0]
                    + [a.material == b.material ? 1 : 0, a.property == b.property ? 1 : 0]
                    + [names.isShortMaterial ? 1 : 0, names.isShortProperty ? 1 : 0]
                    + [isValue ? names.material : 0, isValue ? names.property : 0]
                    + [isValue && isUnit ? names.material * names.property : 0]
                features = dense.enumerated().map { ($0, $1) }
                cross(a.material, b.material, "m")
                cross(a.property, b.property, "p")
                // Which unit stands beside which, and how far the numbers are apart: how units are told without a table.
                if a.unit != b.unit {
                    let power = (log10(max(1e-9, b.values[0]) / max(1e-9, a.values[0])) * 10).rounded()
                    cross("\(a.unit) \(power)", b.unit, "u")
                }
            }

            /// A weight for two texts that differ.
            private mutating func cross(_ a: String, _ b: String, _ kind: String) {
                guard a != b else { return }
                let hash = "\(kind) \(a) \(b)".utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
                    ($0 ^ UInt64($1)) &* 0x100_0000_01b3
                }
                features.append((TrainedMatcher.dense + Int(hash % UInt64(TrainedMatcher.hashed)), 1))
            }

            private static func names(
                _ a: Side, _ b: Side
            ) -> (
                material: Double, property: Double, passage: Double, descriptor: Double,
                isShortMaterial: Bool, isShortProperty: Bool
            ) {
                let cosines = zip(a.grams, b.grams).map { $0.cosine($1) }
                return (
                    cosines[0], cosines[1], cosines[2], cosines[3], isShort(a.material, b.material),
                    isShort(a.property, b.property)
                )
            }

            /// Whether the letters of one stand in the other in their order: InN in indium nitride.
            private static func isShort(_ a: String, _ b: String) -> Bool {
                let (x, y) = (letters(a), letters(b))
                let (short, long) = x.count < y.count ? (x, y) : (y, x)
                guard let first = short.first, first == long.first else { return false }
                var left = short[...]
                for letter in long where letter == left.first { left = left.dropFirst() }
                return left.isEmpty
            }

            private static func letters(_ text: String) -> [Character] {
                text.lowercased().filter(\.isLetter).map { $0 }
            }

            private static func logRatio(_ a: Double, _ b: Double) -> Double {
                a > 0 && b > 0 ? abs(log(a / b)) : abs(a - b)
            }
        }
    }
}
