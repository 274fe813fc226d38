import ArgumentParser
import Foundation
import SessionViews
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
            guard try StoredTrial(record, of: found.session, in: found.store).play(speed: speed, json: json)
            else { return }
        }
        try found.tellLosses()
    }
}

extension StoredTrial {
    /// Prints the trial, at the speed it was recorded times `speed`; 0 waits for nothing.
    ///
    /// - Returns: false when nobody reads any more.
    /// - Throws: `StoreError`.
    fileprivate func play(speed: Double, json: Bool) throws -> Bool {
        var clock = PlayClock(speed: speed)
        guard json else {
            Output.line("Trial \(record.id): \(record.arm), seed \(record.seed), \(status.rawValue).")
            let isRead = try lines().allSatisfy { line in
                clock.wait(until: line.elapsed)
                return Output.line(Visible.text(line.text))
            }
            return isRead && Output.line()
        }
        let isRead = try items().allSatisfy { item in
            clock.wait(until: item.elapsed)
            return try records(of: item).allSatisfy { try Output.json($0) }
        }
        return try isRead && Output.json(end())
    }
}

/// Lets a stored trial's seconds pass.
private struct PlayClock {
    let speed: Double
    private var now = 0.0

    init(speed: Double) { self.speed = speed }

    mutating func wait(until elapsed: Double) {
        guard elapsed > now else { return }
        if speed > 0 { Thread.sleep(forTimeInterval: (elapsed - now) / speed) }
        now = elapsed
    }
}
