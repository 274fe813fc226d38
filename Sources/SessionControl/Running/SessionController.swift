import Base
import Dispatch
import Foundation
import MethodKit
import Store

/// Owns the life of sessions: starts their trials, has what they say saved, and tells whoever watches. It is the only
/// writer of the trials' records.
///
/// All of its state belongs to one queue, on which it empties the trials' mailboxes (``TrialRunner``) and learns what
/// has been saved (``Committer``); the disk is waited for on another. Its functions may be called on any other thread.
public final class SessionController: Sendable {
    /// How trials are run.
    public struct Options: Sendable {
        /// Trials at a time.
        public var jobs: Int
        /// Where results of shared stages are kept.
        public var cache: StageFiles
        /// Where language models come from.
        public var models: any ModelProvider
        /// Seconds between two checkpoints of a trial.
        public var checkpointEvery: Double
        /// Seconds between two tries to save what the store refuses.
        public var retryEvery: Double
        /// The program's version.
        public var version: String
        /// What can change a result's bits: CPU, kernels, GEMM library, threads; and the system.
        public var machine: [String: String]

        /// Options from their parts.
        public init(
            jobs: Int = ProcessInfo.processInfo.activeProcessorCount, cache: StageFiles = StageFiles(),
            models: any ModelProvider = NoModels(), checkpointEvery: Double = 5, retryEvery: Double = 1,
            version: String, machine: [String: String]
        ) {
            self.jobs = jobs
            self.cache = cache
            self.models = models
            self.checkpointEvery = checkpointEvery
            self.retryEvery = retryEvery
            self.version = version
            self.machine = machine
        }
    }

    /// What the controller's queue changes.
    struct State {
        /// The trials whose end is not saved yet.
        var trials: [Int64: RunningTrial] = [:]
        /// How trials ended whose end is not saved yet.
        var endings: [Int64: RunningTrial.Ending] = [:]
        /// What the store says while it refuses.
        var trouble: String?
        /// Edits whose trials are on their way to a common step.
        var commonEdits: [CommonEdit] = []
    }

    let store: SessionStore
    let options: Options
    let onEvent: @Sendable (ControllerEvent) -> Void
    let queue = DispatchQueue(label: "benchtop.controller", qos: .userInitiated)
    let state: Confined<State>
    let runner: TrialRunner
    let committer: Committer
    private let open = DispatchGroup()

    /// A controller that writes to `store` and tells `onEvent` what happens, on its own queue.
    public init(
        store: SessionStore, options: Options,
        onEvent: @escaping @Sendable (ControllerEvent) -> Void = { _ in }
    ) {
        self.store = store
        self.options = options
        self.onEvent = onEvent
        state = Confined(State(), to: queue)
        runner = TrialRunner(jobs: options.jobs, queue: queue)
        committer = Committer(store: store, retryEvery: options.retryEvery, queue: queue)
    }

    // MARK: Starting

    /// Creates a session and queues its trials.
    ///
    /// - Returns: the session and its trials, as they are stored.
    /// - Throws: `StoreError`, `InputError`, `ModelError` before anything is stored.
    public func start(_ plan: SessionPlan) throws -> (session: SessionRecord, trials: [TrialRecord]) {
        try options.models.check(plan.inputs, of: plan.specs)
        let (session, trials) = try store.create(
            try NewSession(
                plan, models: options.models, version: options.version, machine: options.machine))
        do { enqueue(try trials.map { try prepared($0, session, plan.method) }) } catch {
            try? store.delete(session.id)
            throw error
        }
        return (session, trials)
    }

    /// Queues the trials of a stored session that have not finished; each goes on from its last checkpoint.
    ///
    /// - Returns: the trials that will run.
    /// - Throws: `StoreError`, ``ResumeError``.
    public func resume(_ session: SessionRecord, of method: MethodInfo) throws -> [TrialRecord] {
        guard session.methodVersion == method.version else {
            throw ResumeError.otherVersion(session.shortID, session.methodVersion, method.version)
        }
        try UserFiles.check(session)
        guard try store.takeOwnership(of: session.id) else { throw ResumeError.isRunning(session.shortID) }
        do {
            // Read only now: until the session was ours, somebody else may have gone on with it.
            let unfinished = try store.trials(of: session.id).filter { $0.status != .finished }
            guard !unfinished.isEmpty else { throw ResumeError.isFinished(session.shortID) }
            enqueue(try unfinished.map { try prepared($0, session, method) })
            return unfinished
        } catch {
            try? store.setOwner(nil, of: session.id)
            throw error
        }
    }

    /// A trial that goes on from its last checkpoint, or from the end of the finished one that is applied; from its
    /// beginning where there is none.
    private func prepared(
        _ trial: TrialRecord, _ session: SessionRecord, _ method: MethodInfo
    ) throws -> RunningTrial {
        var resume = try store.resumePoint(of: trial.id)
        if session.isTool, let start = trial.parent, resume?.checkpoint.step == start.step,
            resume?.checkpoint.isFinal == true
        {
            resume = try store.endOfFinished(start.trial)
        }
        let counts = resume?.checkpoint
        // What is applied has the edited values among its own inputs.
        let edits = session.isTool ? [] : try store.edits(of: trial.id)
        let points = try method.metrics.indices.map { metric in
            Array(try store.points(of: trial.id, metric: metric).dropFirst(counts?.points[metric] ?? 0))
        }
        let events = try store.events(of: trial.id).map(\.event).filter { !$0.isEdit }
        let tail = SavedTail(
            points: points, events: Array(events.dropFirst(counts?.events ?? 0)),
            edits: Array(edits.dropFirst(counts?.edits ?? 0)), through: trial.through)
        let models = TrialModels(
            options.models, exchanges: events.exchanges,
            passed: Array(events.prefix(counts?.events ?? 0)).exchanges.count)
        return RunningTrial(
            trial, of: method, tool: method.tool(of: trial, in: session), inputs: session.inputs,
            edits: edits,
            elapsed: trial.elapsed, resume: resume, models: models, savedTail: tail.isOver ? nil : tail,
            cache: options.cache, queue: queue)
    }

    private func enqueue(_ trials: [RunningTrial]) {
        for _ in trials { open.enter() }
        queue.async {
            self.state.with { state in for trial in trials { state.trials[trial.record.id] = trial } }
            self.runner.add(trials, followedBy: self)
        }
    }

    // MARK: Ending

    /// Waits until every trial has ended and its end is durable.
    ///
    /// - Returns: false when the time was not enough.
    @discardableResult
    public func wait(timeout: DispatchTime = .distantFuture) -> Bool {
        dispatchPrecondition(condition: .notOnQueue(queue))
        return open.wait(timeout: timeout) == .success
    }

    /// Forgets a trial whose end is told.
    func close(_ trial: RunningTrial) {
        state.with { $0.trials[trial.record.id] = nil }
        open.leave()
    }
}

extension [TrialEvent] {
    /// What was asked of language models, in order.
    var exchanges: [Exchange] {
        compactMap { if case .exchange(let exchange) = $0 { exchange } else { nil } }
    }
}
