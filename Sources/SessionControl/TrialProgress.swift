import Foundation
import MethodKit
import Store

/// How far a trial is, as a live view shows it; fed with the controller's news.
public struct TrialProgress: Sendable {
    /// The trial.
    public let trial: TrialRecord
    /// Where it is in its life.
    public private(set) var status: TrialStatus
    /// A sentence when it failed.
    public private(set) var message = ""
    /// The stage that runs, or an empty text.
    public private(set) var stage = ""
    /// What a step of that stage is.
    public private(set) var unit = "step"
    /// Steps completed, over all stages.
    public private(set) var completed: Int
    /// Steps of all stages together.
    public let total: Int
    /// Everything up to and including this step is durable.
    public private(set) var saved: Int
    /// Seconds that the trial has run.
    public private(set) var elapsed: Double
    /// The last value of each metric, in the method's order.
    public private(set) var last: [Double?]
    /// Steps in a second, over about the last five.
    public private(set) var rate: Double?
    private var marks: [(time: Double, completed: Int)] = []

    /// The progress of a trial that has said nothing yet.
    public init(_ trial: TrialRecord, metrics: Int, total: Int) {
        self.trial = trial
        self.total = total
        status = trial.status
        completed = trial.through
        saved = trial.through
        elapsed = trial.elapsed
        last = Array(repeating: nil, count: metrics)
    }

    /// Seconds until the last step, when the rate is known.
    public var remaining: Double? {
        guard let rate, rate > 0, !status.isFinal else { return nil }
        return Double(max(0, total - completed)) / rate
    }

    /// Takes news of this trial into account; news of others is ignored.
    ///
    /// - Parameters:
    ///   - news: what the controller said.
    ///   - now: seconds on any steady clock.
    public mutating func take(_ news: News, at now: Double) {
        switch news {
        case .said(trial.id, let batch): take(batch, at: now)
        case .saved(trial.id, let through): saved = max(saved, through)
        case .status(trial.id, let status, let message): (self.status, self.message) = (status, message)
        default: break
        }
    }

    private mutating func take(_ batch: TrialLink.Batch, at now: Double) {
        for event in batch.events {
            if case .stage(let name, let unit, _) = event.event { (stage, self.unit) = (name, unit) }
        }
        for point in batch.points {
            last[point.metric] = point.value
            elapsed = max(elapsed, point.elapsed)
        }
        completed = max(completed, batch.completed)
        marks.append((now, completed))
        while marks.count > 2, now - marks[0].time > 5 { marks.removeFirst() }
        if let first = marks.first, now - first.time > 0.2 {
            rate = Double(completed - first.completed) / (now - first.time)
        }
    }
}
