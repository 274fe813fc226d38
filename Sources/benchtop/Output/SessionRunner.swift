import ArgumentParser
import Base
import Dispatch
import Foundation
import LanguageModels
import MethodKit
import SessionControl
import SessionViews
import Store
import Tensors

/// Runs a session from the command line to its end: as JSON lines, as a live view in a terminal, or as one
/// line of progress a second through a pipe.
struct SessionRunner {
    /// Seconds that a run waits for a store that refuses its records, a full disk say.
    private static let patience = 60.0

    let store: SessionStore
    let jobs: Int
    let threads: Int
    let json: Bool
    let folder: String?

    init(store: SessionStore, options: PlanOptions) {
        self.init(
            store: store, jobs: options.jobs, threads: options.threads, json: options.json,
            folder: options.folder)
    }

    init(store: SessionStore, jobs: Int, threads: Int, json: Bool, folder: String?) {
        self.store = store
        self.jobs = jobs
        self.threads = threads
        self.json = json
        self.folder = folder
    }

    /// Starts a session and follows it to its end.
    ///
    /// - Returns: the session as it is stored.
    /// - Throws: `ExitCode` when a trial failed or the run was interrupted; ``Failure``.
    @discardableResult
    func run(_ plan: SessionPlan) throws -> SessionRecord {
        if let folder { try OutputTarget.makeFolder(folder) }
        let (view, followed) = try follow(plan.method) { controller in
            let (session, trials) = try controller.start(plan)
            let key = SessionKey(store: store.path, id: session.id)
            return (SessionView(key, session, trials, total: steps(of: plan.method, session)), trials)
        }
        if try isNothing(followed, view.record) { try store.delete(view.record.id) }
        try conclude(plan.method, view.record, followed)
        return view.record
    }

    /// Goes on with a stored session and follows it to its end.
    ///
    /// - Throws: `ResumeError`; `ExitCode` as ``run(_:)``.
    @discardableResult
    func resume(_ session: SessionRecord, of method: MethodInfo) throws -> SessionRecord {
        if let folder { try OutputTarget.makeFolder(folder) }
        // What is stored is read before anything is added to it.
        let total = steps(of: method, session)
        var view = try Recording(session, store, path: store.path, total: total).whole
        let (_, followed) = try follow(method) { controller in
            let open = try controller.resume(session, of: method)
            view.queue(open)
            return (view, open)
        }
        try conclude(method, session, followed)
        return session
    }

    private func steps(of method: MethodInfo, _ session: SessionRecord) -> StepCount {
        { (try? method.steps(of: $0, in: session)) ?? 0 }
    }

    /// Whether every trial was refused before its first step, because of a file say: then there is nothing to keep.
    ///
    /// Readers of files belong to the engines and speak when a trial runs, so the session exists by then.
    private func isNothing(_ followed: FollowedTrials, _ session: SessionRecord) throws -> Bool {
        let trials = try store.trials(of: session.id)
        return trials.allSatisfy { followed.refused.contains($0.id) && $0.through == $0.parent?.step ?? 0 }
    }

    /// Follows the trials that `begin` queues; beside them it returns the session as it was before they said anything.
    private func follow(
        _ method: MethodInfo,
        _ begin: (SessionController) throws -> (view: SessionView, trials: [TrialRecord])
    ) throws -> (SessionView, FollowedTrials) {
        Compute.useThreads(threads)
        let inbox = Inbox()
        let controller = SessionController(store: store, options: controllerOptions) { inbox.put($0) }
        // Before anything runs; what comes before there are trials is for them as soon as there are.
        let interruption = Interruption { controller.interrupt() }
        let (view, trials) = try begin(controller)
        if interruption.isAsked { controller.interrupt() }
        let reporter = reporter(view, trials)
        var followed = FollowedTrials(trials)
        reporter.begin()
        while !followed.isOver {
            for event in inbox.take(within: 0.1) {
                if !reporter.tell(event) { controller.interrupt() }
                followed.take(event)
            }
            reporter.refresh()
            // An interrupted run does not wait for a store that refuses its last records, others for a while.
            if let wait = followed.waitForStore, interruption.isAsked || wait > Self.patience { break }
        }
        reporter.end()
        followed.interruption = interruption.signal
        return (view, followed)
    }

    private var controllerOptions: SessionController.Options {
        SessionController.Options(
            jobs: jobs,
            cache: StageFiles(folder: StageFiles.userFolder, machine: Machine.decisive(threads: threads)),
            models: NamedModels(), version: Benchtop.version, machine: Machine.summary(threads: threads))
    }

    private func reporter(_ view: SessionView, _ trials: [TrialRecord]) -> any Reporter {
        if json { return JSONReporter(view, trials) }
        return Output.isTerminal ? LiveReporter(view) : LineReporter(view)
    }

    /// Says how it ended, writes the files that were asked for, and throws the exit status.
    private func conclude(
        _ method: MethodInfo, _ session: SessionRecord, _ followed: FollowedTrials
    ) throws {
        if let trouble = followed.trouble {
            throw Failure("\(trouble.sentence) What was saved before is kept.", Status.store)
        }
        let failed = followed.ended.filter { $0.status == .failed }
        let isRefused = failed.allSatisfy { followed.refused.contains($0.trial.id) }
        if isRefused, !failed.isEmpty, failed.count == followed.ended.count {
            // Each arm read the same file and found the same.
            for sentence in failed.map(\.message).unique { Output.complain(sentence) }
            throw Status.refused
        }
        // Most of what a run wrote were checkpoints that later ones replaced.
        store.releaseSpace()
        // A figure that cannot be noted does not undo the run.
        try? store.notePeakMemory(Machine.peakMemory, of: session.id)
        if let folder { try SessionFiles(session, store).write(to: URL(filePath: folder)) }
        if !json { try show(method, session) }
        if let signal = followed.interruption {
            if followed.ended.contains(where: { $0.status == .interrupted }) {
                Output.complain("stopped after a checkpoint; 'benchtop resume \(session.shortID)' goes on.")
            }
            throw ExitCode(128 + signal)
        }
        // What lies outside the program may be well another time.
        let cutOff = followed.ended.filter { $0.status == .interrupted }
        for end in cutOff { Output.complain("\(end.trial.arm), seed \(end.trial.seed): \(end.message)") }
        if !cutOff.isEmpty { Output.complain("'benchtop resume \(session.shortID)' goes on from there.") }
        for end in failed { Output.complain("\(end.trial.arm), seed \(end.trial.seed): \(end.message)") }
        if !failed.isEmpty, isRefused { throw Status.refused }
        if !failed.isEmpty || !cutOff.isEmpty { throw Status.failed }
    }

    private func show(_ method: MethodInfo, _ session: SessionRecord) throws {
        Summary(session, try store.trials(of: session.id), store).show()
        if let outcome = try method.outcome(of: session, in: store), !session.isClaim {
            Output.line(outcome)
        }
        Output.line(
            "Saved as session \(session.shortID), \(ProgressText.memory(Machine.peakMemory)); "
                + "'benchtop show \(session.shortID)' reads it again.")
    }
}
