import Base
import Datasets
import Measures
import MethodKit
import Testing

@testable import Methods

/// Papers, extractors and what is compared; and the claim's direction at small size.
@Suite struct CurieTests {
    private static func papers(_ count: Int, seed: UInt64 = 5) -> [Curie.Paper] {
        var random = RandomStream(seed: seed)
        return (0..<count).map { _ in Curie.Paper(using: &random) }
    }

    // MARK: Data

    @Test func papersHoldTheirFacts() {
        for paper in Self.papers(40) {
            #expect((3...12).contains(paper.facts.count) && paper.records.count == paper.facts.count)
            #expect(paper.sentences.flatMap(\.facts).sorted() == Array(paper.facts.indices))
            for (text, facts) in paper.sentences {
                for fact in facts {
                    let told = paper.told[fact]
                    #expect(text.contains(told["material"].plain), "\(text)")
                    #expect(text.contains(told["value_low"].plain), "\(text)")
                }
            }
            for (place, fact) in paper.facts.enumerated() {
                #expect(!paper.facts[..<place].contains { $0.isSame(fact) })
            }
        }
    }

    /// Whatever names and units it is written with, a fact stays the one that it is.
    @Test func anyWritingSaysTheSame() {
        var random = RandomStream(seed: 8)
        let rules = Curie.RuleJudge(schema: Curie.Paper.schema, synonyms: Curie.Materials.synonyms)
        for _ in 0..<400 {
            let fact = Curie.Fact.any(using: &random), property = Curie.Materials.properties[fact.property]
            let writing = Curie.Writing(
                material: random.below(Curie.Materials.materials[fact.material].count),
                property: random.below(property.names.count), unit: random.below(property.units.count),
                saysDescriptorOtherwise: true)
            let truth = Curie.Writing.plain.record(of: fact, passage: "a")
            let compare = rules.compared(truth, writing.record(of: fact, passage: "b"))
            #expect(compare.values.allSatisfy { $0 }, "\(truth.json) \(compare)")
        }
    }

    @Test func extractorsAreAsGoodAsTheirQuality() {
        var random = RandomStream(seed: 2)
        for mix in Curie.ErrorMix.allCases where mix != .read {
            let means = Curie.Extractor.qualities.map { quality in
                let scores = Self.papers(80).map {
                    Curie.Extractor(quality: quality, mix: mix).extract($0, using: &random).trueF1
                }
                return scores.reduce(0, +) / 80
            }
            #expect(means == means.sorted(), "\(mix) \(means)")
            #expect(means[0] < 0.65 && means[4] > 0.75, "\(mix) \(means)")
        }
    }

    /// Each degree of care reads more rightly; the last reads all, and what is said of substrates besides.
    @Test func moreCareReadsMore() {
        let papers = Self.papers(60)
        let means = (1...5).map { care in
            papers.reduce(0) { $0 + Curie.PatternReader(care: care).read($1).trueF1 } / 60
        }
        #expect(means == means.sorted() && means[0] < 0.5 && means[4] > 0.85 && means[4] < 1, "\(means)")
    }

    /// A careless pattern takes the upper end off a range, a word for a material, and earlier work's number.
    @Test func carelessPatternsErrAsPatternsDo() throws {
        let range = ("The gap of InN (bulk) was found to be 0.7-0.9 eV.", 3)
        let film = ("For thin film indium nitride we measured a gap of 0.7 eV.", 4)
        let earlier = ("InN, bulk, shows a gap of 0.7 eV, in line with earlier work (0.84).", 5)
        for (text, care) in [range, film, earlier] {
            let careful = try #require(Curie.PatternReader(care: care).record(in: text))
            let careless = try #require(Curie.PatternReader(care: care - 1).record(in: text))
            #expect(careful["value_low"] == .number(0.7), "\(text)")
            let differs = ["material", "value_low", "value_high"].count { careful[$0] != careless[$0] }
            #expect(differs > 0, "\(text)")
        }
        #expect(Curie.PatternReader(care: 4).record(in: film.0)?["material"] == .text("indium nitride"))
        let cutoff = "Calculations used a plane wave cutoff of 300 Ry and a dense mesh of k points."
        #expect(Curie.PatternReader(care: 1).record(in: cutoff) != nil)
        #expect(Curie.PatternReader(care: 3).record(in: cutoff) == nil)
    }

