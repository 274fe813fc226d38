import Base
import Foundation
import MethodKit
import Store

/// The records of `run --json`, `replay --json` and `export --format jsonl`; the field `kind` tells them apart.
public enum Records {
    /// What is run, once at the beginning.
    public struct Session: Encodable {
        var kind = "session"
        let session: String
        let method: String
        let version: Int
        let preset: String
        let purpose: String
        let seed: UInt64
        let seeds: [UInt64]
        let arms: [String]
        let trials: [Int64]
        let inputs: [String: String]
        let machine: [String: String]

        /// The record of a session and those of its trials that follow.
        public init(_ session: SessionRecord, trials: [TrialRecord]) {
            self.session = session.shortID
            method = session.method
            version = session.methodVersion
            preset = session.preset
            purpose = session.purpose
            seed = trials.first?.seed ?? 0
            seeds = trials.map(\.seed).unique
            arms = trials.map(\.arm).unique
            self.trials = trials.map(\.id)
            inputs = session.inputs
            machine = session.hardware
        }
    }

    /// One value of one metric.
    struct Metric: Encodable {
        var kind = "metric"
        let trial: Int64
        let arm: String
        let name: String
        let step: Int
        let value: Double
        let elapsed: Double
    }

    /// A line of the log; stages and edits are lines too.
    struct Log: Encodable {
        var kind = "log"
        let trial: Int64
        let level: String
        let step: Int
        let text: String
    }

    /// A trial kept something.
    struct Artifact: Encodable {
        var kind = "artifact"
        let trial: Int64
        let name: String
        let type: String
        let step: Int
    }

    /// A row of a table that a trial kept: its cells by their columns' names.
    struct Row: Encodable {
        var kind = "row"
        let trial: Int64
        let table: String
        let step: Int
        /// Counted from 1.
        let row: Int
        let cells: [String: Cell]
        /// By the columns' names, where there are any.
        let units: [String: String]
    }

    /// A cell of such a row; a number that is missing is null.
    struct Cell: Encodable {
        let cell: Table.Cell

        func encode(to encoder: any Encoder) throws {
            if case .number(let number) = cell, number.isNaN {
                var container = encoder.singleValueContainer()
                try container.encodeNil()
            } else {
                try cell.encode(to: encoder)
            }
        }
    }

    /// A language model behind an endpoint was asked.
    struct Exchange: Encodable {
        var kind = "exchange"
        let trial: Int64
        let step: Int
        let input: String
        let request: ModelRequest
        let answers: [ModelAnswer]
    }

    /// Every record of the trial up to and including step `through` is durable.
    struct Saved: Encodable {
        var kind = "saved"
        let trial: Int64
        let through: Int
    }

    /// A trial ended; the summary has the last value of each metric.
    struct End: Encodable {
        var kind = "end"
        let trial: Int64
        let arm: String
        let seed: UInt64
        let status: String
        let message: String
        let summary: [String: Double]
        /// Bytes: live, of the process so far; later, what was noted of the session.
        let peakMemory: Int?

        init(
            _ trial: TrialRecord, _ status: TrialStatus, _ message: String, _ summary: [String: Double],
            peakMemory: Int?
        ) {
            self.trial = trial.id
            (arm, seed) = (trial.arm, trial.seed)
            (self.status, self.message, self.summary) = (status.rawValue, message, summary)
            self.peakMemory = peakMemory
        }
    }

    /// The records of a point or an event: one, and for a table one a row.
    ///
    /// - Parameters:
    ///   - item: what was said.
    ///   - trial: who said it.
    ///   - metrics: those of its session.
    /// - Returns: the records, each with its own `kind`.
    static func of(
        _ item: RecordOrder.Item, _ trial: TrialRecord, metrics: [MethodKit.Metric]
    ) -> [any Encodable] {
        switch item {
        case .event(let event):
            guard case .artifact(let name, .table(let table), _) = event.event else {
                return [of(event, trial: trial.id)]
            }
            return [of(event, trial: trial.id)] + rows(of: table, name, event.step, trial: trial.id)
        case .point(let point):
            return [
                Metric(
                    trial: trial.id, arm: trial.arm, name: metrics[point.metric].name, step: point.step,
                    value: point.value, elapsed: point.elapsed)
            ]
        }
    }

    private static func rows(of table: Table, _ name: String, _ step: Int, trial: Int64) -> [Row] {
        let units = table.columns.filter { !$0.unit.isEmpty }.map { ($0.name, $0.unit) }
        return table.rows.enumerated().map { place, row in
            Row(
                trial: trial, table: name, step: step, row: place + 1,
                cells: Dictionary(zip(table.columns.map(\.name), row.map { Cell(cell: $0) })) { first, _ in
                    first
                },
                units: Dictionary(units) { first, _ in first })
        }
    }

    private static func of(_ event: TimedEvent, trial: Int64) -> any Encodable {
        let log = { (level: LogLevel, text: String) in
            Log(trial: trial, level: level.rawValue, step: event.step, text: text)
        }
        switch event.event {
        case .stage(let name, let unit, let total): return log(.info, "Stage \(name): \(total) × \(unit).")
        case .log(let level, let text): return log(level, text)
        case .edit(let edit): return log(.info, edit.sentence)
        case .exchange(let exchange):
            return Exchange(
                trial: trial, step: event.step, input: exchange.input, request: exchange.request,
                answers: exchange.answers)
        case .artifact(let name, let artifact, _):
            return Artifact(trial: trial, name: name, type: artifact.type, step: event.step)
        case .unknown(let unknown): return log(.warning, unknown.notice + ".")
        }
    }

    /// A value as one line of JSON, without the line's end; values that are not finite become texts.
    ///
    /// - Throws: `EncodingError`.
    public static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder.exact
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension Exchange {
    /// Who was asked how much.
    var sentence: String { "The model of input \(input) was asked \(request.prompts.count) prompts." }
}

extension Edit {
    /// What was changed, from which step on.
    public var sentence: String { "Input \(input) changed from \(before) to \(text), from step \(step) on." }
}
