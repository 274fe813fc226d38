import Base
import Datasets
import MethodKit
import Testing

@testable import Methods

/// Who says which records match, and how answers are read.
@Suite struct CurieJudgeTests {
    private static let schema = Curie.Paper.schema

    private func record(
        _ material: String, _ property: String, _ low: Double, _ unit: String, to high: Double? = nil,
        passage: String = ""
    ) -> Curie.Record {
        Curie.Record([
            "material": .text(material), "property_name": .text(property), "value_low": .number(low),
            "value_high": .number(high ?? low), "unit": .text(unit), "passage": .text(passage),
        ])
    }

    private var rules: Curie.RuleJudge {
        Curie.RuleJudge(schema: Self.schema, synonyms: Curie.Materials.synonyms)
    }

    @Test func rulesKnowUnitsAndSynonyms() throws {
        let truth = record("InN", "band gap", 0.7, "eV", passage: "one thing")
        let same = record("Indium Nitride", "Eg", 700, "meV", passage: "quite another")
        let verdict = try #require(
            rules.verdicts(on: [truth], among: [record("GaN", "Eg", 0.7, "eV"), same])[0])
        #expect(verdict.index == 1)
        #expect(verdict.compare.values.allSatisfy { $0 } && verdict.compare["passage"] == nil)
        let compare = rules.compared(truth, record("InN", "band gap", 0.7, "meV"))
        #expect(compare["value_low"] == false && compare["unit"] == true && compare["material"] == true)
        #expect(rules.verdicts(on: [truth], among: [record("InN", "band gap", 0.7, "eV", to: 0.9)]) == [nil])
    }

    @Test func temperaturesHaveAnOffset() {
        let truth = record("ZnO", "melting point", 2248, "K")
        #expect(rules.verdicts(on: [truth], among: [record("ZnO", "Tm", 1975, "°C")])[0]?.index == 0)
        #expect(rules.verdicts(on: [truth], among: [record("ZnO", "Tm", 1975, "K")])[0] == nil)
    }

    /// Numbers of one unit are compared as they are written; in kelvin 25 and 27 °C are within one per cent.
    @Test func equalUnitsAreComparedAsWritten() {
        let truth = record("ZnO", "melting point", 25, "°C")
        #expect(rules.verdicts(on: [truth], among: [record("ZnO", "Tm", 27, "°C")]) == [nil])
        #expect(rules.verdicts(on: [truth], among: [record("ZnO", "Tm", 25.1, "°C")])[0]?.index == 0)
        #expect(rules.verdicts(on: [truth], among: [record("ZnO", "Tm", 298.15, "K")])[0]?.index == 0)
    }

    /// The Greek letter mu is written for the micro sign.
    @Test func bothMusAreMicro() {
        for unit in ["\u{3BC}m", "\u{B5}m", "um"] {
            let found = Curie.Quantity.canonical(2, unit)
            #expect(found.number == 2_000 && found.unit == "nm", "\(unit)")
        }
    }

    /// Nothing to be found and nothing said is right; of one alone nothing is found.
    @Test func twoEmptyListsAgree() {
        #expect(Curie.LLMSim.score([], predictions: 0).score.f1 == 1)
        #expect(Curie.LLMSim.score([], predictions: 2).score.f1 == 0)
        #expect(Curie.LLMSim.score([nil], predictions: 0).score.f1 == 0)
    }

    @Test func noneIsAnAnswer() {
        for answer in ["{}", "[]", "none", "", "{\"compare\": {}}", "{\"json_extracted_index\": -1}"] {
            #expect(Curie.LLMSim.verdict(answer) == nil, "\(answer)")
        }
        let (matches, score) = Curie.LLMSim.score([nil, nil], predictions: 3)
        #expect(matches == 0 && score.f1 == 0)
    }

    @Test func answersAreReadAsTheBenchmarkDoes() throws {
        let fenced = "```json\n{\"json_extracted_index\": 2, \"compare\": {\"a\": 1, \"b\": 0}}\n```"
        let verdict = try #require(Curie.LLMSim.verdict(fenced))
        #expect(verdict == Curie.LLMSim.Verdict(index: 2, compare: ["a": true, "b": false]))
        // The list breaks off in its second object, and the first is what counts.
        #expect(Curie.LLMSim.verdict("[{\"json_extracted_index\": \"3\"}, {\"json_extr")?.index == 3)
    }

    @Test func recordsAreTakenOutOfResponses() {
        let texts = [
            "[{\"a\": 1}, {\"a\": 2}]", "```json\n[{\"a\": 1},\n{\"a\": 2}]\n```",
            "Here they are:\n[{\"a\": 1}, {\"a\": 2}]\nThat is all.",
            "[{\"a\": 1}, {\"a\": 2}, {\"a\": 3, \"b",
            "[{a: 1,}, {'a': 2}]",
        ]
        for text in texts {
            #expect(Curie.JSONRule.records(text)?.map { $0["a"] } == [.number(1), .number(2)], "\(text)")
        }
        #expect(Curie.JSONRule.records("{\"a\": 1}")?.count == 1)
        #expect(Curie.JSONRule.records("[]")?.isEmpty == true)
        for text in ["", "nothing", "[1, 2]", "[{\"a\""] {
            #expect(Curie.JSONRule.records(text) == nil, "\(text)")
        }
    }

    /// What a truth says of itself would tell the answer.
    @Test func aPromptShowsNoFieldThatIsLeftOut() {
        var schema = Curie.Schema(["a": .name, "note": .text, "index": .ignored])
        schema["synonyms"] = .ignored
        let truth = Curie.Record([
            "a": .text("InN"), "index": .number(7), "synonyms": .text("indium nitride"), "note": .text("n"),
        ])
        let prompt = Curie.ModelJudge.prompt(truth, [truth], schema)
        #expect(prompt.contains("\"a\": \"InN\", \"note\": \"n\""))
        #expect(!prompt.contains("\"index\"") && !prompt.contains("synonyms") && !prompt.contains("7"))
    }

    @Test func aPromptHoldsTheRecordAndNumbersTheList() {
        let truth = record("InN", "band gap", 0.7, "eV")
        let prompt = Curie.ModelJudge.prompt(truth, [record("GaN", "Eg", 3.4, "eV"), truth], Self.schema)
        #expect(prompt.contains("True record:\n" + truth.json))
        #expect(
            prompt.contains("\"json_extracted_index\": 0") && prompt.contains("\"json_extracted_index\": 1"))
        #expect(prompt.contains("material, property_name, unit, value_high, value_low."))
    }

    /// Errors are as many as asked for, and of both kinds.
    @Test func aNoisyJudgeErrsAsOftenAsItIsTold() throws {
        let truths = (0..<8).map { record("GaN", "band gap", 1 + Double($0), "eV") }
        let judge = Curie.CoinFlipJudge(rules, error: 0.25, RandomStream(seed: 3))
        var right = 0, denied = 0, all = 0
        for _ in 0..<500 {
            for (place, verdict) in try judge.verdicts(on: truths, among: truths).enumerated() {
                all += 1
                if verdict?.index == place { right += 1 }
                if verdict == nil { denied += 1 }
            }
        }
        #expect(abs(Double(right) / Double(all) - 0.75) < 0.03)
        #expect(abs(Double(denied) / Double(all) - 0.125) < 0.03)
        let sure = Curie.CoinFlipJudge(rules, error: 0, RandomStream(seed: 3))
        #expect(try sure.verdicts(on: truths, among: truths).map { $0?.index } == Array(0..<8))
    }

    @Test func lettersTakeTheNearestOrNone() {
        let judge = Curie.TrigramJudge(schema: Self.schema, least: 0.6)
        let truth = record("indium nitride", "band gap", 0.7, "eV", passage: "long and of no account")
        let found = judge.verdicts(on: [truth], among: [record("ZnO", "density", 5.6, "g/cm3"), truth])
        #expect(found[0]?.index == 1)
        #expect(judge.verdicts(on: [truth], among: [record("ZnO", "density", 5.6, "g/cm3")]) == [nil])
        #expect(Curie.Trigrams("abc").cosine(Curie.Trigrams("ABC")) > 0.999999)
        #expect(Curie.Trigrams("abc").cosine(Curie.Trigrams("xyz")) == 0)
        #expect(Curie.Trigrams("").cosine(Curie.Trigrams("")) == 0)
    }
}
