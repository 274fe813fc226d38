import Foundation
import MethodKit
import Methods
import SessionControl
import SessionViews
import Store
import Terminal
import Testing

@testable import Panes

/// What pane tests start from.
enum Fixture {
    static let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    static let catalogue = Methods.catalogue.map { MethodInfo($0) }

    private static func stored(_ id: String) throws -> (store: SessionStore, session: SessionRecord) {
        let path = root.appending(path: "Sessions/\(id).sqlite").path
        let store = try SessionStore(path: path, mode: .readOnly)
        return (store, try store.find("last"))
    }

    /// The recorded claims of all methods, as the workbench lists them.
    static let recorded: [Workbench.Listed] = catalogue.compactMap { method in
        guard let (store, session) = try? stored(method.card.id),
            let report = try? ClaimReport(method.claims[0], in: session, store: store)
        else { return nil }
        return Workbench.Listed(
            SessionKey(store: "\(method.card.id).sqlite", id: session.id), session, statuses: [.finished],
            verdict: report.judgement.verdict, isRecorded: true)
    }

    /// The recorded claim of a method.
    static func recording(_ id: String = "steve") throws -> Recording {
        let (store, session) = try stored(id)
        let method = try #require(catalogue.first { $0.card.id == id })
        let total = try method.stages(session.inputs).reduce(0) { $0 + $1.total }
        return try Recording(session, store, path: "\(id).sqlite", total: total)
    }

    /// A workbench that shows the recorded claim.
    static func bench(
        _ width: Int = 80, _ height: Int = 24, of id: String = "steve", look: Look? = nil, atEnd: Bool = true
    ) throws -> Workbench {
        let recording = try recording(id)
        var bench = Workbench(catalogue: catalogue, look: try look ?? Look(theme: theme("slate")))
        bench.resize(width: width, height: height)
        bench.listed = recorded
        bench.show(Replay(recording, atEnd: atEnd))
        return bench
    }

    static func theme(_ name: String) throws -> Theme {
        try ThemeFile.read(path: root.appending(path: "Themes/\(name).toml").path)
    }

    /// A session of steve whose trials run, as the controller's news would show it.
    static func running(purpose: String = "duel") throws -> (Workbench, [TrialRecord]) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SessionStore(path: folder.appending(path: "store.sqlite").path)
        let method = catalogue[0]
        let plan = try SessionPlan(method, seeds: [1], preset: "quick", purpose: .duel)
        let (session, trials) = try store.create(
            NewSession(
                method: method.card.id, methodVersion: method.version, benchtop: "test", preset: "quick",
                purpose: purpose, inputs: plan.inputs, metrics: method.metrics, machine: [:],
                trials: plan.arms.map { NewTrial(arm: $0, seed: 1) }))
        var bench = Workbench(catalogue: catalogue, look: Look())
        bench.resize(width: 120, height: 40)
        bench.show(
            started: SessionView(SessionKey(store: "own", id: session.id), session, trials, total: 806))
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
