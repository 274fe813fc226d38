import Base
import Foundation
import MethodKit
import Testing

@testable import Methods

/// What a trial's state does between two updates: trajectories, draws, rounds, the reference.
@Suite struct SteveStateTests {
    private let desk = Steve.MiniDesk.small, inputs = Steve.Inputs()

    private func fresh() -> Steve.State {
        var random = RandomStream(seed: 12)
        let trial = Trial(
            of: Steve.self, arm: .kto, inputs: inputs, plan: TrialPlan(of: Steve.self, seed: 1),
            link: TrialLink())
        return Steve.State(policy: Steve.Policy(desk, sharesFeatures: false, using: &random), trial)
    }

    /// A step of each concept, with these verdicts.
    private func judged(_ verdicts: [Steve.Verifier.Verdict]) -> [Steve.JudgedStep] {
        var random = RandomStream(seed: 2)
        return verdicts.enumerated().map { concept, verdict in
            let screen = desk.screen(for: concept, using: &random)
            let step = desk.click(
                0, on: screen, at: 1, before: Steve.Pixels(bits: 0), stray: 0, using: &random)
            return Steve.JudgedStep(step: step, verdict: verdict)
        }
    }

    /// The last eight of a draw are bad steps: neutral ones are among them, unless they are to be ignored.
    @Test func neutralStepsAreBadOnesOrIgnored() throws {
        func lastConcepts(_ neutral: Steve.Neutral) -> Set<Int> {
            var state = fresh(), settings = inputs
            state.judged = judged([.good, .neutral, .harmful])
            settings.neutral = neutral
            let draws = (0..<20).compactMap { _ in state.drawn(.kto, settings) }
            #expect(draws.count == 20)
            #expect(draws.allSatisfy { !$0.lacksBad && $0.judged.count == 24 })
            #expect(draws.allSatisfy { $0.judged[..<16].allSatisfy { $0.step.screen.concept == 0 } })
            return Set(draws.flatMap { $0.judged[16...].map(\.step.screen.concept) })
        }
        #expect(lastConcepts(.bad) == [1, 2])
        #expect(lastConcepts(.ignored) == [2])
        var state = fresh(), settings = inputs
        state.judged = judged([.good, .neutral])
        settings.neutral = .ignored
        let drawn = state.drawn(.kto, settings), draw = try #require(drawn)
        #expect(draw.lacksBad && draw.judged.allSatisfy { $0.step.screen.concept == 0 })
    }

