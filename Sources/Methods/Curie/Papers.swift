import Base
import Datasets
import Foundation

extension Curie {
    /// A made-up paper: what it says, as text and as the records that should be extracted.
    struct Paper: Sendable {
        let facts: [Fact]
        /// The truth, in one way of writing: what should be extracted.
        let records: [Record]
        /// The facts as the paper itself writes them.
        let told: [Record]
        /// Sentences of prose, most of which hold no fact, and the rows of a table; each with the places of its facts.
        let sentences: [(text: String, facts: [Int])]

        static let schema = Schema([
            "material": .name, "descriptor": .text, "property_name": .name, "value_low": .number,
            "value_high": .number, "unit": .unit, "passage": .text,
        ])

        /// Three to twelve facts, no two of one core, hidden in one to two thousand words.
        ///
        /// - Parameters:
        ///   - random: for what it says.
        ///   - avoided: names that it does not use.
        init(using random: inout RandomStream, avoiding avoided: Avoided = Avoided()) {
            var facts: [Fact] = []
            let count = 3 + random.below(10)
            while facts.count < count {
                let fact = Fact.any(using: &random)
                if !facts.contains(where: { $0.isSame(fact) }) { facts.append(fact) }
            }
            let writings = facts.map { Writing(for: $0, avoiding: avoided, using: &random) }
            let passages = zip(facts, writings).map { Passage.sentence($1.words(for: $0), using: &random) }
            self.facts = facts
            records = zip(facts, passages).map { Writing.plain.record(of: $0, passage: $1) }
            told = facts.indices.map { writings[$0].record(of: facts[$0], passage: passages[$0]) }
            sentences = Self.prose(passages, facts, writings, using: &random)
        }

        /// The last third of the facts stand in a table, the others in prose between sentences without any.
        private static func prose(
            _ passages: [String], _ facts: [Fact], _ writings: [Writing], using random: inout RandomStream
        ) -> [(String, [Int])] {
            let inTable = facts.count / 3, inProse = facts.count - inTable
            var sentences = (0..<90 + random.below(90)).map { _ in
                (Passage.filler(using: &random), [Int]())
            }
            for _ in 0..<random.below(3) {
                sentences.insert((Passage.aside(using: &random), []), at: random.below(sentences.count + 1))
            }
            for place in 0..<inProse {
                sentences.insert((passages[place], [place]), at: random.below(sentences.count + 1))
            }
            let rows = (inProse..<facts.count).map { place -> (String, [Int]) in
                let words = writings[place].words(for: facts[place])
                return ("| \(words.material) | \(words.property) | \(words.value) |", [place])
            }
            return sentences + rows
        }
    }

    /// Materials and properties that are written by their first name only; lists, for a set's order differs from run to
    /// run and would be stored.
    struct Avoided: Codable, Sendable, Equatable {
        var materials: [Int] = [], properties: [Int] = []
    }

    /// How somebody writes a fact down: which names, which unit, which words for the sample.
    struct Writing: Sendable {
        /// Places in the lists of names and units.
        var material = 0, property = 0, unit = 0
        var saysDescriptorOtherwise = false

        /// The truth's own way.
        static let plain = Writing()
        /// How often another name or unit is written than the truth has: no error.
        static let synonymShare = 0.4, unitShare = 0.3

        /// A fact's pieces of text.
        struct Words: Sendable {
            let material, property, value, unit, descriptor: String
            /// A number of earlier work, in brackets, which is no fact of this paper; empty for none.
            let earlier: String
        }

        func words(for fact: Fact) -> Words {
            let (low, high, unit) = values(of: fact)
            let value = low == high ? low.text : "\(low.text)-\(high.text)"
            let descriptors = saysDescriptorOtherwise ? Materials.descriptorsOtherwise : Materials.descriptors
            return Words(
                material: Materials.materials[fact.material][material],
                property: Materials.properties[fact.property].names[property],
                value: unit.isEmpty ? value : "\(value) \(unit)", unit: unit,
                descriptor: descriptors[fact.descriptor],
                earlier: low < 10 ? " (\(Fact.rounded(low * 1.2).text))" : "")
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
                guard self.unit > 0 else { return value }
                return Fact.rounded(Quantity.converted(value, from: units[0], to: unit), digits: 4)
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
                "\(m), \(d), shows a \(p) of \(v), in line with earlier work\(words.earlier).",
                "We obtain \(v) for the \(p) of \(m) (\(d)).",
            ]
            return sentences[random.below(sentences.count)]
        }

        /// A sentence that reads like a fact and is none that is asked for: what the substrate is like.
        static func aside(using random: inout RandomStream) -> String {
            let words = Writing.plain.words(for: .any(using: &random))
            return
                "The \(words.property) of the substrate (\(words.descriptor)) was found to be \(words.value)."
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

extension Curie.Writing {
    /// One of the ways to write a fact down.
    ///
    /// - Parameters:
    ///   - fact: what is written.
    ///   - avoided: names that are not used.
    ///   - random: for the choice; as many draws whatever is avoided.
    init(for fact: Curie.Fact, avoiding avoided: Curie.Avoided, using random: inout RandomStream) {
        let names = Curie.Materials.materials[fact.material].count
        let property = Curie.Materials.properties[fact.property]
        let choices = (
            Self.other(names, Self.synonymShare, &random),
            Self.other(property.names.count, Self.synonymShare, &random)
        )
        let unit = Self.other(property.units.count, Self.unitShare, &random)
        self.init(
            material: avoided.materials.contains(fact.material) ? 0 : choices.0,
            property: avoided.properties.contains(fact.property) ? 0 : choices.1,
            unit: fact.unit ?? unit,
            saysDescriptorOtherwise: random.chance(0.3))
    }

    /// The first of some ways, or now and then another one.
    private static func other(_ count: Int, _ share: Double, _ random: inout RandomStream) -> Int {
        let (isOther, place) = (random.chance(share), random.below(max(1, count - 1)))
        return isOther && count > 1 ? 1 + place : 0
    }
}
