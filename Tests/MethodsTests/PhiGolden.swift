import Base

@testable import Methods

/// Phi-decoding's files: transcriptions, scikit-learn's numbers, and a trace of the official script.
let phiChecks: [String: GoldenCheck] = [
    "phi-decoding-tfidf": .inDouble { one in
        let vectors = PhiDecoding.TFIDF.vectors(try Golden.texts(one.input["documents"]))
        let expected = one.expected
        return [
            ("vocabulary", vectors?.vocabulary, try Golden.texts(expected["vocabulary"])),
            ("idf", vectors?.idf, try Golden.numbers(expected["idf"])),
            ("matrix", vectors?.rows, try Golden.rows(expected["matrix"])),
        ]
    },
    "phi-decoding-kmeans": .inDouble { one in
        let points = try Golden.rows(one.input["X"]), expected = one.expected
        let k = Int(try Golden.number(one.input["k"]))
        let given = PhiDecoding.KMeans.lloyd(points, from: try Golden.rows(one.input["init_centers"]))
        var random = RandomStream(seed: 1)
        let starts = (0..<100).compactMap { _ in PhiDecoding.KMeans.clusters(points, k, using: &random) }
        let best = starts.min { $0.inertia < $1.inertia }
        return [
            ("labels", given.labels, try Golden.integers(expected["labels_from_given_init"])),
            ("centres", given.centres, try Golden.rows(expected["centers"])),
            ("inertia", given.inertia, try Golden.number(expected["inertia"])),
            ("best inertia", best?.inertia, try Golden.number(expected["best_of_100_kmeanspp_inertia"])),
            (
                "best partition", best.map { partition($0.labels, of: Array(points.indices)) },
                try Golden.value(expected["best_partition"])
            ),
        ]
    },
    "phi-decoding-width-pruning": .inDouble { one in
        let confidences = try Golden.numbers(one.input["avg_logprob"]), expected = one.expected
        let width = PhiDecoding.Selection.width(
            confidences, rate: try Golden.number(one.input["sigma_rate"]))
        let beams = Int(try Golden.number(one.input["beam_size"]))
        let kept = PhiDecoding.Selection.kept(width, confidences, beams: beams) {
            Array($0.indices.prefix($1))
        }
        return [
            ("mean", width.mean, try Golden.number(expected["mean"])),
            ("deviation", width.deviation, try Golden.number(expected["std_population"])),
            ("threshold", width.threshold, try Golden.number(expected["threshold"])),
            ("keep", width.kept, try Golden.integers(expected["keep"])),
            ("pruned", width.pruned, try Golden.integers(expected["pruned"])),
            ("added", kept.count - width.kept.count, try Golden.integer(expected["n_to_supplement"])),
        ]
    },
    "phi-decoding-weights": .inDouble { one in
        let advantages = try Golden.numbers(one.input["advantages"]), expected = one.expected
        let labels = try Golden.integers(one.input["labels"]), k = try Golden.integer(one.input["K"])
        typealias Selection = PhiDecoding.Selection
        let shares = Selection.shares(labels), largest = shares.max()
        let weights = Selection.weights(advantages, shares: shares, .released)
        func stops(_ stopping: PhiDecoding.Stopping) -> Bool {
            Selection.stops(
                3, steps: ["a", "b"], shares: [largest], PhiDecoding.Rule(stopping: stopping))
        }
        return [
            (
                "sizes", (0..<k).map { label in labels.count { $0 == label } },
                try Golden.integers(expected["cluster_sizes"])
            ),
            ("shares", shares, try Golden.numbers(expected["per_sample_ratio"])),
            (
                "softmax of advantages", Selection.weights(advantages, shares: [], .advantage),
                try Golden.numbers(expected["code_adv_softmax"])
            ),
            (
                "softmax of shares", Selection.softmax(shares),
                try Golden.numbers(expected["code_cluster_softmax"])
            ),
            ("weights", weights, try Golden.numbers(expected["code_weights"])),
            ("R", Selection.values(advantages, shares: shares), try Golden.numbers(expected["paper_R"])),
            (
                "the paper's weights", Selection.weights(advantages, shares: shares, .printed),
                try Golden.numbers(expected["paper_weights_exp_R_over_tau"])
            ),
            ("largest share", largest, try Golden.number(expected["largest_ratio"])),
            ("stop, origin", stops(.origin), try Golden.number(expected["stop_origin_gt_0.7"])),
            ("stop, refactor", stops(.refactor), try Golden.number(expected["stop_refactor_ge_0.69"])),
            ("stop, paper", stops(.paper), try Golden.number(expected["stop_paper_ge_0.7"])),
        ]
    },
    "phi-decoding-trace": .inDouble { one in
        let rule = try traceRule(one.input)
        var shares: [Double?] = []
        let steps = try Golden.objects(one.input["steps"]).flatMap { try traceStep(&shares, $0, rule) }
        return steps + (try traceFinal(Golden.object(one.input["final"])))
    },
]

/// Places by their labels, each group and the groups in ascending order.
private func partition(_ labels: [Int], of places: [Int]) -> [[Int]] {
    Dictionary(grouping: zip(places, labels), by: \.1).values.map { $0.map(\.0) }.sorted { $0[0] < $1[0] }
}

