import Base
import Dispatch
import Foundation
import MethodKit
import Store

/// Owns the life of trials: starts them on queues of their own, takes what they say, has it saved, and tells
/// whoever watches. It is the only writer of the trials' records.
///
/// A trial never waits for it: the trial posts into its mailbox, the controller empties all mailboxes about
/// sixty times a second on its own queue, and commits at most every 50 ms on a third.
public final class SessionController: Sendable {
    /// How trials are run.
    public struct Options: Sendable {
        /// Trials at a time.
        public var jobs: Int
        /// Where results of shared stages are kept.
        public var cache: any StageCache
        /// Seconds between two checkpoints of a trial.
        public var checkpointEvery: Double
        /// The program's version.
        public var version: String
        /// What can change a result's bits: CPU, kernels, GEMM library, threads; and the system.
        public var machine: [String: String]

        /// Options from their parts.
        public init(
            jobs: Int = ProcessInfo.processInfo.activeProcessorCount, cache: any StageCache = StageFiles(),
            checkpointEvery: Double = 5, version: String, machine: [String: String]
        ) {
            self.jobs = jobs
            self.cache = cache
            self.checkpointEvery = checkpointEvery
            self.version = version
            self.machine = machine
        }
    }

    private struct State {
        var trials: [Int64: RunningTrial] = [:]
        /// Trials that wait for a free place, in the order in which they came.
        var waiting: [Int64] = []
        var running: Set<Int64> = []
        /// Trials that ended and whose end is not durable yet.
        var ending: [Int64: (status: TrialStatus, message: String)] = [:]
        var openTrials: [Int64: Set<Int64>] = [:]  // by session
        var isTicking = false
        /// What the store says while it refuses, and the trials that wait for it.
        var trouble: String?
        var held: Set<Int64> = []
    }

    private let store: SessionStore
    private let options: Options
    private let onEvent: @Sendable (ControllerEvent) -> Void
    private let state = Locked(State())
    private let queue = DispatchQueue(label: "benchtop.controller", qos: .userInitiated)
    private let committer: Committer
    private let idle = DispatchGroup()
    /// Points that may wait for a store that refuses them; then trials pause.
    private static let mostWaiting = 2_000_000

    /// A controller that writes to `store` and tells `onEvent` what happens, on a queue of its own.
    public init(
        store: SessionStore, options: Options,
        onEvent: @escaping @Sendable (ControllerEvent) -> Void = { _ in }
    ) {
        self.store = store
        self.options = options
        self.onEvent = onEvent
        let relay = Relay()
        committer = Committer(store: store) { batches, failure in
            relay.controller?.committed(batches, failure)
        }
        relay.controller = self
    }

    // MARK: Starting

    /// Creates a session and queues its trials.
    ///
    /// - Returns: the session and its trials, as they are stored.
    /// - Throws: `StoreError`.
    public func start(_ plan: SessionPlan) throws -> (session: SessionRecord, trials: [TrialRecord]) {
        let (session, trials) = try store.create(
            NewSession(plan, version: options.version, machine: options.machine))
        enqueue(
            session,
            trials.map { RunningTrial($0, of: plan.method, inputs: session.inputs) })
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
        if let owner = session.owner, owner.isAlive { throw ResumeError.isRunning(session.shortID) }
        let open = try store.trials(of: session.id).filter { $0.status != .finished }
        guard !open.isEmpty else { throw ResumeError.isFinished(session.shortID) }
        guard try store.takeOwnership(of: session.id) else { throw ResumeError.isRunning(session.shortID) }
        enqueue(session, try open.map { try resumed($0, session, method) })
        return open
    }

    private func resumed(
        _ trial: TrialRecord, _ session: SessionRecord, _ method: MethodInfo
    ) throws -> RunningTrial {
        let resume = try store.resumePoint(of: trial.id)
        let counts = resume?.checkpoint
        let edits = try store.edits(of: trial.id)
        let points = try method.metrics.indices.map { metric in
            Array(try store.points(of: trial.id, metric: metric).dropFirst(counts?.points[metric] ?? 0))
        }
        let events = try store.events(of: trial.id).map(\.event).filter { !$0.isEdit }
        let savedTail = SavedTail(
            points: points, events: Array(events.dropFirst(counts?.events ?? 0)),
            edits: Array(edits.dropFirst(counts?.edits ?? 0)))
        return RunningTrial(
            trial, of: method, inputs: session.inputs, edits: edits, resume: resume,
            savedTail: savedTail.isOver ? nil : savedTail)
    }

