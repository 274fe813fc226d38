import Base
import Foundation
import MethodKit
import Tensors

extension Steve {
    /// A step with the verifier's word on it.
    struct JudgedStep: Codable, Sendable {
        let step: MiniDesk.Step
        let verdict: Verifier.Verdict
    }

    /// The steps of one update, and what both policies say of them.
    ///
    /// Sixteen good steps, then eight bad ones: fine-tuning takes the good ones, KTO the first eight and the bad
    /// ones, so each gets a batch of sixteen.
    struct Draw {
        let steps: [MiniDesk.Step]
        /// log π(slot|screen) and log π_ref(slot|screen) of all slots: [24][slots]
        let policyRows, referenceRows: [[Double]]
        /// Whether there was no bad step to draw, so that good ones stand in the last eight places.
        let lacksBad: Bool

        /// Places of the steps that fine-tuning takes, and of those that KTO takes.
        let forSFT = Array(0..<16)
        let forKTO = Array(0..<8) + Array(16..<24)

        /// log π(y|x) of each step.
        var policy: [Double] { zip(policyRows, steps).map { $0[$1.slot] } }

        /// KTO's half good and half bad steps; a mismatched pair is a screen with the slot of the item before.
        var ktoBatch: KTO.Batch {
            let slots = KTO.mismatched(forKTO.map { steps[$0].slot })
            return KTO.Batch(
                policy: forKTO.map { policyRows[$0][steps[$0].slot] },
                reference: forKTO.map { referenceRows[$0][steps[$0].slot] },
                isGood: forKTO.map { $0 < 16 || lacksBad },
                mismatched: zip(forKTO, slots).map { policyRows[$0][$1] - referenceRows[$0][$1] })
        }
    }

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
        /// Concepts of which the demonstrations have a wrong habit, in ascending order: for tests only.
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
        mutating func rollOut(_ desk: MiniDesk, _ inputs: Inputs, showing trial: Trial<Inputs>?) {
            let verifier = Verifier(desk: desk, noise: inputs.noise)
            var wanted = desk.task(using: &clicks)[...]
            // A wrong click leaves the same concept wanted, on a new screen, and costs a step of the budget.
            for place in 1...desk.budget {
                guard let concept = wanted.first else { return }
                let screen = desk.screen(for: concept, using: &clicks)
                let slot = policy.clicks(on: [screen], using: &clicks)[0]
                let step = MiniDesk.Step(screen: screen, slot: slot, place: place)
                let verdict = verifier.judge(step, using: &errors)
                steps.append(JudgedStep(step: step, verdict: verdict))
                if place == 1, let trial { trial.keep("screen", Steve.picture(of: step, verdict, desk)) }
                if desk.kind(step) == .right { wanted = wanted.dropFirst() }
            }
        }

        /// How many of this round's steps the verifier judged as they are.
        func agreement(_ desk: MiniDesk, _ inputs: Inputs) -> Double {
            let round = steps[roundBegin...]
            // Neutral steps are not right ones: Back called neutral counts as agreement.
            let agreed = round.count { ($0.verdict == .good) == (desk.kind($0.step) == .right) }
            return Double(agreed) / Double(max(1, round.count))
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
            let settings = KTO.Settings(beta: inputs.beta, good: inputs.goodWeight, bad: inputs.badWeight)
            guard let reference, let (steps, lacksBad) = draw(inputs) else { return }
            let screens = steps.map(\.screen)
            let logits = policy.logits(screens)  // [24, slots]
            let draw = Draw(
                steps: steps, policyRows: Policy.rows(logits),
                referenceRows: reference.logProbabilities(screens), lacksBad: lacksBad)
            let (loss, slopes) = Steve.idea(arm, draw, settings)
            // log π(y|x), one a step, on the tape: [24]
            let chosen = logits.logProbabilities(of: steps.map(\.slot))
            chosen.loss(value: loss, slopes: slopes).backward()
            optimiser.step(policy, rate: factor * (arm == .sft ? inputs.sftRate : inputs.ktoRate))
            updates += 1
            // KTO's rewards are shown for every arm, so that the arms can be compared by them.
            report(loss, KTO.outcome(draw.ktoBatch, settings), draw.ktoBatch.isGood, trial)
        }

