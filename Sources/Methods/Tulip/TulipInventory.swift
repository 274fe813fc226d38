import MethodKit

extension Tulip {
    /// Every named part of the paper.
    static let parts: [Part] =
        contrastParts + viewParts + reconstructionParts + trainingParts + evaluationParts

    private static let contrastParts = [
        Part(
            "sigmoid loss of pairs", .code, in: "Tulip.SigLIP.outcome", by: .always,
            shown: .metric("image-text"),
            test: "GoldenTests.agrees"),
        Part(
            "learnt temperature and bias", .code, in: "Tulip.State.contrast", by: .always,
            shown: .metric("loss"),
            test: "TulipLearningTests.aContrastsSlopesAreThoseOfItsValue"),
        Part(
            "image-text contrast, with the teacher's images", .paper,
            in: "Tulip.State.imageText, Tulip.State.addSameModality",
            by: .arm("contrasts"), shown: .metric("image-text"), test: "TulipCompositionTests.imagesMeetTexts"
        ),
        Part(
            "image-image contrast", .paper, in: "Tulip.State.addSameModality", by: .arm("contrasts"),
            shown: .metric("image-image"), test: "TulipCompositionTests.imagesMeetImages"),
        Part(
            "text-text contrast, of tied weights", .paper, in: "Tulip.State.addSameModality",
            by: .arm("contrasts"),
            shown: .metric("text-text"), test: "TulipCompositionTests.textsMeetTexts"),
        Part(
            "EMA teacher of the image encoder", .paper, in: "Tulip.State.learn", by: .input("decay"),
            shown: .metric("EMA distance"), test: "TulipLearningTests.theTeacherFollowsAfterTheStep"),
        Part(
            "no gradient into the teacher", .paper, in: "Tulip.State.addSameModality", by: .arm("contrasts"),
            shown: .metric("EMA distance"), test: "TulipCompositionTests.noGradientReachesTheTeacher"),
        Part(
            "local views for the student alone", .paper, in: "Tulip.State.localViews", by: .arm("contrasts"),
            shown: .metric("image-image"), test: "TulipLearningTests.aLocalViewIsACorner"),
        Part(
            "vision transformer with attention pooling", .code, in: "Tulip.ImageEncoder", by: .always,
            shown: .artifact("images and attention")),
        Part(
            "text transformer", .code, in: "Tulip.TextEncoder", by: .always, shown: .artifact("similarity"),
            test: "TulipTests.aTextsEmbeddingIsItsOwn"),
    ]

    private static let viewParts = [
        Part(
            "GeCo's signs of one modality", .paper, in: "Tulip.GeCo.sameModality, Tulip.GeCo.bothAnchors",
            by: .arm("tulip"), shown: .metric("image-image"), test: "TulipTests.signsOfGenerativeViews"),
        Part(
            "GeCo's signs of images and texts", .paper, in: "Tulip.GeCo.imageText", by: .arm("tulip"),
            shown: .metric("image-text"), test: "TulipTests.signsOfGenerativeViews"),
        Part(
            "positive images", .paper, in: "Tulip.SceneSet.image, Tulip.PictureSet.image",
            by: .arm("contrasts"),
            shown: .metric("image-image"), test: "TulipTests.positiveImagesKeepWhatTheySay",
            standsFor:
                "the paper's fine-tuned image editor; a source of pairs (Tulip.PairSource) is where one is plugged in"
        ),
        Part(
            "negative images", .paper, in: "Tulip.Scene.swapped, Tulip.PictureSet.image",
            by: .input("negatives"),
            shown: .metric("group score"), test: "TulipTests.swappingMakesACaptionWrong",
            standsFor: "the same editor; plugged in at the same place"),
        Part(
            "positive texts", .paper, in: "Tulip.SceneSet.caption, Tulip.PictureSet.caption",
            by: .arm("contrasts"),
            shown: .metric("text-text"), test: "TulipLearningTests.viewsComeInOneOrder",
            standsFor: "a language model's paraphrases; they are plugged in as a column of captions.tsv"),
        Part(
            "negative texts", .paper, in: "Tulip.SceneSet.caption, Tulip.PictureSet.caption",
            by: .input("negatives"), shown: .artifact("similarity"),
            test: "TulipTests.theShippedPicturesAreRead",
            standsFor: "a language model's changed captions; they are plugged in as a column of captions.tsv"),
        Part("video frames as positive images", .paper, absent: "Scenes and pictures do not move."),
        Part("views of one object as positive images", .paper, absent: "Scenes are flat."),
    ]

