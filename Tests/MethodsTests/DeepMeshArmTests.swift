import Base
import MethodKit
import Tensors
import Testing

@testable import Methods

/// What tells the arms of DeepMesh apart: what they read, what they push, and how they sample.
@Suite struct DeepMeshArmTests {
    private static let inputs: DeepMesh.Inputs = {
        var inputs = DeepMesh.Inputs()
        (inputs.meshes, inputs.candidates, inputs.validation, inputs.tests) = (8, 24, 2, 2)
        (inputs.pairBatch, inputs.longest) = (8, 60)
        return inputs
    }()
    private static let set = DeepMesh.MeshSet(inputs, RandomStream(seed: 31))

    // MARK: Sampling

    /// Four arms are one model: no update is made, and its weights end as the pretraining left them.
    @Test(arguments: ["cooler", "greedy", "bestOfFour"])
    func whatIsOnlySampledIsThePretrainedModel(_ arm: String) throws {
        let (base, other) = (try Self.run("pretrained"), try Self.run(arm))
        for found in [base, other] {
            #expect(found["DPO loss"] == nil && found["validation score"] == nil)
            #expect(found["updates made"] == [0] && found["best score"] == found["last score"])
        }
        #expect(other["meshes drawn"] == [arm == "bestOfFour" ? 4 : 1])
        #expect(base["sampling floor"] == other["sampling floor"])
        #expect(base["warm excess Chamfer"] != other["warm excess Chamfer"])
    }

