import Base
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import Testing

@testable import Panes

@Suite struct ReplayTests {
    private func same(_ a: SessionView, _ b: SessionView) -> Bool {
        zip(a.trials, b.trials).allSatisfy { a, b in
            a.curves == b.curves && a.marks == b.marks && a.status == b.status && a.completed == b.completed
                && a.artifacts.map(\.versions.count) == b.artifacts.map(\.versions.count)
        } && a.log.count == b.log.count
    }

    @Test func playingToTheEndShowsEverything() throws {
        let recording = try Fixture.recording()
        var replay = Replay(recording)
        replay.toggle()
        for _ in 0..<10_000 where replay.isPlaying { replay.advance(by: 0.01) }
        #expect(replay.isAtEnd)
        #expect(same(replay.view, recording.whole))
    }

    @Test func backwardsShowsWhatWasShownForwards() throws {
        let recording = try Fixture.recording()
        var forwards = Replay(recording), both = Replay(recording, atEnd: true)
        var random = RandomStream(seed: 3)
        for _ in 0..<12 {
            let time = random.uniform() * recording.duration
            both.seek(to: time)
            forwards = Replay(recording)
            forwards.seek(to: time)
            #expect(same(both.view, forwards.view))
        }
    }

    @Test func stepsGoBothWays() throws {
        var replay = Replay(try Fixture.recording())
        for _ in 0..<50 { replay.step(forwards: true) }
        let there = replay.position
        replay.step(forwards: true)
        #expect(replay.position > there)
        replay.step(forwards: false)
        #expect(replay.position == there)
        replay.step(forwards: false)
        #expect(replay.position < there)
    }

    @Test func chaptersAreStagesAndEdits() throws {
        var replay = Replay(try Fixture.recording())
        #expect(replay.chapters.map(\.text).contains("blow"))
        replay.chapter(forwards: true)
        replay.chapter(forwards: true)
        let second = replay.position
        replay.chapter(forwards: false)
        #expect(replay.position < second)
    }

    @Test func speedsGoFromATenthTo64() throws {
        var replay = Replay(try Fixture.recording())
        for _ in 0..<20 { replay.changeSpeed(by: -1) }
        #expect(replay.speed == 0.1)
        for _ in 0..<20 { replay.changeSpeed(by: 1) }
        #expect(replay.speed == 64)
    }

    /// A run's events and the stored session, played to its end, give the same panes.
    @Test func liveAndReplayAreTheSame() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "store.sqlite").path
        let store = try SessionStore(path: path)
        let method = Fixture.catalogue[0]
        let events = Locked([ControllerEvent]())
        let controller = SessionController(
            store: store,
            options: .init(
                cache: StageFiles(folder: folder.appending(path: "cache")), version: "test", machine: [:])
        ) { item in events.withLock { $0.append(item) } }
        let plan = try SessionPlan(method, seeds: [1], preset: "smoke", purpose: .duel)
        let (session, trials) = try controller.start(plan)
        #expect(controller.wait(timeout: .now() + 120))
        let total: StepCount = { (try? method.steps(of: $0, in: session)) ?? 0 }
        var live = SessionView(SessionKey(store: path, id: session.id), session, trials, total: total)
        for item in events.withLock({ $0 }) { live.take(PreparedEvent(item)) }
        let whole = try Recording(store.find("last"), store, path: path, total: total).whole
        for (a, b) in zip(live.trials, whole.trials) {
            #expect(a.status == .finished && b.status == .finished)
            #expect(a.curves.map { $0.buckets.map(\.sum) } == b.curves.map { $0.buckets.map(\.sum) })
            #expect(a.curves.map(\.last) == b.curves.map(\.last))
            #expect(a.marks.map(\.text) == b.marks.map(\.text) && a.marks.map(\.step) == b.marks.map(\.step))
            #expect(a.artifacts.map(\.name) == b.artifacts.map(\.name))
            #expect(a.completed == b.completed)
        }
        #expect(Set(live.log.map(\.text)) == Set(whole.log.map(\.text)))
    }

    @Test func aCurveStaysBoundedAndKeepsItsSpike() {
        var curve = Curve()
        for step in 1...1_000_000 {
            curve.append([
                Bucket(Point(metric: 0, step: step, elapsed: 0, value: step == 777_777 ? 1_000 : 1))
            ])
        }
        #expect(curve.buckets.count <= Curve.most)
        #expect(curve.buckets.reduce(0) { $0 + $1.count } == 1_000_000)
        #expect(curve.buckets.map(\.max).max() == 1_000)
        #expect(curve.last == 1)
    }
}
