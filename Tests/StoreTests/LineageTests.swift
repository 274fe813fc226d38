import Base
import Foundation
import MethodKit
import Testing

@testable import Store

/// Trials that begin at a step of another: everything before is read there, and reads as if it had been copied.
@Suite struct LineageTests {
    let fixture: StoreFixture
    var store: SessionStore { fixture.store }

    init() throws { fixture = try StoreFixture() }

    func event(_ step: Int) -> TimedEvent {
        TimedEvent(step: step, elapsed: 0, event: .log(.info, "at \(step)"))
    }

    func edit(_ step: Int) -> TimedEvent {
        TimedEvent(
            step: step - 1, elapsed: 0,
            event: .edit(Edit(step: step, input: "rate", text: "\(step)", before: "0", by: .key)))
    }

    func checkpoint(_ step: Int, edits: Int = 0, isFinal: Bool = false) -> Checkpoint {
        Checkpoint(
            step: step, stage: isFinal ? "warm" : "walk", stageStep: step, isFinal: isFinal, elapsed: 1,
            points: [step, 0], events: step / 1000, edits: edits, state: Data("state \(step)".utf8),
            record: Data())
    }

    /// Stores what a walk says from one step to another, in batches of odd sizes.
    func walk(_ trial: Int64, _ points: [Point], events: [TimedEvent] = [], status: TrialStatus? = nil) throws
    {
        var rest = points[...]
        while !rest.isEmpty {
            let part = rest.prefix(737)
            rest = rest.dropFirst(part.count)
            try store.append([TrialBatch(trial: trial, points: Array(part), completed: part.last?.step ?? 0)])
        }
        try store.append([TrialBatch(trial: trial, events: events, status: status)])
    }

