import MethodKit

extension Curie {
    static let version = 2

    static let card = Card(
        id: "curie", title: "CURIE: measures of scientific extraction, judged",
        paper: Citation(
            authors: "Hao Cui et al.",
            title:
                "CURIE: Evaluating LLMs On Multitask Scientific Long Context Understanding and Reasoning",
            year: 2025, arXiv: "2503.13517"),
        idea:
            "A model reads a paper and lists what it says as records. How good is the list? CURIE asks a judge, for each true record, which of the predicted ones is the same (LLMSim), beside ROUGE over all words; boxes on maps are compared by their overlap, sequences by alignment, free text by how likely a judge finds the words good, okay and bad (LMScore). Here the measures themselves are compared: papers and errors are made up, so the true F1 is known, and a measure is worth as much as it follows the truth from paper to paper.",
        equations: [
            Equation(
                "LLMSim",
                "precision = min(m / n_pred, 1), recall = min(m / n_gt, 1), m true records with a match",
                in: "Curie.LLMSim.score"),
            Equation(
                "LMScore", "Σ_k w_k p_k, w = (1, 0.5, 0), p the softmax over ln p of good, okay and bad",
                in: "Curie.LMScore.score"),
            Equation("ROUGE", "100 F of ROUGE-1, ROUGE-2 and ROUGE-Lsum", in: "Curie.BenchmarkROUGE.scores"),
            Equation(
                "IoU", "area of A and B over area of A or B; distance of centres over half the true diagonal",
                in: "Curie.Georeference.score"),
            Equation(
                "ID_r", "identities over the columns of a global alignment", in: "Curie.SequenceRule.score"),
        ],
        data:
            "Papers made here: three to twelve facts (40 materials, 8 properties, a value or a range) between 90 to 180 sentences without any, a third of them in a table. Five extractors of quality 0.35 to 0.92, which varies by 0.12 from paper to paper, have each paper; they leave out, make up and repeat records, and write what is right under another name (0.4), in another unit (0.3) and in other words. Errors come in three mixes, each with papers of its own: mixed (values and names replaced, numbers beside another unit), swaps (materials, values or properties exchanged between the records of a paper), shifted (slipped points, turned digits, wrong ends of ranges, numbers converted without their unit, materials that look alike). In the fourth way, read, five sets of patterns of increasing care read the sentences themselves, in which names and units are varied too. The true F1 of each list is known: what an extractor was given, or which sentence it read, says which of its records are right.",
        headline:
            "The best model has 32 % as the mean over ten tasks; Claude 3 and Gemini 2.0 Flash are consistent, GPT-4o and Command-R+ fail on protein sequences. No number says how well LLMSim follows people.",
        differences: [
            "The paper scores models; here the scores are scored. It gives no correlation of LLMSim with people or with truth, so the claim is this program's question, not the paper's.",
            "LMScore is not in the released code. The weights 1, 0.5 and 0 and the softmax over the three answers alone are a reading of \"weighted average of the log-likelihood scores of the tokens\".",
            "The released code counts a match only for an index above 0, so a match to the first prediction is lost; here it counts, and the input 'skipsFirst' restores the released code. It also lets several true records match one prediction; the input 'oneToOne' forbids that.",
            "Where a list is empty the released code gives NaN; here a share of nothing is 0, for a model that finds nothing must not be left out of a mean, and two empty lists agree.",
            "The truth that measures are held against has LLMSim's own form: a record is right or wrong as a whole, numbers count within one per cent, and free text counts for nothing, which are the rule judge's rules. ROUGE and BERTScore read all words, free text included, and are not held against what a reader would think of that.",
            "The paper's judge considers descriptors of samples. Here no error touches a descriptor and the truth leaves it out; the trained judges read it, beside the passage, as a hint, and the arm 'matcherCore' does not.",
            "A noisy judge names another prediction in half of its errors on matches, which without 'oneToOne' counts like the right one: only the other half changes a score, so the accuracies in the artifact 'accuracy' are those of a forgiving measure.",
            "Boxes are in plain degrees as in the benchmark, so one across the date line has an E above 180; one with W beyond E cannot be read. Of a predicted sequence the one line after the first head counts, as in the benchmark; a true one may be wrapped.",
            "Where a response holds words around its list, the benchmark asks a model to take the list out; here it is taken from the first bracket to the last.",
            "The paper's judge is a language model. Here judges are rules, letters and a trained matcher; a language model is plugged in by the tool's input 'model'.",
            "The benchmark compares with ROUGE's text as the model wrote it; here records are written one a line with keys in the alphabet's order, which served ROUGE-Lsum best but for swaps.",
            "BERTScore's greedy matching runs on counts of letters; a pretrained encoder is absent, and has no place yet.",
            "The paper's section numbers are not cited, for the text was known by its metrics' names.",
        ],
        remarks: remarks, parts: parts, signs: [], tuning: tuning)