    /// The truth is what the rules say, except for what they cannot know: two records of one core.
    @Test func trueF1IsThatOfTheOracle() {
        var random = RandomStream(seed: 4)
        let rules = Curie.RuleJudge(schema: Curie.Paper.schema, synonyms: Curie.Materials.synonyms)
        var difference = 0.0
        for paper in Self.papers(60) {
            let extraction = Curie.Extractor(quality: 0.6, mix: .mixed).extract(paper, using: &random)
            let verdicts = rules.verdicts(on: paper.records, among: extraction.records)
            let score = Curie.LLMSim.score(verdicts, predictions: extraction.records.count).score.f1
            difference += abs(score - extraction.trueF1) / 60
        }
        #expect(difference < 0.01)
    }

    /// Exchanged contents leave the paper's words as they are: what is moved is neither made up nor lost.
    @Test func swapsMakeUpNothing() {
        var random = RandomStream(seed: 6), moved = 0
        for paper in Self.papers(30) {
            var facts = paper.facts
            Curie.Extractor.exchange(Array(facts.indices), in: &facts, using: &random)
            func sorted<Value: Comparable>(_ facts: [Curie.Fact], _ value: (Curie.Fact) -> Value) -> [Value] {
                facts.map(value).sorted()
            }
            #expect(sorted(facts) { $0.material } == sorted(paper.facts) { $0.material })
            #expect(sorted(facts) { $0.property } == sorted(paper.facts) { $0.property })
            #expect(sorted(facts) { $0.low } == sorted(paper.facts) { $0.low })
            #expect(sorted(facts) { $0.high } == sorted(paper.facts) { $0.high })
            moved += zip(facts, paper.facts).count { $0 != $1 }
        }
        #expect(moved > 100)
    }

