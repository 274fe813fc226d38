import Base
import Foundation
import Testing

@testable import Methods

/// The arms' losses, what they draw, and which numbers meet which.
@Suite struct SteveIdeaTests {
    let desk = Steve.MiniDesk.small
    let plain = Steve.KTO.Settings(beta: 0.1, good: 1, bad: 1)
    let twoSteps = Steve.KTO.Batch(
        policy: [-1, -1], reference: [-1, -1], isGood: [true, false], mismatched: [0, 0])

    @Test func ktoRaisesGoodActionsAndLowersBadOnes() {
        let slopes = Steve.KTO.outcome(twoSteps, plain).slopes
        #expect(slopes[0] < 0 && slopes[1] > 0)
    }

    /// As the paper prints the loss, it raises bad actions.
    @Test func thePrintedLossRaisesBadActions() {
        #expect(Steve.KTO.outcome(twoSteps, plain, form: .printed).slopes.allSatisfy { $0 < 0 })
    }

    /// λ - σ, not λ (1 - σ): λ moves the loss and no slope. By hand, at β (r - z0) = 1 and -1.
    @Test func thePrintedLossTakesLambdaAsItStands() {
        let batch = Steve.KTO.Batch(
            policy: [-1, -3], reference: [-2, -2], isGood: [true, false], mismatched: [0, -1])
        let settings = Steve.KTO.Settings(beta: 1, good: 1.5, bad: 0.75)
        let outcome = Steve.KTO.outcome(batch, settings, form: .printed)
        let up = 0.7310585786300049, down = 0.2689414213699951
        #expect(zip(outcome.losses, [1.5 - up, 0.75 - down]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(outcome.slopes.allSatisfy { abs($0 + up * down / 2) < 1e-12 })
        let proper = Steve.KTO.outcome(batch, settings)
        #expect(zip(proper.losses, [1.5 * down, 0.75 * down]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(abs(proper.slopes[0] + 1.5 * up * down / 2) < 1e-12)
        #expect(abs(proper.slopes[1] - 0.75 * up * down / 2) < 1e-12)
    }

    /// Both forms agree on good steps at λ = 1, where the paper's sentence and TRL's code say the same.
    @Test func bothFormsAgreeOnGoodSteps() {
        let batch = Steve.KTO.Batch(
            policy: [-1, -3], reference: [-2, -2], isGood: [true, true], mismatched: [0.5, 1])
        let (a, b) = (Steve.KTO.outcome(batch, plain), Steve.KTO.outcome(batch, plain, form: .printed))
        #expect(a.losses == b.losses && a.slopes == b.slopes)
    }

    /// z0 is clamped at 0, and a constant: slopes are those of the losses with z0 held.
    @Test func z0IsDetached() {
        #expect(Steve.KTO.z0([-1, -2]) == 0 && Steve.KTO.z0([1, 2]) == 1.5)
        let batch = Steve.KTO.Batch(
            policy: [-1, -3], reference: [-2, -2], isGood: [true, false], mismatched: [0.5, 1])
        let outcome = Steve.KTO.outcome(batch, plain)
        for index in 0..<2 {
            var moved = batch
            moved.policy[index] += 1e-6
            let slope = (Steve.KTO.outcome(moved, plain).loss - outcome.loss) / 1e-6
            #expect(abs(slope - outcome.slopes[index]) < 1e-7)
        }
    }

