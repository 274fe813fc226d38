import Base
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
            state.steps = judged([.good, .neutral, .harmful])
            settings.neutral = neutral
            let draws = (0..<20).compactMap { _ in state.draw(.kto, settings) }
            #expect(draws.count == 20)
            #expect(draws.allSatisfy { !$0.lacksBad && $0.steps.count == 24 })
            #expect(draws.allSatisfy { $0.steps[..<16].allSatisfy { $0.screen.concept == 0 } })
            return Set(draws.flatMap { $0.steps[16...].map(\.screen.concept) })
        }
        #expect(lastConcepts(.bad) == [1, 2])
        #expect(lastConcepts(.ignored) == [2])
        var state = fresh(), settings = inputs
        state.steps = judged([.good, .neutral])
        settings.neutral = .ignored
        let drawn = state.draw(.kto, settings), draw = try #require(drawn)
        #expect(draw.lacksBad && draw.steps.allSatisfy { $0.screen.concept == 0 })
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
                arm.rawValue, texts: info.texts(preset: "smoke", typed: ["rate": "0.01"]), seed: 1, link: link
            )
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
            let begin = state.steps.count
            state.rollOut(.kto, desk, inputs, showing: nil)
            let rolled = state.steps[begin...]
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
