import MethodKit

extension DeepMesh {
    static let version = 4

    static let card = Card(
        id: "deepmesh", title: "DeepMesh: meshes as tokens, repaired by DPO",
        paper: Citation(
            authors: "Ruowen Zhao et al.",
            title: "DeepMesh: Auto-Regressive Artist-mesh Creation with Reinforcement Learning", year: 2025,
            arXiv: "2503.15265"),
        idea:
            "Claimed: DPO on pairs of its own samples repairs flaws that a model learnt from its data, and the tokeniser is short and loses no face. Not claimed: that it takes preferences to do so; fine-tuning on the better mesh of each pair is a control, and so are the untouched model at a lower temperature, its likeliest mesh and the best of four. The idea: a triangle mesh becomes a short sequence: patches around vertices, each vertex a cell at three levels from coarse to fine, of which only what changes is said. A transformer (an Hourglass, which thinks about groups of tokens) learns to say meshes for a point cloud. It learns the flaws of its data too; DPO on pairs of its own samples, ranked by geometry and by eye, repairs what pretraining cannot.",
        equations: [
            Equation(
                "§3.1", "q = clip(round((v + 1)/2 · n - 1/2), 0, n - 1)",
                in: "DeepMesh.QuantisedMesh.quantise"),
            Equation(
                "§3.1", "patch: the first face's vertex with most faces left, and the ring around it",
                in: "DeepMesh.PatchTraversal.next"),
            Equation(
                "§3.1",
                "coarse = q div 128 (the paper's patch id), block = (q mod 128) div 16, offset = q mod 16; unchanged ones left out",
                in: "DeepMesh.Vocabulary.cell, DeepMesh.Tokeniser.tokens"),
            Equation(
                "§3.2",
                "groups of k tokens, shifted right by k - 1, concatenated; added to the unshifted residual",
                in: "DeepMesh.Hourglass.grouped, DeepMesh.Hourglass.callAsFunction"),
            Equation(
                "§3.2", "windows of fixed length, each trained by itself", in: "DeepMesh.TokenWindow.all"),
            Equation("§3.2", "token = argmax e^l / (-ln u)^T", in: "DeepMesh.Sampler.sample"),
            Equation(
                "§3.3", "L = -log σ(β[(log π/π_ref)(y⁺) - (log π/π_ref)(y⁻)])", in: "DeepMesh.DPO.outcome"),
        ],
        data:
            "Low-poly meshes made here: boxes, frusta, and either of them above a box, a step apart, 12 to 40 faces, on a grid of 32 steps. No shape of the test or of the validation is learnt from, vertex for vertex. Half of the meshes to pretrain on have a hole of 15 to 40 % of their faces, while the point cloud that the model looks at is of the whole surface: what curation misses and DPO must repair. As a tool (input 'mesh') the tokeniser takes your own OBJ, OFF, PLY or STL at the paper's 512 steps.",
        headline:
            "Point clouds to meshes, Chamfer / Hausdorff / preferred by users: MeshAnything v2 0.1249 / 0.2991 / 10 %, BPT 0.1425 / 0.2796 / 19 %, DeepMesh without DPO 0.1001 / 0.1861 / 34 %, with DPO 0.0884 / 0.1708 / 37 %. Tokens of a flat sequence at 512 steps: AMT 0.46, BPT 0.26 with a vocabulary of 40,960, DeepMesh 0.28 with 4,736.",
        differences: differences,
        remarks: remarks, parts: parts, signs: signs, tuning: tuning)

    static let presets = [
        Preset<Inputs>("smoke", "a few seconds, for tests") {
            ($0.meshes, $0.pretraining, $0.batch, $0.longest) = (24, 6, 4, 40)
            ($0.candidates, $0.perCloud, $0.updates, $0.pairBatch, $0.every) = (6, 3, 4, 3, 2)
            ($0.validation, $0.tests, $0.decent) = (4, 6, 4)
        },
        Preset<Inputs>("quick", "under a minute an arm: too short a pretraining for a verdict") {
            ($0.meshes, $0.pretraining, $0.candidates, $0.validation, $0.tests) = (800, 300, 120, 40, 80)
            ($0.decent, $0.updates) = (1, 40)
        },
        Preset<Inputs>("full", "the claim's"),
        Preset<Inputs>("unstopped", "DPO with a smaller β, a larger rate and no early stopping") {
            ($0.beta, $0.rate, $0.stopsEarly) = (0.1, 5e-5, false)
        },
        Preset<Inputs>("curated", "the flawed meshes are dropped before the pretraining") {
            $0.curates = true
        },
        Preset<Inputs>("plain", "no Hourglass: all blocks at full length") { $0.shortening = 1 },
    ]

    static let coincidences = [
        Coincidence<Inputs>(
            Arm.dpo, Arm.anchored,
            when: "anchor = 0: nothing holds the policy to the better meshes; at equal rates"
        ) {
            ($0.anchor, $0.rate) = (0, 1e-5)
        }
    ]

