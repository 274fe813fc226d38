import MethodKit

extension DeepMesh {
    /// Every named part of the paper and of this experiment, the tokeniser first.
    static let parts = tokeniserParts + modelParts + preferenceParts + measureParts

    private static let tokeniserParts = [
        Part(
            "box, scale and order of axes", .code, in: "DeepMesh.QuantisedMesh.placed", by: .tool("tokenise"),
            shown: .artifact("round trip"), test: "DeepMeshLearningTests.aMeshComesBackWhereItWas"),
        Part(
            "512 steps an axis", .code, in: "DeepMesh.QuantisedMesh.quantise", by: .tool("tokenise"),
            shown: .artifact("round trip"), test: "GoldenTests.agrees"),
        Part(
            "vertices merged, sorted by block; faces rotated and sorted", .code,
            in: "DeepMesh.QuantisedMesh.sortVertices, DeepMesh.QuantisedMesh.sortFaces",
            by: .tool("tokenise"), shown: .metric("faces"), test: "GoldenTests.agrees"),
        Part(
            "patch traversal", .code, in: "DeepMesh.PatchTraversal.next", by: .tool("tokenise"),
            shown: .artifact("ribbon"), test: "PatchTraversalTests.patchesAreThoseOfThePlainTraversal"),
        Part(
            "three levels of a vertex", .code, in: "DeepMesh.Vocabulary.cell", by: .tool("tokenise"),
            shown: .artifact("ribbon"), test: "GoldenTests.agrees"),
        Part(
            "ids of their own for the centre of a new patch", .code, in: "DeepMesh.Tokeniser.tokens",
            by: .tool("tokenise"), shown: .artifact("ribbon"), test: "GoldenTests.agrees"),
        Part(
            "unchanged coarse and block ids left out", .code, in: "DeepMesh.Tokeniser.tokens",
            by: .tool("tokenise"), shown: .metric("token ratio"),
            test: "DeepMeshTests.fixedMergingSavesTokensAndLosesNothing"),
        Part(
            "the released code's repeated ids after a centre", .code, in: "DeepMesh.Tokeniser.Merging",
            by: .input("merging"), shown: .artifact("tokenisers"),
            test: "DeepMeshTests.fixedMergingSavesTokensAndLosesNothing"),
        Part(
            "tokens back to triangles", .code, in: "DeepMesh.Detokeniser.take", by: .tool("tokenise"),
            shown: .metric("faces reproduced"), test: "DeepMeshLearningTests.anyTokensCanBeDecoded"),
        Part(
            "BPT's two levels beside it", .code, in: "DeepMesh.RoundTrip.twoLevelRatio", by: .always,
            shown: .metric("shipped ratio of two levels"),
            test: "DeepMeshTests.theTokenisersClaimFailsByTheLantern"),
        Part(
            "AMT's and EdgeRunner's tokenisers", .note,
            absent: "they are other papers' methods, whose ratios are quoted in the headline"),
    ]

