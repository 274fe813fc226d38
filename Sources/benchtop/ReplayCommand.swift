import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store

/// `benchtop replay ID|FILE --plain`: everything that a session said, again.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Print a saved session as it went, step by step.")

    @Argument(help: "A session: short id, name, 'last', or a store file.") var session: String
    @OptionGroup var store: StoreOption
    @Flag(help: "Print text; needed where there is no workbench.") var plain = false
    @Option(help: "Times as fast as it was recorded; 0 prints everything at once.") var speed = 0.0
    @Option(help: "Only this trial.") var trial: Int64?
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws {
        guard speed >= 0, speed.isFinite else { throw ValidationError("--speed is \(speed); it must be 0 or more.") }
    }

    func run() throws {
        let found = try FoundSession(session, in: store)
        let trials = try found.store.trials(of: found.session.id)
        if let trial, !trials.contains(where: { $0.id == trial }) {
            throw Failure(
                "Session \(found.session.shortID) has no trial \(trial); it has "
                    + "\(trials.map { "\($0.id)" }.joined(separator: ", ")).", Status.unknown)
        }
        if json { _ = try Output.json(Records.Session(found.session, trials: trials)) }
        for record in trials where trial == nil || record.id == trial {
            guard try TrialReplay(record, found).play(speed: speed, json: json) else { return }
        }
    }
}

/// One stored trial, said again.
struct TrialReplay {
    private let trial: TrialRecord
    private let found: FoundSession

    init(_ trial: TrialRecord, _ found: FoundSession) {
        self.trial = trial
        self.found = found
    }

    /// Prints the trial's records in the order of their steps.
    ///
    /// - Returns: false when nobody reads any more.
    /// - Throws: `StoreError`.
    func play(speed: Double, json: Bool) throws -> Bool {
        if !json {
            Output.line("Trial \(trial.id): \(trial.arm), seed \(trial.seed), \(trial.status.rawValue).")
        }
        var events = try found.store.events(of: trial.id)[...]
        var now = 0.0
        for (step, points) in try steps() {
            while let event = events.first, event.step < step {
                wait(until: event.elapsed, from: &now, speed)
                guard show(events.removeFirst(), json) else { return false }
            }
            wait(until: points.last?.elapsed ?? now, from: &now, speed)
            guard show(points, json) else { return false }
        }
        for event in events {
            wait(until: event.elapsed, from: &now, speed)
            guard show(event, json) else { return false }
        }
        return json ? show(try end()) : Output.line()
    }

    /// All points, grouped by step.
    private func steps() throws -> [(Int, [Point])] {
        let all = try found.session.metrics.indices.flatMap {
            try found.store.points(of: trial.id, metric: $0)
        }
        return Dictionary(grouping: all, by: \.step).sorted { $0.key < $1.key }
    }

    private func wait(until elapsed: Double, from now: inout Double, _ speed: Double) {
        defer { now = max(now, elapsed) }
        guard speed > 0, elapsed > now else { return }
        Thread.sleep(forTimeInterval: (elapsed - now) / speed)
    }

    private func show(_ points: [Point], _ json: Bool) -> Bool {
        let metrics = found.session.metrics
        if json {
            return points.allSatisfy { point in
                show(
                    Records.Metric(
                        trial: trial.id, arm: trial.arm, name: metrics[point.metric].name, step: point.step,
                        value: point.value, elapsed: point.elapsed))
            }
        }
        let values = points.map { "\(metrics[$0.metric].name) \($0.value.brief)" }
        return Output.line("\(points[0].step)  \(values.joined(separator: "  "))")
    }

    private func show(_ event: TimedEvent, _ json: Bool) -> Bool {
        if json { return show(Records.of(event, trial: trial.id)) }
        switch Records.of(event, trial: trial.id) {
        case let log as Records.Log:
            let level = log.level == "info" ? "" : "\(log.level): "
            return Output.line("\(event.step)  \(Visible.text(level + log.text))")
        case let artifact as Records.Artifact:
            return Output.line("\(event.step)  kept \(artifact.name) (\(artifact.type))")
        default: return true
        }
    }

    private func end() throws -> Records.End {
        var summary: [String: Double] = [:]
        for (index, metric) in found.session.metrics.enumerated() {
            summary[metric.name] = try found.store.lastValue(of: trial.id, metric: index)?.value
        }
        return Records.End(
            trial: trial.id, arm: trial.arm, seed: trial.seed, status: trial.status.rawValue,
            message: trial.message, summary: summary)
    }

    private func show(_ record: any Encodable) -> Bool { (try? Output.json(record)) ?? false }
}
