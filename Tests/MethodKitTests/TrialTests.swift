import Base
import Checkpoints
import Foundation
import Testing

@testable import MethodKit

/// A method without tensors: a noisy walk towards a target, after a shared stage that draws the start.
enum Walk: Method {
    enum Arm: String, MethodArm {
        case plain, pulled
        var help: String { "walks" }
    }

    struct Inputs: MethodInputs {
        @Input("step length", in: 0...10, live: true, symbol: "η") var rate = 0.1
        @Input("steps of the walk", in: 1...10_000, symbol: "T") var steps = 40
        @Input("step at which the value becomes NaN; 0 for never", in: 0...10_000) var breakAt = 0
        @Input("steps of the shared stage", in: 1...10_000) var warmUp = 10
        @Input("whether a value is reported after the last stage, which is a mistake") var isLate = false
    }

    struct Walker: Codable {
        var place = 0.0
        var random: RandomStream
    }

    static let card = Card(
        id: "walk", title: "Walk",
        paper: Citation(authors: "None", title: "None", year: 2026, arXiv: "0000.00000"),
        idea: "", equations: [], data: "", headline: "", differences: [])
    static let version = 1
    static let place = Metric("place", "where it is", better: .lower)
    static let start = Metric("start", "where the shared stage is", better: .neither)
    static let metrics = [place, start]
    static let warm = Stage<Inputs>.shared("warm", reads: [\.warmUp]) { $0.warmUp }
    static let walk = Stage<Inputs>("walk") { $0.steps }
    static let stages = [warm, walk]
    static let presets = [Preset<Inputs>("smoke", "seconds")]
    static let claims: [Claim] = []
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var walker = Walker(random: trial.stream("warm"))
        trial.log("begins")
        try trial.run(warm, state: &walker) { walker, step, _ in
            walker.place += walker.random.gaussian()
            trial.report(start, walker.place)
            if step == 5 { trial.log("half way") }
        }
        walker.random = trial.stream("walk")
        try trial.run(walk, state: &walker) { walker, step, inputs in
            walker.place -= inputs.rate * (arm == .pulled ? walker.place : walker.random.gaussian())
            if step == inputs.breakAt {
                walker.place = .nan
                NumericTrap.current?.note("subtraction")
            }
            trial.report(place, walker.place)
            if step % 10 == 0 { trial.keep("place", .text([Span("\(walker.place)")])) }
        }
        trial.log("ends")
        if trial.inputs.isLate { trial.report(place, walker.place) }
    }
}

/// Keeps results in memory, and counts how often it computed.
final class MemoryCache: StageCache {
    private let kept = Locked<(results: [StageKey: StageResult], computed: Int)>(([:], 0))
    var computed: Int { kept.withLock { $0.computed } }

    func result(for key: StageKey, isStopped: () -> Bool, _ compute: () throws -> StageResult) throws
        -> StageResult
    {
        if let result = kept.withLock({ $0.results[key] }) { return result }
        let result = try compute()
        kept.withLock { ($0.results[key], $0.computed) = (result, $0.computed + 1) }
        return result
    }
}

@Suite struct TrialTests {
    struct Said: Equatable {
        var points: [UInt64] = []
        var steps: [Int] = []
        var events: [TrialEvent] = []

        init(_ batch: TrialLink.Batch) {
            points = batch.points.map(\.value.bitPattern)
            steps = batch.points.map(\.step)
            events = batch.events.map(\.event)
        }
    }

    let info = MethodInfo(Walk.self)

    func run(
        _ arm: String = "plain", seed: UInt64 = 1, _ typed: [String: String] = [:], edits: [Edit] = [],
        resume: TrialPlan.Resume? = nil, cache: (any StageCache)? = nil,
        before: (TrialLink) -> Void = { _ in }
    ) throws -> TrialLink.Batch {
        let link = TrialLink()
        before(link)
        let texts = try info.texts(preset: nil, typed: typed)
        do {
            try info.run(
                arm, texts: texts, seed: seed, edits: edits, resume: resume, cache: cache, link: link)
        } catch is Stopped {}
        return link.drain()
    }

