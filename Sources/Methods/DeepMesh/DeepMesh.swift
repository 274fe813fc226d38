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
/// - §3.1 coarse, block and offset, merged: `Vocabulary.cell`, `Tokeniser.tokens`, `Detokeniser.take`
/// - §3.2 Hourglass over groups of k tokens: `Hourglass.grouped`, `Hourglass.callAsFunction`
/// - §3.2 truncated training: `TokenWindow.all`
/// - §3.2 argmax e^l / (-ln u)^T: `Sampler.sample`
/// - §3.3 L = -log σ(β[(log π/π_ref)(y⁺) - (log π/π_ref)(y⁻)]): `DPO.outcome`
///
/// What differs from the paper is on the card, see `DeepMeshCard.swift`.
enum DeepMesh: Method {
    /// The pretrained model is the paper's baseline. The three after it are the same model, sampled in other ways;
    /// `preferred` is the control of equal updates: it sees the same better meshes, without the contrast. The arms
    /// differ in `DeepMeshIdea.swift`.
    enum Arm: String, MethodArm {
        case pretrained, cooler, greedy, bestOfFour, preferred, dpo, anchored

        var help: String {
            switch self {
            case .pretrained: "the pretrained model, which learnt the flaws of its meshes too"
            case .cooler: "the same model, sampled at half the temperature"
            case .greedy: "the same model, always the likeliest token"
            case .bestOfFour: "the same model, the one of four meshes with fewest open edges"
            case .preferred: "fine-tuned on the better mesh of each pair: what the pairs teach without DPO"
            case .dpo: "direct preference optimisation on the pairs"
            case .anchored: "the same, held to the better meshes by their log-likelihood"
            }
        }
    }

    /// Which two of a cloud's samples become a pair.
    enum Pairing: String, InputChoice, CaseIterable, Codable, Sendable { case extremes, neighbours }

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
        @Input("meshes in a batch of it", in: 1...256) var batch = 16
        @Input("tokens that the Hourglass shortens to one; 1 shortens nothing", in: 1...6, symbol: "k")
        var shortening = 3
        @Input(
            "Hourglasses, one inside the other: each shortens by k once more; the paper has two",
            in: 1...3)
        var hourglasses = 1
        @Input("tokens of a training window, and the most that sampling looks back at", in: 8...4_096)
        var window = 160
        @Input("points of a cloud that the model looks at", in: 4...4_096) var points = 128
        @Input("the most tokens of a sampled mesh", in: 8...8_192) var longest = 160
        @Input(
            "temperature of the test and of early stopping: the released code's", in: 0.01...5, symbol: "T")
        var temperature = 0.5
        @Input("temperature of a second test, nearer to what the model has learnt", in: 0.01...5)
        var warmTemperature = 0.9
        @Input("clouds that pairs are sampled for", in: 1...20_000) var candidates = 900
        @Input("meshes sampled for each of them", in: 2...16) var perCloud = 4
        @Input("temperature of these meshes", in: 0.01...5) var candidateTemperature = 0.9
        @Input("extremes: the best mesh of a cloud against the worst; neighbours: against the second best")
        var pairing = Pairing.extremes
        @Input("how much the scores of a pair must differ", in: 0...2) var gap = 0.08
        @Input("the worst score of a preferred mesh", in: 0...4) var decent = 0.4
        @Input("your own choices between two meshes: {pair, chosen} a line", choices: ())
        var choices = InputFile()
        @Input("pairs that are shown to you for your choice", in: 0...1_000) var shown = 6
        @Input("the arm's own updates", in: 1...5_000) var updates = 160
        @Input("pairs in an update", in: 1...256) var pairBatch = 16
        @Input("updates between two looks at the validation score", in: 1...5_000) var every = 40
        @Input("early stopping: whether the best policy by that score is taken, not the last")
        var stopsEarly = true
        @Input("unseen clouds that early stopping looks at", in: 1...5_000) var validation = 100
        @Input("unseen clouds in the test", in: 1...5_000) var tests = 300
        @Input("how steeply a reward counts", in: 0.001...20, live: true, symbol: "β") var beta = 0.3
        @Input("learning rate; 0 takes the arm's own, tuned one", in: 0...0.1, live: true) var rate = 0.0
        @Input("weight of the anchor's log-likelihood", in: 0...10, live: true) var anchor = 0.5

