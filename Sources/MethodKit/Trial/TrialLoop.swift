import Base
import Checkpoints
import Foundation

extension Trial {
    /// Runs one stage: calls `body` once for each of its steps, from 1 to the stage's total.
    ///
    /// `state` holds *all* that changes: parameters, optimiser, random streams, position in the data. From that
    /// one declaration come pause, single step, checkpoint, resume and live edits; the body needs no code for them.
    /// A body that changes anything else breaks resume, and the catalogue's test shows it.
    ///
    /// - Parameters:
    ///   - stage: one of ``Method/stages``; a run comes to them in that order. One that is not of this trial's arm makes
    ///     no steps.
    ///   - state: its value before the stage; afterwards, its value after the stage, computed, resumed or taken
    ///     from the cache.
    ///   - body: one step, with the inputs that hold for it.
    /// - Throws: ``Stopped``, ``Diverged``, or what `body` throws.
    public func run<State: Codable>(
        _ stage: Stage<Inputs>, state: inout State,
        _ body: (_ state: inout State, _ step: Int, _ inputs: Inputs) throws -> Void
    ) throws {
        let index = enter(stage)
        guard stage.isPart(of: arm) else { return }
        if let resume = plan.resume, isMuted {
            guard let target = stages.firstIndex(where: { $0.name == resume.checkpoint.stage }) else {
                throw CheckpointError.noStage(resume.checkpoint.stage)
            }
            if index < target || (index == target && resume.checkpoint.isFinal) {
                try skip(stage, resume, &state, body)
                if index == target { restore(resume.checkpoint) }
                return
            }
        }
        say(.stage(name: stage.name, unit: stage.unit, total: stage.total(inputs)))
        if group(of: stage) == nil {
            try runOwn(stage, &state, body)
        } else {
            try runShared(stage, &state, body)
        }
    }

    /// One step of a stage.
    typealias Body<State> = (inout State, Int, Inputs) throws -> Void

    private func group(of stage: Stage<Inputs>) -> String? { stage.group(of: arm) }

    private func enter(_ stage: Stage<Inputs>) -> Int {
        guard let index = stages.firstIndex(where: { $0.name == stage.name }) else {
            preconditionFailure("stage '\(stage.name)' is not among the method's stages")
        }
        precondition(index > (position ?? -1), "stage '\(stage.name)' comes too late or twice")
        position = index
        return index
    }

    // MARK: A stage that belongs to its arm

    private func runOwn<State: Codable>(
        _ stage: Stage<Inputs>, _ state: inout State, _ body: Body<State>
    ) throws {
        let start = try resumePoint(in: stage, &state)
        try loop(stage, from: start, &state, body)
        try saveCheckpoint(
            stage, stage.total(inputs), state: try StateCoding.encode(state, on: shelf), isFinal: true)
    }

    /// Where to begin: at the checkpoint if it lies in this stage, else at 0.
    private func resumePoint<State: Codable>(in stage: Stage<Inputs>, _ state: inout State) throws -> Int {
        guard isMuted, let checkpoint = plan.resume?.checkpoint, checkpoint.stage == stage.name else {
            return 0
        }
        state = try decode(checkpoint.state)
        if !checkpoint.record.isEmpty { capture = try StageRecord(encoded: checkpoint.record) }
        restore(checkpoint)
        return checkpoint.stageStep
    }

    /// From here on the trial says what the store does not have.
    fileprivate func restore(_ checkpoint: Checkpoint) {
        completed = checkpoint.step
        counts = (checkpoint.points, checkpoint.events, checkpoint.edits)
        agenda.markSaid(first: checkpoint.edits)
        transcript.pass(first: plan.models.passed, of: plan.models.exchanges)
        applyDueEdits(at: completed)
        isMuted = false
    }

