import MethodKit
import Store

/// One trial as the panes show it: everything that it has said so far.
public struct TrialView: Sendable {
    /// One version of an artifact.
    public struct Kept: Sendable {
        /// The step after which it was kept.
        public let step: Int
        /// What was kept.
        public let artifact: Artifact
        /// The pair that it asks the user to choose from; nil when it asks nothing.
        public let asks: String?
    }

    /// A step with a name: where a stage begins, or an input changed.
    public struct Mark: Sendable, Equatable {
        /// What is marked.
        public enum Kind: Sendable, Equatable { case stage, edit, warning }
        /// The step after which it was said.
        public let step: Int
        /// Seconds since the trial began.
        public let elapsed: Double
        /// What stands beside the mark.
        public let text: String
        /// What is marked.
        public let kind: Kind
    }

    /// Another one after everything that it takes in.
    public private(set) var revision = Revision()
    /// The trial as it was when it came into view.
    public let record: TrialRecord
    /// Steps of all its stages.
    public let total: Int
    /// Where it is in its life.
    public private(set) var status: TrialStatus
    /// A sentence when it failed.
    public private(set) var message = ""
    /// One curve a metric.
    public private(set) var curves: [Curve]
    /// By name, in the order in which the names came; versions oldest first.
    public private(set) var artifacts: [(name: String, versions: [Kept])] = []
    /// Stages, edits and warnings.
    public private(set) var marks: [Mark] = []
    /// The stage that runs, or an empty text, and what a step of it is.
    public private(set) var stage = "", unit = "step"
    /// The length of the stage, and the steps before it.
    public private(set) var stageTotal = 0, stageStart = 0
    /// Live inputs that were changed, with their values now.
    public private(set) var edited: [String: String] = [:]
    /// Steps completed, and steps that are durable.
    public private(set) var completed = 0, saved = 0
    /// Seconds that it has run.
    public private(set) var elapsed = 0.0
    private var pace: [(elapsed: Double, completed: Int)] = []
    /// Seconds over which the pace is told, and between two places that it is told by.
    private static let paceSpan = 5.0, paceStep = 0.1
    /// Versions of one artifact that are kept in memory.
    private static let mostVersions = 64

    /// A trial that has said nothing yet.
    public init(_ record: TrialRecord, metrics: Int, total: Int) {
        self.record = record
        self.total = total
        status = .queued
        curves = Array(repeating: Curve(), count: metrics)
    }

    /// Steps in a second, over about the last five; nil when it is not known.
    public var rate: Double? {
        guard status == .running, let first = pace.first, let last = pace.last,
            last.elapsed - first.elapsed > 0.2
        else { return nil }
        return Double(last.completed - first.completed) / (last.elapsed - first.elapsed)
    }

    /// Seconds until the last step; nil when they are not known.
    public var remaining: Double? { rate.flatMap { $0 > 0 ? Double(max(0, total - completed)) / $0 : nil } }

    /// As in "tulip seed 2".
    public var name: String { "\(record.arm) seed \(record.seed)" }

    /// Takes in what happened.
    public mutating func take(_ update: TrialUpdate) {
        revision = Revision()
        switch update {
        case .points(let metric, let run):
            if curves.indices.contains(metric) { curves[metric].append(run) }
            advance(through: run)
        case .event(let event): take(event)
        case .completed(let step, let elapsed): advance(to: step, elapsed)
        case .saved(let step): saved = max(saved, step)
        case .status(let status, let message): (self.status, self.message) = (status, message)
        }
    }

    /// A run may be a whole curve: it is walked backwards as far as the pace is told over, and no further.
    private mutating func advance(through run: ArraySlice<Bucket>) {
        guard let last = run.last else { return }
        var places: [Bucket] = []
        for bucket in run.reversed() {
            guard last.lastElapsed - bucket.lastElapsed <= Self.paceSpan else { break }
            let isNear = places.last.map { $0.lastElapsed - bucket.lastElapsed < Self.paceStep } ?? false
            if !isNear { places.append(bucket) }
        }
        for bucket in places.reversed() { advance(to: bucket.lastStep, bucket.lastElapsed) }
    }

    private mutating func advance(to step: Int, _ elapsed: Double) {
        completed = max(completed, step)
        self.elapsed = max(self.elapsed, elapsed)
        // Ten a second are enough to tell the pace by, and a fast trial says thousands of things in a second.
        if pace.count > 1, self.elapsed - pace[pace.count - 2].elapsed < Self.paceStep { pace.removeLast() }
        pace.append((self.elapsed, completed))
        while pace.count > 2, self.elapsed - pace[0].elapsed > Self.paceSpan { pace.removeFirst() }
    }

    private mutating func take(_ event: TimedEvent) {
        switch event.event {
        case .stage(let name, let unit, let total):
            (stage, self.unit, stageTotal, stageStart) = (name, unit, total, event.step)
            mark(event, name, .stage)
        case .log(let level, let text):
            if level == .warning || level == .error { mark(event, text, .warning) }
        case .artifact(let name, let artifact, let pair):
            keep(name, Kept(step: event.step, artifact: artifact, asks: pair))
        case .edit(let edit):
            edited[edit.input] = edit.text
            mark(event, "\(edit.input) \(edit.before) → \(edit.text)", .edit)
        case .exchange, .unknown: break
        }
        advance(to: event.step, event.elapsed)
    }

    private mutating func mark(_ event: TimedEvent, _ text: String, _ kind: Mark.Kind) {
        marks.append(Mark(step: event.step, elapsed: event.elapsed, text: text, kind: kind))
    }

    private mutating func keep(_ name: String, _ kept: Kept) {
        guard let place = artifacts.firstIndex(where: { $0.name == name }) else {
            return artifacts.append((name, [kept]))
        }
        artifacts[place].versions.append(kept)
        // Every other old version goes, so that the beginning stays.
        if artifacts[place].versions.count > Self.mostVersions {
            artifacts[place].versions = artifacts[place].versions.enumerated()
                .filter { $0.offset % 2 == 0 || $0.offset == Self.mostVersions }.map(\.element)
        }
    }
}
