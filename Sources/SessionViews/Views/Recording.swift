import Foundation
import MethodKit
import SessionControl
import Store

/// Everything that a stored session's trials said, in the order of the seconds since each began.
///
/// Trials that ran one after another stand side by side, each at its own start.
public struct Recording: Sendable {
    /// Something that is not a point, with its time and its trial's place.
    struct TimedUpdate: Sendable {
        let time: Double
        let trial: Int
        let update: TrialUpdate
    }

    /// All points of a metric of a trial.
    struct StoredCurve: Sendable {
        /// In order.
        let buckets: [Bucket]
        /// When each was said: at the time of its last point, and not before those that stand before it.
        let times: [Double]

        init(_ buckets: [Bucket]) {
            self.buckets = buckets
            var latest = -Double.infinity
            times = buckets.map { bucket in
                latest = max(latest, bucket.lastElapsed)
                return latest
            }
        }
    }

    /// A place to jump to.
    public struct Chapter: Sendable, Equatable {
        /// Seconds since the trials began.
        public let time: Double
        /// What happened there.
        public let text: String
    }

    /// What is not a point, in order.
    let updates: [TimedUpdate]
    /// By trial and metric.
    let curves: [[StoredCurve]]
    /// The session before it said anything.
    public let start: SessionView
    /// Seconds until the last trial's end.
    public let duration: Double

    /// Reads a session. A metric with more points than `width` is read as its summary.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - store: the store that holds it.
    ///   - path: the store's path.
    ///   - total: steps of all stages of a trial, as far as they are known.
    ///   - width: most buckets of a curve.
    /// - Throws: `StoreError`.
    public init(
        _ session: SessionRecord, _ store: SessionStore, path: String, total: @escaping StepCount,
        width: Int = Curve.most
    ) throws {
        let trials = try store.trials(of: session.id)
        let updates = try trials.enumerated().flatMap { place, trial in
            try Self.updates(of: trial, at: place, session, store)
        }
        self.updates = updates.sorted { ($0.time, $0.order) < ($1.time, $1.order) }
        curves = try trials.map { trial in
            try session.metrics.indices.map { metric in
                StoredCurve(try store.curve(of: trial.id, metric: metric, width: width))
            }
        }
        start = SessionView(
            SessionKey(store: path, id: session.id), session, trials,
            total: { max(total($0), $0.through) })
        duration = trials.map(\.elapsed).max() ?? 0
    }

    private static func updates(
        of trial: TrialRecord, at place: Int, _ session: SessionRecord, _ store: SessionStore
    ) throws -> [TimedUpdate] {
        var updates = [TimedUpdate(time: 0, trial: place, update: .status(.running, ""))]
        updates += try store.events(of: trial.id).map {
            TimedUpdate(time: $0.elapsed, trial: place, update: .event($0))
        }
        let end = max(trial.elapsed, updates.map(\.time).max() ?? 0)
        return updates + [
            TimedUpdate(time: end, trial: place, update: .completed(trial.through, elapsed: trial.elapsed)),
            TimedUpdate(time: end, trial: place, update: .saved(trial.through)),
            TimedUpdate(time: end, trial: place, update: .status(trial.status(in: session), trial.message)),
        ]
    }

    /// The session with everything said.
    public var whole: SessionView { Replay(self, atEnd: true).view }

    /// A curve to find one's way by: of the first metric that became more than a single value, in the trial where it
    /// went furthest.
    var overview: Curve {
        let chosen = start.record.metrics.indices.first { metric in
            curves.contains { $0[metric].buckets.count > 1 }
        }
        guard let chosen else { return Curve() }
        let candidates = curves.map { Curve($0[chosen].buckets) }
        let spans = candidates.map(\.span), widest = spans.max() ?? 0
        return spans.firstIndex(of: widest).map { candidates[$0] } ?? Curve()
    }

    /// Stages, edits and warnings of the trials, each text once.
    public var chapters: [Chapter] {
        var seen = Set<String>()
        return updates.compactMap { update in
            guard case .event(let event) = update.update else { return nil }
            let text: String? =
                switch event.event {
                case .stage(let name, _, _): name
                case .edit(let edit): "\(edit.input) → \(edit.text)"
                case .log(.warning, let text), .log(.error, let text): text
                case .log, .artifact, .exchange, .unknown: nil
                }
            guard let text, seen.insert(text).inserted else { return nil }
            return Chapter(time: update.time, text: text)
        }
    }
}

extension Recording.TimedUpdate {
    /// At equal times a trial's end comes last.
    fileprivate var order: Int {
        switch update {
        case .status(let status, _): status.isFinal ? 3 : 0
        case .saved, .completed: 2
        case .event, .points: 1
        }
    }

    /// Whether the points of the same time are said first: only by what ends a trial.
    var followsPoints: Bool { order > 1 }
}
