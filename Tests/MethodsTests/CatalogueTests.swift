import Base
import Foundation
import MethodKit
import Methods
import Testing

/// What every engine must do, at its smallest preset.
@Suite struct CatalogueTests {
    static let methods = catalogue.map { MethodInfo($0) }
    static let arms = methods.flatMap { method in
        method.arms.map { ArmOfMethod(method: method, arm: $0.name) }
    }

    struct ArmOfMethod: Sendable, CustomStringConvertible {
        let method: MethodInfo
        let arm: String
        var description: String { "\(method.card.id) \(arm)" }
    }

    @Test(arguments: arms)
    func equalSeedsAreEqualAndOthersDiffer(_ one: ArmOfMethod) throws {
        let first = try Run(one.method, one.arm, seed: 1), second = try Run(one.method, one.arm, seed: 1)
        #expect(first.said == second.said)
        #expect(first.states == second.states)
        #expect(try Run(one.method, one.arm, seed: 2).said.points != first.said.points)
    }

    @Test(arguments: arms)
    func stopsAnywhereAndGoesOnBitForBit(_ one: ArmOfMethod) throws {
        let whole = try Run(one.method, one.arm, seed: 1)
        var random = RandomStream(seed: 5).derive(one.description)
        // Random steps, and the ends of stages, where the newest checkpoint is a final state.
        let totals = try one.method.stages(Run.smoke(one.method), arm: one.arm).map(\.total)
        let ends = totals.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }.filter {
            $0 > 0 && $0 < whole.steps
        }
        let places =
            (0..<3).map { _ in 1 + random.below(whole.steps - 1) }
            + random.choose(min(3, ends.count), of: ends.count).map { ends[$0] }
        for step in places {
            let first = try Run(one.method, one.arm, seed: 1, stopAt: step)
            #expect(first.steps == step)
            let second = try Run(one.method, one.arm, seed: 1, resume: first.resume)
            #expect(first.said.points + second.said.points == whole.said.points, "stopped at \(step)")
            #expect(second.states.allSatisfy { whole.states[$0.key] == $0.value }, "stopped at \(step)")
            #expect(!second.states.isEmpty)
        }
    }

    @Test(arguments: arms)
    func aLiveEditSurvivesResume(_ one: ArmOfMethod) throws {
        guard let spec = one.method.inputs.first(where: { $0.live && $0.numbers != nil }) else { return }
        let plain = try Run(one.method, one.arm, seed: 1)
        let at = plain.steps / 2, value = try Run.other(spec)
        let edit = Edit(step: at, input: spec.name, text: value, before: spec.initial)
        let whole = try Run(one.method, one.arm, seed: 1, edits: [edit])
        let first = try Run(one.method, one.arm, seed: 1, edits: [edit], stopAt: at + plain.steps / 4)
        let second = try Run(one.method, one.arm, seed: 1, edits: [edit], resume: first.resume)
        #expect(first.said.points + second.said.points == whole.said.points)
        #expect(first.said.edits + second.said.edits == [edit])
    }

    @Test(arguments: methods)
    func sharedStagesFromTheCacheChangeNoBit(_ method: MethodInfo) throws {
        let shared = try SharedStage.all(of: method)
        guard !shared.isEmpty else { return }
        let cache = CountingCache()
        for arm in method.arms {
            let computed = try Run(method, arm.name, seed: 1)
            let cached = try Run(method, arm.name, seed: 1, cache: cache)
            let again = try Run(method, arm.name, seed: 1, cache: cache)
            #expect(computed.said == cached.said && cached.said == again.said, "\(arm.name)")
            #expect(computed.states == again.states, "\(arm.name)")
        }
        #expect(cache.computed == shared.count)
    }

    /// Arms may differ in their stages: what both go through is compared, and what each claim's metric came to.
    @Test(arguments: methods)
    func armsCoincideWhenTheIdeaIsOff(_ method: MethodInfo) throws {
        for coincidence in method.coincidences {
            let texts = try method.texts(switchedOff: coincidence.when, preset: "smoke")
            let (a, b) = coincidence.arms
            let other = Set(try method.stages(texts, arm: b).map(\.name))
            let common = try method.stages(texts, arm: a).map(\.name).filter(other.contains)
            let first = try Run(method, a, seed: 1, texts: texts),
                second = try Run(method, b, seed: 1, texts: texts)
            for stage in common {
                let same = first.points(in: stage) == second.points(in: stage)
                #expect(same, "\(a) and \(b) in \(stage): \(coincidence.when)")
            }
            for claimed in method.claims.flatMap(\.metrics) {
                let metric = method.metrics.firstIndex(of: claimed)
                let last = [first, second].map { run in run.said.points.last { $0.metric == metric }?.bits }
                #expect(last[0] == last[1] && last[0] != nil, "\(a) and \(b): \(coincidence.when)")
            }
        }
    }

    /// A metric may belong to one choice of an input: every choice is tried that needs no file of the user's.
    @Test(arguments: methods)
    func whatIsDeclaredIsReported(_ method: MethodInfo) throws {
        var runs = try method.arms.map { try Run(method, $0.name, seed: 1) }
        for spec in method.inputs {
            guard case .choice(let names) = spec.kind else { continue }
            for choice in names where choice != spec.initial {
                do {
                    let texts = try method.texts(preset: "smoke", typed: [spec.name: choice])
                    runs.append(try Run(method, method.arms[0].name, seed: 1, texts: texts))
                } catch is any InputRefusal {}
            }
        }
        for tool in method.tools { runs.append(try Run(method, tool)) }
        let reported = Set(runs.flatMap { $0.said.points.map(\.metric) })
        for (index, metric) in method.metrics.enumerated() {
            #expect(reported.contains(index), "\(metric.name) is never reported")
        }
        for claim in method.claims {
            #expect(claim.metrics.isSubset(of: method.metrics))
            #expect(method.presets.contains { $0.name == claim.preset })
            #expect(Set(claim.arms).isSubset(of: method.arms.map(\.name)))
        }
        #expect(
            ["smoke", "quick", "full"].allSatisfy { name in method.presets.contains { $0.name == name } })
        #expect(!method.card.differences.isEmpty && !method.card.equations.isEmpty)
    }

    /// A result that trials share must not depend on what may differ between them. All undeclared inputs are changed
    /// at once; only when that shows are they changed one by one, to find which.
    @Test(arguments: methods)
    func noUndeclaredInputReachesASharedStage(_ method: MethodInfo) throws {
        let texts = try Run.smoke(method),
            owned = Set((method.tools + [method.apply].compactMap { $0 }).flatMap(\.owns))
        for shared in try SharedStage.all(of: method) {
            let kept = owned.union(shared.stage.reads)
            let others = try method.inputs.filter { !kept.contains($0.name) }.map {
                ($0.name, try Samples.values($0, method)[1])
            }
            #expect(!method.inputs.contains { $0.live && shared.stage.reads.contains($0.name) })
            let wanted = try #require(try shared.state(texts))
            let changed = texts.merging(others) { $1 }
            guard try shared.state(changed) != wanted else { continue }
            let found = try others.filter { try shared.state(texts.merging([$0]) { $1 }) != wanted }.map(\.0)
            Issue.record("stage \(shared.stage.name) reads \(found), which it does not declare")
        }
    }

    @Test(arguments: methods)
    func namesOfStagesArmsAndToolsDiffer(_ method: MethodInfo) throws {
        let tools = (method.tools + [method.apply].compactMap { $0 }).map(\.name)
        let stages = try method.arms.flatMap {
            try method.stages(Run.smoke(method), arm: $0.name).map(\.name)
        }
        #expect(
            Set(tools).isDisjoint(with: method.arms.map(\.name) + stages) && Set(tools).count == tools.count)
    }

    @Test(arguments: methods)
    func everyRangeIsEnforcedWithOneSentence(_ method: MethodInfo) throws {
        for spec in method.inputs {
            for text in spec.kind.wrong {
                let error = #expect(throws: InputError.self) {
                    try method.texts(preset: "smoke", typed: [spec.name: text])
                }
                let sentence = error.map { "\($0)" } ?? ""
                #expect(sentence.contains(spec.name) && sentence.contains(spec.range), "\(sentence)")
                #expect(sentence.hasSuffix(".") && !sentence.contains("\n"), "\(sentence)")
            }
        }
        let error = #expect(throws: InputError.self) { try method.texts(preset: nil, typed: ["stepz": "1"]) }
        #expect(error.map { "\($0)" }?.contains("No input is called 'stepz'") == true)
    }

    @Test(arguments: methods)
    func everyArtifactExportsAsFiles(_ method: MethodInfo) throws {
        for arm in method.arms {
            let artifacts = try Run(method, arm.name, seed: 1).artifacts
            #expect(!artifacts.isEmpty)
            for (name, artifact) in artifacts {
                let files = try artifact.files(named: name)
                #expect(!files.isEmpty && files.allSatisfy { !$0.contents.isEmpty }, "\(name)")
            }
        }
    }
}