    @Test func coolerIsHalfTheTemperatureAndGreedyHasNone() throws {
        let cooler = try Self.run("cooler", ["temperature": "0.8"])
        let half = try Self.run("pretrained", ["temperature": "0.4"])
        for metric in ["open edges", "Chamfer", "sample tokens"] { #expect(cooler[metric] == half[metric]) }
        let greedy = try Self.run("greedy")
        #expect(greedy["open edges"] == greedy["warm open edges"])
        #expect(greedy["excess Chamfer"] == greedy["warm excess Chamfer"])
        let base = try Self.run("pretrained")
        #expect(base["excess Chamfer"] != base["warm excess Chamfer"])
    }

    /// The choice sees the meshes and no cloud: the first of those with fewest open edges.
    @Test func theBestOfSomeIsTheFirstWithFewestOpenEdges() {
        let whole = Self.set.test.map(\.tokens)
        let holed = Array(whole[0].prefix(whole[0].count / 2))
        func choice(_ meshes: [[Int]]) -> [Int] { DeepMesh.Decoding.choice(of: meshes, .desk) }
        #expect(DeepMesh.MeshQuality.openShare(of: DeepMesh.Detokeniser(holed, .desk)) > 0)
        #expect(choice([holed, whole[0], [], whole[1]]) == whole[0])
        #expect(choice([holed, whole[1], whole[0]]) == whole[1])
        #expect(choice([[], holed]) == holed)
        // No face is no watertight mesh: nothing is as open as nothing.
        var random = RandomStream(seed: 1)
        #expect(!DeepMesh.MeshQuality([], Self.set.test[0], .desk, using: &random).isWatertight)
    }

    // MARK: Updates

    /// Fine-tuning reads the better meshes alone; DPO reads both.
    @Test func fineTuningLeavesTheOtherMeshUnread() throws {
        let pairs = Self.pairs(),
            other = pairs.map {
                DeepMesh.PreferencePair(
                    cloud: $0.cloud, win: $0.win, lose: Array($0.lose.dropLast(3)), reference: $0.reference)
            }
        for arm in DeepMesh.Arm.learning {
            let first = try Self.learnt(arm, pairs, updates: 2),
                second = try Self.learnt(arm, other, updates: 2)
            let cloud = [Self.set.candidates[0].cloud], read = [Array(pairs[0].win.prefix(9))]
            let isSame = withoutGradient {
                first.model(read, cloud).values == second.model(read, cloud).values
            }
            // Windows of other lengths are filled up otherwise, which moves nothing that is read.
            #expect(isSame == (arm == .preferred), "\(arm)")
        }
    }

    /// The claim's direction at small size: what is learnt on pairs of whole and holed meshes holds on clouds that were
    /// never trained on. DPO moves the two apart; fine-tuning raises the better one.
    @Test(arguments: DeepMesh.Arm.learning)
    func wholeMeshesOfUnseenCloudsBecomeLikelier(_ arm: DeepMesh.Arm) throws {
        let pairs = Self.pairs(), (seen, unseen) = (Array(pairs.prefix(16)), Array(pairs.suffix(8)))
        let before = try Self.learnt(arm, seen, updates: 0), after = try Self.learnt(arm, seen, updates: 16)
        let (old, new) = (Self.logProbabilities(before, unseen), Self.logProbabilities(after, unseen))
        let gains = zip(old, new).map { (win: $1.win - $0.win, lose: $1.lose - $0.lose) }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        if arm == .preferred {
            #expect(mean(gains.map(\.win)) > 1)
        } else {
            #expect(mean(gains.map { $0.win - $0.lose }) > 1)
        }
    }

    /// Whole meshes and what a hole leaves of them, each with its cloud.
    private static func pairs() -> [DeepMesh.PreferencePair] {
        var random = RandomStream(seed: 32)
        return set.candidates.indices.map { cloud in
            let shape = set.candidates[cloud].shape
            var mesh = DeepMesh.Detokeniser(.desk)
            for token in set.candidates[cloud].tokens { mesh.take(token) }
            let (vertices, faces) = mesh.indexed
            precondition(Set(mesh.triangles) == Set(shape))
            let whole = DeepMesh.QuantisedMesh(steps: vertices, faces: faces, .desk)
            let holed = DeepMesh.QuantisedMesh(
                steps: whole.vertices, faces: DeepMesh.LowPoly.damaged(whole, share: 0.4, using: &random),
                .desk)
            return DeepMesh.PreferencePair(
                cloud: cloud, win: set.candidates[cloud].tokens,
                lose: DeepMesh.Tokeniser.tokens(of: holed, .desk))
        }
    }

    /// The state after some updates on pairs, from weights that know nothing.
    private static func learnt(
        _ arm: DeepMesh.Arm, _ pairs: [DeepMesh.PreferencePair], updates: Int
    ) throws -> DeepMesh.State {
        var inputs = inputs
        inputs.rate = 1e-3
        let trial = Trial(
            of: DeepMesh.self, arm: arm, inputs: inputs, plan: TrialPlan(of: DeepMesh.self, seed: 1),
            link: TrialLink())
        var state = DeepMesh.State(inputs, trial)
        let references = logProbabilities(state, pairs)
        state.pairs = zip(pairs, references).map { pair, reference in
            var pair = pair
            pair.reference = reference
            return pair
        }
        for _ in 0..<updates { _ = state.learn(arm, set, inputs) }
        return state
    }

    /// log π of both meshes of each pair.
    private static func logProbabilities(
        _ state: DeepMesh.State, _ pairs: [DeepMesh.PreferencePair]
    ) -> [DeepMesh.DPO.Pair] {
        withoutGradient { state.read(pairs, set, inputs).sums }
    }

    // MARK: Pairs and data

    @Test func neighboursAreTheTwoBest() throws {
        let item = Self.set.test[0]
        var random = RandomStream(seed: 3)
        let whole = item.tokens, half = Array(whole.prefix(whole.count / 2))
        let samples = [[0], half, whole, whole].map {
            ($0, DeepMesh.MeshQuality($0, item, .desk, using: &random))
        }
        func pair(_ pairing: DeepMesh.Pairing) throws -> DeepMesh.PreferencePair? {
            DeepMesh.PreferenceRule(
                gap: 0.01, decent: 4, pairing: pairing, choices: try DeepMesh.ChoiceFile("")
            ).judge(0, samples).pair
        }
        #expect(try pair(.extremes)?.win == whole && pair(.extremes)?.lose == [0])
        #expect(try pair(.neighbours)?.win == whole && pair(.neighbours)?.lose == half)
    }

    /// The paper's filter: a pair needs one mesh that is decent, however much the scores differ.
    @Test func twoBadMeshesAreNoPair() throws {
        let item = Self.set.test[0]
        var random = RandomStream(seed: 4)
        let samples = [Array(item.tokens.prefix(item.tokens.count / 2)), [0]].map {
            ($0, DeepMesh.MeshQuality($0, item, .desk, using: &random))
        }
        let best = samples[0].1.score
        for (decent, isPair) in [(best + 0.01, true), (best - 0.01, false)] {
            let rule = DeepMesh.PreferenceRule(
                gap: 0.01, decent: decent, choices: try DeepMesh.ChoiceFile(""))
            #expect((rule.judge(0, samples).pair != nil) == isPair)
        }
    }

    /// Sixteen of four hundred meshes, next to each other in the order of length, need little filling up; as many drawn
    /// from all would. What the pretraining reads is seen by the loss of a batch whose meshes are all alike but for length.
    @Test func aBatchIsOfNeighboursInLength() throws {
        let lengths = Self.set.training.map(\.tokens.count)
        #expect(lengths == lengths.sorted() && lengths.first != lengths.last)
        var state = try Self.learnt(.pretrained, [], updates: 0), draws = state.draws
        let count = min(Self.inputs.batch, Self.set.training.count)
        let first = draws.below(Self.set.training.count - count + 1)
        let items = Self.set.training[first..<first + count]
        let batch = DeepMesh.WindowBatch(items.map(\.tokens), .desk, length: Self.inputs.window)
        let expected = withoutGradient {
            batch.scores(state.model, items.map(\.cloud)).crossEntropy(batch.targets).item
        }
        #expect(state.pretrain(Self.set, Self.inputs, factor: 1) == Double(expected))
    }

    /// A mesh is read beside its own cloud, whatever else is in the batch.
    @Test func aMeshIsReadBesideItsOwnCloud() throws {
        let state = try Self.learnt(.dpo, [], updates: 0), pairs = Array(Self.pairs().prefix(2))
        let together = Self.logProbabilities(state, pairs)
        for (place, pair) in pairs.enumerated() {
            let alone = Self.logProbabilities(state, [pair])[0]
            #expect(abs(alone.win - together[place].win) < 1e-3)
            #expect(abs(alone.lose - together[place].lose) < 1e-3)
        }
        let exchanged = [(0, 1), (1, 0)].map { mesh, cloud in
            DeepMesh.PreferencePair(cloud: cloud, win: pairs[mesh].win, lose: pairs[mesh].lose)
        }
        for (own, other) in zip(together, Self.logProbabilities(state, exchanged)) {
            #expect(abs(own.win - other.win) > 1e-3)
        }
    }

    /// Each cloud's samples are judged by that cloud, as many of them as the input says.
    @Test func pairsAreOfSamplesForTheirOwnCloud() throws {
        var state = try Self.learnt(.dpo, [], updates: 0), twin = state, inputs = Self.inputs
        (inputs.perCloud, inputs.gap, inputs.decent) = (3, 0, 4)
        let rule = DeepMesh.PreferenceRule(gap: 0, decent: 4, choices: try DeepMesh.ChoiceFile(""))
        state.samplePairs(0..<2, of: Self.set, rule, inputs)
        #expect(state.sampled == 6)
        let wanted = [0, 0, 0, 1, 1, 1].map { Self.set.candidates[$0] }
        let meshes = twin.sampler(twin.model, inputs, temperature: inputs.candidateTemperature)
            .meshes(for: wanted.map(\.cloud), using: &twin.sampling)
        let scores = zip(meshes, wanted).map {
            DeepMesh.MeshQuality($0, $1, .desk, using: &twin.sampling).score
        }
        for pair in state.pairs {
            let own = Array(zip(meshes, scores))[pair.cloud * 3..<pair.cloud * 3 + 3]
            #expect(pair.win == own.min { $0.1 < $1.1 }?.0)
            #expect(pair.lose == own.max { $0.1 < $1.1 }?.0)
        }
        #expect(!state.pairs.isEmpty)
    }

    @Test(arguments: [4, 64]) func aCloudHasAsManyPointsAsTheInputSays(_ points: Int) {
        var inputs = Self.inputs
        inputs.points = points
        let set = DeepMesh.MeshSet(inputs, RandomStream(seed: 33))
        #expect((set.training + set.test).allSatisfy { $0.cloud.count == points })
    }

    /// The paper's two Hourglasses, reached by the input: the innermost level reads groups of nine tokens, and what it says
    /// reaches the scores.
    @Test func theInnerHourglassIsRead() {
        var random = RandomStream(seed: 34)
        let item = Self.set.test[0]
        let batch = DeepMesh.WindowBatch([item.tokens], .desk, length: 160)
        let model = DeepMesh.Model(.desk, shortening: 3, depth: 2, using: &random)
        #expect(model.hourglass.lengths == [1, 3, 9])
        batch.scores(model, [item.cloud]).crossEntropy(batch.targets).backward()
        let inner = model.hourglass.nested[0].parameters
        #expect(!inner.isEmpty && inner.allSatisfy { $0.gradient?.values.contains { $0 != 0 } == true })
    }

    /// What each metric was at its steps.
    private static func run(_ arm: String, _ typed: [String: String] = [:]) throws -> [String: [Double]] {
        let info = MethodInfo(DeepMesh.self), link = TrialLink()
        try info.run(arm, texts: info.texts(preset: "smoke", typed: typed), seed: 1, link: link)
        return Dictionary(grouping: link.drain().points) { info.metrics[$0.metric].name }.mapValues {
            $0.map(\.value)
        }
    }
}
