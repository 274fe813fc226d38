import Base
import MethodKit
import Testing

@testable import Methods

/// The desk, its demonstrations, and what a verifier can see of a step.
@Suite struct SteveWorldTests {
    let desk = Steve.MiniDesk.small

    @Test func aScreenShowsWhatItShould() {
        var random = RandomStream(seed: 1)
        for split in Steve.MiniDesk.Split.allCases {
            for concept in split == .concepts ? desk.keptBack : desk.ofRounds {
                let screen = desk.screen(for: concept, split, using: &random)
                let kinds = screen.widgets.map { desk.kind($0, for: concept) }
                #expect(screen.widgets.count == 6 && Set(screen.widgets).count == 6)
                #expect(kinds.count { $0 == .right } == 1 && kinds.count { $0 == .lookAlike } == 1)
                #expect(kinds.count { $0 == .back } == 1 && kinds.count { $0 == .other } == 3)
            }
        }
    }

    /// Among the others are look-alikes of other concepts as often as right widgets: that a widget is a look-alike of
    /// something does not tell that it is wrong here.
    @Test func othersAreOfBothKinds() {
        var random = RandomStream(seed: 11), lookAlikes = 0
        for _ in 0..<2_000 {
            let screen = desk.screen(for: random.below(16), using: &random)
            lookAlikes += screen.widgets.count {
                desk.kind($0, for: screen.concept) == .other && $0 >= desk.concepts
            }
        }
        #expect(abs(Double(lookAlikes) / 6_000 - 0.5) < 0.03)
    }

    /// A right click goes on, any other one costs a step, and two steps may be lost: not three.
    @Test func anAttemptHasTwoStepsToSpare() {
        for (wrong, isDone) in [(2, true), (3, false)] {
            var attempt = Steve.MiniDesk.Attempt([4, 9, 6]), wanted: [Int] = []
            let clicks =
                Array(repeating: Steve.MiniDesk.Kind.back, count: wrong)
                + Array(repeating: .right, count: 3)
            for click in clicks {
                guard let concept = attempt.concept else { break }
                wanted.append(concept)
                attempt.click(click)
            }
            #expect(attempt.isDone == isDone && attempt.concept == nil && attempt.clicks == 5)
            #expect(wanted == Array(repeating: 4, count: wrong) + (isDone ? [4, 9, 6] : [4, 9]))
        }
    }

    @Test func tasksHaveTwoToEightDifferentConcepts() {
        var random = RandomStream(seed: 2)
        let tasks = (0..<2_000).map { _ in desk.task(using: &random) }
        #expect(Set(tasks.map(\.count)) == Set(2...8) && tasks.allSatisfy { Set($0).count == $0.count })
        let budgets = tasks.map { Double($0.count + Steve.MiniDesk.spare) }
        #expect(abs(budgets.reduce(0, +) / 2_000 - Double(Steve.MiniDesk.meanBudget)) < 0.1)
    }

    /// The pixels add up: what differs between two screens is what the click changed, besides stray pixels.
    @Test func aClickChangesThePixels() {
        var random = RandomStream(seed: 3)
        let screen = desk.screen(for: 3, using: &random), before = Steve.Pixels(bits: random.next())
        for (slot, widget) in screen.widgets.enumerated() {
            let step = desk.click(slot, on: screen, at: 1, before: before, stray: 0, using: &random)
            #expect(step.before == before && before.changed(by: step.after) == desk.changes[widget])
            #expect((step.after == before) == (desk.kind(step) == .back))
        }
        #expect(desk.changes[3].changed(by: desk.changes[desk.concepts + 3]).count == 8)
        let stray = (0..<500).reduce(0) { count, _ in
            count + Steve.Pixels.stray(0.1, using: &random).count
        }
        #expect(abs(Double(stray) / 32_000 - 0.1) < 0.01)
    }

    // MARK: The verifier

