import Base
import Foundation
import GRDB
import MethodKit
import Testing

@testable import Store

/// Whatever a flipped byte makes of a store is an error or a loss with a sentence: nothing traps, and nothing that reads
/// as sound is something else.
@Suite struct DamageTests {
    /// Reads a file through every call that reads, whether or not it is damaged.
    ///
    /// - Returns: everything it holds, and sentences about what could not be read.
    static func contents(_ path: String) -> (text: String, trouble: [String]) {
        guard let store = try? SessionStore(path: path, mode: .readOnly) else {
            return ("", ["it does not open"])
        }
        var text = "", trouble: [String] = []
        func add(_ value: @autoclosure () throws -> Any) {
            do { text += "\(try value())\n" } catch { trouble.append("\(error)") }
        }
        add(try store.revision())
        add(try store.sizes().sessions)
        add(try store.find("last"))
        add(try store.prunable())
        let sessions = (try? store.sessions()) ?? []
        text += "\(sessions)"
        for session in sessions {
            let trials = (try? store.trials(of: session.id)) ?? []
            text += "\(trials)"
            for trial in trials {
                add(try store.events(of: trial.id))
                add(try store.edits(of: trial.id))
                add(try store.chain(of: trial.id).sorted { $0.key < $1.key })
                if let resume = try? store.resumePoint(of: trial.id) {
                    text += "\(resume.checkpoint) \(resume.finalStates.sorted { $0.key < $1.key })"
                }
                for metric in 0...max(2, session.metrics.count) { add(try series(store, trial.id, metric)) }
            }
        }
        return (text, trouble + store.losses)
    }

    private static func series(_ store: SessionStore, _ trial: Int64, _ metric: Int) throws -> String {
        let points = try store.points(of: trial, metric: metric)
        let part = try store.points(of: trial, metric: metric, steps: 40...4_500)
        let curves = try [7, 300].flatMap { width in
            try [nil, 60...5_000].map { try store.curve(of: trial, metric: metric, steps: $0, width: width) }
        }
        let last = try store.lastValue(of: trial, metric: metric)
        return (points + part).map { "\($0.step) \($0.value.bitPattern) \($0.elapsed)" }.joined(
            separator: ",")
            + curves.joined().map { "\($0)" }.joined() + "\(last.map { "\($0)" } ?? "")"
    }

    /// A file with everything in it: two sessions of which one descends from the other, all kinds of events, checkpoints.
    static func makeFile(_ fixture: StoreFixture) throws -> String {
        let (older, trials) = try fixture.session(name: "older")
        let events = FormatTests.events.enumerated().map {
            TimedEvent(step: $0, elapsed: Double($0), event: $1.event)
        }
        let points = Sample.walk(5_000) + Sample.walk(70, metric: 1)
        let refused = try fixture.store.append([
            TrialBatch(
                trial: trials[0].id, points: points, events: events, checkpoints: [FormatTests.checkpoint],
                completed: 5_000, status: .stopped)
        ])
        try #require(refused == [:])
        let (newer, children) = try fixture.store.create(
            NewSession(
                name: "newer", method: older.method, methodVersion: 1, benchtop: "test", preset: "smoke",
                purpose: "run", inputs: ["rate": "1"], metrics: older.metrics, machine: ["cpu": "test"],
                files: ["images": SessionFile(digest: "ab", path: "/tmp/x")],
                trials: [NewTrial(arm: "a", seed: 1, parent: TrialPlace(trial: trials[0].id, step: 4_200))]))
        try fixture.store.append([
            TrialBatch(
                trial: children[0].id, points: Sample.walk(300, from: 4_201), completed: 4_500,
                status: .finished)
        ])
        let path = fixture.folder.appending(path: "copy.sqlite").path
        try fixture.store.export(session: newer.id, to: path, checkpoints: true)
        return path
    }