    /// One step on tables of logits, as the golden files have it but with z0 above 0: the gradient is that of the loss with
    /// z0 held, so logits that only a mismatched pair reads have none.
    @Test func aTablesGradientHoldsZ0() {
        let reference = [[0.0, 0, 0, 0], [0, 0, 0, 0]], states = [0, 1], actions = [0, 3]
        let logits = [[0.2, -0.4, 0.1, 2.0], [1.5, 0.3, -0.2, -0.6]]
        func rows(_ table: [[Double]]) -> [[Double]] {
            states.map { state in
                let sum = table[state].reduce(0) { $0 + exp($1) }
                return table[state].map { $0 - log(sum) }
            }
        }
        func outcome(_ table: [[Double]]) -> Steve.KTO.Outcome {
            Steve.KTO.outcome(
                Steve.KTO.batch(
                    policy: rows(table), reference: rows(reference), chosen: actions,
                    isGood: [true, false]), plain)
        }
        let at = outcome(logits), z0 = at.z0
        #expect(z0 > 0.5)
        func held(_ table: [[Double]]) -> Double {
            let policy = rows(table), sigmoid = { (x: Double) in 1 / (1 + exp(-x)) }
            let r = [policy[0][0], policy[1][3]].map { $0 - log(0.25) }
            return (1 - sigmoid(0.1 * (r[0] - z0)) + 1 - sigmoid(0.1 * (z0 - r[1]))) / 2
        }
        for (state, action) in [(0, 0), (0, 3), (1, 0), (1, 3), (1, 2)] {
            var moved = logits
            moved[state][action] += 1e-6
            let p = exp(rows(logits)[state][action])
            // Through the softmax: slope of log π(y|x) times (1 for y, else 0) - π.
            let slope = at.slopes[state] * ((action == actions[state] ? 1 : 0) - p)
            #expect(abs((held(moved) - held(logits)) / 1e-6 - slope) < 1e-7)
        }
    }

    @Test(arguments: [Steve.Arm.unlikelihood, .reinforce])
    func theControlsSlopesAreTheirLosses(_ arm: Steve.Arm) {
        let settings = Steve.KTO.Settings(beta: 1, good: 1.5, bad: 0.75)
        for isGood in [true, false] {
            func at(_ p: Double) -> (loss: Double, slope: Double) {
                Steve.Control.loss(arm, log: p, isGood: isGood, settings)
            }
            for p in [-3, -1, -0.1] {
                #expect(abs((at(p + 1e-6).loss - at(p - 1e-6).loss) / 2e-6 - at(p).slope) < 1e-6)
                #expect(isGood ? at(p).slope < 0 : at(p).slope > 0)
            }
        }
        // A certain bad action: unlikelihood's slope is the steepest, but finite.
        #expect(Steve.Control.loss(arm, log: 0, isGood: false, settings).slope.isFinite)
        let unsure = Steve.Control.loss(.unlikelihood, log: -20, isGood: false, settings)
        #expect(unsure.slope < 1e-8, "what the policy never does is not pushed further")
    }

    // MARK: What meets what

    /// A draw whose log-probabilities are told apart: those of place p and slot s are -(p + 1) - s / 10, and half of
    /// that in the reference. Every third step was called good.
    private func draw(lacksBad: Bool = false) -> Steve.Draw {
        var random = RandomStream(seed: 1)
        let judged = (0..<24).map { place in
            let screen = desk.screen(for: place % 16, using: &random)
            let step = desk.click(
                place % 6, on: screen, at: 1, before: Steve.Pixels(bits: 0), stray: 0, using: &random)
            return Steve.JudgedStep(step: step, verdict: place % 3 == 0 ? .good : .harmful)
        }
        let rows = (0..<24).map { place in (0..<6).map { -Double(place + 1) - Double($0) / 10 } }
        return Steve.Draw(
            judged: judged, policyRows: rows, referenceRows: rows.map { $0.map { $0 / 2 } },
            lacksBad: lacksBad)
    }

    @Test func ktoTakesEightGoodAndEightBadStepsWithTheirOwnReferences() {
        let draw = draw(), batch = draw.ktoBatch, places = Array(0..<8) + Array(16..<24)
        #expect(batch.isGood == places.map { $0 < 8 })
        #expect(batch.policy == places.map { -Double($0 + 1) - Double($0 % 6) / 10 })
        #expect(batch.reference == batch.policy.map { $0 / 2 })
        #expect(self.draw(lacksBad: true).ktoBatch.isGood.allSatisfy { $0 })
        // What is shown goes by verdict, whatever the place in the draw.
        #expect(draw.isCalledGood == places.map { $0 % 3 == 0 })
        #expect(batch.logRatios == batch.policy.map { $0 / 2 })
        let means = Steve.KTO.means([1, 2, 4], [true, false, false])
        #expect(means.good == 1 && means.bad == 3 && Steve.KTO.means([1], [true]).bad.isNaN)
    }