    /// Steps on each kind of widget, with the verifier's word.
    private func judged(place: Int, noise: Double, stray: Double, count: Int = 20_000) -> [(
        Steve.MiniDesk.Kind, Steve.Verifier.Verdict
    )] {
        var random = RandomStream(seed: 4)
        let verifier = Steve.Verifier(desk, noise: noise)
        return (0..<count).map { index in
            let screen = desk.screen(for: index % 16, using: &random)
            let step = desk.click(
                index % 6, on: screen, at: place, before: Steve.Pixels(bits: random.next()), stray: stray,
                using: &random)
            let verdict = verifier.judge(
                step.before, wanted: screen.concept, step.after, place: place, using: &random)
            return (desk.kind(step), verdict)
        }
    }

    @Test func withoutStrayPixelsTheScreensTellTheTruth() {
        for (kind, verdict) in judged(place: 1, noise: 0, stray: 0) {
            switch kind {
            case .right: #expect(verdict == .good)
            case .back: #expect(verdict == .neutral)
            case .lookAlike, .other: #expect(verdict == .harmful)
            }
        }
    }

    /// Its own errors: stray pixels make right clicks look wrong, and look-alikes look right, never an other widget.
    @Test func strayPixelsMislead() {
        let steps = judged(place: 1, noise: 0, stray: 0.04)
        func good(_ kind: Steve.MiniDesk.Kind) -> Double {
            let verdicts = steps.filter { $0.0 == kind }.map(\.1)
            return Double(verdicts.count { $0 == .good }) / Double(verdicts.count)
        }
        #expect((0.97..<0.995).contains(good(.right)) && (0.002..<0.01).contains(good(.lookAlike)))
        #expect(good(.other) == 0 && good(.back) == 0)
    }

    /// The paper's errors on top, which turn a verdict round: late steps are those after the seventh.
    @Test(arguments: [(1, 0.077), (7, 0.077), (8, 0.143), (10, 0.143)])
    func theVerifierErrsAsOftenAsThePapers(_ place: Int, _ rate: Double) {
        for (noise, wanted) in [(1.0, rate), (2, 2 * rate)] {
            let steps = judged(place: place, noise: noise, stray: 0)
            let wrong = steps.count { ($0.0 == .right) != ($0.1 == .good) }
            #expect(abs(Double(wrong) / Double(steps.count) - wanted) < 0.01)
        }
    }

    /// What was truly clicked stays unread: a look-alike whose screen changed as the right one's would is good, and
    /// the same screen is harmful where something else is wanted.
    @Test func theVerifierSeesPixelsAlone() {
        let verifier = Steve.Verifier(desk, noise: 0), before = Steve.Pixels(bits: 0xF0F0)
        let after = before.changed(by: desk.changes[5])
        #expect(verifier.look(before, wanted: 5, after) == .good)
        #expect(verifier.look(before, wanted: 6, after) == .harmful)
        // The same screen after another one before is another change.
        #expect(verifier.look(after, wanted: 5, after) == .neutral)
        #expect(verifier.look(Steve.Pixels(bits: 0x0F0F_0000), wanted: 5, after) == .harmful)
    }

    /// What was seen moves no later error: one draw a step.
    @Test func anErrorTakesOneDraw() {
        let verifier = Steve.Verifier(desk, noise: 1), nothing = Steve.Pixels(bits: 0)
        var a = RandomStream(seed: 5), b = a
        for place in 1...50 {
            _ = verifier.judge(nothing, wanted: 0, nothing, place: place, using: &a)
            _ = verifier.judge(nothing, wanted: 0, desk.changes[0], place: place, using: &b)
        }
        #expect(a == b)
    }

    // MARK: The demonstrations

    @Test func demonstrationsCarryTheHabits() {
        var random = RandomStream(seed: 6)
        let demonstrator = Steve.Demonstrator(desk: desk, habitShare: 0.5, slips: 0, using: &random)
        #expect(demonstrator.habits.count == 10)
        #expect(demonstrator.habits.count { desk.keptBack.contains($0) } == 2)
        var byHabit = 0, right = 0
        for _ in 0..<4_000 {
            let concept = random.below(20), screen = desk.screen(for: concept, using: &random)
            let kind = desk.kind(screen.widgets[demonstrator.click(on: screen, using: &random)], for: concept)
            if kind == .lookAlike { byHabit += 1 } else if kind == .right { right += 1 }
        }
        #expect(abs(Double(byHabit) / 4_000 - 0.45) < 0.03)
        #expect(byHabit + right == 4_000)
    }

