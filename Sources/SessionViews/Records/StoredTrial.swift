import MethodKit
import Store
import TextLayout

/// One stored trial, to be said again.
public struct StoredTrial {
    /// The trial.
    public let record: TrialRecord
    private let session: SessionRecord
    private let store: SessionStore

    /// A trial of a session in a store.
    public init(_ record: TrialRecord, of session: SessionRecord, in store: SessionStore) {
        self.record = record
        self.session = session
        self.store = store
    }

    /// Where it is in its life.
    public var status: TrialStatus { record.status(in: session) }

    /// Everything that it said, in the order of ``RecordOrder``.
    ///
    /// - Throws: `StoreError`.
    public func items() throws -> [RecordOrder.Item] {
        let points = try session.metrics.indices.flatMap { try store.points(of: record.id, metric: $0) }
        return RecordOrder.all(points: points, events: try store.events(of: record.id))
    }

    /// The records of an item: one, and for a table one a row.
    public func records(of item: RecordOrder.Item) -> [any Encodable] {
        Records.of(item, record, metrics: session.metrics)
    }

    /// The record that comes last.
    ///
    /// - Throws: `StoreError`.
    public func end() throws -> any Encodable {
        Records.End(record, status, record.message, try lastValues(), peakMemory: session.peakMemory)
    }

    /// The last value of each metric that has one, by name; of a tool's trial only what it found itself, and not what
    /// the trial had come to that it applies.
    ///
    /// - Throws: `StoreError`.
    public func lastValues() throws -> [String: Double] {
        let before = session.isTool ? record.parent?.step : nil
        var values: [String: Double] = [:]
        for (index, metric) in session.metrics.enumerated() {
            let last = try store.lastValue(of: record.id, metric: index)
            if let last, last.step > before ?? .min { values[metric.name] = last.value }
        }
        return values
    }

    /// A part for people: all points of a step in one line, an event in another.
    public struct Line: Sendable, Equatable {
        /// Seconds since the trial began.
        public let elapsed: Double
        /// The step, and what was said.
        public let text: String
    }

    /// Everything that it said, for people.
    ///
    /// - Throws: `StoreError`.
    public func lines() throws -> [Line] {
        var lines: [Line] = [], points: [Point] = []
        func endStep() {
            guard let last = points.last else { return }
            let values = points.map { "\(session.metrics[$0.metric].name) \($0.value.brief)" }
            lines.append(Line(elapsed: last.elapsed, text: "\(last.step)  \(values.joined(separator: "  "))"))
            points = []
        }
        for item in try items() {
            switch item {
            case .point(let point):
                if points.last.map({ $0.step != point.step }) == true { endStep() }
                points.append(point)
            case .event(let event):
                endStep()
                lines.append(Line(elapsed: event.elapsed, text: "\(event.step)  \(Self.text(event.event))"))
            }
        }
        endStep()
        return lines
    }

    private static func text(_ event: TrialEvent) -> String {
        switch event {
        case .stage(let name, let unit, let total): "Stage \(name): \(total) × \(unit)."
        case .log(.info, let text): text
        case .log(let level, let text): "\(level.rawValue): \(text)"
        case .edit(let edit): edit.sentence
        case .exchange(let exchange): exchange.sentence
        case .artifact(let name, let artifact, _): "kept \(name) (\(artifact.type))"
        case .unknown(let unknown): "warning: \(unknown.notice)."
        }
    }
}

extension TrialRecord {
    /// Where the trial is in its life, whatever a process that died left behind: only one whose process lives runs.
    public func status(in session: SessionRecord) -> TrialStatus {
        status.isFinal || session.owner?.isAlive == true ? status : .interrupted
    }
}