    @Test func reportingOutsideAStepIsAMistake() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let info = MethodInfo(Walk.self)
            try info.run(
                "plain", texts: info.texts(preset: nil, typed: ["isLate": "on"]), seed: 1, link: TrialLink())
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("metric 'place' is reported outside the steps of a stage"))
    }

    @Test func stepsAreCountedOverAllStages() throws {
        let batch = try run()
        #expect(batch.completed == 50)
        #expect(batch.points.map(\.step) == Array(1...50))
        #expect(batch.points.map(\.metric) == Array(repeating: 1, count: 10) + Array(repeating: 0, count: 40))
        #expect(
            batch.checkpoints.map(\.stage) == ["warm", "walk"] && batch.checkpoints.allSatisfy(\.isFinal))
    }

    @Test func equalSeedsAreEqualAndOthersDiffer() throws {
        #expect(try Said(run()) == Said(run()))
        #expect(try Said(run()).points != Said(run(seed: 2)).points)
    }

    /// Stops a trial at `step` by pausing it there, and returns what it said and its last checkpoint.
    func stopped(
        at step: Int, _ arm: String, cache: (any StageCache)? = nil, edits: [Edit] = []
    ) throws -> TrialLink.Batch {
        let link = TrialLink()
        link.step(step)
        let info = info
        let texts = try info.texts(preset: nil, typed: [:])
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            try? info.run(arm, texts: texts, seed: 1, edits: edits, cache: cache, link: link)
            done.signal()
        }
        var said = link.drain()
        while !said.isPaused {
            usleep(200)
            let more = link.drain()
            said.points += more.points
            said.events += more.events
            said.checkpoints += more.checkpoints
            (said.completed, said.holders) = (more.completed, more.holders)
        }
        link.stop()
        done.wait()
        let rest = link.drain()
        #expect(rest.points.isEmpty && said.completed == step)
        said.checkpoints += rest.checkpoints
        return said
    }

    func plan(_ batch: TrialLink.Batch) throws -> TrialPlan.Resume {
        let last = try #require(batch.checkpoints.last)
        let finals = batch.checkpoints.filter { $0.isFinal && $0.stage != last.stage }
        return TrialPlan.Resume(
            checkpoint: last,
            finalStates: Dictionary(uniqueKeysWithValues: finals.map { ($0.stage, $0.state) }))
    }

    @Test(arguments: [1, 4, 5, 9, 10, 11, 30, 49], [true, false])
    func goesOnBitForBit(_ step: Int, _ isCached: Bool) throws {
        let cache = isCached ? MemoryCache() : nil
        let edits = [Edit(step: 20, input: "rate", text: "0.7", before: "0.1")]
        let whole = try Said(run(edits: edits))
        let first = try stopped(at: step, "plain", cache: cache, edits: edits)
        let second = try run(edits: edits, resume: plan(first), cache: cache)
        #expect(Said(first).points + Said(second).points == whole.points)
        #expect(Said(first).steps + Said(second).steps == whole.steps)
        let events = first.events.filter { $0.step <= step }.map(\.event) + second.events.map(\.event)
        #expect(
            events.filter { !"\($0)".hasPrefix("edit") } == whole.events.filter { !"\($0)".hasPrefix("edit") }
        )
        #expect(second.completed == 50)
    }

    @Test func liveEditsAreRecordedAndRepeat() throws {
        let edited = try run(before: { $0.edit("rate", to: "0.5") })
        let edit = Edit(step: 1, input: "rate", text: "0.5", before: "0.1")
        #expect(edited.events.contains { $0.event == .edit(edit) })
        #expect(try Said(run(edits: [edit])) == Said(edited))
        #expect(try Said(run()).points != Said(edited).points)
    }

    @Test func sharedStagesAreComputedOnceAndChangeNoBit() throws {
        let cache = MemoryCache()
        let computed = try run("plain", cache: cache)
        let taken = try run("pulled", cache: cache)
        #expect(cache.computed == 1)
        #expect(try Said(taken) == Said(run("pulled")))
        #expect(try Said(computed) == Said(run("plain")))
        _ = try run("plain", ["warmUp": "11"], cache: cache)
        #expect(cache.computed == 2)
    }

    /// Gives whoever asks the bytes of another build's state.
    struct StaleCache: StageCache {
        func result(for key: StageKey, isStopped: () -> Bool, _ compute: () throws -> StageResult) throws
            -> StageResult
        {
            StageResult(state: try StateCoding.encode(["another": 1]), record: StageRecord())
        }
    }

    @Test func aKeptResultThatCannotBeReadIsComputedAnew() throws {
        #expect(try Said(run(cache: StaleCache())) == Said(run()))
    }

    @Test func aValueThatIsNotFiniteEndsTheTrialAtItsStep() throws {
        let link = TrialLink()
        let texts = try info.texts(preset: nil, typed: ["breakAt": "7"])
        #expect(throws: Diverged(metric: "place", step: 17, operation: "subtraction")) {
            try info.run("plain", texts: texts, seed: 1, link: link)
        }
        let batch = link.drain()
        #expect(batch.completed == 17)
        #expect(batch.points.last?.value.isNaN == true)
    }

    /// Runs a trial on a thread of its own while `orders` tells it what to do.
    func ordered(
        _ typed: [String: String] = [:], edits: [Edit] = [],
        _ orders: (TrialLink, () -> TrialLink.Batch) throws -> Void
    ) throws -> TrialLink.Batch {
        let link = TrialLink(), info = info, done = DispatchSemaphore(value: 0)
        let texts = try info.texts(preset: nil, typed: typed)
        link.step(30)
        Thread.detachNewThread {
            try? info.run("plain", texts: texts, seed: 1, edits: edits, link: link)
            done.signal()
        }
        var said = TrialLink.Batch()
        func drain() -> TrialLink.Batch {
            let more = link.drain()
            said.points += more.points
            said.events += more.events
            said.checkpoints += more.checkpoints
            (said.completed, said.holders) = (more.completed, more.holders)
            return said
        }
        try orders(link, drain)
        done.wait()
        return drain()
    }

    /// Waits until the trial sleeps at `step`.
    func waitFor(_ step: Int, _ drain: () -> TrialLink.Batch, holders: Set<TrialLink.Holder> = [.user]) {
        for _ in 0..<20_000 {
            let said = drain()
            if said.completed == step, said.holders == holders { return }
            usleep(200)
        }
        Issue.record("the trial never waited at step \(step) for \(holders)")
    }

    /// Orders that were obeyed long ago wake nobody: the state of a trial that waits is saved once.
    @Test func aPauseSavesOneCheckpoint() throws {
        let batch = try ordered { link, drain in
            waitFor(30, drain)
            let before = drain().checkpoints.count
            for _ in 0..<200 { link.saveCheckpoint() }
            link.step(5)
            waitFor(35, drain)
            usleep(20_000)
            // One for the wishes at step 30 and one for the pause at step 35, or one for both.
            #expect(drain().checkpoints.count - before <= 2)
            let paused = drain().checkpoints.count
            link.pause(for: .store)
            link.pause(for: .breakpoint)
            waitFor(35, drain, holders: [.user, .store, .breakpoint])
            #expect(drain().checkpoints.count == paused, "the state is the same")
            for holder in TrialLink.Holder.allCases { link.goOn(for: holder) }
        }
        #expect(batch.completed == 50)
    }

    @Test func aTrialRunsWhenNobodyHoldsIt() throws {
        _ = try ordered { link, drain in
            waitFor(30, drain)
            link.pause(for: .store)
            waitFor(30, drain, holders: [.user, .store])
            link.goOn(for: .user)
            waitFor(30, drain, holders: [.store])
            link.pause(for: .user)
            link.step(3)
            usleep(20_000)
            #expect(drain().completed == 30, "steps that the user allows do not overrule the store")
            link.goOn(for: .store)
            waitFor(33, drain)
            link.goOn(for: .user)
        }
    }

    @Test func anEditForALaterStepIsSaidAtOnceAndRepeats() throws {
        let said = try ordered { link, drain in
            waitFor(30, drain)
            link.edit("rate", to: "0.5", from: 40)
            link.edit("rate", to: "0.3", from: 7)
            waitFor(30, drain)
            link.goOn()
        }
        let edits = said.events.compactMap { if case .edit(let edit) = $0.event { edit } else { nil } }
        #expect(
            edits.map(\.step) == [40, 31] && said.events.filter(\.event.isEdit).allSatisfy { $0.step == 30 })
        #expect(try run(edits: edits).points.map(\.value) == said.points.map(\.value))
        let unedited = try run().points.map(\.value)
        #expect(unedited.prefix(30) == said.points.map(\.value).prefix(30))
        #expect(unedited[30] != said.points[30].value)
    }

    /// A trial that is stopped between an edit's announcement and its step applies it when it goes on.
    @Test func anAnnouncedEditSurvivesAStop() throws {
        let first = try ordered { link, drain in
            waitFor(30, drain)
            link.edit("rate", to: "0.5", from: 40)
            link.step(5)
            waitFor(35, drain)
            link.stop()
        }
        let edits = first.events.compactMap { if case .edit(let edit) = $0.event { edit } else { nil } }
        #expect(edits.map(\.step) == [40] && first.checkpoints.last?.edits == 1)
        let second = try run(edits: edits, resume: plan(first))
        #expect(second.events.allSatisfy { !$0.event.isEdit }, "the store has it already")
        let whole = try run(edits: edits)
        #expect(first.points.map(\.value) + second.points.map(\.value) == whole.points.map(\.value))
    }

    @Test func unknownArmsAreRefused() {
        #expect { try run("plian") } throws: {
            "\($0)" == "No arm is called 'plian' (did you mean 'plain'?); this method has plain, pulled."
        }
    }
}
