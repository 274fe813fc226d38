import Datasets
import Foundation
import MethodKit
import Testing

@testable import Methods

/// The user's own predictions.
@Suite struct CurieFileTests {
    struct Said {
        var last: [String: Double] = [:]
        var tables: [String: Table] = [:]
        var logs: [String] = []

        /// A cell by the line's id and the column's name.
        func cell(_ id: String, _ column: String) -> Table.Cell? {
            guard let table = tables["scores"],
                let place = table.columns.firstIndex(where: { $0.name == column })
            else { return nil }
            return table.rows.first { $0[0] == .text(id) }?[place]
        }
    }

    /// Scores two files, or one that holds both.
    func scored(
        _ predictions: String, _ references: String? = nil, _ typed: [String: String] = [:],
        models: any ModelProvider = NoModels()
    ) throws -> Said {
        let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var typed = typed
        for (name, text) in [("predictions", predictions), ("references", references)] {
            guard let text else { continue }
            let file = folder.appending(path: "\(name).jsonl")
            try Data(text.utf8).write(to: file)
            typed[name] = file.path
        }
        let info = MethodInfo(Curie.self), link = TrialLink()
        let texts = try info.texts(tool: "score", preset: nil, typed: typed)
        try info.run("score", tool: "score", texts: texts, seed: 1, models: TrialModels(models), link: link)
        return Self.said(link.drain(), info)
    }

    private static func said(_ batch: TrialLink.Batch, _ info: MethodInfo) -> Said {
        var said = Said()
        for point in batch.points { said.last[info.metrics[point.metric].name] = point.value }
        for event in batch.events {
            if case .artifact(let name, .table(let table), _) = event.event { said.tables[name] = table }
            if case .log(_, let text) = event.event { said.logs.append(text) }
        }
        return said
    }

    private func shipped(_ name: String) throws -> String {
        try String(contentsOfFile: "\(ShippedFolder.extractions.path)/\(name)", encoding: .utf8)
    }

    // MARK: Scores