    private static let reconstructionParts = [
        Part(
            "image reconstruction by a masked autoencoder", .paper, in: "Tulip.ImageDecoder",
            by: .arm("recon"),
            shown: .artifact("masked, rebuilt, true"), test: "TulipCompositionTests.hiddenPatchesStayUnread"),
        Part(
            "squared error of hidden patches", .paper, in: "Tulip.ImageDecoder.loss",
            by: .input("imageWeight"),
            shown: .metric("rebuilt image"), test: "TulipTests.shownPatchesDoNotCount"),
        Part(
            "text reconstruction by a causal decoder", .paper,
            in: "Tulip.TextDecoder, Tulip.TextDecoder.loss",
            by: .input("textWeight"), shown: .metric("rebuilt text"),
            test: "TulipTests.aDecodersWordsAreAskedInOrder"),
        Part(
            "one modality's latent for both decoders", .paper, in: "Tulip.State.addReconstructions",
            by: .arm("recon"), shown: .metric("rebuilt text"),
            test: "TulipCompositionTests.oneLatentFeedsBothDecoders"),
        Part(
            "weighted sum of all losses", .paper, in: "Tulip.LossParts.total", by: .input("rebuildWeight"),
            shown: .metric("loss"), test: "GoldenTests.agrees"),
    ]

    private static let trainingParts = [
        Part(
            "start from SigLIP's weights", .paper, in: "Tulip.run", by: .input("pretraining"),
            shown: .metric("image-text"),
            standsFor: "published SigLIP weights; there is no place for them here"),
        Part(
            "Adam with weight decay and clipping", .paper, in: "Tulip.State.learn", by: .input("clip"),
            shown: .metric("loss")),
        Part(
            "image-text pairs of the web", .paper, in: "Tulip.SceneSet", by: .input("data"),
            shown: .artifact("similarity"), test: "TulipTests.heldOutScenesAreNew",
            standsFor: "500 million pairs of DataComp; your own folder is plugged in by the input 'images'"),
        Part("a fifth of captions written anew", .paper, absent: "Captions of scenes are exact."),
        Part("model sizes up to So400m at 384 pixels", .paper, absent: "They do not train on one core."),
    ]

    private static let evaluationParts = [
        Part(
            "SigLIP as the baseline", .paper, in: "Tulip.State.imageText", by: .arm("siglip"),
            shown: .metric("detail probe"), test: "TulipLearningTests.sigLIPHasNoTeacher"),
        Part(
            "ablation: contrasts, + reconstruction, + generated views", .paper, in: "Tulip.idea",
            by: .arm("recon"), shown: .metric("detail probe"),
            test: "CatalogueTests.armsCoincideWhenTheIdeaIsOff"),
        Part(
            "linear probes", .paper, in: "Tulip.probe", by: .always, shown: .metric("detail probe"),
            test: "TulipTests.chanceIsMeasured",
            standsFor: "RxRx1 and other sets of photographs; a folder's hue and cover are probed instead"),
        Part(
            "retrieval", .paper, in: "Tulip.State.recall", by: .always, shown: .metric("R@5"),
            test: "TulipTests.recallIsTheFifthOfFifty"),
        Part(
            "Winoground's group score", .paper, in: "Tulip.State.groupScore, Tulip.Winoground.isRight",
            by: .always, shown: .metric("group score"), test: "TulipTests.theGroupScoreIsWinogrounds",
            standsFor: "Winoground's photographs; here scenes and their swapped scenes"),
        Part("SigLIP 2 as a baseline", .paper, absent: "It is another method, of many parts of its own."),
        Part(
            "zero-shot ImageNet", .paper,
            absent: "Scenes have no class names; captions are retrieved instead."),
        Part(
            "MMVP with a language model", .paper,
            absent: "No language model here reads embeddings; probes ask for details instead."),
    ]

    /// Every comparison of the paper that is measured here.
    static let signs = [
        Sign(
            "fine detail by a linear probe, TULIP over SigLIP", "RxRx1", detail, of: Arm.tulip,
            over: Arm.siglip, paper: .higher),
        Sign(
            "fine detail, + image-image and text-text contrasts", "ablation on MMVP", detail,
            of: Arm.contrasts,
            over: Arm.siglip, paper: .higher),
        Sign(
            "fine detail, + reconstruction", "ablation on MMVP", detail, of: Arm.recon, over: Arm.contrasts,
            paper: .higher),
        Sign(
            "fine detail, + generated views", "ablation on MMVP", detail, of: Arm.tulip, over: Arm.recon,
            paper: .higher),
        Sign(
            "both images and captions told apart, TULIP over SigLIP", "Winoground", group, of: Arm.tulip,
            over: Arm.siglip, paper: .higher),
        Sign(
            "recognition by captions, TULIP over SigLIP", "zero-shot ImageNet", recall, of: Arm.tulip,
            over: Arm.siglip, paper: .higher),
        Sign(
            "the same by captions that were trained on", "zero-shot ImageNet", knownRecall, of: Arm.tulip,
            over: Arm.siglip, paper: .higher),
    ]

    /// The same settings for all that is trained; the weights λ are the same in all arms.
    static let tuning = Arm.allCases.filter { $0 != .untrained }.map {
        Tuning($0, 3, over: "learning rate", seeds: [1])
    }
}