    private func skip<State: Codable>(
        _ stage: Stage<Inputs>, _ resume: TrialPlan.Resume, _ state: inout State, _ body: Body<State>
    ) throws {
        let last = resume.checkpoint.stage == stage.name ? resume.checkpoint.state : nil
        if let saved = resume.finalStates[stage.name] ?? last {
            state = try decode(saved)
            completed += stage.total(inputs)
        } else if group(of: stage) != nil {
            try runShared(stage, &state, body)
        } else {
            throw CheckpointError.noFinalState(stage.name)
        }
    }

    // MARK: A shared stage

    private func runShared<State: Codable>(
        _ stage: Stage<Inputs>, _ state: inout State, _ body: Body<State>
    ) throws {
        let base = baseStep(of: stage)
        var working = state
        var isComputed = false
        func compute() throws -> StageResult {
            isComputed = true
            return try record(stage, from: base, &working, body)
        }
        var result: StageResult
        // Nothing is worth keeping of a stage without steps, nor its key worth reading the user's files for.
        if let cache = plan.cache, stage.total(inputs) > 0 {
            result = try cache.result(
                for: try key(of: stage), isStopped: { [link] in link.isStopped }, compute)
        } else {
            result = try compute()
        }
        // What another build kept under the same key, and this one cannot read, is computed anew.
        if !isComputed, (try? decode(result) as State) == nil { result = try compute() }
        // Computed or taken, what follows starts from the same decoded bytes.
        state = try decode(result)
        if !isComputed { try replay(result.record, of: stage, from: base) }
        capture = nil
        let parts = result.frozen.map { FrozenPart(digest: $0, bytes: $1) }
        try saveCheckpoint(
            stage, stage.total(inputs), state: EncodedState(bytes: result.state, frozen: parts), isFinal: true
        )
    }

    /// Steps completed when the stage began, also when the trial goes on in the middle of it.
    private func baseStep(of stage: Stage<Inputs>) -> Int {
        guard isMuted, let checkpoint = plan.resume?.checkpoint, checkpoint.stage == stage.name else {
            return completed
        }
        return checkpoint.step - checkpoint.stageStep
    }

    private func record<State: Codable>(
        _ stage: Stage<Inputs>, from base: Int, _ state: inout State, _ body: Body<State>
    ) throws -> StageResult {
        capture = StageRecord()
        let start = try resumePoint(in: stage, &state)
        try loop(stage, from: start, &state, body)
        let record = (capture ?? StageRecord()).shifted(by: -base)
        let encoded = try StateCoding.encode(state, on: shelf, withBytes: true)
        return StageResult(
            state: encoded.bytes, record: record,
            frozen: Dictionary(uniqueKeysWithValues: encoded.frozen.map { ($0.digest, $0.bytes ?? Data()) }))
    }

    /// A state that was saved: frozen parts are those of a state that lives, or of the store.
    fileprivate func decode<State: Decodable>(_ bytes: Data) throws -> State {
        try StateCoding.decode(State.self, from: bytes, on: shelf) { [resume = plan.resume] digest in
            guard let resume else { throw FrozenError.missing(digest.hex) }
            return try resume.frozen(digest)
        }
    }

    private func decode<State: Decodable>(_ result: StageResult) throws -> State {
        try StateCoding.decode(State.self, from: result.state, on: shelf) { digest in
            guard let bytes = result.frozen[digest] else { throw FrozenError.missing(digest.hex) }
            return bytes
        }
    }

    /// Says what the stage said when it was computed, as far as this trial has not said it yet.
    private func replay(_ record: StageRecord, of stage: Stage<Inputs>, from base: Int) throws {
        capture = nil
        var said = StageRecord()
        if isMuted, let checkpoint = plan.resume?.checkpoint, checkpoint.stage == stage.name {
            if !checkpoint.record.isEmpty { said = try StageRecord(encoded: checkpoint.record) }
            restore(checkpoint)
        }
        let rest = record.shifted(by: base).dropping(said)
        completed = base + stage.total(inputs)
        applyDueEdits(at: completed)
        guard !isMuted else { return }
        for case .exchange(let exchange) in record.events.map(\.event) { transcript.pass(exchange) }
        for event in rest.events { send(TimedEvent(step: event.step, elapsed: elapsed, event: event.event)) }
        for point in rest.points {
            counts.points[point.metric] += 1
            pending.append(
                Point(metric: point.metric, step: point.step, elapsed: elapsed, value: point.value))
        }
    }

