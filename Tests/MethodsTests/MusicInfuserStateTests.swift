import Base
import Foundation
import Measures
import MethodKit
import Tensors
import Testing

@testable import Methods

/// What MusicInfuser's states do, part by part: updates, layers that are measured and chosen, samples.
@Suite struct MusicInfuserStateTests {
    private typealias M = MusicInfuser

    private let inputs: M.Inputs = {
        var inputs = M.Inputs()
        (inputs.dances, inputs.probes, inputs.pairs, inputs.pieces) = (60, 8, 12, 40)
        (inputs.layers, inputs.euler, inputs.batch, inputs.rank) = (3, 3, 4, 4)
        return inputs
    }()

    private func trial(_ arm: M.Arm = .prior, _ inputs: M.Inputs? = nil) -> Trial<M.Inputs> {
        Trial(
            of: M.self, arm: arm, inputs: inputs ?? self.inputs, plan: TrialPlan(of: M.self, seed: 1),
            link: TrialLink())
    }

    /// A prior that does something with each of its layers: the gates of one that has learnt nothing are 0.
    private func start() -> (state: M.PriorState, dances: [M.Pair]) {
        let trial = trial(), dances = M.DanceSet.dances(of: trial)
        var state = M.PriorState(dances, trial), random = RandomStream(seed: 2)
        for parameter in state.prior.parameters where parameter.values.allSatisfy({ $0 == 0 }) {
            let values = Tensor.gaussian(parameter.shape, deviation: 0.1, using: &random)
            (parameter * -values).sum().backward()
            var sgd = SGD()
            sgd.step(parameter, rate: 1)
        }
        state.scores = [0.4, 0.1, 0.9].map { M.Score(distance: $0, size: 1) }
        return (state, dances)
    }

    private func state(_ arm: M.Arm, _ inputs: M.Inputs? = nil) throws -> M.State {
        try M.State(start().state, arm, trial(arm, inputs))
    }

    private func farthest(_ a: Tensor, _ b: Tensor) -> Double {
        zip(a.doubles, b.doubles).map { abs($0 - $1) }.max() ?? .infinity
    }

    // MARK: Updates

    @Test func ratesRiseAndFallAlongACosine() throws {
        let state = try state(.noLoRA)
        var inputs = inputs
        (inputs.steps, inputs.rate) = (105, 0.01)
        let rates = [1, 5, 55, 105].map { state.rate(at: $0, inputs) }
        #expect(zip(rates, [0.002, 0.01, 0.005, 0]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(rates)")
        inputs.rate = 0
        for arm in M.Arm.allCases where arm.trains {
            #expect(try self.state(arm).rate(at: 5, inputs) == arm.rate, "\(arm)")
        }
    }

    /// The first step of Adam is as long as the rate, whatever the gradient; with W_O = 0 none reaches anything but W_O and
    /// its bias, and without decay what has no gradient stays.
    @Test func updatesAreAdamsWithoutDecay() throws {
        var state = try state(.noLoRA), inputs = inputs
        (inputs.steps, inputs.rate) = (20, 0.01)
        let before = try #require(state.dancing).parameters.map(\.values)
        _ = state.learn(M.DanceSet.pairs(of: trial()), 1, inputs)
        let after = try #require(state.dancing).parameters.map(\.values)
        let moved = zip(before, after).map { zip($0, $1).map { abs($0 - $1) } }
        let listening = zip(before, moved).filter { $0.0.allSatisfy { $0 == 0 } && $0.1.contains { $0 > 0 } }
        let width = M.MotionPrior.width
        #expect(listening.map(\.0.count).sorted() == [width, width, width * width, width * width])
        // Where a gradient is hardly more than Adam's ε, the step is shorter.
        for (_, steps) in listening {
            #expect(steps.allSatisfy { $0 < 0.01 + 1e-5 })
            #expect(steps.count { abs($0 - 0.01) < 1e-4 } > steps.count * 9 / 10)
        }
        #expect(moved.joined().count { $0 > 0 } == 2 * (width * width + width))
    }

    /// The loop's own draws follow the law: other levels at β = 3 than at β = 1, where all arms have the uniform law's.
    @Test func levelsOfAnUpdateAreTheLaws() throws {
        func loss(_ arm: M.Arm, beta: Double) throws -> Double {
            var state = try state(arm), inputs = inputs
            inputs.beta = beta
            return state.learn(M.DanceSet.pairs(of: trial()), 1, inputs)
        }
        #expect(try loss(.musicinfuser, beta: 1) == loss(.uniform, beta: 3))
        #expect(try loss(.musicinfuser, beta: 3) != loss(.uniform, beta: 3))
    }

    // MARK: Layers

