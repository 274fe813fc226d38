import Foundation
import MethodKit
import Testing

@testable import SessionControl
@testable import Store

/// Every order at every step boundary of a small trial: what is saved in the end is what an undisturbed run saves.
@Suite struct BoundaryTests {
    enum Order: String, CaseIterable, CustomTestStringConvertible {
        case pause, step, stop, interrupt, edit, checkpoint
        var testDescription: String { rawValue }
    }

    static let small = ["steps": "6", "pause": "0"]
    /// Twenty steps of the shared stage, and six of the arm's own.
    static let last = 26

    @Test(arguments: Order.allCases)
    func everyBoundary(_ order: Order) throws {
        let seed = 910 + UInt64(Order.allCases.firstIndex(of: order) ?? 0)
        let expected = try Bench.undisturbed(Self.small, seed: seed)
        let gate = DispatchSemaphore(value: 0)
        Ticker.gates.withLock { $0[seed] = gate }
        for boundary in 1..<Self.last {
            let bench = try Bench()
            let (session, trials) = try bench.start(seeds: [seed], Self.small)
            let id = trials[0].id
            bench.controller.step(id, boundary)
            try bench.waitFor { bench.controller.running.first?.link.wishedHolders == [.user] }
            gate.signal()
            try bench.waitFor { bench.saved(id) == boundary && bench.isPaused(id) }
            try obey(order, bench, id)
            #expect(bench.controller.wait(timeout: .now() + 30), "\(order) at \(boundary): it hangs")
            if try bench.trial(id).status != .finished {
                gate.signal()
                _ = try bench.controller.resume(try bench.store.find(session.shortID), of: bench.method)
                #expect(bench.controller.wait(timeout: .now() + 30))
            }
            if order == .edit {
                gate.signal()
                let proof = try Prover(store: bench.store, machine: ["cpu": "test"]).prove(
                    try bench.store.find("last"), of: bench.method)
                #expect(proof.holds, "an edit at \(boundary)")
                #expect(try bench.store.edits(of: id).map(\.step) == [boundary + 1])
            } else {
                #expect(try bench.values(id) == expected, "\(order) at \(boundary)")
            }
            #expect(try bench.store.integrity() == [])
        }
    }

    private func obey(_ order: Order, _ bench: Bench, _ id: Int64) throws {
        switch order {
        case .pause: bench.controller.pause(id)
        case .step: bench.controller.step(id)
        case .stop: return bench.controller.stop(id)
        case .interrupt: return bench.controller.interrupt()
        case .edit: try bench.controller.edit([id], "rate", to: "0.7", by: .key)
        case .checkpoint: bench.controller.saveCheckpoint(id)
        }
        bench.controller.goOn(id)
    }
}