    private static let modelParts = [
        Part(
            "Hourglass: groups of k, shifted, concatenated", .code, in: "DeepMesh.Hourglass.grouped",
            by: .input("shortening"), shown: .artifact("hourglass"),
            test: "DeepMeshTests.noTokenReadsALaterOne"),
        Part(
            "two Hourglasses, one inside the other", .code, in: "DeepMesh.Hourglass.callAsFunction",
            by: .input("hourglasses"), shown: .artifact("hourglass"),
            test: "DeepMeshArmTests.theInnerHourglassIsRead"),
        Part(
            "blocks: RMSNorm, rotary positions, SwiGLU, cross-attention in each", .code,
            in: "DeepMesh.Hourglass.block", by: .always, shown: .metric("pretraining loss"),
            test: "DeepMeshTests.aStreamSaysWhatTheWholeSequenceSays",
            standsFor:
                "21 blocks of width 1280, 551 M weights; here three of width 96, and 'DeepMesh.Model' is the place for larger ones"
        ),
        Part(
            "257 tokens of a cloud from Michelangelo's encoder", .code, in: "DeepMesh.CloudEncoder",
            by: .input("points"), shown: .metric("Chamfer"),
            test: "DeepMeshArmTests.aCloudHasAsManyPointsAsTheInputSays",
            standsFor:
                "a pretrained encoder of 16,384 points with normals; here 8 learnt queries over 128 points, trained along; 'DeepMesh.CloudEncoder' is the place for a real one"
        ),
        Part(
            "Gumbel-max sampling at a temperature", .code, in: "DeepMesh.Sampler.sample",
            by: .input("temperature"), shown: .metric("open edges"),
            test: "DeepMeshTests.temperatureSharpensDraws"),
        Part(
            "sliding window of the sampler", .code, in: "DeepMesh.Model.next", by: .input("window"),
            shown: .metric("sample tokens"), test: "DeepMeshTests.aFullWindowBeginsAnewWithItsLastHalf"),
        Part(
            "truncated training", .note, in: "DeepMesh.TokenWindow.all", by: .input("window"),
            shown: .metric("pretraining loss"), test: "DeepMeshTests.windowsScoreEachTokenOnce"),
        Part(
            "batches of similar length", .note, in: "DeepMesh.State.pretrain", by: .input("batch"),
            shown: .metric("pretraining loss"), test: "DeepMeshArmTests.aBatchIsOfNeighboursInLength"),
        Part(
            "curation of messy topology", .note, in: "DeepMesh.MeshSet", by: .input("curates"),
            shown: .metric("open edges"), test: "DeepMeshTests.curationDropsThem"),
        Part(
            "flawed data: a hole in the mesh, none in its cloud", .here, in: "DeepMesh.LowPoly.damaged",
            by: .input("damaged"), shown: .metric("open edges"),
            test: "DeepMeshTests.halfOfTheMeshesHaveAHoleAndTheirCloudsHaveNone"),
        Part(
            "500,000 artists' meshes", .note, in: "DeepMesh.LowPoly", by: .input("meshes"),
            shown: .metric("sampling floor"),
            test: "DeepMeshLearningTests.lowPolyMeshesHaveTwelveToFortyFaces",
            standsFor:
                "a large collection of scanned and drawn meshes; here procedural ones, half of them with a hole"
        ),
    ]

    private static let preferenceParts = [
        Part(
            "several meshes sampled for a cloud", .note, in: "DeepMesh.State.samplePairs",
            by: .input("perCloud"), shown: .metric("pairs"),
            test: "DeepMeshArmTests.pairsAreOfSamplesForTheirOwnCloud"),
        Part(
            "the best of them against the worst, apart by a gap", .here, in: "DeepMesh.PreferenceRule.judge",
            by: .input("gap"), shown: .metric("pairs"), test: "DeepMeshArmTests.neighboursAreTheTwoBest"),
        Part(
            "pairs of two bad meshes dropped", .note, in: "DeepMesh.PreferenceRule.judge",
            by: .input("decent"), shown: .metric("pairs"), test: "DeepMeshArmTests.twoBadMeshesAreNoPair"),
        Part(
            "volunteers choose between what the geometry cannot tell", .note, in: "DeepMesh.ChoiceFile",
            by: .input("choices"), shown: .metric("pairs"),
            test: "DeepMeshTests.theUsersChoiceDecidesWhereTheScoreDoesNot",
            standsFor: "paid volunteers over 5,000 pairs; here the user's own eyes, by the input 'choices'"),
        Part(
            "DPO's loss", .note, in: "DeepMesh.DPO.outcome", by: .arm("dpo"), shown: .metric("DPO loss"),
            test: "GoldenTests.agrees"),
        Part(
            "frozen reference", .note, in: "DeepMesh.State.samplePairs", by: .arm("dpo"),
            shown: .metric("reward margin"),
            test: "DeepMeshLearningTests.aRunStartsAtTheReferenceAndPushesPairsApart"),
        Part(
            "log-probabilities summed over truncated windows", .note, in: "DeepMesh.WindowBatch.sums",
            by: .arm("dpo"), shown: .metric("reward of preferred"),
            test: "DeepMeshLearningTests.slopesOfMeshesAreThoseOfTheirSums"),
        Part(
            "the model without DPO", .note, in: "DeepMesh.State.pretrain", by: .arm("pretrained"),
            shown: .metric("open edges"), test: "DeepMeshArmTests.whatIsOnlySampledIsThePretrainedModel"),
        Part(
            "control: fine-tuning on the better meshes", .here, in: "DeepMesh.idea", by: .arm("preferred"),
            shown: .metric("open edges"), test: "DeepMeshArmTests.fineTuningLeavesTheOtherMeshUnread"),
        Part(
            "DPO held to the better meshes", .here, in: "DeepMesh.idea", by: .arm("anchored"),
            shown: .metric("open edges"), test: "DeepMeshTests.signsOfTheSlopes"),
        Part(
            "control: half the temperature", .here, in: "DeepMesh.Arm.decoding", by: .arm("cooler"),
            shown: .metric("open edges"), test: "DeepMeshArmTests.coolerIsHalfTheTemperatureAndGreedyHasNone"),
        Part(
            "control: the likeliest token", .here, in: "DeepMesh.Arm.decoding", by: .arm("greedy"),
            shown: .metric("open edges"), test: "DeepMeshArmTests.coolerIsHalfTheTemperatureAndGreedyHasNone"),
        Part(
            "control: the best of four by open edges", .here, in: "DeepMesh.Decoding.choice",
            by: .arm("bestOfFour"), shown: .metric("meshes drawn"),
            test: "DeepMeshArmTests.theBestOfSomeIsTheFirstWithFewestOpenEdges"),
        Part(
            "early stopping", .here, in: "DeepMesh.State.validate", by: .input("stopsEarly"),
            shown: .metric("best update"),
            test: "DeepMeshLearningTests.stoppingEarlyIsMeasuredBesideTheLastStep"),
    ]

