import Base
import MethodKit

extension Steve {
    /// What a policy did on new tasks.
    struct TaskTest {
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

            /// Share of these clicks that hit a kind of widget; NaN without clicks.
            func share(of kind: MiniDesk.Kind) -> Double { Double(self[kind]) / Double(all) }
        }

        /// How slots are chosen: one for each screen.
        typealias Clicking = ([MiniDesk.Screen], inout RandomStream) -> [Int]

        /// Works on `count` tasks, all at once; `habitual` are the concepts with a wrong habit.
        init(
            _ desk: MiniDesk, _ split: MiniDesk.Split, habitual: [Int], count: Int,
            using random: inout RandomStream, clicking: Clicking
        ) {
            var attempts = (0..<count).map { _ in MiniDesk.Attempt(desk.task(split, using: &random)) }
            // Click by click over all tasks that are not over, so that the policy scores many screens at once.
            while true {
                let open = attempts.indices.compactMap { task in attempts[task].concept.map { (task, $0) } }
                guard !open.isEmpty else { break }
                let screens = open.map { desk.screen(for: $0.1, split, using: &random) }
                for ((task, concept), (screen, slot)) in zip(open, zip(screens, clicking(screens, &random))) {
                    let kind = desk.kind(screen.widgets[slot], for: concept)
                    // Clicks on concepts that were demonstrated rightly tell whether what was known is kept.
                    if habitual.contains(concept) { onHabits.add(kind) } else { onOthers.add(kind) }
                    attempts[task].click(kind)
                }
            }
            (done, tasks) = (attempts.count { $0.isDone }, count)
        }

        /// Share of tasks done.
        var success: Double { Double(done) / Double(max(1, tasks)) }

        /// Share of all clicks that hit a kind of widget.
        func share(of kind: MiniDesk.Kind) -> Double {
            Double(onHabits[kind] + onOthers[kind]) / Double(max(1, onHabits.all + onOthers.all))
        }
    }
}

extension Steve.State {
    /// Success between two ends of rounds.
    func testOnTheWay(
        _ arm: Steve.Arm, _ desk: Steve.MiniDesk, _ inputs: Steve.Inputs, _ trial: Trial<Steve.Inputs>
    ) {
        trial.report(Steve.success, tested(arm, desk, .tasks, isGreedy: false, inputs, trial).success)
    }

    /// Tests the policy on new tasks, always the same ones, drawn from a stream of their own: testing more or less
    /// often changes no other bit.
    @discardableResult
    func test(
        _ arm: Steve.Arm?, _ desk: Steve.MiniDesk, _ inputs: Steve.Inputs, _ trial: Trial<Steve.Inputs>
    ) -> Steve.TaskTest {
        let test = tested(arm, desk, .tasks, isGreedy: false, inputs, trial)
        trial.report(Steve.success, test.success)
        trial.report(Steve.rightClicks, test.share(of: .right))
        trial.report(Steve.lookAlikes, test.share(of: .lookAlike))
        report(Steve.grounding, test.onOthers.share(of: .right), trial)
        return test
    }

    /// The other tests, at the ends of the demonstrations and of each round: without the dice, and on what is new.
    func testWhatIsNew(
        _ arm: Steve.Arm?, _ desk: Steve.MiniDesk, _ inputs: Steve.Inputs, _ trial: Trial<Steve.Inputs>
    ) {
        let greedy = tested(arm, desk, .tasks, isGreedy: true, inputs, trial)
        trial.report(Steve.greedySuccess, greedy.success)
        let layouts = tested(arm, desk, .layouts, isGreedy: false, inputs, trial)
        trial.report(Steve.layoutSuccess, layouts.success)
        let concepts = tested(arm, desk, .concepts, isGreedy: false, inputs, trial)
        trial.report(Steve.conceptSuccess, concepts.success)
        report(Steve.conceptGrounding, concepts.onOthers.share(of: .right), trial)
    }

    /// What the start agent ends with, and what clicks on anything would come to.
    func endCloning(_ desk: Steve.MiniDesk, _ inputs: Steve.Inputs, _ trial: Trial<Steve.Inputs>) {
        test(nil, desk, inputs, trial)
        testWhatIsNew(nil, desk, inputs, trial)
        var random = trial.stream("test tasks")
        let anything = Steve.TaskTest(desk, .tasks, habitual: habitual, count: inputs.tasks, using: &random) {
            screens, random in screens.map { _ in random.below(Steve.MiniDesk.slots) }
        }
        trial.report(Steve.chance, anything.success)
        trial.keep("habits", Steve.habitMap(policy, desk, avoiding: nil, trial.stream("habit map")))
    }

    private func tested(
        _ arm: Steve.Arm?, _ desk: Steve.MiniDesk, _ split: Steve.MiniDesk.Split, isGreedy: Bool,
        _ inputs: Steve.Inputs, _ trial: Trial<Steve.Inputs>
    ) -> Steve.TaskTest {
        var random = trial.stream("test \(split)")
        let avoided = Steve.avoided(arm, judged, inputs.neutral)
        return Steve.TaskTest(desk, split, habitual: habitual, count: inputs.tasks, using: &random) {
            policy.clicks(on: $0, avoiding: avoided, isGreedy: isGreedy, using: &$1)
        }
    }

    /// Reports a share, unless there was nothing to share.
    private func report(_ metric: Metric, _ share: Double, _ trial: Trial<Steve.Inputs>) {
        if share.isFinite { trial.report(metric, share) }
    }
}
