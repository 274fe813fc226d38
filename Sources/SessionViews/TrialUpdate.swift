import MethodKit
import SessionControl
import Store

/// Something that a trial said or that befell it: what all panes are fed with, live and in a replay.
public enum TrialUpdate: Sendable {
    /// New points of a metric, by its place in the session's list.
    case points(metric: Int, Bucket)
    /// A stage, a log line, an artifact or an edit.
    case event(TimedEvent)
    /// Steps completed, over all stages, and seconds that they took.
    case completed(Int, elapsed: Double)
    /// Everything through this step is durable.
    case saved(Int)
    /// Where the trial is in its life, and a sentence when it failed.
    case status(TrialStatus, String)
}

extension ControllerEvent {
    /// The news of a trial as updates; nothing for news that is about the store.
    public var updates: (trial: Int64, [TrialUpdate])? {
        switch self {
        case .said(let trial, let batch): (trial, batch.updates)
        case .saved(let trial, let step): (trial, [.saved(step)])
        case .status(let trial, let status, let message): (trial, [.status(status, message)])
        case .refused, .storeTrouble: nil
        }
    }
}

extension TrialLink.Batch {
    fileprivate var updates: [TrialUpdate] {
        let elapsed = max(points.last?.elapsed ?? 0, events.last?.elapsed ?? 0)
        return events.map { .event($0) } + points.map { .points(metric: $0.metric, Bucket($0)) }
            + [.completed(completed, elapsed: elapsed)]
    }
}
