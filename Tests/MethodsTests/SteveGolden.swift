import Tensors

@testable import Methods

/// STEVE's files, all made by running TRL's KTO trainer.
let steveChecks: [String: GoldenCheck] = [
    "steve-kto-loss": .inDouble { one in
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
        ]
    },
    "steve-kto-mismatch": .inDouble { one in
        let answers = try Golden.rows(one.input["answers_in_batch_order"])
        let paired = try Golden.rows(one.expected["answers_paired_with_prompts_0..n-1"])
        return zip(Steve.KTO.mismatched(answers), paired).map { ("pair", $0, $1) }
            + [("count", [Double(answers.count)], [Double(paired.count)])]
    },
    "steve-kto-tabular-step": .inFloats { one in
        let (input, expected) = (one.input, one.expected)
        let policy = try table(input["policy_logits"], trains: true)
        let reference = try table(input["ref_logits"], trains: false)
        let states = try Golden.integers(input["states"]), actions = try Golden.integers(input["actions"])
        let isGood = try Golden.numbers(input["desirable"]).map { $0 != 0 }
        func rows(_ table: Tensor) -> [[Double]] { Steve.Policy.rows(table.gathered(states)) }
        let outcome = Steve.KTO.outcome(
            Steve.KTO.batch(
                policy: rows(policy), reference: rows(reference), chosen: actions, isGood: isGood),
            try settings(input))
        let chosen = policy.gathered(states).logProbabilities(of: actions)
        let loss = chosen.loss(value: outcome.loss, slopes: outcome.slopes)
        loss.backward()
        let gradient = policy.gradient?.doubles ?? []
        var sgd = SGD()
        sgd.step(policy, rate: try Golden.number(input["sgd_lr"]))
        let means = Steve.KTO.means(outcome.rewards, isGood)
        return [
            ("z0", [outcome.z0], [try Golden.number(expected["z0"])]),
            ("mean", Double(loss.item), try Golden.number(expected["loss_mean"])),
            (
                "gradient", gradient,
                try Golden.rows(expected["grad_policy_logits"]).flatMap { $0 }
            ),
            (
                "step", policy.doubles,
                try Golden.rows(expected["policy_logits_after_sgd"]).flatMap { $0 }
            ),
            ("margin", [means.good - means.bad], [try Golden.number(expected["reward_margin"])]),
        ]
    },
]

/// Logits of each state: [states, actions]
private func table(_ value: Any?, trains: Bool) throws -> Tensor {
    let rows = try Golden.rows(value)
    return Tensor(
        rows.flatMap { $0.map { Float($0) } }, [rows.count, rows.first?.count ?? 0], trains: trains)
}

private func settings(_ input: [String: Any]) throws -> Steve.KTO.Settings {
    Steve.KTO.Settings(
        beta: try Golden.number(input["beta"]), good: try Golden.number(input["lambda_D"]),
        bad: try Golden.number(input["lambda_U"]))
}
