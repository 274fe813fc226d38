import Datasets
import Foundation
import MethodKit

extension Steve {
    /// The most steps of a user's file that are read, and the most rows of a table about them.
    static let longestFile = 200_000, longestTable = 1_000

    /// KTO's losses, z0 and reward margins of the user's own run, batch by batch in the file's order.
    static func score(_ inputs: Inputs, _ trial: Trial<Inputs>) throws {
        let lines = try JSONLines.read(inputs.steps.path, as: LoggedStep.self, most: longestFile)
        let settings = KTO.Settings(beta: inputs.beta, good: inputs.goodWeight, bad: inputs.badWeight)
        // The engine's own β is not the paper's, and a loss under another β than the run's own would mislead.
        trial.log(
            "Losses and rewards are at β = \(inputs.beta), λ_D = \(inputs.goodWeight), λ_U = \(inputs.badWeight); the "
                + "paper and TRL have β = \(KTO.papersBeta), which --set beta=\(KTO.papersBeta) gives.")
        report(counted(lines.map(\.value), inputs.neutral, trial), settings, trial)
    }

    /// The steps that count: neutral ones are bad, or are left out before batches are made, as in the rounds.
    private static func counted(
        _ steps: [LoggedStep], _ neutral: Neutral, _ trial: Trial<Inputs>
    ) -> [LoggedStep] {
        let kept = neutral == .bad ? steps : steps.filter { $0.label != .neutral }
        if kept.count < steps.count { trial.log("\(steps.count - kept.count) neutral steps are left out.") }
        return kept
    }

    private static func report(_ steps: [LoggedStep], _ settings: KTO.Settings, _ trial: Trial<Inputs>) {
        reportLabels(steps, settings, trial)
        // A log without log-probabilities still has labels, of which the balance can be told.
        let scored = steps.filter { $0.scores != nil }
        if scored.count < steps.count {
            trial.log(
                "\(steps.count - scored.count) steps lack policy_logp and ref_logp and have no loss.",
                .warning)
        }
        guard !scored.isEmpty else { return }
        let batches = batches(of: scored, settings, trial)
        reportMeans(batches, trial)
        trial.keep("batches", .table(batchTable(batches)))
        trial.keep("steps", .table(stepTable(batches)))
    }

    /// How many steps there are of each kind, and how the weights balance them.
    private static func reportLabels(_ steps: [LoggedStep], _ settings: KTO.Settings, _ trial: Trial<Inputs>)
    {
        let good = steps.count { $0.isGood }, bad = steps.count - good
        trial.report(verified, Double(steps.count))
        trial.log("\(steps.count) steps, \(good) of them good.")
        // Without one of the two kinds there is no balance to speak of.
        guard good > 0, bad > 0, settings.good > 0, settings.bad > 0 else { return }
        let balance = KTO.balance(good: good, bad: bad, settings)
        guard !(1...4.0 / 3).contains(balance) else { return }
        // λ_D that makes λ_D n_D / (λ_U n_U) just 1.
        let advised = settings.bad * Double(bad) / Double(good)
        trial.log(
            "λ_D n_good / (λ_U n_bad) is \(short(balance)); KTO's authors advise 1 to 4/3, so λ_D from "
                + "\(short(advised)) to \(short(advised * 4 / 3)).", .warning)
    }

    // MARK: Batches

    /// Steps of the file under the loss.
    private struct LoggedBatch {
        let steps: [LoggedStep]
        let outcome: KTO.Outcome
        /// Mismatched pairs that z0 is a mean of.
        let pairs: Int
        /// NaN where there are no steps of the kind.
        var rewards: (good: Double, bad: Double) { KTO.means(outcome.rewards, steps.map(\.isGood)) }
    }

