import Base
import Checkpoints
import Foundation
import Measures
import MethodKit
import Tensors

extension MusicInfuser {
    /// Everything that changes while the prior is trained and its layers are measured.
    struct PriorState: Codable {
        var prior: MotionPrior
        let scaling: Scaling
        var optimiser = AdamW()
        /// Stream of batches and noise, and of the noise that all layers are measured with.
        private var draws: RandomStream
        private let probing: RandomStream
        /// What each layer's absence shows, in order.
        var scores: [Score] = []

        /// Dances in a batch.
        private static let batch = 32

        init(_ dances: [Pair], _ trial: Trial<Inputs>) {
            var weights = trial.stream("prior")
            prior = MotionPrior(layers: trial.inputs.layers, using: &weights)
            scaling = Scaling(dances.map(\.motion))
            draws = trial.stream("prior batches")
            probing = trial.stream("probes")
        }

        /// One update towards z - ε, noise levels uniform; returns the loss.
        mutating func learn(_ dances: [Pair], rate: Double) -> Double {
            let batch = (0..<Self.batch).map { _ in dances[draws.below(dances.count)] }
            let labels = Label.drawn(batch.map(\.style), dropout: 0.1, basic: 0.1, using: &draws)
            let noised = Noised(batch.map { scaling.scaled($0.motion) }, using: &draws) { $0 }
            let loss = prior(noised.z, sigma: noised.sigma, labels: labels).meanSquaredError(noised.target)
            loss.backward()
            optimiser.step(prior, rate: rate, clip: 1)
            return Double(loss.item)
        }

        /// Measures one layer: dances moved away from those without it, against real ones of all styles.
        mutating func probe(_ layer: Int, _ dances: [Pair], _ inputs: Inputs) {
            var noise = probing
            let labels = (0..<inputs.probes).map { $0 % Style.allCases.count }
            let start = Noised.alone(inputs.probes, using: &noise)
            var sizes: [Double] = []
            let schedule = FlowMatching.linearQuadraticSchedule(inputs.euler)
            let made = FlowMatching.generate(from: start, schedule) { z, sigma in
                // With z - ε comes the estimate of the dance itself, D = z_σ + σ (z - ε).
                let (levels, s) = (labels.map { _ in sigma }, Float(sigma))
                let full = z + prior(z, sigma: levels, labels: labels) * s
                let skipped = z + prior(z, sigma: levels, labels: labels, without: layer) * s
                let difference = Adaptability.difference(full, without: skipped, sigma: s)
                sizes.append(Double(difference.abs().mean().item))
                let guided = Adaptability.guided(full, without: skipped, weight: Adaptability.weight)
                return (guided - z) * (1 / s)
            }
            let distance = MotionFeatures.distance(
                scaling.motions(made), dances.map(\.motion), scaling.features)
            scores.append(Score(distance: distance, size: sizes.reduce(0, +) / Double(sizes.count)))
        }
    }

    /// A batch of noised dances and what is to be estimated.
    struct Noised {
        let z, target: Tensor
        /// A noise level each.
        let sigma: [Double]

        /// §3.1 z_σ = (1 - σ) z + σ ε and z - ε, for noise levels that `level` makes of uniform numbers.
        init(_ dances: [[Float]], using random: inout RandomStream, level: (Double) -> Double) {
            let sigma = dances.map { _ in level(random.uniform()) }
            let shape = [dances.count, Motion.frames, Motion.channels]
            let clean = Tensor(dances.flatMap { $0 }, shape)
            let noise = Tensor.gaussian(shape, using: &random)
            z = FlowMatching.sample(clean, noise, sigma: sigma)
            target = FlowMatching.target(clean, noise)
            self.sigma = sigma
        }

        /// Noise alone, from which dances are made.
        static func alone(_ count: Int, using random: inout RandomStream) -> Tensor {
            .gaussian([count, Motion.frames, Motion.channels], using: &random)
        }
    }

    /// Everything that changes while the prior learns to listen and is tested.
    struct State: Codable {
        /// What it starts from, which no arm changes.
        @Frozen private var prior: MotionPrior
        private let scaling: Scaling
        private let arm: String
        /// The layers into which sound comes.
        private let layers: [Int]
        /// The prior with its ears; nil where nothing trains.
        private(set) var dancing: Dancing?
        private var optimiser = AdamW()
        private var draws: RandomStream
        private(set) var results: [StyleResult] = []
        /// ‖W_O‖ of each adapted layer at each look, for the picture of how they grow.
        private(set) var grown: [Growth] = []

        /// - Throws: what copying the prior throws.
        init(_ start: PriorState, _ arm: Arm, _ trial: Trial<Inputs>) throws {
            let idea = MusicInfuser.idea(arm), inputs = trial.inputs
            _prior = Frozen(wrappedValue: start.prior)
            (scaling, self.arm) = (start.scaling, arm.rawValue)
            layers = Adaptability.layers(of: idea, start.scores, count: inputs.adapted)
            var weights = trial.stream("adapters")
            dancing =
                arm.trains
                ? try Dancing(start.prior, idea, layers: layers, rank: inputs.rank, using: &weights) : nil
            draws = trial.stream("batches")
        }

