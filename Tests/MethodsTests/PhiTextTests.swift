import Base
import Foundation
import MethodKit
import Testing

@testable import Methods

/// Questions in words, answered by a language model.
@Suite struct PhiTextTests {
    private typealias Phi = PhiDecoding

    /// Writes lines that say which draw they are of, token by token; the third line gives the answer.
    private final class Lines: LanguageModel {
        private(set) var requests: [ModelRequest] = []
        var tellsLogs = true

        func answer(_ request: ModelRequest, hear: (Int, ModelAnswer) -> Void) throws {
            requests.append(request)
            for (place, prompt) in request.prompts.enumerated() {
                let begun = prompt.components(separatedBy: "Answer:\n").last ?? ""
                let lines = begun.count { $0 == "\n" }
                // Each draw has words and a log-probability of its own.
                let draw = request.seed(of: place).map { $0 % 7 } ?? 0
                let rest = (lines..<3).map { line in
                    line == 2 ? ["The", " answer is", " \(draw % 2)."] : ["step", " \(line)", " of\(draw)"]
                }
                let whole = request.stops == ["\n"] ? rest[0] : rest.flatMap { $0 + ["\n"] }.dropLast()
                let tokens = whole.map { token in
                    ModelAnswer.Token(token, tellsLogs ? -0.1 - Double(draw) / 10 - Double(lines) : nil)
                }
                hear(place, ModelAnswer(whole.joined(), tokens: tokens))
            }
        }
    }

    private static let problem = Phi.Problem(question: "How many?", answer: "1")

    private static func writer(_ model: Lines) -> Phi.TextWriter {
        Phi.TextWriter(model, problem, .init(step: 16, rest: 64), RandomStream(seed: 5))
    }

    /// One whole search: who goes on from whom, what is foreseen of whom, what is asked, and what it costs.
    @Test func aSearchInWordsHangsTogether() throws {
        let model = Lines(), rule = Phi.Rule(beams: 2, rollouts: 3, most: 2, clusters: 2, stopsEarly: false)
        var writer = Self.writer(model), streams = Phi.SearchStreams(RandomStream(seed: 6))
        var shown: [Int] = []
        let outcome = try Phi.search(
            rule, Phi.Temperatures(step: 0.5, foresight: 0.7), &writer, using: &streams
        ) { decisions, _ in shown.append(decisions.count) }
        #expect(shown == [1, 2] && outcome.decisions.count == 2)
        var beams = ["", ""]
        for (number, decision) in outcome.decisions.enumerated() {
            #expect(decision.candidates.count == 6)
            for candidate in decision.candidates {
                #expect(writer.text(candidate.before) == beams[candidate.beam])
                #expect(writer.text(candidate.step.tokens).hasPrefix("step \(number) of"))
                #expect(candidate.step.tokens.count == 3)
            }
            let kept = decision.candidates.filter { $0.kept != nil }
            for (place, candidate) in kept.enumerated() {
                let own = writer.text(candidate.before + candidate.step.tokens) + "\n"
                let whole = writer.text(decision.answers[place].tokens)
                #expect(whole.hasPrefix(own) && Phi.Problem.givesAnswer(whole))
                // F is of the foresight's tokens alone, whose words are what is put into clusters.
                #expect(decision.foreseen[place].text == String(whole.dropFirst(own.count)))
                // One draw's tokens are all equally likely here, less so the more lines stand before them.
                let lines = Double(number + 1), draw = (-decision.foreseen[place].value - 0.1 - lines) * 10
                #expect(abs(draw - draw.rounded()) < 1e-6 && (0...6).contains(draw.rounded()))
            }
            beams = decision.choice.chosen.map { writer.text(kept[$0].before + kept[$0].step.tokens) + "\n" }
        }
        #expect(outcome.tokens == writer.tokens)
        #expect(model.requests.map(\.temperature) == [0.5, 0.7, 0.5, 0.7, 0.7])
        #expect(model.requests.map(\.stops) == [["\n"], ["\n\n"], ["\n"], ["\n\n"], ["\n\n"]])
        #expect(model.requests.map(\.longest) == [16, 64, 16, 64, 64])
        // No draw of one request is of another's seed.
        #expect(Set(model.requests.compactMap(\.seed)).count == 5)
    }

    /// An answer is over with the line that gives it, and costs nothing more.
    @Test func theLineThatGivesTheAnswerEndsIt() throws {
        let model = Lines()
        var writer = Self.writer(model), beams = writer.begin(2), counts: [Int] = []
        for _ in 0..<4 { counts.append(try writer.step(&beams, temperature: 1)[0].tokens.count) }
        #expect(counts == [3, 3, 3, 0] && beams.isOver(0) && model.requests.count == 3)
        #expect(writer.tokens == 18 && writer.text(beams.answers[0]).split(separator: "\n").count == 3)
        #expect(try writer.rest(&beams, temperature: 1).allSatisfy { $0.tokens.isEmpty })
        // Nine tokens, for the ends of lines are none of the model's: on average one line stood before them.
        let draw = (-beams.average(0) - 1.1) * 10
        #expect(draw > -1e-6 && draw < 6 + 1e-6)
    }