    // MARK: What the data give away

    /// What is wanted beside which widgets: a screen in another order of its slots is no new one.
    private struct Wish: Hashable {
        let concept: Int
        let widgets: Set<Int>

        init(_ screen: Steve.MiniDesk.Screen) {
            (concept, widgets) = (screen.concept, Set(screen.widgets))
        }
    }

    /// What the demonstrations and the rounds show at the claim's size, and what tests repeat of it, all from the
    /// engine's own streams.
    @Test func testsRepeatFewScreensAndTasks() {
        let inputs = Steve.Inputs()
        let trial = Trial(
            of: Steve.self, arm: .kto, inputs: inputs, plan: TrialPlan(of: Steve.self, seed: 1),
            link: TrialLink())
        var pixels = trial.stream("pixels")
        let desk = Steve.MiniDesk(concepts: inputs.concepts, using: &pixels)
        let (begun, demonstrator) = Steve.untrained(desk, trial)
        var state = begun
        var shown: Set<Wish> = [], rolled: Set<[Int]> = []
        for _ in 0..<inputs.cloning {
            shown.formUnion(state.demonstrations(by: demonstrator).screens.map(Wish.init))
        }
        for _ in 0..<3 * inputs.trajectories {
            var copy = state.clicks
            rolled.insert(desk.task(using: &copy))
            state.rollOut(.kto, desk, inputs, showing: nil)
        }
        let judged = state.judged.map { Wish($0.step.screen) }
        #expect(Set(judged.map(\.concept)) == Set(desk.ofRounds), "each concept of the rounds was asked for")
        #expect(Set(judged.flatMap(\.widgets)).isDisjoint(with: desk.keptBack.flatMap { [$0, 75 + $0] }))
        shown.formUnion(judged)
        for split in Steve.MiniDesk.Split.allCases {
            var random = trial.stream("test \(split)"), copy = random, screens: [Steve.MiniDesk.Screen] = []
            _ = Steve.TaskTest(desk, split, habitual: [], count: 2_000, using: &random) { asked, _ in
                screens += asked
                return asked.map { $0.widgets.firstIndex(of: $0.concept) ?? 0 }
            }
            // Some hundred of a concept's hundred thousand screens were demonstrated.
            let repeats = screens.count { shown.contains(Wish($0)) }
            #expect(repeats <= (split == .layouts ? 0 : screens.count / 100), "\(split): \(repeats)")
            let tasks = (0..<2_000).map { _ in desk.task(split, using: &copy) }
            // Orders of two concepts are 3,540, so short tasks recur now and then; the long ones do not.
            #expect(tasks.count { rolled.contains($0) } <= 20)
            #expect(tasks.allSatisfy { $0.count < 4 || !rolled.contains($0) })
            for screen in screens {
                let others = screen.widgets.filter { desk.kind($0, for: screen.concept) == .other }
                let new = others.count { Steve.MiniDesk.isNewLayout(screen.concept, $0 % desk.concepts) }
                #expect(new == (split == .layouts ? 3 : 0))
            }
        }
    }

    /// Each screen holds its right widget, and its slot tells nothing: both are given to every arm.
    @Test func theRightWidgetIsAnywhere() {
        var random = RandomStream(seed: 8)
        var slots = Array(repeating: 0, count: 6)
        for _ in 0..<12_000 {
            let screen = desk.screen(for: 2, using: &random)
            slots[screen.widgets.firstIndex(of: 2) ?? 0] += 1
        }
        #expect(slots.allSatisfy { abs($0 - 2_000) < 200 })
    }
}

extension Steve.MiniDesk {
    /// Twenty concepts, of which four are kept back.
    static var small: Steve.MiniDesk {
        var random = RandomStream(seed: 20)
        return Steve.MiniDesk(concepts: 20, using: &random)
    }
}
