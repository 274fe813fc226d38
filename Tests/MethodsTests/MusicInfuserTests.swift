import Base
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

/// How the parts of MusicInfuser hang together: what trains, what stays, what is heard.
@Suite struct MusicInfuserTests {
    private typealias M = MusicInfuser

    private func prior(_ layers: Int = 3) -> M.MotionPrior {
        var random = RandomStream(seed: 2)
        let prior = M.MotionPrior(layers: layers, using: &random)
        // A prior that has learnt nothing passes its frames through: its gates are moved away from 0.
        for parameter in prior.parameters where parameter.values.allSatisfy({ $0 == 0 }) {
            set(parameter, .gaussian(parameter.shape, deviation: 0.1, using: &random))
        }
        return prior
    }

    /// One step of gradient descent towards other values.
    private func set(_ parameter: Tensor, _ values: Tensor) {
        (parameter * -values).sum().backward()
        var sgd = SGD()
        sgd.step(parameter, rate: 1)
    }

    private func dancing(_ arm: M.Arm, _ prior: M.MotionPrior, layers: [Int] = [0, 2]) throws -> M.Dancing {
        var random = RandomStream(seed: 4)
        return try M.Dancing(prior, M.idea(arm), layers: layers, rank: 4, using: &random)
    }

    private let noise = MusicInfuserFixture.noise
    private let onsets = MusicInfuserFixture.onsets

    private func made(_ dancing: M.Dancing, _ onsets: [[[Float]]]) -> [Double] {
        withoutGradient {
            dancing(noise, sigma: [0.3, 0.8], labels: [0, 1], tokens: dancing.tokens(onsets)).doubles
        }
    }

    // MARK: What training begins with

    @Test func trainingBeginsAtThePrior() throws {
        let prior = prior(),
            alone = withoutGradient { prior(noise, sigma: [0.3, 0.8], labels: [0, 1]).doubles }
        for arm in [M.Arm.musicinfuser, .addition, .allLayers, .unplaced, .noLoRA, .full, .deaf] {
            let apart = zip(made(try dancing(arm, prior), onsets), alone).map { abs($0 - $1) }.max() ?? 1
            #expect(apart < 1e-5, "\(arm): \(apart)")
        }
        for arm in [M.Arm.randomStart, .scratch] {
            let other = made(try dancing(arm, prior), onsets)
            #expect(zip(other, alone).contains { abs($0 - $1) > 0.01 }, "\(arm)")
        }
    }

    @Test func eachArmTrainsItsOwnParts() throws {
        let prior = prior(), all = prior.parameterCount, width = M.MotionPrior.width
        let projector = (M.AudioProjector.features + 1) * width + (width + 1) * width
        // Queries, keys, values and outputs with their biases; A and B beside one matrix of three widths and one of one.
        let attention = 4 * (width + 1) * width, lora = 4 * (width + 3 * width) + 4 * (width + width)
        let wanted: [M.Arm: Int] = [
            .musicinfuser: projector + 2 * attention + 3 * lora, .noLoRA: projector + 2 * attention,
            .addition: projector + 2 * (width + 1) * width + 3 * lora, .deaf: 3 * lora,
            .full: projector + 2 * attention + all, .scratch: projector + 2 * attention + all,
        ]
        for (arm, count) in wanted {
            let parts = try dancing(arm, prior)
            #expect(parts.parameterCount == count, "\(arm): \(parts.parameterCount), not \(count)")
        }
        #expect(try dancing(.deaf, prior).tokens(onsets) == nil && dancing(.addition, prior).reaches.isEmpty)
    }

    @Test func thePriorStaysAsItIs() throws {
        let prior = prior(), before = prior.tensors.map(\.values)
        for arm in M.Arm.allCases where arm.trains {
            let dancing = try dancing(arm, prior)
            var optimiser = AdamW()
            for _ in 0..<3 {
                let made = dancing(noise, sigma: [0.3, 0.8], labels: [0, 1], tokens: dancing.tokens(onsets))
                made.square().mean().backward()
                optimiser.step(dancing, rate: 0.01)
            }
            #expect(prior.tensors.map(\.values) == before, "\(arm)")
        }
    }

    // MARK: What is heard

