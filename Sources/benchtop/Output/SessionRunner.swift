import ArgumentParser
import Base
import Dispatch
import Foundation
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
    /// - Throws: `ExitCode` when a trial failed or the run was interrupted.
    @discardableResult
    func run(_ plan: SessionPlan) throws -> SessionRecord {
        try follow { controller in
            let (session, trials) = try controller.start(plan)
            let key = SessionKey(store: store.path, id: session.id)
            let total = try steps(of: plan.method, session)
            return (SessionView(key, session, trials, total: total), trials)
        }
    }

    /// Goes on with a stored session and follows it to its end.
    ///
    /// - Throws: `ResumeError`; `ExitCode` as ``run(_:)``.
    @discardableResult
    func resume(_ session: SessionRecord, of method: MethodInfo) throws -> SessionRecord {
        // What is stored is read before anything is added to it.
        let total = try steps(of: method, session)
        var view = try Recording(session, store, path: store.path, total: total).whole
        return try follow { controller in
            let open = try controller.resume(session, of: method)
            for trial in open { view.take(.status(trial: trial.id, .queued, message: "")) }
            return (view, open)
        }
    }

    private func steps(of method: MethodInfo, _ session: SessionRecord) throws -> Int {
        try method.stages(session.inputs).reduce(0) { $0 + $1.total }
    }

    /// Follows the trials that `begin` queues; beside them it returns the session as it was before they said anything.
    private func follow(
        _ begin: (SessionController) throws -> (view: SessionView, trials: [TrialRecord])
    ) throws -> SessionRecord {
        Compute.useThreads(threads)
        let inbox = Inbox()
        let controller = SessionController(store: store, options: controllerOptions) { inbox.put($0) }
        let (view, trials) = try begin(controller)
        let session = view.record, reporter = reporter(view, trials)
        let interruption = Interruption { controller.interrupt() }
        var open = Set(trials.map(\.id)), refused: Set<Int64> = [],
            trouble: (sentence: String, since: Double)?
        reporter.begin()
        while !open.isEmpty {
            for news in inbox.take(within: 0.1) {
                if !reporter.tell(news) { controller.interrupt() }
                if case .status(let trial, let status, _) = news, status.isFinal { open.remove(trial) }
                if case .refused(let trial) = news { refused.insert(trial) }
                if case .storeTrouble(let sentence) = news {
                    trouble = sentence.map { ($0, trouble?.since ?? Uptime.seconds) }
                }
            }
            reporter.refresh()
            // An interrupted run does not wait for a store that refuses its last records, others for a while.
            if let trouble, interruption.isAsked || Uptime.seconds - trouble.since > Self.patience { break }
        }
        reporter.end()
        try conclude(
            session, trials, refused, isInterrupted: interruption.isAsked, trouble: trouble?.sentence)
        return session
    }

    private var controllerOptions: SessionController.Options {
        SessionController.Options(
            jobs: jobs,
            cache: StageFiles(folder: StageFiles.userFolder, machine: Machine.decisive(threads: threads)),
            version: Benchtop.version, machine: Machine.summary(threads: threads))
    }

    private func reporter(_ view: SessionView, _ trials: [TrialRecord]) -> any Reporter {
        if json { return JSONReporter(view.record, trials) }
        return Output.isTerminal ? LiveReporter(view) : LineReporter(view)
    }

    /// Says how it ended, writes the files that were asked for, and throws the exit status.
    private func conclude(
        _ session: SessionRecord, _ trials: [TrialRecord], _ refused: Set<Int64>, isInterrupted: Bool,
        trouble: String?
    ) throws {
        if let folder { try SessionFiles(session, store).write(to: URL(filePath: folder)) }
        if let trouble {
            throw Failure("\(trouble) What was saved before is kept.", Status.store)
        }
        let ids = Set(trials.map(\.id))
        let all = try store.trials(of: session.id), ended = all.filter { ids.contains($0.id) }
        if !json, !ended.allSatisfy({ refused.contains($0.id) }) {
            Summary(session, all, store).show()
            Output.line(
                "Saved as session \(session.shortID); 'benchtop show \(session.shortID)' reads it again.")
        }
        if isInterrupted {
            if ended.contains(where: { $0.status == .interrupted }) {
                Output.complain("stopped after a checkpoint; 'benchtop resume \(session.shortID)' goes on.")
            }
            throw Status.interrupted
        }
        let failed = ended.filter { $0.status == .failed }
        for trial in failed { Output.complain("\(trial.arm), seed \(trial.seed): \(trial.message)") }
        guard failed.isEmpty else {
            throw failed.allSatisfy { refused.contains($0.id) } ? Status.refused : Status.failed
        }
    }
}

/// The controller's news, waiting for the main thread.
final class Inbox: Sendable {
    private let waiting = Locked([ControllerEvent]())
    private let arrival = DispatchSemaphore(value: 0)

    /// Adds news; called on the controller's queue.
    func put(_ news: ControllerEvent) {
        waiting.withLock { $0.append(news) }
        arrival.signal()
    }

    /// Takes all news, waiting at most so many seconds for the first.
    func take(within seconds: Double) -> [ControllerEvent] {
        _ = arrival.wait(timeout: .now() + seconds)
        return waiting.withLock { news in
            defer { news = [] }
            return news
        }
    }
}

/// Ctrl-C, SIGTERM and SIGHUP: the first asks for an orderly end, a second Ctrl-C ends at once.
final class Interruption {
    private let asked = Locked(false)
    private let sources: [any DispatchSourceSignal]

    /// Whether an end was asked for.
    var isAsked: Bool { asked.withLock { $0 } }

    /// Calls `action` at the first signal.
    init(_ action: @escaping @Sendable () -> Void) {
        let asked = asked
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler {
                let isFirst = asked.withLock { asked in
                    defer { asked = true }
                    return !asked
                }
                // What is saved is saved: ending here loses nothing that was announced.
                if isFirst { action() } else if number == SIGINT { _exit(130) }
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