    private static func batches(
        of steps: [LoggedStep], _ settings: KTO.Settings, _ trial: Trial<Inputs>
    ) -> [LoggedBatch] {
        // The file may hold the mismatched pair as an ordinary line elsewhere; its log-ratio then serves.
        let known = Dictionary(steps.map { ($0.pair, $0.scores?.ratio ?? 0) }) { first, _ in first }
        let batches = stride(from: 0, to: steps.count, by: batch).map { start in
            let part = Array(steps[start..<min(start + batch, steps.count)])
            let ratios = mismatchedRatios(part, known)
            let scores = part.compactMap(\.scores)
            let whole = KTO.Batch(
                policy: scores.map(\.policy), reference: scores.map(\.reference), isGood: part.map(\.isGood),
                // Without any pair z0 = max(0, 0): the loss then is that of KTO without a reference point.
                mismatched: ratios.isEmpty ? [0] : ratios)
            return LoggedBatch(steps: part, outcome: KTO.outcome(whole, settings), pairs: ratios.count)
        }
        logPairs(batches, trial)
        return batches
    }

    /// How many mismatched pairs z0 comes from: of a few alone it is a poor estimate, of none it is 0.
    private static func logPairs(_ batches: [LoggedBatch], _ trial: Trial<Inputs>) {
        let found = batches.reduce(0) { $0 + $1.pairs }, wanted = batches.reduce(0) { $0 + $1.steps.count }
        trial.log(
            "z0 comes from \(found) mismatched pairs of \(wanted) steps.", found < wanted ? .warning : .info)
        let unpaired = batches.count { $0.pairs == 0 }
        guard unpaired > 0 else { return }
        trial.log(
            "\(unpaired) of \(batches.count) batches have no mismatched pair, and their z0 is 0: "
                + "policy_kl_logp and ref_kl_logp would give it.", .warning)
    }

    /// Log-ratios of each state with the action of the step before: the line's own, or those of another line with
    /// that state and action.
    private static func mismatchedRatios(_ steps: [LoggedStep], _ known: [LoggedStep.Pair: Double])
        -> [Double]
    {
        // A single step would be its own mismatched pair, and z0 its own reward.
        guard steps.count > 1 else { return steps.compactMap(\.mismatched?.ratio) }
        return zip(steps, KTO.mismatched(steps.map(\.pair.action))).compactMap { step, action in
            step.mismatched?.ratio ?? known[LoggedStep.Pair(state: step.pair.state, action: action)]
        }
    }

    // MARK: What the user sees

    private static func reportMeans(_ batches: [LoggedBatch], _ trial: Trial<Inputs>) {
        let losses = batches.flatMap(\.outcome.losses)
        trial.report(loss, losses.reduce(0, +) / Double(losses.count))
        // z0 is one number a batch, so its mean is over batches; losses and rewards are means over steps.
        trial.report(z0, batches.reduce(0) { $0 + $1.outcome.z0 } / Double(batches.count))
        let rewards = KTO.means(
            batches.flatMap(\.outcome.rewards), batches.flatMap { $0.steps.map(\.isGood) })
        let values = [
            (goodReward, rewards.good), (badReward, rewards.bad),
            (rewardMargin, rewards.good - rewards.bad),
        ]
        // Of a kind that the file does not have there is no mean.
        for (metric, value) in values where value.isFinite { trial.report(metric, value) }
    }

    private static func batchTable(_ batches: [LoggedBatch]) -> Table {
        let names = ["loss", "z0", "good reward", "bad reward", "reward margin"]
        let rows = batches.prefix(longestTable).enumerated().map { index, batch -> [Table.Cell] in
            let rewards = batch.rewards
            let numbers = [
                Double(index + 1), Double(batch.steps.count), Double(batch.pairs), batch.outcome.loss,
                batch.outcome.z0,
                rewards.good, rewards.bad, rewards.good - rewards.bad,
            ]
            return numbers.map { .number($0) }
        }
        return Table(columns: (["batch", "steps", "pairs"] + names).map { .number($0) }, rows: rows)
    }

