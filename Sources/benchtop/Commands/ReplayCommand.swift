import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store
import TextLayout

/// `benchtop replay ID|FILE`: a session again, in the workbench or as text.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play a saved session again: in the workbench, or with --plain as text.")

    @Argument(help: "A session: short id, name, 'last', or a store file.") var session: String
    @OptionGroup var store: StoreOption
    @Flag(help: "Print text, as it always is where there is no terminal.") var plain = false
    @Option(help: "Times as fast as it was recorded; in text, 0 prints everything at once.") var speed = 0.0
    @Option(help: "Only this trial.") var trial: Int64?
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws {
        guard speed >= 0, speed.isFinite else {
            throw ValidationError("--speed is \(speed); it must be 0 or more.")
        }
    }

    func run() throws {
        let wantsText = plain || json || trial != nil || !Output.isTerminal
        if wantsText { try printText() } else { try openWorkbench() }
    }

    private func openWorkbench() throws {
        var opening = Opening(store: store)
        (opening.session, opening.isPlaying, opening.speed) = (session, true, speed > 0 ? speed : nil)
        try opening.open()
    }

    private func printText() throws {
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
        try found.tellLosses()
    }
}

/// One stored trial, said again.
struct TrialReplay {
    /// What comes next: all points of a step, or an event.
    private enum Part {
        case points([Point])
        case event(TimedEvent)

        var elapsed: Double {
            switch self {
            case .points(let points): points.last?.elapsed ?? 0
            case .event(let event): event.elapsed
            }
        }
    }

    private let trial: TrialRecord
    private let found: FoundSession

    init(_ trial: TrialRecord, _ found: FoundSession) {
        self.trial = trial
        self.found = found
    }

    /// Prints the trial, at the speed it was recorded times `speed`; 0 waits for nothing.
    ///
    /// - Returns: false when nobody reads any more.
    /// - Throws: `StoreError`.
    func play(speed: Double, json: Bool) throws -> Bool {
        if !json {
            Output.line("Trial \(trial.id): \(trial.arm), seed \(trial.seed), \(trial.status.rawValue).")
        }
        var now = 0.0
        for part in try parts() {
            if speed > 0, part.elapsed > now { Thread.sleep(forTimeInterval: (part.elapsed - now) / speed) }
            now = max(now, part.elapsed)
            let isRead =
                try json
                ? records(of: part).allSatisfy { try Output.json($0) }
                : plain(part).allSatisfy { Output.line($0) }
            guard isRead else { return false }
        }
        return json ? try Output.json(end()) : Output.line()
    }

    /// Every record as a line of JSON, the trial's end last.
    ///
    /// - Returns: false when the sink wants no more.
    /// - Throws: `StoreError`.
    func records(_ sink: SessionFiles.Sink) throws -> Bool {
        for part in try parts() {
            for record in records(of: part) {
                guard sink(try Output.jsonText(record) + "\n") else { return false }
            }
        }
        return sink(try Output.jsonText(end()) + "\n")
    }

    /// Points by step, each event after the step that it was said after.
    private func parts() throws -> [Part] {
        let all = try found.session.metrics.indices.flatMap {
            try found.store.points(of: trial.id, metric: $0)
        }
        var events = try found.store.events(of: trial.id)[...], parts: [Part] = []
        for (step, points) in Dictionary(grouping: all, by: \.step).sorted(by: { $0.key < $1.key }) {
            while let event = events.first, event.step < step { parts.append(.event(events.removeFirst())) }
            parts.append(.points(points))
        }
        return parts + events.map { .event($0) }
    }

    private func records(of part: Part) -> [any Encodable] {
        switch part {
        case .event(let event): return [Records.of(event, trial: trial.id)]
        case .points(let points):
            return points.map {
                Records.Metric(
                    trial: trial.id, arm: trial.arm, name: found.session.metrics[$0.metric].name,
                    step: $0.step,
                    value: $0.value, elapsed: $0.elapsed)
            }
        }
    }

    private func plain(_ part: Part) -> [String] {
        switch part {
        case .points(let points):
            let values = points.map { "\(found.session.metrics[$0.metric].name) \($0.value.brief)" }
            return ["\(points[0].step)  \(values.joined(separator: "  "))"]
        case .event(let event):
            switch Records.of(event, trial: trial.id) {
            case let log as Records.Log:
                let level = log.level == "info" ? "" : "\(log.level): "
                return ["\(event.step)  \(Visible.text(level + log.text))"]
            case let artifact as Records.Artifact:
                return ["\(event.step)  kept \(Visible.text(artifact.name)) (\(artifact.type))"]
            default: return []
            }
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
}