        private var idea: Idea { Arm(rawValue: arm).map(MusicInfuser.idea) ?? Idea() }

        /// β of the law that the noise levels of an update are drawn from.
        func beta(at update: Int, _ inputs: Inputs) -> Double {
            idea.isBetaUniform ? inputs.law.beta(at: update - 1) : 1
        }

        /// A motion as the flow sees it.
        func scaled(_ motion: Motion) -> [Float] { scaling.scaled(motion) }

        /// Fréchet distance of motions from real ones.
        func distance(_ motions: [Motion], _ real: [Motion]) -> Double {
            MotionFeatures.distance(motions, real, scaling.features)
        }

        /// Takes down how far the music reaches into the layers by now.
        mutating func remember(at update: Int) {
            let reaches = dancing?.reaches ?? []
            grown.append(Growth(update: update, layers: reaches.map(\.layer), reaches: reaches.map(\.reach)))
        }

        // MARK: Learning

        /// §3.1 One update towards z - ε on pairs of music and dance; returns the loss.
        mutating func learn(_ pairs: [Pair], _ update: Int, _ inputs: Inputs) -> Double {
            guard let dancing else { return 0 }
            let batch = (0..<inputs.batch).map { _ in pairs[draws.below(pairs.count)] }
            let labels = Label.drawn(
                batch.map(\.style), dropout: inputs.dropout, basic: inputs.basic, using: &draws)
            let beta = beta(at: update, inputs)
            let noised = Noised(batch.map { scaling.scaled($0.motion) }, using: &draws) {
                BetaUniform.quantile($0, beta: beta)
            }
            let tokens = dancing.tokens(batch.map(\.onsets))
            let made = dancing(noised.z, sigma: noised.sigma, labels: labels, tokens: tokens)
            let loss = made.meanSquaredError(noised.target)
            loss.backward()
            optimiser.step(dancing, rate: rate(at: update, inputs), clip: 1)
            return Double(loss.item)
        }

        /// The learning rate of an update: up over the first twentieth of them, then down along a cosine.
        func rate(at update: Int, _ inputs: Inputs) -> Double {
            let rate = inputs.rate > 0 ? inputs.rate : Arm(rawValue: arm)?.rate ?? 0
            return rate * Schedule.cosine.factor(at: update, of: inputs.steps, warmUp: inputs.steps / 20)
        }

        func report(_ loss: Double, at update: Int, _ inputs: Inputs, _ trial: Trial<Inputs>) {
            trial.report(MusicInfuser.loss, loss)
            trial.report(MusicInfuser.beta, beta(at: update, inputs))
            guard let reaches = dancing?.reaches, !reaches.isEmpty else { return }
            trial.report(MusicInfuser.reach, reaches.reduce(0) { $0 + $1.reach } / Double(reaches.count))
        }

        // MARK: Dancing

        /// Dances of the styles to the pieces, as the arm makes them; rules choose among the prior's.
        func dances(_ styles: [Style], to pieces: [Heard], _ inputs: Inputs, using random: inout RandomStream)
            -> [Motion]
        {
            switch idea.rule {
            case nil: return samples(styles, pieces.map(\.onsets), inputs, using: &random)
            case .warp:
                let made = samples(styles, [], inputs, using: &random)
                return zip(made, pieces).map { TimeWarp.warped($0, to: $1.onsets) }
            case .best:
                // Each piece has samples of its own.
                let made = samples(
                    styles.flatMap { [Style](repeating: $0, count: Self.tries) }, [], inputs, using: &random)
                return pieces.enumerated().map { place, piece in
                    let tried = made[place * Self.tries..<(place + 1) * Self.tries]
                    let scores = tried.map {
                        BeatAlignment.score(
                            of: piece.beats, near: MotionBeats.found(in: $0), sigma: Alignment.sigma)
                    }
                    return tried[tried.startIndex + (scores.indices.max { scores[$0] < scores[$1] } ?? 0)]
                }
            }
        }

        /// Of how many dances the best one is taken.
        private static let tries = 16

        /// What the network makes of noise, some at a time.
        func samples(
            _ styles: [Style], _ onsets: [[[Float]]], _ inputs: Inputs, using random: inout RandomStream
        ) -> [Motion] {
            stride(from: 0, to: styles.count, by: Self.together).flatMap { first -> [Motion] in
                let range = first..<min(styles.count, first + Self.together),
                    labels = styles[range].map(\.place)
                let noise = Noised.alone(range.count, using: &random)
                let tokens = withoutGradient { onsets.isEmpty ? nil : dancing?.tokens(Array(onsets[range])) }
                let schedule = FlowMatching.linearQuadraticSchedule(inputs.euler)
                return scaling.motions(
                    FlowMatching.generate(from: noise, schedule) { z, sigma in
                        velocity(z, sigma, labels, tokens, guidance: inputs.guidance)
                    })
            }
        }

