import Base
import Checkpoints
import Dispatch
import Foundation

/// One arm run once with one seed, as its engine sees it: inputs, seeded streams, the loop, and a place to
/// report to.
///
/// A trial belongs to one thread; it is not `Sendable`, so the compiler keeps it there. Nothing that it says can
/// block or fail that thread.
public final class Trial<Inputs: MethodInputs> {
    /// Equal seeds, inputs and edits give equal bits.
    public let seed: UInt64
    /// The inputs as they are now; inside a loop use the ones it hands you, which are the same.
    public internal(set) var inputs: Inputs
    /// Steps completed, over all stages.
    public internal(set) var completed = 0

    let plan: TrialPlan
    let link: TrialLink
    /// The frozen parts of the states that live.
    let shelf = FrozenShelf()
    /// The arm's raw value, or the tool's name.
    let arm: String
    let stages: [Stage<Inputs>]
    let metrics: [Metric]
    private let metricIndex: [String: Int]

    var position: Int?  // index of the current stage
    var isInStep = false
    /// The step of the current stage that runs, and how many it has.
    var stageStep = 0, stageTotal = 0
    var pending: [Point] = []
    var counts: (points: [Int], events: Int, edits: Int)
    var capture: StageRecord?
    /// While true nothing goes out: the store has it already.
    var isMuted = false
    var nonFinite: (metric: String, step: Int)?
    var agenda: EditAgenda
    var transcript: Transcript
    /// The language models that it has asked.
    var known: [InputModel: any LanguageModel] = [:]
    private var clock: TrialClock

    /// A trial of `M`, ready for ``Method/run(_:_:)``.
    public convenience init<M: Method>(
        of method: M.Type, arm: M.Arm, inputs: Inputs, plan: TrialPlan, link: TrialLink
    ) where M.Inputs == Inputs {
        self.init(arm.rawValue, M.stages, M.metrics, inputs, plan, link)
    }

    /// A trial of a tool of `M`, ready for its step.
    convenience init<M: Method>(
        of method: M.Type, tool: Tool<Inputs>, inputs: Inputs, plan: TrialPlan, link: TrialLink
    ) where M.Inputs == Inputs {
        self.init(tool.name, M.stages + [tool.stage], M.metrics, inputs, plan, link)
    }

    private init(
        _ arm: String, _ stages: [Stage<Inputs>], _ metrics: [Metric], _ inputs: Inputs, _ plan: TrialPlan,
        _ link: TrialLink
    ) {
        seed = plan.seed
        self.arm = arm
        self.inputs = inputs
        self.plan = plan
        self.link = link
        self.stages = stages
        self.metrics = metrics
        metricIndex = Dictionary(uniqueKeysWithValues: metrics.enumerated().map { ($1.name, $0) })
        counts = (Array(repeating: 0, count: metrics.count), 0, 0)
        agenda = EditAgenda(plan.edits)
        clock = TrialClock(elapsed: max(plan.elapsed, plan.resume?.checkpoint.elapsed ?? 0))
        transcript = Transcript(plan.models.exchanges)
        isMuted = plan.resume != nil
    }

    /// The step that is running, or the last one when none is.
    public var step: Int { isInStep ? completed + 1 : completed }

    /// Whether the step that runs is due for what is done at every `k`-th step of its stage, and at the last one.
    public func isDue(every k: Int) -> Bool { stageStep % k == 0 || stageStep == stageTotal }

    /// Whether the user has asked the trial to end: a step that takes long looks, and throws ``Stopped``. The trial
    /// then goes on later from its last checkpoint, and runs that step again from its beginning.
    public var isStopped: Bool { link.isStopped }

    /// The stream of random numbers that belongs to `name`: independent of every other name's, the same in
    /// every arm. A stream that is drawn from inside a loop belongs into the loop's state.
    public func stream(_ name: String) -> RandomStream { RandomStream(seed: seed).derive(name) }

    /// Adds one value to the curve of `metric`, at the step that is running.
    ///
    /// Only a step may report; anything else is a programmer's error. A step's values then all come after what was
    /// said before it and before what is said after it, which makes the order of records exact, live and in replay;
    /// and a shared stage keeps all that it reported. A value that is not finite is recorded, and ends the trial
    /// when the step is over.
    public func report(_ metric: Metric, _ value: Double) {
        guard isInStep else {
            // Not a precondition: its message is left out of optimised code.
            fatalError("metric '\(metric.name)' is reported outside the steps of a stage")
        }
        guard let index = metricIndex[metric.name] else {
            fatalError("metric '\(metric.name)' is not among the method's metrics")
        }
        if !value.isFinite, nonFinite == nil { nonFinite = (metric.name, step) }
        let point = Point(metric: index, step: step, elapsed: clock.elapsed, value: value)
        capture?.points.append(point)
        guard !isMuted else { return }
        counts.points[index] += 1
        pending.append(point)
    }

