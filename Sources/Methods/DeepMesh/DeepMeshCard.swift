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
            "Claimed: DPO on pairs of its own samples repairs flaws that a model learnt from its data, and the tokeniser is short and loses no face. Not claimed: that it takes preferences to do so; fine-tuning on the better mesh of each pair is the control, and the best of four samples another arm. The idea: a triangle mesh becomes a short sequence: patches around vertices, each vertex a cell at three levels from coarse to fine, of which only what changes is said. A transformer (an Hourglass, which thinks about groups of tokens) learns to say meshes for a point cloud. It learns the flaws of its data too; DPO on pairs of its own samples, ranked by geometry and by eye, repairs what pretraining cannot.",
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
            "Low-poly meshes made here: boxes, frusta, and either of them on top of a box, 12 to 40 faces, on a grid of 32 steps. No shape of the test or of the validation is learnt from. Half of the meshes to pretrain on have a hole of 15 to 40 % of their faces, while the point cloud that the model looks at is of the whole surface: what curation misses and DPO must repair. As a tool (input 'mesh') the tokeniser takes your own OBJ, OFF, PLY or STL at the paper's 512 steps.",
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
            controls: .arms(Arm.preferred),
            equalCompute:
                "updates after one pretraining, trained anew for each seed, on the same pairs: see the metric 'updates made'."
        ),
        Claim(
            "The tokeniser says every shipped manifold mesh of 500 faces or more in at most 0.40 of a flat sequence's tokens, loses no oriented face, and has a vocabulary 8.6 times smaller than two levels need.",
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
    "Sizes of the desk: training windows of 160 tokens instead of 9,000, which no mesh of the experiment fills (a smaller 'window' cuts them), and pairs of the best and the worst of 4 samples for 900 clouds instead of two samples each and 5,000 pairs. The test is at the released temperature of 0.5, and at 0.9, at which the pairs are sampled.",
    "The released code calls the coarsest level of a vertex a patch, as it calls a centre with its ring; here the level is called coarse. The input 'gap' is how much the scores of a pair must differ; 'reward margin' is DPO's.",
    "The experiment's grid has 32 steps at levels of 2, 4 and 4 cells (146 tokens); the tool's has 512 at 4, 8 and 16 (4,738 with begin and end; the paper says 4,736).",
    "As in the released code the first centre has an ordinary patch id, and the vertex after a centre repeats its cells; 'merging = fixed' saves the latter.",
    "A pair's score is Chamfer + 0.5 · open edges. Where two decent meshes score alike the paper asks volunteers: here the file of your own choices decides, and without one the pair is dropped.",
    "Chamfer is the mean of distances, in both directions; the paper does not say how its own is normalised.",
]

private let remarks: [String] = [
    "What DPO is good for here is not shown. On seeds 1 and 2, at the released temperature, open edges went from 0.229 and 0.303 to 0.162 and 0.219 by fine-tuning on the better meshes, to 0.190 and 0.242 by DPO, and to 0.179 and 0.207 by DPO with the anchor; excess Chamfer from 0.038 and 0.042 to 0.032 and 0.034, to 0.035 and 0.035, and to 0.034 and 0.033. Each arm was given seven settings; fine-tuning hardly minds its rate: from 0.00003 to 0.0002 it came to 0.162 to 0.189 on seed 1, and to 0.219 to 0.237 on seed 2.",
    "The best of four samples of the pretrained model, chosen by open edges alone, was ahead of all training: 0.111 on seed 1, excess Chamfer 0.029. It makes no update and draws four meshes for each cloud, see 'meshes drawn'.",
    "What else was tried for DPO on seed 1, at a rate of 0.00002, where it came to 0.207 and 0.036: three times as many clouds for pairs (input 'candidates') 0.201 and 0.036; pairs of the two best of four meshes with a gap of 0.02 (input 'pairing') 0.209 and 0.040. Harder clouds (input 'points') were not tried.",
    "DPO over-optimises at the rate that fine-tuning takes: on seed 1 at 0.0001 the best policy was that of the first look, and the score after 160 updates was 0.44 instead of 0.30; at 0.00001 the last policy was the best. 'last score', 'best score' and 'best update' say so of each trial, and the preset 'unstopped' shows it.",
    "The tokeniser's claim is about the shipped manifold meshes of 500 faces or more, and fails by one of them: a lantern of 660 faces with open rims needs 0.41 of a flat sequence's tokens, all others at most 0.38. A rock of 260 faces, too small for the claim, needs 0.42. No oriented face is lost. Two levels need 0.29 at most, with a vocabulary of 40,960.",
    "What the data give away: the score that ranks a pair is what the test measures; clouds for pairs are drawn as those of the test are, though none is the same; half of what is learnt has no hole, so that the model can say whole meshes from the start, and whatever sharpens it helps.",
    "Nobody is asked about looks here: open edges stand for what people see first.",
]
