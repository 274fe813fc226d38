import Base
import Checkpoints
import Foundation
import MethodKit
import Testing

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
    /// Bytes of what the states refer to and never change.
    private var frozen: [Digest: Data] = [:]
    /// Where it was paused, with what it had said until then.
    private(set) var pauses: [(step: Int, points: Int, resume: TrialPlan.Resume)] = []

    /// Runs to the end, or pauses and stops after `stopAt` steps; on the way it pauses after some steps and goes on.
    init(
        _ method: MethodInfo, _ arm: String, tool: String? = nil, seed: UInt64,
        texts: [String: String]? = nil, edits: [Edit] = [], stopAt: Int? = nil, pausingAt places: [Int] = [],
        resume: TrialPlan.Resume? = nil, cache: (any StageCache)? = nil
    ) throws {
        let link = TrialLink(), texts = try texts ?? Self.smoke(method)
        var places = (places + [stopAt].compactMap { $0 })[...]
        guard let first = places.first else {
            try method.run(
                arm, tool: tool, texts: texts, seed: seed, edits: edits, resume: resume, cache: cache,
                models: TrialModels(DrawingModels()), link: link)
            take(link.drain())
            return
        }
        link.step(first)
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
            // A pause that was answered already may be seen once more, before the trial wakes.
            if batch.isPaused, let place = places.first, steps == place {
                if let resume = self.resume { pauses.append((place, said.points.count, resume)) }
                places.removeFirst()
                if place == stopAt {
                    link.stop()
                } else if let next = places.first {
                    link.step(next - place)
                } else {
                    link.goOn()
                }
            }
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
            for part in checkpoint.frozen where frozen[part.digest] == nil {
                frozen[part.digest] = part.bytes
            }
        }
        steps = max(steps, batch.completed)
    }

    /// Where to go on.
    var resume: TrialPlan.Resume? {
        last.map { goingOn(from: $0, after: states.filter { $0.key != last?.stage }) }
    }

    /// Where a finished trial can be applied: a store keeps its last state and no other.
    var lastStateAlone: TrialPlan.Resume? { last.map { goingOn(from: $0, after: [:]) } }

    private func goingOn(from checkpoint: Checkpoint, after finalStates: [String: Data]) -> TrialPlan.Resume {
        TrialPlan.Resume(checkpoint: checkpoint, finalStates: finalStates) { [frozen] digest in
            guard let bytes = frozen[digest] else { throw FrozenError.missing(digest.hex) }
            return bytes
        }
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

/// Provides one model that draws words by what it is asked: whoever asks one is tried without a real one.
struct DrawingModels: ModelProvider, LanguageModel {
    /// Few of them, so that texts are alike; numbers of one digit are no words where texts are compared.
    private static let words = [" so", " 7", " 8", " so", " 9", " is", "\n"]

    func model(_ model: InputModel, isStopped: @escaping @Sendable () -> Bool) throws -> any LanguageModel {
        self
    }

    func answer(_ request: ModelRequest, hear: (Int, ModelAnswer) -> Void) throws {
        for place in request.prompts.indices {
            let own = request.temperature > 0 ? "\(request.seed(of: place) ?? 0) \(request.temperature)" : ""
            // The longer a text is, the surer it is of what follows.
            let sure = exp2(-Double(request.prompts[place].count { $0 == "\n" }))
            var random = RandomStream(seed: 1).derive(
                "\(request.prompts[place]) \(request.texts?[place] ?? "") \(request.longest) \(own)")
            // Of every other question all that is foreseen is the same: searches that stop when foresights agree do there.
            let question = request.prompts[place].components(separatedBy: "Question:").last?.split(
                separator: "\n"
            ).first
            let isSettled = question.map { $0.count % 2 == 0 } ?? false
            hear(place, answer(request.texts?[place], request, sure, isSettled, using: &random))
        }
    }

    private func answer(
        _ text: String?, _ request: ModelRequest, _ sure: Double, _ isSettled: Bool,
        using random: inout RandomStream
    ) -> ModelAnswer {
        if let text { return ModelAnswer(text, tokens: [.init(text, -random.uniform(0, 4))]) }
        if request.longest > 100, isSettled {
            return ModelAnswer(" so 7", tokens: [.init(" so", -sure), .init(" 7", -sure)])
        }
        var tokens: [ModelAnswer.Token] = []
        for _ in 0..<min(request.longest, 3 + random.below(9)) {
            let word = Self.words[random.below(Self.words.count)]
            if !tokens.isEmpty, request.stops.contains(word) { break }
            tokens.append(
                .init(word == "\n" && request.stops == ["\n"] ? " so" : word, -random.uniform(0, sure)))
        }
        return ModelAnswer(tokens.map(\.text).joined(), tokens: tokens)
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
