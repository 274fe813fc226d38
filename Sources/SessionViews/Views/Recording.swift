import Foundation
import MethodKit
import SessionControl
import Store

/// Everything that a stored session's trials said, in the order of the seconds since each began.
///
/// Trials that ran one after another stand side by side, each at its own start.
public struct Recording: Sendable {
    /// An update with its time and its trial's place.
    struct TimedUpdate: Sendable {
        let time: Double
        let trial: Int
        let update: TrialUpdate
    }

    /// A place to jump to.
    public struct Chapter: Sendable, Equatable {
        /// Seconds since the trials began.
        public let time: Double
        /// What happened there.
        public let text: String
    }

    let updates: [TimedUpdate]
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
        var updates: [TimedUpdate] = []
        for (place, trial) in trials.enumerated() {
            updates += try Self.updates(of: trial, at: place, session, store)
            for metric in session.metrics.indices {
                let curve = try store.curve(of: trial.id, metric: metric, width: width)
                // Slices of one array: a bucket each, without a copy.
                updates += curve.indices.map {
                    TimedUpdate(
                        time: curve[$0].lastElapsed, trial: place,
                        update: .points(metric: metric, curve[$0...$0]))
                }
            }
        }
        self.updates = updates.sorted { ($0.time, $0.order) < ($1.time, $1.order) }
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
    public var whole: SessionView {
        var view = start
        for update in updates { view.take(update.update, trial: update.trial) }
        return view
    }

    /// A curve to find one's way by: of the first metric that became more than a single value, in the trial where it
    /// went furthest.
    var overview: Curve {
        let (metrics, trials) = (start.record.metrics.indices, start.trials.count)
        var counts = metrics.map { _ in Array(repeating: 0, count: trials) }
        for update in updates {
            if case .points(let metric, _) = update.update { counts[metric][update.trial] += 1 }
        }
        guard let chosen = metrics.first(where: { counts[$0].contains { $0 > 1 } }) else { return Curve() }
        var curves = Array(repeating: Curve(), count: trials)
        for update in updates {
            if case .points(chosen, let run) = update.update { curves[update.trial].append(run) }
        }
        let spans = curves.map(\.span), widest = spans.max() ?? 0
        return spans.firstIndex(of: widest).map { curves[$0] } ?? Curve()
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
        case .saved: 2
        case .completed: 2
        case .event: 1
        case .points: 1
        }
    }
}