    /// Both sides of the boundary between two blocks of the hash chain, and far from it.
    @Test(arguments: [0, 1, 900, 4095, 4096, 4097, 8192, 9999])
    func aChildThatChangesNothingIsItsParentContinued(_ step: Int) throws {
        let (session, trials) = try fixture.session(), points = Sample.walk(10_000)
        let events = [event(1000), event(4096), event(4097), event(9000)]
        try walk(trials[0].id, points, events: events, status: .stopped)
        let child = try store.add(
            NewTrial(arm: "a", seed: .max, parent: TrialPlace(trial: trials[0].id, step: step)),
            to: session.id)
        #expect(child.parent == TrialPlace(trial: trials[0].id, step: step) && child.through == step)
        #expect(areSame(try store.points(of: child.id, metric: 0), Array(points[..<step])))
        try fixture.reopen()
        try walk(child.id, Array(points[step...]), events: events.filter { $0.step > step })
        for isFinished in [false, true] {
            if isFinished {
                try store.append(trials.map { TrialBatch(trial: $0.id, status: .finished) })
                try store.append([TrialBatch(trial: child.id, status: .finished)])
            }
            #expect(areSame(try store.points(of: child.id, metric: 0), points))
            #expect(
                areSame(
                    try store.points(of: child.id, metric: 0, steps: 800...8200), Array(points[799..<8200])))
            #expect(try store.chain(of: child.id) == store.chain(of: trials[0].id))
            #expect(try store.events(of: child.id) == events)
            #expect(try store.lastValue(of: child.id, metric: 0)?.isSame(points[9_999]) == true)
            for width in [1, 3, 70, 9_000] {
                let (one, other) = (
                    try store.curve(of: child.id, metric: 0, width: width),
                    try store.curve(of: trials[0].id, metric: 0, width: width)
                )
                #expect(one.reduce(0) { $0 + $1.count } == 10_000 && one.count == other.count)
                #expect(one.map(\.max).max() == other.map(\.max).max())
                #expect(zip(one, one.dropFirst()).allSatisfy { $0.lastStep < $1.firstStep })
            }
            #expect(try store.integrity() == [])
        }
        let rows = try store.read { db in
            try SealedTable.series.rows("trial = ?", [child.id], db).reduce(0) {
                $0 + (try $1.get("count") as Int)
            }
        }
        #expect(rows == 10_000 - step, "nothing is copied")
    }

    @Test(arguments: [(5_000, 6_000), (6_000, 5_000), (4_096, 4_096)])
    func grandchildrenReadThroughTwo(_ first: Int, _ second: Int) throws {
        let (session, trials) = try fixture.session()
        let a = Sample.walk(7_000), b = Sample.walk(7_000, seed: 2), c = Sample.walk(9_000, seed: 3)
        try walk(trials[0].id, a, events: [event(4_500), event(5_500)])
        let child = try store.add(
            NewTrial(arm: "a", seed: .max, parent: TrialPlace(trial: trials[0].id, step: first)),
            to: session.id)
        try walk(child.id, Array(b[first...]), events: [event(6_500)].filter { $0.step > first })
        let grandchild = try store.add(
            NewTrial(arm: "a", seed: .max, parent: TrialPlace(trial: child.id, step: second)), to: session.id)
        try walk(grandchild.id, Array(c[second...]), events: [event(8_000)])
        let own = second > first ? Array(b[first..<second]) : []
        let wanted = Array(a[..<min(first, second)]) + own + Array(c[second...])
        #expect(areSame(try store.points(of: grandchild.id, metric: 0), wanted))
        var chain = SeriesChain()
        for point in wanted { chain.append(step: point.step, value: point.value) }
        #expect(try store.chain(of: grandchild.id)["place"] == chain.last)
        let steps = [4_500, 5_500].filter { $0 <= min(first, second) } + [8_000]
        #expect(try store.events(of: grandchild.id).map(\.step) == steps)
        try store.append([TrialBatch(trial: grandchild.id, status: .finished)])
        #expect(try store.chain(of: grandchild.id)["place"] == chain.last)
        #expect(try store.integrity() == [])
    }

    /// Undo: a trial that begins before an edit does not have it, whatever was saved at that very step.
    @Test func anEditBelongsToTheStepThatItChanged() throws {
        let (session, trials) = try fixture.session()
        let parent = trials[0].id
        try store.append([
            TrialBatch(
                trial: parent, points: Sample.walk(20),
                events: [event(5), edit(8), edit(11), event(15)],
                checkpoints: [
                    checkpoint(3, isFinal: true), checkpoint(6), checkpoint(10, edits: 2),
                    checkpoint(19, edits: 2),
                ], completed: 20, status: .paused)
        ])
        let child = try store.add(
            NewTrial(arm: "a", seed: .max, parent: TrialPlace(trial: parent, step: 10)), to: session.id)
        #expect(try store.edits(of: child.id).map(\.step) == [8])
        let resume = try #require(try store.resumePoint(of: child.id))
        #expect(resume.checkpoint.step == 10 && resume.checkpoint.edits == 1)
        #expect(resume.finalStates == ["warm": Data("state 3".utf8)])
        let before = try store.add(
            NewTrial(arm: "a", seed: .max, parent: TrialPlace(trial: parent, step: 7)), to: session.id)
        #expect(try store.edits(of: before.id) == [])
        #expect(try store.resumePoint(of: before.id)?.checkpoint.step == 6)
        #expect(try store.resumePoint(of: parent)?.checkpoint.step == 19)
        // Its own checkpoints come first.
        try store.append([TrialBatch(trial: before.id, checkpoints: [checkpoint(9)], completed: 9)])
        #expect(try store.resumePoint(of: before.id)?.checkpoint.step == 9)
        #expect(try store.integrity() == [])
    }

    @Test func aTrialCannotBeginJustAnywhere() throws {
        let (session, trials) = try fixture.session()
        try walk(trials[0].id, Sample.walk(10))
        func add(_ trial: Int64, _ step: Int) throws {
            _ = try store.add(
                NewTrial(arm: "a", seed: 1, parent: TrialPlace(trial: trial, step: step)), to: session.id)
        }
        let late = #expect(throws: StoreError.self) { try add(trials[0].id, 11) }
        #expect(late.map { "\($0)" } == "Trial 1 has steps 0 to 10, so none can begin at its step 11.")
        #expect(throws: StoreError.self) { try add(trials[0].id, -1) }
        #expect(throws: StoreError.self) { try add(99, 1) }
        let other = NewSession(
            method: "run", methodVersion: 1, benchtop: "test", preset: "smoke", purpose: "run", inputs: [:],
            metrics: session.metrics, machine: [:],
            trials: [NewTrial(arm: "a", seed: 1, parent: TrialPlace(trial: trials[0].id, step: 5))])
        #expect(throws: StoreError.self) { try store.create(other) }
        #expect(try store.sessions().count == 1, "nothing is left of what was refused")
    }

    /// A session with a trial, and another with one that begins there.
    func twoSessions() throws -> (older: SessionRecord, newer: SessionRecord, child: TrialRecord) {
        let (older, trials) = try fixture.session(name: "older")
        try store.append([
            TrialBatch(
                trial: trials[0].id, points: Sample.walk(5_000), events: [event(100)],
                checkpoints: [checkpoint(4_000)], completed: 5_000, status: .stopped)
        ])
        let (newer, children) = try store.create(
            NewSession(
                name: "newer", method: older.method, methodVersion: 1, benchtop: "test", preset: "smoke",
                purpose: "run", inputs: [:], metrics: older.metrics, machine: [:],
                trials: [NewTrial(arm: "a", seed: .max, parent: TrialPlace(trial: trials[0].id, step: 4_500))]
            ))
        try walk(children[0].id, Sample.walk(3_000, seed: 5, from: 4_501), status: .stopped)
        return (older, newer, children[0])
    }

    @Test func aSessionThatOthersDescendFromStays() throws {
        let (older, newer, _) = try twoSessions()
        let error = #expect(throws: StoreError.self) { try store.delete(older.id) }
        #expect(error == .hasDescendants(session: older.shortID, by: [newer.shortID]))
        #expect(error.map { "\($0)" }?.contains("session \(newer.shortID) begin at steps of session") == true)
        #expect(try store.prunable(keepingNewest: 1).isEmpty, "what stays needs it")
        try store.setOwner(nil, of: older.id)
        try store.setOwner(nil, of: newer.id)
        #expect(try store.prunable().map(\.id) == [older.id, newer.id])
        #expect(try store.prunable(keepingNewest: 1).isEmpty)
        try store.delete([older.id, newer.id])
        #expect(try store.sessions().isEmpty && store.integrity() == [])
    }

    @Test func copiesTakeAncestorsAlong() throws {
        let (older, newer, child) = try twoSessions()
        let path = fixture.folder.appending(path: "copy.sqlite").path
        try store.export(session: newer.id, to: path, checkpoints: true)
        let copy = try SessionStore(path: path, mode: .readOnly)
        #expect(try copy.sessions().map(\.shortID) == [older.shortID, newer.shortID])
        #expect(try copy.find("last").shortID == newer.shortID)
        func expectSame(_ other: SessionStore) throws {
            let session = try other.find(newer.shortID), trial = try other.trials(of: session.id)[0]
            #expect(
                areSame(try other.points(of: trial.id, metric: 0), try store.points(of: child.id, metric: 0)))
            #expect(try other.chain(of: trial.id) == store.chain(of: child.id))
            #expect(try other.events(of: trial.id) == store.events(of: child.id))
            #expect(try other.resumePoint(of: trial.id)?.checkpoint == checkpoint(4_000))
            #expect(try other.integrity() == [])
        }
        try expectSame(copy)
        let all = try StoreFixture(), hasParent = try StoreFixture()
        _ = try all.session()
        #expect(try all.store.importSessions(from: path).count == 2)
        try expectSame(all.store)
        #expect(try all.store.importSessions(from: path).isEmpty)
        // Where the older session is there already, the newer one descends from that.
        let first = fixture.folder.appending(path: "first.sqlite").path
        try store.export(session: older.id, to: first, checkpoints: true)
        _ = try hasParent.session()
        #expect(try hasParent.store.importSessions(from: first).count == 1)
        #expect(try hasParent.store.importSessions(from: path).map(\.shortID) == [newer.shortID])
        try expectSame(hasParent.store)
    }

    @Test func whatDiffersFromItsNamesakeIsNotDescendedFrom() throws {
        let (older, newer, _) = try twoSessions()
        let path = fixture.folder.appending(path: "copy.sqlite").path
        try store.export(session: newer.id, to: path, checkpoints: false)
        let other = try StoreFixture(), first = fixture.folder.appending(path: "first.sqlite").path
        try store.export(session: older.id, to: first, checkpoints: false)
        _ = try other.store.importSessions(from: first)
        try other.store.writer?.write {
            try $0.execute(sql: "UPDATE trial SET seed = 4"); try SealedTable.trial.reseal(1, $0)
        }
        #expect(throws: StoreError.differs(session: older.shortID)) {
            try other.store.importSessions(from: path)
        }
        #expect(try other.store.sessions().count == 1)
    }

    /// Sessions may hold trials that descend from one another's.
    @Test func sessionsThatDescendFromEachOtherAreCopied() throws {
        let (older, newer, child) = try twoSessions()
        _ = try store.add(
            NewTrial(arm: "a", seed: .max, parent: TrialPlace(trial: child.id, step: 6_000)), to: older.id)
        let path = fixture.folder.appending(path: "copy.sqlite").path
        try store.export(session: newer.id, to: path, checkpoints: false)
        let copy = try SessionStore(path: path, mode: .readOnly)
        #expect(try copy.sessions().count == 2 && copy.integrity() == [])
        #expect(throws: StoreError.self) { try store.delete(newer.id) }
        try store.append([
            TrialBatch(trial: try #require(try store.trials(of: older.id).last).id, status: .stopped)
        ])
        try store.delete([newer.id, older.id])
        #expect(try store.sessions().isEmpty)
    }
}