    private static let measureParts = [
        Part(
            "Chamfer", .note, in: "PointDistances", by: .always, shown: .metric("Chamfer"),
            test: "GoldenTests.agrees"),
        Part(
            "Hausdorff", .note, in: "PointDistances", by: .always, shown: .metric("Hausdorff"),
            test: "GoldenTests.agrees"),
        Part(
            "share of a flat sequence's tokens", .note, in: "DeepMesh.RoundTrip.ratio", by: .always,
            shown: .metric("shipped ratio"), test: "DeepMeshTests.theTokenisersClaimFailsByTheLantern"),
        Part(
            "excess over the floor of two draws of points", .here, in: "DeepMesh.Measured.excess",
            by: .always,
            shown: .metric("excess Chamfer"), test: "DeepMeshLearningTests.chamferIsItsExcessAndTheFloor"),
        Part(
            "share of edges with one face; closed meshes", .here, in: "DeepMesh.MeshQuality.openShare",
            by: .always, shown: .metric("watertight"),
            test: "DeepMeshLearningTests.aThirdFaceAtAnEdgeIsNotWatertight"),
        Part(
            "a mesh for your own cloud", .here, in: "DeepMesh.MeshSet.cloud", by: .input("cloud"),
            shown: .artifact("streamed"), test: "DeepMeshLearningTests.anyCloudHasItsMesh"),
        Part(
            "users' preferences between methods", .note,
            absent: "nobody is asked here, and the other methods' models are not run"),
        Part(
            "MeshAnything v2 and BPT as generators", .note,
            absent: "their weights need a GPU; their numbers are quoted in the headline"),
        Part(
            "time of tokenising", .note,
            absent: "the speed of the tokeniser is measured by the benchmarks, not by trials"),
    ]

    /// What the paper compares and this experiment measures.
    static let signs = [
        Sign(
            "Chamfer, with DPO over without", "point clouds, 0.0884 over 0.1001", chamfer, of: Arm.dpo,
            over: Arm.pretrained, paper: .lower),
        Sign(
            "Hausdorff, with DPO over without", "point clouds, 0.1708 over 0.1861", hausdorff, of: Arm.dpo,
            over: Arm.pretrained, paper: .lower),
    ]
}