    /// Without places the music is a set of moments: another order of them sounds the same. With places it does not.
    @Test func withoutPlacesOrderIsNotHeard() throws {
        let prior = prior()
        // Rows that differ from their neighbours alone, so that no window tells the order.
        let steady = onsets.map { piece in piece.map { _ in piece[0] } }
        func heard(_ arm: M.Arm) throws -> [Double] {
            var random = RandomStream(seed: 4)
            var idea = M.idea(arm)
            idea.startsAtZero = false
            let dancing = try M.Dancing(prior, idea, layers: [0, 2], rank: 4, using: &random)
            guard let tokens = dancing.tokens(steady),
                let looks = dancing.looks(noise, sigma: 0.5, labels: [0, 1], tokens: tokens)
            else { return [] }
            return looks.map(Double.init)
        }
        // In the middle, far from the silence beyond the ends, all moments look alike unless they have places.
        func spread(_ looks: [Double]) -> Double {
            let row = looks[16 * 32..<17 * 32][(16 * 32 + 8)..<(16 * 32 + 24)]
            return (row.max() ?? 0) - (row.min() ?? 0)
        }
        #expect(try spread(heard(.unplaced)) < 1e-6)
        #expect(try spread(heard(.musicinfuser)) > 1e-4)
    }

    @Test func framesLookAtTheirOwnMomentFirst() throws {
        var random = RandomStream(seed: 9)
        let zica = M.ZICA(64, heads: 4, startsAtZero: true, looksAlong: true, using: &random)
        let places = (M.MotionPrior.places * 3).reshaped([1, 32, 64])
        let weights = zica.weights(places, audio: places).mean(axis: 1).doubles
        let diagonal = (0..<32).reduce(0) { $0 + weights[$1 * 33] } / 32
        #expect(diagonal > 2.0 / 32, "\(diagonal)")
        let sums = (0..<32).map { weights[$0 * 32..<($0 + 1) * 32].reduce(0, +) }
        #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
    }

    @Test func labelsAreLeftOutAsOftenAsTheInputsSay() {
        var random = RandomStream(seed: 1)
        let labels = M.Label.drawn(
            (0..<20_000).map { M.Style.allCases[$0 % 3] }, dropout: 0.1, basic: 0.2, using: &random)
        let shares = (0..<M.Label.count).map { label in Double(labels.count { $0 == label }) / 20_000 }
        #expect(abs(shares[M.Label.nothing] - 0.1) < 0.01 && abs(shares[M.Label.any] - 0.9 * 0.2) < 0.01)
        #expect(shares.prefix(3).allSatisfy { abs($0 - 0.72 / 3) < 0.01 })
    }

    // MARK: Noise

