import Base
import Datasets
import Foundation
import MethodKit
import Testing

@testable import Methods

@Suite struct SteveTests {
    let desk = Steve.MiniDesk(concepts: 20, length: 4)

    @Test func aScreenShowsWhatItShould() {
        var random = RandomStream(seed: 1)
        for concept in 0..<20 {
            let screen = desk.screen(for: concept, using: &random)
            let kinds = screen.widgets.map { desk.kind($0, for: concept) }
            #expect(screen.widgets.count == 6 && Set(screen.widgets).count == 6)
            #expect(kinds.count { $0 == .right } == 1 && kinds.count { $0 == .lookAlike } == 1)
            #expect(kinds.count { $0 == .back } == 1 && kinds.count { $0 == .other } == 3)
        }
    }

    @Test func theVerifierErrsAsOftenAsThePapers() {
        var random = RandomStream(seed: 2)
        for (place, rate) in [(1, Steve.Verifier.earlyError), (5, Steve.Verifier.lateError)] {
            var errors = 0
            for _ in 0..<20_000 {
                let screen = desk.screen(for: 3, using: &random)
                let step = Steve.MiniDesk.Step(
                    screen: screen, slot: screen.widgets.firstIndex(of: 3) ?? 0, place: place)
                if Steve.Verifier(desk: desk, noise: 1).judge(step, using: &random) != .good { errors += 1 }
            }
            #expect(abs(Double(errors) / 20_000 - rate) < 0.01)
        }
    }

    @Test func demonstrationsCarryTheHabits() {
        var random = RandomStream(seed: 3)
        let demonstrator = Steve.Demonstrator(desk: desk, habitShare: 0.4, slips: 0, using: &random)
        #expect(demonstrator.habits.count == 8)
        var byHabit = 0, right = 0
        for _ in 0..<4_000 {
            let concept = random.below(20), screen = desk.screen(for: concept, using: &random)
            let kind = desk.kind(screen.widgets[demonstrator.click(on: screen, using: &random)], for: concept)
            if kind == .lookAlike { byHabit += 1 } else if kind == .right { right += 1 }
        }
        #expect(abs(Double(byHabit) / 4_000 - 0.36) < 0.03)
        #expect(byHabit + right == 4_000)
    }

    @Test func ktoRaisesGoodActionsAndLowersBadOnes() {
        let batch = Steve.KTO.Batch(
            policy: [-1, -1], reference: [-1, -1], isGood: [true, false], mismatched: [0, 0])
        let slopes = Steve.KTO.outcome(batch, Steve.KTO.Settings(beta: 0.1, good: 1, bad: 1)).slopes
        #expect(slopes[0] < 0 && slopes[1] > 0)
    }

    /// As the paper prints the loss, it raises bad actions.
    @Test func thePrintedLossRaisesBadActions() {
        let batch = Steve.KTO.Batch(
            policy: [-1, -1], reference: [-1, -1], isGood: [true, false], mismatched: [0, 0])
        let settings = Steve.KTO.Settings(beta: 0.1, good: 1, bad: 1)
        #expect(Steve.KTO.outcome(batch, settings, form: .printed).slopes.allSatisfy { $0 < 0 })
    }

    /// The last value of a metric at the end of a trial.
    func last(
        _ metric: Metric, _ arm: String, _ preset: String, seed: UInt64, _ typed: [String: String] = [:]
    ) throws
        -> Double
    {
        let info = MethodInfo(Steve.self), link = TrialLink()
        try info.run(arm, texts: info.texts(preset: preset, typed: typed), seed: seed, link: link)
        let index = info.metrics.firstIndex(of: metric)
        return link.drain().points.last { $0.metric == index }?.value ?? .nan
    }

    @Test func theClaimPointsTheRightWayOnATuningSeed() throws {
        func success(_ arm: String) throws -> Double {
            try last(Steve.success, arm, "full", seed: 1, ["tasks": "500"])
        }
        let (kto, sft, start) = (try success("kto"), try success("sft"), try success("start"))
        #expect(kto > sft + 0.15 && sft > start)
        #expect(try success("printed") < kto - 0.15)
    }

