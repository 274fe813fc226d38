/// One named part of the paper, an equation, component, stage, data step, metric, baseline or ablation, and where it is
/// here.
///
/// What is named is checked by a test: functions and tests exist in the sources, arms, inputs, tools and metrics are
/// declared, artifacts are kept.
public struct Part: Sendable {
    /// Where the part is known from; the raw value is what the card shows.
    public enum Source: String, Sendable {
        /// Read or run in the authors' code.
        case code = "code"
        /// The paper's text.
        case paper = "paper"
        /// Somebody else's note of the paper.
        case note = "note"
        /// Worked out or measured here.
        case here = "here"
    }

    /// What makes the part run.
    public enum Reach: Sendable, Equatable {
        /// Every trial comes to it.
        case always
        /// An arm, by its raw value.
        case arm(String)
        /// An input, by its name.
        case input(String)
        /// A tool, by its name.
        case tool(String)
    }

    /// What shows that it ran.
    public enum Sight: Sendable, Equatable {
        /// A metric, by its name.
        case metric(String)
        /// An artifact, by the name that it is kept under.
        case artifact(String)
    }

    /// Where it runs.
    public struct Place: Sendable {
        /// The function or type that does it, by its full name: "Steve.KTO.outcome"; several with commas between them.
        public let function: String
        /// What makes it run.
        public let reach: Reach
        /// What shows it.
        public let sight: Sight
        /// The test that fails when this part alone is wrong: "SteveTests.z0IsClamped"; nil where there is none.
        public let test: String?
    }

    /// Whether the part is here.
    public enum Presence: Sendable {
        /// As the paper has it, at desk scale.
        case runs(Place)
        /// Something smaller stands for it. `real` says what the paper has, and where a real one is plugged in.
        case standIn(Place, real: String)
        /// It is not here, because.
        case absent(because: String)
    }

    /// What the paper calls it.
    public let name: String
    /// Where it is known from.
    public let source: Source
    /// Whether it is here, and where.
    public let presence: Presence

    /// A part that runs.
    ///
    /// - Parameters:
    ///   - name: what the paper calls it.
    ///   - source: where it is known from.
    ///   - function: what does it, by its full name.
    ///   - reach: what makes it run.
    ///   - sight: what shows it.
    ///   - test: the test that fails when it alone is wrong.
    ///   - real: for a stand-in, what it stands for and where a real one is plugged in.
    public init(
        _ name: String, _ source: Source, in function: String, by reach: Reach, shown sight: Sight,
        test: String? = nil, standsFor real: String? = nil
    ) {
        let place = Place(function: function, reach: reach, sight: sight, test: test)
        self.name = name
        self.source = source
        presence = real.map { .standIn(place, real: $0) } ?? .runs(place)
    }

    /// A part that is not here.
    public init(_ name: String, _ source: Source, absent reason: String) {
        self.name = name
        self.source = source
        presence = .absent(because: reason)
    }

    /// Where it runs; nil when it is absent.
    public var place: Place? {
        switch presence {
        case .runs(let place), .standIn(let place, _): place
        case .absent: nil
        }
    }
}

/// How many of a paper's named parts are here.
public struct PartCounts: Sendable, Equatable, Encodable {
    /// All named parts.
    public let named: Int
    /// Those that run, stand-ins left out.
    public let running: Int
    /// Those that something smaller stands for.
    public let standIns: Int
    /// Those that are absent.
    public let absent: Int
    /// Those with a test of their own.
    public let tested: Int

    /// Counts the parts.
    public init(_ parts: [Part]) {
        named = parts.count
        absent = parts.count { $0.place == nil }
        standIns = parts.count { if case .standIn = $0.presence { true } else { false } }
        running = named - absent - standIns
        tested = parts.count { $0.place?.test != nil }
    }

    /// "41 run, 3 stand-ins, 2 absent; 38 tested".
    public var text: String { "\(running) run, \(standIns) stand-ins, \(absent) absent; \(tested) tested" }
}

/// What an arm was tuned with, before anything was recorded.
public struct Tuning: Sendable {
    /// The arm's raw value.
    public let arm: String
    /// How many settings were tried.
    public let settings: Int
    /// Of what: "learning rate by β".
    public let over: String
    /// The seeds that they were tried on; none of them is a claim's.
    public let seeds: [UInt64]

    /// A tuning from its parts.
    public init(
        _ arm: some MethodArm, _ settings: Int, over: String, seeds: [UInt64] = Tuning.defaultSeeds
    ) {
        self.arm = arm.rawValue
        self.settings = settings
        self.over = over
        self.seeds = seeds
    }

    /// The seeds on which experiments are designed.
    public static let defaultSeeds: [UInt64] = [1, 2, 3]
}
