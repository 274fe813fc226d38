import Base
import Checkpoints
import Foundation
import MethodKit
import Testing

@testable import SessionControl
@testable import Store

/// A method with a large base that does not change, and a small adapter that does.
private enum Graft: Method {
    enum Arm: String, MethodArm {
        case still, grown
        var help: String { "grows" }
    }

    struct Inputs: MethodInputs {
        @Input("numbers in the base", in: 1...1_000_000) var width = 100_000
        @Input("steps", in: 1...10_000) var steps = 200
    }

    struct State: Codable {
        @Frozen var base: [Double]
        var adapter = 0.0
    }

    static let card = Card(
        id: "graft", title: "Graft",
        paper: Citation(authors: "None", title: "None", year: 2026, arXiv: "0000.00000"),
        idea: "", equations: [], data: "", headline: "", differences: [])
    static let version = 1
    static let size = Metric("size", "how large the adapter is", better: .lower)
    static let metrics = [size]
    static let root = Stage<Inputs>.shared("root", reads: [\.width]) { _ in 1 }
    static let grow = Stage<Inputs>("grow") { $0.steps }
    static let stages = [root, grow]
    static let presets = [Preset<Inputs>("smoke", "seconds")]
    static let claims: [Claim] = []
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var state = State(base: []), random = trial.stream("root")
        try trial.run(root, state: &state) { state, _, inputs in
            state = State(base: (0..<inputs.width).map { _ in random.gaussian() })
        }
        try trial.run(grow, state: &state) { state, step, _ in
            usleep(500)
            state.adapter += state.base[step % state.base.count] * (arm == .grown ? 1 : 0.5)
            trial.report(size, state.adapter)
        }
    }
}

/// A frozen part through the whole life of trials: checkpoints, a shared stage, a stop, resume and proof.
@Suite struct FrozenTrialTests {
    @Test func aFrozenBaseIsStoredOnceAndTrialsGoOnAndAreProved() throws {
        let bench = try Bench(jobs: 2, checkpointEvery: 0.01), method = MethodInfo(Graft.self)
        let plan = try SessionPlan(method, seeds: [1, 2], preset: "smoke", purpose: .run)
        let (session, trials) = try bench.controller.start(plan)
        try bench.waitFor { trials.contains { bench.saved($0.id) > 50 } }
        bench.controller.interrupt()
        #expect(bench.controller.wait(timeout: .now() + 30))
        let stopped = try bench.store.trials(of: session.id)
        #expect(stopped.contains { $0.status == .interrupted })
        _ = try bench.controller.resume(bench.store.find("last"), of: method)
        #expect(bench.controller.wait(timeout: .now() + 60))
        let ended = try bench.store.trials(of: session.id)
        #expect(ended.map(\.status) == [.finished, .finished, .finished, .finished])

        let undisturbed = try Bench(jobs: 1)
        let (_, others) = try undisturbed.controller.start(plan)
        undisturbed.controller.wait()
        for (one, other) in zip(trials, others) {
            #expect(try bench.values(one.id) == undisturbed.values(other.id))
        }
        // Two seeds, so two bases of 800 kB, however many checkpoints there were.
        let bytes = try bench.store.sizes(of: [session.id]).file
        #expect((2 * 800_000..<4 * 800_000).contains(bytes), "\(bytes)")

        let proof = try Prover(store: bench.store, machine: ["cpu": "test"], jobs: 2)
            .prove(bench.store.find("last"), of: method)
        #expect(proof.holds && proof.trials.count == 4)
    }
}
