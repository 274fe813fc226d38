import Base
import Checkpoints
import Foundation
import GRDB
import MethodKit
import Testing

@testable import Store

@Suite struct SpaceTests {
    let fixture: StoreFixture
    var store: SessionStore { fixture.store }

    init() throws { fixture = try StoreFixture() }

    func noise(_ count: Int) -> Data { Data((0..<count).map { _ in UInt8.random(in: 0...255) }) }

    func checkpoint(_ step: Int, state: Data? = nil, isFinal: Bool = false, frozen: [FrozenPart] = [])
        -> Checkpoint
    {
        Checkpoint(
            step: step, stage: isFinal ? "stage \(step)" : "walk", stageStep: step, isFinal: isFinal,
            elapsed: 1,
            points: [0, 0], events: 0, edits: 0, state: state ?? Data("\(step)".utf8), record: Data(),
            frozen: frozen)
    }

    func steps(_ trial: Int64) throws -> [Int] {
        try store.read {
            try Int.fetchAll(
                $0, sql: "SELECT step FROM checkpoint WHERE trial = ? ORDER BY step", arguments: [trial])
        }
    }

    func edit(_ step: Int) -> TimedEvent {
        TimedEvent(
            step: step - 1, elapsed: 0,
            event: .edit(Edit(step: step, input: "rate", text: "\(step)", before: "0")))
    }

    @Test func checkpointsAreKeptByTheRule() throws {
        let (session, trials) = try fixture.session()
        let id = trials[0].id
        for step in 1...20 {
            try store.append([
                TrialBatch(
                    trial: id, events: step == 8 || step == 13 ? [edit(step + 1)] : [],
                    checkpoints: [checkpoint(step, isFinal: step == 4 || step == 11)], completed: step,
                    status: .running)
            ])
        }
        // Final states, the newest before each edit, and the newest two.
        #expect(try steps(id) == [4, 8, 11, 13, 19, 20])
        let child = try store.add(
            NewTrial(arm: "a", seed: 1, parent: TrialPlace(trial: id, step: 14)), to: session.id)
        try store.append([
            TrialBatch(
                trial: id, checkpoints: [checkpoint(21, isFinal: true)], completed: 21, status: .finished)
        ])
        // Its own final state, and what the trial that begins at step 14 starts from.
        #expect(try steps(id) == [4, 11, 13, 21])
        #expect(try store.resumePoint(of: child.id)?.checkpoint.step == 13)
        try store.append([TrialBatch(trial: child.id, completed: 20, status: .finished)])
        try store.compact()
        #expect(try steps(id) == [21])
        let blobs = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM blob") }
        #expect(blobs == 1)
        #expect(try store.integrity() == [])
    }

