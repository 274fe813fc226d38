import Foundation
import GRDB
import MethodKit
import Testing

@testable import Store

@Suite struct StoreTests {
    func checkpoint(_ step: Int, _ stage: String = "walk", isFinal: Bool = false) -> Checkpoint {
        Checkpoint(
            step: step, stage: stage, stageStep: step, isFinal: isFinal, elapsed: 1, points: [step, 0],
            events: 1,
            edits: 0, state: Data((0..<2_000).map { UInt8(truncatingIfNeeded: $0 * step) }), record: Data([1])
        )
    }

    let events = [
        TimedEvent(step: 0, elapsed: 0, event: .stage(name: "walk", unit: "step", total: 9)),
        TimedEvent(step: 1, elapsed: 0.5, event: .log(.warning, "a \u{1b}[31m line\n")),
        TimedEvent(
            step: 2, elapsed: 0.6, event: .edit(Edit(step: 3, input: "rate", text: "0.2", before: "0.1"))),
        TimedEvent(
            step: 3, elapsed: 0.7,
            event: .artifact(name: "map", .heatMap(HeatMap([.nan, 1], rows: ["r"], columns: ["a", "b"])))),
    ]

    @Test func sessionsAreFoundByWhatUsersType() throws {
        let fixture = try StoreFixture()
        let (first, others) = try fixture.session(name: "baseline")
        let (second, trials) = try fixture.session(arms: ["a", "b"])
        #expect(trials.map(\.arm) == ["a", "b"] && trials[0].seed == .max)
        #expect(try fixture.store.find("last").id == second.id)
        #expect(try fixture.store.find("baseline") == first)
        #expect(try fixture.store.find(first.shortID).id == first.id)
        let error = #expect(throws: StoreError.self) { try fixture.store.find("basline") }
        #expect(error.map { "\($0)" }?.contains("did you mean 'baseline'") == true)
        try fixture.store.rename(second.id, to: "new")
        try fixture.store.note(second.id, "better")
        try fixture.store.tag(second.id, ["x"])
        let changed = try fixture.store.find("new")
        #expect(changed.note == "better" && changed.tags == ["x"])
        try fixture.store.append([TrialBatch(trial: others[0].id, status: .stopped)])
        try fixture.store.delete(first.id)
        #expect(try fixture.store.sessions().map(\.id) == [second.id])
        #expect(try fixture.store.integrity() == [])
    }

    @Test func eventsAndCheckpointsComeBack() throws {
        let fixture = try StoreFixture()
        let (_, trials) = try fixture.session()
        let id = trials[0].id
        let checkpoints = [checkpoint(2, "warm", isFinal: true)] + (3...9).map { checkpoint($0) }
        try fixture.store.append([
            TrialBatch(
                trial: id, events: events, checkpoints: checkpoints, completed: 9, status: .interrupted)
        ])
        try fixture.reopen()
        let back = try fixture.store.events(of: id)
        #expect(back.map(\.step) == events.map(\.step))
        #expect(back[0] == events[0] && back[1] == events[1] && back[2] == events[2])
        #expect(try fixture.store.edits(of: id).map(\.input) == ["rate"])
        let resume = try #require(try fixture.store.resumePoint(of: id))
        #expect(resume.checkpoint == checkpoints.last)
        #expect(resume.finalStates == ["warm": checkpoints[0].state])
        let kept = try fixture.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM checkpoint") }
        #expect(kept == 3, "the newest two, and the final state")
        #expect(try fixture.store.trials(of: trials[0].session)[0].through == 9)
    }