    @Test func aModelThatTellsNoProbabilitiesIsRefused() throws {
        let model = Lines()
        model.tellsLogs = false
        var writer = Self.writer(model), beams = writer.begin(1)
        #expect(throws: Phi.ProblemError.noProbabilities) { try writer.rest(&beams, temperature: 1) }
    }

    /// Tokens that are parts of a character have texts that are none.
    @Test func partsOfCharactersCountAsTokens() throws {
        struct Parts: LanguageModel {
            func answer(_ request: ModelRequest, hear: (Int, ModelAnswer) -> Void) throws {
                let tokens = ["\u{FFFD}", "\u{FFFD}", "!"].map { ModelAnswer.Token($0, -1) }
                hear(0, ModelAnswer("é!", tokens: tokens))
            }
        }
        var writer = Phi.TextWriter(Parts(), Self.problem, .init(step: 9, rest: 9), RandomStream(seed: 1))
        var beams = writer.begin(1)
        let passage = try writer.rest(&beams, temperature: 1)[0]
        #expect(writer.text(passage.tokens) == "é!" && passage.tokens.count == 3 && writer.tokens == 3)
    }

    // MARK: Reading

    @Test(arguments: [
        ("42", "So 40 + 2 = 42.\nThe answer is 42.", true), ("42", "The answer is 41.", false),
        ("42", "40 + 2 = 42", true), ("42", "42 - 2 = 40", false),
        ("1200", "The answer is 1,200 dollars.", true),
        ("3.5", "the answer is 3.50", true), ("-2", "The answer is -2.", true),
        ("Paris", "The answer is Paris.", true),
        ("Paris", "The answer is Rome.", false), ("Paris", "paris", true), ("7", "", false),
        ("18", "Natalia sold 9 * 2 = 18 clips.\nThe answer is 18.\nQuestion", true),
    ])
    func answersAreReadAsAReaderWould(_ right: String, _ said: String, _ isRight: Bool) {
        #expect(Phi.Problem(question: "?", answer: right).isRight(said) == isRight, "\(said)")
    }

    @Test func answersOfFilesAreTextsNumbersOrBehindMarks() throws {
        func answer(_ json: String) throws -> String {
            try JSONDecoder().decode(
                Phi.Problem.self, from: Data("{\"question\":\"q\",\"answer\":\(json)}".utf8)
            ).answer
        }
        #expect(try answer("7") == "7" && answer("2.5") == "2.5" && answer("\" 72 \"") == "72")
        #expect(try answer(#""48/2 = <<48/2=24>>24\n#### 72""#) == "72")
        #expect(throws: (any Error).self) { try answer(#""""#) }
    }

    // MARK: The tool

    private static func tables(_ typed: [String: String] = [:]) throws -> [String: Table] {
        let info = MethodInfo(PhiDecoding.self), link = TrialLink()
        let path = "\(ShippedFolder.problems.path)/few.jsonl"
        let texts = try info.texts(
            tool: "answer", preset: nil, typed: ["problems": path].merging(typed) { $1 })
        try info.run(
            "answer", tool: "answer", texts: texts, seed: 1, models: TrialModels(DrawingModels()), link: link)
        return link.drain().events.reduce(into: [:]) { tables, event in
            if case .artifact(let name, .table(let table), _) = event.event { tables[name] = table }
        }
    }

    /// Every question is answered in every way; those without foresight spend about what phi-decoding spends.
    @Test func everyWayAnswersEveryQuestion() throws {
        let tables = try Self.tables()
        let table = try #require(tables["decodings"])
        #expect(
            table.rows.map { $0[0] } == ["sampled", "greedy", "phi", "bestOfN", "stepBeam"].map { .text($0) })
        #expect(table.rows.allSatisfy { $0[1] == .number(10) })
        func tokens(_ row: Int) -> Double {
            if case .number(let value) = table.rows[row][3] { value } else { 0 }
        }
        #expect(tokens(0) < tokens(2) / 5 && abs(tokens(3) / tokens(2) - 1) < 0.5)
        #expect(try #require(tables["answers"]).rows.count == 50)
        let said = try #require(tables["tokens"])
        #expect(
            said.columns.map(\.name) == ["token", "log-probability", "probability"] && !said.rows.isEmpty)
    }

    @Test func theBuiltInModelIsRefused() {
        #expect(throws: Phi.ProblemError.builtIn) { try Self.tables(["model": "built-in"]) }
    }
}
