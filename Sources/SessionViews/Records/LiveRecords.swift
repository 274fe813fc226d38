import MethodKit
import SessionControl
import Store

/// A running session's records: what a controller tells, each trial's in the order of ``RecordOrder``.
public struct LiveRecords {
    private let session: SessionRecord
    private let trials: [Int64: TrialRecord]
    private let memory: @Sendable () -> Int?
    private var orders: [Int64: RecordOrder] = [:]
    private var last: [Int64: [String: Double]] = [:]

    /// The records of the trials that will run.
    ///
    /// - Parameters:
    ///   - view: the session with what its trials have said before, so that a resumed trial's summary is whole.
    ///   - trials: those that will run.
    ///   - memory: the most bytes that the process has had so far, where that is known.
    public init(
        _ view: SessionView, _ trials: [TrialRecord], memory: @escaping @Sendable () -> Int? = { nil }
    ) {
        self.memory = memory
        session = view.record
        self.trials = Dictionary(uniqueKeysWithValues: trials.map { ($0.id, $0) })
        for trial in view.trials { last[trial.record.id] = trial.lastValues(session.metrics) }
    }

    /// The records that follow from one event. What may still have to stand behind something waits.
    public mutating func take(_ event: ControllerEvent) -> [any Encodable] {
        switch event {
        case .said(let id, let batch):
            orders[id, default: RecordOrder()].add(points: batch.points, events: batch.events)
            return records(orders[id]?.take(through: batch.completed) ?? [], of: id)
        case .saved(let id, let through): return [Records.Saved(trial: id, through: through)]
        case .status(let id, let status, let message):
            guard status.isFinal, let trial = trials[id] else { return [] }
            let rest = records(orders[id]?.takeAll() ?? [], of: id)
            return rest + [Records.End(trial, status, message, last[id] ?? [:], peakMemory: memory())]
        case .refused, .storeTrouble: return []
        }
    }

    private mutating func records(_ items: [RecordOrder.Item], of id: Int64) -> [any Encodable] {
        guard let trial = trials[id] else { return [] }
        for case .point(let point) in items {
            last[id, default: [:]][session.metrics[point.metric].name] = point.value
        }
        return items.flatMap { Records.of($0, trial, metrics: session.metrics) }
    }
}

extension TrialView {
    /// The last value of each metric that has one, by name.
    func lastValues(_ metrics: [Metric]) -> [String: Double] {
        let pairs = zip(metrics, curves).compactMap { metric, curve in curve.last.map { (metric.name, $0) } }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}
