import Base
import Foundation
import MethodKit
import Tensors

/// A step with the verifier's word on it.
struct JudgedStep: Codable, Sendable {
    let step: MiniDesk.Step
    let verdict: Verifier.Verdict
}

/// The steps of one update, and what both policies say of them.
///
/// Sixteen good steps, then eight bad ones: fine-tuning takes the good ones, KTO the first eight and the bad ones, so
/// each gets a batch of sixteen.
struct Draw {
    let steps: [MiniDesk.Step]
    /// log π(slot|screen) and log π_ref(slot|screen) of all slots: [24][slots]
    let policyRows, referenceRows: [[Double]]
    /// Whether there was no bad step to draw, so that good ones stand in the last eight places.
    let lacksBad: Bool

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
struct Agent: Codable {
    var policy: Policy
    /// π_ref, from the first round on
    var reference: Policy?
    var optimiser = AdamW(rate: 1e-3)
    /// All steps so far, of all rounds.
    var steps: [JudgedStep] = []
    /// Where the steps of this round begin.
    var roundBegin = 0
    var updates = 0
    /// Concepts of which the demonstrations have a wrong habit, in ascending order: for tests only.
    var habits: [Int] = []
    /// A row of the table of rounds for each round that is over.
    var rounds: [[String]] = []
    /// Streams of the roll-outs, of the verifier, of batches and demonstrations.
    var clicks, errors, draws: RandomStream

    init(policy: Policy, _ trial: Trial<Steve.Inputs>) {
        self.policy = policy
        clicks = trial.stream("clicks")
        errors = trial.stream("errors")
        draws = trial.stream("draws")
    }

    // MARK: Rolling out

    /// One trajectory of the current policy, judged step by step.
    mutating func rollOut(_ desk: MiniDesk, _ inputs: Steve.Inputs, showing trial: Trial<Steve.Inputs>?) {
        let verifier = Verifier(desk: desk, noise: inputs.noise)
        var wanted = desk.task(using: &clicks)[...]
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
    func agreement(_ desk: MiniDesk, _ inputs: Steve.Inputs) -> Double {
        let round = steps[roundBegin...]
        let agreed = round.count { ($0.verdict == .good) == (desk.kind($0.step) == .right) }
        return Double(agreed) / Double(max(1, round.count))
    }

    /// What a round's training starts with: a fresh optimiser, and the reference that the inputs name.
    mutating func begin(inputs: Steve.Inputs) throws {
        optimiser = AdamW(rate: 1e-3)
        if reference == nil || inputs.reference == .round { reference = try policy.copied() }
    }

    // MARK: Learning

    /// One update of 16 verified steps; `factor` is the schedule's.
    mutating func learn(
        _ arm: Steve.Arm, _ inputs: Steve.Inputs, _ factor: Double, _ trial: Trial<Steve.Inputs>
    ) {
        let settings = KTO.Settings(beta: inputs.beta, good: inputs.goodWeight, bad: inputs.badWeight)
        guard let reference, let (steps, lacksBad) = draw(inputs) else { return }
        let screens = steps.map(\.screen)
        let logits = policy.logits(screens)  // [24, slots]
        let draw = Draw(
            steps: steps, policyRows: Head.rows(logits).map(Head.logSoftmax),
            referenceRows: reference.logProbabilities(screens), lacksBad: lacksBad)
        let lesson = Steve.lesson(arm, draw, settings)
        let slopes = zip(zip(draw.policyRows, steps), lesson.slopes)
            .flatMap { Head.slopes($0.0, action: $0.1.slot, slope: $1) }
        logits.backward(gradient: Tensor(slopes.map { Float($0) }, logits.shape))
        optimiser.rate = factor * (arm == .sft ? inputs.sftRate : inputs.ktoRate)
        optimiser.step(policy.parameters)
        updates += 1
        report(lesson.loss, KTO.outcome(draw.ktoBatch, settings), draw.ktoBatch.isGood, trial)
    }

    /// Sixteen good and eight bad steps of all so far, good ones again where none is bad; nil while none is good.
    private mutating func draw(_ inputs: Steve.Inputs) -> (steps: [MiniDesk.Step], lacksBad: Bool)? {
        let good = steps.filter { $0.verdict == .good }
        let bad = steps.filter { $0.verdict == .harmful || $0.verdict == .neutral && inputs.neutral == .bad }
        guard !good.isEmpty else { return nil }
        let others = bad.isEmpty ? good : bad
        let first = (0..<16).map { _ in good[draws.below(good.count)] }
        let last = (0..<8).map { _ in others[draws.below(others.count)] }
        return ((first + last).map(\.step), bad.isEmpty)
    }

    private func report(
        _ loss: Double, _ outcome: KTO.Outcome, _ isGood: [Bool], _ trial: Trial<Steve.Inputs>
    ) {
        let rewards = KTO.rewardMeans(outcome, isGood)
        trial.report(Steve.loss, loss)
        // Every fourth update shows their course, and keeps recorded sessions small.
        guard updates % 4 == 0 else { return }
        trial.report(Steve.goodReward, rewards.good)
        if rewards.bad.isFinite {
            trial.report(Steve.badReward, rewards.bad)
            trial.report(Steve.margin, rewards.good - rewards.bad)
        }
        trial.report(Steve.z0, outcome.z0)
        trial.report(Steve.updates, Double(updates))
    }
}
