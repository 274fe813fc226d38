import Base
import Foundation
import GRDB
import MethodKit
import Testing

@testable import Store

/// A store of schema 1, written by the last program that had it: a duel with live edits, an interrupted trial with a
/// checkpoint in a shared stage, and a trial with an artifact of each kind.
@Suite struct MigrationTests {
    static let golden = Bundle.module.bundleURL.appending(path: "Golden/version1.sqlite")
    /// `session trial metric digest` of each hash chain, as that program read it.
    /// Kinds of artifacts that schema 1 did not know.
    private static let laterKinds: Set = ["plot", "timeline", "panels"]
    static let chains = Bundle.module.bundleURL.appending(path: "Golden/version1.chains")

    let fixture: StoreFixture
    var path: String { fixture.folder.appending(path: "old.sqlite").path }

    init() throws {
        fixture = try StoreFixture()
        try FileManager.default.copyItem(atPath: Self.golden.path, toPath: path)
    }

    func check(_ store: SessionStore) throws {
        let sessions = try store.sessions()
        #expect(sessions.map(\.name) == ["edited", "interrupted", "kinds"])
        #expect(sessions.allSatisfy { $0.files.isEmpty && $0.owner == nil })
        #expect(try store.integrity() == [])
        let wanted = try String(contentsOf: Self.chains, encoding: .utf8).split(separator: "\n").map(
            String.init)
        let found = try sessions.flatMap { session in
            try store.trials(of: session.id).flatMap { trial in
                try store.chain(of: trial.id).map { "\(session.name) \(trial.id) \($0.key) \($0.value.hex)" }
            }
        }
        #expect(wanted.count > 40 && found.sorted() == wanted.sorted())
        let printed = try store.edits(of: 4)
        #expect(printed.map(\.input) == ["ktoRate", "beta"] && printed.map(\.text) == ["0.002", "0.25"])
        #expect(printed.allSatisfy { $0.by == nil })
        let kinds = try store.events(of: 6).map(\.event)
        #expect(
            try kinds.prefix(12).map { try $0.stored().json }
                == FormatTests.artifacts.filter { !Self.laterKinds.contains($0.type) }.map {
                    try TrialEvent.artifact(name: $0.type, $0).stored().json
                })
        #expect(kinds.dropFirst(12).first == .log(.warning, "a line"))
        let resume = try #require(try store.resumePoint(of: 5))
        #expect(resume.checkpoint.step == 31 && resume.checkpoint.stage == "clone")
        #expect(resume.checkpoint.state.count > 100_000)
        #expect(
            try StageRecord(encoded: resume.checkpoint.record).points.count
                == resume.checkpoint.points.reduce(0, +))
    }

    @Test func aStoreOfVersion1IsMigratedInPlace() throws {
        try check(SessionStore(path: path))
        let (version, left, vacuum) = try DatabaseQueue(path: path).read { db in
            (
                try Schema.version(of: db),
                try String.fetchAll(
                    db,
                    sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%!_1' ESCAPE '!'"
                ),
                try Int.fetchOne(db, sql: "PRAGMA auto_vacuum")
            )
        }
        #expect(version == 2 && left == [] && vacuum == 2)
        // And it is an ordinary store from then on.
        let store = try SessionStore(path: path)
        try check(store)
        try store.append([TrialBatch(trial: 5, completed: 31, status: .stopped)])
        try store.rename(1, to: "renamed")
        #expect(try store.find("renamed").id == 1)
        #expect(try store.integrity() == [])
    }

    @Test func aFileThatCannotBeWrittenIsMigratedInMemory() throws {
        let before = try Data(contentsOf: URL(filePath: path))
        try check(SessionStore(path: path, mode: .readOnly))
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        let store = try SessionStore(path: path, mode: .readOnly)
        #expect(throws: StoreError.readOnly(path: path)) { try store.rename(1, to: "x") }
        // Importing from it reads it the same way.
        let added = try fixture.store.importSessions(from: path)
        #expect(added.map(\.name) == ["edited", "interrupted", "kinds"])
        #expect(try fixture.store.integrity() == [])
        #expect(
            try fixture.store.chain(of: fixture.store.trials(of: added[2].id)[0].id) == store.chain(of: 6))
    }

    @Test func damageStaysDamage() throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: "UPDATE session SET note = 'x' WHERE id = 1")
            try db.execute(sql: "UPDATE trial SET through = 7 WHERE id = 2")
            try db.execute(
                sql: "UPDATE series SET high = 1e9 WHERE id = (SELECT min(id) FROM series WHERE trial = 3)")
            try db.execute(sql: "UPDATE event SET body = zeroblob(40) WHERE id = (SELECT min(id) FROM event)")
            try db.execute(sql: "UPDATE checkpoint SET state = zeroblob(40)")
        }
        try queue.close()
        let store = try SessionStore(path: path)
        let faults = try store.integrity().joined(separator: "\n")
        for what in ["session 1", "trial 2", "series", "event", "checkpoint"] {
            #expect(faults.contains("The \(what)"), "\(what) in: \(faults)")
        }
        #expect(try store.resumePoint(of: 5) == nil)
    }

    @Test func aStoreThatAnEarlierProgramStillWritesIsLeftAlone() throws {
        let queue = try DatabaseQueue(path: path)
        let owner = try JSONText.of(SessionOwner.current)
        try queue.write {
            try $0.execute(sql: "UPDATE session SET owner = ? WHERE id = 2", arguments: [owner])
        }
        let id = try queue.read { try String.fetchOne($0, sql: "SELECT short_id FROM session WHERE id = 2") }
        try queue.close()
        #expect(throws: StoreError.olderInUse(path: path, session: id ?? "")) { try SessionStore(path: path) }
        #expect(try SessionStore(path: path, mode: .readOnly).sessions().count == 3)
    }

    @Test func twoProcessesMayOpenItAtOnce() async throws {
        let path = path
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask { (try? SessionStore(path: path).sessions().count) ?? -1 }
            }
            for await count in group { #expect(count == 3) }
        }
        try check(SessionStore(path: path))
    }

    /// The recorded sessions, whichever schema they have.
    @Test(arguments: ["steve", "tulip", "deepmesh"])
    func recordedSessionsAreRead(_ method: String) throws {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let store = try SessionStore(
            path: root.appending(path: "Sessions/\(method).sqlite").path, mode: .readOnly)
        #expect(try store.integrity() == [])
        let session = try store.find("last")
        for trial in try store.trials(of: session.id) {
            for event in try store.events(of: trial.id) {
                if case .unknown = event.event { Issue.record("an event of \(method) is not understood") }
            }
        }
        #expect(store.losses == [])
    }
}