    /// Adds a line to the log.
    public func log(_ text: String, _ level: LogLevel = .info) { say(.log(level, text)) }

    /// Keeps something that the trial made under a name; a later one of that name is its next version.
    ///
    /// - Parameters:
    ///   - name: what the user sees.
    ///   - artifact: what is kept.
    ///   - asks: the name of the pair that it shows side by side for the user's ``Choice``; nil when it asks nothing.
    public func keep(_ name: String, _ artifact: Artifact, asks: String? = nil) {
        say(.artifact(name: name, artifact, asks: asks))
    }

    /// Sends out what is pending and ends the trial; the runner calls it when the engine has returned.
    public func finish() { flush(completed: completed) }

    func say(_ event: TrialEvent) {
        let timed = TimedEvent(step: step, elapsed: clock.elapsed, event: event)
        capture?.events.append(timed)
        send(timed)
    }

    func send(_ timed: TimedEvent) {
        guard !isMuted else { return }
        if timed.event.isEdit { counts.edits += 1 } else { counts.events += 1 }
        link.post(points: pending, events: [timed])
        pending.removeAll(keepingCapacity: true)
    }

    func flush(completed: Int?) {
        guard !isMuted else { return }
        link.post(points: pending, completed: completed)
        pending.removeAll(keepingCapacity: true)
    }

    var elapsed: Double { clock.elapsed }

    func waitForOrder(seen: Set<TrialLink.Holder>) {
        clock.pause()
        link.waitForOrder(seen: seen)
        clock.goOn()
    }
}

/// What a trial starts from: nothing, or a checkpoint.
public struct TrialPlan: Sendable {
    /// Where a trial goes on: its last checkpoint, and the final states of the stages before.
    public struct Resume: Sendable {
        /// The checkpoint to go on from.
        public let checkpoint: Checkpoint
        /// The final states of the stages that were over, by name; shared ones may be missing.
        public let finalStates: [String: Data]
        /// Gives the bytes of what these states refer to and never change.
        public let frozen: FrozenShelf.Source

        /// A place to go on from.
        public init(
            checkpoint: Checkpoint, finalStates: [String: Data],
            frozen: @escaping FrozenShelf.Source = { throw FrozenError.missing($0.hex) }
        ) {
            self.checkpoint = checkpoint
            self.finalStates = finalStates
            self.frozen = frozen
        }
    }

    /// The method's id and version, for example "steve 1".
    public let method: String
    /// The trial's seed.
    public let seed: UInt64
    /// Edits of live inputs to apply again, each before its step, in the order in which they were said.
    public let edits: [Edit]
    /// Seconds that the trial has run already; a checkpoint's own time when that is later.
    public let elapsed: Double
    /// Where to go on; nil starts afresh.
    public let resume: Resume?
    /// Where results of shared stages are kept; nil computes them.
    public let cache: (any StageCache)?
    /// Where language models come from.
    public let models: TrialModels

    /// A plan from its parts.
    public init<M: Method>(
        of method: M.Type, seed: UInt64, edits: [Edit] = [], elapsed: Double = 0, resume: Resume? = nil,
        cache: (any StageCache)? = nil, models: TrialModels = TrialModels()
    ) {
        self.method = "\(M.card.id) \(M.version)"
        self.seed = seed
        self.edits = edits
        self.elapsed = elapsed
        self.resume = resume
        self.cache = cache
        self.models = models
    }
}

/// Seconds since a trial began, without its pauses.
struct TrialClock {
    private var start: UInt64
    private var pausedAt: UInt64?

    init(elapsed: Double) { start = Uptime.nanoseconds &- UInt64((elapsed * 1e9).rounded()) }

    /// Whole tenths of a millisecond, as the store keeps them: what is said live and what is read later are equal.
    var elapsed: Double { Double(((pausedAt ?? Uptime.nanoseconds) &- start) / 100_000) / 1e4 }

    mutating func pause() { pausedAt = Uptime.nanoseconds }

    mutating func goOn() {
        if let pausedAt { start &+= Uptime.nanoseconds &- pausedAt }
        pausedAt = nil
    }
}

/// The user stopped the trial; its last checkpoint is saved.
public struct Stopped: Error {
    /// The only value.
    public init() {}
}

/// A metric left the finite numbers.
public struct Diverged: Error, CustomStringConvertible, Equatable {
    /// The metric's name.
    public let metric: String
    /// The step that reported it.
    public let step: Int
    /// The first operation that produced a value that is not finite, when running the step again found one.
    public let operation: String?

    public var description: String {
        "\(metric) is not a finite number at step \(step)"
            + (operation.map { "; the first operation that produced one is \($0)." } ?? ".")
    }
}
