import Base
import MethodKit

extension Tulip {
    static let version = 4

    static let card = Card(
        id: "tulip", title: "TULIP: unified language-image pretraining",
        paper: Citation(
            authors: "Zineng Tang et al.", title: "TULIP: Towards Unified Language-Image Pretraining",
            year: 2025, arXiv: "2503.15485"),
        idea:
            "Claimed: with TULIP's losses details that no caption says stay in the embedding, where SigLIP's loses them. Not claimed: that this needs no positive views that keep these details, for with views that have new ones it is another claim; better retrieval; anything of the paper's models. Contrasting images with captions teaches an encoder what captions say and lets it drop the rest. TULIP adds contrasts of images with images (against a slow teacher) and of texts with texts, over generated positive and negative views, and decoders that rebuild the image and say the text from the embedding, so that fine detail has to stay in it.",
        equations: [
            Equation(
                "Eq. 1",
                "L = -(1/B) Σ_ij log σ(z_ij (t x_i·y_j + b)), t = exp(t'), z = 1 on the diagonal, else -1",
                in: "Tulip.SigLIP.outcome"),
            Equation(
                "Eq. 6",
                "z_ij = 1 for an anchor with its positive view, -1 whenever column j is a negative view",
                in: "Tulip.GeCo.sameModality, Tulip.GeCo.bothAnchors"),
            Equation(
                "Eq. 7", "z_ij = -1 if exactly one of image and text is negative; both negative: left out",
                in: "Tulip.GeCo.imageText"),
            Equation(
                "§3", "L_cont = L_IT + L_II + L_TT, with an EMA teacher's global views in L_IT and L_II",
                in: "Tulip.State.addSameModality"),
            Equation(
                "§3", "L_rec = λ_i L_img (hidden patches) + λ_t L_txt (next words), one latent feeding both",
                in: "Tulip.State.addReconstructions, Tulip.ImageDecoder.loss, Tulip.TextDecoder.loss"),
            Equation("§3", "L = λ_c L_cont + λ_r L_rec", in: "Tulip.LossParts.total"),
        ],
        data:
            "Scenes made here, 16x16 pixels: two of nine things (three shapes, three colours) in a spatial relation. The caption names things and relation; the direction of the ground's stripes, the number of yellow dots (0 to 3), sizes and exact places are in no caption. A positive image is the same picture, moved by up to a pixel and darker (`kept`: drawn again with the same stripes and dots; `redrawn`: with new ones); a positive text is told from the other thing; a negative view has relation or colours swapped. Half of the held-out scenes have captions that no view of a training scene says, the other half known captions with combinations of things, stripes and dots that none shows. Instead: 398 emoji and clip-art pictures that come with the program, or your folder of PNGs, of whose captions the first 64 words are read and 5,000 different words known; what their captions say of hue and cover is not controlled, so the claims are about scenes.",
        headline:
            "So400m at 384 pixels: ImageNet 85.0 (SigLIP 83.2, SigLIP 2 84.1). RxRx1 linear probe 9.3 against SigLIP's 4.6. Winoground group score 17.75 to 18.5 against 12.25. MMVP with Llama-3.2: SigLIP 5.9, + image-image and text-text 17.4, + reconstruction 18.2, + generated views 20.3.",
        differences: differences,
        remarks: remarks, parts: parts, signs: signs, tuning: tuning)

    static let presets = [
        Preset<Inputs>("smoke", "a few seconds, for tests") {
            ($0.scenes, $0.heldOut, $0.batch, $0.steps, $0.every) = (32, 32, 8, 8, 4)
            $0.pretraining = 2
        },
        Preset<Inputs>("quick", "under a minute an arm") {
            ($0.scenes, $0.heldOut, $0.steps, $0.every) = (800, 500, 200, 40)
        },
        Preset<Inputs>("full", "the claim's: 400 steps from scratch"),
        Preset<Inputs>("continued", "400 steps of SigLIP, then 400 of the arm, as in the paper") {
            ($0.pretraining, $0.rate) = (400, 3e-4)
        },
    ]

    static let coincidences = [
        Coincidence<Inputs>(
            Arm.siglip, Arm.contrasts, when: "sameWeight = 0: no same-modality contrast, no teacher"
        ) { $0.sameWeight = 0 },
        Coincidence<Inputs>(Arm.contrasts, Arm.recon, when: "λ_r = 0: nothing is rebuilt") {
            $0.rebuildWeight = 0
        },
        Coincidence<Inputs>(Arm.recon, Arm.tulip, when: "negatives = 0: no negative views") {
            $0.negatives = 0
        },
        Coincidence<Inputs>(Arm.tulip, Arm.kept, when: "sameWeight = 0: no loss reads positive views") {
            $0.sameWeight = 0
        },
        Coincidence<Inputs>(Arm.tulip, Arm.redrawn, when: "sameWeight = 0: nor does one here") {
            $0.sameWeight = 0
        },
    ]

