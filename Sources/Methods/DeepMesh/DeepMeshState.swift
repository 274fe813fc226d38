import Base
import MethodKit
import Tensors

extension DeepMesh {
    /// Everything that changes while DeepMesh runs.
    struct State: Codable {
        /// The policy π.
        var model: Model
        /// The best policy so far by the validation score.
        var stopping = EarlyStopping<Model>()
        /// Of the pretraining; the arm's own updates begin with a fresh one.
        var optimiser = AdamW(beta2: 0.99, decay: 0.01)
        /// Pairs of all clouds, what is left for the user's eyes, and samples drawn.
        var pairs: [PreferencePair] = []
        var open: [OpenChoice] = []
        var sampled = 0
        /// The update after which the policy was best; 0 before the first look.
        var bestUpdate = 0
        /// Streams of the batches and of the samples for pairs.
        var draws, sampling: RandomStream

        init(_ inputs: Inputs, _ trial: Trial<Inputs>) {
            var weights = trial.stream("weights")
            model = Model(
                .desk, shortening: inputs.shortening, depth: inputs.hourglasses, using: &weights)
            draws = trial.stream("draws")
            sampling = trial.stream("samples")
        }

        /// Draws meshes from a policy.
        func sampler(_ model: Model, _ inputs: Inputs, temperature: Double) -> Sampler {
            Sampler(
                model: model, temperature: temperature, longest: inputs.longest, window: inputs.window)
        }

        // MARK: Pretraining

        /// One update on meshes of similar length (§3.2): next-token cross-entropy over their windows.
        ///
        /// - Returns: the mean loss of a token, in nats.
        mutating func pretrain(_ set: MeshSet, _ inputs: Inputs, factor: Double) -> Double {
            let count = min(inputs.batch, set.training.count)
            // Neighbours in the order of length, which need little filling up.
            let first = draws.below(set.training.count - count + 1)
            let items = set.training[first..<first + count]
            let batch = WindowBatch(items.map(\.tokens), model.vocabulary, length: inputs.window)
            // Each window looks at the whole mesh's cloud.
            let loss = batch.scores(model, items.map(\.cloud)).crossEntropy(batch.targets)
            loss.backward()
            optimiser.step(model, rate: DeepMesh.pretrainingRate * factor, clip: 1)
            return Double(loss.item)
        }

        // MARK: Pairs

        /// Samples meshes for the next clouds, judges them, and lets the reference read the pairs.
        mutating func samplePairs(
            _ clouds: Range<Int>, of set: MeshSet, _ rule: PreferenceRule, _ inputs: Inputs
        ) {
            let each = inputs.perCloud
            let wanted = clouds.flatMap { cloud in (0..<each).map { _ in set.candidates[cloud] } }
            let meshes = sampler(model, inputs, temperature: inputs.candidateTemperature)
                .meshes(for: wanted.map(\.cloud), using: &sampling)
            let qualities = zip(meshes, wanted).map {
                MeshQuality($0, $1, model.vocabulary, using: &sampling)
            }
            sampled += meshes.count
            for (place, cloud) in clouds.enumerated() {
                // The samples of one cloud lie side by side.
                let own = (place * each..<(place + 1) * each).map { (meshes[$0], qualities[$0]) }
                switch rule.judge(cloud, own) {
                case .dropped: break
                case .open(let choice): open.append(choice)
                case .pair(var pair):
                    // The policy has not been trained on pairs yet: what it says now is log π_ref, once and for all.
                    pair.reference = withoutGradient { read([pair], set, inputs).sums.first }
                    pairs.append(pair)
                }
            }
        }

        /// What the policy says of both meshes of some pairs.
        ///
        /// - Returns: the windows of y⁺ and y⁻, pair by pair; log π of each of their tokens: [windows, longest]; and log π
        ///   of the meshes.
        func read(_ pairs: [PreferencePair], _ set: MeshSet, _ inputs: Inputs) -> (
            batch: WindowBatch, tokens: Tensor, sums: [DPO.Pair]
        ) {
            let batch = WindowBatch(
                pairs.flatMap { [$0.win, $0.lose] }, model.vocabulary, length: inputs.window)
            let clouds = pairs.flatMap { Array(repeating: set.candidates[$0.cloud].cloud, count: 2) }
            let tokens = batch.scores(model, clouds).logProbabilities(of: batch.targets)
            let sums = batch.sums(tokens.doubles)
            return (batch, tokens, pairs.indices.map { DPO.Pair(win: sums[2 * $0], lose: sums[2 * $0 + 1]) })
        }

        // MARK: Preferences

        /// One update on pairs, as the arm's idea says.
        ///
        /// - Returns: what DPO says of the batch; nil when the arm learns nothing or there is no pair.
        mutating func learn(
            _ arm: Arm, _ set: MeshSet, _ inputs: Inputs
        ) -> [DPO.Outcome]? {
            guard arm.learns, !pairs.isEmpty else { return nil }
            // Drawn with replacement, so a pair may come twice; with fewer pairs than a batch holds, as many as there are.
            let chosen = (0..<min(inputs.pairBatch, pairs.count)).map { _ in pairs[draws.below(pairs.count)] }
            let (batch, tokens, policy) = read(chosen, set, inputs)
            let outcomes = zip(policy, chosen).map { sums, pair in
                // Every pair has its reference since it was found; the policy itself would make the reward 0.
                DPO.outcome(policy: sums, reference: pair.reference ?? sums, beta: inputs.beta)
            }
            // The loss is the mean over pairs, each the sum over its tokens: long meshes weigh more, as in DPO.
            let share = 1 / Double(chosen.count)
            let parts = zip(outcomes, policy).map { DeepMesh.idea(arm, $0, $1, inputs) }
            let slopes = parts.flatMap { [$0.slopes.win * share, $0.slopes.lose * share] }
            tokens.loss(value: parts.reduce(0) { $0 + $1.loss * share }, slopes: batch.spread(slopes))
                .backward()
            optimiser.step(model, rate: inputs.rate > 0 ? inputs.rate : arm.rate, clip: 1)
            return outcomes
        }

        /// Early stopping: keeps the policy if its samples for the validation clouds score better than all before.
        ///
        /// - Returns: the score.
        mutating func validate(
            _ set: MeshSet, _ update: Int, _ inputs: Inputs, _ stream: RandomStream
        ) throws -> Double {
            // From the same seed each time; draws part where policies say meshes of other lengths.
            let before = stopping.score
            let score = measure(model, set.validation, at: inputs.temperature, Decoding(), inputs, stream)
                .score
            try stopping.look(at: model, score: score)
            if stopping.score != before { bestUpdate = update }
            return score
        }
    }
}