    static let presets = [
        Preset<Inputs>("smoke", "a second, for tests") { ($0.papers, $0.training) = (10, 12) },
        Preset<Inputs>("quick", "a few seconds") { ($0.papers, $0.training) = (50, 150) },
        Preset<Inputs>("full", "the claim's: 150 papers, 400 to learn from"),
    ]

    static let coincidences = [
        Coincidence<Inputs>(Arm.rules, Arm.noisy, when: "error = 0: the noisy judge never errs") {
            $0.error = 0
        }
    ]

    static let claims = [
        Claim(
            "Within extractors, LLMSim with a trained judge that never saw half of the synonyms follows the true F1 better than ROUGE-Lsum, by at least 0.25, and better than the best of hungarian, canonical and count, by at least 0.05, on mixed errors, on swaps, on errors that no judge was trained on and on what patterns read.",
            conditions: [.better(within, of: Arm.matcher, than: Arm.rouge, by: 0.25)]
                + mixes.map { .better($0, of: Arm.matcher, than: simple, by: 0.05) },
            controls: .conditions(
                onAllMixes(.aligned) + onAllMixes(.alignedSeen) + onAllMixes(.rulesSeen)
                    + [Arm.matcherRaw, .greedy, .trigrams, .nearest].map { beyond($0, within) }),
            equalCompute:
                "lists of records: every arm scores the same 150 papers as five extractors have them. A judge is called once a true record; measures without one make no call, which is their advantage."
        ),
        Claim(
            "Over all papers and extractors, LLMSim with a judge that errs on one call in ten has a Spearman correlation with the true F1 of at least 0.85, at least 0.15 above ROUGE-Lsum's.",
            conditions: [
                .better(pooled, of: Arm.noisy, than: Arm.rouge, by: 0.15),
                .level(pooled, of: Arm.noisy, .above(0.85)),
            ],
            controls: .arms(Arm.aligned, .hungarian, .count),
            equalCompute: "lists of records, as above; the judge knows the truth but for its errors."),
    ]

    /// The measure of the claim on each mix of errors.
    private static let mixes = [within, withinSwaps, withinShifted, withinRead]
    /// The controls that the claim names, seed by seed the best of them.
    private static let simple = Arm.best(.hungarian, .canonical, .count)

    private static func onAllMixes(_ arm: Arm) -> [Control] { mixes.map { beyond(arm, $0) } }

    private static func beyond(_ arm: Arm, _ metric: Metric) -> Control {
        Control(arm, .better(metric, of: Arm.matcher, than: arm, by: 0))
    }

    /// Settings that were tried on seeds 1 to 3 before anything was recorded; the arms without a row have nothing to set.
    static let tuning: [Tuning] = [
        Tuning(Arm.rouge, 3, over: "records a line, all in one line, without free text"),
        Tuning(Arm.hungarian, 2, over: "with free text or without"),
        Tuning(Arm.canonical, 2, over: "with free text or without"),
        Tuning(Arm.aligned, 13, over: "free text, threshold and power of a pair's similarity"),
        Tuning(Arm.alignedSeen, 1, over: "none: as aligned"),
        Tuning(Arm.greedy, 1, over: "none: as first written"),
        Tuning(Arm.trigrams, 13, over: "least cosine, with free text or without"),
        Tuning(Arm.matcher, 1, over: "none: as first written"),
        Tuning(Arm.matcherRaw, 1, over: "none: as matcher"),
        Tuning(Arm.matcherCore, 1, over: "none: as matcher"),
        Tuning(Arm.matcherOne, 1, over: "none: as matcher"),
    ]
}