    /// The final state of a shared stage is the same in all arms.
    @Test func equalStatesAreStoredOnce() throws {
        let shared = noise(500_000), arms = ["a", "b", "c", "d", "e"]
        for _ in 0..<2 {
            let (_, trials) = try fixture.session(arms: arms)
            try store.append(
                trials.map {
                    TrialBatch(
                        trial: $0.id, checkpoints: [checkpoint(3, state: shared, isFinal: true)],
                        completed: 3,
                        status: .stopped)
                })
        }
        let sizes = try store.sizes()
        #expect(sizes.sessions.count == 2)
        let last = try #require(sizes.sessions.last)
        #expect(try store.sizes(of: [last.session, 99]).sessions == [last])
        #expect(try store.sizes(of: []).sessions.isEmpty)
        #expect(
            sizes.sessions.allSatisfy { $0.ownBlobs == 0 && (500_000..<501_000).contains($0.sharedBlobs) })
        for session in try store.sessions() { try store.setOwner(nil, of: session.id) }
        try store.delete(sizes.sessions[0].session)
        let left = try #require(try store.sizes().sessions.first)
        #expect(left.sharedBlobs == 0 && (500_000..<501_000).contains(left.ownBlobs))
        let trial = try #require(try store.trials(of: left.session).first)
        #expect(try store.resumePoint(of: trial.id)?.checkpoint.state == shared)
        try store.delete(left.session)
        #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM blob") } == 0)
    }

    @Test func deletingGivesSpaceBack() throws {
        func fill() throws -> Int64 {
            let (session, trials) = try fixture.session()
            try store.append([
                TrialBatch(
                    trial: trials[0].id, points: Sample.walk(20_000),
                    checkpoints: [checkpoint(3, state: noise(2_000_000))], completed: 20_000, status: .stopped
                )
            ])
            return session.id
        }
        let first = try fill()
        let one = try store.sizes().file
        let second = try fill()
        #expect(try store.sizes().file > one + 2_000_000)
        try store.delete(second)
        let after = try store.sizes()
        #expect(after.file < one + 200_000 && after.free == 0, "\(after), \(one)")
        #expect(try store.trials(of: first).count == 1 && store.integrity() == [])
    }

    /// A store whose file cannot give pages back, as one that an earlier program made, learns it by `compact`.
    @Test func compactGivesSpaceBackOfAnyStore() throws {
        let path = fixture.folder.appending(path: "old.sqlite").path
        let queue = try DatabaseQueue(path: path)
        _ = try Schema.migrate(queue)
        try queue.close()
        let store = try SessionStore(path: path)
        let new = NewSession(
            method: "walk", methodVersion: 1, benchtop: "test", preset: "smoke", purpose: "run", inputs: [:],
            metrics: [], machine: [:], trials: [NewTrial(arm: "a", seed: 1)])
        let (session, trials) = try store.create(new)
        try store.append([
            TrialBatch(
                trial: trials[0].id, checkpoints: [checkpoint(1, state: noise(1_000_000))], status: .stopped)
        ])
        try store.delete(session.id)
        let before = try store.sizes()
        #expect(before.free > 900_000)
        #expect(try store.compact() > 900_000)
        #expect(try store.sizes().free == 0 && store.sizes().file < 200_000)
    }

    @Test func pruningChoosesByAgeAndNumber() throws {
        for index in 0..<5 {
            let (session, trials) = try fixture.session(name: "\(index)")
            try store.append([TrialBatch(trial: trials[0].id, status: index == 0 ? .running : .stopped)])
            if index > 0 { try store.setOwner(nil, of: session.id) }
        }
        let all = try store.sessions()
        #expect(try store.prunable().map(\.name) == ["1", "2", "3", "4"], "the first still runs")
        #expect(try store.prunable(keepingNewest: 2).map(\.name) == ["1", "2"])
        #expect(try store.prunable(olderThan: all[3].began).map(\.name) == ["1", "2"])
        #expect(try store.prunable(keepingNewest: 3, olderThan: all[3].began).map(\.name) == ["1"])
        try store.delete(try store.prunable(keepingNewest: 1).map(\.id))
        #expect(try store.sessions().map(\.name) == ["0", "4"])
    }

    /// Ten checkpoints of an adapter on a large base take one base and ten adapters.
    @Test func frozenPartsAreStoredOnce() throws {
        let (session, trials) = try fixture.session()
        let base = FrozenPart(noise(3_000_000))
        for step in 1...10 {
            try store.append([
                TrialBatch(
                    trial: trials[0].id, events: [edit(step + 1)],
                    checkpoints: [checkpoint(step, state: noise(10_000), frozen: [base])], completed: step)
            ])
            #expect(base.bytes == nil, "the store has them")
        }
        #expect(try steps(trials[0].id).count == 10)
        let size = try #require(try store.sizes().sessions.first)
        #expect((3_100_000..<3_110_000).contains(size.ownBlobs), "\(size)")
        try fixture.reopen()
        let resume = try #require(try store.resumePoint(of: trials[0].id))
        #expect(resume.checkpoint.frozen == [base])
        #expect(try resume.frozen(base.digest).count == 3_000_000)
        // A copy has it, and a part that nobody has is refused.
        let path = fixture.folder.appending(path: "copy.sqlite").path
        try store.export(session: session.id, to: path, checkpoints: true)
        let copy = try SessionStore(path: path, mode: .readOnly)
        #expect(try copy.resumePoint(of: 1)?.frozen(base.digest).count == 3_000_000)
        #expect(try copy.integrity() == [])
        let lost = FrozenPart(digest: Digest(of: Data("lost".utf8)))
        let refused = try store.append([
            TrialBatch(trial: trials[0].id, checkpoints: [checkpoint(11, frozen: [lost])], completed: 11)
        ])
        #expect(refused.count == 1)
    }
}
