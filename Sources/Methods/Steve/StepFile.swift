import Datasets
import Foundation
import MethodKit

/// One line of the user's file: a step of their own run, judged, with the log-probabilities of their policies.
struct LoggedStep: Decodable, Sendable {
    let state: String
    let action: String
    let isGood: Bool
    let policy: Double
    let reference: Double
    /// log π(y'|x) and log π_ref(y'|x) of a mismatched pair, where the log has them.
    let mismatched: Double?

    private enum CodingKeys: String, CodingKey {
        case state, action, label, policy_logp, ref_logp, policy_kl_logp, ref_kl_logp
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        state = try values.decode(String.self, forKey: .state)
        action = try values.decode(String.self, forKey: .action)
        isGood = try Self.label(values)
        policy = try values.decode(Double.self, forKey: .policy_logp)
        reference = try values.decode(Double.self, forKey: .ref_logp)
        let (p, r) = (
            try values.decodeIfPresent(Double.self, forKey: .policy_kl_logp),
            try values.decodeIfPresent(Double.self, forKey: .ref_kl_logp)
        )
        mismatched = p.flatMap { p in r.map { p - $0 } }
    }

    /// true, 1, "good" or "desirable"; false, 0, -1, "bad", "harmful", "neutral" or "undesirable".
    private static func label(_ values: KeyedDecodingContainer<CodingKeys>) throws -> Bool {
        if let flag = try? values.decode(Bool.self, forKey: .label) { return flag }
        if let number = try? values.decode(Double.self, forKey: .label), [1, 0, -1].contains(number) { return number == 1 }
        let word = try values.decode(String.self, forKey: .label).lowercased()
        if ["good", "desirable"].contains(word) { return true }
        if ["bad", "harmful", "neutral", "undesirable"].contains(word) { return false }
        throw DecodingError.dataCorruptedError(
            forKey: .label, in: values, debugDescription: "'\(word)' is none of good, neutral, harmful, true, false, 1, 0, -1")
    }
}

extension Steve {
    /// KTO's losses, z0 and reward margins of the user's own run, batch by batch in the file's order.
    static func judgeFile(_ trial: Trial<Inputs>) throws {
        var done = false
        try trial.train(file, state: &done) { done, _, inputs in
            let lines = try JSONLines.read(inputs.steps.path, as: LoggedStep.self)
            let settings = KTO.Settings(beta: inputs.beta, good: inputs.goodWeight, bad: inputs.badWeight)
            let steps = lines.map(\.value)
            if steps.contains(where: { $0.mismatched == nil }) {
                trial.log(
                    "Some steps lack policy_kl_logp and ref_kl_logp, the mismatched pairs; where a batch has none z0 is 0.",
                    .warning)
            }
            trial.log("\(steps.count) steps, \(steps.count { $0.isGood }) of them good.")
            report(steps, settings, trial)
            done = true
        }
    }

    private static func report(_ steps: [LoggedStep], _ settings: KTO.Settings, _ trial: Trial<Inputs>) {
        var table = Table(columns: ["batch", "steps", "loss", "z0", "good reward", "bad reward", "margin"], rows: [])
        for (number, start) in stride(from: 0, to: steps.count, by: batch).enumerated() {
            let part = Array(steps[start..<min(start + batch, steps.count)])
            let outcome = outcome(part, settings)
            let rewards = KTO.rewardMeans(outcome, part.map(\.isGood))
            table.rows.append(
                ["\(number + 1)", "\(part.count)"]
                    + [outcome.loss, outcome.z0, rewards.good, rewards.bad, rewards.good - rewards.bad]
                    .map { $0.isNaN ? "none" : String(format: "%.4f", $0) })
        }
        trial.keep("batches", .table(table))
        let whole = outcome(steps, settings), rewards = KTO.rewardMeans(whole, steps.map(\.isGood))
        trial.report(loss, whole.loss)
        trial.report(z0, whole.z0)
        for (metric, value) in [(goodReward, rewards.good), (badReward, rewards.bad), (margin, rewards.good - rewards.bad)]
        where value.isFinite { trial.report(metric, value) }
    }

    private static func outcome(_ steps: [LoggedStep], _ settings: KTO.Settings) -> KTO.Outcome {
        let mismatched = steps.compactMap(\.mismatched)
        return KTO.outcome(
            KTO.Batch(
                policy: steps.map(\.policy), reference: steps.map(\.reference), isGood: steps.map(\.isGood),
                mismatched: mismatched.isEmpty ? [0] : mismatched),
            settings)
    }
}
