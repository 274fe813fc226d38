import Foundation
import MethodKit
import Testing

@testable import SessionControl
@testable import Store

/// An edit of several trials begins at one step in all of them.
@Suite struct CommonEditTests {
    static let long = ["steps": "900", "pause": "300"]

    func edits(_ bench: Bench, _ trials: [TrialRecord]) throws -> [[Edit]] {
        try trials.map { try bench.store.edits(of: $0.id) }
    }

    /// The run has the edit's own step in every trial, and the bits of a run that had it from the start.
    func check(_ bench: Bench, _ trials: [TrialRecord], _ count: Int = 1) throws {
        let edits = try edits(bench, trials)
        #expect(edits.allSatisfy { $0 == edits[0] } && edits[0].count == count, "\(edits)")
        #expect(edits.joined().allSatisfy { $0.by == .key })
        let proof = try Prover(store: bench.store, machine: ["cpu": "test"]).prove(
            try bench.store.find("last"), of: bench.method)
        #expect(proof.holds && proof.isBitProof)
        for trial in trials {
            #expect(try bench.values(trial.id) != Bench.undisturbed(Self.long, arm: trial.arm))
        }
    }

    @Test func armsThatRunSideBySideChangeAtOneStep() throws {
        let bench = try Bench(jobs: 2)
        let (_, trials) = try bench.start(arms: ["plain", "fast"], Self.long)
        try bench.waitFor { bench.saved(trials[0].id) > 60 && bench.saved(trials[1].id) > 40 }
        try bench.controller.edit(trials.map(\.id), "rate", to: "0.7", by: .key)
        try bench.controller.edit(trials.map(\.id), "rate", to: "0.3", by: .key)
        #expect(bench.controller.wait(timeout: .now() + 30))
        try check(bench, trials, 2)
    }

    /// One arm is far, one waits for its turn: that one changes at the same step, when it comes there.
    @Test func anArmThatHasNotBegunChangesAtTheSameStep() throws {
        let bench = try Bench(jobs: 1)
        let (_, trials) = try bench.start(arms: ["plain", "fast"], Self.long)
        try bench.waitFor { bench.saved(trials[0].id) > 60 }
        try bench.controller.edit(trials.map(\.id), "rate", to: "0.7", by: .key)
        #expect(bench.controller.wait(timeout: .now() + 30))
        try check(bench, trials)
        #expect(try edits(bench, trials)[1][0].step > 60)
    }

    /// Arms that were stopped between the edit's announcement and its step change there when they go on.
    @Test(arguments: [false, true])
    func anAnnouncedEditOutlivesAStop(hasBegun: Bool) throws {
        let bench = try Bench(jobs: hasBegun ? 2 : 1)
        let (session, trials) = try bench.start(arms: ["plain", "fast"], Self.long)
        let (far, near) = (trials[0].id, trials[1].id)
        if hasBegun {
            try bench.waitFor { bench.saved(near) > 25 }
            bench.controller.pause(near)
            try bench.waitFor { bench.isPaused(near) }
        }
        try bench.waitFor { bench.saved(far) > bench.saved(near) + 30 }
        try bench.controller.edit([far, near], "rate", to: "0.7", by: .key)
        try bench.waitFor { try edits(bench, trials).allSatisfy { !$0.isEmpty } }
        for trial in trials { bench.controller.stop(trial.id) }
        #expect(bench.controller.wait(timeout: .now() + 30))
        let announced = try edits(bench, trials)
        #expect(try bench.trial(near).through < announced[1][0].step - 1)
        _ = try bench.controller.resume(try bench.store.find(session.shortID), of: bench.method)
        #expect(bench.controller.wait(timeout: .now() + 30))
        try check(bench, trials)
    }

    @Test func trialsThatEndMeanwhileHoldNobody() throws {
        let bench = try Bench(jobs: 2)
        let (_, trials) = try bench.start(arms: ["plain", "fast"], ["steps": "4000", "pause": "2000"])
        try bench.waitFor { bench.saved(trials[0].id) > 25 && bench.saved(trials[1].id) > 25 }
        try bench.controller.edit(trials.map(\.id), "rate", to: "0.7", by: .key)
        bench.controller.stop(trials[1].id)
        let at = bench.saved(trials[0].id)
        try bench.waitFor { bench.saved(trials[0].id) > at + 10 }
        bench.controller.stop(trials[0].id)
        #expect(bench.controller.wait(timeout: .now() + 30))
    }
}
