import Foundation
import SessionControl
import SessionViews
import Store
import Terminal
import Testing

@testable import MethodKit
@testable import Panes

/// What the charts pane keeps from one drawing to the next never shows on the screen.
@Suite struct ChartMemoryTests {
    private typealias Change = (name: String, change: (inout Workbench) -> Void)

    /// Draws after each change, and once more all at once on a workbench that has drawn nothing before.
    private func expectSame(_ start: () throws -> Workbench, _ changes: [Change]) throws {
        var drawn = try start()
        _ = drawn.draw()
        for (count, change) in changes.enumerated() {
            change.change(&drawn)
            var fresh = try start()
            for earlier in changes[...count] { earlier.change(&fresh) }
            #expect(drawn.draw() == fresh.draw(), "\(change.name)")
        }
    }

    private func keys(_ names: String...) -> [Change] {
        names.enumerated().map { place, name in ("key \(place), \(name)", { $0.type(name) }) }
    }

    /// Workbenches that show the same run, and share no memory of what they have drawn.
    private func running() throws -> () throws -> Workbench {
        let view = try #require(try Fixture.running().0.view)
        return {
            var bench = Workbench(catalogue: Fixture.catalogue, look: Look())
            bench.resize(width: 120, height: 40)
            bench.show(started: view)
            return bench
        }
    }

    @Test func keysChangeTheCharts() throws {
        try expectSame(
            { try Fixture.bench(120, 40) },
            keys(
                "4", "right", "right", "+", "+", "L", "H", "y", "m", "m", "b", "m", "m", "b", "x", "0", "d",
                "d", "d", "n", "enter", "enter", "z", "z", "3", "1", "5", "y", "4", "y", "-", "-"))
    }

    @Test func aReplayMovesBothWays() throws {
        let moves: [Change] = [0.3, 0.5, 0.51, 0.2, 1.3, 0.9].map { time in
            ("second \(time)", { $0.replay?.seek(to: time) })
        }
        try expectSame({ try Fixture.bench(120, 40, atEnd: false) }, moves)
    }

    @Test func theSizeAndTheThemeChange() throws {
        let paper = try Fixture.theme("paper")
        try expectSame(
            { try Fixture.bench(120, 40) },
            [
                ("wider", { $0.resize(width: 200, height: 60) }), ("theme", { $0.look.theme = paper }),
                ("smaller", { $0.resize(width: 80, height: 24) }), ("ascii", { $0.look.glyphs = .ascii }),
            ])
    }

    @Test func otherSessionsComeAndGo() throws {
        let reef = try Fixture.recording("reef").whole, dune = try Fixture.recording().whole
        let other = SessionView(
            SessionKey(store: "another", id: 9), dune.record, dune.trials.map(\.record), total: { _ in 60 })
        try expectSame(
            { try Fixture.bench(120, 40) },
            [
                ("reef over it", { $0.lay(over: reef) }), ("an empty one", { $0.lay(over: other) }),
                ("hidden", { $0.type("escape") }), ("again", { $0.lay(over: reef) }),
                (
                    "shown itself",
                    { bench in
                        if let recording = try? Fixture.recording("reef") {
                            bench.show(Replay(recording, atEnd: true))
                        }
                    }
                ),
            ])
    }

    @Test func aRunGoesOn() throws {
        func say(_ step: Int, _ value: Double) -> (inout Workbench) -> Void {
            { bench in
                guard let trials = bench.view?.trials else { return }
                for (place, trial) in trials.enumerated() {
                    var batch = TrialLink.Batch()
                    batch.points = (0..<5).map {
                        Point(
                            metric: 0, step: step + $0, elapsed: Double(step + $0),
                            value: value + Double(place))
                    }
                    batch.completed = step + 4
                    bench.take(.said(trial: trial.record.id, batch))
                }
            }
        }
        let start = try running()
        try expectSame(
            start,
            [("first", say(1, 1)), ("higher", say(6, 9))] + keys("4", "+")
                + [("more", say(11, 4)), ("far below", say(16, -20))] + keys("y", "0", "m")
                + [("last", say(21, 3))])
    }

    /// A part of a curve at full resolution takes the place of its summary, and goes with its window.
    @Test func detailsComeAndGo() throws {
        func crowd(_ bench: inout Workbench) {
            guard let trial = bench.view?.trials.first?.record.id else { return }
            var batch = TrialLink.Batch()
            batch.points = (1...20_000).map {
                Point(metric: 0, step: $0, elapsed: Double($0), value: sin(Double($0) / 900))
            }
            batch.completed = 20_000
            bench.take(.said(trial: trial, batch))
        }
        func answer(_ height: Double) -> (inout Workbench) -> Void {
            { bench in
                for case .detail(let request) in bench.takeRequests() {
                    let buckets = (0..<30).map { place in
                        Bucket(
                            Point(
                                metric: 0, step: request.steps.lowerBound + 40 * place, elapsed: 0,
                                value: height * Double(place)))
                    }
                    bench.take(buckets, for: request)
                }
            }
        }
        let start = try running()
        try expectSame(
            start,
            [("crowd", { crowd(&$0) })] + keys("4", "+", "+") + [("detail", answer(1))] + keys("L")
                + [("another", answer(-3))] + keys("0", "+") + [("the first again", answer(7))] + keys("0"))
    }
}
