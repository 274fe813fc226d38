import Checkpoints
import Datasets
import Foundation
import MethodKit
import Testing

@testable import Methods

@Suite struct SteveTests {
    let desk = MiniDesk(concepts: 20, length: 4)

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
        for (place, rate) in [(1, Verifier.earlyError), (5, Verifier.lateError)] {
            var errors = 0
            for _ in 0..<20_000 {
                let screen = desk.screen(for: 3, using: &random)
                let step = MiniDesk.Step(screen: screen, slot: screen.widgets.firstIndex(of: 3) ?? 0, place: place)
                if Verifier(desk: desk, errs: true).judge(step, using: &random) != .good { errors += 1 }
            }
            #expect(abs(Double(errors) / 20_000 - rate) < 0.01)
        }
    }

    @Test func demonstrationsCarryTheHabits() {
        var random = RandomStream(seed: 3)
        let demonstrator = Demonstrator(desk: desk, habitShare: 0.4, slips: 0, using: &random)
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
        let batch = KTO.Batch(policy: [-1, -1], reference: [-1, -1], isGood: [true, false], mismatched: [0, 0])
        let slopes = KTO.outcome(batch, KTO.Settings(beta: 0.1, good: 1, bad: 1)).slopes
        #expect(slopes[0] < 0 && slopes[1] > 0)
    }

    @Test func theClaimPointsTheRightWayOnATuningSeed() throws {
        let info = MethodInfo(Steve.self)
        let texts = try info.texts(preset: "full", typed: ["tasks": "500"])
        func success(_ arm: String) throws -> Double {
            let link = TrialLink()
            try info.run(arm, texts: texts, seed: 1, link: link)
            return link.drain().points.last { $0.metric == 0 }?.value ?? .nan
        }
        let (kto, sft, start) = (try success("kto"), try success("sft"), try success("start"))
        #expect(kto > sft + 0.15 && sft > start)
    }

    func judged(_ text: String) throws -> [String: Double] {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let info = MethodInfo(Steve.self), link = TrialLink()
        try info.run("kto", texts: info.texts(preset: nil, typed: ["steps": file.path]), seed: 1, link: link)
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

    @Test(arguments: [
        ("", "it holds no object"),
        ("{\"state\": \"a\"}", "line 1: 'action' is missing"),
        ("\n{\"state\": \"a\", \"action\": 3}", "line 2: 'action' has the wrong type"),
        ("{\"state\": \"a\", \"action\": \"x\", \"label\": \"so so\"}", "none of good"),
        ("{\"state\": \"a\", \"action\": \"x\", \"label\": 1, \"policy_logp\": -1}", "'ref_logp' is missing"),
        ("\u{1b}[2J", "line 1: it is not JSON"),
    ])
    func aWrongFileGivesOneSentence(_ text: String, _ wanted: String) {
        let error = #expect(throws: FileError.self) { try judged(text) }
        #expect(error.map { "\($0)" }?.contains(wanted) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func hostileFilesNeverCrash() throws {
        var random = RandomStream(seed: 4)
        let sound = Array(#"{"state": "a", "action": "x", "label": "good", "policy_logp": -1.0, "ref_logp": -2.0}"#.utf8)
        let rounds = ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] == nil ? 300 : 100_000
        for _ in 0..<rounds {
            var bytes = sound
            for _ in 0...random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if random.chance(0.2) { bytes.removeLast(random.below(bytes.count)) }
            do { _ = try judged(String(decoding: bytes, as: UTF8.self)) } catch is FileError {}
        }
    }
}