    /// Each step of a draw meets its own row of either policy, and its own slot.
    @Test func stepsMeetTheirOwnRowsOfBothPolicies() throws {
        var state = fresh(), random = RandomStream(seed: 4)
        state.judged = judged([.good, .good, .harmful, .neutral, .good, .harmful])
        state.reference = Steve.Policy(desk, sharesFeatures: false, using: &random)
        let scored = state.scored(.kto, inputs), draw = try #require(scored).draw
        for (place, one) in draw.judged.enumerated() {
            let screen = [one.step.screen]
            #expect(
                zip(draw.policyRows[place], state.policy.logProbabilities(screen)[0])
                    .allSatisfy { abs($0 - $1) < 1e-5 })
            #expect(
                zip(draw.referenceRows[place], state.reference!.logProbabilities(screen)[0])
                    .allSatisfy { abs($0 - $1) < 1e-5 })
            #expect(draw.policy[place] == draw.policyRows[place][one.step.slot])
        }
        #expect(draw.policyRows != draw.referenceRows)
    }

    /// The first step of a fresh Adam moves each weight by the rate: cosine from all of it at a round's beginning to
    /// nearly nothing at its end, whatever the arm's rate.
    @Test func theRateFallsAsACosineOverARound() throws {
        func change(_ update: Int, _ rate: Double) throws -> Double {
            var state = fresh(), inputs = inputs
            inputs.rate = rate
            state.judged = judged([.good, .good, .harmful])
            try state.begin(inputs: inputs)
            let before = state.policy.parameters.map(\.doubles)
            let trial = Trial(
                of: Steve.self, arm: .kto, inputs: inputs, plan: TrialPlan(of: Steve.self, seed: 1),
                link: TrialLink())
            state.learn(.kto, inputs, at: update, of: 19, trial)
            let changes = zip(before, state.policy.parameters.map(\.doubles)).flatMap { zip($0, $1) }
            return changes.reduce(0) { max($0, abs($1.0 - $1.1)) }
        }
        let first = try change(1, 1e-3)
        #expect(abs(try change(1, 2e-3) / first - 2) < 0.05)
        func cosine(_ update: Int) -> Double { (1 + cos(Double.pi * Double(update) / 19)) / 2 }
        // The middle and the end are reported as well, which is for a running stage alone.
        for update in [2, 5, 8, 11, 14, 18] {
            let wanted = cosine(update) / cosine(1)
            #expect(abs(try change(update, 1e-3) / first - wanted) < 0.02, "\(update)")
        }
    }

    /// Two passes over 50, 100 and 150 trajectories of seven steps, in batches of sixteen.
    @Test func updatesArePassesOverTheStepBudgets() {
        #expect((1...3).map { inputs.updates(inRound: $0) } == [44, 88, 132])
    }

    /// Early and late agreement are of right clicks up to the seventh and after it, of this round alone.
    @Test func agreementIsOfRightClicksEarlyAndLate() throws {
        var state = fresh(), random = RandomStream(seed: 3)
        func add(_ kind: Steve.MiniDesk.Kind, _ place: Int, _ verdict: Steve.Verifier.Verdict) throws {
            let screen = desk.screen(for: 5, using: &random)
            let slot = try #require(screen.widgets.firstIndex { desk.kind($0, for: 5) == kind })
            let step = desk.click(
                slot, on: screen, at: place, before: Steve.Pixels(bits: 0), stray: 0, using: &random)
            state.judged.append(Steve.JudgedStep(step: step, verdict: verdict))
        }
        try add(.right, 1, .harmful)  // a round before
        state.roundBegin = 1
        for (place, verdict) in [(1, Steve.Verifier.Verdict.good), (2, .good), (7, .harmful), (8, .neutral)] {
            try add(.right, place, verdict)
        }
        try add(.right, 9, .good)
        try add(.lookAlike, 3, .good)
        try add(.back, 8, .neutral)
        let found = Dictionary(uniqueKeysWithValues: state.agreements(desk))
        #expect(found[Steve.earlyAgreement] == 2.0 / 3 && found[Steve.lateAgreement] == 0.5)
        #expect(found[Steve.agreement] == 4.0 / 7)
    }

    /// The reference is the policy of the first round's beginning, or of each round's; either way it stands still.
    @Test func theReferenceIsKeptOrRefreshed() throws {
        for choice in [Steve.Reference.start, .round] {
            var state = fresh(), inputs = inputs
            inputs.reference = choice
            let screens = judged([.good, .good, .good]).map(\.step.screen)
            try state.begin(inputs: inputs)
            let first = try #require(state.reference).logProbabilities(screens)
            #expect(first == state.policy.logProbabilities(screens))
            state.policy.logits(screens).sum().backward()
            state.optimiser.step(state.policy, rate: 0.05)
            let moved = state.policy.logProbabilities(screens)
            #expect(moved != first && state.reference?.logProbabilities(screens) == first)
            try state.begin(inputs: inputs)
            #expect(state.reference?.logProbabilities(screens) == (choice == .round ? moved : first))
        }
    }

    /// Three rounds: the first is rolled out by the start agent in every arm, the others by what the round before
    /// has made of it.
    @Test func eachRoundIsRolledOutByTheLastOnesPolicy() throws {
        func agreements(_ arm: Steve.Arm) throws -> [Double] {
            let info = MethodInfo(Steve.self), link = TrialLink()
            try info.run(
                arm.rawValue,
                texts: info.texts(preset: "smoke", typed: ["rate": "0.01", "trajectories": "40"]), seed: 1,
                link: link)
            let place = info.metrics.firstIndex(of: Steve.verified)
            return link.drain().points.filter { $0.metric == place }.map(\.value)
        }
        let (still, moving) = try (agreements(.start), agreements(.sft))
        #expect(still.count == 3 && moving.count == 3)
        #expect(still[0] == moving[0] && still[1] != moving[1] && still[2] != moving[2])
    }

    /// λ_D n_D over λ_U n_U, with the numbers of KTO's paper: ten good to one bad, λ_U = 10 balances them.
    @Test func theWeightsBalanceUnequalNumbers() {
        let settings = Steve.KTO.Settings(beta: 0.1, good: 1, bad: 10)
        #expect(Steve.KTO.balance(good: 100, bad: 10, settings) == 1)
        #expect(Steve.KTO.balance(good: 1, bad: 3, Steve.KTO.Settings(beta: 0.1, good: 2, bad: 1)) == 2.0 / 3)
    }

    /// Trajectories are judged as they happened: the pixels before a step are those after the one before it, places
    /// count up, and what is called done had its last concept clicked rightly.
    @Test func aTrajectoryHangsTogether() {
        var state = fresh()
        var wasDone = Set<Bool>()
        for _ in 0..<400 {
            let begin = state.judged.count
            state.rollOut(.kto, desk, inputs, showing: nil)
            let rolled = state.judged[begin...]
            #expect(rolled.map(\.step.place) == Array(1...rolled.count))
            #expect(zip(rolled, rolled.dropFirst()).allSatisfy { $0.step.after == $1.step.before })
            for (one, next) in zip(rolled, rolled.dropFirst()) {
                let stays = one.step.screen.concept == next.step.screen.concept
                #expect(stays == (desk.kind(one.step) != .right))
            }
            let wrong = rolled.count { desk.kind($0.step) != .right }
            #expect(Set(rolled.map(\.isOfDoneTask)).count == 1)
            if rolled.allSatisfy(\.isOfDoneTask) { #expect(wrong <= Steve.MiniDesk.spare) }
            wasDone.formUnion(rolled.map(\.isOfDoneTask))
        }
        #expect(wasDone == [true, false], "an untrained policy does a short task now and then")
    }
}
