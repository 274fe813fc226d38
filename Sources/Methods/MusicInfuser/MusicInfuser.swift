import Datasets
import MethodKit
import Tensors

/// MusicInfuser: making a generative model of motion listen and dance (Hong et al. 2025), on stick dancers.
///
/// Idea. A flow-matching transformer that knows how people move, and has never heard a sound, is frozen. A few small
/// adapters, cross-attentions that begin as nothing and low-rank changes of its own attention, let it look at music,
/// and are trained on pairs of music and dance. What it knew of moving should stay; what it does should fit the music.
///
/// Equations, with the functions that compute them:
/// - §3.1 z_σ = (1 - σ) z + σ ε, trained towards z - ε: `State.learn`, `Noised.init`
/// - §3.2 audio tokens: Linear, SiLU, Linear, nearest row: `AudioProjector.callAsFunction`
/// - §3.2 ZICA: V + W_O softmax(Q K' / sqrt(d_head)) V_a, W_O = 0 at first: `ZICA.callAsFunction`
/// - §3.3 HR-LoRA: W x + (α / r) B A x, α = r: `MotionPrior.adapt`
/// - §3.4 β(step) = 1 + (β_0 - 1) 2^(-step / half-life), σ ~ Beta(1, β): `BetaUniform.beta`, `BetaUniform.quantile`
/// - Eq. 4 skip guidance, (D_full - D_without) / σ: `Adaptability.difference`, `Adaptability.guided`
/// - §4.1 beat alignment: `Alignment.add`
///
/// What differs from the paper is on the card, see `MusicInfuserCard.swift`.
enum MusicInfuser: Method {
    /// The prior is the paper's own baseline; what follows the method are its ablations, other ways to let sound in,
    /// and rules that learn nothing.
    enum Arm: String, MethodArm {
        case prior, musicinfuser, randomStart, uniform, addition, allLayers, otherLayers, unplaced, noLoRA,
            full, scratch, deaf, warp, bestOf16, wrongMusic

        var help: String {
            switch self {
            case .prior: "the frozen prior, which hears nothing"
            case .musicinfuser:
                "zero-initialised cross-attention on the adaptable layers, LoRA, beta-uniform noise"
            case .randomStart: "the same with W_O drawn at random"
            case .uniform: "the same with uniform noise levels from the first update on"
            case .addition:
                "feature addition: audio tokens are added to the frames, in the same layers, with LoRA"
            case .allLayers: "cross-attention on all layers"
            case .otherLayers: "cross-attention on the layers that are called least adaptable"
            case .unplaced: "audio tokens without positions, W_K drawn by itself, as in the official code"
            case .noLoRA: "cross-attention alone; the prior's own attention stays as it is"
            case .full: "full fine-tuning: cross-attention, and all weights of the prior train"
            case .scratch:
                "from nothing: the prior's network, untrained, with cross-attention on all layers; all weights train"
            case .deaf: "LoRA on the same pairs, without their music"
            case .warp:
                "a rule: a dance of the prior's, played so that its beats fall on those that a comb hears"
            case .bestOf16: "a rule: of sixteen dances of the prior's the one that is best aligned"
            case .wrongMusic: "the method, given another piece in the test"
            }
        }

        /// The learning rate, the best of those that were tried on seeds 1 to 3; arms that change one part of the
        /// method have the method's.
        var rate: Double {
            switch self {
            case .addition: 3.2e-2
            case .scratch: 8e-3
            default: 2e-3
            }
        }

        /// Whether anything trains.
        var trains: Bool { self != .prior && self != .warp && self != .bestOf16 }
    }

