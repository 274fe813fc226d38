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
            "Rule judge with the names that training shows", .here, in: "Curie.Materials.synonyms",
            by: .arm("rulesSeen"), shown: .metric("within"), test: "CurieArmTests.eachArmIsItsMeasure"),
        Part(
            "Descriptors considered", .code,
            absent:
                "no error touches a descriptor, and the table leaves it to free text; a trained judge reads it"
        ),
        Part(
            "A judge of sentence vectors (MiniLM)", .note,
            absent: "there are no weights of it here; the arms 'trigrams' and 'matcher' stand in its place"),
        Part(
            "Judge of letters", .here, in: "Curie.TrigramJudge.verdicts", by: .arm("trigrams"),
            shown: .metric("within"), test: "CurieJudgeTests.lettersTakeTheNearestOrNone"),
        Part(
            "A match to the first prediction is not counted", .code, in: "Curie.LLMSim.counted",
            by: .input("skipsFirst"), shown: .metric("index 0 bias"),
            test: "CurieTests.skippingTheFirstPredictionIsABias"),
        Part(
            "Several true records may match one prediction", .code, in: "Curie.LLMSim.score",
            by: .input("oneToOne"), shown: .metric("LLMSim precision"), test: "GoldenTests.agrees"),
        Part(
            "What one match a prediction is worth", .here, in: "Curie.idea", by: .arm("matcherOne"),
            shown: .metric("within"), test: "CurieArmTests.oneArmLetsAPredictionMatchOnce"),
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
            "BERTScore's encoder", .code,
            absent:
                "there are no weights of a pretrained encoder here, and no place for a file of its vectors"),
        Part(
            "BERTScore's greedy matching", .code, in: "Curie.GreedyMatching.score", by: .arm("greedy"),
            shown: .metric("within"), test: "CurieTests.greedyMatchingFindsTheNearestWord",
            standsFor: "an encoder's vectors of words; here counts of three letters"),
        Part(
            "Exact match", .note, in: "Curie.FieldMatching.exact", by: .arm("exact"),
            shown: .metric("within"),
            test: "CurieArmTests.eachArmIsItsMeasure"),
        Part(
            "The number of records alone", .here, in: "Curie.FieldMatching.count", by: .arm("count"),
            shown: .metric("within"), test: "CurieArmTests.eachArmIsItsMeasure"),
        Part(
            "ROUGE-L of the whole text", .note, in: "Curie.idea", by: .arm("rougeL"),
            shown: .metric("within"),
            test: "CurieArmTests.eachArmIsItsMeasure"),
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
            "A true sequence wrapped over lines", .here, in: "Curie.SequenceRule.wrapped", by: .tool("score"),
            shown: .metric("identity ratio"), test: "CurieFileTests.aTrueSequenceMayBeWrapped"),
        Part(
            "A python block of a response, run on the input (PDB)", .code,
            absent: "it would run a stranger's code; the response's own sequence is read instead"),
        Part(
            "LMScore", .paper, in: "Curie.LMScore.score", by: .tool("score"), shown: .metric("LMScore"),
            test: "GoldenTests.agrees"),
        Part(
            "Property values (MPV)", .paper, in: "Curie.Paper", by: .always,
            shown: .artifact("paper"), test: "CurieTests.papersHoldTheirFacts",
            standsFor: "papers on materials; predictions of real ones enter by the tool's file"),
        Part(
            "Structures and parameters of calculations (DFT-S, DFT-P)", .paper, in: "Curie.LineScorer.score",
            by: .tool("score"), shown: .metric("LLMSim F1"),
            test: "CurieFileTests.kindsOfFieldsAreGuessedOrNamed",
            standsFor: "two tasks' records; here any records with a reference, of whatever fields"),
        Part(
            "Three versions of the property task's prompt (MPV)", .paper,
            absent: "prompts belong to the models that are scored, whose predictions come in by the file"),
        Part(
            "Extractors, which are language models", .paper,
            in: "Curie.Extractor.extract, Curie.PatternReader.read", by: .always,
            shown: .artifact("extractors"), test: "CurieTests.moreCareReadsMore",
            standsFor: "eight language models; their responses enter by the tool's file"),
        Part(
            "An extractor that was trained as a tagger", .note,
            absent:
                "the extractors are patterns of five degrees of care, and made-up ones whose errors are known"
        ),
        Part(
            "An extractor behind an endpoint", .note,
            absent: "its responses come in by the tool's file; the truth of made-up papers is not asked of it"
        ),
        Part(
            "Free text (DFT-C, HFD, HFE, QECC, GEO)", .paper, in: "Curie.LineScorer.score",
            by: .tool("score"),
            shown: .metric("ROUGE-1"), test: "CurieFileTests.theSampleIsScoredAsByHand",
            standsFor: "five tasks' answers; here any text with a reference"),
        Part(
            "LLMSim as it is often told: the nearest prediction always matches", .note,
            in: "Curie.TrigramJudge.verdicts", by: .arm("nearest"), shown: .metric("within"),
            test: "CurieArmTests.eachArmIsItsMeasure"),
        Part(
            "A judge that was trained and never saw half of the synonyms", .here,
            in: "Curie.TrainedMatcher.verdicts", by: .arm("matcher"), shown: .metric("hidden recall"),
            test: "CurieArmTests.aLessonNeverShowsHiddenNames"),
        Part(
            "The same without a table of units", .here, in: "Curie.TrainedMatcher.init",
            by: .arm("matcherRaw"),
            shown: .metric("within"), test: "CurieArmTests.trainedArmsReadWhatTheirNamesSay"),
        Part(
            "The same without passages and descriptors", .here, in: "Curie.TrainedMatcher.init",
            by: .arm("matcherCore"), shown: .metric("within"), test: "CurieArmTests.theCoreAloneIsRead"),
        Part(
            "Errors by mix: mixed, swaps, shifted, read", .here, in: "Curie.Extractor.extract", by: .always,
            shown: .artifact("extractors"), test: "CurieTests.extractorsAreAsGoodAsTheirQuality"),
        Part(
            "Unit errors", .note, in: "Curie.Extractor.misread", by: .always, shown: .metric("within"),
            test: "CurieTests.unitsAreTakenForOneAnother"),
        Part(
            "Spearman's ρ with the true F1, within extractors and over all", .here, in: "Curie.Sheet",
            by: .always, shown: .metric("spearman"), test: "CurieTests.rhoIsTakenWithinExtractorsAndOverAll"),
        Part(
            "Scores over the truth, with ρ", .here, in: "Curie.scatter", by: .always,
            shown: .artifact("scatter")),
        Part(
            "Matched records with ticks a field", .here, in: "Curie.matches", by: .arm("matcher"),
            shown: .artifact("matches")),
        Part(
            "How good a judge must be", .here, in: "Curie.Sweep.crossing", by: .arm("noisy"),
            shown: .artifact("accuracy"), test: "CurieTests.aBetterJudgeFollowsTheTruthBetter"),
        Part(
            "Field-wise F1 with the best assignment", .here, in: "Curie.FieldMatching.f1",
            by: .arm("hungarian"),
            shown: .metric("within"), test: "CurieTests.fieldsAreAssigned"),
        Part(
            "Field-wise F1 in base units, without free text", .here, in: "Curie.FieldMatching.f1",
            by: .arm("aligned"), shown: .metric("within"), test: "CurieArmTests.eachArmIsItsMeasure"),
        Part(
            "The same with the names that training shows made one", .here, in: "Curie.FieldMatching.named",
            by: .arm("alignedSeen"), shown: .metric("within"),
            test: "CurieTests.namesBecomeTheFirstOfTheirGroup"),
        Part(
            "Numbers in base units", .here, in: "Curie.FieldMatching.canonical", by: .arm("canonical"),
            shown: .metric("within"), test: "CurieTests.unitsBecomeTheirBase"),
        Part(
            "Bad lines of a file, listed by number", .here, in: "Curie.ScorePairs.lines",
            by: .input("lenient"),
            shown: .metric("bad lines"), test: "CurieFileTests.badLinesAreListedAndTheRestIsScored"),
    ]
}
