import Foundation

/// Where the arms differ, and nowhere else: the settings of an update, how its steps are labelled, which of them it draws,
/// what it does with them, and, for one control, which widgets are not clicked.
extension Steve {
    /// β, both weights and whether there is a reference point, at this update's inputs.
    static func settings(_ arm: Arm, _ inputs: Inputs) -> KTO.Settings {
        KTO.Settings(
            beta: arm == .ktoPaper ? KTO.papersBeta : inputs.beta, good: inputs.goodWeight,
            bad: inputs.badWeight * badShare(arm), hasReferencePoint: arm != .zero)
    }

    /// What λ_U is multiplied with: tuned as β was for KTO.
    private static func badShare(_ arm: Arm) -> Double {
        switch arm {
        case .unlikelihood: 0.25
        case .reinforce: 0.5
        default: 1
        }
    }

    /// The learning rate: the input's, or else the best that was tried on seeds 1 to 3, see the card.
    static func rate(_ arm: Arm, _ inputs: Inputs) -> Double {
        inputs.rate > 0 ? inputs.rate : tunedRate(arm)
    }

    private static func tunedRate(_ arm: Arm) -> Double {
        switch arm {
        case .printed: 3e-4
        case .start, .balanced, .reinforce: 1e-3
        case .sft, .outcome: 1.5e-3
        case .zero, .masked: 2e-3
        case .kto, .ktoPaper, .unlikelihood: 3e-3
        case .filtered: 1.2e-2
        }
    }

    /// §3.3 What a draw of verified steps does to the policy.
    ///
    /// - Parameters:
    ///   - arm: which one.
    ///   - draw: the steps, with both policies' log-probabilities.
    ///   - settings: β, λ_D and λ_U.
    /// - Returns: the mean loss, and for each step the slope of that loss with respect to log π(y|x).
    static func idea(_ arm: Arm, _ draw: Draw, _ settings: KTO.Settings) -> (loss: Double, slopes: [Double]) {
        switch arm {
        case .start:
            // No slope, so no update changes the policy, though as many are made.
            return (0, draw.judged.map { _ in 0 })
        case .sft, .balanced, .filtered, .masked:
            // -log π(y|x), the mean over a batch of good steps.
            return draw.mean(Draw.forSFT.map { (-draw.policy[$0], -1.0) }, at: Draw.forSFT)
        case .kto, .ktoPaper, .zero, .outcome, .printed:
            // Half a batch of good steps and half of bad ones; the other good steps of the draw keep slope 0.
            let outcome = KTO.outcome(draw.ktoBatch, settings, form: arm == .printed ? .printed : .kto)
            return (outcome.loss, draw.placed(outcome.slopes, at: Draw.forKTO))
        case .unlikelihood, .reinforce:
            // The same halves, without a reference.
            let losses = zip(Draw.forKTO, draw.ktoBatch.isGood).map { index, isGood in
                Control.loss(arm, log: draw.policy[index], isGood: isGood, settings)
            }
            return draw.mean(losses, at: Draw.forKTO)
        }
    }

    /// Whether a step counts as good or as bad; nil where it is left out.
    static func label(_ arm: Arm, _ judged: JudgedStep, _ neutral: Neutral) -> Bool? {
        // One control gives every step what came of its whole trajectory, as if no step had been verified.
        if arm == .outcome { return judged.isOfDoneTask }
        switch judged.verdict {
        case .good: return true
        case .harmful: return false
        // KTO knows two labels: the paper makes neutral steps bad ones.
        case .neutral: return neutral == .bad ? false : nil
        }
    }

    /// The good steps that an update draws from: first one of these groups, then one of its steps. Places in `steps`.
    static func taught(_ arm: Arm, _ steps: [JudgedStep], _ neutral: Neutral) -> [[Int]] {
        let good = steps.indices.filter { label(arm, steps[$0], neutral) == true }
        switch arm {
        case .balanced:
            // Each concept as often as any other, however seldom its right widget was found.
            return Dictionary(grouping: good) { steps[$0].step.screen.concept }
                .sorted { $0.key < $1.key }.map(\.value)
        case .filtered:
            // Whole trajectories that did their task, with whatever they clicked; no step is verified.
            let done = steps.indices.filter { steps[$0].isOfDoneTask }
            return done.isEmpty ? [] : [done]
        default:
            return good.isEmpty ? [] : [good]
        }
    }

    /// What is not clicked although the policy would: nil for all arms but the one that remembers.
    static func avoided(_ arm: Arm?, _ steps: [JudgedStep], _ neutral: Neutral) -> Avoided? {
        arm == .masked ? Avoided(steps, neutral) : nil
    }

