import MethodKit
import Tensors

/// TULIP: unified language-image pretraining (Tang et al. 2025), on small scenes and pictures.
///
/// Idea. Contrasting images with captions keeps what captions say and drops the rest: fine detail. TULIP adds
/// contrasts of images with images and of texts with texts, over generated positive and negative views, and has the
/// embedding rebuild the image and say the text, so that detail has to stay in it.
///
/// Equations, with the functions that compute them:
/// - Eq. 1 L = -(1/B) Σ_ij log σ(z_ij (t x_i·y_j + b)): `SigLIP.outcome`
/// - Eq. 6 z of anchors with positive and negative views: `GeCo.sameModality`, `GeCo.bothAnchors`
/// - Eq. 7 z of images with texts and negatives of both: `GeCo.imageText`
/// - §3 L_cont = L_IT + L_II + L_TT, the teacher's views in L_IT and L_II: `State.addSameModality`
/// - §3 L_rec, masked patches and next words from one embedding: `State.addReconstructions`, `ImageDecoder.loss`,
///   `TextDecoder.loss`
/// - §3 L = λ_c L_cont + λ_r (λ_i L_img + λ_t L_txt): `LossParts.total`
///
/// What differs from the paper is on the card, see `TulipCard.swift`.
enum Tulip: Method {
    /// After the baseline and its controls come the steps of the paper's ablation, each with more of the method than the
    /// one before it; the last two are the whole method with other positive images.
    enum Arm: String, MethodArm {
        case siglip, untrained, views, wide, contrasts, recon, tulip, kept, redrawn

        var help: String {
            switch self {
            case .siglip: "SigLIP: images against captions, nothing else"
            case .untrained: "the encoders as they are drawn, without an update"
            case .views:
                "SigLIP that encodes as many images as TULIP: five positive views of each pair beside it"
            case .wide: "SigLIP that encodes as many images as TULIP: a batch of six times as many pairs"
            case .contrasts:
                "SigLIP + image-image and text-text contrasts over positive views, with a teacher"
            case .recon: "the same + reconstruction of image and text from the embedding"
            case .tulip: "the same + generated negative views: TULIP; positive images are moved copies"
            case .kept:
                "TULIP whose positive images show the same things and details, drawn anew; of pictures it is TULIP"
            case .redrawn: "TULIP whose positive images have new details too; of pictures it is TULIP"
            }
        }
    }

    /// Where pairs come from.
    enum DataSet: String, InputChoice, CaseIterable, Codable, Sendable { case scenes, emoji, folder }

    /// The defaults are the recorded claim's. The paper publishes none of the weights λ.
    struct Inputs: MethodInputs {
        @Input("scenes drawn here; emoji and clip art that come with the program; your own folder")
        var data = DataSet.scenes
        @Input(
            "your folder of PNG pictures, with captions.tsv in it or captions as file names", folder: (),
            needs: .input("data", is: "folder", follows: true))
        var images = InputFile()
        @Input("scenes to train on", in: 16...20_000, needs: .input("data", is: "scenes")) var scenes =
            1_500
        @Input(
            "held-out scenes; the captions of one half are new too", in: 16...10_000,
            needs: .input("data", is: "scenes")) var heldOut = 1_000
        @Input("pairs in a batch", in: 4...1_024, symbol: "B") var batch = 64
        @Input("steps of SigLIP before the arm's own, as in the paper; 0 starts from scratch", in: 0...20_000)
        var pretraining = 0
        @Input("the arm's own steps", in: 1...50_000) var steps = 400
        @Input("steps between two evaluations", in: 1...50_000) var every = 100
        @Input(
            "learning rate; the paper's 1e-5 is for its large, trained model", in: 1e-6...0.1, live: true,
            symbol: "η")
        var rate = 1e-3
        @Input("weight of the contrasts", in: 0...100, live: true, symbol: "λ_c") var contrastWeight = 1.0
        @Input("weight of the reconstructions", in: 0...100, live: true, symbol: "λ_r") var rebuildWeight =
            1.0
        @Input("weight of images among the reconstructions", in: 0...100, live: true, symbol: "λ_i")
        var imageWeight = 1.0
        @Input("weight of texts among the reconstructions", in: 0...100, live: true, symbol: "λ_t")
        var textWeight = 0.2
        @Input("weight of the same-modality contrasts and of the teacher", in: 0...10, live: true)
        var sameWeight = 1.0
        @Input("share of a batch that gets negative views", in: 0...1, live: true) var negatives = 1.0
        @Input("decay of the teacher's average", in: 0...1, live: true, symbol: "m") var decay = 0.99
        @Input("share of patches hidden from the decoder", in: 0...1, live: true) var mask = 0.9
        @Input("largest norm of the gradient", in: 0.01...100, live: true) var clip = 2.0

        init() {}

