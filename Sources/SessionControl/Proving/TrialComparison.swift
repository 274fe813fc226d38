import MethodKit
import Store

/// Compares what a trial says when it runs again with what is stored.
struct TrialComparison {
    private let trial: TrialRecord
    private let store: SessionStore
    private let method: MethodInfo
    private let tolerance: Double
    /// What has been found so far.
    private(set) var proof: Proof.TrialProof
    private var saved: [SavedSeries]
    private var chains: [SeriesChain]
    /// What it said besides points and edits; nil where only numbers can be compared.
    private var events: ArraySlice<TrialEvent>?
    /// Whether the session holds artifacts of this trial: a copy may have those of its first seed alone.
    private var holdsArtifacts = true

    /// A trial to be compared; with a tolerance of 0 all that it said is compared bit for bit, else its values, which may
    /// differ by that share.
    ///
    /// - Parameters:
    ///   - trial: the trial as it is stored.
    ///   - place: the end of the trial that is applied, before which nothing is compared; nil compares all.
    ///   - store: where it is stored.
    ///   - method: its method.
    ///   - tolerance: a share.
    init(
        _ trial: TrialRecord, after place: TrialPlace?, store: SessionStore, method: MethodInfo,
        tolerance: Double
    ) {
        self.trial = trial
        self.store = store
        self.method = method
        self.tolerance = tolerance
        proof = Proof.TrialProof(trial: trial)
        let steps = (place?.step ?? -1) + 1...trial.lastComparedStep
        saved = method.metrics.indices.map {
            SavedSeries(store: store, trial: trial.id, metric: $0, steps: steps)
        }
        chains = method.metrics.indices.map { metric in
            let before = place.flatMap { try? store.points(of: $0.trial, metric: metric) } ?? []
            return before.reduce(into: SeriesChain()) { $0.append(step: $1.step, value: $1.value) }
        }
        let before = place.flatMap { try? store.events(of: $0.trial) } ?? []
        if tolerance == 0, let all = try? store.events(of: trial.id) {
            events = all.map(\.event).filter { !$0.isEdit }.dropFirst(before.count { !$0.event.isEdit })
            holdsArtifacts = all.contains { $0.event.isArtifact }
        }
    }

    /// Compares what was said.
    ///
    /// - Returns: whether there is no difference yet.
    /// - Throws: `StoreError`.
    mutating func compare(_ batch: TrialLink.Batch) throws -> Bool {
        for point in batch.points where proof.difference == nil {
            proof.points += 1
            chains[point.metric].append(step: point.step, value: point.value)
            let metric = method.metrics[point.metric].name
            let then = try saved[point.metric].next()
            let isEqual = then.map { $0.step == point.step && agrees($0.value, point.value) } ?? false
            if !isEqual {
                proof.difference = Proof.Difference(
                    metric: metric, step: min(point.step, then?.step ?? point.step), saved: then?.value,
                    now: point.value)
            }
        }
        for event in batch.events where !event.event.isEdit { compare(event) }
        return proof.difference == nil && proof.message.isEmpty
    }

    /// What is said after the last step that is saved may be missing there.
    private mutating func compare(_ said: TimedEvent) {
        guard holdsArtifacts || !said.event.isArtifact, let then = events?.popFirst() else { return }
        if !then.isSame(as: said.event) {
            fail("A \(said.event.kind) after step \(said.step) is another than the stored one.")
        }
    }

    /// The comparison could not be made.
    mutating func fail(_ sentence: String) { if proof.message.isEmpty { proof.message = sentence } }

    private mutating func agrees(_ then: Double, _ now: Double) -> Bool {
        if then.bitPattern == now.bitPattern { return true }
        let share = abs(then - now) / max(abs(then), abs(now), 1e-12)
        proof.largest = max(proof.largest, share)
        return share <= tolerance
    }

    /// Notes how the run ended, stored points that it did not give, and the chains.
    ///
    /// - Throws: `StoreError`.
    mutating func finish(_ ending: RunningTrial.Ending) throws {
        // A trial that failed when it was recorded fails again, in the same way.
        let isExpected = trial.status == .failed && trial.message == ending.message
        if ending.status == .failed, !isExpected { fail(ending.message) }
        if proof.difference == nil, trial.status == .finished, let missing = events?.first {
            fail("A \(missing.kind) is stored that was not said again.")
        }
        let stored = try store.chain(of: trial.id)
        for (index, metric) in method.metrics.enumerated() {
            if proof.difference == nil, proof.message.isEmpty, let more = try saved[index].next() {
                proof.difference = Proof.Difference(
                    metric: metric.name, step: more.step, saved: more.value, now: nil)
            }
            guard let then = stored[metric.name] else { continue }
            proof.chains[metric.name] = (then.hex, chains[index].last.hex)
        }
    }
}

/// Reads one stored series point by point, a window of steps at a time.
private struct SavedSeries {
    let store: SessionStore
    let trial: Int64
    let metric: Int
    private var window: ArraySlice<Point> = []
    private var nextStep: Int
    private let end: Int

    init(store: SessionStore, trial: Int64, metric: Int, steps: ClosedRange<Int>) {
        self.store = store
        self.trial = trial
        self.metric = metric
        nextStep = steps.lowerBound
        end = min(steps.upperBound, (try? store.lastValue(of: trial, metric: metric)?.step) ?? -1)
    }

    mutating func next() throws -> Point? {
        while window.isEmpty, nextStep <= end {
            window = try store.points(of: trial, metric: metric, steps: nextStep...min(end, nextStep + 8191))[
                ...]
            nextStep += 8192
        }
        return window.popFirst()
    }
}

extension TrialRecord {
    /// A step that was not completed may have left points; it is not run again.
    fileprivate var lastComparedStep: Int { status == .finished || status == .failed ? .max : through }
}