    /// A unit error keeps the number beside another of the property's units, or converts the number and keeps the unit; both
    /// are wrong by the table.
    @Test(arguments: [true, false]) func unitsAreTakenForOneAnother(_ keepsNumber: Bool) {
        var random = RandomStream(seed: 7), units: Set<String> = []
        let rules = Curie.RuleJudge(schema: Curie.Paper.schema, synonyms: Curie.Materials.synonyms)
        for _ in 0..<400 {
            let fact = Curie.Fact.any(using: &random),
                truth = Curie.Writing.plain.record(of: fact, passage: "")
            var wrong = fact
            Curie.Extractor.misread(&wrong, keepsNumber: keepsNumber, using: &random)
            let record = Curie.Writing(for: wrong, avoiding: Curie.Avoided(), using: &random)
                .record(of: wrong, passage: "")
            // A refractive index has no unit to be taken for another.
            guard Curie.Materials.properties[fact.property].units.count > 1 else {
                #expect(wrong.unit == nil)
                continue
            }
            #expect(
                (record["value_low"] == truth["value_low"]) == keepsNumber, "\(record.json) \(truth.json)")
            #expect((record["unit"] == truth["unit"]) == !keepsNumber)
            #expect(rules.compared(truth, record)["value_low"] == false && !wrong.isSame(fact))
            units.insert(record["unit"].plain)
        }
        #expect(units.contains(keepsNumber ? "meV" : "eV") && !units.contains(keepsNumber ? "eV" : "meV"))
    }

    /// One error in five replaces the unit alone: the number of the truth beside another unit.
    @Test func mixedErrorsIncludeUnits() {
        var random = RandomStream(seed: 8), errors = 0
        for _ in 0..<2_000 {
            var fact = Curie.Fact.any(using: &random)
            Curie.Extractor.replace(&fact, using: &random)
            if fact.unit != nil { errors += 1 }
        }
        // Seven of eight properties have a second unit.
        #expect(abs(Double(errors) / 2_000 - 0.2 * 7 / 8) < 0.03)
    }

    // MARK: Measures without a judge

    private let schema = Curie.Schema(["a": .name, "n": .number, "unit": .unit])

    private func record(_ a: String, _ n: Double, _ unit: String) -> Curie.Record {
        Curie.Record(["a": .text(a), "n": .number(n), "unit": .text(unit)])
    }

    @Test func fieldsAreAssigned() {
        let truths = [record("x y", 1, "eV"), record("z", 2, "K")]
        #expect(Curie.FieldMatching.f1(truths.reversed(), truths, schema) == 1)
        // One field of three agrees by half of its words: F1 of "x" beside "x y" is 2/3.
        let found = Curie.FieldMatching.f1([record("x", 5, "m")], [truths[0]], schema)
        #expect(abs(found - 2.0 / 9) < 1e-12)
        #expect(Curie.FieldMatching.f1([], truths, schema) == 0)
        #expect(Curie.FieldMatching.f1(truths, [], schema) == 0)
    }

    @Test func unitsBecomeTheirBase() {
        let base = Curie.FieldMatching.canonical(
            [record("x", 700, "meV"), record("x", 20, "furlong")], schema)
        #expect(base == [record("x", 0.7, "eV"), record("x", 20, "furlong")])
    }

    /// Names that a table has become the first of their group; others, and all else, stay as they are.
    @Test func namesBecomeTheFirstOfTheirGroup() {
        let table = Curie.Synonyms([["InN", "indium nitride"]])
        let named = Curie.FieldMatching.named(
            [record("Indium-Nitride", 1, "eV"), record("GaN", 1, "eV")], schema, table)
        #expect(named == [record("InN", 1, "eV"), record("GaN", 1, "eV")])
    }

    @Test func exactAsksForEveryWordAndCountForNone() {
        let truths = [record("x", 1, "eV"), record("x", 1, "eV"), record("z", 2, "K")]
        let found = [record("x", 1, "eV"), record("z", 2, "°C")]
        #expect(Curie.FieldMatching.exact(found, truths, schema) == 2.0 / 5)
        #expect(Curie.FieldMatching.count(found, truths) == 2.0 / 3)
    }

    @Test func greedyMatchingFindsTheNearestWord() {
        let near = Curie.GreedyMatching.score("conductive", reference: "conductivity").f1
        #expect(near > 0.5 && near < 1)
        #expect(Curie.GreedyMatching.score("b a", reference: "a b").f1 == 1)
        #expect(Curie.GreedyMatching.score("", reference: "a").f1 == 0)
        let half = Curie.GreedyMatching.score("a", reference: "a zz")
        #expect(half.precision == 1 && half.recall == 0.5)
    }

    // MARK: What is measured of measures

    @Test func rhoIsTakenWithinExtractorsAndOverAll() {
        var sheet = Curie.Sheet()
        // Within each extractor the wrong way round, but better extractors score higher.
        for extractor in Curie.Extractor.qualities.indices {
            for paper in 0..<6 {
                sheet.add(extractor, Double(10 * extractor - paper), Double(10 * extractor + paper))
            }
        }
        #expect(sheet.within == -1 && sheet.pooled > 0.8)
        var still = Curie.Sheet()
        for paper in 0..<6 { still.add(0, 1, Double(paper)) }
        #expect(still.byExtractor[0] == 0)
    }

    /// With a judge that errs less the measure follows the truth better, and the first prediction's loss is a bias.
    @Test func aBetterJudgeFollowsTheTruthBetter() throws {
        let state = try Self.judged(.rules)
        let values = state.sweep.judged.map(\.within)
        #expect(values.last.map { $0 > 0.98 } == true && values[0] < 0.5)
        #expect(values[2] < values[6] && values[6] < values[8])
        let crossing = state.sweep.crossing(state.sweep.rouge)
        #expect(crossing > 0.5 && crossing < state.sweep.crossing(state.sweep.aligned))
    }

    @Test func skippingTheFirstPredictionIsABias() throws {
        let calls = try Self.judged(.rules).calls
        let bias = (calls.skipping - calls.counted) / Double(calls.lists)
        #expect(bias < -0.03 && bias > -0.2, "\(bias)")
        #expect(calls.right * 100 >= calls.all * 99)
    }

    /// The claim's direction, and its controls', on a seed that no claim is recorded on.
    @Test func theTrainedJudgeLeadsAtSmallSize() throws {
        let matcher = try Self.judged(.matcher), aligned = try Self.judged(.aligned)
        let rouge = try Self.judged(.rouge)
        #expect(matcher.sheet(.mixed).within > rouge.sheet(.mixed).within + 0.1)
        #expect(matcher.sheet(.swaps).within > aligned.sheet(.swaps).within)
        #expect(aligned.sheet(.mixed).within > rouge.sheet(.mixed).within)
        #expect(abs(matcher.sheet(.mixed).chance) < 0.3)
        let calls = matcher.calls
        #expect(
            calls.hidden.all > 20 && calls.seen.recall > calls.hidden.recall
                && Double(calls.right) / Double(calls.all) > 0.85)
    }

    private static func judged(_ arm: Curie.Arm) throws -> Curie.State {
        var inputs = Curie.Inputs()
        (inputs.papers, inputs.training) = (50, 200)
        let trial = Trial(
            of: Curie.self, arm: arm, inputs: inputs, plan: TrialPlan(of: Curie.self, seed: 1),
            link: TrialLink())
        var state = Curie.State(trial)
        if arm.isTrained {
            state.matcher = Curie.TrainedMatcher(of: arm)
            for _ in 0..<inputs.training { _ = state.learn() }
        }
        for _ in 0..<inputs.papers { try state.judge(arm, inputs) }
        return state
    }
}
