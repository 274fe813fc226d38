import Base
import Dispatch
import MethodKit
import Store

/// One proof under way: the trials run again as any others do, and are compared as they go.
final class ProofRun: TrialFollower {
    private let store: SessionStore
    private let method: MethodInfo
    private let models: any ModelProvider
    private let tolerance: Double
    private let onProgress: @Sendable (Proof.TrialProof) -> Void
    private let queue = DispatchQueue(label: "benchtop.proof", qos: .userInitiated)
    private let runner: TrialRunner
    /// By trial.
    private let comparisons: Confined<[Int64: TrialComparison]>
    private let open = DispatchGroup()

    init(
        store: SessionStore, method: MethodInfo, models: any ModelProvider, jobs: Int, tolerance: Double,
        onProgress: @escaping @Sendable (Proof.TrialProof) -> Void
    ) {
        self.store = store
        self.method = method
        self.models = models
        self.tolerance = tolerance
        self.onProgress = onProgress
        runner = TrialRunner(jobs: jobs, queue: queue)
        comparisons = Confined([:], to: queue)
    }

    /// Runs the trials again, and waits for them.
    ///
    /// - Returns: what each showed, in the order given.
    /// - Throws: `StoreError` when the stored trials cannot be read.
    func prove(
        _ trials: [TrialRecord], of session: SessionRecord, inputs: [String: String]
    ) throws -> [Proof.TrialProof] {
        let cache = StageFiles()
        let runs = try trials.map { try again($0, session, inputs, cache) }
        for _ in runs { open.enter() }
        queue.async {
            self.comparisons.with { comparisons in
                for trial in trials {
                    comparisons[trial.id] = TrialComparison(
                        trial, after: session.isTool ? trial.parent : nil, store: self.store,
                        method: self.method,
                        tolerance: self.tolerance)
                }
            }
            self.runner.add(runs, followedBy: self)
        }
        open.wait()
        let done = queue.sync { comparisons.with { $0 } }
        return trials.compactMap { done[$0.id]?.proof }
    }

    /// A trial from its beginning; what is applied begins at the end of the trial that it descends from.
    private func again(
        _ trial: TrialRecord, _ session: SessionRecord, _ inputs: [String: String], _ cache: StageFiles
    ) throws -> RunningTrial {
        let start = session.isTool ? trial.parent : nil
        let resume = try start.flatMap { try store.endOfFinished($0.trial) }
        let events = try store.events(of: trial.id).map(\.event).filter { !$0.isEdit }
        let before = Array(events.prefix(resume?.checkpoint.events ?? 0))
        let run = RunningTrial(
            trial, of: method, tool: method.tool(of: trial, in: session), inputs: inputs,
            edits: session.isTool ? [] : try store.edits(of: trial.id), resume: resume,
            models: TrialModels(
                models, exchanges: events.exchanges, passed: before.exchanges.count, asksEndpoints: false),
            cache: cache, queue: queue)
        // A trial that did not finish is compared as far as it was saved.
        if trial.status != .finished && trial.status != .failed {
            run.link.step(trial.through - (start?.step ?? 0))
        }
        return run
    }

    // MARK: Following

    func began(_ trial: RunningTrial) {}

    func collect(from trial: RunningTrial) {
        let batch = trial.link.drain()
        let goesOn = change(trial) { try $0.compare(batch) }
        if batch.isPaused || goesOn != true { trial.link.stop() }
    }

    func ended(_ trial: RunningTrial, _ ending: RunningTrial.Ending) {
        change(trial) { try $0.finish(ending) }
        if let proof = comparisons.with({ $0[trial.record.id]?.proof }) { onProgress(proof) }
        open.leave()
    }

    func endOfRound() -> Bool { false }

    /// What the comparison of a trial answers; nil, and a note, when the store cannot be read.
    @discardableResult
    private func change<Answer>(_ trial: RunningTrial, _ body: (inout TrialComparison) throws -> Answer)
        -> Answer?
    {
        comparisons.with { comparisons in
            guard var comparison = comparisons[trial.record.id] else { return nil }
            defer { comparisons[trial.record.id] = comparison }
            do { return try body(&comparison) } catch {
                comparison.fail("\(error)")
                return nil
            }
        }
    }
}
