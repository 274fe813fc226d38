import Base
import Datasets
import MethodKit
import Testing

@testable import Methods

/// Which measure each arm is, on two true records and three predicted ones whose scores can be worked out by hand.
@Suite struct CurieArmTests {
    private static func record(
        _ material: String, _ property: String, _ value: Double, _ unit: String, _ descriptor: String,
        _ passage: String
    ) -> Curie.Record {
        Curie.Record([
            "material": .text(material), "property_name": .text(property), "value_low": .number(value),
            "value_high": .number(value), "unit": .text(unit), "descriptor": .text(descriptor),
            "passage": .text(passage),
        ])
    }

    private let truths = [
        record("InN", "band gap", 0.7, "eV", "bulk", "alpha"),
        record("GaN", "density", 6.1, "g/cm3", "film", "beta"),
    ]
    /// The second truth in other free text, the first by other names in another unit, and one that is made up.
    private let predictions = [
        record("GaN", "density", 6.1, "g/cm3", "wire", "gamma"),
        record("indium nitride", "bandgap", 700, "meV", "bulk", "alpha"),
        record("ZnO", "melting point", 2000, "K", "powder", "delta"),
    ]

    /// Training papers have no other name of InN, the first material, and all of band gap's.
    private let seen = Curie.Materials.synonyms(without: Curie.Avoided(materials: [0], properties: []))

    private func state(_ arm: Curie.Arm, _ inputs: Curie.Inputs) -> Curie.State {
        let trial = Trial(
            of: Curie.self, arm: arm, inputs: inputs, plan: TrialPlan(of: Curie.self, seed: 1),
            link: TrialLink())
        return Curie.State(trial)
    }

    private func score(_ arm: Curie.Arm, error: Double = 0) throws -> Double {
        var inputs = Curie.Inputs()
        inputs.error = error
        let judge = state(arm, inputs).judge(of: arm, inputs, seen)
        return try Curie.idea(arm, predictions, truths, judge, inputs.rules, seen: seen).score
    }

    /// m matches of two true records and three predicted ones have F1 2m / 5; so has a sum of similarities.
    private static let wanted: [Curie.Arm: Double] = [
        // ROUGE and greedy matching by another implementation, in Python.
        .rouge: 0.625, .rougeL: 0.45833333333333337, .canonical: 0.7142857142857142,
        .greedy: 0.7715567762574251,
        // One record is equal in names, numbers and units; the counts are 2 and 3.
        .exact: 0.4, .count: 0.6666666666666666,
        // Two of seven fields agree, and five of seven.
        .hungarian: 0.4,
        // Three of five fields agree in base units, and five of five; four with band gap's names made one.
        .aligned: 0.64, .alignedSeen: 0.72,
        // Letters alone find one, or must take something for both; the table finds both, without InN's names one.
        .trigrams: 0.4, .nearest: 0.8, .rules: 0.8, .noisy: 0.8, .rulesSeen: 0.4,
    ]

    @Test(arguments: Curie.Arm.allCases.filter { !$0.isTrained })
    func eachArmIsItsMeasure(_ arm: Curie.Arm) throws {
        let wanted = try #require(Self.wanted[arm])
        #expect(abs(try score(arm) - wanted) < 1e-9)
    }

    @Test func theNoisyJudgeErrsByItsInput() throws {
        // Of each true record it denies the match or names another prediction.
        #expect(try score(.noisy, error: 1) <= 0.8)
        var inputs = Curie.Inputs()
        inputs.error = 1
        let judge = state(.noisy, inputs).judge(of: .noisy, inputs, seen)
        let verdicts = try judge?.verdicts(on: truths, among: predictions) ?? []
        #expect(verdicts.count == 2 && verdicts[0]?.index != 1 && verdicts[1]?.index != 0)
    }

    /// Matches both truths with one prediction.
    private struct FirstJudge: Curie.Judge {
        func verdicts(
            on references: [Curie.Record], among predictions: [Curie.Record]
        ) -> [Curie.LLMSim.Verdict?] {
            references.map { _ in Curie.LLMSim.Verdict(index: 0, compare: [:]) }
        }
    }

    @Test func oneArmLetsAPredictionMatchOnce() throws {
        for arm in Curie.Arm.allCases where arm.isTrained {
            let (score, verdicts) = try Curie.idea(
                arm, predictions, truths, FirstJudge(), Curie.LLMSim.Rules(), seen: seen)
            #expect(abs(score - (arm == .matcherOne ? 0.4 : 0.8)) < 1e-12 && verdicts.count == 2)
        }
    }

    /// The trained arms differ in what their judge is given: units, and passages with descriptors.
    @Test func trainedArmsReadWhatTheirNamesSay() {
        for arm in Curie.Arm.allCases where arm.isTrained {
            let judge = Curie.TrainedMatcher(of: arm)
            #expect(judge.knowsUnits == (arm != .matcherRaw) && judge.readsText == (arm != .matcherCore))
        }
    }

    /// Passages and descriptors move a verdict of the judge that reads them, and none of the other's.
    @Test func theCoreAloneIsRead() {
        var random = RandomStream(seed: 3)
        for readsText in [true, false] {
            var judge = Curie.TrainedMatcher(knowsUnits: true, readsText: readsText), moved = 0.0
            for _ in 0..<60 {
                let paper = Curie.Paper(using: &random)
                let extraction = Curie.ErrorMix.mixed.extraction(3, of: paper, using: &random)
                var other = judge
                let silent = Curie.Extraction(
                    records: extraction.records.map {
                        Curie.Record(
                            $0.fields.merging(["passage": .text(""), "descriptor": .text("")]) { $1 })
                    }, sources: extraction.sources, facts: extraction.facts)
                moved += abs(judge.learn(extraction, of: paper) - other.learn(silent, of: paper))
            }
            #expect(readsText ? moved > 0.01 : moved == 0)
        }
    }

    /// What a judge in training sees, from the trial's own streams: papers and extractions without any name that is hidden
    /// from it, in names and passages and in the paper's text.
    @Test func aLessonNeverShowsHiddenNames() {
        var state = state(.matcher, Curie.Inputs()), seen: Set<String> = [], said = ""
        let avoided = state.avoided
        #expect(avoided.materials.count == 20 && avoided.properties.count == 4)
        for _ in 0..<150 {
            let (paper, extractions) = state.lesson()
            let records = paper.records + paper.told + extractions.flatMap(\.records)
            seen.formUnion(records.flatMap { [$0["material"].plain, $0["property_name"].plain] })
            said += records.map { $0["passage"].plain }.joined() + paper.sentences.map(\.text).joined()
        }
        let groups =
            avoided.materials.map { Curie.Materials.materials[$0] }
            + avoided.properties.map { Curie.Materials.properties[$0].names }
        for name in groups.flatMap({ $0.dropFirst() }) {
            #expect(!seen.contains(name), "\(name)")
            // Short ones such as Eg and Tm stand in other words.
            if name.count > 6 { #expect(!said.contains(name), "\(name)") }
        }
        let known = Curie.Materials.materials.indices.filter { !avoided.materials.contains($0) }
        #expect(known.allSatisfy { seen.contains(Curie.Materials.materials[$0][1]) })
    }
}
