import Base
import CCrash
import Dispatch
import Foundation
import GRDB
import MethodKit
import Testing

@testable import SessionControl
@testable import Store

/// What befalls trials while they run: crashes, pauses of several owners, records that the store refuses.
@Suite struct LifeTests {
    // MARK: Crashes

    /// The first arm crashes while it computes what both need; the second, which waits for it, computes it itself.
    @Test func aCrashInASharedStageFreesThoseWhoWait() throws {
        Ticker.sharedTraps.withLock { $0[901] = 1 }
        let bench = try Bench(jobs: 2)
        let (session, trials) = try bench.start(arms: ["plain", "fast"], seeds: [901], ["steps": "20"])
        #expect(bench.controller.wait(timeout: .now() + 30), "an arm waits for a result that never comes")
        let ended = try bench.store.trials(of: session.id)
        #expect(Set(ended.map(\.status)) == [.failed, .finished])
        let survivor = try #require(ended.first { $0.status == .finished })
        #expect(
            try bench.values(survivor.id) == Bench.undisturbed(["steps": "20"], arm: survivor.arm, seed: 901))
        #expect(trials.count == 2)
    }

    /// A stage that always crashes fails each arm with a sentence, one after the other.
    @Test func aStageThatAlwaysCrashesFailsEveryArm() throws {
        Ticker.sharedTraps.withLock { $0[902] = 100 }
        let bench = try Bench(jobs: 2)
        let (session, _) = try bench.start(arms: ["plain", "fast"], seeds: [902])
        #expect(bench.controller.wait(timeout: .now() + 30))
        let ended = try bench.store.trials(of: session.id)
        #expect(ended.allSatisfy { $0.status == .failed && $0.message.hasPrefix("The engine crashed") })
        #expect(try bench.store.find("last").owner == nil)
    }

    @Test func abortIsACrashLikeAnother() throws {
        let bench = try Bench(jobs: 2)
        let (session, _) = try bench.start(
            arms: ["plain", "fast"], ["steps": "60", "trapAt": "20", "aborts": "on"])
        #expect(bench.controller.wait(timeout: .now() + 30))
        let ended = try bench.store.trials(of: session.id)
        #expect(ended.map(\.status) == [.finished, .failed])
        #expect(ended[1].message == "The engine crashed: it or a library that it uses gave up.")
    }

    /// A kernel that gives up says why; the sentence is the trial's, and stderr, which may be a screen, stays clean.
    @Test func theSentenceOfACrashIsTheTrials() {
        let watch = CrashWatch()
        Thread.detachNewThread {
            watch.watchThread()
            _ = bt_crash_say("There is no memory for a tensor: the system refused 8 bytes.")
            abort()
        }
        while watch.sentence == nil { usleep(1_000) }
        watch.noteContained()
        #expect(
            watch.sentence
                == "The engine crashed: There is no memory for a tensor: the system refused 8 bytes.")
        #expect(bt_crash_say("nobody watches this thread") == 0)
    }

    /// Nobody takes note of a crash, as when the thread holds a lock that all others need: the program ends and says
    /// why, instead of waiting for ever.
    @Test func aCrashThatNobodyNotesEndsTheProgram() async {
        let ended = await #expect(processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]) {
            bt_crash_install()
            Thread.detachNewThread {
                bt_crash_guard(bt_crash_new(), 1)
                abort()
            }
            sleep(60)
        }
        let said = String(decoding: ended?.standardErrorContent ?? [], as: UTF8.self)
        #expect(said.contains("an engine crashed and holds what the rest of the program needs"))
    }

    /// A heap that the allocator finds broken: the crash is contained, or the program ends; it does not hang.
    @Test func aBrokenHeapIsContainedOrEndsTheProgram() async {
        let ended = await #expect(processExitsWith: .exitCode(7)) {
            bt_crash_install()
            // What the last resort would end with is this test's good end too.
            bt_crash_before_end { _exit(7) }
            nonisolated(unsafe) let mark = bt_crash_new()
            Thread.detachNewThread {
                bt_crash_guard(mark, 2)
                // Freed from its middle: the allocator gives up.
                free(malloc(64)! + 16)
            }
            while bt_crash_signal(mark) == 0 { usleep(1_000) }
            for size in 1...4_096 { free(malloc(size * 8)) }
            bt_crash_contained()
            _exit(7)
        }
        #expect(ended != nil)
    }

    @Test func aProofSurvivesACrashAndShowsIt() throws {
        let bench = try Bench(jobs: 1)
        _ = try bench.start(seeds: [903], ["steps": "30"])
        bench.controller.wait()
        Ticker.sharedTraps.withLock { $0[903] = 1 }
        let prover = Prover(store: bench.store, machine: ["cpu": "test"], jobs: 1)
        let session = try bench.store.find("last")
        let proof = try prover.prove(session, of: bench.method)
        #expect(!proof.holds && proof.trials[0].message.hasPrefix("The engine crashed"))
        #expect(try prover.prove(session, of: bench.method).holds, "the next proof is not disturbed")
    }

    // MARK: Long steps

    /// A step that looks whether it is to stop ends in its middle; the trial is kept as it was before the step.
    @Test func aLongStepEndsWhenItIsStopped() throws {
        let bench = try Bench()
        let (_, trials) = try bench.start(["endlessAt": "40", "steps": "50"])
        // Its last word before the endless step.
        try bench.waitFor { try bench.values(trials[0].id).count >= 10 }
        usleep(100_000)
        bench.controller.stop(trials[0].id)
        #expect(bench.controller.wait(timeout: .now() + 20), "the step never ends")
        let ended = try bench.trial(trials[0].id)
        #expect(ended.status == .stopped && ended.message.isEmpty)
        #expect(ended.through <= 20 + 39)
    }

    // MARK: Pauses

    /// Room on the disk lets those go on that waited for it, not those that the user had paused.
    @Test func roomOnTheDiskDoesNotUndoTheUsersPause() throws {
        let bench = try Bench()
        let (_, trials) = try bench.start(arms: ["plain", "fast"], seeds: [1], ["steps": "2000"])
        let (paused, other) = (trials[0].id, trials[1].id)
        try bench.waitFor { bench.saved(paused) > 40 && bench.saved(other) > 40 }
        bench.controller.pause(paused)
        try bench.waitFor { try bench.trial(paused).status == .paused }
        let at = bench.saved(paused)
        let link = try #require(bench.controller.running.first { $0.record.id == paused }).link
        link.pause(for: .store)
        // A commit that succeeds says that there is room again.
        try bench.waitFor { link.wishedHolders == [.user] }
        let then = bench.saved(other)
        try bench.waitFor { bench.saved(other) > then + 50 }
        #expect(try bench.trial(paused).status == .paused && bench.saved(paused) == at)
        bench.controller.goOn(paused)
        #expect(bench.controller.wait(timeout: .now() + 30))
    }

    // MARK: Records that are refused

    /// Somebody deletes a session that runs: its trial ends with a sentence, and others are saved as ever.
    @Test func whatCannotBeSavedStopsNobodyElse() throws {
        let bench = try Bench()
        let (gone, lost) = try bench.start(["steps": "3000"])
        let (_, kept) = try bench.start(seeds: [2], ["steps": "400"])
        try bench.waitFor { bench.saved(lost[0].id) > 40 }
        try bench.store.writer?.write { db in
            try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [gone.id])
        }
        #expect(bench.controller.wait(timeout: .now() + 30))
        #expect(try bench.trial(kept[0].id).status == .finished)
        #expect(try bench.values(kept[0].id) == Bench.undisturbed(["steps": "400"], seed: 2))
        let said = bench.news.withLock { news in
            news.compactMap { item -> String? in
                guard case .status(let id, .failed, let message) = item, id == lost[0].id else { return nil }
                return message
            }
        }
        #expect(said == ["Trial \(lost[0].id) does not exist or has finished; nothing can be added to it."])
        let troubles = bench.news.withLock {
            $0.contains { if case .storeTrouble = $0 { true } else { false } }
        }
        #expect(!troubles, "one trial's trouble is not the store's")
    }

    // MARK: Files

    /// A session goes on, and is proved, only with the files that it began with.
    @Test func aChangedFileIsNamed() throws {
        let bench = try Bench()
        let file = bench.folder.appending(path: "notes.txt")
        try Data("then".utf8).write(to: file)
        let (session, trials) = try bench.start(["steps": "4000", "notes": file.path])
        #expect(session.files["notes"]?.path == file.path)
        try bench.waitFor { bench.saved(trials[0].id) > 40 }
        bench.controller.stop(trials[0].id)
        bench.controller.wait()
        try Data("now".utf8).write(to: file)
        let changed = ResumeError.changedFile(session.shortID, input: "notes", path: file.path)
        #expect(throws: changed) { try bench.controller.resume(session, of: bench.method) }
        let prover = Prover(store: bench.store, machine: ["cpu": "test"])
        #expect(throws: changed) { try prover.prove(session, of: bench.method) }
        try FileManager.default.removeItem(at: file)
        #expect(throws: ResumeError.missingFile(session.shortID, input: "notes", path: file.path)) {
            try bench.controller.resume(session, of: bench.method)
        }
        #expect(try bench.store.find("last").owner == nil)
        try Data("then".utf8).write(to: file)
        #expect(try bench.controller.resume(session, of: bench.method).count == 1)
        bench.controller.interrupt()
        bench.controller.wait()
        #expect(try prover.prove(session, of: bench.method).holds)
    }

    // MARK: Owners

    @Test func aSessionHasOneOwner() throws {
        let bench = try Bench()
        let (session, trials) = try bench.start(["steps": "4000"])
        try bench.waitFor { bench.saved(trials[0].id) > 40 }
        #expect(throws: ResumeError.isRunning(session.shortID)) {
            try bench.controller.resume(session, of: bench.method)
        }
        bench.controller.stop(trials[0].id)
        bench.controller.wait()
        #expect(try bench.store.find("last").owner == nil)
        // Those who ask at once are in several threads here, as they would be in several processes.
        let answers = Locked([Bool]()), path = bench.store.path
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let answer = try? SessionStore(path: path).takeOwnership(of: session.id)
            answers.withLock { $0.append(answer == true) }
        }
        #expect(answers.withLock { $0.count { $0 } } == 1)
        #expect(try bench.trial(trials[0].id).status == .queued)
    }
}
