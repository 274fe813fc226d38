import Checkpoints
import Foundation

/// One value of one metric.
public struct Point: Sendable, Equatable {
    /// The metric's place in ``Method/metrics``.
    public let metric: Int
    /// The step that reported it, counted over all stages of the trial from 1; 0 before the first.
    public let step: Int
    /// Seconds since the trial began, pauses left out. Not part of what is compared bit for bit.
    public let elapsed: Double
    /// The value; a trial that reports NaN or an infinity ends at that step.
    public let value: Double

    /// A point from its parts.
    public init(metric: Int, step: Int, elapsed: Double, value: Double) {
        self.metric = metric
        self.step = step
        self.elapsed = elapsed
        self.value = value
    }
}

/// What a trial says besides numbers. Equal inputs, seed and edits give equal events, in order.
public enum TrialEvent: Sendable, Equatable {
    /// A stage begins.
    case stage(name: String, unit: String, total: Int)
    /// A line for the log.
    case log(LogLevel, String)
    /// Something that the trial keeps under a name; a later one of that name is its next version. Where it shows two
    /// things side by side and asks the user which is better, `asks` is the name of the pair (see ``Choice``).
    case artifact(name: String, Artifact, asks: String? = nil)
    /// A live input was changed, or will be before the edit's own step.
    case edit(Edit)
    /// A language model behind an endpoint was asked, and answered.
    case exchange(Exchange)
    /// A kind that only a newer version knows, as that version stored it.
    case unknown(UnknownEvent)

    /// Whether it is something that the trial keeps.
    public var isArtifact: Bool { if case .artifact = self { true } else { false } }

    /// Whether it is a change of a live input.
    public var isEdit: Bool { if case .edit = self { true } else { false } }
}

/// How much a log line matters; stored by these names.
public enum LogLevel: String, Sendable, Codable, CaseIterable {
    case debug = "debug"
    case info = "info"
    case warning = "warning"
    case error = "error"
}

/// A live input changed while the trial ran.
public struct Edit: Sendable, Codable, Equatable {
    /// Who asked for a change; what a newer version adds is kept as it is.
    public struct Source: Sendable, Codable, Hashable, RawRepresentable {
        /// The name under which it is stored.
        public let rawValue: String

        /// A source by the name under which it is stored.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The user, by a key in the workbench.
        public static let key = Source(rawValue: "key")
        /// The user, by a command.
        public static let command = Source(rawValue: "command")
        /// A program, over the socket.
        public static let socket = Source(rawValue: "socket")
        /// A rule that the user set.
        public static let rule = Source(rawValue: "rule")
        /// What the trial was started with.
        public static let plan = Source(rawValue: "plan")
    }

    /// The first step that ran with the new value.
    public let step: Int
    /// The input's name.
    public let input: String
    /// The new value, as the user would type it.
    public let text: String
    /// The value before, as the user would type it.
    public let before: String
    /// Who asked for it; nil where that was not recorded.
    public let by: Source?

    private enum CodingKeys: String, CodingKey {
        case step = "step"
        case input = "input"
        case text = "text"
        case before = "before"
        case by = "by"
    }

    /// An edit from its parts.
    public init(step: Int, input: String, text: String, before: String, by: Source? = nil) {
        self.step = step
        self.input = input
        self.text = text
        self.before = before
        self.by = by
    }
}

/// An event with its place in the trial.
public struct TimedEvent: Sendable, Equatable {
    /// The step after which it was said; 0 before the first.
    public let step: Int
    /// Seconds since the trial began, pauses left out.
    public let elapsed: Double
    /// What was said.
    public let event: TrialEvent

    /// An event from its parts.
    public init(step: Int, elapsed: Double, event: TrialEvent) {
        self.step = step
        self.elapsed = elapsed
        self.event = event
    }
}

/// Everything needed to go on from a step boundary as if nothing had happened.
public struct Checkpoint: Sendable, Equatable {
    /// Steps completed, over all stages.
    public let step: Int
    /// The stage the trial was in.
    public let stage: String
    /// Steps of that stage completed.
    public let stageStep: Int
    /// Whether the stage is over; its final state is what later stages start from.
    public let isFinal: Bool
    /// Seconds since the trial began, pauses left out.
    public let elapsed: Double
    /// How many points of each metric the trial had reported, in the order of ``Method/metrics``.
    public let points: [Int]
    /// How many events other than edits the trial had said.
    public let events: Int
    /// How many edits it had said.
    public let edits: Int
    /// The stage's `state`: safetensors, see `StateCoding`.
    public let state: Data
    /// In a shared stage, what it has said so far (see ``StageRecord``); else empty.
    public let record: Data
    /// What the state refers to and never changes, with bytes until a store has them.
    public let frozen: [FrozenPart]

    /// A checkpoint from its parts.
    public init(
        step: Int, stage: String, stageStep: Int, isFinal: Bool, elapsed: Double, points: [Int], events: Int,
        edits: Int, state: Data, record: Data, frozen: [FrozenPart] = []
    ) {
        self.step = step
        self.stage = stage
        self.stageStep = stageStep
        self.isFinal = isFinal
        self.elapsed = elapsed
        self.points = points
        self.events = events
        self.edits = edits
        self.state = state
        self.record = record
        self.frozen = frozen
    }
}