/// A shared stage, with one of the arms that share it.
struct SharedStage {
    let method: MethodInfo
    let stage: MethodInfo.StagePlan
    let arm: String
    /// Steps until its end.
    let end: Int

    /// Those of the smoke preset, once for each group.
    static func all(of method: MethodInfo) throws -> [SharedStage] {
        var found: [SharedStage] = []
        for arm in method.arms {
            var end = 0
            for stage in try method.stages(Run.smoke(method), arm: arm.name) {
                end += stage.total
                let isNew = !found.contains { $0.stage.name == stage.name && $0.stage.group == stage.group }
                guard stage.isShared, stage.total > 0, isNew else { continue }
                found.append(SharedStage(method: method, stage: stage, arm: arm.name, end: end))
            }
        }
        return found
    }

    /// What it leaves under these inputs.
    func state(_ texts: [String: String]) throws -> Data? {
        try Run(method, arm, seed: 1, texts: texts, stopAt: end).states[stage.name]
    }
}

/// One run of one arm at the smoke preset, and everything that it said.
struct Run {
    struct Said: Equatable {
        struct Value: Equatable { let metric, step: Int, bits: UInt64 }
        var points: [Value] = []
        var events: [TrialEvent] = []
        var edits: [Edit] = []
    }

    private(set) var said = Said()
    /// Steps completed.
    private(set) var steps = 0
    /// Final states by stage.
    private(set) var states: [String: Data] = [:]
    private(set) var artifacts: [(String, Artifact)] = []
    /// The step before each stage's first.
    private var begins: [String: Int] = [:]
    /// Of the stages, in order.
    private var order: [String] = []
    private var last: Checkpoint?