        /// Sixteen good and eight bad steps of all so far, good ones again where none is bad; nil while none is good.
        private mutating func draw(_ inputs: Inputs) -> (steps: [MiniDesk.Step], lacksBad: Bool)? {
            let good = steps.filter { $0.verdict == .good }
            // KTO knows two labels: the paper makes neutral steps bad ones.
            let bad = steps.filter {
                $0.verdict == .harmful || $0.verdict == .neutral && inputs.neutral == .bad
            }
            guard !good.isEmpty else { return nil }
            let others = bad.isEmpty ? good : bad
            // The same draws in the same order for every arm: arms with one seed see the same steps as long as their
            // policies roll out the same.
            let first = (0..<16).map { _ in good[draws.below(good.count)] }
            let last = (0..<8).map { _ in others[draws.below(others.count)] }
            return ((first + last).map(\.step), bad.isEmpty)
        }

        private func report(
            _ loss: Double, _ outcome: KTO.Outcome, _ isGood: [Bool], _ trial: Trial<Inputs>
        ) {
            let rewards = KTO.rewardMeans(outcome, isGood)
            trial.report(Steve.loss, loss)
            // Every fourth update shows their course, and keeps recorded sessions small.
            guard updates % 4 == 0 else { return }
            trial.report(Steve.goodReward, rewards.good)
            // Before the first bad step there is no mean of theirs.
            if rewards.bad.isFinite {
                trial.report(Steve.badReward, rewards.bad)
                trial.report(Steve.margin, rewards.good - rewards.bad)
            }
            trial.report(Steve.z0, outcome.z0)
            trial.report(Steve.updates, Double(updates))
        }

        /// Tests the policy on held-out tasks, always the same ones, drawn from a stream of their own: testing more or
        /// less often changes no other bit.
        @discardableResult
        func test(_ desk: MiniDesk, _ inputs: Inputs, _ trial: Trial<Inputs>) -> HeldOutTest {
            var random = trial.stream("test")
            let test = HeldOutTest(policy, desk, habits: habits, count: inputs.tasks, using: &random)
            trial.report(Steve.success, test.success)
            trial.report(Steve.rightClicks, test.share(of: .right))
            trial.report(Steve.lookAlikes, test.share(of: .lookAlike))
            if test.onOthers.all > 0 {
                trial.report(Steve.grounding, Double(test.onOthers[.right]) / Double(test.onOthers.all))
            }
            return test
        }
    }

    /// What a policy did on the held-out tasks.
    struct HeldOutTest {
        /// Tasks done within their step budget, and tasks in all.
        private(set) var done = 0, tasks = 0
        /// Clicks by what they hit, on concepts with a wrong habit in the demonstrations and on the others.
        private(set) var onHabits = Tally(), onOthers = Tally()

        /// How many clicks hit what.
        struct Tally {
            private var counts: [MiniDesk.Kind: Int] = [:]

            mutating func add(_ kind: MiniDesk.Kind) { counts[kind, default: 0] += 1 }

            var all: Int { counts.values.reduce(0, +) }

            subscript(_ kind: MiniDesk.Kind) -> Int { counts[kind] ?? 0 }
        }

        /// Lets a policy work on `count` tasks, all at once.
        init(_ policy: Policy, _ desk: MiniDesk, habits: [Int], count: Int, using random: inout RandomStream)
        {
            var rest = (0..<count).map { _ in desk.task(using: &random)[...] }
            // Step by step over all tasks that are not done, so that the policy scores many screens at once.
            for _ in 1...desk.budget {
                let open = rest.indices.filter { !rest[$0].isEmpty }
                let screens = open.compactMap { task in
                    rest[task].first.map { desk.screen(for: $0, using: &random) }
                }
                guard !screens.isEmpty else { break }
                for (task, (screen, slot)) in zip(
                    open, zip(screens, policy.clicks(on: screens, using: &random)))
                {
                    let kind = desk.kind(screen.widgets[slot], for: screen.concept)
                    // Clicks on concepts that were demonstrated rightly tell whether what was known is kept.
                    if habits.contains(screen.concept) { onHabits.add(kind) } else { onOthers.add(kind) }
                    if kind == .right { rest[task] = rest[task].dropFirst() }
                }
            }
            (done, tasks) = (rest.count { $0.isEmpty }, count)
        }

        /// Share of tasks done.
        var success: Double { Double(done) / Double(max(1, tasks)) }

        /// Share of all clicks that hit a kind of widget.
        func share(of kind: MiniDesk.Kind) -> Double {
            Double(onHabits[kind] + onOthers[kind]) / Double(max(1, onHabits.all + onOthers.all))
        }
    }
}