    @Test func eachArmListensInItsLayers() throws {
        var inputs = inputs
        inputs.adapted = 1
        let wanted: [(M.Arm, [Int])] = [
            (.musicinfuser, [1]), (.otherLayers, [2]), (.allLayers, [0, 1, 2]), (.randomStart, [1]),
            (.unplaced, [1]), (.noLoRA, [1]), (.full, [1]), (.scratch, [0, 1, 2]), (.deaf, []),
        ]
        for (arm, layers) in wanted {
            let found = try state(arm, inputs).dancing?.reaches.map(\.layer)
            #expect(found == layers, "\(arm): \(found ?? [])")
        }
    }

    /// A layer's score is that of dances moved away from what the prior makes without it.
    @Test func aProbeMovesAwayFromTheLayersAbsence() {
        var (state, dances) = start(), noise = trial().stream("probes")
        let prior = state.prior, labels = (0..<inputs.probes).map { $0 % M.Style.allCases.count }
        state.scores = []
        state.probe(1, dances, inputs)
        var sizes: [Double] = []
        let made = FlowMatching.generate(
            from: M.Noised.alone(inputs.probes, using: &noise),
            FlowMatching.linearQuadraticSchedule(inputs.euler)
        ) { z, sigma in
            let levels = labels.map { _ in sigma }
            let full = prior(z, sigma: levels, labels: labels)
            let apart = full - prior(z, sigma: levels, labels: labels, without: 1)
            sizes.append(Double(apart.abs().mean().item))
            return full + apart
        }
        let distance = M.MotionFeatures.distance(
            state.scaling.motions(made), dances.map(\.motion), state.scaling.features)
        #expect(abs(state.scores[0].distance / distance - 1) < 1e-3, "\(state.scores), \(distance)")
        let size = sizes.reduce(0, +) / Double(sizes.count)
        #expect(abs(state.scores[0].size / size - 1) < 1e-3 && size > 0)
    }

    // MARK: Samples

    private let noise = MusicInfuserFixture.noise
    private let onsets = MusicInfuserFixture.onsets

    /// Away from what is made of no style at all, and the music is heard in both.
    @Test func guidanceLeadsAwayFromTheUnsaid() throws {
        let state = try state(.randomStart), dancing = try #require(state.dancing)
        try withoutGradient {
            let tokens = try #require(dancing.tokens(onsets))
            let said = dancing(noise, sigma: [0.4, 0.4], labels: [0, 1], tokens: tokens)
            let unsaid = dancing(
                noise, sigma: [0.4, 0.4], labels: [M.Label.nothing, M.Label.nothing], tokens: tokens)
            let silent = dancing(noise, sigma: [0.4, 0.4], labels: [0, 1], tokens: nil)
            #expect(farthest(said, unsaid) > 1e-3 && farthest(said, silent) > 1e-3)
            let guided = state.velocity(noise, 0.4, [0, 1], tokens, guidance: 3)
            #expect(farthest(guided, unsaid + (said - unsaid) * 3) < 1e-5)
            #expect(farthest(state.velocity(noise, 0.4, [0, 1], tokens, guidance: 1), said) == 0)
        }
    }

    @Test func samplesAreEulerStepsFromNoise() throws {
        let state = try state(.randomStart), dancing = try #require(state.dancing)
        var random = RandomStream(seed: 7), again = random
        let made = state.samples([.bounce, .sway], onsets, inputs, using: &random)
        let levels = FlowMatching.linearQuadraticSchedule(inputs.euler)
        #expect(levels.count == 4 && levels[0] == 1)
        var z = M.Noised.alone(2, using: &again)
        withoutGradient {
            for (sigma, next) in zip(levels, levels.dropFirst()) {
                let slope = dancing(
                    z, sigma: [sigma, sigma], labels: [M.Style.bounce.place, M.Style.sway.place],
                    tokens: dancing.tokens(onsets))
                z = z + slope * Float(sigma - next)
            }
        }
        let wanted = start().state.scaling.motions(z).flatMap(\.values)
        #expect(zip(made.flatMap(\.values), wanted).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// Of sixteen samples of its own each piece takes the best: no two pieces share one.
    @Test func everyPieceHasSixteenOfItsOwn() throws {
        let state = try state(.bestOf16), pieces = M.DanceSet.test(.bounce, of: trial())
        var random = RandomStream(seed: 7), again = random
        let heard = pieces.map { M.Heard($0) }, styles = pieces.map(\.style)
        let made = state.dances(styles, to: heard, inputs, using: &random)
        #expect(Set(made.map(\.values)).count == pieces.count)
        let all = state.samples(styles.flatMap { Array(repeating: $0, count: 16) }, [], inputs, using: &again)
        for (place, piece) in heard.enumerated() {
            let scores = all[place * 16..<(place + 1) * 16].map { score(piece, $0) }
            #expect(scores.max() == score(piece, made[place]))
        }
    }

    private func score(_ piece: M.Heard, _ motion: M.Motion) -> Double {
        BeatAlignment.score(of: piece.beats, near: M.MotionBeats.found(in: motion), sigma: 0.12)
    }
}
