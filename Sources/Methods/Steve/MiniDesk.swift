import Base

extension Steve {
    /// A desk of widgets, in place of a computer's screen: each concept has a right widget and a look-alike.
    ///
    /// A screen shows six widgets in shuffled order: the right one, its look-alike, three of other concepts, each as
    /// often a look-alike as not, and Back. A task is a list of concepts, see ``Attempt``. The policy reads the widgets; the verifier reads pixels, see ``Pixels``.
    struct MiniDesk: Sendable {
        /// What a widget is, on a screen of a certain concept.
        enum Kind: Int, CaseIterable {
            case right, lookAlike, other, back
            var name: String { ["right", "look-alike", "other", "back"][rawValue] }
        }

        /// What a test has new for the policy, besides its tasks, which are new in each.
        enum Split: CaseIterable, Sendable {
            /// Concepts of the rounds, on screens like theirs: how demonstrations and roll-outs look too.
            case tasks
            /// Concepts of the rounds, beside widgets that were never on a screen with them.
            case layouts
            /// Concepts of which the rounds show neither task nor widget; they are in the demonstrations alone.
            case concepts
        }

        /// Widgets of one screen, by slot. Widget c is right for concept c, `concepts` + c its look-alike, the last
        /// is Back.
        struct Screen: Codable, Hashable, Sendable {
            let concept: Int
            let widgets: [Int]
        }

        /// One step of a trajectory.
        struct Step: Codable, Sendable {
            let screen: Screen
            let slot: Int
            /// Its place in the trajectory, from 1.
            let place: Int
            /// x_t and x_{t+1}, which the policy does not see.
            let before, after: Pixels
        }

        /// A task under way: a right click goes on to the next concept, every other click costs a step of the budget,
        /// which is two more than the task has concepts.
        struct Attempt {
            private var wanted: ArraySlice<Int>
            private let budget: Int
            private(set) var clicks = 0

            init(_ task: [Int]) {
                wanted = task[...]
                budget = task.count + MiniDesk.spare
            }

            /// What is wanted now; nil when the task is done or its budget used up.
            var concept: Int? { clicks < budget ? wanted.first : nil }

            var isDone: Bool { wanted.isEmpty }

            /// What a click on a kind of widget makes of it.
            mutating func click(_ kind: Kind) {
                clicks += 1
                if kind == .right { wanted = wanted.dropFirst() }
            }
        }

        /// Widgets on a screen, and the steps of a task beyond its length.
        static let slots = 6, spare = 2
        /// Concepts in a task, and the steps that a task of mean length may take.
        static let lengths = 2...8, meanBudget = 7

        /// How many concepts there are.
        let concepts: Int
        /// What a click on each widget does to the pixels; Back does nothing.
        let changes: [Pixels]

        /// - Parameters:
        ///   - concepts: how many; at least 20, so that each split has three other widgets to show.
        ///   - random: for the changes that clicks make.
        init(concepts: Int, using random: inout RandomStream) {
            self.concepts = concepts
            let right = (0..<concepts).map { _ in Pixels(bits: random.next()) }
            changes = right + right.map { $0.lookAlike(using: &random) } + [Pixels(bits: 0)]
        }

        /// How many widgets there are: a right one and a look-alike for each concept, and Back.
        var widgets: Int { 2 * concepts + 1 }
        /// The concepts of the rounds; the last fifth is kept for tests.
        var ofRounds: Range<Int> { 0..<concepts * 4 / 5 }
        /// The concepts that no round asks for or shows.
        var keptBack: Range<Int> { concepts * 4 / 5..<concepts }

        /// What a widget is on a screen of a concept: what is right there is just another one elsewhere.
        func kind(_ widget: Int, for concept: Int) -> Kind {
            switch widget {
            case concept: .right
            case concepts + concept: .lookAlike
            case 2 * concepts: .back
            default: .other
            }
        }

        /// What a step clicked, which the verifier has to find out.
        func kind(_ step: Step) -> Kind { kind(step.screen.widgets[step.slot], for: step.screen.concept) }

        /// Whether two concepts' widgets stand on one screen in tests of new layouts alone: a quarter of all pairs.
        static func isNewLayout(_ concept: Int, _ other: Int) -> Bool { (concept + other) % 4 == 0 }

        /// A new screen on which a concept is wanted.
        func screen(for concept: Int, _ split: Split = .tasks, using random: inout RandomStream) -> Screen {
            // Screens with a concept that is kept back show any other; those of the rounds never show one kept back.
            let near = ofRounds.contains(concept) ? ofRounds : 0..<concepts
            let others = near.filter {
                $0 != concept && Self.isNewLayout(concept, $0) == (split == .layouts)
            }
            let chosen = random.choose(3, of: others.count).map { others[$0] }
            // Were they right ones alone, a look-alike could be told by where it is never shown.
            let shown = chosen.map { random.chance(0.5) ? concepts + $0 : $0 }
            let widgets = [concept, concepts + concept, 2 * concepts] + shown
            return Screen(
                concept: concept, widgets: random.permutation(widgets.count).map { widgets[$0] })
        }

        /// Different concepts in the order in which they are wanted; few concepts make short tasks.
        func task(_ split: Split = .tasks, using random: inout RandomStream) -> [Int] {
            let pool = split == .concepts ? keptBack : ofRounds
            let length = Self.lengths.lowerBound + random.below(Self.lengths.count)
            return random.choose(min(length, pool.count), of: pool.count).map { pool.lowerBound + $0 }
        }

        /// Clicks a slot: the step that this makes, seen with the screens before and after it.
        ///
        /// - Parameters:
        ///   - slot: which widget.
        ///   - screen: where.
        ///   - place: the step's place in its trajectory, from 1.
        ///   - before: the pixels before the click.
        ///   - stray: share of pixels that change by themselves.
        ///   - random: for those pixels.
        /// - Returns: the step.
        func click(
            _ slot: Int, on screen: Screen, at place: Int, before: Pixels, stray: Double,
            using random: inout RandomStream
        ) -> Step {
            let after = before.changed(by: changes[screen.widgets[slot]])
                .changed(by: .stray(stray, using: &random))
            return Step(screen: screen, slot: slot, place: place, before: before, after: after)
        }

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
        private static let objects = ["file", "folder", "tab", "page", "image", "note", "table", "chart"]
    }

    /// The 64 black or white pixels of a screen that clicks change: all that the verifier sees of it.
    struct Pixels: Codable, Equatable, Sendable {
        var bits: UInt64

        /// Pixels by which a look-alike's change differs from the right one's.
        static let lookAlikeDistance = 8

        /// One of the eight rows, as text.
        func row(_ row: Int) -> String {
            (0..<8).map { bits >> UInt64(8 * row + $0) & 1 == 1 ? "#" : "." }.joined()
        }

        /// How many pixels are set.
        var count: Int { bits.nonzeroBitCount }

        /// Flips the pixels that are set in a change. What differs between two screens is `a.changed(by: b)` too.
        func changed(by change: Pixels) -> Pixels { Pixels(bits: bits ^ change.bits) }

        /// A change that is nearly this one.
        func lookAlike(using random: inout RandomStream) -> Pixels {
            random.choose(Self.lookAlikeDistance, of: 64).reduce(self) {
                $0.changed(by: Pixels(bits: 1 << UInt64($1)))
            }
        }

        /// Pixels that change by themselves between two screens: a clock, a cursor, a message.
        static func stray(_ share: Double, using random: inout RandomStream) -> Pixels {
            Pixels(bits: (0..<64).reduce(0) { $0 | (random.chance(share) ? 1 << UInt64($1) : 0) })
        }
    }
}
