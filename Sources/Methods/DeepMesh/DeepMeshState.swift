import Base
import MethodKit
import Tensors

extension DeepMesh {
    /// Everything that changes while DeepMesh runs.
    struct State: Codable {
        /// The policy π.
        var model: Model
        /// The best policy so far by the validation score, and what it scored; nil before the first look.
        var best: Best?
        /// Of the pretraining; the arm's own updates begin with a fresh one.
        var optimiser = AdamW(rate: 1e-3, beta2: 0.99, decay: 0.01)
        /// Pairs of all clouds, what is left for the user's eyes, and samples drawn.
        var pairs: [PreferencePair] = []
        var open: [OpenChoice] = []
        var sampled = 0
        /// Streams of the batches and of the samples.
        var draws, samples: RandomStream

        struct Best: Codable {
            let model: Model
            let score: Double
        }

        init(_ inputs: Inputs, _ trial: Trial<Inputs>) {
            var weights = trial.stream("weights")
            model = Model(
                .desk, shortening: inputs.shortening, depth: inputs.hourglasses, using: &weights)
            draws = trial.stream("draws")
            samples = trial.stream("samples")
        }

        /// Draws meshes from the policy as it is.
        func sampler(_ inputs: Inputs, temperature: Double) -> Sampler {
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
            let windows = items.map {
                TokenWindow.all(of: $0.tokens, model.vocabulary, length: inputs.window)
            }
            // Each window looks at the whole mesh's cloud.
            let clouds = zip(items, windows).flatMap { item, parts in parts.map { _ in item.cloud } }
            let all = windows.flatMap { $0 }
            let loss = model(all.map(\.read), clouds).crossEntropy(TokenWindow.targets(of: all))
            loss.backward()
            clipGradients(model.parameters, to: 1)
            optimiser.rate = DeepMesh.pretrainingRate * factor
            optimiser.step(model.parameters)
            return Double(loss.item)
        }

        // MARK: Pairs

        /// Samples meshes for the next clouds, judges them, and lets the reference read the pairs.
        mutating func samplePairs(
            _ clouds: Range<Int>, of set: MeshSet, _ rule: PreferenceRule, _ inputs: Inputs
        ) {
            let each = inputs.samples
            let wanted = clouds.flatMap { cloud in (0..<each).map { _ in set.candidates[cloud] } }
            let meshes = sampler(inputs, temperature: inputs.candidateTemperature)
                .meshes(for: wanted.map(\.cloud), using: &samples)
            let qualities = zip(meshes, wanted).map {
                MeshQuality($0, $1, model.vocabulary, using: &samples)
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
                    pair.reference = sums([pair], set, inputs).first
                    pairs.append(pair)
                }
            }
        }

        /// log π of both meshes of some pairs, without gradients.
        private func sums(_ pairs: [PreferencePair], _ set: MeshSet, _ inputs: Inputs) -> [DPO.Pair] {
            let batch = PairBatch(pairs, set, model.vocabulary, window: inputs.window)
            return withoutGradient { batch.sums(Head.rows(batch.scores(model)).map(Head.logSoftmax)) }
        }

        // MARK: Preferences

        /// One update on pairs, as the arm's idea says.
        ///
        /// - Returns: what DPO says of the batch; nil when the arm learns nothing or there is no pair.
        mutating func learn(
            _ arm: Arm, _ set: MeshSet, _ inputs: Inputs
        ) -> [DPO.Outcome]? {
            // The baseline makes no update at all, so that it is the pretrained model, bit for bit.
            guard arm != .pretrained, !pairs.isEmpty else { return nil }
            let chosen = (0..<min(inputs.pairBatch, pairs.count)).map { _ in pairs[draws.below(pairs.count)] }
            // Drawn with replacement: a batch is as large with few pairs.
            let batch = PairBatch(chosen, set, model.vocabulary, window: inputs.window)
            let scores = batch.scores(model)
            let rows = Head.rows(scores).map(Head.logSoftmax)
            let outcomes = zip(batch.sums(rows), chosen).map { sums, pair in
                // Every pair has its reference since it was found; the policy itself would make the reward 0.
                DPO.outcome(policy: sums, reference: pair.reference ?? sums, beta: inputs.beta)
            }
            // The loss is the mean over pairs, each the sum over its tokens: long meshes weigh more, as in DPO.
            let share = 1 / Double(chosen.count)
            let slopes = outcomes.map { outcome -> DPO.Pair in
                let slope = DeepMesh.idea(arm, outcome, inputs)
                return DPO.Pair(win: slope.win * share, lose: slope.lose * share)
            }
            scores.backward(gradient: Tensor(batch.slopes(rows, slopes), scores.shape))
            clipGradients(model.parameters, to: 1)
            optimiser.rate = inputs.rate
            optimiser.step(model.parameters)
            return outcomes
        }