    private func key(of stage: Stage<Inputs>) throws -> StageKey {
        let texts = inputs.texts
        let files = Set(Inputs.specs.filter { $0.kind.isPath }.map(\.name))
        let values = try (stage.reads ?? []).sorted().map { name -> String in
            let text = texts[name] ?? ""
            guard files.contains(name), !text.isEmpty else { return "\(name)=\(text)" }
            return "\(name)=\(try Digest(ofFile: URL(filePath: text)).hex)"
        }
        let group = group(of: stage) ?? ""
        let name = group.isEmpty ? stage.name : "\(stage.name) of \(group)"
        return StageKey(method: plan.method, stage: name, seed: seed, inputs: values)
    }

    // MARK: The loop

    private func loop<State: Codable>(
        _ stage: Stage<Inputs>, from start: Int, _ state: inout State, _ body: Body<State>
    ) throws {
        let total = stage.total(inputs)
        var anchor = Anchor(
            stageStep: start, inputs: inputs, state: try StateCoding.encode(state, on: shelf))
        for done in start..<max(start, total) {
            try boundary(stage, done, state, &anchor)
            isInStep = true
            (stageStep, stageTotal) = (done + 1, total)
            defer { isInStep = false }
            do { try body(&state, done + 1, inputs) } catch { throw ended(by: error) }
            isInStep = false
            completed += 1
            if let nonFinite {
                flush(completed: completed)
                anchor.exchanges = transcript.said
                let operation = retrace(from: anchor, through: done + 1, body)
                throw Diverged(metric: nonFinite.metric, step: nonFinite.step, operation: operation)
            }
        }
        flush(completed: completed)
    }

    private func ended(by error: any Error) -> any Error {
        flush(completed: completed)
        return error
    }

    /// What a step boundary is for: say what the last step left, obey orders, apply edits that are due.
    private func boundary<State: Codable>(
        _ stage: Stage<Inputs>, _ done: Int, _ state: State, _ anchor: inout Anchor<Inputs>
    ) throws {
        flush(completed: completed)
        if agenda.isDue(at: completed + 1) { applyDueEdits(at: completed + 1) }
        // However often the trial is woken here, its state is the same: one checkpoint is enough.
        var isSaved = false
        while link.hasOrders {
            let orders = link.takeOrders()
            for edit in orders.edits { take(edit) }
            if !isSaved, orders.needCheckpoint {
                anchor = Anchor(
                    stageStep: done, inputs: inputs, state: try StateCoding.encode(state, on: shelf))
                transcript.forgetSaid()
                try saveCheckpoint(stage, done, state: anchor.state, isFinal: false)
                isSaved = true
            }
            if orders.isStopped { throw Stopped() }
            guard orders.mustWait else { return }
            waitForOrder(seen: orders.holders)
        }
    }

    /// Where the search for the first bad operation starts from.
    private struct Anchor<Values> {
        var stageStep: Int
        var inputs: Values
        var state: EncodedState
        /// What was asked since, and answered.
        var exchanges: [Exchange] = []
    }

    /// Runs the steps since the last known state again, with the trap set, and says nothing meanwhile.
    private func retrace<State: Codable>(
        from anchor: Anchor<Inputs>, through last: Int, _ body: Body<State>
    ) -> String? {
        let wasMuted = isMuted
        (isMuted, isInStep) = (true, true)
        defer { (isMuted, isInStep) = (wasMuted, false) }
        guard var state: State = try? decode(anchor.state.bytes) else { return nil }
        var values = anchor.inputs
        let offset = completed - last
        return NumericTrap.find {
            transcript = Transcript(anchor.exchanges)
            for step in (anchor.stageStep + 1)...last {
                stageStep = step
                for edit in agenda.applied where edit.step == offset + step {
                    values = try values.setting([edit.input: edit.text])
                }
                try body(&state, step, values)
            }
        }
    }

