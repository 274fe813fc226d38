import Base
import Foundation

/// Where the results of shared stages are kept.
public protocol StageCache: Sendable {
    /// The result under `key`, kept or computed now.
    ///
    /// When two trials ask for the same key at once, one computes and the other waits.
    ///
    /// - Parameters:
    ///   - key: all that determines the result, but for the machine.
    ///   - isStopped: asked while waiting; when it says yes the wait ends with ``Stopped``.
    ///   - compute: called at most once, on the caller's thread.
    /// - Returns: the result, kept or computed now.
    /// - Throws: what `compute` throws.
    func result(
        for key: StageKey, isStopped: () -> Bool, _ compute: () throws -> StageResult
    ) throws -> StageResult
}

/// All that determines the result of a shared stage, but for the machine.
public struct StageKey: Sendable, Hashable {
    /// The method's id and version.
    public let method: String
    /// The stage's name, and its group of arms where it is not shared by all.
    public let stage: String
    /// The trial's seed.
    public let seed: UInt64
    /// "name=value" of each input that the stage reads; for a file, the digest of its contents.
    public let inputs: [String]

    /// A key from its parts.
    public init(method: String, stage: String, seed: UInt64, inputs: [String]) {
        self.method = method
        self.stage = stage
        self.seed = seed
        self.inputs = inputs
    }

    /// One text with all the parts, for hashing.
    public var text: String { ([method, stage, "\(seed)"] + inputs).joined(separator: "\n") }
}

/// What a shared stage left: its final state and what it said.
public struct StageResult: Sendable {
    /// The final state, encoded.
    public let state: Data
    /// What it said, with steps counted from the stage's beginning.
    public let record: StageRecord
    /// The bytes of what the state refers to and never changes.
    public let frozen: [Digest: Data]

    /// A result from its parts.
    public init(state: Data, record: StageRecord, frozen: [Digest: Data] = [:]) {
        self.state = state
        self.record = record
        self.frozen = frozen
    }
}

/// The points and events that a shared stage said, so that every arm's trial can say them.
public struct StageRecord: Sendable, Equatable {
    /// In the order in which they were reported.
    public internal(set) var points: [Point] = []
    /// In the order in which they were said; edits are not among them.
    public internal(set) var events: [TimedEvent] = []

    /// A record of what was said already.
    package init(points: [Point] = [], events: [TimedEvent] = []) {
        self.points = points
        self.events = events
    }

    func shifted(by steps: Int) -> StageRecord {
        var record = StageRecord()
        record.points = points.map {
            Point(metric: $0.metric, step: $0.step + steps, elapsed: $0.elapsed, value: $0.value)
        }
        record.events = events.map { TimedEvent(step: $0.step + steps, elapsed: $0.elapsed, event: $0.event) }
        return record
    }

    /// The record without the part that `said` holds already.
    func dropping(_ said: StageRecord) -> StageRecord {
        var record = StageRecord()
        record.points = Array(points.dropFirst(said.points.count))
        record.events = Array(events.dropFirst(said.events.count))
        return record
    }

    // MARK: As bytes

    private struct Plain: Codable {
        var metrics: [Int], steps: [Int], values: [UInt64]
        var eventSteps: [Int], events: [TrialEvent]
    }

    /// Reads what ``encoded()`` wrote.
    ///
    /// - Throws: `DecodingError`.
    public init(encoded: Data) throws {
        let plain = try PropertyListDecoder().decode(Plain.self, from: encoded)
        points = zip(plain.metrics, zip(plain.steps, plain.values)).map {
            Point(metric: $0, step: $1.0, elapsed: 0, value: Double(bitPattern: $1.1))
        }
        events = zip(plain.eventSteps, plain.events).map { TimedEvent(step: $0, elapsed: 0, event: $1) }
    }

    /// The record as bytes; elapsed times are left out, so equal records give equal bytes.
    public func encoded() throws -> Data {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return try encoder.encode(
            Plain(
                metrics: points.map(\.metric), steps: points.map(\.step),
                values: points.map(\.value.bitPattern),
                eventSteps: events.map(\.step), events: events.map(\.event)))
    }
}
