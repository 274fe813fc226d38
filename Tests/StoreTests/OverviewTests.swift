import Foundation
import MethodKit
import Testing

@testable import Store

/// The list of sessions, read by what changed.
@Suite struct OverviewTests {
    @Test func itFollowsEveryChangeAndSaysWhatReadingAllWouldSay() throws {
        let fixture = try StoreFixture(), store = fixture.store
        let (first, trials) = try fixture.session(arms: ["a", "b"])
        let (second, _) = try fixture.session()
        var overview = try store.overview()
        func expectWhole() throws {
            overview = try store.overview(after: overview)
            #expect(try overview.sessions == store.sessions())
            for session in overview.sessions {
                let trials = try store.trials(of: session.id)
                #expect(overview.trials[session.id]?.map(\.status) == trials.map(\.status))
                #expect(overview.trials[session.id]?.map(\.through) == trials.map(\.through))
            }
            #expect(overview.revision == (try store.revision()))
        }
        try expectWhole()
        try store.rename(first.id, to: "renamed")
        try expectWhole()
        #expect(overview.sessions.first?.name == "renamed")
        try store.append([
            TrialBatch(trial: trials[1].id, points: Sample.walk(5), completed: 5, status: .running)
        ])
        try expectWhole()
        #expect(overview.trials[first.id]?[1].through == 5)
        for trial in try store.trials(of: second.id) {
            try store.append([TrialBatch(trial: trial.id, status: .stopped)])
        }
        try expectWhole()
        try store.delete(second.id)
        try expectWhole()
        #expect(overview.sessions.count == 1)
    }

    @Test func whatHasNotChangedIsNotReadAgain() throws {
        let fixture = try StoreFixture()
        for _ in 0..<3 { _ = try fixture.session() }
        let overview = try fixture.store.overview()
        // Rows that change behind the seals' back are not looked at: only what has another seal is read.
        try fixture.store.write { try $0.execute(sql: "UPDATE session SET note = 'changed' WHERE id = 1") }
        #expect(try fixture.store.overview(after: overview).sessions[0].note.isEmpty)
        #expect(try fixture.store.overview().sessions[0].note == "changed")
    }
}
