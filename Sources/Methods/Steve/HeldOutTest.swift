import Base
import MethodKit

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
    init(_ policy: Policy, _ desk: MiniDesk, habits: [Int], count: Int, using random: inout RandomStream) {
        var rest = (0..<count).map { _ in desk.task(using: &random)[...] }
        for _ in 1...desk.budget {
            let open = rest.indices.filter { !rest[$0].isEmpty }
            let screens = open.compactMap { task in
                rest[task].first.map { desk.screen(for: $0, using: &random) }
            }
            guard !screens.isEmpty else { break }
            for (task, (screen, slot)) in zip(open, zip(screens, policy.clicks(on: screens, using: &random)))
            {
                let kind = desk.kind(screen.widgets[slot], for: screen.concept)
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

extension Agent {
    /// Tests the policy on held-out tasks, always the same ones, drawn from a stream of their own: testing more or less
    /// often changes no other bit.
    @discardableResult
    func test(_ desk: MiniDesk, _ inputs: Steve.Inputs, _ trial: Trial<Steve.Inputs>) -> HeldOutTest {
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
