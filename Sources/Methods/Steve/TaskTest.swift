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

        /// Works on `count` tasks, all at once.
        init(
            _ desk: MiniDesk, _ split: MiniDesk.Split, habits: [Int], count: Int,
            using random: inout RandomStream, clicking: Clicking
        ) {
            var rest = (0..<count).map { _ in desk.task(split, using: &random)[...] }
            let budgets = rest.map { $0.count + MiniDesk.spare }
            // Step by step over all tasks that are not over, so that the policy scores many screens at once.
            for step in 0..<(budgets.max() ?? 0) {
                let open = rest.indices.filter { !rest[$0].isEmpty && step < budgets[$0] }
                let screens = open.compactMap { task in
                    rest[task].first.map { desk.screen(for: $0, split, using: &random) }
                }
                guard !screens.isEmpty else { break }
                for (task, (screen, slot)) in zip(open, zip(screens, clicking(screens, &random))) {
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

extension Steve.State {
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
        let anything = Steve.TaskTest(desk, .tasks, habits: habits, count: inputs.tasks, using: &random) {
            screens, random in screens.map { _ in random.below(Steve.MiniDesk.slots) }
        }
        trial.report(Steve.chance, anything.success)
        trial.keep("habits", Steve.habitMap(policy, desk, trial.stream("habit map")))
    }

    private func tested(
        _ arm: Steve.Arm?, _ desk: Steve.MiniDesk, _ split: Steve.MiniDesk.Split, isGreedy: Bool,
        _ inputs: Steve.Inputs, _ trial: Trial<Steve.Inputs>
    ) -> Steve.TaskTest {
        var random = trial.stream("test \(split)")
        let avoided = arm.flatMap { Steve.avoided($0, steps) }
        return Steve.TaskTest(desk, split, habits: habits, count: inputs.tasks, using: &random) {
            policy.clicks(on: $0, avoiding: avoided, isGreedy: isGreedy, using: &$1)
        }
    }

    /// Reports a share, unless there was nothing to share.
    private func report(_ metric: Metric, _ share: Double, _ trial: Trial<Steve.Inputs>) {
        if share.isFinite { trial.report(metric, share) }
    }
}
