import Base
import Measures
import MethodKit

/// CURIE's measures (Cui et al. 2025), judged themselves: which of them tells how good an extraction is?
///
/// Idea. Records that a model extracts from a paper are matched with the true ones by a judge (LLMSim), where ROUGE
/// compares words. Whether that is worth a judge depends on the judge, so here judges and measures without one are the
/// arms, and what they are held against is the true F1, which is known because the errors were made here.
///
/// Equations, with the functions that compute them; the paper's metrics are cited by their names:
/// - LLMSim precision = min(m / n_pred, 1), recall = min(m / n_gt, 1): `LLMSim.score`
/// - LMScore Σ_k w_k p_k, w = (1, 0.5, 0), p the softmax over three log-probabilities: `LMScore.score`
/// - ROUGE 100 F of ROUGE-1, -2 and -Lsum: `BenchmarkROUGE.scores`
/// - IoU of boxes, distance of centres over half the true diagonal: `Georeference.score`
/// - ID_r identities over the columns of a global alignment: `SequenceRule.score`
///
/// What differs from the paper is on the card, see `CurieCard.swift`.
enum Curie: Method {
    /// ROUGE-Lsum is what the paper reports for every task; up to `alignedSeen` no arm has a judge.
    enum Arm: String, MethodArm {
        case rouge, rougeL, exact, count, greedy, hungarian, canonical, aligned, alignedSeen
        case nearest, trigrams, noisy, rulesSeen, matcherRaw, matcherCore, matcherOne, matcher, rules

        var help: String {
            switch self {
            case .rouge: "ROUGE-Lsum of the records as text, as the benchmark reports it"
            case .rougeL: "ROUGE-L of the whole text"
            case .exact: "records whose names, numbers and units are equal letter for letter"
            case .count: "how near the numbers of records are; looks at nothing else"
            case .greedy: "BERTScore's greedy matching, words compared by their letters"
            case .hungarian: "records assigned by the F1 of their fields' words"
            case .canonical: "ROUGE-Lsum with sorted keys and numbers in base units"
            case .aligned: "as hungarian, with numbers in base units and without free text"
            case .alignedSeen: "as aligned, with the names that training papers show made one"
            case .nearest:
                "LLMSim as it is often told: the prediction whose letters are nearest always matches"
            case .trigrams: "LLMSim with a poor judge, which compares letters and may find none"
            case .noisy: "LLMSim with the rule judge, which errs on a share of its calls"
            case .rulesSeen: "LLMSim with the rule judge, whose table holds what training papers show"
            case .matcherRaw: "LLMSim with a judge that was trained, without a table of units"
            case .matcherCore: "as matcher, but it reads neither passages nor descriptors"
            case .matcherOne: "as matcher, and a prediction matches one true record at most"
            case .matcher: "LLMSim with a judge that was trained, and never saw half of the synonyms"
            case .rules: "LLMSim with a judge that holds the table of synonyms and units: nearly an oracle"
            }
        }

        /// Whether a judge says which records match.
        var hasJudge: Bool { isTrained || isOracle || [.nearest, .trigrams, .rulesSeen].contains(self) }
        /// Whether its judge learns first.
        var isTrained: Bool { [.matcherRaw, .matcherCore, .matcherOne, .matcher].contains(self) }
        /// Whether its judge knows the truth, so that errors can be put upon it.
        var isOracle: Bool { self == .rules || self == .noisy }
    }

    /// The defaults are the recorded claim's.
    struct Inputs: MethodInputs {
        @Input(
            "papers that are judged in each of the four mixes of errors, each as five extractors have it",
            in: 6...2_000)
        var papers = 150
        @Input("papers from which the trained judges learn", in: 1...5_000) var training = 400
        @Input("share of materials and properties that training papers write in one way only", in: 0...1)
        var hidden = 0.5
        @Input("share of its calls on which the noisy judge errs", in: 0...1) var error = 0.1
        @Input("least cosine that the judge of letters takes for a match", in: 0...1) var least = TrigramJudge
            .usualLeast
        @Input("leaves out matches to the first prediction, as the released code does") var skipsFirst = false
        @Input("lets a prediction match one true record at most, which the released code does not")
        var oneToOne = false
        @Input(
            "your own predictions: {id, prediction} a line, and reference where no file of references is given",
            kinds: ["jsonl", "ndjson"])
        var predictions = InputFile()
        @Input("what should have been predicted: {id, reference} a line", kinds: ["jsonl", "ndjson"])
        var references = InputFile()
        @Input("kinds of fields, as value=number,unit=unit,note=text; a field that is not named is guessed")
        var fields = InputText()
        @Input("names that mean the same, a row a group", kinds: ["csv", "tsv"]) var synonyms = InputFile()
        @Input("lists lines that cannot be used, and scores the others") var lenient = false
        @Input("who matches your records; the trained judge knows the fields of its own papers alone")
        var judge = FileJudge.rules
        @Input("a language model that matches them instead; built-in for none") var model = InputModel.builtIn