    @Test func theSampleIsScoredAsByHand() throws {
        let said = try scored(shipped("both.jsonl"))
        // Three true records; without a table of synonyms "indium nitride" is not InN, but the units are told.
        #expect(said.cell("paper-1", "matches") == .number(2))
        #expect(said.cell("paper-1", "precision") == .number(0.5))
        // Both true records of one core match the first prediction, and the list that breaks off loses its last.
        #expect(
            said.cell("paper-2", "matches") == .number(3) && said.cell("paper-2", "precision") == .number(1))
        #expect(said.cell("paper-2", "predicted records") == .number(2))
        #expect(said.cell("paper-3", "note") == "cannot be read" && said.cell("paper-3", "F1") == .number(0))
        #expect(said.cell("map-1", "IoU") == .number(0.25))
        #expect(said.cell("map-2", "note") == "cannot be read" && said.cell("map-2", "IoU") == .number(0))
        let chain = try #require(said.cell("chain-1", "identity ratio"))
        #expect(chain == .number(32.0 / 33))
        #expect(said.last["lines"] == 10 && said.last["unread"] == 0.2 && said.last["bad lines"] == 0)
        let f1 = try #require(said.last["LLMSim F1"])
        #expect(abs(f1 - (4.0 / 7 + 1 + 0) / 3) < 1e-12)
    }

    @Test func twoFilesSayWhatOneSays() throws {
        let one = try scored(shipped("both.jsonl"))
        let two = try scored(shipped("predictions.jsonl"), shipped("references.jsonl"))
        #expect(one.last == two.last && one.tables == two.tables)
        let mixed = shippedLines("references.jsonl")
        #expect(
            try scored(shipped("predictions.jsonl"), mixed.reversed().joined(separator: "\n")).last
                == one.last)
    }

    private func shippedLines(_ name: String) -> [String] {
        ((try? shipped(name)) ?? "").split(separator: "\n").map(String.init)
    }

    @Test func synonymsAndSwitchesCount() throws {
        let table = ["synonyms": "\(ShippedFolder.extractions.path)/synonyms.csv"]
        #expect(try scored(shipped("both.jsonl"), nil, table).cell("paper-1", "matches") == .number(3))
        let skipping = try scored(shipped("both.jsonl"), nil, ["skipsFirst": "on"])
        #expect(skipping.cell("paper-2", "matches") == .number(1))
        let single = try scored(shipped("both.jsonl"), nil, ["oneToOne": "on"])
        #expect(single.cell("paper-2", "matches") == .number(2))
    }

    /// The golden file's own cases through the tool.
    @Test func theToolAgreesWithTheGoldenNumbers() throws {
        for (topic, column, key, scale) in [
            ("curie-rouge", "ROUGE-Lsum", "rougeLsum", 1.0), ("curie-biogr", "IoU", "iou", 1),
            ("curie-pdb", "identity ratio", "identity_ratio", 1), ("curie-lmscore", "LMScore", "lmscore", 1),
        ] {
            let file = try #require(GoldenFile.all.first { $0.name == topic })
            for one in file.cases {
                guard let wanted = try? Golden.number(one.expected[key]) else { continue }
                let found = try scored(try Self.line(topic, one)).cell("x", column)
                guard case .number(let number)? = found else {
                    Issue.record("\(topic) \(one.name): \(column) is missing")
                    continue
                }
                #expect(abs(number - wanted * scale) < 1e-6, "\(topic) \(one.name)")
            }
        }
    }

    private static func line(_ topic: String, _ one: GoldenFile.Case) throws -> String {
        let input = one.input
        let fields: [String: Any] =
            switch topic {
            case "curie-rouge":
                [
                    "prediction": input["prediction"] ?? "", "reference": input["reference"] ?? "",
                    "task": "text",
                ]
            case "curie-biogr":
                ["prediction": input["model_response"] ?? "", "reference": input["ground_truth"] ?? ""]
            case "curie-pdb":
                [
                    "prediction": input["response"] ?? "", "reference": input["target"] ?? "",
                    "task": "sequence",
                ]
            default:
                [
                    "prediction": "a", "reference": "b",
                    "logprobs": [
                        "good": input["logprob_good"], "okay": input["logprob_okay"],
                        "bad": input["logprob_bad"],
                    ],
                ]
            }
        let all = fields.merging(["id": "x"]) { $1 }
        return String(decoding: try JSONSerialization.data(withJSONObject: all), as: UTF8.self)
    }

    /// A true sequence may be wrapped over lines, up to the next one's head; a prediction is read as the benchmark reads it.
    @Test func aTrueSequenceMayBeWrapped() throws {
        let truth = ">one\\nMKTA\\nYIAK\\n\\nQR\\n>two\\nAAAA"
        let line = "{\"id\": \"x\", \"prediction\": \">x\\nMKTAYIAKQR\", \"reference\": \"\(truth)\"}"
        #expect(try scored(line).cell("x", "identity ratio") == .number(1))
        let wrapped = "{\"id\": \"x\", \"prediction\": \">x\\nMKTAY\\nIAKQR\", \"reference\": \"\(truth)\"}"
        #expect(try scored(wrapped).cell("x", "identity ratio") == .number(0.5))
        #expect(Curie.SequenceRule.wrapped("MKTA") == nil && Curie.SequenceRule.wrapped(">x\n\n") == nil)
    }

    /// A text without an answer scores 0 where others have an LMScore, and is none where no text has one.
    @Test func whatIsNotAnsweredHasAnLMScoreOfZero() throws {
        let references = "{\"id\": 1, \"reference\": \"a\"}\n{\"id\": 2, \"reference\": \"b\"}"
        let judged =
            "{\"id\": 1, \"prediction\": \"a\", \"logprobs\": {\"good\": 0, \"okay\": -900, \"bad\": -900}}"
        #expect(try scored(judged, references).last["LMScore"] == 0.5)
        #expect(try scored("{\"id\": 1, \"prediction\": \"a\"}", references).last["LMScore"] == nil)
    }

    /// Where a paper has no records, an empty list is the right answer, and an answer that cannot be read is none.
    @Test func anEmptyListMayBeRight() throws {
        let line = "{\"id\": \"x\", \"prediction\": [], \"reference\": []}"
        #expect(try scored(line).cell("x", "F1") == .number(1))
        let unread = "{\"id\": \"x\", \"prediction\": \"none\", \"reference\": []}"
        #expect(try scored(unread).cell("x", "F1") == .number(0))
    }

    // MARK: Kinds of fields

    @Test func kindsOfFieldsAreGuessedOrNamed() throws {
        let line =
            #"{"id": "x", "reference": [{"index": 1, "city": "Ulm", "size": 10}], "prediction": [{"index": 7, "city": "Bonn", "size": 10}]}"#
        #expect(try scored(line).last["LLMSim F1"] == 0)
        #expect(try scored(line, nil, ["fields": "city=text"]).last["LLMSim F1"] == 1)
        #expect(try scored(line, nil, ["fields": "city=ignored, index=number"]).last["LLMSim F1"] == 0)
        let error = #expect(throws: Curie.FieldsError.self) { _ = try scored(line, nil, ["fields": "city"]) }
        #expect(error.map { "\($0)" }?.hasPrefix("Input fields has 'city'; allowed is field=kind") == true)
    }

    // MARK: Bad lines

    @Test func badLinesAreListedAndTheRestIsScored() throws {
        var lines = shippedLines("both.jsonl")
        lines.insert("{\"id\": \"broken\"", at: 2)
        lines.insert("{\"id\": \"bare\", \"reference\": []}", at: 4)
        lines.append("{\"id\": \"odd\", \"prediction\": 1, \"reference\": {\"W\": 2}, \"task\": \"box\"}")
        let text = lines.joined(separator: "\n")
        let error = #expect(throws: FileError.self) { _ = try scored(text) }
        #expect(error?.line == 3 && error?.what == "it is not JSON")
        let said = try scored(text, nil, ["lenient": "on"])
        #expect(said.last["bad lines"] == 3 && said.last["lines"] == 10)
        let table = try #require(said.tables["bad lines"])
        #expect(table.rows.map { $0[1] } == [.number(3), .number(5), .number(13)])
        #expect(table.rows[1][2] == "'prediction' is missing" && table.rows[2][2] == "'reference' is no box")
        #expect(try scored(shipped("both.jsonl")).last["LLMSim F1"] == said.last["LLMSim F1"])
    }

    @Test func whatIsNotAnsweredCountsAndWhatIsNotAskedIsRefused() throws {
        let references = "{\"id\": 1, \"reference\": \"a\"}\n{\"id\": 2, \"reference\": \"b\"}"
        let said = try scored("{\"id\": \"1\", \"prediction\": \"a\"}", references)
        #expect(said.last["lines"] == 2 && said.last["ROUGE-1"] == 50 && said.last["unread"] == 0.5)
        #expect(said.cell("2", "note") == "no prediction")
        let error = #expect(throws: FileError.self) {
            _ = try scored("{\"id\": 3, \"prediction\": \"a\"}", references)
        }
        #expect(error?.what == "no reference has the id '3'")
    }

    @Test func withoutIdsTheOrderCounts() throws {
        let references = "{\"reference\": \"a\"}\n{\"reference\": \"b\"}"
        let said = try scored("{\"prediction\": \"a\"}\n{\"prediction\": \"c\"}", references)
        #expect(said.last["ROUGE-1"] == 50)
        let error = #expect(throws: FileError.self) { _ = try scored("{\"prediction\": \"a\"}", references) }
        #expect(error?.what == "it has 1 lines beside 2 references without ids")
        // A line that is left out would move all later ones.
        let moved = #expect(throws: FileError.self) {
            _ = try scored(
                "{\"prediction\": \"a\"}\nno\n{\"prediction\": \"a\"}", references, ["lenient": "on"])
        }
        #expect(moved?.line == 2 && moved?.what.hasSuffix("no later line can be paired") == true)
    }

    @Test(arguments: [
        ("{\"prediction\": 1}", "'reference' is missing"),
        ("{\"prediction\": 1, \"reference\": [1]}", "'reference' is no list of records"),
        (
            "{\"prediction\": 1, \"reference\": \"a\", \"task\": \"poem\"}",
            "'task' is 'poem'; allowed is one of records, box"
        ),
        ("{\"prediction\": 1, \"reference\": \"a b\", \"task\": \"sequence\"}", "'reference' is no sequence"),
        (
            "{\"prediction\": \"a\", \"reference\": \"a\", \"logprobs\": {\"good\": 1, \"okay\": 0, \"bad\": 0}}",
            "'logprobs' has a number above 0"
        ),
        (
            "{\"id\": \"a\", \"prediction\": 1, \"reference\": \"a\"}\n{\"id\": 2}",
            "line 2: 'prediction' is missing"
        ),
    ])
    func aWrongLineGivesOneSentence(_ text: String, _ wanted: String) {
        let error = #expect(throws: FileError.self) { _ = try scored(text) }
        #expect(error.map { "\($0)" }?.contains(wanted) == true, "\(error.map { "\($0)" } ?? "")")
    }

    /// What no map has is no box, and no number that ends a trial.
    @Test(arguments: ["Infinity", "-1e300", "1e9"]) func boxesAreInDegrees(_ west: String) throws {
        let line =
            "{\"reference\": {\"W\": 0, \"S\": 0, \"E\": 1, \"N\": 1}, \"prediction\": \"{W: \(west), S: 0, E: 1e10, N: 1}\"}"
        let said = try scored(line)
        #expect(said.last["IoU"] == 0 && said.last["unread"] == 1)
    }

    @Test func anyPredictionsAreReadOrRefused() throws {
        let sound = shippedLines("both.jsonl").joined(separator: "\n")
        try Fuzz.check(Array(sound.utf8), seed: 43) { bytes in
            _ = try scored(String(decoding: bytes, as: UTF8.self))
        }
    }

    // MARK: A language model

    /// Matches the first extracted record whatever is asked, and finds every text okay.
    private struct FirstModel: ModelProvider, LanguageModel {
        let tellsLogs: Bool

        func model(
            _ model: InputModel, isStopped: @escaping @Sendable () -> Bool
        ) throws -> any LanguageModel { self }

        func answer(_ request: ModelRequest, hear: (Int, ModelAnswer) -> Void) throws {
            for place in request.prompts.indices {
                guard let text = request.texts?[place] else {
                    hear(place, ModelAnswer("{\"json_extracted_index\": 0}"))
                    continue
                }
                let log = text == " okay" ? 0 : -200.0
                hear(place, ModelAnswer(text, tokens: [.init(text, tellsLogs ? log : nil)]))
            }
        }
    }

    @Test func aModelJudgesInsteadOfTheRules() throws {
        let text = """
            {"id": "r", "reference": [{"a": "x"}, {"a": "y"}], "prediction": [{"a": "y"}]}
            {"id": "t", "reference": "one", "prediction": "two"}
            """
        let typed = ["model": "http://127.0.0.1:1/v1"]
        let said = try scored(text, nil, typed, models: FirstModel(tellsLogs: true))
        #expect(said.cell("r", "matches") == .number(2) && said.last["LMScore"] == 0.5)
        let silent = try scored(text, nil, typed, models: FirstModel(tellsLogs: false))
        #expect(silent.last["LMScore"] == nil)
        #expect(silent.logs.contains("The model tells no log-probabilities, so there is no LMScore."))
    }
}