    /// The steps with the largest loss first: what the policy gets most wrong.
    private static func stepTable(_ batches: [LoggedBatch]) -> Table {
        let all = batches.flatMap { zip($0.steps, zip($0.outcome.losses, $0.outcome.rewards)) }
        // By loss, of which KTO's gradient is largest in the middle: the very worst are nearly given up.
        let worst = all.sorted { $0.1.0 > $1.1.0 }.prefix(longestTable)
        let rows = worst.map { step, numbers -> [Table.Cell] in
            [.number(numbers.0), .number(numbers.1), .text(step.isGood ? "good" : "bad")]
                + [step.pair.action, step.pair.state].map { .text(String($0.prefix(80))) }
        }
        return Table(
            columns: [.number("loss"), .number("reward"), "label", "action", "state"], rows: rows)
    }

    private static func short(_ value: Double) -> String {
        value.isNaN ? "none" : String(format: "%.4f", value)
    }
}

extension Steve {
    /// One line of the user's file: a step of their own run, judged, with the log-probabilities of their policies.
    struct LoggedStep: Decodable, Sendable {
        /// A state and an action in it.
        struct Pair: Hashable, Sendable {
            let state, action: String
        }

        /// log π(y|x) and log π_ref(y|x), sums over the tokens of y.
        struct Scores: Equatable, Sendable {
            let policy, reference: Double
            /// r = log π(y|x) - log π_ref(y|x)
            var ratio: Double { policy - reference }
        }

        enum Label: Sendable { case good, bad, neutral }

        let pair: Pair
        let label: Label
        var isGood: Bool { label == .good }
        /// Nil where the log has none.
        let scores: Scores?
        /// Those of the state with the action of the line before, TRL's KL log-probabilities; nil where the log has
        /// none.
        let mismatched: Scores?

        private enum CodingKeys: String, CodingKey {
            case state, action, label, policy_logp, ref_logp, policy_kl_logp, ref_kl_logp
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            pair = Pair(
                state: try values.decode(String.self, forKey: .state),
                action: try values.decode(String.self, forKey: .action))
            // Both log-probabilities or neither, for either pair: a reward from one of them alone would be a wrong
            // number.
            label = try Self.label(values)
            scores = try Self.scores(values, .policy_logp, .ref_logp)
            mismatched = try Self.scores(values, .policy_kl_logp, .ref_kl_logp)
        }

        private static let good = ["good", "desirable", "true", "1"]
        private static let bad = ["bad", "harmful", "undesirable", "false", "0", "-1"]

        /// A label in one of the ways in which people write it.
        private static func label(_ values: KeyedDecodingContainer<CodingKeys>) throws -> Label {
            let text: String
            if let flag = try? values.decode(Bool.self, forKey: .label) {
                text = "\(flag)"
            } else if let number = try? values.decode(Int.self, forKey: .label) {
                text = "\(number)"
            } else {
                text = try values.decode(String.self, forKey: .label).lowercased()
            }
            if good.contains(text) { return .good }
            if bad.contains(text) { return .bad }
            if text == "neutral" { return .neutral }
            throw Refusal(
                "'label' is '\(text.prefix(40))'",
                allowed: "one of " + (good + bad + ["neutral"]).joined(separator: ", "))
        }

        /// Both log-probabilities or neither.
        private static func scores(
            _ values: KeyedDecodingContainer<CodingKeys>, _ policy: CodingKeys, _ reference: CodingKeys
        ) throws -> Scores? {
            let numbers = try [policy, reference].map { key -> Double? in
                guard let value = try values.decodeIfPresent(Double.self, forKey: key) else { return nil }
                // Probabilities instead of their logarithms, the commonest mistake, are positive.
                guard value.isFinite, value <= 0 else {
                    throw Refusal("'\(key.rawValue)' is \(value)", allowed: "a log-probability, at most 0")
                }
                return value
            }
            switch (numbers[0], numbers[1]) {
            case (let p?, let r?): return Scores(policy: p, reference: r)
            case (nil, nil): return nil
            default:
                let (there, missing) = numbers[0] == nil ? (reference, policy) : (policy, reference)
                throw Refusal(
                    "'\(missing.rawValue)' is missing beside '\(there.rawValue)'", allowed: "both or neither")
            }
        }
    }
}
