import MethodKit

extension MusicInfuser {
    /// Every named part of the paper, and where it is here.
    static let parts: [Part] = [
        Part(
            "Flow matching towards z - ε", .code, in: "MusicInfuser.Noised.init", by: .always,
            shown: .metric("prior loss"), test: "GoldenTests.agrees"),
        Part(
            "The frozen text-to-video model, 48 blocks of Mochi's", .code, in: "MusicInfuser.MotionPrior",
            by: .always,
            shown: .metric("Fréchet distance"), test: "MusicInfuserTests.thePriorStaysAsItIs",
            standsFor: "Mochi; here a transformer over the eight channels of a stick dancer"),
        Part(
            "Euler steps over linear-quadratic noise levels", .code, in: "MusicInfuser.State.samples",
            by: .input("euler"), shown: .metric("Fréchet distance"),
            test: "MusicInfuserStateTests.samplesAreEulerStepsFromNoise"),
        Part(
            "Classifier-free guidance by the text alone, sound in both branches", .code,
            in: "MusicInfuser.State.velocity", by: .input("guidance"), shown: .metric("Fréchet distance"),
            test: "MusicInfuserStateTests.guidanceLeadsAwayFromTheUnsaid"),
        Part(
            "Text prompts", .paper, in: "MusicInfuser.Label", by: .tool("dance"), shown: .artifact("styles"),
            test: "MusicInfuserTests.labelsAreLeftOutAsOftenAsTheInputsSay",
            standsFor: "captions through T5; here one of three styles"),
        Part(
            "Caption dropout of 0.1", .code, in: "MusicInfuser.Label.drawn", by: .input("dropout"),
            shown: .metric("loss"), test: "MusicInfuserTests.labelsAreLeftOutAsOftenAsTheInputsSay"),
        Part(
            "Basic captions for a fifth of the pairs", .code, in: "MusicInfuser.Label.drawn",
            by: .input("basic"),
            shown: .metric("loss"), test: "MusicInfuserTests.labelsAreLeftOutAsOftenAsTheInputsSay"),
        Part(
            "Audio encoder", .code, in: "MusicInfuser.AudioProjector.stacked", by: .arm("musicinfuser"),
            shown: .artifact("attention"), test: "MusicInfuserDataTests.windowsOfOnsetsAreCentred",
            standsFor: "wav2vec 2.0; here four bands of onsets, eight rows to either side"),
        Part(
            "Audio projector: Linear, SiLU, Linear", .code, in: "MusicInfuser.AudioProjector.callAsFunction",
            by: .arm("musicinfuser"), shown: .artifact("attention"), test: "GoldenTests.agrees"),
        Part(
            "Nearest resize to the frames", .code, in: "MusicInfuser.AudioProjector.nearest",
            by: .arm("musicinfuser"),
            shown: .artifact("attention"), test: "GoldenTests.agrees"),
        Part(
            "ZICA: cross-attention from all frames to the sound", .code,
            in: "MusicInfuser.ZICA.callAsFunction",
            by: .arm("musicinfuser"), shown: .artifact("attention"), test: "GoldenTests.agrees"),
        Part(
            "Zero initialisation of W_O", .paper, in: "MusicInfuser.ZICA.init", by: .arm("randomStart"),
            shown: .metric("early Fréchet distance"), test: "MusicInfuserTests.trainingBeginsAtThePrior"),
        Part(
            "Audio tokens without places of their own", .code, in: "MusicInfuser.Dancing.tokens",
            by: .arm("unplaced"),
            shown: .metric("beat alignment"), test: "MusicInfuserTests.withoutPlacesOrderIsNotHeard"),
        Part(
            "Shared places, and W_K that begins as W_Q", .here, in: "MusicInfuser.ZICA.init",
            by: .arm("musicinfuser"),
            shown: .artifact("attention"), test: "MusicInfuserTests.framesLookAtTheirOwnMomentFirst"),
        Part(
            "HR-LoRA on queries, keys, values and outputs, α = r", .code,
            in: "MusicInfuser.MotionPrior.adapt",
            by: .input("rank"), shown: .metric("trained numbers"),
            test: "MusicInfuserTests.eachArmTrainsItsOwnParts"),
        Part(
            "Without LoRA", .here, in: "MusicInfuser.idea", by: .arm("noLoRA"),
            shown: .metric("beat alignment"),
            test: "MusicInfuserTests.eachArmTrainsItsOwnParts"),
        Part(
            "Beta-uniform law of noise levels", .code, in: "MusicInfuser.BetaUniform.beta",
            by: .input("beta"),
            shown: .artifact("noise levels"), test: "MusicInfuserTests.levelsFollowTheLaw"),
        Part(
            "Half-life of 200 updates", .code, in: "MusicInfuser.BetaUniform.beta", by: .input("halfLife"),
            shown: .metric("β"), test: "MusicInfuserTests.levelsFollowTheLaw"),
        Part(
            "Noise levels drawn from the law", .code, in: "MusicInfuser.BetaUniform.quantile",
            by: .arm("musicinfuser"),
            shown: .metric("β"), test: "MusicInfuserStateTests.levelsOfAnUpdateAreTheLaws"),
        Part(
            "Without beta-uniform", .paper, in: "MusicInfuser.State.beta", by: .arm("uniform"),
            shown: .metric("β"),
            test: "CatalogueTests.armsCoincideWhenTheIdeaIsOff"),
        Part(
            "Skip guidance", .paper, in: "MusicInfuser.Adaptability.guided", by: .input("probes"),
            shown: .artifact("adaptability"), test: "GoldenTests.agrees"),
        Part(
            "Layer adaptability by the quality of guided samples", .paper,
            in: "MusicInfuser.PriorState.probe",
            by: .input("probes"), shown: .artifact("adaptability"),
            test: "MusicInfuserStateTests.aProbeMovesAwayFromTheLayersAbsence",
            standsFor: "VBench's imaging quality of videos; here the Fréchet distance of dances"),
        Part(
            "The top third of the layers", .code, in: "MusicInfuser.Adaptability.chosen",
            by: .input("adapted"),
            shown: .artifact("reach"), test: "MusicInfuserTests.theBestLayersAreTaken"),
        Part(
            "All layers", .paper, in: "MusicInfuser.Adaptability.layers", by: .arm("allLayers"),
            shown: .metric("beat alignment"), test: "MusicInfuserStateTests.eachArmListensInItsLayers"),
        Part(
            "Other layers: first, middle, last, evenly", .paper, in: "MusicInfuser.Adaptability.layers",
            by: .arm("otherLayers"),
            shown: .metric("beat alignment"), test: "MusicInfuserStateTests.eachArmListensInItsLayers",
            standsFor:
                "four other choices of sixteen layers; here, of four layers, those that were not chosen"),
        Part(
            "Feature addition", .paper, in: "MusicInfuser.Dancing.callAsFunction", by: .arm("addition"),
            shown: .metric("beat alignment"), test: "MusicInfuserTests.trainingBeginsAtThePrior"),
        Part(
            "AdamW without decay", .code, in: "MusicInfuser.State.learn", by: .input("rate"),
            shown: .metric("loss"), test: "MusicInfuserStateTests.updatesAreAdamsWithoutDecay"),
        Part(
            "Warm-up and cosine", .code, in: "MusicInfuser.State.rate", by: .input("rate"),
            shown: .metric("loss"), test: "MusicInfuserStateTests.ratesRiseAndFallAlongACosine"),
        Part(
            "Dances of AIST and of the wild", .paper, in: "MusicInfuser.DanceSet.pairs", by: .input("pairs"),
            shown: .artifact("dance"), test: "MusicInfuserDataTests.nothingIsInTwoSets",
            standsFor: "2,378 clips of AIST and 15,799 of YouTube; here pieces and dances drawn by rules"),
        Part(
            "Beat alignment", .paper, in: "MusicInfuser.Alignment.add", by: .always,
            shown: .metric("beat alignment"),
            test: "MusicInfuserDataTests.alignmentIsOfItsOwnMusic"),
        Part(
            "Two-sided alignment", .here, in: "MusicInfuser.Alignment.add", by: .always,
            shown: .metric("two-sided alignment"), test: "MusicInfuserDataTests.tremblingGetsOneSideAlone"),
        Part(
            "What is kept of the prior", .here, in: "MusicInfuser.MotionFeatures.distance", by: .always,
            shown: .metric("new Fréchet distance"), test: "MusicInfuserDataTests.stylesAreFarApart"),
        Part(
            "Faster and slower music", .paper, in: "MusicInfuser.Following.add", by: .always,
            shown: .metric("tempo slope"),
            test: "MusicInfuserDataTests.realDancesFollowTempoAndEnergy",
            standsFor:
                "one piece played faster and slower; here the line through the tempi of many pieces and of their dances"
        ),
        Part(
            "The unadapted model, the baseline", .paper, in: "MusicInfuser.idea", by: .arm("prior"),
            shown: .metric("beat alignment"), test: "MusicInfuserTests.rulesHearOnlyWhatTheyMay"),
        Part(
            "Full fine-tuning", .here, in: "MusicInfuser.Dancing.init", by: .arm("full"),
            shown: .metric("new Fréchet distance"), test: "MusicInfuserTests.eachArmTrainsItsOwnParts"),
        Part(
            "Training from nothing on the pairs alone", .here, in: "MusicInfuser.Dancing.init",
            by: .arm("scratch"), shown: .metric("new Fréchet distance"),
            test: "MusicInfuserTests.trainingBeginsAtThePrior"),
        Part(
            "Adapters that hear nothing", .here, in: "MusicInfuser.idea", by: .arm("deaf"),
            shown: .metric("beat alignment"), test: "MusicInfuserTests.eachArmTrainsItsOwnParts"),
        Part(
            "Another piece in the test", .here, in: "MusicInfuser.State.test", by: .arm("wrongMusic"),
            shown: .metric("beat alignment"), test: "MusicInfuserTests.theClaimPointsTheRightWay"),
        Part(
            "A time warp of the prior's dances", .here, in: "MusicInfuser.TimeWarp.warped", by: .arm("warp"),
            shown: .metric("beat alignment"), test: "MusicInfuserDataTests.aWarpPutsBeatsOnBeats"),
        Part(
            "The best of sixteen of the prior's dances", .here, in: "MusicInfuser.State.dances",
            by: .arm("bestOf16"),
            shown: .metric("beat alignment"), test: "MusicInfuserStateTests.everyPieceHasSixteenOfItsOwn"),
        Part(
            "Music in the wild", .paper, in: "MusicInfuser.State.dance", by: .tool("dance"),
            shown: .artifact("dance"),
            test: "MusicInfuserDataTests.ownMusicIsDancedToTheEnd"),
        Part(
            "Longer videos", .paper, in: "MusicInfuser.OwnMusic.joined", by: .tool("dance"),
            shown: .artifact("dance"),
            test: "MusicInfuserDataTests.ownMusicIsDancedToTheEnd"),
        Part(
            "Dance, video and prompt scores by VideoLLaMA 2 and Qwen3-Omni", .paper,
            absent: "they judge videos of people; the stick dancer is measured itself"),
        Part(
            "MM-Diffusion, the other baseline", .paper,
            absent:
                "it makes music and video together, trained from nothing on AIST alone; of that the arm 'scratch' keeps the training from nothing"
        ),
    ]