        init() {}
    }

    /// The highest learning rate of the pretraining, and clouds in one step of sampling.
    static let pretrainingRate = 1e-3, cloudsAtOnce = 25

    // Of the test: what samples for unseen clouds are worth. Points are drawn, so that even a perfect sample is a
    // floor away from its surface, and only what lies above it counts.
    static let openEdges = Metric(
        "open edges",
        "share of edges with one face, in samples for unseen clouds at the released temperature",
        better: .lower)
    static let excess = Metric(
        "excess Chamfer",
        "Chamfer between these samples and the unseen surfaces, above the floor of 400 points", better: .lower
    )
    static let warmOpenEdges = Metric(
        "warm open edges", "open edges at the second, higher temperature", better: .lower)
    static let warmExcess = Metric(
        "warm excess Chamfer", "excess Chamfer at the second, higher temperature", better: .lower)
    static let chamfer = Metric(
        "Chamfer",
        "mean distance between 400 points of a sample and of the unseen surface, both ways added up",
        better: .lower)
    static let floor = Metric(
        "sampling floor", "Chamfer between two draws of 400 points of the same unseen surface",
        better: .neither)
    static let hausdorff = Metric(
        "Hausdorff", "largest distance between points of a sample and of the unseen surface: its worst place",
        better: .lower)
    static let watertight = Metric(
        "watertight",
        "share of samples for unseen clouds that have a face and whose every edge has exactly two",
        better: .higher)
    static let sampleFaces = Metric("sample faces", "faces of a sample for an unseen cloud", better: .neither)
    static let sampleTokens = Metric(
        "sample tokens", "tokens of a sample for an unseen cloud", better: .neither)
    static let drawn = Metric(
        "meshes drawn", "meshes drawn for each unseen cloud, of which one is measured", better: .neither)
    // Early stopping looks at clouds of its own; the test's score is told with it and without.
    static let validationScore = Metric(
        "validation score", "Chamfer + 0.5 · open edges of the current policy, which early stopping looks at",
        better: .lower)
    static let lastScore = Metric(
        "last score",
        "the test's Chamfer + 0.5 · open edges after the last update, as if nothing stopped early",
        better: .lower)
    static let bestScore = Metric(
        "best score", "the same of the policy that early stopping takes, or would take", better: .lower)
    static let bestUpdate = Metric(
        "best update", "the update after which early stopping takes the policy, or would", better: .neither)
    // The course of the training: next tokens, pairs, DPO.
    static let pretrainLoss = Metric(
        "pretraining loss", "cross-entropy of a token", unit: "nats", better: .lower)
    static let pairCount = Metric("pairs", "pairs found so far", better: .neither)
    static let updatesMade = Metric(
        "updates made", "updates that the arm made after the pretraining", better: .neither)
    static let loss = Metric("DPO loss", "mean DPO loss of the batch", better: .lower)
    static let rewardMargin = Metric(
        "reward margin", "reward of the preferred meshes minus reward of the others", better: .higher)
    static let rewardWin = Metric("reward of preferred", "mean β log π/π_ref", better: .higher)
    static let rewardLose = Metric("reward of others", "mean β log π/π_ref", better: .neither)
    // The tokeniser at 512 steps, on a user's mesh.
    static let ratio = Metric(
        "token ratio", "tokens of your mesh / (9 · faces): its share of a flat sequence", better: .lower)
    static let faces = Metric("faces", "faces of your mesh on the grid of 512 steps", better: .neither)
    static let tokens = Metric("tokens", "tokens of your mesh on the grid of 512 steps", better: .neither)
    static let reproduced = Metric(
        "faces reproduced", "share of your mesh's faces that come back with their orientation",
        better: .higher)
    // The same on the meshes that come with the program, of which the tokeniser's claim is.
    static let shippedRatio = Metric(
        "shipped ratio",
        "the largest token ratio of the shipped manifold meshes of 500 faces or more, at 512 steps",
        better: .lower)
    static let shippedLost = Metric(
        "shipped faces lost", "oriented faces of these meshes that do not come back", better: .lower)
    static let shippedTwoLevels = Metric(
        "shipped ratio of two levels",
        "the largest token ratio of these meshes with two levels, as BPT has them",
        better: .lower)
    static let vocabularyFactor = Metric(
        "vocabulary factor", "how many times larger the vocabulary of two levels is, at 512 steps",
        better: .higher)
    static let metrics = [
        openEdges, excess, warmOpenEdges, warmExcess, watertight, hausdorff, chamfer, floor, validationScore,
        bestScore, lastScore, bestUpdate, pretrainLoss, pairCount, updatesMade, loss, rewardMargin, rewardWin,
        rewardLose, drawn, sampleFaces, sampleTokens, ratio, faces, tokens, reproduced, shippedRatio,
        shippedLost, shippedTwoLevels, vocabularyFactor,
    ]

    // What the tokeniser does with the shipped meshes is nobody's own.
    static let shipped = Stage<Inputs>.shared("shipped meshes", reads: []) { _ in 1 }
    // What is held out is not learnt from, so its size counts too.
    private static let pretrainReads: [PartialKeyPath<Inputs> & Sendable] = [
        \.meshes, \.damaged, \.curates, \.validation, \.tests, \.pretraining, \.batch, \.shortening,
        \.hourglasses, \.window, \.points,
    ]
    static let pretrain = Stage<Inputs>.shared("pretrain", unit: "update", reads: pretrainReads) {
        $0.pretraining
    }
    // All arms learn from the same pairs, and are held to the same reference.
    static let sample = Stage<Inputs>.shared(
        "sample", unit: "batch",
        reads: pretrainReads + [
            \.longest, \.candidates, \.perCloud, \.candidateTemperature, \.pairing, \.gap, \.decent,
            \.choices, \.shown,
        ]
    ) { ($0.candidates + cloudsAtOnce - 1) / cloudsAtOnce }
    // The arm's own: β, its rate and the anchor's weight are read here alone, and so may change while it runs.
    static let prefer = Stage<Inputs>("prefer", unit: "update", for: Arm.learning) { $0.updates }
    // At the released temperature, then at the second one.
    static let test = Stage<Inputs>("test", unit: "temperature") { _ in 2 }
    static let stages = [shipped, pretrain, sample, prefer, test]

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
        let cloud = try MeshSet.cloud(of: inputs.cloud.path, points: inputs.points, trial.stream("cloud"))
        let said = state.stream(cloud, inputs, trial)
        trial.report(sampleTokens, Double(said.tokens))
        trial.report(sampleFaces, Double(said.faces))
    }

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        // What the user's file has to be refused for is said before anything is trained.
        let choices = try ChoiceFile(trial.inputs.choices.path)
        let set = MeshSet(trial.inputs, trial.stream("meshes"))
        guard !set.training.isEmpty else { throw NothingToLearn(meshes: trial.inputs.meshes) }
        var state = State(trial.inputs, trial), claimed = 0
        try trial.run(shipped, state: &claimed) { claimed, _, _ in claimed = try reportShipped(trial) }
        try learnMeshes(&state, set, trial)
        try findPairs(&state, set, choices, trial)
        // What the pictures show as "before"; made again when a trial goes on, from the state that the sampling
        // left.
        let start = try state.model.copied()
        try learnPreferences(arm, &state, set, trial)
        try trial.run(test, state: &state) { state, step, inputs in
            try state.test(arm, set, isWarm: step == 2, inputs, trial)
            if step == 2 { state.showMeshes(arm, before: start, set, inputs, trial) }
        }
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
            gap: trial.inputs.gap, decent: trial.inputs.decent, pairing: trial.inputs.pairing,
            choices: choices)
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
        try trial.run(prefer, state: &state) { state, update, inputs in
            state.learn(arm, set, inputs).map { report($0, trial) }
            if update == 1 || trial.isDue(every: inputs.every) {
                let score = try state.validate(set, update, inputs, trial.stream("validation"))
                trial.report(validationScore, score)
            }
        }
    }

    private static func report(_ outcomes: [DPO.Outcome], _ trial: Trial<Inputs>) {
        let share = 1 / Double(outcomes.count)
        func mean(_ part: (DPO.Outcome) -> Double) -> Double { outcomes.reduce(0) { $0 + part($1) } * share }
        trial.report(loss, mean(\.loss))
        trial.report(rewardMargin, mean(\.margin))
        trial.report(rewardWin, mean(\.rewardWin))
        trial.report(rewardLose, mean(\.rewardLose))
    }
}
