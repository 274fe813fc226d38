import Base
import Datasets

extension Curie {
    /// What goes wrong when records are extracted, and so who extracts them.
    enum ErrorMix: String, CaseIterable, Codable, Sendable {
        /// Records left out or made up, values and names replaced by others, numbers kept with another unit.
        case mixed
        /// Materials, values or properties exchanged between the records of one paper, which leaves its words as they are.
        case swaps
        /// What no judge was trained on: slipped decimal points, turned digits, numbers converted without their unit,
        /// ranges of which one end is wrong, materials that look alike.
        case shifted
        /// What patterns make of the text, which they really read.
        case read

        /// Where its papers and scores stand in lists that have one a mix.
        var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

        /// A paper as one of the five extractors has it, by its place from the worst.
        func extraction(
            _ place: Int, of paper: Paper, avoiding avoided: Avoided = Avoided(),
            using random: inout RandomStream
        ) -> Extraction {
            guard self != .read else { return PatternReader(care: place + 1).read(paper) }
            let extractor = Extractor(quality: Extractor.qualities[place], mix: self, avoided: avoided)
            return extractor.extract(paper, using: &random)
        }
    }

    /// What an extractor made of a paper.
    struct Extraction: Sendable {
        let records: [Record]
        /// For each record the fact that it states rightly; nil where it states none of the paper's.
        let sources: [Int?]
        let facts: Int

        /// F1 with one match a fact, known by construction.
        var trueF1: Double {
            let matched = Set(sources.compactMap { $0 }).count
            return 2 * Double(matched) / Double(max(1, records.count + facts))
        }
    }

    /// Extracts with errors at known rates.
    struct Extractor: Sendable {
        /// From 0 to 1: how much is found and right.
        let quality: Double
        let mix: ErrorMix
        /// Names that it never uses, by group: what a judge in training must not see.
        var avoided = Avoided()

        /// Five extractors, from poor to good.
        static let qualities = [0.35, 0.5, 0.65, 0.8, 0.92]

        /// Reads a paper.
        func extract(_ paper: Paper, using random: inout RandomStream) -> Extraction {
            // From paper to paper an extractor does better or worse.
            let q = min(0.99, max(0.05, quality + 0.12 * random.gaussian())), bad = 1 - q
            var facts = paper.facts.filter { _ in random.chance(1 - 0.5 * bad) }
            let errors = facts.indices.filter { _ in random.chance(0.6 * bad) }
            apply(errors, to: &facts, using: &random)
            for _ in paper.facts where random.chance(0.25 * bad) { facts.append(.any(using: &random)) }
            for fact in facts where random.chance(0.05) { facts.append(fact) }
            if random.chance(0.5) { facts.shuffle(using: &random) }
            return written(facts, of: paper, using: &random)
        }

        /// The records, and which of them are right: a wrong one may be another fact of the paper by chance.
        private func written(
            _ facts: [Fact], of paper: Paper, using random: inout RandomStream
        ) -> Extraction {
            let records = facts.map { fact -> Record in
                let writing = Writing(for: fact, avoiding: avoided, using: &random)
                return writing.record(
                    of: fact, passage: Passage.sentence(writing.words(for: fact), using: &random))
            }
            let sources = facts.map { fact in paper.facts.firstIndex { $0.isSame(fact) } }
            return Extraction(records: records, sources: sources, facts: paper.facts.count)
        }

        // MARK: Errors

        private func apply(_ errors: [Int], to facts: inout [Fact], using random: inout RandomStream) {
            switch mix {
            case .mixed: for place in errors { Self.replace(&facts[place], using: &random) }
            case .swaps: Self.exchange(errors, in: &facts, using: &random)
            case .shifted: for place in errors { Self.slip(&facts[place], using: &random) }
            case .read: break
            }
        }

        static func replace(_ fact: inout Fact, using random: inout RandomStream) {
            let other = Fact.any(using: &random)
            switch random.below(5) {
            case 0, 1: (fact.low, fact.high) = Fact.values(of: fact.property, using: &random)
            case 2: fact.material = other.material
            case 3: fact.property = other.property
            default: misread(&fact, keepsNumber: true, using: &random)
            }
        }

        /// A unit taken for another of the property's: the number is kept beside another unit, or it is converted and its
        /// unit is not. A property with one unit gets another value instead.
        static func misread(_ fact: inout Fact, keepsNumber: Bool, using random: inout RandomStream) {
            let units = Materials.properties[fact.property].units
            guard units.count > 1 else {
                (fact.low, fact.high) = Fact.values(of: fact.property, using: &random)
                return
            }
            let place = 1 + random.below(units.count - 1)
            let (from, to) = keepsNumber ? (units[place], units[0]) : (units[0], units[place])
            func misread(_ value: Double) -> Double {
                Fact.rounded(Quantity.converted(value, from: from, to: to), digits: 6)
            }
            (fact.low, fact.high) = (misread(fact.low), misread(fact.high))
            fact.unit = keepsNumber ? place : 0
        }

        /// Pairs of records exchange their materials, their values or their properties. A property's own units go with it,
        /// and a number is kept as it stands in the first of them.
        static func exchange(
            _ errors: [Int], in facts: inout [Fact], using random: inout RandomStream
        ) {
            for place in errors where facts.count > 1 {
                let other = (place + 1 + random.below(facts.count - 1)) % facts.count
                let (a, b) = (facts[place], facts[other])
                switch random.below(3) {
                case 0: (facts[place].material, facts[other].material) = (b.material, a.material)
                case 1:
                    (facts[place].low, facts[place].high) = (b.low, b.high)
                    (facts[other].low, facts[other].high) = (a.low, a.high)
                default: (facts[place].property, facts[other].property) = (b.property, a.property)
                }
            }
        }

        private static func slip(_ fact: inout Fact, using random: inout RandomStream) {
            switch random.below(5) {
            case 0:
                let factor = random.chance(0.5) ? 10.0 : 0.1
                (fact.low, fact.high) = (Fact.rounded(fact.low * factor), Fact.rounded(fact.high * factor))
            case 1:
                let turned = turnedDigits(fact.low)
                (fact.low, fact.high) = (turned, max(turned, fact.high == fact.low ? turned : fact.high))
            case 2: fact.high = Fact.rounded(fact.high * random.uniform(1.1, 2))
            case 3: misread(&fact, keepsNumber: false, using: &random)
            default: fact.material = lookAlike(of: fact.material, using: &random)
            }
        }

        /// The first two digits exchanged: 7.41 for 4.71; a third more where they are equal or a zero would lead.
        private static func turnedDigits(_ value: Double) -> Double {
            var text = Array(String(value.text))
            let digits = text.indices.filter { text[$0].isNumber }
            guard digits.count > 1, text[digits[0]] != text[digits[1]], text[digits[1]] != "0" else {
                return Fact.rounded(value * 1.3)
            }
            text.swapAt(digits[0], digits[1])
            return Double(String(text)) ?? value
        }

        /// A material whose formula begins alike.
        private static func lookAlike(of material: Int, using random: inout RandomStream) -> Int {
            let name = Materials.materials[material][0]
            let alike = Materials.materials.indices.filter {
                $0 != material && Materials.materials[$0][0].prefix(2) == name.prefix(2)
            }
            guard !alike.isEmpty else { return (material + 1) % Materials.materials.count }
            return alike[random.below(alike.count)]
        }
    }
}