        init() {}

        /// Which matches count.
        var rules: LLMSim.Rules { LLMSim.Rules(skipsFirst: skipsFirst, isOneToOne: oneToOne) }
    }

    /// Who matches a user's records without a language model.
    enum FileJudge: String, InputChoice, CaseIterable, Codable, Sendable { case rules, trigrams }

    // How well a measure follows the truth: the claim's, by mix of errors.
    static let within = Metric(
        "within", "mean over extractors of Spearman's ρ with the true F1 over papers, mixed errors",
        better: .higher)
    static let withinSwaps = Metric(
        "within swaps", "the same where contents are exchanged between a paper's records", better: .higher)
    static let withinShifted = Metric(
        "within shifted", "the same on errors that no judge was trained on", better: .higher)
    static let withinRead = Metric(
        "within read", "the same where the extractors read the text by patterns", better: .higher)
    static let pooled = Metric(
        "spearman", "ρ with the true F1 over all papers and extractors, mixed errors", better: .higher)
    static let chance = Metric(
        "chance", "within, where each score is held against another paper's truth", better: .neither)
    static let meanScore = Metric("mean score", "mean of the scores, mixed errors", better: .neither)
    static let trueF1 = Metric("true F1", "mean of the true F1, mixed errors", better: .neither)
    // What a judge is worth, and what the released code makes of it.
    static let accuracy = Metric(
        "judge accuracy", "share of calls that are answered rightly, mixed errors", better: .higher)
    static let hiddenRecall = Metric(
        "hidden recall",
        "share found of the true records that are there by a name no training paper has, mixed errors",
        better: .higher)
    static let seenRecall = Metric(
        "seen recall", "the same of those that are there by another name which training papers have",
        better: .higher)
    static let firstBias = Metric(
        "index 0 bias",
        "what leaving out matches to the first prediction adds to F1, below 0 where it takes away, mixed errors",
        better: .neither)
    static let calls = Metric("calls", "judge calls a paper and extractor", better: .neither)
    static let pairLoss = Metric(
        "pair loss", "cross-entropy of pairs before they are learnt from", better: .lower)
    static let atRouge = Metric(
        "accuracy at rouge", "accuracy at which a judge with chance errors is as good as ROUGE-Lsum",
        better: .neither)
    static let atAligned = Metric(
        "accuracy at aligned", "accuracy at which it is as good as aligned records", better: .neither)
    // The tool's, over the lines of a file.
    static let fileF1 = Metric("LLMSim F1", "mean over your lines of records", better: .higher)
    static let filePrecision = Metric("LLMSim precision", "mean over your lines of records", better: .higher)
    static let fileRecall = Metric("LLMSim recall", "mean over your lines of records", better: .higher)
    static let fileAligned = Metric(
        "assigned F1",
        "as the arm 'aligned' has it: records assigned by their fields' words, without free text",
        better: .higher)
    static let fileRouge = [
        Metric("ROUGE-1", "mean F-measure x 100 over your lines", better: .higher),
        Metric("ROUGE-2", "mean F-measure x 100 over your lines", better: .higher),
        Metric("ROUGE-Lsum", "mean F-measure x 100 over your lines", better: .higher),
    ]
    static let fileIoU = Metric("IoU", "mean over your lines of boxes", better: .higher)
    static let fileIdentity = Metric("identity ratio", "mean over your lines of sequences", better: .higher)
    static let fileLMScore = Metric("LMScore", "mean over your lines with log-probabilities", better: .higher)
    static let lines = Metric("lines", "lines that were scored", better: .neither)
    static let unread = Metric(
        "unread", "share of predictions that are missing or cannot be read; they score 0", better: .lower)
    static let badLines = Metric("bad lines", "lines that cannot be used", better: .lower)

