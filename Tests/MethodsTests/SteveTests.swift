import Base
import Foundation
import MethodKit
import Testing

@testable import Methods

/// What the arms come to when they run.
@Suite struct SteveTests {
    /// The last value of each metric at the end of a trial.
    func last(
        _ arm: Steve.Arm, _ preset: String, seed: UInt64, _ typed: [String: String] = [:]
    ) throws -> [Metric: Double] {
        let info = MethodInfo(Steve.self), link = TrialLink()
        try info.run(arm.rawValue, texts: info.texts(preset: preset, typed: typed), seed: seed, link: link)
        let points = link.drain().points.map { (info.metrics[$0.metric], $0.value) }
        return Dictionary(points, uniquingKeysWith: { $1 })
    }

    /// The claim's direction, and those of the remarks about it, on a tuning seed at a smaller size.
    @Test func theClaimPointsTheRightWayOnATuningSeed() throws {
        let ends = try Dictionary(
            uniqueKeysWithValues: [Steve.Arm.start, .sft, .kto, .ktoPaper, .printed].map {
                ($0, try last($0, "quick", seed: 1))
            })
        func value(_ metric: Metric, _ arm: Steve.Arm) -> Double { ends[arm]?[metric] ?? .nan }
        #expect(value(Steve.success, .kto) > value(Steve.success, .sft) + 0.1)
        #expect(value(Steve.success, .ktoPaper) > value(Steve.success, .sft))
        #expect(value(Steve.success, .sft) > value(Steve.success, .start))
        #expect(value(Steve.success, .printed) < value(Steve.success, .kto) - 0.1)
        #expect(value(Steve.success, .start) > value(Steve.chance, .start))
        #expect(value(Steve.greedySuccess, .kto) > value(Steve.greedySuccess, .sft))
        #expect(value(Steve.layoutSuccess, .kto) > value(Steve.layoutSuccess, .sft) + 0.1)
        #expect(value(Steve.lookAlikes, .kto) < value(Steve.lookAlikes, .start) / 2)
        #expect(value(Steve.earlyAgreement, .kto) > value(Steve.lateAgreement, .kto))
    }

    /// What the card says of the controls and of grounding, on a tuning seed: what can use bad steps is far ahead of
    /// fine-tuning, what clones other good steps is not, and KTO forgets more of what no round asks for.
    @Test func theControlsAndGroundingPointAsTheCardSays() throws {
        let arms: [Steve.Arm] = [
            .sft, .kto, .ktoPaper, .balanced, .filtered, .masked, .unlikelihood, .reinforce,
        ]
        let ends = try Dictionary(uniqueKeysWithValues: arms.map { ($0, try last($0, "quick", seed: 1)) })
        func value(_ metric: Metric, _ arm: Steve.Arm) -> Double { ends[arm]?[metric] ?? .nan }
        for arm in [Steve.Arm.unlikelihood, .masked, .reinforce] {
            #expect(value(Steve.success, arm) > value(Steve.success, .sft) + 0.1)
        }
        for arm in [Steve.Arm.balanced, .filtered] {
            #expect(value(Steve.success, arm) < value(Steve.success, .kto) - 0.2)
        }
        #expect(value(Steve.greedySuccess, .unlikelihood) > 0.95)
        #expect(value(Steve.conceptGrounding, .sft) > value(Steve.conceptGrounding, .kto) + 0.05)
        #expect(value(Steve.conceptGrounding, .kto) > value(Steve.conceptGrounding, .ktoPaper) + 0.2)
        for arm in arms { #expect(abs(value(Steve.conceptSuccess, arm) - 0.15) < 0.15) }
    }

    /// KTO's weak spot: shared features, no habits, the paper's β, and bad steps that weigh twice as much. It ends below
    /// the start agent that it is held to, where fine-tuning does nearly every task.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func ktoCanCollapseAndASteeperBetaRepairsIt(_ seed: UInt64) throws {
        func success(_ arm: Steve.Arm, _ preset: String) throws -> Double {
            try last(arm, preset, seed: seed)[Steve.success] ?? .nan
        }
        let start = try success(.start, "collapse"), fineTuned = try success(.sft, "collapse")
        let collapsed = try success(.kto, "collapse") - start
        #expect(collapsed < -0.15, "KTO minus start: \(collapsed)")
        #expect(fineTuned > start + 0.15)
        let repaired = try success(.kto, "repaired") - start
        #expect(repaired > 0.15, "repaired minus start: \(repaired)")
    }

    /// First round success is what the first round's last test said, and no later one; the start agent has none.
    @Test func firstRoundSuccessIsTheFirstRounds() throws {
        let info = MethodInfo(Steve.self), link = TrialLink()
        let texts = try info.texts(preset: "smoke", typed: ["rate": "0.01"])
        try info.run("sft", texts: texts, seed: 1, link: link)
        let said = link.drain().points.map { (info.metrics[$0.metric], $0.step, $0.value) }
        let first = said.filter { $0.0 == Steve.firstSuccess }
        let tests = said.filter { $0.0 == Steve.success }
        #expect(first.count == 1 && tests.count == 4, "one test of the start agent, one a round")
        #expect(first.first?.1 == tests[1].1 && first.first?.2 == tests[1].2)
        #expect(try last(.start, "smoke", seed: 1)[Steve.firstSuccess] == nil)
    }

    @Test func adaptersLearnToo() throws {
        let typed = ["rank": "64", "tasks": "500"]
        let success = try [Steve.Arm.start, .kto].map {
            try last($0, "full", seed: 1, typed)[Steve.success] ?? .nan
        }
        #expect(success[1] > success[0] + 0.1)
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

    /// Each arm that trains has the same number of updates, also one that has nothing to learn from yet.
    @Test func everyTrainedArmGetsEquallyManyUpdates() throws {
        let updates = try Steve.Arm.allCases.filter { $0 != .start }.map {
            try last($0, "smoke", seed: 1, ["slips": "1"])[Steve.updates]
        }
        #expect(Set(updates).count == 1 && updates[0] ?? 0 > 10)
    }

    /// Without a bad step the arms still learn from the good ones.
    @Test func aPerfectAgentStillHasBatches() throws {
        let typed = ["noise": "0", "stray": "0", "habits": "0", "slips": "0", "cloning": "800"]
        for arm in [Steve.Arm.sft, .kto, .outcome, .unlikelihood] {
            let ends = try last(arm, "smoke", seed: 1, typed)
            #expect(ends[Steve.updates] ?? 0 > 10 && ends[Steve.success] ?? 0 > 0.95)
        }
    }
}
