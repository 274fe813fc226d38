import Foundation
import MethodKit

/// A session as it is stored.
public struct SessionRecord: Sendable, Equatable, Identifiable {
    /// Its place in the store.
    public let id: Int64
    /// Six hexadecimal digits, unique in the store: what the user types.
    public let shortID: String
    /// What the user calls it; may be empty.
    public var name: String
    /// What the user wrote about it; may be empty.
    public var note: String
    /// The user's tags.
    public var tags: [String]
    /// The method's id.
    public let method: String
    /// The method's version; another version gives other numbers.
    public let methodVersion: Int
    /// The program's version.
    public let benchtop: String
    /// The preset that the inputs started from.
    public let preset: String
    /// Why it was started: a ``SessionPurpose``, or what a newer version has besides.
    public let purpose: String
    /// All inputs, as the user would type them.
    public let inputs: [String: String]
    /// The method's metrics; a point's `metric` is a place in this list.
    public let metrics: [Metric]
    /// CPU, kernels, GEMM library, threads and system.
    public let machine: [String: String]
    /// When it was started.
    public let began: Date
    /// The process that runs it; nil when none does.
    public let owner: SessionOwner?
    /// The files and models that it reads, by the name of their input.
    public let files: [String: SessionFile]
}

/// Why a session was started; stored by these names.
public enum SessionPurpose: String, Sendable {
    case run = "run"
    case duel = "duel"
    case claim = "claim"
    /// A tool at work on a file, without arms: its trial has the tool's name for an arm.
    case tool = "tool"
    /// A finished trial, applied to a file.
    case apply = "apply"
}

extension SessionRecord {
    /// Whether it was started to test a claim.
    public var isClaim: Bool { purpose == SessionPurpose.claim.rawValue }

    /// Whether it is the one step of a tool, or of what is applied, and no run of the method.
    public var isTool: Bool {
        [SessionPurpose.tool, .apply].map(\.rawValue).contains(purpose)
    }
}

/// A file, a folder or a model that a session reads, as it was when the session read it.
public struct SessionFile: Sendable, Codable, Equatable {
    /// SHA-256 of its contents, in hexadecimal digits.
    public let digest: String
    /// Where it was.
    public let path: String

    private enum CodingKeys: String, CodingKey {
        case digest = "sha256"
        case path = "path"
    }

    /// A file from its parts.
    public init(digest: String, path: String) {
        self.digest = digest
        self.path = path
    }
}

/// A place in a trial: what was said up to and including a step.
public struct TrialPlace: Sendable, Equatable, Hashable {
    /// The trial.
    public let trial: Int64
    /// The step; 0 is before the first.
    public let step: Int

    /// A place from its parts.
    public init(trial: Int64, step: Int) {
        self.trial = trial
        self.step = step
    }
}

/// A session that is about to be stored.
public struct NewSession: Sendable {
    /// See ``SessionRecord``.
    public var name, method, benchtop, preset, purpose: String
    /// See ``SessionRecord``.
    public var methodVersion: Int
    /// See ``SessionRecord``.
    public var inputs, machine: [String: String]
    /// See ``SessionRecord``.
    public var metrics: [Metric]
    /// See ``SessionRecord``.
    public var files: [String: SessionFile]
    /// Its trials, in the order in which they will run.
    public var trials: [NewTrial]

    /// A session from its parts.
    public init(
        name: String = "", method: String, methodVersion: Int, benchtop: String, preset: String,
        purpose: String, inputs: [String: String], metrics: [Metric], machine: [String: String],
        files: [String: SessionFile] = [:], trials: [NewTrial]
    ) {
        self.name = name
        self.method = method
        self.methodVersion = methodVersion
        self.benchtop = benchtop
        self.preset = preset
        self.purpose = purpose
        self.inputs = inputs
        self.metrics = metrics
        self.machine = machine
        self.files = files
        self.trials = trials
    }
}

/// A trial that is about to be stored.
public struct NewTrial: Sendable {
    /// The arm's raw value.
    public let arm: String
    /// Its seed.
    public let seed: UInt64
    /// Where it begins, when that is a step of another trial: undo, rewind and fork.
    public let parent: TrialPlace?

    /// A trial from its parts.
    public init(arm: String, seed: UInt64, parent: TrialPlace? = nil) {
        self.arm = arm
        self.seed = seed
        self.parent = parent
    }
}

/// Where a trial is in its life; stored by these names.
public enum TrialStatus: String, Sendable, Codable, CaseIterable {
    case queued = "queued"
    case running = "running"
    case paused = "paused"
    case finished = "finished"
    case stopped = "stopped"
    case failed = "failed"
    case interrupted = "interrupted"

    /// Whether the trial has ended; only a finished one cannot go on.
    public var isFinal: Bool {
        switch self {
        case .queued, .running, .paused: false
        case .finished, .stopped, .failed, .interrupted: true
        }
    }
}

/// A trial as it is stored.
public struct TrialRecord: Sendable, Equatable, Identifiable {
    /// Its place in the store.
    public let id: Int64
    /// Its session.
    public let session: Int64
    /// The arm's raw value; of a tool's session, the tool's name.
    public let arm: String
    /// Its seed.
    public let seed: UInt64
    /// Where it is in its life.
    public let status: TrialStatus
    /// One sentence when it failed.
    public let message: String
    /// Everything up to and including this step is stored.
    public let through: Int
    /// Seconds that it has run, those before it began included.
    public let elapsed: Double
    /// Where it begins, when that is a step of another trial.
    public let parent: TrialPlace?
}

/// What one trial said since its last batch; stored whole or not at all.
public struct TrialBatch: Sendable {
    /// The trial.
    public var trial: Int64
    /// New points, oldest first.
    public var points: [Point]
    /// New events, oldest first.
    public var events: [TimedEvent]
    /// New checkpoints, oldest first.
    public var checkpoints: [Checkpoint]
    /// Everything up to and including this step is in this or an earlier batch.
    public var completed: Int
    /// The new status, if it changed.
    public var status: TrialStatus?
    /// One sentence to go with it.
    public var message: String?

    /// A batch from its parts.
    public init(
        trial: Int64, points: [Point] = [], events: [TimedEvent] = [], checkpoints: [Checkpoint] = [],
        completed: Int = 0, status: TrialStatus? = nil, message: String? = nil
    ) {
        self.trial = trial
        self.points = points
        self.events = events
        self.checkpoints = checkpoints
        self.completed = completed
        self.status = status
        self.message = message
    }
}

/// Neighbouring points of a series, summed up exactly.
public struct Bucket: Sendable, Equatable {
    /// Steps of the first and the last point.
    public var firstStep, lastStep: Int
    /// Seconds of the first and the last point.
    public var firstElapsed, lastElapsed: Double
    /// How many points there are, and how many of them are not finite.
    public var count, nonFinite: Int
    /// Smallest and largest finite value; NaN when there is none.
    public var min, max: Double
    /// Sum of the finite values.
    public var sum: Double
    /// The last point's value, finite or not. NaN also where a stored summary does not say it; then ``nonFinite`` may
    /// be 0.
    public var last = Double.nan

    /// Mean of the finite values; NaN when there is none.
    public var mean: Double { sum / Double(count - nonFinite) }
}