private func traceRule(_ input: [String: Any]) throws -> PhiDecoding.Rule {
    let config = try Golden.object(input["config"])
    return PhiDecoding.Rule(
        beams: try Golden.integer(config["step_beam_size"]),
        rollouts: try Golden.integer(config["num_rollout"]),
        least: try Golden.integer(config["least_foresight_num"]),
        most: try Golden.integer(config["num_foresight"]),
        clusters: try Golden.integer(config["cluster_num"]),
        sigmaRate: try Golden.number(config["sigma_rate"]), delta: try Golden.number(config["threshold"]))
}

/// The labels that a trace's groups of places say.
private func labels(_ groups: [[Int]], of places: [Int]) -> [Int] {
    places.map { place in groups.firstIndex { $0.contains(place) } ?? -1 }
}

/// One step, after the largest clusters' shares of those before it.
private func traceStep(
    _ shares: inout [Double?], _ step: [String: Any], _ rule: PhiDecoding.Rule
) throws -> [GoldenCheck.Result] {
    let number = shares.count
    typealias Selection = PhiDecoding.Selection
    let input = try Golden.object(step["input"]), expected = try Golden.object(step["expected"])
    let candidates = try Golden.objects(input["candidates"]),
        texts = try candidates.map { try Golden.text($0["text"]) }
    let previous = try Golden.numbers(input["previous_value"])
    let confidences = try candidates.map { try Golden.number($0["avg_logprob"]) }
    let width = Selection.width(confidences, rate: rule.sigmaRate)
    let kept = Selection.kept(width, confidences, beams: rule.beams) { Array($0.indices.prefix($1)) }
    let foreseen = try Golden.objects(input["foresight"]).map { one in
        let candidate = candidates[try Golden.integer(one["candidate"])]
        return PhiDecoding.Foreseen(
            parent: previous[try Golden.integer(candidate["beam"])],
            value: try Golden.number(one["avg_logprob"]),
            text: try Golden.text(one["text"]))
    }
    let draw = try Golden.integers(input["draw_result"])
    let groups = try (expected["clusters_foresight_idx"] as? [Any])?.map { try Golden.integers($0) }
    let eligible = try Golden.integers(expected["eligible_adv_positive_and_nonempty"])
    let choice = Selection.choose(foreseen, rule) { _, _ in
        groups.map { labels($0, of: eligible) }
    } drawing: { _, _ in
        draw
    }
    let selected = choice.chosen.map { kept[$0] }
    shares.append(choice.largestShare)
    let stops = Selection.stops(number, steps: selected.map { texts[$0] }, shares: shares, rule)
    let limits = try Golden.object(expected["width"])
    return [
        ("step \(number), threshold", width.threshold, try Golden.number(limits["threshold"])),
        ("step \(number), kept", kept, try Golden.integers(expected["kept"])),
        ("step \(number), advantages", choice.advantages, try Golden.numbers(expected["advantages"])),
        ("step \(number), eligible", choice.eligible, eligible),
        ("step \(number), weights", choice.weights, try Golden.numbers(expected["draw_weights"])),
        ("step \(number), chosen", choice.chosen, try Golden.integers(expected["selected_foresight_idx"])),
        ("step \(number), candidates", selected, try Golden.integers(expected["selected_candidate_idx"])),
        (
            "step \(number), values", choice.chosen.map { foreseen[$0].value },
            try Golden.numbers(expected["next_previous_value"])
        ),
        // The script's flag is raised before it looks at how many steps there were.
        (
            "step \(number), stops", stops,
            try expected["early_stop_flag"].map { try Golden.number($0) != 0 && number + 1 >= rule.least }
                ?? false
        ),
    ]
}

private func traceFinal(_ final: [String: Any]) throws -> [GoldenCheck.Result] {
    let input = try Golden.object(final["input"]), expected = try Golden.object(final["expected"])
    let previous = try Golden.numbers(input["previous_value"])
    let answers = try zip(Golden.objects(input["answers"]), previous).map { one, parent in
        PhiDecoding.Foreseen(
            parent: parent, value: try Golden.number(one["avg_logprob"]), text: try Golden.text(one["text"]))
    }
    let groups = try (expected["clusters_answer_idx"] as? [Any])?.map { try Golden.integers($0) }
    let draw = try Golden.integer(input["draw_result"])
    let choice = PhiDecoding.Selection.finish(
        answers, isMasked: true,
        clustering: { texts, _ in
            groups.map { labels($0, of: $0.joined().sorted()) }
        }, drawing: { _, _ in [draw] })
    var results: [GoldenCheck.Result] = [
        ("answer, advantages", choice.advantages, try Golden.numbers(expected["advantages"])),
        ("answer, weights", choice.weights, try Golden.numbers(expected["draw_weights"])),
    ]
    if let selected = expected["selected"] as? Int {
        results.append(("answer, chosen", choice.chosen, [selected]))
    }
    return results
}

extension Golden {
    fileprivate static func integer(_ value: Any?) throws -> Int { Int(try number(value)) }
}
