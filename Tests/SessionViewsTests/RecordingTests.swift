import Base
import Foundation
import SessionControl
import Store
import Testing

@testable import MethodKit
@testable import SessionViews

/// Stored sessions as they are shown: played, jumped in, and laid over each other.
@Suite struct RecordingTests {
    /// Two trials that report at different rates and times, and say something now and then.
    private func stored(_ fixture: Fixture) throws -> (session: SessionRecord, trials: [TrialRecord]) {
        let method = try Fixture.method("steve")
        let (session, trials) = try fixture.store.create(
            NewSession(
                method: method.card.id, methodVersion: method.version, benchtop: "test", preset: "quick",
                purpose: "duel", inputs: [:], metrics: method.metrics, machine: [:],
                trials: [NewTrial(arm: "kto", seed: 1), NewTrial(arm: "kto", seed: 2)]))
        for (place, trial) in trials.enumerated() {
            let pause = Double(place + 1) / 64
            let points = (1...300).flatMap { step -> [Point] in
                [0, 1, 2].filter { step % ($0 + 1) == 0 }.map {
                    Point(metric: $0, step: step, elapsed: pause * Double(step), value: Double(step * 7 % 31))
                }
            }
            let events = stride(from: 0, to: 300, by: 40).map {
                TimedEvent(step: $0, elapsed: pause * Double($0), event: .log(.info, "after \($0)"))
            }
            try fixture.store.append([
                TrialBatch(
                    trial: trial.id, points: points, events: events, completed: 300, status: .finished)
            ])
        }
        return (session, try fixture.store.trials(of: session.id))
    }

    private func recording(_ fixture: Fixture) throws -> Recording {
        let session = try stored(fixture).session
        return try Recording(session, fixture.store, path: fixture.store.path) { _ in 300 }
    }

    /// Wherever one comes from, a position shows everything that had been said by then, and nothing more.
    @Test func aPositionShowsWhatHadBeenSaidByThen() throws {
        let fixture = try Fixture(), recording = try recording(fixture)
        var replay = Replay(recording), random = RandomStream(seed: 2)
        let times = [0, recording.duration] + (0..<30).map { _ in random.uniform() * recording.duration }
        for time in times + [1.2, 1.2, 0.4, recording.duration, 0] {
            replay.seek(to: time)
            for trial in replay.view.trials {
                for (metric, curve) in trial.curves.enumerated() {
                    let all = try fixture.store.curve(of: trial.record.id, metric: metric, width: Curve.most)
                    #expect(curve.buckets == all.filter { $0.lastElapsed <= time }, "\(time)")
                }
            }
            let lines = try replay.view.trials.flatMap { try fixture.store.events(of: $0.record.id) }
            #expect(replay.view.log.count == lines.count { $0.elapsed <= time }, "\(time)")
            #expect(replay.isAtEnd == (time >= recording.duration))
        }
    }

    /// Going on from one moment to the next, each is a time at which something was said, and none is left out.
    @Test func stepsGoFromMomentToMoment() throws {
        let fixture = try Fixture(), recording = try recording(fixture)
        let said = try recording.start.trials.flatMap { trial -> [Double] in
            let points = try [0, 1, 2].flatMap {
                try fixture.store.curve(of: trial.record.id, metric: $0, width: Curve.most)
            }
            let events = try fixture.store.events(of: trial.record.id)
            return points.map(\.lastElapsed) + events.map(\.elapsed) + [trial.record.elapsed]
        }
        let moments = Set(said).filter { $0 > 0 && $0 < recording.duration }.sorted()
        var replay = Replay(recording), seen: [Double] = []
        replay.seek(to: 0)
        while !replay.isAtEnd {
            replay.step(forwards: true)
            seen.append(replay.position)
        }
        #expect(seen == moments + [recording.duration])
        for moment in moments.reversed() {
            replay.step(forwards: false)
            #expect(replay.position == moment)
        }
    }