    static let metrics =
        [
            within, withinSwaps, withinShifted, withinRead, pooled, chance, meanScore, trueF1, accuracy,
            hiddenRecall, seenRecall, firstBias, calls, pairLoss, atRouge, atAligned, fileF1, filePrecision,
            fileRecall, fileAligned,
        ] + fileRouge + [fileIoU, fileIdentity, fileLMScore, lines, unread, badLines]

    static let train = Stage<Inputs>("train", unit: "paper", for: Arm.allCases.filter(\.isTrained)) {
        $0.training
    }
    static let compare = Stage<Inputs>("compare", unit: "paper") { $0.papers }
    static let stages = [train, compare]

    static let tools = [
        Tool<Inputs>(
            "score", "scores your own predictions: records, boxes, sequences and free text",
            owns: [\.predictions, \.references, \.fields, \.synonyms, \.lenient, \.judge, \.model],
            reads: [\.skipsFirst, \.oneToOne],
            sample: { "\(ShippedFolder.extractions.path)/both.jsonl" }
        ) { inputs, trial in try ScoreFile(inputs, trial).run() }
    ]

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        // Papers and extractions come from streams of their own: all arms judge the same ones, and no judge has learnt from
        // any of them.
        var state = State(trial)
        if arm.isTrained { state.matcher = TrainedMatcher(of: arm) }
        try trial.run(train, state: &state) { state, paper, inputs in
            let loss = state.learn()
            if trial.isDue(every: max(1, inputs.training / 8)) { trial.report(pairLoss, loss) }
        }
        try trial.run(compare, state: &state) { state, paper, inputs in
            try state.judge(arm, inputs)
            if paper > 5, trial.isDue(every: max(5, inputs.papers / 5)) { state.report(arm, trial) }
            if paper == inputs.papers { try state.end(arm, inputs, trial) }
        }
    }

    /// The arms differ here and nowhere else: what a prediction is worth beside the truth, from 0 to 1.
    ///
    /// - Parameters:
    ///   - arm: which one.
    ///   - predictions: what was extracted.
    ///   - references: what should have been.
    ///   - judge: who matches; nil for arms without one.
    ///   - rules: which matches count.
    ///   - seen: the names that training papers show to mean the same.
    /// - Returns: the score, and the judge's verdicts where there is one.
    /// - Throws: what the judge throws: a language model may not answer.
    static func idea(
        _ arm: Arm, _ predictions: [Record], _ references: [Record], _ judge: (any Judge)?,
        _ rules: LLMSim.Rules, seen: Synonyms
    ) throws -> (score: Double, verdicts: [LLMSim.Verdict?]) {
        let schema = Paper.schema
        func text(_ records: [Record]) -> String {
            BenchmarkROUGE.sentences(FieldMatching.text(records, schema))
        }
        func base(_ records: [Record]) -> [Record] { FieldMatching.canonical(records, schema) }
        func named(_ records: [Record]) -> [Record] { FieldMatching.named(base(records), schema, seen) }
        switch arm {
        case .rouge:
            return (BenchmarkROUGE.scores(text(predictions), reference: text(references)).rougeLsum / 100, [])
        case .rougeL: return (ROUGE.l(text(predictions), reference: text(references)).f1, [])
        case .exact: return (FieldMatching.exact(predictions, references, schema), [])
        case .count: return (FieldMatching.count(predictions, references), [])
        case .greedy: return (GreedyMatching.score(text(predictions), reference: text(references)).f1, [])
        case .hungarian: return (FieldMatching.f1(predictions, references, schema), [])
        case .canonical:
            return (ROUGE.lSum(text(base(predictions)), reference: text(base(references))).f1, [])
        case .aligned: return (FieldMatching.f1(base(predictions), base(references), schema.coreAlone), [])
        case .alignedSeen:
            return (FieldMatching.f1(named(predictions), named(references), schema.coreAlone), [])
        case .nearest, .trigrams, .noisy, .rulesSeen, .matcherRaw, .matcherCore, .matcherOne, .matcher,
            .rules:
            let verdicts = try judge?.verdicts(on: references, among: predictions) ?? []
            var rules = rules
            if arm == .matcherOne { rules.isOneToOne = true }
            return (LLMSim.score(verdicts, predictions: predictions.count, rules).score.f1, verdicts)
        }
    }
}
