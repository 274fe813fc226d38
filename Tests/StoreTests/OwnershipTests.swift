import Foundation
import GRDB
import MethodKit
import Testing

@testable import Store

/// A process that sleeps until the test ends it: another owner.
final class OtherProcess {
    private var pid: pid_t = 0

    init() throws {
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { for argument in arguments { free(argument) } }
        try #require(posix_spawnp(&pid, "sleep", nil, nil, &arguments, environ) == 0)
    }

    deinit { end() }

    /// Who it is, as a store would note it.
    func owner() throws -> SessionOwner {
        let own = SessionOwner.current
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let started = String(stat[stat.lastIndex(of: ")")!...].split(separator: " ")[20])
        return SessionOwner(pid: pid, host: own.host, boot: own.boot, started: started)
    }

    func end() {
        guard pid > 0 else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        pid = 0
    }
}

@Suite struct OwnershipTests {
    @Test func sessionsOfDeadProcessesBecomeInterrupted() throws {
        let fixture = try StoreFixture()
        let (session, trials) = try fixture.session(arms: ["a", "b"])
        try fixture.store.append([
            TrialBatch(trial: trials[0].id, status: .finished),
            TrialBatch(trial: trials[1].id, status: .running),
        ])
        #expect(try fixture.store.interruptAbandoned().isEmpty, "this process is alive")
        let other = try OtherProcess(), owner = try other.owner()
        try fixture.store.setOwner(owner, of: session.id)
        #expect(owner.isAlive)
        #expect(try fixture.store.interruptAbandoned().isEmpty)
        other.end()
        #expect(!owner.isAlive)
        #expect(try fixture.store.interruptAbandoned().map(\.id) == [session.id])
        #expect(try fixture.store.trials(of: session.id).map(\.status) == [.finished, .interrupted])
        #expect(try fixture.store.find("last").owner == nil)
    }

    @Test func onlyASessionWithoutALivingOwnerIsTaken() throws {
        let fixture = try StoreFixture()
        let (session, _) = try fixture.session()
        #expect(try !fixture.store.takeOwnership(of: session.id), "this process has it")
        let other = try OtherProcess(), owner = try other.owner()
        try fixture.store.setOwner(owner, of: session.id)
        #expect(try !fixture.store.takeOwnership(of: session.id), "another process has it")
        other.end()
        #expect(try fixture.store.takeOwnership(of: session.id))
        #expect(try fixture.store.find("last").owner == .current)
        try fixture.store.setOwner(nil, of: session.id)
        #expect(try fixture.store.takeOwnership(of: session.id))
        #expect(throws: StoreError.noSession("99", nearest: nil)) { try fixture.store.takeOwnership(of: 99) }
    }

