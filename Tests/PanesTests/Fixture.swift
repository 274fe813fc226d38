import Foundation
import MethodKit
import SessionControl
import SessionViews
import Terminal
import Testing

@testable import Panes
@testable import Store

/// What pane tests start from: a catalogue and sessions that stand in these tests, so that a new engine changes none of
/// them.
enum Fixture {
    static let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    static let catalogue = [MethodInfo(Dune.self), MethodInfo(Reef.self)]

    private static func recorded(_ id: String) throws -> Recorded {
        try (id == "dune" ? Recorded.dune : Recorded.reef).get()
    }

    /// The recorded sessions, as the workbench lists them.
    static let listed: [Workbench.Listed] = ["dune", "reef"].compactMap { id in
        guard let recorded = try? recorded(id) else { return nil }
        return Workbench.Listed(
            recorded.recording.start.key, recorded.session, statuses: [.finished],
            finding: id == "dune" ? finding(recorded) : nil, isRecorded: true)
    }

    private static func finding(_ recorded: Recorded) -> ClaimFinding {
        recorded.recording.whole.report(of: Dune.claims[0]).finding
    }

    /// The recorded session of a method.
    static func recording(_ id: String = "dune") throws -> Recording { try recorded(id).recording }

    /// A workbench that shows a recorded session.
    static func bench(
        _ width: Int = 80, _ height: Int = 24, of id: String = "dune", look: Look? = nil, atEnd: Bool = true
    ) throws -> Workbench {
        var bench = Workbench(catalogue: catalogue, look: try look ?? Look(theme: theme("slate")))
        bench.resize(width: width, height: height)
        bench.listed = listed
        bench.show(Replay(try recording(id), atEnd: atEnd))
        return bench
    }

    static func theme(_ name: String) throws -> Theme {
        try ThemeFile.read(path: root.appending(path: "Themes/\(name).toml").path)
    }

    /// A session whose trials run, of dunes where nothing is said, as the controller's events would show it.
    static func running(
        _ method: MethodInfo = catalogue[0], purpose: String = "duel", arms: [String] = ["flat", "wave"],
        seeds: [UInt64] = [1], look: Look? = nil
    ) throws -> (Workbench, [TrialRecord]) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SessionStore(path: folder.appending(path: "store.sqlite").path)
        let inputs = try method.texts(preset: "quick", typed: [:])
        let (session, trials) = try store.create(
            NewSession(
                method: method.card.id, methodVersion: method.version, benchtop: "test", preset: "quick",
                purpose: purpose, inputs: inputs, metrics: method.metrics, machine: [:],
                trials: seeds.flatMap { seed in arms.map { NewTrial(arm: $0, seed: seed) } }))
        var bench = Workbench(catalogue: [method] + catalogue, look: look ?? Look())
        bench.resize(width: 120, height: 40)
        bench.show(
            started: SessionView(
                SessionKey(store: "own", id: session.id), session, trials, total: { _ in 80 }))
        for trial in trials { bench.take(.status(trial: trial.id, .running, message: "")) }
        return (bench, trials)
    }
}

extension Workbench {
    /// Takes in what a controller tells.
    mutating func take(_ event: ControllerEvent) { take(PreparedEvent(event)) }

    /// Types keys by their names.
    mutating func type(_ names: String...) { for name in names { take(Key(name: name) ?? .escape) } }

    /// Types a text.
    mutating func write(_ text: String) { for character in text { take(.character(character)) } }

    /// Goes on to the artifact of a name.
    mutating func show(_ artifact: String) {
        type("6")
        for _ in 0..<(view?.trial?.artifacts.count ?? 0) where currentArtifact?.name != artifact { type("n") }
    }

    var screen: String { draw().rows.joined(separator: "\n") + "\n" }

    /// What stands in a pane's frame, the frame included.
    func picture(of pane: PaneID) -> String {
        let canvas = draw()
        guard let rect = layout.rect(of: pane) else { return "" }
        let rows = (rect.y..<rect.y + rect.height).map { y in
            String((rect.x..<rect.x + rect.width).map { canvas[$0, y].character }.filter { $0 != Cell.tail })
        }
        return rows.joined(separator: "\n") + "\n"
    }
}

/// Whether files that tests compare with are written anew.
let isRecording = ProcessInfo.processInfo.environment["BENCHTOP_RECORD"] != nil

/// Compares a text with a file of Golden, or writes it.
func expectGolden(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) throws {
    let file = Fixture.root.appending(path: "Tests/PanesTests/Golden/\(name).txt")
    if isRecording { try text.write(to: file, atomically: true, encoding: .utf8) }
    let golden = try String(contentsOf: file, encoding: .utf8)
    #expect(text == golden, "the screen is not \(name)", sourceLocation: location)
}