    /// The defaults are the recorded claim's, but for its 500 pieces a style.
    struct Inputs: MethodInputs {
        @Input("dances that the prior learns from", in: 30...50_000) var dances = 3_000
        @Input("layers of the prior", in: 2...12) var layers = 4
        @Input("updates of the prior, 32 dances each", in: 1...20_000) var pretraining = 1_500
        @Input("dances by which a layer's adaptability is measured", in: 8...2_000) var probes = 128
        @Input("layers that get cross-attention: a third of them in the paper", in: 1...12) var adapted = 2
        @Input("pairs of music and dance", in: 8...20_000) var pairs = 600
        @Input("updates of the adapters", in: 1...20_000) var steps = 2_000
        @Input("pairs in a batch", in: 1...256) var batch = 20
        @Input("rank of the LoRA adapters; α is the same, so that the scale is 1", in: 1...64, symbol: "r")
        var rank = 16
        @Input("first β of the noise levels' law; 1 is uniform", in: 1...20, live: true, symbol: "β")
        var beta = 3.0
        @Input("updates after which half of β - 1 is gone", in: 1...10_000, live: true) var halfLife = 200.0
        @Input(
            "share of pairs whose style is not said at all, by which guidance is learnt", in: 0...1,
            live: true)
        var dropout = 0.1
        @Input("share of pairs that are called a dance of any style", in: 0...1, live: true) var basic = 0.2
        @Input("learning rate; 0 takes the arm's own, tuned one", in: 0...0.1, live: true) var rate = 0.0
        @Input("pieces of a test, for each style", in: 8...5_000) var pieces = 250
        @Input("Euler steps from noise to a dance", in: 2...256) var euler = 32
        @Input("classifier-free guidance by the style; 1 is none", in: 0...20, symbol: "w") var guidance = 1.0
        @Input("your own music: WAV, FLAC or OGG", kinds: ["wav", "flac", "ogg"]) var audio = InputFile()
        @Input("how your own music is danced to") var style = Style.bounce

        init() {}

        /// The law of noise levels as the inputs are now.
        var law: BetaUniform { BetaUniform(first: beta, halfLife: halfLife) }
    }

    // The paper's own comparison first.
    static let alignment = Metric(
        "beat alignment",
        "mean over music beats of exp(-d²/2σ²), d to the nearest low of the hips below their mean, σ 0.12 s; seen styles, trained tempi",
        better: .higher)
    static let distance = Metric(
        "Fréchet distance", "of dances from real ones, in 24 numbers a dance; seen styles", better: .lower)
    static let newDistance = Metric(
        "new Fréchet distance", "the same of the style that no pair has: what of the prior is lost",
        better: .lower)
    // What one-sided alignment cannot tell from trembling, from tempi that were trained, or from luck.
    static let twoSided = Metric(
        "two-sided alignment",
        "harmonic mean of alignment both ways at tempi that no pair has; seen styles", better: .higher)
    static let newAlignment = Metric(
        "new alignment", "two-sided alignment of the style that no pair has", better: .higher)
    static let tempoSlope = Metric(
        "tempo slope", "slope of the dances' tempo over the music's, over pieces; seen styles",
        better: .higher)
    static let energySlope = Metric(
        "energy slope",
        "slope of how much dances grow over how much the dancers' rule has them grow as their music gets louder; seen styles",
        better: .higher)
    static let chance = Metric(
        "chance alignment", "beat alignment of the same dances with other pieces", better: .neither)
    static let twoSidedChance = Metric(
        "two-sided chance", "two-sided alignment of the same dances with other pieces", better: .neither)
    static let real = Metric("real alignment", "beat alignment of real dances", better: .neither)
    static let realTwoSided = Metric(
        "real two-sided", "two-sided alignment of real dances at tempi that no pair has", better: .neither)
    static let realDistance = Metric(
        "real distance", "Fréchet distance of real dances from others to the same music: the floor",
        better: .neither)
    static let realTempoSlope = Metric("real tempo slope", "tempo slope of real dances", better: .neither)
    static let realEnergySlope = Metric("real energy slope", "energy slope of real dances", better: .neither)
    // While it learns.
    static let loss = Metric("loss", "squared error of z - ε on the arm's batch", better: .neither)
    static let beta = Metric("β", "of the law that noise levels are drawn from", better: .neither)
    static let reach = Metric(
        "‖W_O‖", "mean length of the cross-attentions' output weights", better: .neither)
    static let early = Metric(
        "early alignment", "beat alignment on 32 pieces of each seen style while it learns", better: .higher)
    static let earlyDistance = Metric(
        "early Fréchet distance", "of the same dances from real ones", better: .lower)
    static let priorLoss = Metric(
        "prior loss", "squared error of z - ε in the prior's own training", better: .lower)
    static let updates = Metric("updates", "updates of a batch of pairs", better: .neither)
    static let trained = Metric("trained numbers", "how many numbers train", better: .neither)
    static let metrics = [
        alignment, twoSided, distance, newDistance, newAlignment, tempoSlope, energySlope, chance,
        twoSidedChance, real, realTwoSided, realDistance, realTempoSlope, realEnergySlope, loss, beta, reach,
        early, earlyDistance, priorLoss, updates, trained,
    ]

