import Measures

@testable import Methods

/// CURIE's files: the authors' notebook was run for all but LMScore, which their code lacks.
let curieChecks: [String: GoldenCheck] = [
    "curie-llmsim": .inDouble { one in
        let answers = try Golden.texts(one.input["judge_answers_per_ground_truth"])
        let predictions = Int(try Golden.number(one.input["n_predicted"]))
        let verdicts = answers.map { Curie.LLMSim.verdict($0) }
        let official = Curie.LLMSim.Rules(skipsFirst: true)
        let counted = Curie.LLMSim.counted(verdicts, predictions: predictions, official)
        var results: [GoldenCheck.Result] = [
            (
                "counted", counted.map { $0.map(Double.init) },
                try Golden.value(one.expected["official_counted_index"])
            )
        ]
        let all: [(String, Curie.LLMSim.Rules)] = [
            ("official", official), ("with_index_0_counted", Curie.LLMSim.Rules()),
            ("one_to_one", Curie.LLMSim.Rules(isOneToOne: true)),
        ]
        for (name, rules) in all {
            let wanted = try Golden.object(one.expected[name])
            let (matches, score) = Curie.LLMSim.score(verdicts, predictions: predictions, rules)
            let found = ["precision": score.precision, "recall": score.recall, "f1": score.f1]
            for (key, value) in found { results.append((name, value, try Golden.value(wanted[key]))) }
            if let count = wanted["num_match"] {
                results.append((name, Double(matches), try Golden.value(count)))
            }
        }
        return results
    },
    "curie-rouge": .inDouble { one in
        let prediction = try Golden.text(one.input["prediction"])
        let reference = try Golden.text(one.input["reference"])
        let scores = Curie.BenchmarkROUGE.scores(prediction, reference: reference)
        let l = ROUGE.l(prediction, reference: reference)
        let found = [
            "rouge1": scores.rouge1, "rouge2": scores.rouge2, "rougeLsum": scores.rougeLsum,
            "rougeL_fmeasure": l.f1, "rougeL_precision": l.precision, "rougeL_recall": l.recall,
        ]
        return [("scores", found, try Golden.value(one.expected))]
    },
    "curie-biogr": .inDouble { one in
        let truth = try Golden.text(one.input["ground_truth"])
        guard let wanted = Curie.Georeference.box(truth) else {
            throw GoldenError(description: "'\(truth)' is no box")
        }
        guard let box = Curie.Georeference.box(try Golden.text(one.input["model_response"])) else {
            return [("unread", ["iou": "Can not parse model response"], try Golden.value(one.expected))]
        }
        let score = Curie.Georeference.score(box, truth: wanted)
        let found = [
            "iou": score.iou, "normalized_distance_error": score.distanceError,
            "relative_box_size": score.size,
        ]
        return [("score", found, try Golden.value(one.expected))]
    },
    "curie-pdb": .inDouble { one in
        let target = try Golden.text(one.input["target"])
        guard let sequence = Curie.SequenceRule.sequence(try Golden.text(one.input["response"])) else {
            let said = "Can not parse model response"
            return [("unread", one.expected.mapValues { _ in said }, try Golden.value(one.expected))]
        }
        let score = Curie.SequenceRule.score(sequence, truth: target)
        let found = [
            "n_gaps": Double(score.gaps), "n_identities": Double(score.identities),
            // An alignment with Biopython's defaults holds none.
            "n_mismatches": 0, "normalized_levenshtein_distance": score.distance,
            "identity_ratio": score.identityRatio,
        ]
        return [("score", found, try Golden.value(one.expected))]
    },
    "curie-lmscore": .inDouble { one in
        let logs = Curie.LMScore.LogProbabilities(
            good: try Golden.number(one.input["logprob_good"]),
            okay: try Golden.number(one.input["logprob_okay"]),
            bad: try Golden.number(one.input["logprob_bad"]))
        let (probabilities, score) = Curie.LMScore.score(logs)
        return [
            ("probabilities", probabilities, try Golden.value(one.expected["probabilities"])),
            ("score", score, try Golden.value(one.expected["lmscore"])),
        ]
    },
]