        /// The same without what may change while a trial runs: the pretraining is shared by trials that differ
        /// there.
        var ofPretraining: Inputs {
            // The stage is shared by trials that differ in live inputs, so it must not read any: it takes their
            // defaults.
            var own = self
            (own.contrastWeight, own.clip) = (Inputs().contrastWeight, Inputs().clip)
            return own
        }

        var weights: LossWeights {
            LossWeights(
                contrast: contrastWeight, reconstruction: rebuildWeight, image: imageWeight, text: textWeight)
        }
    }

    // The claim's metric first: what stays in the embedding although no caption says it.
    static let detail = Metric(
        "detail probe", "mean accuracy of the data's two linear probes on held-out images", better: .higher)
    static let detailChance = Metric(
        "detail chance", "the same of probes trained on shuffled labels", better: .neither)
    static let tokenDetail = Metric(
        "token detail probe", "the detail probe on the mean of the patch tokens before they are pooled",
        better: .higher)
    static let tokenChance = Metric(
        "token detail chance", "the same of probes trained on shuffled labels", better: .neither)
    static let stripes = Metric(
        "stripes probe", "linear probe of the direction of a scene's stripes, which no caption says",
        better: .higher)
    static let dots = Metric(
        "dots probe", "linear probe of the number of a scene's yellow dots, which no caption says",
        better: .higher)
    static let hue = Metric(
        "hue probe", "linear probe of a picture's main hue: six, or none", better: .higher)
    static let cover = Metric(
        "cover probe", "linear probe of how much of a picture is covered, in thirds of all pictures",
        better: .higher)
    static let stripesChance = chance(of: "stripes"), dotsChance = chance(of: "dots")
    static let hueChance = chance(of: "hue"), coverChance = chance(of: "cover")
    // What the method may cost: retrieval by captions.
    static let recall = Metric(
        "R@5",
        "share of held-out images whose caption, a new one, is the fifth nearest of fifty (at least ten) or nearer; the same told from the other thing is a rival",
        better: .higher)
    static let knownRecall = Metric(
        "known R@5", "the same of held-out scenes whose captions were trained on with other details",
        better: .higher)
    static let group = Metric(
        "group score",
        "Winoground's: share of held-out scenes that are told from their swapped scene, both images and both captions",
        better: .higher)
    static let groupChance = Metric(
        "group chance", "the group score of embeddings drawn at random", better: .neither)
    // The five losses of a batch, each as the arm has it; those that an arm has not are not reported.
    static let loss = Metric("loss", "total loss of the arm on its batch", better: .neither)
    static let imageText = Metric("image-text", "L_IT on the batch", better: .lower)
    static let imageImage = Metric("image-image", "L_II on the batch, times sameWeight", better: .lower)
    static let textText = Metric("text-text", "L_TT on the batch, times sameWeight", better: .lower)
    static let rebuiltImage = Metric(
        "rebuilt image", "squared error on hidden patches, in sixteenths of the squared range", better: .lower
    )
    static let rebuiltText = Metric(
        "rebuilt text", "cross-entropy of the next word", unit: "nats", better: .lower)
    // The teacher, and what the views cost: arms get equal steps, not equal work.
    static let distance = Metric(
        "EMA distance", "distance of the teacher's parameters from the student's, in lengths of the latter",
        better: .neither)
    static let seen = Metric(
        "images encoded", "images and views that an image encoder read so far: what a step costs",
        unit: "images", better: .neither)
    static let metrics =
        [
            detail, stripes, dots, tokenDetail, recall, knownRecall, group, loss, imageText, imageImage,
            textText, rebuiltImage, rebuiltText, distance, seen, hue, cover, detailChance, stripesChance,
            dotsChance, hueChance, coverChance, tokenChance, groupChance,
        ]

    private static func chance(of detail: String) -> Metric {
        Metric("\(detail) chance", "the \(detail) probe trained on shuffled labels", better: .neither)
    }