    static let claims = [
        Claim(
            "TULIP, whose positive images are moved copies and so keep all that is seen, raises the mean accuracy of linear probes on details that no caption says by at least 0.05 over SigLIP, at equal steps.",
            conditions: [.better(detail, of: Arm.tulip, than: Arm.siglip, by: 0.05)],
            controls: .arms(Arm.untrained, Arm.views, Arm.wide, Arm.contrasts, Arm.recon),
            equalCompute: equalCompute),
        Claim(
            "It does so although its positive images have new details.",
            conditions: [.better(detail, of: Arm.redrawn, than: Arm.siglip, by: 0.05)],
            controls: .arms(Arm.untrained, Arm.views, Arm.wide), equalCompute: equalCompute),
    ]

    private static let equalCompute =
        "steps; `views` and `wide` encode as many images as TULIP (metric 'images encoded'), `contrasts` and `recon` five sixths of them, SigLIP a sixth."
}

private let differences = [
    "The authors' repository holds inference only, and its README withdraws the published checkpoints because of a critical issue that may impact the reproducibility of the results: nothing here starts from them.",
    "The paper prints σ with the sign of b turned round inside; b would have to start at +10. The logit here is t x·y + b as in SigLIP and in the authors' code, with b = -10, as in SigLIP and in the paper's table; the authors' configuration says -15.",
    "The paper publishes neither λ_c, λ_r, λ_i, λ_t nor the teacher's decay. Each contrast has its own t' and b; L_IT is the mean of the student's and the teacher's, L_II that of global and local views.",
    "Training starts from scratch, which shows the larger effect; the input 'pretraining' (preset 'continued') starts from a SigLIP-trained state as the paper does. Learning rate 1e-3 instead of 1e-5, batch 64 instead of 49,152.",
    "A scene's generator stands for the image editor and the language model that make GeCo's views; for pictures, small shifts and brightness make positive images, exchanged colour channels negative ones (opposite brightness where a picture is grey); a positive text is the file's other text (for the pictures that come along, their keywords) or the same words in another order, a negative one the file's or one with an exchanged word.",
    "Fourteen of sixteen patches are hidden from the image decoder: with three quarters it infers the stripes from what it sees, and the embedding learns nothing of them.",
    "A local view is a corner of three by three patches of four by four. AdamW decouples its decay of 1e-4; the pretraining's rate is 0.001 whatever the arm's. The decoders read an embedding of unit length. A loss is divided by all its rows, those of negative views too.",
]

private let remarks: [String] = [
    "Random weights keep much of an image, SigLIP unlearns what no caption says, TULIP keeps it: see `untrained`, which is also each curve's first point. So most of the effect over SigLIP is what SigLIP loses; what is gained over an untrained encoder is 0.058 [0.039, 0.077], and that is stripes: 0.099 [0.079, 0.119], dots 0.016 [-0.029, 0.061]. The mean of the patch tokens gains nothing, 0.001 [-0.021, 0.022]: what TULIP changes is what the pooled vector keeps.",
    "Most of the effect over SigLIP is that of the contrasts within a modality. Reconstruction adds nothing to them, -0.004 [-0.007, -0.001]; negative views do, 0.042 [0.014, 0.069], but with them a fifth more images are encoded.",
    "What it costs: negative views take R@5 down by 0.108 [0.080, 0.137]. TULIP is level with SigLIP there, behind `wide`, which encodes as many images, by 0.169 [0.067, 0.271], and behind SigLIP on captions that it trained on, by 0.044 [0.019, 0.070].",
    "With new details in its positive images TULIP keeps some of the stripes, 0.115 [0.062, 0.168] over SigLIP, and none of the dots, 0.002 [-0.050, 0.053], and is far behind `untrained`. What keeps them is not taken apart: the reconstruction asks for them, and so does the contrast of the teacher's image with the student's local views, which are cut from the same picture in this arm too.",
    "The checkpoints that the paper's numbers come from were withdrawn by the authors.",
    "In a trial of the design R@5 fell below SigLIP's, in another it rose above. On seed 1 one difference at a time was changed: batch, number of held-out scenes, held-out scenes like those of training, repeated captions as candidates, one t' and b for all contrasts, SigLIP before. None of them turns it: after 200 steps TULIP is behind, after 600 ahead; what turns it is how long is trained.",
    "The group score stays under the sixth that random embeddings reach, whatever the arm: a scene and its swapped scene are nearly alike, and so are their embeddings, of a random encoder too. `wide` is nearest to it.",
    "Settings tried for each arm that is trained: learning rates 0.0005, 0.001 and 0.002, on seed 1 alone and half as many steps as the claim's. The lower the rate, the more details SigLIP keeps and the worse it retrieves: 0.42, 0.34, 0.28, and R@5 0.70, 0.74, 0.71; TULIP 0.68, 0.69, 0.70, and 0.59, 0.63, 0.66. 0.001 is best for SigLIP's retrieval and is used for all; each at its best for details, the difference on that seed is 0.28.",
    "What the data give away: details are in every picture and vary by themselves, apart from captions; a moved copy shows them always, and the generator's swaps never change them. In the main arm a negative image is drawn anew while a positive one is a moved copy, so that the image-image contrast can tell it by sizes, places and noise, not only by what its caption says; in `kept` and `redrawn` both are drawn anew.",
    "What hurts the rivals: about 220 captions are trained on, so a batch holds captions that mean the same, each called wrong for the other's image; in the batches of `wide`, six times as large, nearly every row has some. In R@5 a caption that says the same from the other thing's side is a rival, and nearly as near.",
]