    private func enqueue(_ session: SessionRecord, _ trials: [RunningTrial]) {
        state.withLock { state in
            for trial in trials {
                state.trials[trial.record.id] = trial
                state.waiting.append(trial.record.id)
                state.openTrials[session.id, default: []].insert(trial.record.id)
                idle.enter()
            }
        }
        queue.async { self.fill() }
    }

    // MARK: Orders

    /// Lets a trial wait at its next step boundary, after a checkpoint.
    public func pause(_ trial: Int64) { tell(trial) { $0.link.pause() } }

    /// Lets a paused trial go on.
    public func goOn(_ trial: Int64) { tell(trial) { $0.link.goOn() } }

    /// Lets a trial run `count` steps and wait again.
    public func step(_ trial: Int64, _ count: Int = 1) { tell(trial) { $0.link.step(count) } }

    /// Asks for a checkpoint at the next step boundary.
    public func saveCheckpoint(_ trial: Int64) { tell(trial) { $0.link.saveCheckpoint() } }

    /// Changes a live input at the next step.
    ///
    /// - Throws: `InputError` when the value is not allowed.
    public func edit(_ trial: Int64, _ input: String, to text: String) throws {
        guard let running = state.withLock({ $0.trials[trial] }) else { return }
        try running.method.check(edit: input, to: text, of: running.inputs)
        running.edit(input, to: text)
    }

    /// Ends a trial at its next step boundary, after a checkpoint; a queued one never starts.
    ///
    /// - Parameters:
    ///   - trial: the trial.
    ///   - status: `stopped` for the user's wish, `interrupted` when the program ends.
    public func stop(_ trial: Int64, as status: TrialStatus = .stopped) {
        queue.async {
            guard let running = self.state.withLock({ $0.trials[trial] }) else { return }
            let wasWaiting = self.state.withLock { state in
                let place = state.waiting.firstIndex(of: trial)
                if let place { state.waiting.remove(at: place) }
                return place != nil
            }
            running.state.withLock { $0.stopStatus = status }
            running.link.stop()
            if wasWaiting { self.end(running, status, "") }
        }
    }

    /// Ends all trials, each after a checkpoint; they can be resumed.
    public func interrupt() {
        for trial in state.withLock({ Array($0.trials.keys) }) { stop(trial, as: .interrupted) }
    }

    /// Waits until every trial has ended and its end is durable.
    ///
    /// - Returns: false when the time was not enough.
    @discardableResult
    public func wait(timeout: DispatchTime = .distantFuture) -> Bool {
        idle.wait(timeout: timeout) == .success
    }

    private func tell(_ trial: Int64, _ order: @escaping @Sendable (RunningTrial) -> Void) {
        queue.async {
            guard let running = self.state.withLock({ $0.trials[trial] }) else { return }
            order(running)
            self.tickSoon()
        }
    }

    // MARK: The controller's queue

    /// Starts queued trials while there is room.
    private func fill() {
        while let trial = nextToRun() {
            trial.state.withLock { $0.status = .running }
            committer.add(TrialBatch(trial: trial.record.id, status: .running))
            onEvent(.status(trial: trial.record.id, .running, message: ""))
            let own = DispatchQueue(label: "benchtop.trial.\(trial.record.id)", qos: .utility)
            own.async {
                let ending = trial.execute(cache: self.options.cache)
                self.queue.async {
                    if ending.isRefusal { self.onEvent(.refused(trial: trial.record.id)) }
                    self.end(trial, ending.status, ending.message)
                }
            }
        }
        tickSoon()
    }

    /// The first queued trial of a seed that none of the running ones has: arms with one seed would wait for the stages
    /// that they share. Where there is none, the first of all.
    private func nextToRun() -> RunningTrial? {
        state.withLock { state in
            guard state.running.count < options.jobs, !state.waiting.isEmpty else { return nil }
            let seeds = Set(state.running.compactMap { state.trials[$0]?.record.seed })
            let free = state.waiting.firstIndex { id in
                state.trials[id].map { !seeds.contains($0.record.seed) } ?? true
            }
            let id = state.waiting.remove(at: free ?? 0)
            state.running.insert(id)
            return state.trials[id]
        }
    }

    private func end(_ trial: RunningTrial, _ status: TrialStatus, _ message: String) {
        collect(from: trial)
        let failure = trial.state.withLock { $0.status == .failed }
        let id = trial.record.id
        let end = failure ? nil : (status: status, message: message)
        state.withLock { state in
            state.running.remove(id)
            if let end { state.ending[id] = end }
        }
        if let end { committer.add(TrialBatch(trial: id, status: end.status, message: end.message)) }
        fill()
    }

