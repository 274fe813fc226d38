import MethodKit

extension PhiDecoding {
    /// Every named part of the paper, and where it is here.
    static let parts: [Part] = [
        Part(
            "Foresight sampling: each candidate step is written on to the end", .paper,
            in: "PhiDecoding.search",
            by: .arm("phi"), shown: .artifact("search"), test: "PhiSearchTests.aSearchHangsTogether"),
        Part(
            "F, the average log-probability of the foresight alone", .code,
            in: "PhiDecoding.Selection.average",
            by: .arm("phi"), shown: .artifact("search"), test: "PhiSearchTests.aSearchHangsTogether"),
        Part(
            "Log-probabilities of the model that is not tempered", .code, in: "PhiDecoding.StepWriter",
            by: .arm("phi"), shown: .artifact("search"),
            test: "PhiSearchTests.whatIsWrittenHasTheModelsOwnLogProbability"),
        Part(
            "Advantage over the parent beam's value, from 0 at the first step", .code,
            in: "PhiDecoding.Selection.advantages", by: .arm("phi"), shown: .artifact("search"),
            test: "PhiSelectionTests.advantagesAreAgainstTheParentsValue"),
        Part(
            "The first step drawn by advantages alone", .code, in: "PhiDecoding.Selection.choose",
            by: .arm("phi"), shown: .metric("clustered"),
            test: "PhiSelectionTests.theFirstStepIsDrawnByAdvantagesAlone"),
        Part(
            "Only foresights of positive advantage are clustered", .code, in: "PhiDecoding.Selection.choose",
            by: .arm("unmasked"), shown: .metric("clustered"),
            test: "PhiSelectionTests.theMaskLeavesOutWhatBecameLessLikely"),
        Part(
            "TF-IDF of the foresights, scikit-learn's defaults", .code, in: "PhiDecoding.TFIDF.vectors",
            by: .arm("phi"), shown: .artifact("search"), test: "PhiSelectionTests.wordsHaveTwoCharacters"),
        Part(
            "K-means with K = 3", .code, in: "PhiDecoding.KMeans.clusters", by: .input("clusters"),
            shown: .artifact("search"), test: "GoldenTests.agrees"),
        Part(
            "Alignment C, the share of the foresight's cluster", .paper, in: "PhiDecoding.Selection.shares",
            by: .arm("phi"), shown: .artifact("search"),
            test: "PhiSelectionTests.clustersOutweighAdvantages"),
        Part(
            "Joint weights as released: tau 0.1, no temperature on clusters", .code,
            in: "PhiDecoding.Selection.weights", by: .arm("phi"), shown: .artifact("search"),
            test: "GoldenTests.agrees"),
        Part(
            "R and exp(R / tau) as printed, every tau 0.6", .paper,
            in: "PhiDecoding.Selection.values, PhiDecoding.Selection.weights", by: .arm("phiPaper"),
            shown: .metric("validity"), test: "GoldenTests.agrees"),
        Part(
            "M steps drawn without replacement", .code, in: "PhiDecoding.Selection.draws", by: .arm("phi"),
            shown: .artifact("search"), test: "PhiSelectionTests.drawsAreWithoutReplacement"),
        Part(
            "Fallback to advantages where nothing can be clustered", .code,
            in: "PhiDecoding.Selection.labels",
            by: .arm("phi"), shown: .metric("clustered"),
            test: "PhiSelectionTests.fewerTextsThanClustersCannotBeClustered"),
        Part(
            "In-width pruning, s > mean - sigma over all beams together", .code,
            in: "PhiDecoding.Selection.width", by: .input("sigma"), shown: .metric("kept share"),
            test: "GoldenTests.agrees"),
        Part(
            "Pruned candidates fill up the beams", .code, in: "PhiDecoding.Selection.kept", by: .arm("phi"),
            shown: .metric("kept share"), test: "PhiSelectionTests.prunedCandidatesFillUpTheBeams"),
        Part(
            "In-depth pruning at a share of delta, from Tmin on", .paper, in: "PhiDecoding.Selection.stops",
            by: .input("delta"), shown: .artifact("steps"), test: "PhiSelectionTests.aLargeClusterStopsIt"),
        Part(
            "The refactored script's test, which throws the last step away", .code, in: "PhiDecoding.search",
            by: .input("stopping"), shown: .metric("depth"),
            test: "PhiSearchTests.theRefactorBreaksOffBeforeTheStep"),
        Part(
            "Equal steps stop it", .code, in: "PhiDecoding.Selection.stops", by: .input("least"),
            shown: .metric("depth"), test: "PhiSelectionTests.equalStepsStopItAndNoPruningNeverDoes"),
        Part(
            "Tmin and Tmax", .paper, in: "PhiDecoding.search", by: .input("most"), shown: .metric("depth"),
            test: "PhiSearchTests.noMoreStepsThanTmax"),
        Part(
            "Completion of all beams, then one of the larger of two clusters", .code,
            in: "PhiDecoding.Selection.finish", by: .input("final"), shown: .artifact("search"),
            test: "PhiSelectionTests.theAnswerIsOfTheLargerCluster"),
        Part(
            "The minus in the last draw where no answer became likelier", .code,
            in: "PhiDecoding.Selection.finish", by: .input("final"), shown: .metric("validity"),
            test: "PhiSelectionTests.theAnswerIsOfTheLargerCluster"),
        Part(
            "The likeliest beam as the answer", .here, in: "PhiDecoding.likeliest", by: .arm("phiLikeliest"),
            shown: .metric("validity"), test: "PhiSearchTests.theLikeliestBeamIsTheAnswer"),
        Part(
            "The likeliest of all foresights", .here, in: "PhiDecoding.Tally.add", by: .arm("phi"),
            shown: .metric("likeliest validity"), test: "PhiSearchTests.aTallyCountsWhatCameOfQuestions"),
        Part(
            "Sampling, the autoregressive baseline", .paper, in: "PhiDecoding.bestOf", by: .arm("sampled"),
            shown: .metric("validity"), test: "PhiControlTests.bestOfTakesTheLikeliestOfItsAnswers"),
        Part(
            "Greedy decoding", .here, in: "PhiDecoding.bestOf", by: .arm("greedy"),
            shown: .metric("validity"),
            test: "PhiControlTests.aBeamSearchFindsLikelyAnswers"),
        Part(
            "One answer at a temperature of its own", .here, in: "PhiDecoding.idea",
            by: .input("sharpTemperature"), shown: .metric("validity"),
            test: "PhiControlTests.armsWithoutForesightSpendWhatPhiSpends"),
        Part(
            "Without foresight, the paper's ablation", .paper, in: "PhiDecoding.search",
            by: .arm("unforeseen"), shown: .metric("validity"),
            test: "PhiSearchTests.withoutForesightAStepIsItsOwnValue"),
        Part(
            "Without clusters, the paper's ablation", .paper, in: "PhiDecoding.idea", by: .arm("unclustered"),
            shown: .metric("validity"), test: "PhiControlTests.eachAblationChangesOneThing"),
        Part(
            "Without dynamic pruning, the paper's ablation", .paper, in: "PhiDecoding.idea",
            by: .arm("unpruned"), shown: .metric("tokens"),
            test: "PhiControlTests.eachAblationChangesOneThing"),
        Part(
            "Without the mask of positive advantages", .here, in: "PhiDecoding.Selection.finish",
            by: .arm("unmasked"), shown: .metric("clustered"),
            test: "PhiSelectionTests.theMaskAlsoHoldsInTheEnd"),
        Part(
            "FLOPs, 6 n P", .paper, in: "PhiDecoding.Tally.report", by: .always, shown: .metric("flops"),
            test: "PhiDecodingTests.whatIsSpentIsCounted"),
        Part(
            "Step value accuracy", .paper, in: "PhiDecoding.Decision.valueAccuracy", by: .arm("phi"),
            shown: .metric("step value accuracy"),
            test: "PhiSelectionTests.stepValuesAreMeasuredAgainstWhatIsValid"),
        Part(
            "The language model and its benchmarks", .paper, in: "PhiDecoding.Training.learn", by: .always,
            shown: .metric("loss"), test: "PhiDecodingTests.theLikeliestBeamFindsWhatOneAnswerDoesNot",
            standsFor:
                "LLaMA-3.1-8B and others on six reasoning benchmarks; a real model answers by the tool 'answer', and its recorded candidates enter by 'replay'"
        ),
        Part(
            "Steps and foresights of a real language model", .paper,
            in: "PhiDecoding.TextWriter, PhiDecoding.AnswerTool",
            by: .tool("answer"), shown: .artifact("decodings"),
            test: "PhiTextTests.aSearchInWordsHangsTogether"),
        Part(
            "Cells as words that say where they stand", .here, in: "PhiDecoding.LatinSquares.words",
            by: .always, shown: .metric("clustered"), test: "PhiSearchTests.aForesightSaysWhereItsDigitsStand"
        ),
        Part(
            "Squares that no training sees", .here, in: "PhiDecoding.LatinSquares.split", by: .always,
            shown: .metric("validity"), test: "PhiDecodingTests.noSquareOfTheTestWasLearnt"),
        Part(
            "A user's own squares", .here, in: "PhiDecoding.solve", by: .tool("solve"),
            shown: .artifact("answer"), test: "PhiFileTests.ownSquaresAreCompleted"),
        Part(
            "Recorded candidates under the rule", .here, in: "PhiDecoding.replay", by: .tool("replay"),
            shown: .artifact("candidates"), test: "PhiFileTests.recordedStepsGoThroughTheSameRule"),
        Part(
            "Best-of-N at equal tokens", .here, in: "PhiDecoding.bestOf", by: .arm("bestOfN"),
            shown: .metric("validity"), test: "PhiControlTests.bestOfTakesTheLikeliestOfItsAnswers"),
        Part(
            "Beam search over steps at equal tokens", .here, in: "PhiDecoding.stepBeam",
            by: .arm("stepBeam"), shown: .metric("validity"),
            test: "PhiControlTests.aStepBeamKeepsTheBestDifferentSteps"),
        Part(
            "Beam search over tokens at equal tokens", .here, in: "PhiDecoding.tokenBeam",
            by: .arm("tokenBeam"), shown: .metric("validity"),
            test: "PhiControlTests.aBeamSearchFindsLikelyAnswers"),
        Part(
            "Clusters by sentence embeddings (SBERT)", .paper,
            absent: "it needs a pretrained text encoder; the paper finds no difference to TF-IDF (59.16)"),
        Part(
            "Tree of thoughts, MCTS, guided and predictive decoding", .paper,
            absent: "the controls spend the same tokens by simpler rules, and are not matched"),
        Part(
            "Sampling at each step from an endpoint", .paper,
            absent: "language models behind endpoints do not give log-probabilities here yet"),
    ]