        /// Early stopping: keeps the policy if its samples for the validation clouds score better than all before.
        ///
        /// - Returns: the score.
        mutating func validate(_ set: MeshSet, _ inputs: Inputs, _ stream: RandomStream) throws -> Double {
            // The same stream each time: policies are compared on the same draws.
            let score = evaluate(set.validation, inputs, stream).score
            if best.map({ score < $0.score }) ?? true {
                best = Best(model: try model.copied(), score: score)
            }
            return score
        }

        // MARK: Measuring

        /// What samples for some clouds are worth on the mean.
        struct Measured {
            /// Chamfer, and the floor that sampling its points sets: what two draws from one surface are apart.
            let chamfer, floor: Double
            /// Hausdorff, open edges, share of watertight meshes, and the score.
            let hausdorff, openShare, watertight, score: Double
            /// Faces and tokens of a sample.
            let faces, tokens: Double

            /// Chamfer above the floor.
            var excess: Double { chamfer - floor }
        }

        /// Samples one mesh for each item; the same stream gives equal models equal samples.
        func evaluate(_ items: [MeshItem], _ inputs: Inputs, _ stream: RandomStream) -> Measured {
            var random = stream
            let meshes = sampler(inputs, temperature: inputs.temperature).meshes(
                for: items.map(\.cloud), using: &random)
            // From the stream that drew the samples: the points of a sample are part of the draw.
            let found = zip(meshes, items).map { MeshQuality($0, $1, model.vocabulary, using: &random) }
            let share = 1 / Double(max(1, items.count))
            func mean(_ part: (MeshQuality) -> Double) -> Double { found.reduce(0) { $0 + part($1) } * share }
            return Measured(
                chamfer: mean(\.chamfer), floor: items.reduce(0) { $0 + $1.floor } * share,
                hausdorff: mean(\.hausdorff), openShare: mean(\.openShare),
                watertight: mean { $0.isWatertight ? 1 : 0 }, score: mean(\.score),
                faces: mean { Double($0.faces) },
                tokens: meshes.reduce(0) { $0 + Double($1.count) } * share)
        }
    }

    /// The windows of both meshes of some pairs, with the way from tokens back to sequences.
    struct PairBatch {
        private let windows: [TokenWindow]
        /// The cloud of each window's mesh.
        private let clouds: [[SIMD3<Float>]]
        /// Which pair each window is of, and whether of the preferred mesh.
        private let owners: [(pair: Int, isWin: Bool)]
        /// Tokens of the longest window, to which the others are filled up: the step from one window's rows to the
        /// next's.
        private let longest: Int
        /// How many pairs there are.
        private let count: Int

        init(_ pairs: [PreferencePair], _ set: MeshSet, _ vocabulary: Vocabulary, window: Int) {
            var windows: [TokenWindow] = [], owners: [(pair: Int, isWin: Bool)] = []
            for (place, pair) in pairs.enumerated() {
                for (tokens, isWin) in [(pair.win, true), (pair.lose, false)] {
                    // Truncated as in pretraining (§3.3 with §3.2): sums over windows are sums over the sequence,
                    // for each token is scored once.
                    let parts = TokenWindow.all(of: tokens, vocabulary, length: window)
                    windows += parts
                    owners += parts.map { _ in (place, isWin) }
                }
            }
            (self.windows, self.owners) = (windows, owners)
            clouds = owners.map { set.candidates[pairs[$0.pair].cloud].cloud }
            longest = windows.map(\.read.count).max() ?? 0
            count = pairs.count
        }

        /// [windows, longest, vocabulary]
        func scores(_ model: Model) -> Tensor { model(windows.map(\.read), clouds) }

        /// Log-probabilities of whole sequences: sums over the tokens of all their windows.
        func sums(_ rows: [[Double]]) -> [DPO.Pair] {
            var sums = Array(repeating: DPO.Pair(win: 0, lose: 0), count: count)
            eachTarget { row, target, owner in
                // log π(y|x) is the sum over all tokens; a mean would forget how long the mesh is.
                if owner.isWin { sums[owner.pair].win += rows[row][target] }
                if !owner.isWin { sums[owner.pair].lose += rows[row][target] }
            }
            return sums
        }

        /// The gradient with respect to the scores of a loss with these slopes of both sequences' log-probabilities.
        func slopes(_ rows: [[Double]], _ slopes: [DPO.Pair]) -> [Float] {
            let width = rows.first?.count ?? 0
            var values = Array(repeating: Float(0), count: rows.count * width)
            eachTarget { row, target, owner in
                let slope = owner.isWin ? slopes[owner.pair].win : slopes[owner.pair].lose
                // What an arm does not learn from costs nothing.
                guard slope != 0 else { return }
                for (token, value) in Head.slopes(rows[row], action: target, slope: slope).enumerated() {
                    values[row * width + token] = Float(value)
                }
            }
            return values
        }

        /// Every token that is asked for, with its row of scores, in the order of windows.
        private func eachTarget(
            _ body: (_ row: Int, _ target: Int, _ owner: (pair: Int, isWin: Bool)) -> Void
        ) {
            for (place, window) in windows.enumerated() {
                for (token, target) in window.targets.enumerated() where target >= 0 {
                    body(place * longest + token, target, owners[place])
                }
            }
        }
    }
}