    @Test func whatIsLaidOverHasTheCurvesOfTheWhole() throws {
        let fixture = try Fixture(), session = try stored(fixture).session, path = fixture.store.path
        let whole = try Recording(session, fixture.store, path: path) { _ in 300 }.whole
        let over = try SessionView(curvesOf: session, fixture.store, path: path, width: Curve.most)
        #expect(over.key == whole.key && over.log.isEmpty && !whole.log.isEmpty)
        for (a, b) in zip(over.trials, whole.trials) {
            #expect(a.curves == b.curves && a.completed == b.completed && a.elapsed == b.elapsed)
            #expect(a.status == b.status && a.total == b.total)
        }
    }

    /// What a trial is applied to has a summary of its own.
    @Test func whatIsAppliedSaysWhatItFoundItself() throws {
        let fixture = try Fixture(), (session, trials) = try stored(fixture)
        let (applied, children) = try fixture.store.create(
            NewSession(
                method: session.method, methodVersion: session.methodVersion, benchtop: "test",
                preset: "quick",
                purpose: SessionPurpose.apply.rawValue, inputs: [:], metrics: session.metrics, machine: [:],
                trials: [NewTrial(arm: "kto", seed: 1, parent: TrialPlace(trial: trials[0].id, step: 300))]))
        let point = Point(metric: 1, step: 301, elapsed: 4, value: 0.5)
        try fixture.store.append([TrialBatch(trial: children[0].id, points: [point], completed: 301)])
        let parent = try StoredTrial(trials[0], of: session, in: fixture.store).lastValues()
        let child = try StoredTrial(children[0], of: applied, in: fixture.store).lastValues()
        #expect(parent.count == 3 && child == [session.metrics[1].name: 0.5])
    }

    @Test func aMissingNumberOfATableIsNull() throws {
        let fixture = try Fixture(), trial = try stored(fixture).trials[0]
        let table = Table(columns: [.number("size")], rows: [[.number(.nan)], [.number(2)]])
        let event = TimedEvent(step: 1, elapsed: 0, event: .artifact(name: "sizes", .table(table)))
        let lines = try Records.of(.event(event), trial, metrics: []).map { try Records.line($0) }
        #expect(lines[1].contains(#""cells":{"size":null}"#) && lines[2].contains(#""cells":{"size":2}"#))
    }

    /// A whole curve at once tells the pace of its last seconds, as its points do one by one.
    @Test func thePaceOfARunIsThatOfItsPoints() throws {
        let fixture = try Fixture(), record = try stored(fixture).trials[0]
        let run = (1...2000).map { step in
            let elapsed = step < 1000 ? Double(step) * 0.05 : 50 + Double(step - 1000) * 0.01
            return Bucket(Point(metric: 0, step: step, elapsed: elapsed, value: 1))
        }
        var whole = TrialView(record, metrics: 1, total: 3000), single = whole
        for status in [TrialUpdate.status(.running, "")] {
            whole.take(status)
            single.take(status)
        }
        whole.take(.points(metric: 0, run[...]))
        for place in run.indices { single.take(.points(metric: 0, run[place...place])) }
        let (a, b) = (try #require(whole.rate), try #require(single.rate))
        #expect(abs(a - 100) < 1 && abs(b - 100) < 1)
        #expect(whole.completed == single.completed && whole.elapsed == single.elapsed)
    }

    @Test func aRevisionIsAnotherAfterEveryChange() throws {
        let fixture = try Fixture(), record = try stored(fixture).trials[0]
        var trial = TrialView(record, metrics: 1, total: 300)
        let copy = trial
        #expect(copy.revision == trial.revision)
        var seen: Set = [trial.revision]
        for update in [TrialUpdate.completed(3, elapsed: 1), .saved(3), .completed(3, elapsed: 1)] {
            trial.take(update)
            #expect(!seen.contains(trial.revision))
            seen.insert(trial.revision)
        }
        #expect(!seen.contains(TrialView(record, metrics: 1, total: 300).revision))
        #expect(copy.revision != trial.revision)
    }
}