    /// Each handle is a connection of its own to the file, as that of another process would be.
    @Test func ofManyThatAskAtOnceOneGetsIt() async throws {
        let fixture = try StoreFixture(), path = fixture.path
        let (session, _) = try fixture.session()
        let handles = try (0..<4).map { _ in try SessionStore(path: path) }
        for _ in 0..<50 {
            try fixture.store.setOwner(nil, of: session.id)
            let taken = await withTaskGroup(of: Bool.self) { group in
                for handle in handles {
                    group.addTask { (try? handle.takeOwnership(of: session.id)) ?? false }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(taken == 1)
        }
    }

    @Test func whatAnotherProcessRunsIsNotChanged() throws {
        let fixture = try StoreFixture(), store = fixture.store
        let (session, _) = try fixture.session()
        let other = try OtherProcess(), owner = try other.owner()
        try store.setOwner(owner, of: session.id)
        let refusal = StoreError.owned(session: session.shortID, by: owner)
        #expect(
            "\(refusal)"
                == "Session \(session.shortID) is being run by process \(owner.pid); stop it there first.")
        #expect(throws: refusal) { try store.rename(session.id, to: "x") }
        #expect(throws: refusal) { try store.note(session.id, "x") }
        #expect(throws: refusal) { try store.tag(session.id, ["x"]) }
        #expect(throws: refusal) { try store.setFiles([:], of: session.id) }
        #expect(throws: refusal) { try store.delete(session.id) }
        #expect(throws: refusal) { try store.add(NewTrial(arm: "a", seed: 2), to: session.id) }
        #expect(try store.prunable().isEmpty)
        other.end()
        try store.rename(session.id, to: "x")
        try store.delete(session.id)
        #expect(try store.sessions().isEmpty)
    }

    @Test func whatThisProcessRunsIsNotDeleted() throws {
        let fixture = try StoreFixture(), store = fixture.store
        let (session, trials) = try fixture.session()
        try store.rename(session.id, to: "mine")
        #expect(throws: StoreError.running(session: session.shortID)) { try store.delete(session.id) }
        try store.append([TrialBatch(trial: trials[0].id, status: .stopped)])
        try store.delete(session.id)
        #expect(try store.sessions().isEmpty)
    }

    @Test func filesAreKeptWithTheSession() throws {
        let fixture = try StoreFixture()
        let (session, _) = try fixture.session()
        #expect(session.files == [:])
        let files = ["images": SessionFile(digest: String(repeating: "0", count: 64), path: "/tmp/a")]
        try fixture.store.setFiles(files, of: session.id)
        try fixture.reopen()
        #expect(try fixture.store.find("last").files == files)
        #expect(try fixture.store.integrity() == [])
    }

    /// A live store is opened with SQLite's locks, a copy without; each says itself which it is.
    @Test func aFileSaysWhetherAnyoneMayWriteIt() throws {
        let fixture = try StoreFixture()
        let (session, trials) = try fixture.session()
        #expect(!SessionStore.isCopy(fixture.path))
        let path = fixture.folder.appending(path: "copy.sqlite").path
        try fixture.store.export(session: session.id, to: path, checkpoints: true)
        #expect(SessionStore.isCopy(path))
        #expect(!SessionStore.isCopy(fixture.folder.path) && !SessionStore.isCopy("/nowhere"))
        _ = try SessionStore(path: path, mode: .readOnly).sessions()
        #expect(SessionStore.isCopy(path), "reading does not change it")
        // Whoever writes into a copy makes an ordinary store of it.
        let copy = try SessionStore(path: path)
        try copy.rename(1, to: "x")
        #expect(!SessionStore.isCopy(path))
        _ = trials
    }

    /// A handle opened by the store's path reads while another writes, and sees one state at a time.
    @Test func aReaderSeesWholeCommitsWhileOneWrites() async throws {
        let fixture = try StoreFixture(), path = fixture.path, store = fixture.store
        let (_, trials) = try fixture.session()
        let id = trials[0].id, points = Sample.walk(20_000)
        let writing = Task.detached {
            for start in stride(from: 0, to: points.count, by: 500) {
                let part = Array(points[start..<start + 500])
                try store.append([TrialBatch(trial: id, points: part, completed: start + 500)])
            }
        }
        let reader = try SessionStore(path: path, mode: .readOnly)
        var seen = 0
        while seen < points.count {
            let found = try reader.points(of: id, metric: 0)
            #expect(
                found.count % 500 == 0 && found.count >= seen && areSame(found, Array(points[..<found.count]))
            )
            let curve = try reader.curve(of: id, metric: 0, width: 10)
            #expect(curve.reduce(0) { $0 + $1.count } >= found.count)
            seen = found.count
        }
        try await writing.value
        #expect(try reader.integrity() == [] && reader.losses == [])
    }

    /// Nobody can make the files that readers of a live store share, and nobody has it open.
    @Test(.enabled(if: geteuid() != 0, "to root no folder is closed"))
    func aStoreInAClosedFolderIsReadAsItIs() throws {
        let fixture = try StoreFixture()
        _ = try fixture.session(name: "mine")
        let folder = fixture.folder.appending(path: "closed"), path = folder.appending(path: "a.sqlite").path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try fixture.store.writer?.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try FileManager.default.copyItem(atPath: fixture.path, toPath: path)
        chmod(folder.path, 0o555)
        defer { chmod(folder.path, 0o755) }
        #expect(try SessionStore(path: path, mode: .readOnly).find("last").name == "mine")
    }
}
