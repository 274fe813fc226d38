import Base
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

/// What phi-decoding is held against: other ways to spend tokens, and its own ablations.
@Suite struct PhiControlTests {
    typealias Token = PhiDecoding.Token

    /// Of N answers that differ, the one with the largest average; each was drawn by itself and counts.
    @Test func bestOfTakesTheLikeliestOfItsAnswers() throws {
        let question = PhiDecodingTests.questions(1)[0], model = PhiDecodingTests.model()
        var writer = PhiDecoding.StepWriter(model, question, RandomStream(seed: 97))
        let outcome = PhiDecoding.bestOf(9, temperature: 1, &writer)
        #expect(outcome.answers.count == 9 && Set(outcome.answers.map(\.tokens)).count > 5)
        #expect(outcome.tokens == outcome.answers.reduce(0) { $0 + $1.tokens.count })
        let averages = outcome.answers.map {
            PhiDecodingTests.logProbability($0.tokens, question, model) / Double($0.tokens.count)
        }
        #expect(zip(averages, outcome.answers).allSatisfy { abs($0 - $1.average) < 1e-3 })
        let best = try #require(averages.indices.max { averages[$0] < averages[$1] })
        #expect(outcome.answer == outcome.answers[best].tokens && best == outcome.chosen)
    }

    /// Wide as all candidates, each different answer so far goes on once; narrow, the best of them; and the first beam begins
    /// as often as all will.
    @Test func aStepBeamKeepsTheBestDifferentSteps() {
        let question = PhiDecodingTests.questions(1)[0], model = PhiDecodingTests.model()
        func beam(_ width: Int, steps: Int, temperature: Double = 1.5) -> PhiDecoding.Outcome {
            var writer = PhiDecoding.StepWriter(model, question, RandomStream(seed: 98))
            return PhiDecoding.stepBeam(
                width, rollouts: 3, temperature: temperature, steps: steps, &writer)
        }
        let wide = beam(12, steps: 1), narrow = beam(4, steps: 1)
        #expect(Set(wide.answers.map(\.tokens)).count == wide.answers.count)
        #expect(wide.answers.map(\.average) == wide.answers.map(\.average).sorted(by: >))
        #expect(narrow.answers.count == 4 && narrow.chosen == 0)
        let two = beam(4, steps: 2)
        #expect(two.answers.count <= 4 && two.answers.allSatisfy { $0.tokens.count <= 24 })
        #expect(two.answers.allSatisfy { two.answers[two.chosen].average >= $0.average })
        // Equal steps are one: at temperature 0 there is nothing else.
        #expect(beam(4, steps: 2, temperature: 0).answers.count == 1)
        // All are counted, those that go no further too.
        #expect(narrow.tokens > narrow.answers.reduce(0) { $0 + $1.tokens.count })
    }

    /// As wide as there are answers, a beam search finds the likeliest one.
    @Test func aBeamSearchFindsLikelyAnswers() {
        let question = PhiDecodingTests.questions(1)[0], model = PhiDecodingTests.model()
        func likelihood(_ width: Int) -> Double {
            var writer = PhiDecoding.StepWriter(model, question, RandomStream(seed: 89))
            let outcome = PhiDecoding.tokenBeam(width, longest: 12, &writer)
            #expect(outcome.tokens <= 12 * width && outcome.answers.count <= width)
            return PhiDecodingTests.logProbability(outcome.answer, question, model)
                / Double(outcome.answer.count)
        }
        var greedy = PhiDecoding.StepWriter(model, question, RandomStream(seed: 90))
        var one = greedy.begin(1)
        for _ in 0..<12 where !one.isOver(0) { greedy.widen(&one, to: 1) }
        var same = PhiDecoding.StepWriter(model, question, RandomStream(seed: 91))
        #expect(PhiDecoding.bestOf(1, temperature: 0, &same).answer.prefix(12) == one.answers[0].prefix(12))
        #expect(likelihood(32) >= likelihood(1))
    }

    @Test func armsWithoutForesightSpendWhatPhiSpends() {
        var inputs = PhiDecoding.Inputs()
        (inputs.temperature, inputs.sharpTemperature) = (0.6, 0.2)
        (inputs.bestTemperature, inputs.beamTemperature) = (0.7, 0.8)
        #expect(PhiDecoding.idea(.sampled, inputs, answers: 36.4) == .bestOf(1, temperature: 0.6))
        #expect(PhiDecoding.idea(.sharpened, inputs, answers: 36.4) == .bestOf(1, temperature: 0.2))
        #expect(PhiDecoding.idea(.greedy, inputs, answers: 36.4) == .bestOf(1, temperature: 0))
        #expect(PhiDecoding.idea(.bestOfN, inputs, answers: 36.4) == .bestOf(36, temperature: 0.7))
        #expect(PhiDecoding.idea(.tokenBeam, inputs, answers: 36.4) == .tokenBeam(width: 36))
        #expect(
            PhiDecoding.idea(.stepBeam, inputs, answers: 36.4) == .stepBeam(width: 9, temperature: 0.8))
        #expect(PhiDecoding.idea(.bestOfN, inputs, answers: 0.1) == .bestOf(1, temperature: 0.7))
    }

    /// Each ablation changes what it is called after, and nothing else.
    @Test func eachAblationChangesOneThing() {
        let inputs = PhiDecoding.Inputs(), phi = inputs.rule
        func rule(_ arm: PhiDecoding.Arm, _ change: (inout PhiDecoding.Rule) -> Void) -> Bool {
            var wanted = phi
            change(&wanted)
            return wanted != phi && PhiDecoding.idea(arm, inputs, answers: 1) == .search(wanted)
        }
        #expect(PhiDecoding.idea(.phi, inputs, answers: 1) == .search(phi))
        #expect(rule(.phiLikeliest) { $0.final = .likeliest })
        #expect(rule(.phiPaper) { ($0.weighting, $0.isMasked, $0.stopping) = (.printed, false, .paper) })
        #expect(rule(.unforeseen) { $0.looksAhead = false })
        #expect(rule(.unclustered) { $0.weighting = .advantage })
        #expect(rule(.unpruned) { ($0.sigmaRate, $0.stopsEarly) = (.infinity, false) })
        #expect(rule(.unmasked) { $0.isMasked = false })
    }
}