    /// What the paper compares, and which way it goes there. Of its ablations there is one score over all, for which what
    /// is measured here stands in.
    static let signs: [Sign] = [
        Sign(
            "beat alignment, MusicInfuser over the prior", "v3, BeatAlign", alignment, of: Arm.musicinfuser,
            over: Arm.prior, paper: .higher),
        Sign(
            "video quality, MusicInfuser over the prior; here the Fréchet distance", "v3, VideoLLaMA 2",
            distance, of: Arm.musicinfuser, over: Arm.prior, paper: .lower),
        Sign(
            "score over all, zero-initialised over random W_O; here two-sided alignment", "v3 Table 1",
            twoSided, of: Arm.musicinfuser, over: Arm.randomStart, paper: .higher),
        Sign(
            "score over all, zero-initialised over random W_O; here the Fréchet distance", "v3 Table 1",
            distance, of: Arm.musicinfuser, over: Arm.randomStart, paper: .lower),
        Sign(
            "dance to the beat, beta-uniform over uniform: two judges disagree", "v3", alignment,
            of: Arm.musicinfuser, over: Arm.uniform, paper: .level),
        Sign(
            "score over all, beta-uniform over uniform; here the Fréchet distance", "v3 Table 1", distance,
            of: Arm.musicinfuser, over: Arm.uniform, paper: .lower),
        Sign(
            "score over all, MusicInfuser over feature addition; here two-sided alignment", "v3 Table 1",
            twoSided, of: Arm.musicinfuser, over: Arm.addition, paper: .higher),
        Sign(
            "score over all, MusicInfuser over feature addition; here the Fréchet distance", "v3 Table 1",
            distance, of: Arm.musicinfuser, over: Arm.addition, paper: .lower),
        Sign(
            "score over all, adaptable layers over all layers; here two-sided alignment", "v3 Table 1",
            twoSided, of: Arm.musicinfuser, over: Arm.allLayers, paper: .higher),
        Sign(
            "score over all, adaptable layers over all layers; here the Fréchet distance", "v3 Table 1",
            distance, of: Arm.musicinfuser, over: Arm.allLayers, paper: .lower),
        Sign(
            "score over all, adaptable layers over others; here two-sided alignment", "v3 Table 1", twoSided,
            of: Arm.musicinfuser, over: Arm.otherLayers, paper: .higher),
        Sign(
            "score over all, adaptable layers over others; here the Fréchet distance", "v3 Table 1", distance,
            of: Arm.musicinfuser, over: Arm.otherLayers, paper: .lower),
    ]
}
