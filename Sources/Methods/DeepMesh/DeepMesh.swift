import Datasets
import MethodKit
import Tensors

/// DeepMesh: meshes token by token, and preferences between them (Zhao et al. 2025), on low-poly meshes.
///
/// Idea. A triangle mesh becomes a short sequence: patches around vertices, each vertex a cell at three levels from
/// coarse to fine, of which only what changes is said. A transformer learns to say meshes for a point cloud. It
/// learns the flaws of its data too; DPO on pairs of its own samples repairs what pretraining cannot.
///
/// Equations, with the functions that compute them:
/// - §3.1 q = round((v + 1)/2 · n - 1/2): `QuantisedMesh.quantise`
/// - §3.1 patches around vertices: `PatchTraversal.next`
/// - §3.1 patch, block and offset, merged: `Vocabulary.cell`, `Tokeniser.tokens`, `Detokeniser.take`
/// - §3.2 Hourglass over groups of k tokens: `Hourglass.grouped`, `Hourglass.callAsFunction`
/// - §3.2 truncated training: `TokenWindow.all`
/// - §3.2 argmax e^l / (-ln u)^T: `Sampler.sample`
/// - §3.3 L = -log σ(β[(log π/π_ref)(y⁺) - (log π/π_ref)(y⁻)]): `DPO.outcome`
///
/// What differs from the paper is on the card, see `DeepMeshCard.swift`.
enum DeepMesh: Method {
    /// The pretrained model is the baseline; `preferred` is the control: it sees the same better meshes, without
    /// the contrast.
    enum Arm: String, MethodArm {
        case pretrained, preferred, dpo, anchored

        var help: String {
            switch self {
            case .pretrained: "the pretrained model, which learnt the flaws of its meshes too"
            case .preferred: "fine-tuned on the better mesh of each pair: what the pairs teach without DPO"
            case .dpo: "direct preference optimisation on the pairs"
            case .anchored: "the same, held to the better meshes by their log-likelihood"
            }
        }
    }

    /// The defaults are the recorded claim's. Shapes, clouds and pairs are the desk experiment's; its 32 steps and
    /// 146 tokens stand for the paper's 512 and 4,738.
    struct Inputs: MethodInputs {
        @Input(
            "your own mesh: it becomes tokens and a mesh again, and nothing is trained",
            kinds: MeshFile.kinds)
        var mesh = InputFile()
        @Input("what the vertex after a patch's centre is compared with")
        var merging = Tokeniser
            .Merging.released
        @Input(
            "your own mesh or cloud of points: the trained model says a mesh for it",
            kinds: MeshFile.kinds)
        var cloud = InputFile()
        @Input("meshes to pretrain on", in: 16...50_000) var meshes = 3_000
        @Input("share of them that have a hole", in: 0...1) var damaged = 0.5
        @Input("curation: whether meshes with open edges are dropped before pretraining") var curates =
            false
        @Input("updates of the pretraining", in: 1...50_000) var pretraining = 3_000
        @Input("meshes in a batch of it", in: 1...256) var batch = 32
        @Input("tokens that the Hourglass shortens to one; 1 shortens nothing", in: 1...6, symbol: "k")
        var shortening = 3
        @Input(
            "Hourglasses, one inside the other: each shortens by k once more; the paper has two",
            in: 1...3)
        var hourglasses = 1
        @Input("tokens of a training window, and the most that sampling looks back at", in: 8...4_096)
        var window = 160
        @Input("the most tokens of a sampled mesh", in: 8...8_192) var longest = 240
        @Input("temperature of the samples that are measured", in: 0.01...5, symbol: "T") var temperature =
            0.9
        @Input("clouds that pairs are sampled for", in: 1...20_000) var candidates = 900
        @Input("meshes sampled for each of them", in: 2...16) var samples = 4
        @Input("temperature of these samples", in: 0.01...5) var candidateTemperature = 0.9
        @Input("how much the scores of a pair must differ", in: 0...2) var margin = 0.08
        @Input("the worst score of a preferred mesh", in: 0...4) var decent = 0.4
        @Input("your own choices between two meshes: {pair, chosen} a line", choices: ())
        var choices = InputFile()
        @Input("pairs that are shown to you for your choice", in: 0...1_000) var shown = 6
        @Input("the arm's own updates", in: 1...5_000) var steps = 160
        @Input("pairs in an update", in: 1...256) var pairBatch = 16
        @Input("updates between two looks at the validation score", in: 1...5_000) var every = 20
        @Input("early stopping: whether the best policy by that score is taken, not the last")
        var stopsEarly =
            true
        @Input("unseen clouds that early stopping looks at", in: 1...5_000) var validation = 100
        @Input("unseen clouds in the test", in: 1...5_000) var tests = 300
        @Input("how steeply a reward counts", in: 0.001...20, live: true, symbol: "β") var beta = 0.3
        @Input("learning rate of the arm", in: 1e-7...0.1, live: true) var rate = 2e-5
        @Input("weight of the anchor's log-likelihood", in: 0...10, live: true) var anchor = 0.05

