@testable import Methods

/// STEVE's files, all made by running TRL's KTO trainer.
let steveChecks: [String: GoldenCheck] = [
    "steve-kto-loss": { one in
        let (input, expected) = (one.input, one.expected)
        let good = try Golden.numbers(input["policy_logp_desirable"])
        let bad = try Golden.numbers(input["policy_logp_undesirable"])
        let reference =
            try Golden.numbers(input["ref_logp_desirable"]) + Golden.numbers(input["ref_logp_undesirable"])
        let mismatched = try zip(
            Golden.numbers(input["policy_logp_mismatched"]), Golden.numbers(input["ref_logp_mismatched"])
        ).map { $0 - $1 }
        let batch = Steve.KTO.Batch(
            policy: good + bad, reference: reference,
            isGood: good.map { _ in true } + bad.map { _ in false }, mismatched: mismatched)
        let outcome = Steve.KTO.outcome(batch, try settings(input))
        return [
            ("z0", [outcome.z0], [try Golden.number(expected["z0"])]),
            ("losses", outcome.losses, try Golden.numbers(expected["losses_desirable_then_undesirable"])),
            ("mean", [outcome.loss], [try Golden.number(expected["loss_mean"])]),
            (
                "rewards", outcome.rewards,
                try Golden.numbers(expected["rewards_desirable"])
                    + Golden.numbers(expected["rewards_undesirable"])
            ),
            (
                "gradient", outcome.slopes,
                try Golden.numbers(expected["grad_policy_logp_desirable"])
                    + Golden.numbers(expected["grad_policy_logp_undesirable"])
            ),
            // z0 has no gradient: the loop has no slope to give to mismatched pairs.
            (
                "gradient of mismatched pairs", mismatched.map { _ in 0 },
                try Golden.numbers(expected["grad_policy_logp_mismatched"])
            ),
        ]
    },
    "steve-kto-mismatch": { one in
        let answers = try Golden.rows(one.input["answers_in_batch_order"])
        let paired = try Golden.rows(one.expected["answers_paired_with_prompts_0..n-1"])
        return zip(Steve.KTO.mismatched(answers), paired).map { ("pair", $0, $1) }
            + [("count", [Double(answers.count)], [Double(paired.count)])]
    },
    "steve-kto-tabular-step": { one in
        let (input, expected) = (one.input, one.expected)
        let logits = try Golden.rows(input["policy_logits"])
        let policy = logits.map(Head.logSoftmax)
        let reference = try Golden.rows(input["ref_logits"]).map(Head.logSoftmax)
        let states = try Golden.integers(input["states"]), actions = try Golden.integers(input["actions"])
        let isGood = try Golden.numbers(input["desirable"]).map { $0 != 0 }
        let outcome = Steve.KTO.outcome(
            Steve.KTO.batch(
                policy: states.map { policy[$0] }, reference: states.map { reference[$0] }, chosen: actions,
                isGood: isGood), try settings(input))
        var gradient = logits.map { $0.map { _ in 0.0 } }
        for (index, state) in states.enumerated() {
            let slopes = Head.slopes(policy[state], action: actions[index], slope: outcome.slopes[index])
            gradient[state] = zip(gradient[state], slopes).map(+)
        }
        let rate = try Golden.number(input["sgd_lr"])
        let stepped = zip(logits, gradient).map { zip($0, $1).map { $0 - rate * $1 } }
        let means = Steve.KTO.rewardMeans(outcome, isGood)
        return [
            ("z0", [outcome.z0], [try Golden.number(expected["z0"])]),
            ("mean", [outcome.loss], [try Golden.number(expected["loss_mean"])]),
            (
                "gradient", gradient.flatMap { $0 },
                try Golden.rows(expected["grad_policy_logits"]).flatMap { $0 }
            ),
            (
                "step", stepped.flatMap { $0 },
                try Golden.rows(expected["policy_logits_after_sgd"]).flatMap { $0 }
            ),
            ("margin", [means.good - means.bad], [try Golden.number(expected["reward_margin"])]),
        ]
    },
]

private func settings(_ input: [String: Any]) throws -> Steve.KTO.Settings {
    Steve.KTO.Settings(
        beta: try Golden.number(input["beta"]), good: try Golden.number(input["lambda_D"]),
        bad: try Golden.number(input["lambda_U"]))
}
