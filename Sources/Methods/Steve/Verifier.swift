import Base

extension Steve {
    /// Judges a step from the pixels before and after it, and from what was wanted; what was truly clicked it cannot
    /// see. It shares no weights and no data with the policy.
    ///
    /// Its own errors come from pixels that change by themselves. On top of them it errs as often as the paper's
    /// verifier does (Fig. 4 by our reading): on 7.7 % of early steps and on 14.3 % of late ones.
    struct Verifier: Sendable {
        enum Verdict: String, Codable, Sendable { case good, neutral, harmful }

        /// What a right click does to the pixels, a concept: what a person who knows the program expects.
        let expected: [Pixels]
        /// How often it errs beyond what it sees, as a multiple of the paper's rates.
        let noise: Double

        /// Shares of early and of late steps whose judgement is turned round.
        static let earlyError = 0.077, lateError = 0.143
        /// Steps up to this place of a trajectory are early, as in the paper.
        static let lastEarly = 7
        /// Pixels that may differ from what is expected; a look-alike's own difference is 8.
        static let tolerance = 6

        init(_ desk: MiniDesk, noise: Double) {
            expected = Array(desk.changes.prefix(desk.concepts))
            self.noise = noise
        }

        /// §3.2 y_t = V(x_t, {r_t, a_t}, x_{t+1}): good where the screen changed as expected, neutral where it did
        /// not change, else harmful. An error makes a good step harmful, and any other good.
        ///
        /// - Parameters:
        ///   - before: x_t.
        ///   - wanted: the concept that the agent says it is after, of r_t and a_t.
        ///   - after: x_{t+1}.
        ///   - place: the step's place in its trajectory, from 1.
        ///   - random: for the errors.
        /// - Returns: y_t.
        func judge(
            _ before: Pixels, wanted: Int, _ after: Pixels, place: Int, using random: inout RandomStream
        ) -> Verdict {
            let error = place <= Self.lastEarly ? Self.earlyError : Self.lateError
            let verdict = look(before, wanted: wanted, after)
            // One draw a step, whatever it showed, so that what it showed moves no later error.
            guard random.chance(noise * error) else { return verdict }
            return verdict == .good ? .harmful : .good
        }

        /// What the two screens say, without the paper's errors.
        func look(_ before: Pixels, wanted: Int, _ after: Pixels) -> Verdict {
            let change = before.changed(by: after)
            if change.changed(by: expected[wanted]).count <= Self.tolerance { return .good }
            return change.count <= Self.tolerance ? .neutral : .harmful
        }
    }

    /// A step with the verifier's word on it.
    struct JudgedStep: Codable, Sendable {
        let step: MiniDesk.Step
        let verdict: Verifier.Verdict
        /// Whether its trajectory did its task in time: what the world says at the end, not the verifier.
        var isOfDoneTask = false
    }

    /// Whoever recorded the demonstrations: on some concepts by a wrong habit, elsewhere with a slip now and then.
    struct Demonstrator: Sendable {
        let desk: MiniDesk
        /// Concepts on which the look-alike is clicked nine times of ten.
        let habits: Set<Int>
        /// Share of clicks that go anywhere.
        let slips: Double

        init(desk: MiniDesk, habitShare: Double, slips: Double, using random: inout RandomStream) {
            self.desk = desk
            self.slips = slips
            // The same share of the concepts that are kept back for tests.
            habits = [desk.ofRounds, desk.keptBack].reduce(into: []) { habits, concepts in
                let count = Int((habitShare * Double(concepts.count)).rounded())
                habits.formUnion(
                    random.choose(count, of: concepts.count).map { concepts.lowerBound + $0 })
            }
        }

        /// The slot that is clicked.
        func click(on screen: MiniDesk.Screen, using random: inout RandomStream) -> Int {
            if random.chance(slips) { return random.below(MiniDesk.slots) }
            let byHabit = habits.contains(screen.concept) && random.chance(0.9)
            let wanted = byHabit ? desk.concepts + screen.concept : screen.concept
            return screen.widgets.firstIndex(of: wanted) ?? 0
        }
    }
}