    // The prior and what its layers are worth belong to the seed: all arms share them.
    static let pretrain = Stage<Inputs>.shared(
        "prior", unit: "update", reads: [\.dances, \.layers, \.pretraining]
    ) { $0.pretraining }
    static let probe = Stage<Inputs>.shared(
        "adaptability", unit: "layer", reads: [\.dances, \.layers, \.pretraining, \.probes, \.euler]
    ) { $0.layers }
    static let adapt = Stage<Inputs>("adapt", unit: "update", for: Arm.allCases.filter(\.trains)) { $0.steps }
    static let test = Stage<Inputs>("test", unit: "style") { _ in Style.allCases.count }
    static let stages = [pretrain, probe, adapt, test]

    static let apply: Tool<Inputs>? = .apply(
        "dance", "a dance to your own music", to: State.self, owns: [\.audio, \.style],
        sample: { "\(ShippedFolder.sounds.path)/beat.wav" }
    ) { state, inputs, trial in try state.dance(to: inputs.audio, inputs, trial) }

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        // Everything is drawn from streams of the trial, named by what they are for: arms with one seed start equal.
        let prior = try pretrained(trial)
        var state = try State(prior, arm, trial)
        // Arms that do not learn need none.
        let pairs = arm.trains ? DanceSet.pairs(of: trial) : []
        lazy var course = DanceSet.course(of: trial)
        try trial.run(adapt, state: &state) { state, update, inputs in
            let loss = state.learn(pairs, update, inputs)
            if trial.isDue(every: 50) { state.report(loss, at: update, inputs, trial) }
            // The first look comes after one update: where each curve begins.
            if update == 1 || trial.isDue(every: max(1, inputs.steps / 8)) {
                state.look(at: course, update, inputs, trial)
            }
        }
        try trial.run(test, state: &state) { state, place, inputs in
            let style = Style.allCases[place - 1]
            try state.test(style, DanceSet.test(style, of: trial), inputs, trial)
            if place == Style.allCases.count { state.end(inputs, trial) }
        }
    }

    /// Trains the prior on dances without sound, and measures what each of its layers is worth.
    private static func pretrained(_ trial: Trial<Inputs>) throws -> PriorState {
        let dances = DanceSet.dances(of: trial)
        var state = PriorState(dances, trial)
        try trial.run(pretrain, state: &state) { state, update, inputs in
            let factor = Schedule.cosine.factor(
                at: update, of: inputs.pretraining, warmUp: inputs.pretraining / 20)
            let loss = state.learn(dances, rate: 2e-3 * factor)
            if trial.isDue(every: 50) { trial.report(priorLoss, loss) }
        }
        try trial.run(probe, state: &state) { state, layer, inputs in
            state.probe(layer - 1, dances, inputs)
            if layer == inputs.layers { trial.keep("adaptability", picture(ofScores: state.scores)) }
        }
        return state
    }

    // MARK: The arms

    /// How sound comes in.
    enum Ear { case attention, addition }
    /// Which layers it comes into.
    enum Layers { case adaptable, others, all }
    /// What becomes of the prior's own weights: they stay, they train too, or others take their place and train.
    enum Weights { case frozen, trained, fresh }
    /// What is done instead of learning.
    enum Rule { case warp, best }

    /// Which parts of the method are on.
    struct Idea {
        var ear: Ear? = .attention
        var layers = Layers.adaptable
        /// Whether W_O begins at zero.
        var startsAtZero = true
        /// Whether audio tokens have the frames' positions and W_K begins as W_Q.
        var isPlaced = true
        var hasLoRA = true
        var prior = Weights.frozen
        /// Whether noise levels follow the beta-uniform law.
        var isBetaUniform = true
        var rule: Rule?
        /// Whether the test plays another piece than it asks about.
        var hearsWrong = false
    }

    /// The arms differ here and nowhere else: what listens, what trains, and by which law of noise.
    static func idea(_ arm: Arm) -> Idea {
        switch arm {
        case .prior: Idea(ear: nil, hasLoRA: false)
        case .musicinfuser: Idea()
        case .randomStart: Idea(startsAtZero: false)
        case .uniform: Idea(isBetaUniform: false)
        case .addition: Idea(ear: .addition)
        case .allLayers: Idea(layers: .all)
        case .otherLayers: Idea(layers: .others)
        case .unplaced: Idea(isPlaced: false)
        case .noLoRA: Idea(hasLoRA: false)
        case .full: Idea(hasLoRA: false, prior: .trained)
        case .scratch: Idea(layers: .all, hasLoRA: false, prior: .fresh)
        case .deaf: Idea(ear: nil)
        case .warp: Idea(ear: nil, hasLoRA: false, rule: .warp)
        case .bestOf16: Idea(ear: nil, hasLoRA: false, rule: .best)
        case .wrongMusic: Idea(hearsWrong: true)
        }
    }
}
