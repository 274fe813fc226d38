import MethodKit

extension Curie {
    /// Every named part of the paper and of its released evaluation, and where it is here.
    static let parts: [Part] = [
        Part(
            "LLMSim, precision, recall and F1", .code, in: "Curie.LLMSim.score", by: .arm("matcher"),
            shown: .metric("within"), test: "GoldenTests.agrees"),
        Part(
            "One judge call a true record, with the whole list", .code, in: "Curie.Judge.verdicts",
            by: .arm("rules"), shown: .metric("calls"),
            test: "CurieJudgeTests.aPromptHoldsTheRecordAndNumbersTheList"),
        Part(
            "A judge may answer that there is none", .code, in: "Curie.LLMSim.verdict", by: .arm("rules"),
            shown: .artifact("matches"), test: "CurieJudgeTests.noneIsAnAnswer"),
        Part(
            "The judge, a language model", .paper, in: "Curie.ModelJudge", by: .input("model"),
            shown: .metric("LLMSim F1"), test: "CurieFileTests.aModelJudgesInsteadOfTheRules",
            standsFor: "Gemini with a prompt; a real one is plugged in by the tool's input 'model'"),
        Part(
            "Judge rules: names, units and values equal, synonyms allowed, passages lenient", .code,
            in: "Curie.RuleJudge.compared", by: .arm("rules"), shown: .metric("judge accuracy"),
            test: "CurieJudgeTests.rulesKnowUnitsAndSynonyms"),
        Part(
            "A match to the first prediction is not counted", .code, in: "Curie.LLMSim.counted",
            by: .input("skipsFirst"), shown: .metric("index 0 bias"),
            test: "CurieTests.skippingTheFirstPredictionIsABias"),
        Part(
            "Several true records may match one prediction", .code, in: "Curie.LLMSim.score",
            by: .input("oneToOne"), shown: .metric("LLMSim precision"), test: "GoldenTests.agrees"),
        Part(
            "0 or 1 for each field (compare)", .code, in: "Curie.LLMSim.verdict", by: .tool("score"),
            shown: .artifact("matches"), test: "CurieJudgeTests.answersAreReadAsTheBenchmarkDoes"),
        Part(
            "Records out of a response: fences, line ends, a list that breaks off", .code,
            in: "Curie.JSONRule.records", by: .tool("score"), shown: .metric("unread"),
            test: "CurieJudgeTests.recordsAreTakenOutOfResponses"),
        Part(
            "Bookkeeping fields are taken out of the truth", .code, in: "Curie.Schema", by: .tool("score"),
            shown: .metric("LLMSim F1"), test: "CurieFileTests.kindsOfFieldsAreGuessedOrNamed"),
        Part(
            "ROUGE-1, ROUGE-2 and ROUGE-Lsum, F x 100", .code, in: "Curie.BenchmarkROUGE.scores",
            by: .arm("rouge"), shown: .metric("ROUGE-Lsum"), test: "GoldenTests.agrees"),
        Part(
            "BERTScore", .code, in: "Curie.GreedyMatching.score", by: .arm("greedy"),
            shown: .metric("within"),
            test: "CurieTests.greedyMatchingFindsTheNearestWord",
            standsFor: "a pretrained encoder's vectors of words; there is no place for one yet"),
        Part(
            "IoU of boxes in degrees (BIOGR)", .code, in: "Curie.Georeference.score", by: .tool("score"),
            shown: .metric("IoU"), test: "GoldenTests.agrees"),
        Part(
            "Distance of centres over half the true diagonal", .code, in: "Curie.Georeference.score",
            by: .tool("score"), shown: .artifact("scores"), test: "GoldenTests.agrees"),
        Part(
            "Ratio of half diagonals", .code, in: "Curie.Georeference.score", by: .tool("score"),
            shown: .artifact("scores"), test: "GoldenTests.agrees"),
        Part(
            "A box from the first brace to the last", .code, in: "Curie.Georeference.box", by: .tool("score"),
            shown: .artifact("boxes"), test: "GoldenTests.agrees"),
        Part(
            "Identity ratio by Biopython's aligner (PDB)", .code, in: "Curie.SequenceRule.score",
            by: .tool("score"), shown: .metric("identity ratio"), test: "GoldenTests.agrees"),
        Part(
            "Normalised Levenshtein distance", .code, in: "Curie.SequenceRule.score", by: .tool("score"),
            shown: .artifact("scores"), test: "GoldenTests.agrees"),
        Part(
            "A sequence is the line after the first that begins with '>'", .code,
            in: "Curie.SequenceRule.sequence", by: .tool("score"), shown: .artifact("alignments"),
            test: "GoldenTests.agrees"),
        Part(
            "A python block of a response, run on the input (PDB)", .code,
            absent: "it would run a stranger's code; the response's own sequence is read instead"),
        Part(
            "LMScore", .paper, in: "Curie.LMScore.score", by: .tool("score"), shown: .metric("LMScore"),
            test: "GoldenTests.agrees"),
        Part(
            "Property values and structures (MPV, DFT-S, DFT-P)", .paper, in: "Curie.Paper", by: .always,
            shown: .artifact("paper"), test: "CurieTests.papersHoldTheirFacts",
            standsFor: "429 papers; predictions of real ones enter by the tool's file"),
        Part(
            "Three versions of the property task's prompt (MPV)", .paper,
            absent: "prompts belong to the models that are scored, whose predictions come in by the file"),
        Part(
            "Extractors, which are language models", .paper,
            in: "Curie.Extractor.extract, Curie.PatternReader.read", by: .always,
            shown: .artifact("extractors"), test: "CurieTests.moreCareReadsMore",
            standsFor: "eight language models; their responses enter by the tool's file"),
        Part(
            "Free text (DFT-C, HFD, HFE, QECC, GEO)", .paper, in: "Curie.LineScorer.score",
            by: .tool("score"),
            shown: .metric("ROUGE-1"), test: "CurieFileTests.theSampleIsScoredAsByHand",
            standsFor: "five tasks' answers; here any text with a reference"),
        Part(
            "LLMSim as it is often told: the nearest prediction always matches", .note,
            absent: "every true record would match and recall be 1; a judge must be able to say none"),
        Part(
            "A judge that was trained and never saw half of the synonyms", .here,
            in: "Curie.TrainedMatcher.verdicts", by: .arm("matcher"), shown: .metric("hidden accuracy"),
            test: "CurieTests.whatIsHiddenIsNeverInTraining"),
        Part(
            "How good a judge must be", .here, in: "Curie.Sweep.crossing", by: .arm("noisy"),
            shown: .artifact("accuracy"), test: "CurieTests.aBetterJudgeFollowsTheTruthBetter"),
        Part(
            "Field-wise F1 with the best assignment", .here, in: "Curie.FieldMatching.f1",
            by: .arm("hungarian"),
            shown: .metric("within"), test: "CurieTests.fieldsAreAssigned"),
        Part(
            "Numbers in base units", .here, in: "Curie.FieldMatching.canonical", by: .arm("canonical"),
            shown: .metric("within"), test: "CurieTests.unitsBecomeTheirBase"),
        Part(
            "Bad lines of a file, listed by number", .here, in: "Curie.ScorePairs.lines",
            by: .input("lenient"),
            shown: .metric("bad lines"), test: "CurieFileTests.badLinesAreListedAndTheRestIsScored"),
    ]
}
