import Base

extension Steve {
    /// A desk of widgets, in place of a computer's screen: each concept has a right widget and a look-alike.
    ///
    /// A screen shows six widgets in shuffled order: the right one, its look-alike, three of other concepts, and
    /// Back. A task is a list of concepts; a right click goes on to the next one, every other click costs a step, and
    /// there is one step to spare.
    struct MiniDesk: Sendable {
        /// What a widget is, on a screen of a certain concept.
        enum Kind: Int, CaseIterable {
            case right, lookAlike, other, back
            var name: String { ["right", "look-alike", "other", "back"][rawValue] }
        }

        /// Widgets of one screen, by slot. Widget c is right for concept c, `concepts` + c its look-alike, the last
        /// is Back.
        struct Screen: Codable, Sendable {
            let concept: Int
            let widgets: [Int]
        }

        /// One step of a trajectory.
        struct Step: Codable, Sendable {
            let screen: Screen
            let slot: Int
            /// Its place in the trajectory, from 1.
            let place: Int
        }

        /// Widgets on a screen.
        static let slots = 6
        /// How many concepts there are.
        let concepts: Int
        /// Concepts in a task.
        let length: Int

        /// How many widgets there are: a right one and a look-alike for each concept, and Back.
        var widgets: Int { 2 * concepts + 1 }
        /// Steps that a task may take.
        var budget: Int { length + 1 }

        /// What a widget is on a screen of a concept: what is right there is just another one elsewhere.
        func kind(_ widget: Int, for concept: Int) -> Kind {
            switch widget {
            case concept: .right
            case concepts + concept: .lookAlike
            case 2 * concepts: .back
            default: .other
            }
        }

        /// What a step clicked, which the verifier has to guess.
        func kind(_ step: Step) -> Kind { kind(step.screen.widgets[step.slot], for: step.screen.concept) }

        /// A new screen on which a concept is wanted.
        func screen(for concept: Int, using random: inout RandomStream) -> Screen {
            // Four are drawn, for one of them may be the concept itself; three others stay either way.
            let others = random.choose(4, of: concepts).filter { $0 != concept }.prefix(3)
            var widgets = [concept, concepts + concept, 2 * concepts] + others
            let order = random.permutation(widgets.count)
            widgets = order.map { widgets[$0] }
            return Screen(concept: concept, widgets: widgets)
        }

        /// Different concepts in the order in which they are wanted.
        func task(using random: inout RandomStream) -> [Int] { random.choose(length, of: concepts) }

        /// What a widget says to a person; the policy sees its number alone.
        func name(_ widget: Int) -> String {
            guard widget < 2 * concepts else { return "Back" }
            let concept = widget % concepts
            let (verb, lookAlike) = Self.verbs[concept % Self.verbs.count]
            let object = concept / Self.verbs.count
            let number = object < Self.objects.count ? "" : " \(object / Self.objects.count + 1)"
            return
                "\(widget < concepts ? verb : lookAlike) \(Self.objects[object % Self.objects.count])\(number)"
        }

        /// What a widget says, and what its look-alike says.
        private static let verbs = [
            ("Open", "Reveal"), ("Save", "Store"), ("Copy", "Clone"), ("Move", "Shift"), ("Delete", "Hide"),
            ("Print", "Preview"), ("Find", "Filter"), ("Share", "Send"), ("Rename", "Retitle"),
            ("Lock", "Pin"),
        ]
        private static let objects = ["file", "folder", "tab", "page", "image", "note"]
    }

    /// Judges a step from the screens before and after it, and errs as often as the paper's verifier does (Fig. 4 by
    /// our reading): 7.7 % of early steps and 14.3 % of late ones.
    struct Verifier: Sendable {
        enum Verdict: String, Codable, Sendable { case good, neutral, harmful }

        let desk: MiniDesk
        /// How often it errs, as a multiple of the paper's rates.
        let noise: Double

        /// Shares of early and of late steps judged wrong.
        static let earlyError = 0.077, lateError = 0.143
        /// Steps up to this place of a trajectory are early.
        static let lastEarly = 3

        /// §3.2 y_t = V(x_t, {r_t, a_t}, x_{t+1}): a right click is good, a look-alike or another widget harmful;
        /// Back changes nothing and is neutral. An error exchanges good and harmful.
        func judge(_ step: MiniDesk.Step, using random: inout RandomStream) -> Verdict {
            let error = step.place <= Self.lastEarly ? Self.earlyError : Self.lateError
            // One draw a step, whatever it clicked, so that what it clicked moves no later error.
            let isWrong = random.chance(noise * error)
            switch desk.kind(step) {
            case .right: return isWrong ? .harmful : .good
            case .lookAlike, .other: return isWrong ? .good : .harmful
            case .back: return isWrong ? .good : .neutral
            }
        }
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
            let count = Int((habitShare * Double(desk.concepts)).rounded())
            habits = Set(random.choose(count, of: desk.concepts))
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
