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
        /// All steps so far, of all rounds, with the verifier's word on them.
        var judged: [JudgedStep] = []
        /// Where the steps of this round begin.
        var roundBegin = 0
        /// Updates so far, of all rounds, and how many of them had a z0 of 0.
        var updates = 0, updatesAtZero = 0
        /// Concepts of which the demonstrations have a wrong habit, in ascending order: only tests read it.
        var habitual: [Int] = []
        /// A row of the table of rounds for each round that is over.
        var rounds: [[String]] = []
        /// Streams of the roll-outs, of the verifier, of batches and demonstrations.
        var clicks, errors, batches: RandomStream

        init(policy: Policy, _ trial: Trial<Inputs>) {
            self.policy = policy
            clicks = trial.stream("clicks")
            errors = trial.stream("errors")
            batches = trial.stream("draws")
        }

        // MARK: The demonstrations

        /// 64 screens, and what the demonstrator clicks on each.
        mutating func demonstrations(by demonstrator: Demonstrator) -> (
            screens: [MiniDesk.Screen], clicks: [Int]
        ) {
            let desk = demonstrator.desk
            let screens = (0..<64).map { _ in
                desk.screen(for: batches.below(desk.concepts), using: &batches)
            }
            return (screens, screens.map { demonstrator.click(on: $0, using: &batches) })
        }

        // MARK: Rolling out

        /// One trajectory of the current policy, judged step by step.
        mutating func rollOut(_ arm: Arm, _ desk: MiniDesk, _ inputs: Inputs, showing trial: Trial<Inputs>?) {
            let verifier = Verifier(desk, noise: inputs.noise), begin = judged.count
            let avoided = Steve.avoided(arm, judged, inputs.neutral)
            var attempt = MiniDesk.Attempt(desk.task(using: &clicks)), pixels = Pixels(bits: clicks.next())
            // A wrong click leaves the same concept wanted, on a new screen.
            while let concept = attempt.concept {
                let place = attempt.clicks + 1, screen = desk.screen(for: concept, using: &clicks)
                let slot = policy.clicks(on: [screen], avoiding: avoided, using: &clicks)[0]
                let step = desk.click(
                    slot, on: screen, at: place, before: pixels, stray: inputs.stray, using: &clicks)
                let verdict = verifier.judge(
                    step.before, wanted: concept, step.after, place: place, using: &errors)
                judged.append(JudgedStep(step: step, verdict: verdict))
                if place == 1, let trial { trial.keep("screen", Steve.picture(of: step, verdict, desk)) }
                attempt.click(desk.kind(step))
                pixels = step.after
            }
            for index in begin..<judged.count { judged[index].isOfDoneTask = attempt.isDone }
        }

        /// How many of this round's steps the verifier judged as they are, of those that are wanted; NaN of none.
        func agreement(_ desk: MiniDesk, where isWanted: (MiniDesk.Step) -> Bool = { _ in true }) -> Double {
            let round = judged[roundBegin...].filter { isWanted($0.step) }
            // Neutral steps are not right ones: Back called neutral counts as agreement.
            let agreed = round.count { ($0.verdict == .good) == (desk.kind($0.step) == .right) }
            return Double(agreed) / Double(round.count)
        }

        /// Says how often the verifier was right in the round that was rolled out.
        func reportAgreement(_ desk: MiniDesk, _ trial: Trial<Inputs>) {
            for (metric, share) in agreements(desk) where share.isFinite { trial.report(metric, share) }
            trial.report(Steve.verified, Double(judged.count))
        }

        /// How often the verifier was right in this round: of all steps, and of right clicks early and late, which is what
        /// the paper's number for early steps is of. NaN where there are none.
        func agreements(_ desk: MiniDesk) -> [(Metric, Double)] {
            let last = Verifier.lastEarly
            return [
                (Steve.agreement, agreement(desk)),
                (Steve.earlyAgreement, agreement(desk) { $0.place <= last && desk.kind($0) == .right }),
                (Steve.lateAgreement, agreement(desk) { $0.place > last && desk.kind($0) == .right }),
            ]
        }

        /// What a round's training starts with: a fresh optimiser, and the reference that the inputs name.
        mutating func begin(inputs: Inputs) throws {
            optimiser = AdamW()
            // Copied, for parameters are shared by reference: π_ref must stand still while π moves.
            if reference == nil || inputs.reference == .round { reference = try policy.frozen() }
        }

        // MARK: Learning

        /// Update number `update` of `total` of a round, with a batch of verified steps. One that finds no step to clone
        /// counts as well, so that all arms have equally many.
        mutating func learn(
            _ arm: Arm, _ inputs: Inputs, at update: Int, of total: Int, _ trial: Trial<Inputs>
        ) {
            updates += 1
            guard let (draw, logits) = scored(arm, inputs) else { return }
            // Inputs are read at every update, for β and both weights may be changed while it runs.
            let settings = Steve.settings(arm, inputs)
            let (loss, slopes) = Steve.idea(arm, draw, settings)
            // log π(y|x), one a step, on the tape: [batch + half]
            let chosen = logits.logProbabilities(of: draw.judged.map(\.step.slot))
            chosen.loss(value: loss, slopes: slopes).backward()
            // The schedule runs anew in each round, with a fresh optimiser.
            let factor = Schedule.cosine.factor(at: update, of: total)
            optimiser.step(policy, rate: factor * Steve.rate(arm, inputs))
            report(loss, draw, settings, isShown: update == total || update == total / 2, trial)
        }

        /// The steps of an update with what both policies say of them, and the policy's logits on the tape: [batch + half,
        /// slots]; nil while there is nothing to clone.
        mutating func scored(_ arm: Arm, _ inputs: Inputs) -> (draw: Draw, logits: Tensor)? {
            guard let reference, let (drawn, lacksBad) = drawn(arm, inputs) else { return nil }
            let screens = drawn.map(\.step.screen), logits = policy.logits(screens)
            let draw = Draw(
                judged: drawn, policyRows: Policy.rows(logits),
                referenceRows: reference.logProbabilities(screens), lacksBad: lacksBad)
            return (draw, logits)
        }

        /// A batch of steps that the arm clones and half a batch of bad ones of all so far, where none is bad cloned ones
        /// again; nil while there is nothing to clone.
        mutating func drawn(_ arm: Arm, _ inputs: Inputs) -> (judged: [JudgedStep], lacksBad: Bool)? {
            let taught = Steve.taught(arm, judged, inputs.neutral)
            let bad = judged.indices.filter { Steve.label(arm, judged[$0], inputs.neutral) == false }
            guard !taught.isEmpty else { return nil }
            // The same draws in the same order for the arms that differ in the loss alone: with one seed they see
            // the same steps as long as their policies roll out the same.
            let first = (0..<Steve.batch).map { _ in pick(taught) }
            let last = (0..<Draw.half).map { _ in pick(bad.isEmpty ? taught : [bad]) }
            return ((first + last).map { judged[$0] }, bad.isEmpty)
        }

        /// One of the groups, then one of its places.
        private mutating func pick(_ groups: [[Int]]) -> Int {
            let group = groups[batches.below(groups.count)]
            return group[batches.below(group.count)]
        }

        /// KTO's log-ratios and reference point are shown for every arm, so that the arms can be compared by them.
        private mutating func report(
            _ loss: Double, _ draw: Draw, _ settings: KTO.Settings, isShown: Bool, _ trial: Trial<Inputs>
        ) {
            let batch = draw.ktoBatch, z0 = KTO.outcome(batch, settings).z0
            if z0 == 0 { updatesAtZero += 1 }
            // The middle and the end of each round show their course, and keep recorded sessions small.
            guard isShown else { return }
            let ratios = KTO.means(batch.logRatios, draw.isCalledGood)
            trial.report(Steve.loss, loss)
            // Before the first step of a kind there is no mean of theirs.
            let values = [
                (Steve.goodRatio, ratios.good), (Steve.badRatio, ratios.bad),
                (Steve.ratioMargin, ratios.good - ratios.bad),
            ]
            for (metric, value) in values where value.isFinite { trial.report(metric, value) }
            trial.report(Steve.z0, z0)
            trial.report(Steve.zeroShare, Double(updatesAtZero) / Double(updates))
        }
    }
}
