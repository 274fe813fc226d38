import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import Testing

/// One order of records: live, replayed and exported.
@Suite struct RecordOrderTests {
    private func point(_ metric: Int, _ step: Int, _ value: Double) -> Point {
        Point(metric: metric, step: step, elapsed: 0, value: value)
    }

    private func log(_ text: String, after step: Int) -> TimedEvent {
        TimedEvent(step: step, elapsed: 0, event: .log(.info, text))
    }

    private func names(_ items: [RecordOrder.Item]) -> [String] {
        items.map { item in
            switch item {
            case .point(let point): "\(point.step).\(point.metric)=\(Int(point.value))"
            case .event(let event): if case .log(_, let text) = event.event { text } else { "?" }
            }
        }
    }

    @Test func aStepsPointsComeByMetricAndItsEventsBehindThem() {
        let items = RecordOrder.all(
            points: [point(1, 2, 4), point(0, 2, 1), point(1, 2, 5), point(0, 1, 9)],
            events: [log("b", after: 2), log("c", after: 2), log("a", after: 0)])
        #expect(names(items) == ["a", "1.0=9", "2.0=1", "2.1=4", "2.1=5", "b", "c"])
    }

    @Test func nothingWaitsLongerThanItMust() {
        var order = RecordOrder()
        order.add(points: [point(1, 1, 1), point(1, 2, 2)], events: [log("said in step 2", after: 2)])
        #expect(names(order.take(through: 1)) == ["1.1=1"])
        #expect(order.take(through: 1).isEmpty)
        order.add(points: [point(0, 2, 3)], events: [])
        #expect(names(order.take(through: 2)) == ["2.0=3", "2.1=2", "said in step 2"])
        // A completed step may be followed by events, which wait for nothing.
        order.add(points: [point(0, 3, 4)], events: [log("at its end", after: 2)])
        #expect(names(order.take(through: 2)) == ["at its end"])
        #expect(names(order.takeAll()) == ["3.0=4"])
    }

    /// Each method's trials are stopped on the way, an input is changed, and they go on.
    @Test(arguments: Fixture.ids) func liveAndStoredRecordsAreEqual(_ id: String) throws {
        let method = try Fixture.method(id), fixture = try Fixture()
        let plan = try SessionPlan(method, seeds: [3], preset: "smoke", purpose: .duel)
        let (session, trials) = try fixture.controller.start(plan)
        let total: StepCount = { (try? method.steps(of: $0, in: session)) ?? 0 }
        for trial in trials { fixture.controller.step(trial.id, total(trial) / 2) }
        try stop(trials, fixture, try edit(of: method, plan.inputs))
        let key = SessionKey(store: fixture.store.path, id: session.id)
        var first = LiveRecords(SessionView(key, session, trials, total: total), trials)
        var lines = try collect(fixture, &first)
        #expect(try fixture.store.trials(of: session.id).contains { $0.status == .interrupted })

        let view = try Recording(session, fixture.store, path: fixture.store.path, total: total).whole
        let open = try fixture.controller.resume(try fixture.store.find("last"), of: method)
        #expect(fixture.controller.wait(timeout: .now() + 120))
        var second = LiveRecords(view, open)
        lines.merge(try collect(fixture, &second)) { $0.filter { !$0.contains("\"kind\":\"end\"") } + $1 }
        if method.inputs.contains(where: \.live) {
            #expect(lines.values.joined().contains { $0.contains("changed from") })
        }

        let stored = try fixture.store.find("last")
        for record in try fixture.store.trials(of: stored.id) {
            let trial = StoredTrial(record, of: stored, in: fixture.store)
            let records = try trial.items().flatMap { trial.records(of: $0) } + [trial.end()]
            let expected = try records.map { try Records.line($0) }
            #expect(record.status == .finished)
            #expect(lines[record.id] == expected, "\(id), \(record.arm)")
        }
    }

    /// Changes an input of each trial as soon as it waits, and interrupts it there.
    private func stop(
        _ trials: [TrialRecord], _ fixture: Fixture, _ edit: (input: String, text: String)?
    ) throws {
        var open = Set(trials.map(\.id)), handled = Set<Int64>()
        try fixture.waitFor {
            for case .status(let id, let status, _) in fixture.events {
                if status.isFinal { open.remove(id) }
                guard status == .paused, handled.insert(id).inserted else { continue }
                if let edit { try fixture.controller.edit([id], edit.input, to: edit.text, by: .key) }
                fixture.controller.stop(id, as: .interrupted)
            }
            return open.isEmpty
        }
    }

    /// The first live input that takes one of a few values which it has not; nil for a method without any.
    private func edit(
        of method: MethodInfo, _ inputs: [String: String]
    ) throws -> (input: String, text: String)? {
        let names = method.inputs.filter(\.live).map(\.name)
        guard !names.isEmpty else { return nil }
        let edits = names.flatMap { name in ["0.5", "0.9", "2", "0.001"].map { (name, $0) } }
        return try #require(
            edits.first { name, text in
                inputs[name] != text && (try? method.check(edit: name, to: text, of: inputs)) != nil
            })
    }

    /// Each trial's lines of what the controller told, but for what was said of saving.
    private func collect(_ fixture: Fixture, _ records: inout LiveRecords) throws -> [Int64: [String]] {
        var lines: [Int64: [String]] = [:]
        for event in fixture.takeEvents() {
            for record in records.take(event) {
                let line = try Records.line(record)
                guard !line.contains("\"kind\":\"saved\"") else { continue }
                let trial = try #require(line.firstMatch(of: /"trial":(\d+)/).flatMap { Int64($0.1) })
                lines[trial, default: []].append(line)
            }
        }
        return lines
    }
}