    @Test func aBatchIsStoredWholeOrNotAtAll() throws {
        let fixture = try StoreFixture()
        let (_, trials) = try fixture.session(arms: ["a", "b", "c"])
        let id = trials.map(\.id)
        try fixture.store.append([TrialBatch(trial: id[2], status: .finished)])
        // The points of the second come first and are stored, and the event after them cannot be.
        let impossible = TimedEvent(step: 1, elapsed: 0, event: .log(.info, "x"))
        try fixture.store.writer?.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON event WHEN NEW.trial = \(id[1])
                    BEGIN SELECT RAISE(ABORT, 'not this one'); END
                    """)
        }
        let refused = try fixture.store.append([
            TrialBatch(trial: id[1], points: Sample.walk(10), events: [impossible], completed: 10),
            TrialBatch(trial: id[0], points: Sample.walk(10), completed: 10), TrialBatch(trial: 99),
            TrialBatch(trial: id[2], points: Sample.walk(1)),
        ])
        #expect(
            refused == [
                id[1]: .cannotStore(trial: id[1], what: "not this one"), 99: .notRunning(trial: 99),
                id[2]: .notRunning(trial: id[2]),
            ])
        #expect(try fixture.store.points(of: id[0], metric: 0).count == 10)
        #expect(try fixture.store.points(of: id[1], metric: 0).isEmpty)
        #expect(try fixture.store.trials(of: trials[1].session)[1].through == 0)
        #expect(try fixture.store.integrity() == [])
        // What was refused can be given again when it has become possible.
        try fixture.store.writer?.write { try $0.execute(sql: "DROP TRIGGER refuse") }
        let again = TrialBatch(trial: id[1], points: Sample.walk(10), events: [impossible], completed: 10)
        #expect(try fixture.store.append([again]) == [:])
        #expect(areSame(try fixture.store.points(of: id[1], metric: 0), Sample.walk(10)))
        #expect(try fixture.store.integrity() == [])
    }

    @Test func aFullDiskIsASentenceAndLosesNothing() throws {
        let fixture = try StoreFixture()
        let (_, trials) = try fixture.session()
        let points = Sample.walk(60_000), first = Array(points[..<20_000]), rest = Array(points[20_000...])
        try fixture.store.append([TrialBatch(trial: trials[0].id, points: first)])
        func limit(_ pages: Int) throws {
            try fixture.store.writer?.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
        }
        try limit(1)
        let error = #expect(throws: StoreError.self) {
            try fixture.store.append([TrialBatch(trial: trials[0].id, points: rest)])
        }
        #expect(error == .full(path: fixture.path))
        #expect(areSame(try fixture.store.points(of: trials[0].id, metric: 0), first))
        try limit(1 << 30)
        try fixture.store.append([TrialBatch(trial: trials[0].id, points: rest)])
        #expect(areSame(try fixture.store.points(of: trials[0].id, metric: 0), points))
        #expect(try fixture.store.integrity() == [])
    }

    @Test func othersReadWhileOneWrites() throws {
        let fixture = try StoreFixture()
        let (_, trials) = try fixture.session()
        let reader = try SessionStore(path: fixture.path, mode: .readOnly)
        let before = try reader.revision()
        try fixture.store.append([TrialBatch(trial: trials[0].id, points: Sample.walk(10), completed: 10)])
        #expect(try reader.revision() > before)
        #expect(try reader.points(of: trials[0].id, metric: 0).count == 10)
        #expect(throws: StoreError.readOnly(path: fixture.path)) {
            try reader.append([TrialBatch(trial: trials[0].id)])
        }
    }

    @Test func aCopyOfOneSessionIsEqualAndOpensUnchanging() throws {
        let fixture = try StoreFixture()
        _ = try fixture.session(name: "other")
        let (session, trials) = try fixture.session()
        let refused = try fixture.store.append([
            TrialBatch(
                trial: trials[0].id, points: Sample.walk(9_000), events: events, checkpoints: [checkpoint(9)],
                completed: 9_000, status: .finished)
        ])
        #expect(refused == [:])
        let path = fixture.folder.appending(path: "copy.sqlite").path
        try fixture.store.export(session: session.id, to: path, checkpoints: false)
        chmod(path, 0o444)
        let copy = try SessionStore(path: path, mode: .readOnly)
        #expect(try copy.sessions().map(\.shortID) == [session.shortID])
        #expect(try copy.find("last").owner == nil)
        #expect(areSame(try copy.points(of: trials[0].id, metric: 0), Sample.walk(9_000)))
        #expect(try copy.chain(of: trials[0].id) == fixture.store.chain(of: trials[0].id))
        #expect(try copy.events(of: trials[0].id).count == 4 && copy.resumePoint(of: trials[0].id) == nil)
        #expect(try copy.integrity() == [])
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
        #expect(!files.contains { $0.hasPrefix("copy.sqlite-") || $0.hasSuffix(".part") })
    }

    /// A recorded claim keeps the pictures of one seed, and is as sound as with all of them.
    @Test func aCopyCanDoWithoutTheArtifactsOfLaterSeeds() throws {
        let fixture = try StoreFixture()
        let (session, _) = try fixture.store.create(
            NewSession(
                method: "walk", methodVersion: 1, benchtop: "test", preset: "full", purpose: "claim",
                inputs: [:],
                metrics: [Metric("place", "where", better: .lower)], machine: [:],
                trials: ["a", "b"].flatMap { arm in [11, 12].map { NewTrial(arm: arm, seed: $0) } }))
        let noise = Picture(
            width: 64, height: 64, channels: 1,
            pixels: Data((0..<4096).map { _ in UInt8.random(in: 0...255) }))
        for (place, trial) in try fixture.store.trials(of: session.id).enumerated() {
            var own = noise
            own.pixels[0] = UInt8(place)
            try fixture.store.append([
                TrialBatch(
                    trial: trial.id, points: Sample.walk(9),
                    events: [
                        TimedEvent(step: 0, elapsed: 0, event: .log(.info, "begins")),
                        TimedEvent(step: 9, elapsed: 0, event: .artifact(name: "end", .image(own))),
                    ], completed: 9, status: .finished)
            ])
        }
        let path = fixture.folder.appending(path: "copy.sqlite").path
        try fixture.store.export(session: session.id, to: path, checkpoints: false, artifacts: .firstSeed)
        let copy = try SessionStore(path: path, mode: .readOnly)
        let trials = try copy.trials(of: copy.find("last").id)
        #expect(trials.map(\.seed) == [11, 12, 11, 12])
        #expect(try trials.map { try copy.events(of: $0.id).count } == [2, 1, 2, 1])
        #expect(try copy.integrity() == [])
        // Two pictures of 4 kB went.
        let all = fixture.folder.appending(path: "all.sqlite").path
        try fixture.store.export(session: session.id, to: all, checkpoints: false)
        func size(_ path: String) throws -> Int { try Data(contentsOf: URL(filePath: path)).count }
        #expect(try size(all) - size(path) > 2 * 4096)
    }

    @Test func sessionsOfAnotherStoreAreImportedOnce() throws {
        let fixture = try StoreFixture(), other = try StoreFixture()
        _ = try other.session()
        let (session, trials) = try fixture.session(name: "mine")
        try fixture.store.append([
            TrialBatch(
                trial: trials[0].id, points: Sample.walk(5_000), events: events, checkpoints: [checkpoint(9)],
                completed: 5_000, status: .stopped)
        ])
        let copy = fixture.folder.appending(path: "copy.sqlite").path
        try fixture.store.export(session: session.id, to: copy, checkpoints: true)
        let added = try other.store.importSessions(from: copy)
        #expect(added.map(\.shortID) == [session.shortID] && added[0].owner == nil)
        #expect(try other.store.importSessions(from: copy).isEmpty)
        let trial = try #require(try other.store.trials(of: added[0].id).first)
        #expect(areSame(try other.store.points(of: trial.id, metric: 0), Sample.walk(5_000)))
        #expect(try other.store.events(of: trial.id).count == 4)
        #expect(try other.store.resumePoint(of: trial.id)?.checkpoint == checkpoint(9))
        #expect(try other.store.chain(of: trial.id) == fixture.store.chain(of: trials[0].id))
        #expect(try other.store.integrity() == [])
    }

    @Test func newerAndForeignFilesAreRefusedWithASentence() throws {
        let fixture = try StoreFixture()
        try fixture.store.writer?.write { try $0.execute(sql: "PRAGMA user_version = 9") }
        #expect(throws: StoreError.newer(path: fixture.path, schema: 9, known: 2)) {
            try SessionStore(path: fixture.path)
        }
        let text = fixture.folder.appending(path: "text.sqlite").path
        try String(repeating: "not a database ", count: 100).write(
            toFile: text, atomically: true, encoding: .utf8)
        #expect(throws: StoreError.foreign(path: text)) { try SessionStore(path: text) }
        let other = fixture.folder.appending(path: "other.sqlite").path
        try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        #expect(throws: StoreError.foreign(path: other)) { try SessionStore(path: other) }
        #expect(throws: StoreError.self) { try SessionStore(path: "/proc/benchtop/store.sqlite") }
        for mode in [SessionStore.Mode.readWrite, .readOnly] {
            let error = #expect(throws: StoreError.self) {
                try SessionStore(path: fixture.folder.path, mode: mode)
            }
            #expect(error.map { "\($0)" } == "'\(fixture.folder.path)' is a folder; --store takes a file.")
        }
    }
}
