import Base
import Foundation
import MethodKit
import Tensors

extension Steve {
    /// Everything that changes while STEVE runs.
    struct State: Codable {
        /// π, which rolls out and is trained.
        var policy: Policy
        /// π_ref, from the first round on.
        var reference: Policy?
        var optimiser = AdamW()
        /// All steps so far, of all rounds.
        var steps: [JudgedStep] = []
        /// Where the steps of this round begin.
        var roundBegin = 0
        /// Updates so far, of all rounds.
        var updates = 0
        /// Concepts of which the demonstrations have a wrong habit, in ascending order: only tests read it.
        var habits: [Int] = []
        /// A row of the table of rounds for each round that is over.
        var rounds: [[String]] = []
        /// Streams of the roll-outs, of the verifier, of batches and demonstrations.
        var clicks, errors, draws: RandomStream

        init(policy: Policy, _ trial: Trial<Inputs>) {
            self.policy = policy
            clicks = trial.stream("clicks")
            errors = trial.stream("errors")
            draws = trial.stream("draws")
        }

        // MARK: Rolling out

        /// One trajectory of the current policy, judged step by step.
        mutating func rollOut(_ arm: Arm, _ desk: MiniDesk, _ inputs: Inputs, showing trial: Trial<Inputs>?) {
            let verifier = Verifier(desk, noise: inputs.noise), avoided = Steve.avoided(arm, steps)
            var wanted = desk.task(using: &clicks)[...], pixels = Pixels(bits: clicks.next())
            let begin = steps.count, budget = wanted.count + MiniDesk.spare
            // A wrong click leaves the same concept wanted, on a new screen, and costs a step of the budget.
            for place in 1...budget {
                guard let concept = wanted.first else { break }
                let screen = desk.screen(for: concept, using: &clicks)
                let slot = policy.clicks(on: [screen], avoiding: avoided, using: &clicks)[0]
                let step = desk.click(
                    slot, on: screen, at: place, before: pixels, stray: inputs.stray, using: &clicks)
                let verdict = verifier.judge(
                    step.before, wanted: concept, step.after, place: place, using: &errors)
                steps.append(JudgedStep(step: step, verdict: verdict))
                if place == 1, let trial { trial.keep("screen", Steve.picture(of: step, verdict, desk)) }
                if desk.kind(step) == .right { wanted = wanted.dropFirst() }
                pixels = step.after
            }
            for index in begin..<steps.count { steps[index].isOfDoneTask = wanted.isEmpty }
        }

        /// How many of this round's steps the verifier judged as they are, of those that are wanted; NaN of none.
        func agreement(_ desk: MiniDesk, where isWanted: (MiniDesk.Step) -> Bool = { _ in true }) -> Double {
            let round = steps[roundBegin...].filter { isWanted($0.step) }
            // Neutral steps are not right ones: Back called neutral counts as agreement.
            let agreed = round.count { ($0.verdict == .good) == (desk.kind($0.step) == .right) }
            return Double(agreed) / Double(round.count)
        }

        /// Says how often the verifier was right in the round that was rolled out.
        func reportAgreement(_ desk: MiniDesk, _ trial: Trial<Inputs>) {
            let last = Verifier.lastEarly
            let shares = [
                (Steve.agreement, agreement(desk)),
                (Steve.earlyAgreement, agreement(desk) { $0.place <= last && desk.kind($0) == .right }),
                (Steve.lateAgreement, agreement(desk) { $0.place > last }),
            ]
            for (metric, share) in shares where share.isFinite { trial.report(metric, share) }
            trial.report(Steve.verified, Double(steps.count))
        }

        /// What a round's training starts with: a fresh optimiser, and the reference that the inputs name.
        mutating func begin(inputs: Inputs) throws {
            optimiser = AdamW()
            // Copied, for parameters are shared by reference: π_ref must stand still while π moves.
            if reference == nil || inputs.reference == .round { reference = try policy.frozen() }
        }

        // MARK: Learning

        /// One update of 16 verified steps; `factor` is the schedule's.
        mutating func learn(
            _ arm: Arm, _ inputs: Inputs, _ factor: Double, _ trial: Trial<Inputs>
        ) {
            // Inputs are read at every update, for β and both weights may be changed while it runs.
            let settings = KTO.Settings(
                beta: arm == .ktoPaper ? KTO.papersBeta : inputs.beta, good: inputs.goodWeight,
                bad: inputs.badWeight * arm.badShare)
            updates += 1
            guard let reference, let (steps, lacksBad) = draw(arm, inputs) else { return }
            let screens = steps.map(\.screen)
            let logits = policy.logits(screens)  // [24, slots]
            let draw = Draw(
                steps: steps, policyRows: Policy.rows(logits),
                referenceRows: reference.logProbabilities(screens), lacksBad: lacksBad)
            let (loss, slopes) = Steve.idea(arm, draw, settings)
            // log π(y|x), one a step, on the tape: [24]
            let chosen = logits.logProbabilities(of: steps.map(\.slot))
            chosen.loss(value: loss, slopes: slopes).backward()
            optimiser.step(policy, rate: factor * (inputs.rate > 0 ? inputs.rate : arm.rate))
            // KTO's rewards are shown for every arm, so that the arms can be compared by them.
            report(loss, KTO.outcome(draw.ktoBatch, settings), draw.ktoBatch.isGood, trial)
        }

        /// Sixteen steps that the arm clones and eight bad ones of all so far, where none is bad cloned ones again; nil
        /// while there is nothing to clone.
        mutating func draw(_ arm: Arm, _ inputs: Inputs) -> (steps: [MiniDesk.Step], lacksBad: Bool)? {
            let taught = Steve.taught(arm, steps)
            // KTO knows two labels: the paper makes neutral steps bad ones.
            let bad = steps.indices.filter {
                steps[$0].verdict == .harmful || steps[$0].verdict == .neutral && inputs.neutral == .bad
            }
            guard !taught.isEmpty else { return nil }
            // The same draws in the same order for the arms that differ in the loss alone: with one seed they see
            // the same steps as long as their policies roll out the same.
            let first = (0..<16).map { _ in drawn(taught) }
            let last = (0..<8).map { _ in drawn(bad.isEmpty ? taught : [bad]) }
            return ((first + last).map { steps[$0].step }, bad.isEmpty)
        }

        /// One of the groups, then one of its places.
        private mutating func drawn(_ groups: [[Int]]) -> Int {
            let group = groups[draws.below(groups.count)]
            return group[draws.below(group.count)]
        }

        private func report(
            _ loss: Double, _ outcome: KTO.Outcome, _ isGood: [Bool], _ trial: Trial<Inputs>
        ) {
            let rewards = KTO.rewardMeans(outcome, isGood)
            // Every sixteenth update shows their course, and keeps recorded sessions small.
            guard updates % 16 == 0 else { return }
            trial.report(Steve.loss, loss)
            trial.report(Steve.goodReward, rewards.good)
            // Before the first bad step there is no mean of theirs.
            if rewards.bad.isFinite {
                trial.report(Steve.badReward, rewards.bad)
                trial.report(Steve.rewardMargin, rewards.good - rewards.bad)
            }
            trial.report(Steve.z0, outcome.z0)
        }
    }
}
