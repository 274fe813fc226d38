import Base
import Foundation
import MethodKit
import Testing

@testable import SessionControl
@testable import Store

/// A method whose steps take about a millisecond, so that orders reach it in the middle.
enum Ticker: Method {
    enum Arm: String, MethodArm {
        case plain, fast
        var help: String { "ticks" }
    }

    struct Inputs: MethodInputs {
        @Input("step length", in: 0...10, live: true, symbol: "η") var rate = 0.1
        @Input("steps", in: 1...100_000) var steps = 300
        @Input("step at which the value becomes NaN; 0 for never", in: 0...100_000) var breakAt = 0
        @Input("step at which the fast arm traps; 0 for never", in: 0...100_000) var trapAt = 0
        @Input("whether it aborts there instead, as a library does") var aborts = false
        @Input("a file that nobody reads", kinds: ["txt"]) var notes = InputFile()
        @Input("microseconds that a step takes", in: 0...100_000) var pause = 500
        @Input("a step that lasts until it is stopped; 0 for none", in: 0...100_000) var endlessAt = 0
    }

    struct State: Codable {
        var place = 1.0
        var random: RandomStream
    }

    /// How often the shared stage is still to trap, by seed.
    static let sharedTraps = Locked([UInt64: Int]())

    /// What a trial of a seed waits for before it does anything, so that orders are there before its first boundary.
    static let gates = Locked([UInt64: DispatchSemaphore]())

    private static func takesTrap(_ seed: UInt64) -> Bool {
        sharedTraps.withLock { traps in
            guard let left = traps[seed], left > 0 else { return false }
            traps[seed] = left - 1
            return true
        }
    }

    static let card = Card(
        id: "ticker", title: "Ticker",
        paper: Citation(authors: "None", title: "None", year: 2026, arXiv: "0000.00000"),
        idea: "", equations: [], data: "", headline: "", differences: [])
    static let version = 1
    static let place = Metric("place", "where it is", better: .lower)
    static let metrics = [place]
    static let warm = Stage<Inputs>.shared("warm", reads: []) { _ in 20 }
    static let tick = Stage<Inputs>("tick") { $0.steps }
    static let stages = [warm, tick]
    static let presets = [Preset<Inputs>("smoke", "seconds")]
    static let claims = [
        Claim(
            "fast is lower", conditions: [.better(place, of: Arm.fast, than: Arm.plain, by: 0)],
            controls: .none(because: "It is a test."), preset: "smoke", equalCompute: "steps")
    ]
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var state = State(random: trial.stream("ticks"))
        let seed = trial.seed
        gates.withLock { $0[seed] }?.wait()
        try trial.run(warm, state: &state) { state, step, _ in
            state.place += state.random.uniform()
            if step == 10 { precondition(!takesTrap(seed), "asked to trap") }
        }
        try trial.run(tick, state: &state) { state, step, inputs in
            usleep(UInt32(inputs.pause))
            while step == inputs.endlessAt {
                if trial.isStopped { throw Stopped() }
                usleep(500)
            }
            if arm == .fast, step == inputs.trapAt {
                if inputs.aborts { abort() }
                preconditionFailure("asked to trap")
            }
            state.place += inputs.rate * (state.random.gaussian() - (arm == .fast ? 1 : 0))
            trial.report(place, step == inputs.breakAt ? .nan : state.place)
            if step % 50 == 0 { trial.log("at \(step)") }
        }
    }
}

/// A store, a controller and everything that the controller said.
final class Bench {
    let folder: URL
    let store: SessionStore
    let controller: SessionController
    let news = Locked([ControllerEvent]())
    let method = MethodInfo(Ticker.self)

    init(jobs: Int = 2, checkpointEvery: Double = 0.05, folder name: String = "benchtop") throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID())")
        store = try SessionStore(path: folder.appending(path: "store.sqlite").path)
        let news = news
        controller = SessionController(
            store: store,
            options: .init(
                jobs: jobs, cache: StageFiles(folder: folder.appending(path: "cache")),
                checkpointEvery: checkpointEvery, retryEvery: 0.02, version: "test", machine: ["cpu": "test"])
        ) { item in news.withLock { $0.append(item) } }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func start(arms: [String] = ["plain"], seeds: [UInt64] = [1], _ typed: [String: String] = [:]) throws -> (
        SessionRecord, [TrialRecord]
    ) {
        try controller.start(
            SessionPlan(method, arms: arms, seeds: seeds, preset: "smoke", typed: typed, purpose: .run))
    }

    func values(_ trial: Int64) throws -> [UInt64] {
        try store.points(of: trial, metric: 0).map(\.value.bitPattern)
    }

    /// What an undisturbed run gives, by typed inputs.
    static func undisturbed(_ typed: [String: String] = [:], arm: String = "plain", seed: UInt64 = 1) throws
        -> [UInt64]
    {
        let bench = try Bench()
        let (_, trials) = try bench.start(arms: [arm], seeds: [seed], typed)
        bench.controller.wait()
        return try bench.values(trials[0].id)
    }

    func trial(_ id: Int64) throws -> TrialRecord {
        let session = try store.find("last")
        return try #require(try store.trials(of: session.id).first { $0.id == id })
    }

    func waitFor(_ location: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool) throws {
        for _ in 0..<4_000 {
            if try condition() { return }
            usleep(2_000)
        }
        Issue.record("waited too long", sourceLocation: location)
    }

    func saved(_ trial: Int64) -> Int {
        news.withLock {
            $0.reduce(0) { if case .saved(trial, let through) = $1 { max($0, through) } else { $0 } }
        }
    }
}

extension Bench {
    /// Whether the last that was told of a trial is that it is paused.
    func isPaused(_ trial: Int64) -> Bool {
        let statuses = news.withLock { news in
            news.compactMap { item -> TrialStatus? in
                if case .status(trial, let status, _) = item { status } else { nil }
            }
        }
        return statuses.last == .paused
    }
}

extension SessionController {
    /// The trials that run now.
    var running: [RunningTrial] { queue.sync { runner.running } }
}