    // MARK: Edits and checkpoints

    /// Says that an input changes, now or at a later step.
    private func take(_ asked: TrialLink.Orders.Edit) {
        let step = max(completed + 1, asked.step ?? 0)
        let before = agenda.text(of: asked.input, before: step) ?? inputs.texts[asked.input] ?? ""
        guard before != asked.text, (try? inputs.editing(asked.input, to: asked.text)) != nil else { return }
        let edit = Edit(
            step: step, input: asked.input, text: asked.text, before: before, by: asked.source)
        agenda.add(edit, isSaid: true)
        send(TimedEvent(step: completed, elapsed: elapsed, event: .edit(edit)))
        applyDueEdits(at: completed + 1)
    }

    /// Applies the edits that hold from `step` on or from an earlier one, and says those that were not said yet.
    private func applyDueEdits(at step: Int) {
        while let (edit, isSaid) = agenda.popDue(at: step) {
            if let edited = try? inputs.setting([edit.input: edit.text]) { inputs = edited }
            if !isSaid { send(TimedEvent(step: completed, elapsed: elapsed, event: .edit(edit))) }
        }
    }

    private func saveCheckpoint(
        _ stage: Stage<Inputs>, _ done: Int, state: EncodedState, isFinal: Bool
    ) throws {
        guard !isMuted else { return }
        let checkpoint = Checkpoint(
            step: completed, stage: stage.name, stageStep: done, isFinal: isFinal, elapsed: elapsed,
            points: counts.points, events: counts.events, edits: counts.edits,
            state: state.bytes, record: try capture?.encoded() ?? Data(), frozen: state.frozen)
        link.post(points: pending, checkpoint: checkpoint, completed: completed)
        pending.removeAll(keepingCapacity: true)
    }
}

// MARK: Tools

extension Trial {
    /// Runs the one step of a tool. It leaves nothing but what it says, so its checkpoint is empty.
    func runOnce(_ stage: Stage<Inputs>, _ body: (Inputs) throws -> Void) throws {
        var nothing = Nothing()
        try run(stage, state: &nothing) { _, _, inputs in try body(inputs) }
    }

    /// The state of a tool.
    private struct Nothing: Codable {}

    /// The state that the finished trial ended with from which this one goes on; from here on it says what is its own.
    ///
    /// - Throws: ``ToolError/notTrained``, `DecodingError`.
    func trained<State: Decodable>(_ type: State.Type, before stage: Stage<Inputs>) throws -> State {
        guard let resume = plan.resume else { throw ToolError.notTrained }
        if resume.checkpoint.stage == stage.name {
            // Stopped before its step was done: then the states before are those of the finished trial.
            let last = stages.last { resume.finalStates[$0.name] != nil }
            guard let last, let bytes = resume.finalStates[last.name] else { throw ToolError.notTrained }
            return try decode(bytes)
        }
        guard resume.checkpoint.isFinal else { throw ToolError.notTrained }
        restore(resume.checkpoint)
        return try decode(resume.checkpoint.state)
    }
}

/// Why a trial cannot go on from its checkpoint.
public enum CheckpointError: Error, CustomStringConvertible, Equatable {
    /// The method has no stage of that name any more.
    case noStage(String)
    /// The final state of a stage before the checkpoint is missing.
    case noFinalState(String)

    public var description: String {
        switch self {
        case .noStage(let name):
            "The checkpoint lies in stage '\(name)', which this version of the method does not have."
        case .noFinalState(let name):
            "The store has no final state of stage '\(name)', so the trial must start again."
        }
    }
}