private let remarks: [String] = [
    "What the idea is worth depends on who knows what. 'aligned' is the strongest measure without a judge and without names, and the trained judge is ahead of it in the recording on all four mixes of errors. 'alignedSeen' has the judge's own knowledge, the names that training shows and the table of units: the judge is ahead of it on mixed errors, on swaps and on errors that no judge was trained on, and is not shown to be ahead on what patterns read. So much of what LLMSim gains over ROUGE is units and names, which need no judge.",
    "What a judge adds to a table is guessing. 'rulesSeen' holds the same names and takes every other for another thing: it finds all records under names that it has and nearly none under hidden ones ('seen recall', 'hidden recall'), and in the recording is behind 'aligned' on all mixes. The trained judge finds most of the hidden ones. Without a table of units ('matcherRaw') it is ahead of 'aligned' on swaps alone.",
    "Passages and descriptors, which here say a fact once more, are worth nothing to the judge ('matcherCore' is level with it on all mixes in the recording), and neither is one match a prediction ('matcherOne').",
    "A poor judge: letters alone ('trigrams') are level with ROUGE-Lsum on mixed and on shifted errors in the recording, ahead of it on swaps, which leave a paper's words as they are, and behind it on what patterns read. A judge that must name a match ('nearest', LLMSim as it is often told) tells nearly nothing of errors that are made, and on what patterns read less than ROUGE.",
    "How good a judge must be: 'accuracy at rouge' and 'accuracy at aligned' say at which accuracy a judge with chance errors is level with either, and the artifact 'accuracy' shows the way there. Half of its errors on matches name another prediction, which changes no score, so a judge that denies matches must be better.",
    "The specification's first claim is the second one here: over all papers and extractors a judge with one error in ten is above 0.85 and far above ROUGE-Lsum. It is not shown to be beyond 'aligned', and within extractors, where papers are told apart, it stays below 0.85 in the recording.",
    "The arm 'rules' holds the table of synonyms and units from which the errors were made: it reads the truth back, and shows only that LLMSim's arithmetic is right. 'noisy' is that oracle with chance errors.",
    "What the data give away: the trained judges learn from the same generator of papers and from extractors with the same mixed errors, on other papers; 'within shifted' takes the errors away, 'hidden recall' the names. The truth is written in the first name and unit of each list alone, so a judge need learn names in one direction only. Passages are written from the record, and a true record's own passage may spell the very name that is hidden; 'matcherCore' reads none. A third of the facts stand in a table, yet their records quote a sentence that stands nowhere. Records of a paper seldom share both material and property, so a match is mostly found by names alone, and the values decide. Every fact has the same seven fields, and no record is split over two sentences.",
    "In three of four ways the extractors do not read the sentences: they start from the facts and err at known rates. In the fourth they do, with errors as patterns make them, but the sentences are few and plain. A measure of real extractions may meet errors of other kinds.",
    "Index 0: leaving out matches to the first prediction takes about a tenth from F1 at lists of three to twelve ('index 0 bias') and says nothing of a measure; it is a metric and a test, not a claim.",
    "Tuned on seeds 1 to 3: the least cosine of 'trigrams' on these data; the forms of ROUGE's text and of 'aligned' on an earlier version of them, which had no unit errors.",
    "Nothing here is trained on tensors: the judge is a sparse logistic regression that learns from four hundred papers in a few seconds, so there is no training step to hold against another library.",
    "Pooled over extractors every measure that follows the truth at all looks better ('spearman'), for it need only tell good extractors from poor ones; within one extractor is what tells papers apart.",
    "Your own files (tool 'score'): a line is {id, prediction} in one file and {id, reference} in the other, or both in one line. A reference that is a list is scored as records, one with W, S, E and N as a box, one that begins with '>' as a sequence, all else as text; a field 'task' says it otherwise. Predictions that are missing or cannot be read score 0, in LMScore too where other lines have one; so does a reference whose prediction stands on a bad line, where 'lenient' lists these. Log-probabilities of a judge's three answers, {good, okay, bad} under 'logprobs', give LMScore. 'assigned F1' is the arm 'aligned' on your fields; the trained judge knows the fields of its own papers alone, so it is not offered.",
]
