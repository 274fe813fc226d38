import Foundation

/// Where the arms differ, and nowhere else: which steps an update draws, what it does with them, and, for one
/// control, which widgets are not clicked.
extension Steve {
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
            return (0, draw.steps.map { _ in 0 })
        case .sft, .balanced, .filtered, .masked:
            // -log π(y|x), the mean over sixteen good steps.
            return draw.mean(draw.forSFT.map { (-draw.policy[$0], -1.0) }, at: draw.forSFT)
        case .kto, .ktoPaper, .printed:
            // Eight good and eight bad; the other good steps of the draw keep slope 0.
            let outcome = KTO.outcome(draw.ktoBatch, settings, form: arm == .printed ? .printed : .kto)
            return (outcome.loss, draw.placed(outcome.slopes, at: draw.forKTO))
        case .unlikelihood, .reinforce:
            // The same eight and eight, without a reference.
            let losses = zip(draw.forKTO, draw.ktoBatch.isGood).map { index, isGood in
                Control.loss(arm, log: draw.policy[index], isGood: isGood, settings)
            }
            return draw.mean(losses, at: draw.forKTO)
        }
    }

    /// The good steps that an update draws from: first one of these groups, then one of its steps. Places in `steps`.
    static func taught(_ arm: Arm, _ steps: [JudgedStep]) -> [[Int]] {
        let good = steps.indices.filter { steps[$0].verdict == .good }
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
    static func avoided(_ arm: Arm, _ steps: [JudgedStep]) -> Avoided? {
        arm == .masked ? Avoided(steps) : nil
    }

    /// Widgets that the verifier called bad more often than good for a concept.
    struct Avoided: Sendable {
        private struct Click: Hashable { let concept, widget: Int }

        /// How much more often good than bad.
        private var balance: [Click: Int] = [:]

        init(_ steps: [JudgedStep]) {
            for judged in steps {
                let screen = judged.step.screen
                let click = Click(concept: screen.concept, widget: screen.widgets[judged.step.slot])
                balance[click, default: 0] += judged.verdict == .good ? 1 : -1
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

        /// Unlikelihood (Welleck et al. 2020): good `-λ_D log π`, bad `-λ_U log(1 - π)`. REINFORCE with a reward of
        /// +1 or -1: good `-λ_D log π`, bad `λ_U log π`, which nothing bounds.
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
    /// Sixteen good steps, then eight bad ones: what clones takes the good ones; KTO and its controls the first eight
    /// and the bad ones, so each gets a batch of sixteen.
    struct Draw {
        let steps: [MiniDesk.Step]
        /// log π(slot|screen) and log π_ref(slot|screen) of all slots: [24][slots]
        let policyRows, referenceRows: [[Double]]
        /// Whether there was no bad step to draw, so that good ones stand in the last eight places.
        let lacksBad: Bool

        /// Places of the steps that cloning takes, and of those that KTO takes.
        let forSFT = Array(0..<16)
        let forKTO = Array(0..<8) + Array(16..<24)

        /// log π(y|x) of each step.
        var policy: [Double] { zip(policyRows, steps).map { $0[$1.slot] } }

        /// KTO's half good and half bad steps; a mismatched pair is a screen with the slot of the item before.
        var ktoBatch: KTO.Batch {
            KTO.batch(
                policy: forKTO.map { policyRows[$0] }, reference: forKTO.map { referenceRows[$0] },
                chosen: forKTO.map { steps[$0].slot }, isGood: forKTO.map { $0 < 16 || lacksBad })
        }

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
            var all = steps.map { _ in 0.0 }
            for (place, slope) in zip(places, slopes) { all[place] = slope }
            return all
        }
    }
}