    // SigLIP alone, whatever the arm: computed once, and every arm goes on from the same bytes.
    static let pretrain = Stage<Inputs>.shared(
        "siglip",
        reads: [\.data, \.images, \.scenes, \.heldOut, \.batch, \.pretraining]
    ) { $0.pretraining }
    // The arm's own.
    static let train = Stage<Inputs>("train", for: Arm.allCases.filter { $0 != .untrained }) { $0.steps }
    // What is never trained is looked at once.
    static let look = Stage<Inputs>("look", unit: "look", for: [Arm.untrained]) { _ in 1 }
    static let stages = [pretrain, train, look]

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        switch trial.inputs.data {
        case .scenes:
            var random = trial.stream("scenes")
            let (training, heldOut) = (trial.inputs.scenes, trial.inputs.heldOut)
            try run(arm, on: SceneSet(training: training, heldOut: heldOut, using: &random), trial)
        // The split belongs to the seed: other seeds hold out other pictures.
        case .emoji: try run(arm, on: try pictures(in: ShippedFolder.pictures.path, trial), trial)
        case .folder: try run(arm, on: try pictures(in: trial.inputs.images.path, trial), trial)
        }
    }

    private static func pictures(in folder: String, _ trial: Trial<Inputs>) throws -> PictureSet {
        var random = trial.stream("split")
        let set = try PictureSet(folder: folder, using: &random)
        if set.cut > 0 {
            trial.log(
                "\(set.cut) texts have more than \(PictureSet.longestText) words; the rest of them is not read.",
                .warning)
        }
        return set
    }

    private static func run(_ arm: Arm, on source: some PairSource, _ trial: Trial<Inputs>) throws {
        // Generic over where pairs come from, so that the loop below is written once.
        var state = try State(source, trial)
        try trial.run(pretrain, state: &state) { state, step, inputs in
            let factor = Schedule.cosine.factor(
                at: step, of: inputs.pretraining, warmUp: inputs.pretraining / 20)
            let losses = state.learn(
                idea(.siglip, inputs), source, inputs.ofPretraining, rate: 1e-3 * factor)
            trial.report(imageText, losses.imageText)
            guard step == inputs.pretraining else { return }
            // What was trained is the start of both networks, and no optimiser remembers how.
            state.teacher = try state.student.image.frozen()
            state.optimiser = AdamW(decay: 1e-4)
        }
        // Everything before this line is the same in all arms.
        if arm == .untrained { state = try State(source, trial) }
        try trial.run(train, state: &state) { state, step, inputs in
            let factor = Schedule.cosine.factor(at: step, of: inputs.steps, warmUp: inputs.steps / 20)
            let idea = idea(arm, inputs)
            let losses = state.learn(idea, source, inputs, rate: inputs.rate * factor)
            // Every twentieth step shows the course of the losses and keeps recorded sessions small.
            if trial.isDue(every: 20) { report(losses, state, idea, inputs, trial) }
            // The first evaluation comes after one step: what an untrained encoder keeps is where each curve
            // begins.
            if step == 1 || trial.isDue(every: inputs.every) {
                state.evaluate(source, idea, inputs, isLast: step == inputs.steps, trial)
            }
        }
        try trial.run(look, state: &state) { state, _, inputs in
            state.evaluate(source, idea(arm, inputs), inputs, isLast: true, trial)
        }
    }

    private static func report(
        _ losses: LossParts<Double>, _ state: State, _ idea: Idea, _ inputs: Inputs,
        _ trial: Trial<Inputs>
    ) {
        trial.report(loss, losses.total(inputs.weights))
        trial.report(imageText, losses.imageText)
        let others = [
            (imageImage, losses.imageImage), (textText, losses.textText), (rebuiltImage, losses.image),
            (rebuiltText, losses.text), (distance, idea.hasTeacher ? state.teacherDistance : nil),
        ]
        for case (let metric, let value?) in others { trial.report(metric, value) }
    }

    // MARK: The arms

    /// Which parts of the method are on.
    struct Idea {
        /// Weight of L_II, L_TT and the teacher's share of L_IT.
        var sameModality = 0.0
        /// Whether the embedding rebuilds image and text.
        var rebuilds = false
        /// Share of a batch with generated negatives.
        var negatives = 0.0
        /// What positive images are.
        var positives = Positives.moved
        /// Positive views of each pair that SigLIP takes as further pairs.
        var extraViews = 0
        /// What the batch is multiplied with.
        var batches = 1

        var hasTeacher: Bool { sameModality > 0 }
        /// Positive views of each item that a loss reads.
        var positiveViews: Int { hasTeacher ? 1 : extraViews }
    }

    /// The arms differ here and nowhere else: which losses and views are on.
    static func idea(_ arm: Arm, _ inputs: Inputs) -> Idea {
        let contrasts = Idea(sameModality: inputs.sameWeight)
        switch arm {
        case .siglip, .untrained: return Idea()
        // A step of TULIP encodes six images an item: original, positive, negative and local view by the student,
        // two global views by the teacher.
        case .views: return Idea(extraViews: 5)
        case .wide: return Idea(batches: 6)
        case .contrasts: return contrasts
        case .recon: return rebuilding(contrasts, inputs)
        case .tulip: return whole(.moved, inputs)
        case .kept: return whole(.kept, inputs)
        case .redrawn: return whole(.redrawn, inputs)
        }
    }

    private static func rebuilding(_ idea: Idea, _ inputs: Inputs) -> Idea {
        var idea = idea
        // A weight of 0 switches the decoders off, draws included: `recon` then is `contrasts`, bit for bit.
        idea.rebuilds = inputs.rebuildWeight > 0
        return idea
    }

    private static func whole(_ positives: Positives, _ inputs: Inputs) -> Idea {
        var idea = rebuilding(Idea(sameModality: inputs.sameWeight), inputs)
        (idea.negatives, idea.positives) = (inputs.negatives, positives)
        return idea
    }
}