    /// The specification's warning: shared features, no habits, the paper's β.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func ktoCanCollapseAndASteeperBetaRepairsIt(_ seed: UInt64) throws {
        let fineTuned = try last(Steve.success, "sft", "collapse", seed: seed)
        #expect(try last(Steve.success, "kto", "collapse", seed: seed) < fineTuned - 0.15)
        #expect(try last(Steve.success, "kto", "repaired", seed: seed) > fineTuned - 0.05)
    }

    /// LoRA starts at the frozen base and trains its own four matrices alone.
    @Test func adaptersStartAtTheFrozenBase() {
        var random = RandomStream(seed: 7)
        var policy = Steve.Policy(desk, sharesFeatures: false, using: &random)
        let screens = (0..<5).map { desk.screen(for: $0, using: &random) }
        let before = policy.logProbabilities(screens)
        policy.adapt(rank: 0, using: &random)
        #expect(policy.parameters.count == 6)
        policy.adapt(rank: 4, using: &random)
        #expect(policy.logProbabilities(screens) == before)
        #expect(policy.parameters.map(\.shape) == [[4, 96], [64, 4], [4, 64], [1, 4]])
    }

    @Test func adaptersLearnToo() throws {
        let typed = ["rank": "64", "tasks": "500"]
        #expect(try last(Steve.success, "kto", "full", seed: 1, typed) > 0.4)
    }

    /// Concepts without a habit stay known while the habits go.
    @Test func groundingIsNotForgotten() throws {
        #expect(try last(Steve.grounding, "kto", "full", seed: 1, ["tasks": "500"]) > 0.95)
        #expect(try last(Steve.lookAlikes, "kto", "full", seed: 1, ["tasks": "500"]) < 0.05)
        #expect(try last(Steve.lookAlikes, "start", "full", seed: 1, ["tasks": "500"]) > 0.4)
    }

    /// Tests draw from a stream of their own: more of them change no bit of what is learnt.
    @Test func testingMoreChangesNothingElse() throws {
        func losses(_ tasks: String) throws -> [UInt64] {
            let info = MethodInfo(Steve.self), link = TrialLink()
            try info.run(
                "kto", texts: info.texts(preset: "smoke", typed: ["tasks": tasks]), seed: 1, link: link)
            let index = info.metrics.firstIndex(of: Steve.loss)
            return link.drain().points.filter { $0.metric == index }.map(\.value.bitPattern)
        }
        #expect(try losses("60") == losses("173"))
    }

    @Test func everyTrainedArmGetsEquallyManyUpdates() throws {
        let updates = try ["sft", "kto", "printed"].map { try last(Steve.updates, $0, "smoke", seed: 1) }
        #expect(Set(updates).count == 1 && updates[0] > 10)
    }

    /// Without a bad step the arms still learn from the good ones.
    @Test func aPerfectAgentStillHasBatches() throws {
        let typed = ["noise": "0", "habits": "0", "slips": "0", "cloning": "800", "concepts": "10"]
        for arm in ["sft", "kto"] { #expect(try last(Steve.updates, arm, "smoke", seed: 1, typed) > 10) }
    }

    func judged(_ text: String) throws -> [String: Double] { try judged(Data(text.utf8)) }

    func judged(_ data: Data) throws -> [String: Double] {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let info = MethodInfo(Steve.self), link = TrialLink()
        let texts = try info.texts(tool: "score", preset: nil, typed: ["steps": file.path])
        try info.run("score", tool: "score", texts: texts, seed: 1, link: link)
        let points = link.drain().points.map { (info.metrics[$0.metric].name, $0.value) }
        return Dictionary(points, uniquingKeysWith: { $1 })
    }

    @Test func theUsersStepsAreJudged() throws {
        let found = try judged(
            """
            {"state": "a", "action": "x", "label": "good", "policy_logp": -1.0, "ref_logp": -2.0}

            {"state": "b", "action": "y", "label": false, "policy_logp": -3.0, "ref_logp": -1.0}
            """)
        #expect(abs(found["good reward"]! - 0.5) < 1e-12 && abs(found["bad reward"]! + 1) < 1e-12)
        #expect(found["z0"] == 0)
        let sigmoid = { (x: Double) in 1 / (1 + exp(-x)) }
        #expect(abs(found["loss"]! - (1 - sigmoid(0.5) + 1 - sigmoid(1)) / 2) < 1e-12)
    }

    /// Two states and two actions, so that each state's mismatched action stands on another line.
    @Test func mismatchedPairsAreFoundInTheFile() throws {
        let lines = [("a", "x", -1.0), ("a", "y", -2.0), ("b", "y", -1.0), ("b", "x", -4.0)].map {
            #"{"state": "\#($0)", "action": "\#($1)", "label": 1, "policy_logp": \#($2), "ref_logp": -5.0}"#
        }
        // Pairs: a with x of the last line, a with x, b with y, b with y: log-ratios 4, 4, 4, 4.
        let found = try judged(lines.joined(separator: "\n"))
        #expect(found["z0"] == 4)
        #expect(found["margin"] == nil && found["verified steps"] == 4)
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
        try Fuzz.check(Array(sound.utf8), seed: 13) { _ = try judged(Data($0)) }
    }
}