    /// Draws have the means of Beta(1, β), and β falls from update to update as the law says.
    @Test func levelsFollowTheLaw() throws {
        for beta in [1.0, 2, 3] {
            var random = RandomStream(seed: 8)
            let silent = [[Float]](repeating: [Float](repeating: 0, count: 256), count: 4_000)
            let sigma = M.Noised(silent, using: &random) { M.BetaUniform.quantile($0, beta: beta) }.sigma
            let mean = sigma.reduce(0, +) / Double(sigma.count)
            #expect(abs(mean - M.BetaUniform.mean(beta: beta)) < 0.02, "β \(beta): \(mean)")
        }
        // The eighth update of the smoke preset is the seventh after the first.
        #expect(try end(.musicinfuser, [:])[M.beta] == 1 + 2 * exp2(-7.0 / 200))
        #expect(
            try end(.musicinfuser, ["beta": "2", "halfLife": "4"])[M.beta] == 1 + exp2(-7.0 / 4))
        #expect(try end(.uniform, [:])[M.beta] == 1)
    }

    @Test func noiseIsMixedByItsLevel() {
        var random = RandomStream(seed: 8)
        let clean = [Float](repeating: 2, count: 256)
        let noised = M.Noised([clean, clean], using: &random) { $0 < 2 ? 0.25 : 0 }
        // z_σ = z - σ (z - ε), whatever ε is.
        #expect(zip(noised.z.doubles, noised.target.doubles).allSatisfy { abs($0 - (2 - 0.25 * $1)) < 1e-5 })
    }

    // MARK: Layers

    @Test func theBestLayersAreTaken() {
        let scores = [0.4, 0.1, 0.9, 0.2].map { M.Score(distance: $0, size: 1) }
        #expect(M.Adaptability.chosen(scores, count: 2) == [1, 3])
        #expect(M.Adaptability.chosen(scores, count: 4) == [0, 1, 2, 3])
        #expect(M.Adaptability.left(scores, count: 2) == [0, 2])
        func layers(_ arm: M.Arm, _ count: Int) -> [Int] {
            M.Adaptability.layers(of: M.idea(arm), scores, count: count)
        }
        #expect(layers(.musicinfuser, 2) == [1, 3] && layers(.otherLayers, 2) == [0, 2])
        #expect(layers(.allLayers, 2) == [0, 1, 2, 3] && layers(.musicinfuser, 9) == [0, 1, 2, 3])
    }

    @Test func aLayerThatIsLeftOutIsMissed() {
        let prior = prior()
        func made(_ skipped: Int?) -> [Double] {
            withoutGradient { prior(noise, sigma: [0.3, 0.8], labels: [0, 1], without: skipped).doubles }
        }
        #expect(Set([nil, 0, 1, 2].map { made($0) }).count == 4)
    }

    // MARK: Whole runs

    private func end(
        _ arm: M.Arm, _ typed: [String: String], preset: String = "smoke", cache: (any StageCache)? = nil
    ) throws -> [Metric: Double] {
        let info = MethodInfo(M.self), link = TrialLink()
        try info.run(
            arm.rawValue, texts: info.texts(preset: preset, typed: typed), seed: 1, cache: cache, link: link)
        let points = link.drain().points.map { (info.metrics[$0.metric], $0.value) }
        return Dictionary(points, uniquingKeysWith: { $1 })
    }

    /// What the engine's input says reaches the samples.
    @Test func guidanceIsAnInput() throws {
        let one = try end(.prior, ["guidance": "1"]), three = try end(.prior, ["guidance": "3"])
        #expect(one[M.distance] != three[M.distance])
        #expect(try end(.prior, [:])[M.distance] == one[M.distance])
    }

    /// The prior and the rules learn nothing; a warp hears onsets, the best of sixteen knows the beats.
    @Test func rulesHearOnlyWhatTheyMay() throws {
        let ends = try Dictionary(
            uniqueKeysWithValues: [M.Arm.prior, .warp, .bestOf16].map { ($0, try end($0, ["pieces": "40"])) })
        for arm in [M.Arm.prior, .warp, .bestOf16] {
            #expect(ends[arm]?[M.updates] == 0 && ends[arm]?[M.trained] == 0)
            for metric in [M.real, M.realTwoSided, M.realDistance, M.realTempoSlope, M.realEnergySlope] {
                #expect(ends[arm]?[metric] == ends[.prior]?[metric], "all arms dance to the same pieces")
            }
        }
        let best = ends[.bestOf16]?[M.alignment] ?? 0, prior = ends[.prior]?[M.alignment] ?? 1
        #expect(best > prior + 0.1, "\(best), \(prior)")
    }

    /// The claim's direction on a tuning seed at a smaller size, and that it is the music that makes it.
    @Test func theClaimPointsTheRightWay() throws {
        let small = [
            "layers": "2", "dances": "200", "pretraining": "150", "pairs": "200", "steps": "200",
            "pieces": "40", "euler": "8", "probes": "8", "rate": "0.006",
        ]
        let cache = CountingCache()
        let ends = try Dictionary(
            uniqueKeysWithValues: [M.Arm.prior, .musicinfuser, .wrongMusic].map {
                ($0, try end($0, small, preset: "quick", cache: cache))
            })
        #expect(cache.computed == 2, "all three begin with one prior and one choice of layers")
        func value(_ metric: Metric, _ arm: M.Arm) -> Double { ends[arm]?[metric] ?? .nan }
        for arm in [M.Arm.prior, .wrongMusic] {
            #expect(value(M.alignment, .musicinfuser) > value(M.alignment, arm) + 0.1, "\(arm)")
            #expect(abs(value(M.alignment, arm) - value(M.chance, arm)) < 0.2, "\(arm)")
        }
    }
}
