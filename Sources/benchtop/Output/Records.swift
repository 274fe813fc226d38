import Foundation
import MethodKit
import SessionViews
import Store

/// The records of `run --json` and `export --format jsonl`; the field `kind` tells them apart.
enum Records {
    /// What is run, once at the beginning.
    struct Session: Encodable {
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

        init(_ session: SessionRecord, trials: [TrialRecord]) {
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
            machine = session.machine
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
    }

    /// The record of an event.
    static func of(_ event: TimedEvent, trial: Int64) -> any Encodable {
        let log = { (level: LogLevel, text: String) in
            Log(trial: trial, level: level.rawValue, step: event.step, text: text)
        }
        switch event.event {
        case .stage(let name, let unit, let total): return log(.info, "Stage \(name): \(total) × \(unit).")
        case .log(let level, let text): return log(level, text)
        case .edit(let edit):
            return log(
                .info,
                "Input \(edit.input) changed from \(edit.before) to \(edit.text), from step \(edit.step) on.")
        case .artifact(let name, let artifact):
            return Artifact(trial: trial, name: name, type: artifact.type, step: event.step)
        case .unknown(let unknown): return log(.warning, unknown.notice + ".")
        }
    }
}
