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

    /// A trial to be compared; with a tolerance of 0 bits are compared, else values may differ by that share.
    init(_ trial: TrialRecord, store: SessionStore, method: MethodInfo, tolerance: Double) {
        self.trial = trial
        self.store = store
        self.method = method
        self.tolerance = tolerance
        proof = Proof.TrialProof(trial: trial)
        saved = method.metrics.indices.map { SavedSeries(store: store, trial: trial.id, metric: $0) }
        chains = method.metrics.map { _ in SeriesChain() }
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
        return proof.difference == nil
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
    private var nextStep = 0
    private let end: Int

    init(store: SessionStore, trial: Int64, metric: Int) {
        self.store = store
        self.trial = trial
        self.metric = metric
        end = (try? store.lastValue(of: trial, metric: metric)?.step) ?? -1
    }

    mutating func next() throws -> Point? {
        while window.isEmpty, nextStep <= end {
            window = try store.points(of: trial, metric: metric, steps: nextStep...(nextStep + 8191))[...]
            nextStep += 8192
        }
        return window.popFirst()
    }
}