        init() {}
    }

    /// The highest learning rate of the pretraining, and clouds in one step of sampling.
    static let pretrainingRate = 1e-3, cloudsAtOnce = 25

    // Of the test: what samples for unseen clouds are worth. Points are drawn, so that even a perfect sample is a
    // floor away from its surface, and only what lies above it counts.
    static let excess = Metric(
        "excess Chamfer", "Chamfer between samples and unseen surfaces, above the floor of 400 points",
        better: .lower)
    static let chamfer = Metric(
        "Chamfer", "Chamfer between samples and unseen surfaces, by 400 points of each", better: .lower)
    static let floor = Metric(
        "sampling floor", "Chamfer between two draws of 400 points of the same unseen surface",
        better: .neither)
    static let openEdges = Metric(
        "open edges", "share of edges with one face, in samples for unseen clouds", better: .lower)
    static let hausdorff = Metric(
        "Hausdorff", "largest distance between points of a sample and of the unseen surface: its worst place",
        better: .lower)
    static let watertight = Metric(
        "watertight", "share of samples for unseen clouds without an open edge", better: .higher)
    // Early stopping looks at clouds of its own; the test's score is told with it and without.
    static let validationScore = Metric(
        "validation score", "Chamfer + 0.5 · open edges of the current policy, which early stopping looks at",
        better: .lower)
    static let lastScore = Metric(
        "last score", "the test's Chamfer + 0.5 · open edges at the last step, as if nothing stopped early",
        better: .lower)
    static let bestScore = Metric(
        "best score", "the same of the policy that early stopping takes, or would take", better: .lower)
    // The course of the training: next tokens, pairs, DPO.
    static let pretrainLoss = Metric(
        "pretraining loss", "cross-entropy of a token", unit: "nats", better: .lower)
    static let pairCount = Metric("pairs", "pairs found so far", better: .neither)
    static let loss = Metric("DPO loss", "mean DPO loss of the batch", better: .lower)
    static let margin = Metric(
        "reward margin", "reward of the preferred meshes minus reward of the others", better: .higher)
    static let rewardWin = Metric("reward of preferred", "mean β log π/π_ref", better: .higher)
    static let rewardLose = Metric("reward of others", "mean β log π/π_ref", better: .neither)
    // The tokeniser, on a mesh of the user's or on the unseen ones.
    static let ratio = Metric(
        "token ratio",
        "tokens / (9 · faces): the share of a flat sequence's, of your mesh or of the samples for unseen clouds",
        better: .lower)
    static let faces = Metric(
        "faces", "faces of your mesh on the grid, or of a sample for an unseen cloud", better: .neither)
    static let tokens = Metric(
        "tokens", "tokens of your mesh, or of a sample for an unseen cloud", better: .neither)
    static let reproduced = Metric(
        "faces reproduced",
        "share of the faces, of your mesh or of the unseen ones, that come back with their orientation",
        better: .higher)
    static let metrics = [
        excess, openEdges, watertight, hausdorff, chamfer, floor, validationScore, bestScore, lastScore,
        pretrainLoss, pairCount, loss, margin, rewardWin, rewardLose, ratio, faces, tokens, reproduced,
    ]

