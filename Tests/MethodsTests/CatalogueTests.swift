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

    /// Those that are resumed and edited: see ``KeptRuns/closely(_:)``.
    static let closely = arms.filter { KeptRuns.closely($0.method).contains($0.arm) }

    /// The kept run pauses on its way where the arm is looked at closely, the second one never.
    @Test(arguments: arms)
    func equalSeedsAreEqual(_ one: ArmOfMethod) throws {
        let first = try KeptRuns.run(one.method, one.arm), second = try Run(one.method, one.arm, seed: 1)
        #expect(first.said == second.said)
        #expect(first.states == second.states)
    }

    @Test(arguments: closely)
    func otherSeedsDiffer(_ one: ArmOfMethod) throws {
        let first = try KeptRuns.run(one.method, one.arm)
        #expect(try Run(one.method, one.arm, seed: 2).said.points != first.said.points)
    }

    /// From random steps, and from ends of stages, where the newest checkpoint is a final state.
    @Test(arguments: closely)
    func goesOnFromAnywhereBitForBit(_ one: ArmOfMethod) throws {
        let whole = try KeptRuns.run(one.method, one.arm)
        #expect(whole.pauses.map(\.step) == (try KeptRuns.places(one.method, one.arm)))
        for (step, points, resume) in whole.pauses {
            let rest = try Run(one.method, one.arm, seed: 1, resume: resume)
            #expect(Array(whole.said.points.dropFirst(points)) == rest.said.points, "from step \(step)")
            #expect(rest.states.allSatisfy { whole.states[$0.key] == $0.value }, "from step \(step)")
            #expect(!rest.states.isEmpty)
        }
    }

    /// What a stop leaves is what a pause at the same step does.
    @Test(arguments: closely)
    func stopsWhereItIsTold(_ one: ArmOfMethod) throws {
        let whole = try KeptRuns.run(one.method, one.arm)
        guard let place = whole.pauses.first else { return }
        let stopped = try Run(one.method, one.arm, seed: 1, stopAt: place.step)
        #expect(
            stopped.steps == place.step && stopped.resume?.checkpoint.state == place.resume.checkpoint.state)
        #expect(stopped.said.points == Array(whole.said.points.prefix(place.points)))
    }

    @Test(arguments: closely)
    func aLiveEditSurvivesResume(_ one: ArmOfMethod) throws {
        guard let spec = one.method.inputs.first(where: { $0.live && $0.numbers != nil }) else { return }
        let steps = try KeptRuns.run(one.method, one.arm).steps
        let at = max(1, steps / 2), value = try Run.other(spec)
        let edit = Edit(step: at, input: spec.name, text: value, before: spec.initial)
        let place = min(steps - 1, at + steps / 4)
        let whole = try Run(one.method, one.arm, seed: 1, edits: [edit], pausingAt: [place])
        let pause = try #require(whole.pauses.first)
        let rest = try Run(one.method, one.arm, seed: 1, edits: [edit], resume: pause.resume)
        #expect(Array(whole.said.points.dropFirst(pause.points)) == rest.said.points)
        #expect(whole.said.edits == [edit] && rest.said.edits == [])
    }

    @Test(arguments: methods)
    func sharedStagesFromTheCacheChangeNoBit(_ method: MethodInfo) throws {
        let shared = try SharedStage.all(of: method)
        guard !shared.isEmpty else { return }
        // The first arm of each group computes, the others find it there.
        let cache = CountingCache()
        for arm in method.arms {
            let computed = try KeptRuns.run(method, arm.name)
            let cached = try Run(method, arm.name, seed: 1, cache: cache)
            #expect(computed.said == cached.said && computed.states == cached.states, "\(arm.name)")
        }
        let again = try Run(method, method.arms[0].name, seed: 1, cache: cache)
        #expect(try again.said == KeptRuns.run(method, method.arms[0].name).said)
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
        var runs = try method.arms.map { try KeptRuns.run(method, $0.name) }
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

    /// What the card says is shown by an artifact is kept by some arm or tool.
    @Test(arguments: methods)
    func artifactsThatShowPartsAreKept(_ method: MethodInfo) throws {
        let named = Set(
            method.card.parts.compactMap { part -> String? in
                if case .artifact(let name)? = part.place?.sight { name } else { nil }
            })
        guard !named.isEmpty else { return }
        var kept = Set<String>()
        for arm in method.arms { kept.formUnion(try KeptRuns.run(method, arm.name).artifacts.map(\.0)) }
        for tool in method.tools { kept.formUnion(try Run(method, tool).artifacts.map(\.0)) }
        #expect(named.subtracting(kept).isEmpty, "nothing is kept under these names")
    }

    @Test(arguments: methods)
    func everyArtifactExportsAsFiles(_ method: MethodInfo) throws {
        for arm in method.arms {
            let artifacts = try KeptRuns.run(method, arm.name).artifacts
            #expect(!artifacts.isEmpty)
            for (name, artifact) in artifacts {
                let files = try artifact.files(named: name)
                #expect(!files.isEmpty && files.allSatisfy { !$0.contents.isEmpty }, "\(name)")
            }
        }
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