    /// What the paper compares, and which way it goes there.
    static let signs: [Sign] = [
        Sign(
            "accuracy, phi-decoding over sampling", "Table 1", validity, of: Arm.phi, over: Arm.sampled,
            paper: .higher),
        Sign(
            "accuracy, phi-decoding over no foresight", "Table 3", validity, of: Arm.phi,
            over: Arm.unforeseen, paper: .higher),
        Sign(
            "accuracy, phi-decoding over no clusters", "Table 3", validity, of: Arm.phi,
            over: Arm.unclustered, paper: .higher),
        Sign(
            "accuracy, phi-decoding over no pruning", "Table 3", validity, of: Arm.phi, over: Arm.unpruned,
            paper: .higher),
        Sign(
            "FLOPs, phi-decoding over no pruning", "Table 3", flops, of: Arm.phi, over: Arm.unpruned,
            paper: .lower),
    ]

    /// What each arm was given before anything was recorded. Widths follow from the tokens.
    static let tuning: [Tuning] = Arm.allCases.map { arm in
        switch arm {
        case .greedy, .tokenBeam: Tuning(arm, 1, over: "nothing: it has no temperature")
        case .sharpened, .bestOfN, .stepBeam: Tuning(arm, 6, over: "temperature")
        case .phi: Tuning(arm, 6, over: "temperature, of steps and foresights alike")
        case .sampled, .phiLikeliest, .phiPaper, .unforeseen, .unclustered, .unpruned, .unmasked:
            Tuning(arm, 1, over: "none: phi's temperature")
        }
    }
}