    /// Runs to the end, or pauses and stops after `stopAt` steps.
    init(
        _ method: MethodInfo, _ arm: String, tool: String? = nil, seed: UInt64,
        texts: [String: String]? = nil, edits: [Edit] = [], stopAt: Int? = nil,
        resume: TrialPlan.Resume? = nil, cache: (any StageCache)? = nil
    ) throws {
        let link = TrialLink(), texts = try texts ?? Self.smoke(method)
        guard let stopAt else {
            try method.run(
                arm, tool: tool, texts: texts, seed: seed, edits: edits, resume: resume, cache: cache,
                link: link)
            take(link.drain())
            return
        }
        link.step(stopAt)
        let done = Locked<(any Error)??>(nil)
        Thread.detachNewThread {
            do {
                try method.run(arm, texts: texts, seed: seed, edits: edits, cache: cache, link: link)
                done.withLock { $0 = .some(nil) }
            } catch { done.withLock { $0 = .some(error) } }
        }
        while done.withLock({ $0 == nil }) {
            let batch = link.drain()
            take(batch)
            if batch.isPaused { link.stop() }
            usleep(500)
        }
        take(link.drain())
        if let error = done.withLock({ $0 ?? nil }), !(error is Stopped) { throw error }
    }

    /// Runs a tool on its sample, or on another file.
    init(_ method: MethodInfo, _ tool: MethodInfo.Tool, file: String? = nil, _ typed: [String: String] = [:])
        throws
    {
        let typed = typed.merging([tool.file: file ?? tool.sample()]) { $1 }
        let texts = try method.texts(tool: tool.name, preset: "smoke", typed: typed)
        try self.init(method, tool.name, tool: tool.name, seed: 1, texts: texts)
    }

    /// What was reported in a stage, its steps counted from the stage's beginning.
    func points(in stage: String) -> [Said.Value] {
        guard let place = order.firstIndex(of: stage), let begin = begins[stage] else { return [] }
        let end = place + 1 < order.count ? begins[order[place + 1]] ?? .max : .max
        return said.points.filter { $0.step > begin && $0.step <= end }.map {
            Said.Value(metric: $0.metric, step: $0.step - begin, bits: $0.bits)
        }
    }

    private mutating func take(_ batch: TrialLink.Batch) {
        said.points += batch.points.map {
            Said.Value(metric: $0.metric, step: $0.step, bits: $0.value.bitPattern)
        }
        for event in batch.events {
            if case .edit(let edit) = event.event {
                said.edits.append(edit)
            } else {
                said.events.append(event.event)
            }
            if case .stage(let name, _, _) = event.event {
                begins[name] = event.step
                order.append(name)
            }
            if case .artifact(let name, let artifact, _) = event.event { artifacts.append((name, artifact)) }
        }
        for checkpoint in batch.checkpoints {
            last = checkpoint
            if checkpoint.isFinal { states[checkpoint.stage] = checkpoint.state }
        }
        steps = max(steps, batch.completed)
    }

    /// Where to go on.
    var resume: TrialPlan.Resume? {
        last.map { last in
            TrialPlan.Resume(checkpoint: last, finalStates: states.filter { $0.key != last.stage })
        }
    }

    /// Where a finished trial can be applied: a store keeps its last state and no other.
    var lastStateAlone: TrialPlan.Resume? {
        last.map { TrialPlan.Resume(checkpoint: $0, finalStates: [:]) }
    }

    static func smoke(_ method: MethodInfo) throws -> [String: String] {
        try method.texts(preset: "smoke", typed: [:])
    }

    /// Another value of a number than its default, inside its range.
    static func other(_ spec: InputSpec) throws -> String {
        let range = try #require(spec.numbers), now = try #require(Double(spec.initial))
        return "\((now + range.upperBound) / 2)"
    }
}

/// Keeps results in memory, and counts how often it computed.
final class CountingCache: StageCache {
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

extension MethodInfo: CustomStringConvertible {
    public var description: String { card.id }
}

extension InputSpec {
    /// The range of an input that takes any number.
    var numbers: ClosedRange<Double>? { if case .number(let range) = kind { range } else { nil } }
}

extension InputKind {
    /// Texts that an input of this kind refuses.
    fileprivate var wrong: [String] {
        switch self {
        case .wholeNumber, .number: ["-1e30", "much"]
        case .file, .choices: ["x.exe"]
        case .choice, .folder: ["neither"]
        case .text: ["two\nlines"]
        case .model: ["", "ftp://host"]
        }
    }
}
