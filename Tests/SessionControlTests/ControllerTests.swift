import Base
import Foundation
import GRDB
import MethodKit
import Testing

@testable import SessionControl
@testable import Store

@Suite struct ControllerTests {
    @Test func aCrashEndsItsTrialOnly() throws {
        let bench = try Bench(jobs: 1)
        let (session, trials) = try bench.start(arms: ["plain", "fast"], seeds: [1, 2], ["trapAt": "40"])
        #expect(bench.controller.wait(timeout: .now() + 30))
        let ended = try bench.store.trials(of: session.id)
        #expect(ended.map(\.status) == [.finished, .failed, .finished, .failed])
        #expect(ended[1].message.hasPrefix("The engine crashed"))
        #expect(try bench.values(trials[1].id).count == 39)
        #expect(try bench.store.integrity() == [])
    }

    @Test func trialsRunToTheirEndAndAreSaved() throws {
        let bench = try Bench()
        let (session, trials) = try bench.start(arms: ["plain", "fast"], seeds: [1, 2])
        #expect(trials.map(\.arm) == ["plain", "fast", "plain", "fast"])
        #expect(bench.controller.wait(timeout: .now() + 30))
        let ended = try bench.store.trials(of: session.id)
        #expect(ended.allSatisfy { $0.status == .finished && $0.through == 320 })
        #expect(try bench.store.find("last").owner == nil)
        for trial in trials {
            #expect(try bench.values(trial.id).count == 300)
            #expect(bench.saved(trial.id) == 320)
        }
        #expect(try bench.store.integrity() == [])
        let report = try ClaimReport(Ticker.claims[0], in: session, store: bench.store)
        #expect(report.complete == [1, 2] && report.headline.judgement.mean < 0)
    }

    /// Arms with one seed share stages and would wait for each other: those that run side by side have different seeds.
    @Test func trialsSideBySideHaveDifferentSeeds() throws {
        let bench = try Bench(jobs: 2)
        let (_, trials) = try bench.start(arms: ["plain", "fast"], seeds: [1, 2], ["steps": "100"])
        bench.controller.wait()
        let begun = bench.news.withLock { news in
            news.compactMap { item -> Int64? in
                if case .status(let id, .running, _) = item { id } else { nil }
            }
        }
        let seeds = begun.compactMap { id in trials.first { $0.id == id }?.seed }
        #expect(seeds.count == 4 && Set(seeds.prefix(2)) == [1, 2])
    }

    @Test func nothingIsAnnouncedBeforeItIsDurable() throws {
        let bench = try Bench()
        let (_, trials) = try bench.start()
        let reader = try SessionStore(path: bench.store.path, mode: .readOnly)
        var checks = 0
        try bench.waitFor {
            let through = bench.saved(trials[0].id)
            if through > 20 {
                checks += 1
                let last = try reader.points(of: trials[0].id, metric: 0).last
                #expect(try #require(last).step >= through)
            }
            return through == 320
        }
        #expect(checks > 5)
    }

    @Test func pauseStepAndGoOn() throws {
        let bench = try Bench()
        let (session, trials) = try bench.start()
        let id = trials[0].id
        try bench.waitFor { bench.saved(id) > 40 }
        bench.controller.pause(id)
        try bench.waitFor { try bench.store.trials(of: session.id)[0].status == .paused }
        try bench.waitFor { bench.saved(id) == (try bench.store.trials(of: session.id)[0].through) }
        let at = bench.saved(id)
        bench.controller.step(id, 3)
        try bench.waitFor { bench.saved(id) == at + 3 }
        usleep(50_000)
        #expect(bench.saved(id) == at + 3)
        bench.controller.goOn(id)
        bench.controller.wait()
        #expect(try bench.values(id) == Bench.undisturbed())
    }