    // What is held out is not learnt from, so its size counts too.
    private static let pretrainReads: [PartialKeyPath<Inputs> & Sendable] = [
        \.meshes, \.damaged, \.curates, \.validation, \.tests, \.pretraining, \.batch, \.shortening,
        \.hourglasses, \.window,
    ]
    static let pretrain = Stage<Inputs>.shared("pretrain", reads: pretrainReads) { $0.pretraining }
    // All arms learn from the same pairs, and are held to the same reference.
    static let sample = Stage<Inputs>.shared(
        "sample", unit: "batch",
        reads: pretrainReads + [
            \.longest, \.candidates, \.samples, \.candidateTemperature, \.margin, \.decent, \.choices,
            \.shown,
        ]
    ) { ($0.candidates + cloudsAtOnce - 1) / cloudsAtOnce }
    // The arm's own: β, its rate and the anchor's weight are read here alone, and so may change while it runs.
    static let prefer = Stage<Inputs>("prefer") { $0.steps }
    static let stages = [pretrain, sample, prefer]

    static let tools = [
        Tool<Inputs>(
            "tokenise",
            "your own mesh as tokens, the mesh that they come back to, and what was lost on the way",
            owns: [\.mesh, \.merging], sample: { "\(ShippedFolder.meshes.path)/box.obj" }
        ) { inputs, trial in try tokenise(inputs, trial) }
    ]