    static let claims = [
        Claim(
            "DPO lowers the share of open edges in meshes for unseen clouds by at least 10 %, and their Chamfer distance above the sampling floor by as much.",
            conditions: [
                .ratio(openEdges, of: Arm.dpo, to: Arm.pretrained, .below(0.9)),
                .ratio(excess, of: Arm.dpo, to: Arm.pretrained, .below(0.9)),
            ],
            controls: .armsOnEachCondition(Arm.preferred, Arm.cooler, Arm.greedy, Arm.bestOfFour),
            equalCompute:
                "updates after one pretraining, trained anew for each seed, on the same pairs: see the metric 'updates made'; the three rules of sampling take no update, and the best of four draws four meshes."
        ),
        Claim(
            "The tokeniser says every shipped manifold mesh of 500 faces or more, of which there are two, in at most 0.40 of a flat sequence's tokens, loses no oriented face, and has a vocabulary 8.6 times smaller than two levels need.",
            conditions: [
                .level(shippedRatio, of: Arm.pretrained, .below(0.40)),
                .level(shippedLost, of: Arm.pretrained, .below(0.5)),
                .level(vocabularyFactor, of: Arm.pretrained, .above(8.6)),
            ],
            controls: .none(
                because:
                    "Nothing is trained; two levels, which need fewer tokens, are the metric 'shipped ratio of two levels'."
            ),
            equalCompute: "nothing: the tokeniser is deterministic."),
    ]
}

private let tuning = [
    Tuning(DeepMesh.Arm.preferred, 7, over: "learning rate", seeds: [1, 2]),
    Tuning(DeepMesh.Arm.dpo, 7, over: "learning rate by β", seeds: [1, 2]),
    Tuning(DeepMesh.Arm.anchored, 7, over: "learning rate by weight of the anchor", seeds: [1, 2]),
]

private let differences = [
    "The authors released tokeniser, model and sampling; training, curation and DPO are written here from the paper's description.",
    "One Hourglass of 1 + [k = 3: 1] + 1 blocks of width 96 instead of two nested ones with 21 blocks of width 1280 (input 'hourglasses' nests them); the point cloud's 8 tokens come from an encoder that is trained along, without normals, instead of 257 from a pretrained one.",
    "Sizes of the desk: training windows of 160 tokens, which one mesh in a hundred fills (the paper's are 2,048 by one reading, and its sampler looks back at 9,000), and pairs of the best and the worst of 4 samples for 900 clouds instead of two samples each and 5,000 pairs. The test is at the released temperature of 0.5, and at 0.9, at which the pairs are sampled.",
    "The released code calls the coarsest level of a vertex a patch, as it calls a centre with its ring; here the level is called coarse. The input 'gap' is how much the scores of a pair must differ; 'reward margin' is DPO's.",
    "The experiment's grid has 32 steps at levels of 2, 4 and 4 cells (146 tokens); the tool's has 512 at 4, 8 and 16 (4,738 with begin and end; the paper says 4,736).",
    "As in the released code the first centre has an ordinary patch id, and the vertex after a centre repeats its cells; 'merging = fixed' saves the latter.",
    "A pair's score is Chamfer + 0.5 · open edges. Where two decent meshes score alike the paper asks volunteers: here the file of your own choices decides, and without one the pair is dropped.",
    "Chamfer is the mean of distances, in both directions; the paper does not say how its own is normalised. Tokens that come to no surface count as 2.",
    "SwiGLU is eight thirds of the width, which has as many weights as a plain layer of four times it; the paper's is four times.",
    "Points of training and test clouds are drawn from the mesh on the grid, your own from your mesh as it is.",
]

private let remarks: [String] = [
    "What DPO is good for here is not shown. The pretrained model without an update is ahead of it where it is sampled otherwise: at half the temperature, by its likeliest tokens, and by the best of four by open edges, which asks for no truth; and fine-tuning on the better meshes, at as many updates, is ahead of it on both conditions. Fine-tuning in turn is no better than the likeliest tokens: 1.01 [0.96, 1.07] times their open edges.",
    "DPO that is held to the better meshes, the arm 'anchored', meets both bounds over the pretrained model: open edges 0.768 [0.727, 0.811], excess Chamfer 0.804 [0.779, 0.831]. It is level with fine-tuning, 1.03 [0.92, 1.15], and with the likeliest tokens, 1.04 [0.92, 1.18].",
    "What else was tried for DPO on seed 1, at a rate of 0.00002, where it came to 0.207 and 0.036: three times as many clouds for pairs (input 'candidates') 0.201 and 0.036; pairs of the two best of four meshes with a gap of 0.02 (input 'pairing') 0.209 and 0.040. Harder clouds (input 'points') were not tried.",
    "DPO over-optimises at a rate at which the anchored arm does not: on seed 1 at 0.0001 the best policy was that of the first look, and the score after 160 updates was 0.44 instead of 0.30. 'last score', 'best score' and 'best update' say so of each trial, and the preset 'unstopped' shows it.",
    "The tokeniser's claim is about the shipped manifold meshes of 500 faces or more, which are two: a boot at 0.375 of a flat sequence's tokens, and a lantern of 660 faces with open rims at 0.409, by which it fails. No oriented face of the two is lost. The other six are not manifold, so that faces may come back turned round, or too small; among them a rock of 260 faces needs 0.42. Two levels need less, 0.293 for the lantern, with a vocabulary of 40,960; that 4,736 is 8.6 times smaller is arithmetic.",
    "What the data give away: the score that ranks a pair is what the test measures; clouds for pairs are drawn as those of the test are, though none is the same; half of what is learnt has no hole, so that the model can say whole meshes from the start, and whatever sharpens it helps. Test meshes are new as whole shapes, but most have one with the same faces in training whose vertices are a step or two away.",
    "A sample that is cut at 'longest' is read by DPO as if it had ended there, so that its log-probability has an end token that it did not say.",
    "Nobody is asked about looks here: open edges stand for what people see first.",
]
