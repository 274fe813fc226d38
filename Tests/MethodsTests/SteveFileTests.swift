import Datasets
import Foundation
import MethodKit
import Testing

@testable import Methods

/// The user's own judged steps.
@Suite struct SteveFileTests {
    func judged(_ text: String, _ typed: [String: String] = [:]) throws -> [String: Double] {
        try said(of: Data(text.utf8), typed).last
    }

    /// The last value of each metric, and the log's lines.
    func said(
        of data: Data, _ typed: [String: String] = [:]
    ) throws -> (last: [String: Double], logs: [String]) {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let info = MethodInfo(Steve.self), link = TrialLink()
        let own = typed.merging(["steps": file.path]) { $1 }
        let texts = try info.texts(tool: "score", preset: nil, typed: own)
        try info.run("score", tool: "score", texts: texts, seed: 1, link: link)
        let batch = link.drain()
        let points = batch.points.map { (info.metrics[$0.metric].name, $0.value) }
        let logs = batch.events.compactMap { event -> String? in
            if case .log(_, let text) = event.event { text } else { nil }
        }
        return (Dictionary(points, uniquingKeysWith: { $1 }), logs)
    }

    @Test func theUsersStepsAreJudged() throws {
        let found = try judged(
            """
            {"state": "a", "action": "x", "label": "good", "policy_logp": -1.0, "ref_logp": -2.0}

            {"state": "b", "action": "y", "label": false, "policy_logp": -3.0, "ref_logp": -1.0}
            """)
        #expect(abs(found["good reward"]! - 1) < 1e-12 && abs(found["bad reward"]! + 2) < 1e-12)
        #expect(found["z0"] == 0)
        let sigmoid = { (x: Double) in 1 / (1 + exp(-x)) }
        #expect(abs(found["loss"]! - (1 - sigmoid(1) + 1 - sigmoid(2)) / 2) < 1e-12)
    }

    /// A loss under another β than the run's own would mislead, so β is said.
    @Test func betaIsTheInputsAndSaid() throws {
        let line = #"{"state": "a", "action": "x", "label": 1, "policy_logp": -1, "ref_logp": -3}"#
        for (beta, reward) in [("0.1", 0.2), ("2", 4.0)] {
            let (last, logs) = try said(of: Data(line.utf8), ["beta": beta])
            #expect(abs(last["good reward"]! - reward) < 1e-12)
            #expect(
                logs.contains { $0.hasPrefix("Losses and rewards are at β = \(Double(beta)!), λ_D = 1.0") })
        }
    }

    /// Neutral steps are bad ones, or are left out before batches and pairs are made.
    @Test func neutralStepsAreBadOrLeftOut() throws {
        let text = ["good", "neutral", "bad"].enumerated().map {
            #"{"state": "s", "action": "x", "label": "\#($1)", "policy_logp": -\#($0 + 2), "ref_logp": -1}"#
        }.joined(separator: "\n")
        let all = try judged(text), kept = try judged(text, ["neutral": "ignored"])
        #expect(all["verified steps"] == 3 && all["bad reward"] == -2.5)
        #expect(kept["verified steps"] == 2 && kept["bad reward"] == -3 && kept["good reward"] == -1)
        let (_, logs) = try said(of: Data(text.utf8), ["neutral": "ignored"])
        #expect(logs.contains("1 neutral steps are left out."))
    }

    /// Two states and two actions, so that each state's mismatched action stands on another line.
    @Test func mismatchedPairsAreFoundInTheFile() throws {
        let lines = [("a", "x", -1.0), ("a", "y", -2.0), ("b", "y", -1.0), ("b", "x", -4.0)].map {
            #"{"state": "\#($0)", "action": "\#($1)", "label": 1, "policy_logp": \#($2), "ref_logp": -5.0}"#
        }
        // Pairs: a with x of the last line, a with x, b with y, b with y: log-ratios 4, 4, 4, 4.
        let found = try judged(lines.joined(separator: "\n"))
        #expect(found["z0"] == 4)
        #expect(found["reward margin"] == nil && found["verified steps"] == 4)
    }

    /// z0 of a few pairs alone is a poor estimate, so their number is said: here one of two.
    @Test func z0SaysOfHowManyPairsItIsAMean() throws {
        let text = """
            {"state": "a", "action": "x", "label": 1, "policy_logp": -1, "ref_logp": -2, "policy_kl_logp": -1, "ref_kl_logp": -4}
            {"state": "b", "action": "y", "label": 0, "policy_logp": -3, "ref_logp": -1}
            """
        let (last, logs) = try said(of: Data(text.utf8))
        #expect(last["z0"] == 3)
        #expect(logs.contains("z0 comes from 1 mismatched pairs of 2 steps."))
        let second = try #require(text.split(separator: "\n").last)
        let none = try said(of: Data(second.utf8))
        #expect(none.logs.contains("z0 comes from 0 mismatched pairs of 1 steps."))
        #expect(
            none.logs.contains { $0.hasPrefix("1 of 1 batches have no mismatched pair, and their z0 is 0") })
    }

    @Test func stepsWithoutLogProbabilitiesAreCounted() throws {
        let found = try judged(#"{"state": "a", "action": "x", "label": "good"}"#)
        #expect(found == ["verified steps": 1])
    }

    @Test(arguments: [
        ("", "it holds no object"),
        ("{\"state\": \"a\"}", "line 1: 'action' is missing"),
        ("\n{\"state\": \"a\", \"action\": 3}", "line 2: 'action' has the wrong type; allowed is a text."),
        (
            "{\"state\": \"a\", \"action\": \"x\", \"label\": \"so so\"}",
            "'label' is 'so so'; allowed is one of good"
        ),
        (
            "{\"state\": \"a\", \"action\": \"x\", \"label\": 1, \"policy_logp\": -1}",
            "'ref_logp' is missing beside 'policy_logp'; allowed is both or neither."
        ),
        (
            "{\"state\": \"a\", \"action\": \"x\", \"label\": 1, \"policy_logp\": 1, \"ref_logp\": -1}",
            "'policy_logp' is 1.0; allowed is a log-probability, at most 0."
        ),
        ("\u{1b}[2J", "line 1: it is not JSON"),
    ])
    func aWrongFileGivesOneSentence(_ text: String, _ wanted: String) {
        let error = #expect(throws: FileError.self) { try judged(text) }
        #expect(error.map { "\($0)" }?.contains(wanted) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func anyStepsAreReadOrRefused() throws {
        let sound = #"{"state": "a", "action": "x", "label": "good", "policy_logp": -1.0, "ref_logp": -2.0}"#
        try Fuzz.check(Array(sound.utf8), seed: 13) { _ = try said(of: Data($0)) }
    }
}