        /// Dances that are made together.
        private static let together = 125

        /// z - ε with classifier-free guidance by the style; the music is heard in both branches, as in the official code.
        func velocity(
            _ z: Tensor, _ sigma: Double, _ labels: [Int], _ tokens: Tensor?, guidance: Double
        ) -> Tensor {
            func velocity(_ labels: [Int]) -> Tensor {
                let sigma = labels.map { _ in sigma }
                return dancing?(z, sigma: sigma, labels: labels, tokens: tokens)
                    ?? prior(z, sigma: sigma, labels: labels)
            }
            guard guidance != 1 else { return velocity(labels) }
            let unsaid = velocity(labels.map { _ in Label.nothing })
            return unsaid + (velocity(labels) - unsaid) * Float(guidance)
        }

        // MARK: Tests

        /// Dances to one style's test pieces, and measures them.
        mutating func test(_ style: Style, _ pairs: [Pair], _ inputs: Inputs, _ trial: Trial<Inputs>) throws {
            var random = trial.stream("test noise \(style.rawValue)")
            let heard = pairs.indices.map { index in
                Heard(idea.hearsWrong ? pairs[DanceSet.other(index, of: pairs.count)] : pairs[index])
            }
            let made = dances(pairs.map(\.style), to: heard, inputs, using: &random)
            if trial.isStopped { throw Stopped() }
            var others = trial.stream("real \(style.rawValue)")
            let real = pairs.map { Dancer.dance(style, to: $0.piece, using: &others) }
            results.append(StyleResult(style, made, pairs, others: real, scaling))
            if style == Style.seen[0] { show(made[0], to: pairs[0], trial) }
        }

        /// Reports what all styles' tests came to.
        func end(_ inputs: Inputs, _ trial: Trial<Inputs>) {
            let seen = results.filter { $0.style != .heldOut }, new = results.filter { $0.style == .heldOut }
            let trained = seen.reduce(Alignment()) { $0 + $1.trained }
            let heldOut = seen.reduce(Alignment()) { $0 + $1.heldOut }
            let unseen = new.reduce(Alignment()) { $0 + $1.trained + $1.heldOut }
            let chance = seen.reduce(Alignment()) { $0 + $1.chance }
            let following = seen.reduce(Following()) { $0 + $1.following }
            let realFollowing = seen.reduce(Following()) { $0 + $1.realFollowing }
            func mean(_ distance: (StyleResult) -> Double) -> Double {
                seen.reduce(0) { $0 + distance($1) } / Double(seen.count)
            }
            let values = [
                (MusicInfuser.alignment, trained.recall), (MusicInfuser.twoSided, heldOut.f),
                (MusicInfuser.newAlignment, unseen.f), (MusicInfuser.chance, chance.recall),
                (MusicInfuser.twoSidedChance, chance.f),
                (MusicInfuser.distance, mean(\.distance)), (MusicInfuser.realDistance, mean(\.realDistance)),
                (MusicInfuser.newDistance, new.reduce(0) { $0 + $1.distance }),
                (MusicInfuser.tempoSlope, following.tempoSlope),
                (MusicInfuser.energySlope, following.energySlope),
                (MusicInfuser.realTempoSlope, realFollowing.tempoSlope),
                (MusicInfuser.realEnergySlope, realFollowing.energySlope),
                (MusicInfuser.updates, Double(dancing == nil ? 0 : inputs.steps)),
                (MusicInfuser.trained, Double(dancing?.parameterCount ?? 0)),
                (MusicInfuser.real, seen.reduce(Alignment()) { $0 + $1.realTrained }.recall),
                (MusicInfuser.realTwoSided, seen.reduce(Alignment()) { $0 + $1.realHeldOut }.f),
            ]
            for (metric, value) in values { trial.report(metric, value) }
            keepTable(trial)
        }
    }

    /// ‖W_O‖ of the adapted layers at one look.
    struct Growth: Codable {
        let update: Int
        let layers: [Int]
        let reaches: [Double]
    }

    /// What is known of a piece that is danced to: its onsets, and its beats where a rule is told of them.
    struct Heard {
        let onsets: [[Float]]
        let beats: [Double]
        /// Beats a second.
        let tempo: Double

        /// A piece of a test, whose beats are known.
        init(_ pair: Pair) {
            (onsets, tempo) = (pair.onsets, pair.piece.tempo)
            beats = MotionBeats.visible(pair.piece.beats)
        }

        /// A user's music, whose beats a comb has to find.
        init(onsets: [[Float]]) {
            self.onsets = onsets
            let comb = Comb(under: onsets.map { Double($0[0] + 0.5 * $0[1]) }, rate: Piece.onsetRate)
            tempo = comb.tempo
            beats = Array(stride(from: comb.phase, to: Motion.duration, by: 1 / comb.tempo))
        }
    }
}
