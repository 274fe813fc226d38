import Base
import Datasets
import Foundation

extension Curie {
    /// A made-up paper: what it says, as text and as the records that should be extracted.
    struct Paper: Sendable {
        let facts: [Fact]
        let records: [Record]
        /// Sentences of prose, most of which hold no fact, and the rows of a table; each with the places of its facts.
        let sentences: [(text: String, facts: [Int])]

        static let schema = Schema([
            "material": .name, "descriptor": .text, "property_name": .name, "value_low": .number,
            "value_high": .number, "unit": .unit, "passage": .text,
        ])

        /// Three to twelve facts, no two of one core, hidden in one to three thousand words.
        init(using random: inout RandomStream) {
            var facts: [Fact] = []
            let count = 3 + random.below(10)
            while facts.count < count {
                let fact = Fact.any(using: &random)
                if !facts.contains(where: { $0.isSame(fact) }) { facts.append(fact) }
            }
            self.facts = facts
            let passages = facts.map { Passage.sentence(Writing.plain.words(for: $0), using: &random) }
            records = zip(facts, passages).map { Writing.plain.record(of: $0, passage: $1) }
            sentences = Self.prose(passages, facts, using: &random)
        }

        /// The last third of the facts stand in a table, the others in prose between sentences without any.
        private static func prose(
            _ passages: [String], _ facts: [Fact], using random: inout RandomStream
        ) -> [(String, [Int])] {
            let inTable = facts.count / 3, inProse = facts.count - inTable
            var sentences = (0..<60 + random.below(60)).map { _ in (Passage.filler(using: &random), [Int]()) }
            for place in 0..<inProse {
                sentences.insert((passages[place], [place]), at: random.below(sentences.count + 1))
            }
            let rows = (inProse..<facts.count).map { place -> (String, [Int]) in
                let words = Writing.plain.words(for: facts[place])
                return (
                    "| " + [words.material, words.property, words.value].joined(separator: " | ") + " |",
                    [place]
                )
            }
            return sentences + rows
        }
    }

    /// How somebody writes a fact down: which names, which unit, which words for the sample.
    struct Writing: Sendable {
        /// Places in the lists of names and units.
        var material = 0, property = 0, unit = 0
        var saysDescriptorOtherwise = false

        /// The truth's own way.
        static let plain = Writing()

        /// A fact's pieces of text.
        struct Words: Sendable {
            let material, property, value, unit, descriptor: String
        }

        func words(for fact: Fact) -> Words {
            let (low, high, unit) = values(of: fact)
            let value = low == high ? low.text : "\(low.text)-\(high.text)"
            return Words(
                material: Materials.materials[fact.material][material],
                property: Materials.properties[fact.property].names[property],
                value: unit.isEmpty ? value : "\(value) \(unit)", unit: unit,
                descriptor: (saysDescriptorOtherwise ? Materials.descriptorsOtherwise : Materials.descriptors)
                [
                    fact.descriptor])
        }

        func record(of fact: Fact, passage: String) -> Record {
            let words = words(for: fact), (low, high, unit) = values(of: fact)
            return Record([
                "material": .text(words.material), "descriptor": .text(words.descriptor),
                "property_name": .text(words.property), "value_low": .number(low),
                "value_high": .number(high),
                "unit": .text(unit), "passage": .text(passage),
            ])
        }

        /// Numbers in the unit that is written.
        private func values(of fact: Fact) -> (low: Double, high: Double, unit: String) {
            let units = Materials.properties[fact.property].units, unit = units[self.unit]
            func written(_ value: Double) -> Double {
                guard self.unit > 0, let to = Quantity.conversions[unit] else { return value }
                let base = Quantity.canonical(value, units[0]).number
                return Fact.rounded((base - to.offset) / to.factor, digits: 4)
            }
            return (written(fact.low), written(fact.high), unit)
        }
    }

    /// Sentences of made-up papers.
    enum Passage {
        /// A sentence that says a fact.
        static func sentence(_ words: Writing.Words, using random: inout RandomStream) -> String {
            let (m, p, v, d) = (words.material, words.property, words.value, words.descriptor)
            let sentences = [
                "The \(p) of \(m) (\(d)) was found to be \(v).",
                "For \(d) \(m) we measured a \(p) of \(v).",
                "\(m), \(d), shows a \(p) of \(v), in line with earlier work.",
                "We obtain \(v) for the \(p) of \(m) (\(d)).",
            ]
            return sentences[random.below(sentences.count)]
        }

        /// A sentence that says none; some hold numbers, so that care is needed.
        static func filler(using random: inout RandomStream) -> String {
            let (year, number) = (1970 + random.below(50), 1 + random.below(900))
            let sentences = [
                "The samples were annealed for \(number) min before they were measured.",
                "Calculations used a plane wave cutoff of \(number) Ry and a dense mesh of k points.",
                "This was first proposed in \(year) and has been debated since.",
                "Further details are given in the supporting information, section \(number % 9).",
                "Growth rates were kept low so that interfaces stay sharp.",
                "The agreement between theory and experiment is fair for all compounds considered here.",
                "Error bars are smaller than the symbols unless they are drawn.",
                "Peaks near \(number) cm-1 are assigned to phonons of the substrate.",
            ]
            return sentences[random.below(sentences.count)]
        }
    }
}