    static let apply: Tool<Inputs>? = .apply(
        "generate", "a mesh for your own mesh or cloud of points, token by token", to: State.self,
        owns: [\.cloud], reads: [\.temperature, \.longest, \.window],
        sample: { "\(ShippedFolder.meshes.path)/lantern.obj" }
    ) { state, inputs, trial in
        let cloud = try MeshSet.cloud(of: inputs.cloud.path, trial.stream("cloud"))
        let said = state.stream(cloud, inputs, trial)
        trial.report(tokens, Double(said.tokens))
        trial.report(faces, Double(said.faces))
    }

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        // What the user's file has to be refused for is said before anything is trained.
        let choices = try ChoiceFile(trial.inputs.choices.path)
        let set = MeshSet(trial.inputs, trial.stream("meshes"))
        guard !set.training.isEmpty else { throw NothingToLearn(meshes: trial.inputs.meshes) }
        var state = State(trial.inputs, trial)
        try learnMeshes(&state, set, trial)
        try findPairs(&state, set, choices, trial)
        try learnPreferences(arm, &state, set, trial)
    }

    private static func learnMeshes(
        _ state: inout State, _ set: MeshSet, _ trial: Trial<Inputs>
    ) throws {
        try trial.run(pretrain, state: &state) { state, step, inputs in
            let factor = Schedule.cosine.factor(
                at: step, of: inputs.pretraining, warmUp: inputs.pretraining / 20)
            // A twentieth of the updates warms up, the rest falls as a cosine.
            let loss = state.pretrain(set, inputs, factor: factor)
            if trial.isDue(every: 10) { trial.report(pretrainLoss, loss) }
        }
    }

    private static func findPairs(
        _ state: inout State, _ set: MeshSet, _ choices: ChoiceFile, _ trial: Trial<Inputs>
    ) throws {
        let rule = PreferenceRule(
            margin: trial.inputs.margin, decent: trial.inputs.decent, choices: choices)
        try trial.run(sample, state: &state) { state, step, inputs in
            // The last batch may be a short one.
            let clouds = (step - 1) * cloudsAtOnce..<min(step * cloudsAtOnce, inputs.candidates)
            state.samplePairs(clouds, of: set, rule, inputs)
            trial.report(pairCount, Double(state.pairs.count))
            if step == sample.total(inputs) { state.showPairs(choices, inputs, trial) }
        }
    }

    private static func learnPreferences(
        _ arm: Arm, _ state: inout State, _ set: MeshSet, _ trial: Trial<Inputs>
    ) throws {
        // The arm's own updates begin with a fresh optimiser.
        state.optimiser = AdamW(beta2: 0.99, decay: 0)
        // What the pictures show as "before"; made again when a trial goes on, from the state that the sampling
        // left.
        let start = try state.model.copied()
        try trial.run(prefer, state: &state) { state, step, inputs in
            state.learn(arm, set, inputs).map { report($0, trial) }
            if step == 1 || trial.isDue(every: inputs.every) {
                trial.report(
                    validationScore,
                    try state.validate(set, inputs, trial.stream("validation")))
            }
            guard step == inputs.steps else { return }
            finish(&state, set, inputs, trial)
            state.showMeshes(before: start, set, inputs, trial)
        }
    }

    private static func report(_ outcomes: [DPO.Outcome], _ trial: Trial<Inputs>) {
        let share = 1 / Double(outcomes.count)
        func mean(_ part: (DPO.Outcome) -> Double) -> Double { outcomes.reduce(0) { $0 + part($1) } * share }
        trial.report(loss, mean(\.loss))
        trial.report(margin, mean(\.margin))
        trial.report(rewardWin, mean(\.rewardWin))
        trial.report(rewardLose, mean(\.rewardLose))
    }

    /// The test of the policy that early stopping takes, and of the last one.
    private static func finish(
        _ state: inout State, _ set: MeshSet, _ inputs: Inputs, _ trial: Trial<Inputs>
    ) {
        let stream = trial.stream("test")
        let last = state.evaluate(set.test, inputs, stream)
        // One stream for both, so that they are measured with the same draws.
        let lastModel = state.model
        state.model = state.stopping.best ?? lastModel
        let best = state.evaluate(set.test, inputs, stream)
        if !inputs.stopsEarly { state.model = lastModel }
        let found = inputs.stopsEarly ? best : last
        trial.report(chamfer, found.chamfer)
        trial.report(floor, found.floor)
        trial.report(excess, found.excess)
        trial.report(openEdges, found.openShare)
        trial.report(watertight, found.watertight)
        trial.report(hausdorff, found.hausdorff)
        trial.report(bestScore, best.score)
        trial.report(lastScore, last.score)
        trial.report(tokens, found.tokens)
        trial.report(faces, found.faces)
        // Nine coordinates a face is a sequence without any of the tokeniser's savings.
        trial.report(ratio, found.tokens / (9 * max(1, found.faces)))
        trial.report(reproduced, set.reproduced)
    }

    // MARK: The arms

    /// The arms differ here and nowhere else: a pair's loss, and its slopes with respect to the log-probabilities of its
    /// two meshes. Without any, no update is made.
    static func idea(
        _ arm: Arm, _ outcome: DPO.Outcome, _ policy: DPO.Pair, _ inputs: Inputs
    ) -> (loss: Double, slopes: DPO.Pair) {
        // The anchor is -log π(y⁺) times its weight.
        let anchor = -inputs.anchor * policy.win
        // d/d log π: DPO raises y⁺ as much as it lowers y⁻.
        switch arm {
        case .pretrained: return (0, DPO.Pair(win: 0, lose: 0))
        case .preferred: return (anchor, DPO.Pair(win: -inputs.anchor, lose: 0))
        case .dpo: return (outcome.loss, DPO.Pair(win: outcome.slope, lose: -outcome.slope))
        case .anchored:
            let slopes = DPO.Pair(win: outcome.slope - inputs.anchor, lose: -outcome.slope)
            return (outcome.loss + anchor, slopes)
        }
    }
}