    private func tickSoon() {
        let starts = state.withLock { state in
            defer { state.isTicking = true }
            return !state.isTicking
        }
        if starts { queue.asyncAfter(deadline: .now() + .milliseconds(16)) { self.tick() } }
    }

    /// Takes what all trials said, has it saved, and comes again while anything moves.
    private func tick() {
        let running = state.withLock { state in
            state.isTicking = false
            return state.running.compactMap { state.trials[$0] }
        }
        for trial in running {
            if let sentence = trial.crash.sentence {
                end(trial, .failed, sentence)
                continue
            }
            collect(from: trial)
            askForCheckpoint(trial)
        }
        if committer.backlog > Self.mostWaiting { hold(running) }
        committer.commitIfDue()
        let isMoving = running.contains { $0.state.withLock { $0.status == .running } }
        if isMoving || !committer.isIdle { tickSoon() }
    }

    private func collect(from trial: RunningTrial) {
        do {
            let batch = try trial.drain()
            guard let change = trial.take(batch) else { return }
            committer.add(
                TrialBatch(
                    trial: trial.record.id, points: batch.points, events: batch.events,
                    checkpoints: batch.checkpoints, completed: batch.completed, status: change.status))
            onEvent(.said(trial: trial.record.id, batch))
            if let status = change.status { onEvent(.status(trial: trial.record.id, status, message: "")) }
        } catch {
            fail(trial, "\(error)")
        }
    }

    /// Ends a trial that no longer says what was saved.
    private func fail(_ trial: RunningTrial, _ message: String) {
        trial.state.withLock { ($0.status, $0.stopStatus) = (.failed, .failed) }
        trial.link.stop()
        state.withLock { $0.ending[trial.record.id] = (.failed, message) }
        committer.add(TrialBatch(trial: trial.record.id, status: .failed, message: message))
    }

    /// Lets trials wait until the store takes records again.
    private func hold(_ trials: [RunningTrial]) {
        for trial in trials { trial.link.pause() }
        state.withLock { $0.held.formUnion(trials.map(\.record.id)) }
    }

    private func askForCheckpoint(_ trial: RunningTrial) {
        let isDue = trial.state.withLock { state in
            let now = DispatchTime.now()
            guard state.status == .running, now >= state.lastCheckpoint + options.checkpointEvery else {
                return false
            }
            state.lastCheckpoint = now
            return true
        }
        if isDue { trial.link.saveCheckpoint() }
    }

    // MARK: After a commit

    private func committed(_ batches: [TrialBatch], _ failure: (any Error)?) {
        queue.async {
            self.tellTrouble(failure.map { "\($0)" })
            for batch in batches { self.tellSaved(batch) }
            self.tickSoon()
        }
    }

    private func tellTrouble(_ trouble: String?) {
        let isNew = state.withLock { state in
            defer { state.trouble = trouble }
            return state.trouble != trouble
        }
        if isNew { onEvent(.storeTrouble(trouble)) }
        guard trouble == nil else { return }
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for trial in held { goOn(trial) }
    }

    private func tellSaved(_ batch: TrialBatch) {
        if batch.completed > 0 { onEvent(.saved(trial: batch.trial, through: batch.completed)) }
        guard let status = batch.status, status.isFinal else { return }
        let end = state.withLock { $0.ending.removeValue(forKey: batch.trial) }
        guard let end else { return }
        close(batch.trial)
        onEvent(.status(trial: batch.trial, end.status, message: end.message))
        idle.leave()
    }

    /// Forgets a trial; the last one of a session gives up its ownership.
    private func close(_ trial: Int64) {
        let session = state.withLock { state -> Int64? in
            state.trials[trial] = nil
            guard let session = state.openTrials.first(where: { $1.contains(trial) })?.key else { return nil }
            state.openTrials[session]?.remove(trial)
            guard state.openTrials[session]?.isEmpty == true else { return nil }
            state.openTrials[session] = nil
            return session
        }
        if let session { try? store.setOwner(nil, of: session) }
    }
}

/// Lets the committer speak to the controller that owns it.
private final class Relay: Sendable {
    private struct Weak { weak var controller: SessionController? }
    private let box = Locked(Weak())
    var controller: SessionController? {
        get { box.withLock { $0.controller } }
        set { box.withLock { $0.controller = newValue } }
    }
}
