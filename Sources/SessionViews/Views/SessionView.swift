import Foundation
import MethodKit
import SessionControl
import Store

/// Which session, in which store.
public struct SessionKey: Hashable, Sendable {
    /// Path of the store's file.
    public let store: String
    /// The session's place in it.
    public let id: Int64

    /// A session of a store.
    public init(store: String, id: Int64) {
        self.store = store
        self.id = id
    }
}

/// How many steps a trial has in all its stages; arms may differ in them.
public typealias StepCount = @Sendable (TrialRecord) -> Int

/// A session as the panes show it.
public struct SessionView: Sendable {
    /// One line of the log.
    public struct LogLine: Sendable {
        /// Place of the trial in ``SessionView/trials``.
        public let trial: Int
        /// The step after which it was said.
        public let step: Int
        /// How much it matters.
        public let level: LogLevel
        /// What was said.
        public let text: String
    }

    /// Which session it is.
    public let key: SessionKey
    /// As it is stored.
    public var record: SessionRecord
    /// In the order in which they run.
    public private(set) var trials: [TrialView]
    /// The arms, in order.
    public let arms: [String]
    /// The seeds, in order.
    public let seeds: [UInt64]
    /// What all trials said, in the order in which it came.
    public private(set) var log: [LogLine] = []
    /// The trial that the user chose to look at; nil follows what runs.
    public var chosen: Int?
    /// The arm to look at when nothing runs and nothing was chosen.
    public var mainArm = ""
    private let total: StepCount
    private static let mostLines = 20_000

    /// A session whose trials have said nothing yet.
    ///
    /// - Parameters:
    ///   - key: which it is.
    ///   - record: as it is stored.
    ///   - trials: its trials.
    ///   - total: steps of all stages of a trial.
    public init(
        _ key: SessionKey, _ record: SessionRecord, _ trials: [TrialRecord], total: @escaping StepCount
    ) {
        self.key = key
        self.record = record
        self.total = total
        self.trials = trials.map { TrialView($0, metrics: record.metrics.count, total: total($0)) }
        arms = trials.map(\.arm).unique
        seeds = trials.map(\.seed).unique
    }

    /// A stored session's curves, without what its trials said besides: all that is needed of one that is laid over
    /// another.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - store: the store that holds it.
    ///   - path: the store's path.
    ///   - width: most buckets of a curve.
    /// - Throws: `StoreError`.
    public init(curvesOf session: SessionRecord, _ store: SessionStore, path: String, width: Int) throws {
        let trials = try store.trials(of: session.id)
        self.init(SessionKey(store: path, id: session.id), session, trials) { $0.through }
        for (place, trial) in trials.enumerated() {
            for metric in session.metrics.indices {
                let curve = try store.curve(of: trial.id, metric: metric, width: width)
                take(.points(metric: metric, curve[...]), trial: place)
            }
            take(.completed(trial.through, elapsed: trial.elapsed), trial: place)
            take(.status(trial.status(in: session), trial.message), trial: place)
        }
    }

    /// Place of the trial that logs, artifacts and status are of: the chosen one, else the first that runs, else the
    /// first of the main arm.
    public var current: Int {
        chosen ?? trials.firstIndex { $0.status == .running || $0.status == .paused }
            ?? trials.firstIndex { $0.record.arm == mainArm } ?? 0
    }
    /// The trial that logs, artifacts and status are of.
    public var trial: TrialView? { trials.indices.contains(current) ? trials[current] : nil }
    /// Whether a trial has not ended yet.
    public var isOpen: Bool { trials.contains { !$0.status.isFinal } }

    /// Takes in what happened to the trial at a place.
    public mutating func take(_ update: TrialUpdate, trial place: Int) {
        guard trials.indices.contains(place) else { return }
        trials[place].take(update)
        guard case .event(let event) = update else { return }
        switch event.event {
        case .log(let level, let text): write(place, event.step, level, text)
        case .stage(let name, let unit, let total):
            guard total > 0 else { return }
            write(place, event.step, .info, "stage \(name): \(total) × \(unit)")
        case .edit(let edit):
            write(
                place, edit.step, .info,
                "\(edit.input) \(edit.before) → \(edit.text), from step \(edit.step)")
        case .artifact(let name, let artifact, _):
            write(place, event.step, .debug, "kept \(name) (\(artifact.type))")
        case .exchange(let exchange): write(place, event.step, .debug, exchange.sentence)
        case .unknown(let event): write(place, trials[place].completed, .warning, event.notice)
        }
    }

    /// Takes in what the controller told.
    ///
    /// - Returns: whether it was about one of these trials.
    @discardableResult
    public mutating func take(_ prepared: PreparedEvent) -> Bool {
        guard let place = trials.firstIndex(where: { $0.record.id == prepared.trial }) else { return false }
        for update in prepared.updates { take(update, trial: place) }
        if case .status(_, .failed, let message) = prepared.event {
            write(place, trials[place].completed, .error, message)
        }
        return true
    }

    /// Trials that will go on wait for their turn.
    public mutating func queue(_ open: [TrialRecord]) {
        for trial in open {
            guard let place = trials.firstIndex(where: { $0.record.id == trial.id }) else { continue }
            take(.status(.queued, ""), trial: place)
        }
    }

    /// Everything as if nothing had been said yet.
    public mutating func rewind() {
        let (chosen, arm) = (chosen, mainArm)
        self = SessionView(key, record, trials.map(\.record), total: total)
        (self.chosen, mainArm) = (chosen, arm)
    }

    private mutating func write(_ trial: Int, _ step: Int, _ level: LogLevel, _ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            log.append(LogLine(trial: trial, step: step, level: level, text: String(line)))
        }
        if log.count > Self.mostLines { log.removeFirst(Self.mostLines / 4) }
    }
}