    /// Widgets that the verifier called bad more often than good for a concept.
    struct Avoided: Sendable {
        private struct Click: Hashable { let concept, widget: Int }

        /// How much more often good than bad.
        private var balance: [Click: Int] = [:]

        init(_ steps: [JudgedStep], _ neutral: Neutral) {
            for judged in steps {
                guard let isGood = Steve.label(.masked, judged, neutral) else { continue }
                let screen = judged.step.screen
                let click = Click(concept: screen.concept, widget: screen.widgets[judged.step.slot])
                balance[click, default: 0] += isGood ? 1 : -1
            }
        }

        /// Log-probabilities of a screen's slots with what is avoided at -infinity; all of them where all would be.
        func masked(_ row: [Double], _ screen: MiniDesk.Screen) -> [Double] {
            let masked = zip(row, screen.widgets).map {
                (balance[Click(concept: screen.concept, widget: $1)] ?? 0) < 0 ? -.infinity : $0
            }
            return masked.contains { $0.isFinite } ? masked : row
        }
    }

    /// Losses without a reference that know bad steps too, each with its slope with respect to log π(y|x).
    enum Control {
        /// Nearer to 1 than this, a probability counts as this far from it, so that the slope stays finite.
        static let floor = 1e-6

        /// Unlikelihood (Welleck et al. 2020): good `-λ_D log π`, bad `-λ_U log(1 - π)`. Signed log-likelihood: good
        /// `-λ_D log π`, bad `λ_U log π`, which nothing bounds. It has the form of REINFORCE with a reward of +1 or -1,
        /// but its steps are drawn again from all rounds, so it is no gradient of the policy's own success.
        static func loss(
            _ arm: Arm, log p: Double, isGood: Bool, _ settings: KTO.Settings
        ) -> (loss: Double, slope: Double) {
            if isGood { return (settings.good * -p, -settings.good) }
            if arm == .reinforce { return (settings.bad * p, settings.bad) }
            let rest = max(floor, -expm1(p))
            return (settings.bad * -log(rest), settings.bad * exp(p) / rest)
        }
    }

    /// The steps of one update, and what both policies say of them.
    ///
    /// A batch of good steps, then half a batch of bad ones: what clones takes the good ones; KTO and its controls the
    /// first half of those and the bad ones, so each gets one batch.
    struct Draw {
        let judged: [JudgedStep]
        /// log π(slot|screen) and log π_ref(slot|screen) of all slots: [batch + half][slots]
        let policyRows, referenceRows: [[Double]]
        /// Whether there was no bad step to draw, so that good ones stand in the last places.
        let lacksBad: Bool

        /// How many good steps KTO takes, and how many bad ones.
        static let half = batch / 2
        /// Places of the steps that cloning takes, and of those that KTO takes.
        static let forSFT = Array(0..<batch)
        static let forKTO = Array(0..<half) + Array(batch..<batch + half)

        /// log π(y|x) of each step.
        var policy: [Double] { zip(policyRows, judged).map { $0[$1.step.slot] } }

        /// KTO's half good and half bad steps; a mismatched pair is a screen with the slot of the item before.
        var ktoBatch: KTO.Batch {
            KTO.batch(
                policy: Self.forKTO.map { policyRows[$0] }, reference: Self.forKTO.map { referenceRows[$0] },
                chosen: Self.forKTO.map { judged[$0].step.slot },
                isGood: Self.forKTO.map { $0 < batch || lacksBad })
        }

        /// Whether the verifier called each of KTO's steps good, whatever the arm takes them for: what log-ratios are
        /// shown by, so that arms can be compared.
        var isCalledGood: [Bool] { Self.forKTO.map { judged[$0].verdict == .good } }

        /// The mean of losses of the steps at some places, with the slopes of that mean; other steps have slope 0.
        func mean(
            _ losses: [(loss: Double, slope: Double)], at places: [Int]
        ) -> (loss: Double, slopes: [Double]) {
            let count = Double(places.count)
            return (
                losses.reduce(0) { $0 + $1.loss } / count, placed(losses.map { $0.slope / count }, at: places)
            )
        }

        /// Slopes at some places of the draw, and 0 elsewhere.
        func placed(_ slopes: [Double], at places: [Int]) -> [Double] {
            var all = judged.map { _ in 0.0 }
            for (place, slope) in zip(places, slopes) { all[place] = slope }
            return all
        }
    }
}