    /// A mismatched pair is a screen with the slot of the item before, the first with the last's: policy minus
    /// reference of that pair, in the batch's order.
    @Test func mismatchedPairsTurnRoundTheBatch() {
        let batch = draw().ktoBatch, places = Array(0..<8) + Array(16..<24)
        let wanted = places.enumerated().map { index, place in
            let slot = places[(index + 15) % 16] % 6
            return (-Double(place + 1) - Double(slot) / 10) / 2
        }
        #expect(zip(batch.mismatched, wanted).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test(arguments: Steve.Arm.allCases)
    func eachArmPushesTheStepsThatItTakes(_ arm: Steve.Arm) {
        let (loss, slopes) = Steve.idea(arm, draw(), plain)
        let good = slopes[..<8], rest = slopes[8..<16], bad = slopes[16...]
        switch arm {
        case .start: #expect(loss == 0 && slopes.allSatisfy { $0 == 0 })
        case .sft, .balanced, .filtered, .masked:
            #expect(slopes[..<16].allSatisfy { $0 == -1.0 / 16 } && bad.allSatisfy { $0 == 0 })
        case .kto, .ktoPaper, .zero, .outcome, .unlikelihood, .reinforce:
            #expect(good.allSatisfy { $0 < 0 } && rest.allSatisfy { $0 == 0 } && bad.allSatisfy { $0 > 0 })
        case .printed: #expect(good.allSatisfy { $0 < 0 } && bad.allSatisfy { $0 < 0 })
        }
    }

    // MARK: Settings

    /// β, both weights and the reference point of each arm at inputs that differ from their defaults.
    @Test func eachArmHasItsSettings() {
        var inputs = Steve.Inputs()
        (inputs.beta, inputs.goodWeight, inputs.badWeight) = (3, 2, 4)
        for arm in Steve.Arm.allCases {
            let settings = Steve.settings(arm, inputs)
            #expect(settings.beta == (arm == .ktoPaper ? 0.1 : 3) && settings.good == 2)
            #expect(settings.hasReferencePoint == (arm != .zero))
            switch arm {
            case .unlikelihood: #expect(settings.bad == 1)
            case .reinforce: #expect(settings.bad == 2)
            default: #expect(settings.bad == 4)
            }
            #expect(Steve.rate(arm, inputs) > 0)
            inputs.rate = 0.05
            #expect(Steve.rate(arm, inputs) == 0.05)
            inputs.rate = 0
        }
    }

    /// Without a reference point a reward is held against 0, whatever the mismatched pairs say.
    @Test func withoutAReferencePointRewardsAreHeldAgainstZero() {
        var batch = twoSteps
        (batch.policy, batch.mismatched) = ([-0.5, -3], [2, 3])
        let with = Steve.KTO.outcome(batch, plain)
        var settings = plain
        settings.hasReferencePoint = false
        let without = Steve.KTO.outcome(batch, settings)
        #expect(with.z0 == 2.5 && without.z0 == 0 && with.rewards == without.rewards)
        let sigmoid = { (x: Double) in 1 / (1 + exp(-x)) }
        for (index, sign) in [1.0, -1].enumerated() {
            let r = batch.policy[index] + 1
            #expect(abs(with.losses[index] - (1 - sigmoid(sign * 0.1 * (r - 2.5)))) < 1e-12)
            #expect(abs(without.losses[index] - (1 - sigmoid(sign * 0.1 * r))) < 1e-12)
        }
    }

    // MARK: What is drawn

    /// Five good steps of concept 0, one of concept 1, one bad one of concept 2.
    private var judged: [Steve.JudgedStep] {
        var random = RandomStream(seed: 2)
        return [0, 0, 0, 0, 0, 1, 2].map { concept in
            let screen = desk.screen(for: concept, using: &random)
            let step = desk.click(
                0, on: screen, at: 1, before: Steve.Pixels(bits: 0), stray: 0, using: &random)
            return Steve.JudgedStep(
                step: step, verdict: concept == 2 ? .harmful : .good, isOfDoneTask: concept > 0)
        }
    }

    @Test func armsDrawWhatTheirNamesSay() {
        func taught(_ arm: Steve.Arm) -> [[Int]] { Steve.taught(arm, judged, .bad) }
        #expect(taught(.sft) == [[0, 1, 2, 3, 4, 5]] && taught(.kto) == taught(.sft))
        #expect(taught(.balanced) == [[0, 1, 2, 3, 4], [5]])
        #expect(taught(.filtered) == [[5, 6]] && taught(.outcome) == [[5, 6]])
        #expect(Steve.taught(.sft, [], .bad).isEmpty && Steve.taught(.filtered, [], .bad).isEmpty)
    }

    /// The label is the verdict, with neutral steps bad or left out; of `outcome` what came of the whole trajectory.
    @Test func aLabelIsTheVerdictOrTheOutcome() {
        let step = judged[0].step
        for (verdict, wanted) in [(Steve.Verifier.Verdict.good, true), (.harmful, false)] {
            let one = Steve.JudgedStep(step: step, verdict: verdict, isOfDoneTask: !wanted)
            #expect(Steve.label(.kto, one, .bad) == wanted && Steve.label(.kto, one, .ignored) == wanted)
            #expect(Steve.label(.outcome, one, .bad) == !wanted)
        }
        let neutral = Steve.JudgedStep(step: step, verdict: .neutral, isOfDoneTask: true)
        #expect(Steve.label(.sft, neutral, .bad) == false && Steve.label(.sft, neutral, .ignored) == nil)
        #expect(Steve.label(.outcome, neutral, .ignored) == true)
    }

    /// A widget called bad more often than good for a concept is not clicked there, whatever the policy says.
    @Test func whatWasCalledBadIsAvoided() throws {
        let judged = judged, last = try #require(judged.last).step
        for arm in Steve.Arm.allCases {
            #expect((Steve.avoided(arm, judged, .bad) != nil) == (arm == .masked))
        }
        let avoided = try #require(Steve.avoided(.masked, judged, .bad))
        let row = Array(repeating: log(1.0 / 6), count: 6)
        let masked = avoided.masked(row, last.screen)
        #expect(masked.indices.filter { masked[$0].isInfinite } == [last.slot])
        #expect(avoided.masked(row, judged[0].step.screen) == row)
        // Once good, once bad: that is not more often bad.
        let excused = judged + [Steve.JudgedStep(step: last, verdict: .good)]
        #expect(Steve.Avoided(excused, .bad).masked(row, last.screen) == row)
        // A neutral step is a bad one, or says nothing.
        let neutral = [Steve.JudgedStep(step: last, verdict: .neutral)]
        #expect(Steve.Avoided(neutral, .bad).masked(row, last.screen) == masked)
        #expect(Steve.Avoided(neutral, .ignored).masked(row, last.screen) == row)
    }

    /// What is avoided is neither clicked nor drawn in the map of habits, and the rest adds up to 1.
    @Test func whatIsAvoidedIsNotDrawn() throws {
        var random = RandomStream(seed: 6)
        let policy = Steve.Policy(desk, sharesFeatures: false, using: &random)
        let screens = (0..<64).map { _ in desk.screen(for: 3, using: &random) }
        let judged = try screens.map { screen in
            let slot = try #require(screen.widgets.firstIndex(of: desk.concepts + 3))
            let step = desk.click(
                slot, on: screen, at: 1, before: Steve.Pixels(bits: 0), stray: 0, using: &random)
            return Steve.JudgedStep(step: step, verdict: .harmful)
        }
        let avoided = Steve.Avoided(judged, .bad)
        for (row, one) in zip(policy.probabilities(screens, avoiding: avoided), judged) {
            #expect(row[one.step.slot] == 0 && abs(row.reduce(0, +) - 1) < 1e-12)
        }
        for (isAvoided, wanted) in [(true, Float(0)), (false, 0.05)] {
            let map = Steve.habitMap(policy, desk, avoiding: isAvoided ? avoided : nil, RandomStream(seed: 1))
            guard case .heatMap(let map) = map else { throw GoldenError(description: "no heat map") }
            let share = map.values[3 * 4 + Steve.MiniDesk.Kind.lookAlike.rawValue]
            #expect(isAvoided ? share == wanted : share > wanted)
        }
    }

    // MARK: The policy

    /// LoRA starts at the frozen base and trains its own four matrices alone.
    @Test func adaptersStartAtTheFrozenBase() {
        var random = RandomStream(seed: 7)
        var policy = Steve.Policy(desk, sharesFeatures: false, using: &random)
        let screens = (0..<5).map { desk.screen(for: $0, using: &random) }
        let before = policy.logProbabilities(screens)
        policy.adapt(rank: 0, using: &random)
        #expect(policy.parameters.count == 6)
        policy.adapt(rank: 4, using: &random)
        #expect(policy.logProbabilities(screens) == before)
        #expect(policy.parameters.map(\.shape) == [[4, 96], [64, 4], [4, 64], [1, 4]])
    }

    /// At its start an adapter's output is 0 whatever α is, so α is read off the gradient: of B it is (α / r) G A', where
    /// G is the frozen weight's.
    @Test func alphaIsSixteen() throws {
        var random = RandomStream(seed: 7)
        var policy = Steve.Policy(desk, sharesFeatures: false, using: &random)
        let screens = (0..<5).map { desk.screen(for: $0, using: &random) }
        func slopes(_ shape: [Int]) throws -> (values: [Double], gradient: [Double]) {
            policy.logits(screens).logProbabilities(of: [0, 1, 2, 3, 4]).sum().backward()
            let found = try #require(policy.parameters.first { $0.shape == shape })
            return (found.doubles, found.gradient?.doubles ?? [])
        }
        let weight = try slopes([64, 96]).gradient
        policy.adapt(rank: 4, using: &random)
        let a = try #require(policy.parameters.first { $0.shape == [4, 96] }).doubles
        let b = try slopes([64, 4]).gradient
        for (row, column) in [(0, 0), (17, 3), (63, 2)] {
            let product = (0..<96).reduce(0.0) { $0 + weight[row * 96 + $1] * a[column * 96 + $1] }
            #expect(abs(b[row * 4 + column] - 16.0 / 4 * product) < 1e-5 * max(1, abs(product)))
        }
    }

    /// The policy reads the wanted concept and each widget, not the slot: shuffled widgets have shuffled scores.
    @Test func slotsAreNotRead() {
        var random = RandomStream(seed: 8)
        let policy = Steve.Policy(desk, sharesFeatures: false, using: &random)
        let screen = desk.screen(for: 4, using: &random)
        let turned = Steve.MiniDesk.Screen(concept: 4, widgets: screen.widgets.reversed())
        let other = Steve.MiniDesk.Screen(concept: 5, widgets: screen.widgets)
        let rows = policy.logProbabilities([screen, turned, other])
        #expect(zip(rows[0], rows[1].reversed()).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(zip(rows[0], rows[2]).contains { abs($0 - $1) > 1e-3 })
        #expect(Set(rows[0]).count == 6, "each widget has its own score")
    }

    @Test func aGreedyClickIsTheLikeliest() {
        var random = RandomStream(seed: 9)
        let policy = Steve.Policy(desk, sharesFeatures: false, using: &random)
        let screens = (0..<16).map { desk.screen(for: $0, using: &random) }
        let clicks = policy.clicks(on: screens, isGreedy: true, using: &random)
        for (row, click) in zip(policy.logProbabilities(screens), clicks) { #expect(row[click] == row.max()) }
    }

    /// A test's success, its greedy click and its kinds, on a policy that is known: always right, and never.
    @Test func aTestCountsWhatIsDone() {
        for (widget, success) in [(0, 1.0), (desk.concepts, 0)] {
            for split in Steve.MiniDesk.Split.allCases {
                var random = RandomStream(seed: 10)
                let test = Steve.TaskTest(desk, split, habitual: [0], count: 50, using: &random) {
                    screens, _ in
                    screens.map { $0.widgets.firstIndex(of: widget + $0.concept) ?? 0 }
                }
                #expect(test.success == success && test.share(of: widget == 0 ? .right : .lookAlike) == 1)
                #expect((test.onHabits.all > 0) == (split != .concepts))
            }
        }
    }
}
