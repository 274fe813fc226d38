import MethodKit
import SessionControl
import Store

/// Something that a trial said or that befell it: what all views are fed with, live and in a replay.
public enum TrialUpdate: Sendable {
    /// A run of new points of a metric, by its place in the session's list.
    case points(metric: Int, ArraySlice<Bucket>)
    /// A stage, a log line, an artifact or an edit.
    case event(TimedEvent)
    /// Steps completed, over all stages, and seconds that they took.
    case completed(Int, elapsed: Double)
    /// Everything through this step is durable.
    case saved(Int)
    /// Where the trial is in its life, and a sentence when it failed.
    case status(TrialStatus, String)
}

/// What a controller told, converted once for all views that take it.
///
/// Made where the event arrives, off the thread that reads keys: per point there is then nothing left to do there but
/// one copy.
public struct PreparedEvent: Sendable {
    /// What was told.
    public let event: ControllerEvent
    /// The trial that it is about; nil when it is about the store.
    public let trial: Int64?
    /// What follows for that trial.
    public let updates: [TrialUpdate]

    /// Converts an event.
    public init(_ event: ControllerEvent) {
        self.event = event
        switch event {
        case .said(let trial, let batch): (self.trial, updates) = (trial, batch.updates)
        case .saved(let trial, let step): (self.trial, updates) = (trial, [.saved(step)])
        case .status(let trial, let status, let message):
            (self.trial, updates) = (trial, [.status(status, message)])
        case .refused, .storeTrouble: (trial, updates) = (nil, [])
        }
    }
}

extension TrialLink.Batch {
    fileprivate var updates: [TrialUpdate] {
        var runs: [Int: [Bucket]] = [:]
        for point in points { runs[point.metric, default: []].append(Bucket(point)) }
        let elapsed = max(points.last?.elapsed ?? 0, events.last?.elapsed ?? 0)
        return events.map { .event($0) }
            + runs.sorted { $0.key < $1.key }.map { .points(metric: $0, Curve.bounded($1)[...]) }
            + [.completed(completed, elapsed: elapsed)]
    }
}