    @Test(arguments: [TrialStatus.stopped, .interrupted])
    func stoppedTrialsGoOnBitForBit(_ status: TrialStatus) throws {
        let bench = try Bench()
        let (session, trials) = try bench.start(arms: ["plain", "fast"], seeds: [1, 3])
        try bench.waitFor { bench.saved(trials[0].id) > 60 }
        for trial in trials { bench.controller.stop(trial.id, as: status) }
        bench.controller.wait()
        #expect(try bench.store.trials(of: session.id).allSatisfy { $0.status == status })
        let again = try bench.controller.resume(try bench.store.find("last"), of: bench.method)
        #expect(again.count == 4)
        bench.controller.wait()
        for trial in trials {
            #expect(try bench.values(trial.id) == Bench.undisturbed(arm: trial.arm, seed: trial.seed))
            #expect(try bench.store.events(of: trial.id).count == 8)
        }
        #expect(throws: ResumeError.isFinished(session.shortID)) {
            try bench.controller.resume(try bench.store.find("last"), of: bench.method)
        }
    }

    @Test func aLiveEditIsStoredAndProved() throws {
        let bench = try Bench()
        let (_, trials) = try bench.start()
        let id = trials[0].id
        try bench.waitFor { bench.saved(id) > 40 }
        #expect(throws: InputError.self) { try bench.controller.edit([id], "rate", to: "11", by: .key) }
        #expect(throws: InputError.self) { try bench.controller.edit([id], "steps", to: "400", by: .key) }
        try bench.controller.edit([id], "rate", to: "0.7", by: .key)
        bench.controller.wait()
        let edits = try bench.store.edits(of: id)
        #expect(edits.map(\.text) == ["0.7"])
        let step = try #require(edits.first).step
        let plain = try Bench.undisturbed(), edited = try bench.values(id)
        #expect(plain.prefix(step - 21) == edited.prefix(step - 21) && plain[step - 21] != edited[step - 21])
        let proof = try Prover(store: bench.store, machine: ["cpu": "test"]).prove(
            try bench.store.find("last"), of: bench.method)
        #expect(proof.holds && proof.isBitProof && proof.trials[0].points == 300)
        #expect(proof.trials[0].chains["place"].map { $0.saved == $0.now } == true)
    }

    @Test func aProofShowsTheFirstDifference() throws {
        let bench = try Bench()
        let plan = try SessionPlan(bench.method, arms: ["plain"], seeds: [1], preset: "smoke", purpose: .run)
        let session = try bench.store.create(NewSession(plan, version: "test", machine: ["cpu": "test"]))
        let link = TrialLink()
        try bench.method.run("plain", texts: plan.inputs, seed: 1, link: link)
        var batch = link.drain()
        let true70 = batch.points[69].value
        batch.points[69] = Point(metric: 0, step: 90, elapsed: 0, value: true70 + 1e-9)
        try bench.store.append([
            TrialBatch(trial: session.trials[0].id, points: batch.points, completed: 320, status: .finished)
        ])
        let proof = try Prover(store: bench.store, machine: ["cpu": "test"]).prove(
            session.session, of: bench.method)
        let wanted = Proof.Difference(metric: "place", step: 90, saved: true70 + 1e-9, now: true70)
        #expect(!proof.holds && proof.trials[0].difference == wanted)
        let elsewhere = try Prover(store: bench.store, machine: ["cpu": "other"]).prove(
            session.session, of: bench.method)
        #expect(
            elsewhere.holds && !elsewhere.isBitProof
                && elsewhere.otherMachine == ["cpu: test then, other now"])
        #expect(elsewhere.trials[0].largest > 0 && elsewhere.trials[0].largest < Proof.tolerance)
    }

    @Test func aFullDiskIsABannerAndLosesNothing() throws {
        // Long enough to need more pages than the file has.
        let long = ["steps": "6000", "pause": "200"]
        let bench = try Bench()
        let (session, trials) = try bench.start(long)
        let id = trials[0].id
        func limit(_ pages: Int) throws {
            try bench.store.writer?.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
        }
        try bench.waitFor { bench.saved(id) > 40 }
        try limit(1)
        func troubles() -> [String?] {
            bench.news.withLock {
                $0.compactMap { if case .storeTrouble(let sentence) = $0 { sentence } else { nil } }
            }
        }
        try bench.waitFor { !troubles().isEmpty }
        #expect(
            troubles().first
                == "There is no room left for the store '\(bench.store.path)'; free some, and saving goes on."
        )
        let saved = bench.saved(id)
        usleep(300_000)
        #expect(bench.saved(id) == saved, "nothing is announced that is not durable")
        #expect(try bench.store.points(of: id, metric: 0).last?.step ?? 0 >= saved)
        try limit(1 << 30)
        #expect(bench.controller.wait(timeout: .now() + 30))
        #expect(try bench.values(id) == Bench.undisturbed(long))
        #expect(try bench.store.trials(of: session.id)[0].status == .finished)
        #expect(try bench.store.integrity() == [])
    }

    @Test func adivergedTrialEndsWithASentence() throws {
        let bench = try Bench()
        let (session, _) = try bench.start(["breakAt": "30"])
        bench.controller.wait()
        let trial = try bench.store.trials(of: session.id)[0]
        #expect(trial.status == .failed && trial.message.hasPrefix("place is not a finite number at step 50"))
        #expect(try bench.store.points(of: trial.id, metric: 0).last?.value.isNaN == true)
    }

    @Test func emptyCellsOfAMapAreTheSameWhenSaidAgain() throws {
        func map(_ value: Float) -> TrialEvent {
            .artifact(name: "map", .heatMap(HeatMap([.nan, value], rows: ["r"], columns: ["a", "b"])))
        }
        func remove(_ event: TrialEvent) throws -> Int {
            var savedTail = SavedTail(points: [[]], events: [map(1)], edits: [], through: 1),
                batch = TrialLink().drain()
            batch.events = [TimedEvent(step: 1, elapsed: 0, event: event)]
            try savedTail.remove(from: &batch, metrics: Ticker.metrics)
            return batch.events.count
        }
        #expect(try remove(map(1)) == 0)
        #expect(throws: SavedTailError.self) { try remove(map(2)) }
    }

    @Test func aResumedTrialThatSaysSomethingElseFails() throws {
        let bench = try Bench()
        let (session, trials) = try bench.start()
        try bench.waitFor { bench.saved(trials[0].id) > 60 }
        bench.controller.stop(trials[0].id)
        bench.controller.wait()
        let last = try #require(try bench.store.points(of: trials[0].id, metric: 0).last)
        try bench.store.append([
            TrialBatch(
                trial: trials[0].id, points: [Point(metric: 0, step: last.step + 1, elapsed: 0, value: 9)],
                completed: last.step + 1)
        ])
        _ = try bench.controller.resume(try bench.store.find("last"), of: bench.method)
        bench.controller.wait()
        let trial = try bench.store.trials(of: session.id)[0]
        #expect(trial.status == .failed && trial.message.contains("step \(last.step + 1) has 9.0"))
    }
}
