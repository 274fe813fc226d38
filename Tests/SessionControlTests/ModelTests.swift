import Base
import Foundation
import GRDB
import MethodKit
import Testing

@testable import SessionControl
@testable import Store

/// What an endpoint answered is stored, and read when the trial goes on, is proved, or is applied.
@Suite struct ModelTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
    private let method = MethodInfo(Judge.self)
    private let endpoint = FakeEndpoint()

    private func controller(_ store: SessionStore, checkpointEvery: Double = 100) -> SessionController {
        SessionController(
            store: store,
            options: .init(
                jobs: 2, cache: StageFiles(), models: endpoint, checkpointEvery: checkpointEvery,
                retryEvery: 0.02, version: "test", machine: ["cpu": "test"]))
    }

    private func store() throws -> SessionStore {
        try SessionStore(path: folder.appending(path: "store.sqlite").path)
    }

    private func plan(_ typed: [String: String] = [:], arms: [String]? = ["strict"]) throws -> SessionPlan {
        try SessionPlan(method, arms: arms, seeds: [1], preset: "smoke", typed: typed, purpose: .run)
    }

    private var asked: [String] { endpoint.asked.withLock { $0 } }

    /// A trial that is stopped says again what was saved after its checkpoint, and asks nobody for it.
    @Test func aStoppedTrialAsksOnlyForTheRest() throws {
        let store = try store(), first = controller(store)
        let (session, trials) = try first.start(plan(["pause": "3"]))
        first.step(trials[0].id, 6)
        while try store.trials(of: session.id)[0].through < 6 { usleep(2_000) }
        first.interrupt()
        first.wait()
        // As after a crash: what was saved since the first stage's end lies behind the checkpoint that is left.
        try store.dropCheckpoints(of: trials[0].id, after: 2)
        let before = asked.count
        #expect(before < 14)
        let second = controller(store)
        _ = try second.resume(try store.find("last"), of: method)
        second.wait()
        #expect(try store.trials(of: session.id)[0].status == .finished)
        #expect(asked.count == 14 && Set(asked).count == 14)
    }

    /// An endpoint that breaks off interrupts the trial; what it said of a request stays, and resume asks for the rest.
    @Test func anEndpointThatBreaksOffLosesNothing() throws {
        let store = try store(), first = controller(store)
        // Two questions of the first stage, and two of the four of the second step's request.
        endpoint.breaks.withLock { $0 = 2 + 4 + 2 }
        let (session, _) = try first.start(plan(["beside": "4", "questions": "3"]))
        first.wait()
        let broken = try store.trials(of: session.id)[0]
        #expect(broken.status == .interrupted && broken.message == "The line is down.")
        #expect(try store.events(of: broken.id).map(\.event).exchanges.count == 8)

        let second = controller(store)
        _ = try second.resume(try store.find("last"), of: method)
        second.wait()
        #expect(try store.trials(of: session.id)[0].status == .finished)
        #expect(asked.count == 14 && Set(asked).count == 14)

        endpoint.isGone.withLock { $0 = true }
        let prover = Prover(store: store, machine: ["cpu": "test"], models: endpoint)
        #expect(try prover.prove(store.find("last"), of: method).holds)
    }

    /// A question that is drawn several times is drawn by other seeds each time, also where a stop lies between.
    @Test func theRestOfARequestIsDrawnAsInTheWhole() throws {
        let store = try store(), first = controller(store)
        endpoint.breaks.withLock { $0 = 2 + 4 + 2 }
        let (session, _) = try first.start(plan(["beside": "4", "questions": "3", "isOne": "true"]))
        first.wait()
        let second = controller(store)
        _ = try second.resume(try store.find("last"), of: method)
        second.wait()
        #expect(try store.trials(of: session.id)[0].status == .finished)
        let seeds = endpoint.seeds.withLock { $0.compactMap { $0 } }.sorted()
        let wanted: [UInt64] = [
            1_000, 1_001, 1_002, 1_003, 2_000, 2_001, 2_002, 2_003, 3_000, 3_001, 3_002, 3_003,
        ]
        #expect(seeds == wanted)
    }

    @Test func aProofAsksNobody() throws {
        let store = try store(), running = controller(store)
        _ = try running.start(plan(arms: nil))
        running.wait()
        #expect(asked.count == 2 + 2 * 12)
        endpoint.isGone.withLock { $0 = true }
        let prover = Prover(store: store, machine: ["cpu": "test"], models: endpoint)
        let proof = try prover.prove(store.find("last"), of: method)
        #expect(proof.holds && proof.isBitProof && proof.trials.map(\.points) == [12, 12])
        #expect(asked.count == 26)
    }

    /// The proof compares what was said too, so an answer that was changed shows.
    @Test func anotherQuestionIsNoProof() throws {
        let store = try store(), running = controller(store)
        let (session, trials) = try running.start(plan())
        running.wait()
        let events = try store.events(of: trials[0].id).map(\.event)
        #expect(events.exchanges.count == 14)
        let cut = Array(events.exchanges.dropLast())
        let link = TrialLink()
        #expect(throws: TranscriptError.over(input: "judge")) {
            try method.run(
                "strict", texts: session.inputs, seed: 1,
                models: TrialModels(endpoint, exchanges: cut, asksEndpoints: false), link: link)
        }
        #expect(throws: TranscriptError.other(input: "judge")) {
            try method.run(
                "mild", texts: session.inputs, seed: 1,
                models: TrialModels(endpoint, exchanges: events.exchanges, asksEndpoints: false), link: link)
        }
        // An exchange without an answer is none, wherever it came from.
        let empty = events.exchanges.map { Exchange(input: $0.input, request: $0.request, answers: []) }
        #expect(throws: TranscriptError.other(input: "judge")) {
            try method.run(
                "strict", texts: session.inputs, seed: 1,
                models: TrialModels(endpoint, exchanges: empty, asksEndpoints: false), link: link)
        }
    }

    @Test func aModelThatNobodyProvidesIsRefusedBeforeThereIsASession() throws {
        let store = try store()
        endpoint.isGone.withLock { $0 = true }
        #expect(throws: ModelError.notProvided("smollm2")) {
            _ = try controller(store).start(plan(["judge": "smollm2"]))
        }
        #expect(try store.sessions().isEmpty)
        #expect("\(ModelError.notProvided("smollm2"))" == "The language model 'smollm2' cannot be had here.")
    }

    /// A method that may ask a model runs where there is none, as long as the user names none.
    @Test func aModelThatNobodyNamedIsNoReasonToRefuse() throws {
        let specs = method.inputs
        try NoModels().check(try method.texts(preset: "smoke", typed: [:]), of: specs)
        #expect(throws: ModelError.notProvided("smollm2")) {
            try NoModels().check(try method.texts(preset: "smoke", typed: ["judge": "smollm2"]), of: specs)
        }
    }

    // MARK: Apply

    private func applied(_ store: SessionStore, _ text: String) throws -> SessionPlan {
        let file = folder.appending(path: "\(text).txt")
        try Data(text.utf8).write(to: file)
        let session = try store.sessions()[0], trial = try store.trials(of: session.id)[0]
        return try SessionPlan(
            applying: trial, of: session, method, edits: store.edits(of: trial.id), typed: ["file": file.path]
        )
    }

    @Test func aFinishedTrialIsAppliedAndNothingIsTrainedAgain() throws {
        let store = try store(), running = controller(store)
        _ = try running.start(plan())
        running.wait()
        let trained = try #require(try store.trials(of: store.sessions()[0].id).first)
        let last = try #require(try store.lastValue(of: trained.id, metric: 0)), before = asked
        let (session, trials) = try running.start(try applied(store, "a file"))
        running.wait()
        let done = try #require(try store.trials(of: session.id).first)
        #expect(done.status == .finished && done.through == 15 && trials[0].through == 14)
        #expect(done.parent == TrialPlace(trial: trained.id, step: 14))
        #expect(asked.dropFirst(before.count) == ["a file"])
        let own = try store.points(of: done.id, metric: 0, steps: 15...15)
        #expect(own.map(\.value) == [last.value + Double(15 * 7 % 13)])
        #expect(try store.edits(of: done.id).isEmpty)
        // Neither the trained state nor what came before is stored a second time.
        let size = try #require(try store.sizes(of: [session.id]).sessions.first)
        #expect(size.own < 4_000)

        endpoint.isGone.withLock { $0 = true }
        let prover = Prover(store: store, machine: ["cpu": "test"], models: endpoint)
        let proof = try prover.prove(try store.find("last"), of: method)
        #expect(proof.holds && proof.trials.map(\.points) == [1])
        #expect(proof.trials[0].chains.values.allSatisfy { $0.saved == $0.now })
        #expect(asked.count == before.count + 1)
    }

    @Test func whatIsAppliedGoesOnAfterAStop() throws {
        let store = try store(), running = controller(store)
        _ = try running.start(plan())
        running.wait()
        let (session, trials) = try running.start(try applied(store, "later"))
        running.stop(trials[0].id, as: .interrupted)
        running.wait()
        if try store.trials(of: session.id)[0].status != .finished {
            _ = try running.resume(try store.find("last"), of: method)
            running.wait()
        }
        #expect(try store.trials(of: session.id)[0].status == .finished)
        #expect(asked.last == "later" && asked.count { $0 == "later" } == 1)
    }

    @Test func onlyAFinishedTrialCanBeApplied() throws {
        let store = try store(), running = controller(store)
        let (_, trials) = try running.start(plan(["pause": "5", "questions": "1000"]))
        running.stop(trials[0].id)
        running.wait()
        #expect(throws: PlanError.notFinished(arm: "strict", seed: 1)) { _ = try applied(store, "a") }
    }
}

extension SessionStore {
    /// Takes away what a crash would not have left.
    fileprivate func dropCheckpoints(of trial: Int64, after step: Int) throws {
        try write { db in
            try db.execute(
                sql: "DELETE FROM checkpoint WHERE trial = ? AND step > ?", arguments: [trial, step])
        }
    }
}