    static let isSoak = ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] != nil

    /// A byte in every 611, then bits at random all over the file.
    @Test func damageIsNoticed() throws {
        let fixture = try StoreFixture()
        let path = try Self.makeFile(fixture)
        let sound = try Data(contentsOf: URL(filePath: path)), wanted = Self.contents(path)
        try #require(wanted.trouble == [])
        #expect(try SessionStore(path: path, mode: .readOnly).integrity() == [])
        var noticed = 0, random = RandomStream(seed: 11)
        let steady = stride(from: 0, to: sound.count, by: Self.isSoak ? 5 : 611).map { ($0, UInt8(0x55)) }
        let wild = (0..<(Self.isSoak ? 20_000 : 300)).map { _ in
            (random.below(sound.count), UInt8(1 << random.below(8)))
        }
        for (place, change) in steady + wild {
            var damaged = sound
            damaged[place] ^= change
            try damaged.write(to: URL(filePath: path))
            let faults = try? SessionStore(path: path, mode: .readOnly).integrity()
            let found = Self.contents(path)
            if faults != [] {
                noticed += 1
                continue
            }
            #expect(found.trouble == [], "byte \(place) ^ \(change)")
            let isSame = found.text == wanted.text
            #expect(isSame, "byte \(place) ^ \(change)")
        }
        #expect(noticed > 200)
    }

    /// What a file can hold when its seals were made anew: every row is still checked for what it can mean.
    @Test(arguments: [
        "UPDATE series SET count = -1", "UPDATE series SET count = 99999",
        "UPDATE series SET first = -4 WHERE id = (SELECT min(id) FROM series)",
        "UPDATE series SET first = 9223372036854775807 WHERE id = (SELECT min(id) FROM series)",
        "UPDATE series SET first_step = last_step + 1",
        "UPDATE series SET first_elapsed = 9e999", "UPDATE series SET bad = count + 1",
        "UPDATE series SET metric = -1 WHERE id = (SELECT min(id) FROM series)",
        "UPDATE series SET metric = 7 WHERE id = (SELECT min(id) FROM series)",
        "UPDATE trial SET status = 'dreaming'", "UPDATE trial SET through = -1",
        "UPDATE trial SET elapsed = -9e999", "UPDATE trial SET parent_step = -1 WHERE parent IS NOT NULL",
        "UPDATE trial SET parent_step = NULL WHERE parent IS NOT NULL", "UPDATE trial SET parent = id",
        "UPDATE trial SET parent = 99 WHERE parent IS NOT NULL", "UPDATE session SET began = 9e999",
        "UPDATE session SET metrics = '[]'", "UPDATE session SET inputs = '{'",
        "UPDATE session SET files = '7'",
        "UPDATE event SET step = -9, body = x'00'", "UPDATE event SET elapsed = 9e999",
        "UPDATE checkpoint SET step = -1, head = x'0001'", "UPDATE checkpoint SET is_final = 9",
        "DELETE FROM blob_use", "UPDATE blob SET body = x''", "DELETE FROM blob", "DELETE FROM revision",
        "UPDATE series SET pyramid = x'00'", "UPDATE series SET link = x'00'",
        "UPDATE series SET body = x'00'",
    ])
    func impossibleRowsAreSentences(_ change: String) throws {
        let fixture = try StoreFixture()
        let path = try Self.makeFile(fixture)
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: change)
            for table in [SealedTable.session, .trial, .series, .event, .checkpoint] {
                for id in try Int64.fetchAll(db, sql: "SELECT id FROM \(table.name)") {
                    try table.reseal(id, db)
                }
            }
        }
        try queue.close()
        let read = Self.contents(path)
        let store = try SessionStore(path: path, mode: .readOnly)
        let faults = (try? store.integrity()) ?? ["it cannot be read"]
        #expect(!faults.isEmpty || change.contains("is_final"), "\(read.trouble)")
    }

    /// A row that is damaged is not written over, for its new seal would say that it is sound.
    @Test func damagedRowsAreNotSealedAnew() throws {
        let fixture = try StoreFixture()
        let (session, trials) = try fixture.session(arms: ["a", "b"])
        try fixture.store.writer?.write {
            try $0.execute(sql: "UPDATE trial SET elapsed = 3 WHERE id = 1; UPDATE session SET note = 'x'")
        }
        let refused = try fixture.store.append([
            TrialBatch(trial: trials[0].id, points: Sample.walk(3)),
            TrialBatch(trial: trials[1].id, points: Sample.walk(3)),
        ])
        #expect(refused.keys.map { $0 } == [trials[0].id])
        #expect("\(try #require(refused[trials[0].id]))".contains("trial 1 is not as it was written"))
        #expect(try fixture.store.points(of: trials[1].id, metric: 0).count == 3)
        #expect(throws: StoreError.self) { try fixture.store.rename(session.id, to: "y") }
        #expect(try fixture.store.integrity().count == 4)
    }

    @Test func whatIsNotDamagedStaysReadable() throws {
        let fixture = try StoreFixture()
        let (_, trials) = try fixture.session()
        try fixture.store.append([
            TrialBatch(trial: trials[0].id, points: Sample.walk(3 * 4096), status: .finished)
        ])
        try fixture.store.writer?.write {
            try $0.execute(sql: "UPDATE series SET body = zeroblob(100) WHERE first = 4096")
        }
        let points = try fixture.store.points(of: trials[0].id, metric: 0)
        #expect(points.count == 2 * 4096)
        #expect(
            fixture.store.losses.count == 1
                && fixture.store.losses[0].contains("4096 points from step 4097 to 8192"))
    }
}
