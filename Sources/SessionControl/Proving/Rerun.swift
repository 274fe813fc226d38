import Base
import Dispatch
import Foundation
import MethodKit
import Store

/// Runs one stored trial again and compares as it goes.
struct Rerun {
    private let trial: TrialRecord
    private let store: SessionStore
    private let method: MethodInfo
    private let tolerance: Double
    private var proof: Proof.TrialProof
    private var saved: [SavedSeries]
    private var chains: [SeriesChain]

    /// A trial to be run again; with a tolerance of 0 bits are compared, else values may differ by that share.
    init(_ trial: TrialRecord, store: SessionStore, method: MethodInfo, tolerance: Double) {
        self.trial = trial
        self.store = store
        self.method = method
        self.tolerance = tolerance
        proof = Proof.TrialProof(trial: trial)
        saved = method.metrics.indices.map { SavedSeries(store: store, trial: trial.id, metric: $0) }
        chains = method.metrics.map { _ in SeriesChain() }
    }

    mutating func prove(inputs: [String: String], cache: any StageCache) -> Proof.TrialProof {
        do {
            let edits = try store.edits(of: trial.id)
            let link = TrialLink(), ending = Locked<(any Error)??>(nil)
            // A trial that did not finish is compared as far as it was saved.
            if trial.status != .finished && trial.status != .failed { link.step(trial.through) }
            let (method, trial) = (method, trial)
            DispatchQueue(label: "benchtop.proof", qos: .utility).async {
                do {
                    try method.run(
                        trial.arm, texts: inputs, seed: trial.seed, edits: edits, cache: cache, link: link)
                    ending.withLock { $0 = .some(nil) }
                } catch {
                    ending.withLock { $0 = .some(error) }
                }
            }
            while ending.withLock({ $0 == nil }) {
                usleep(5_000)
                try compare(link.drain(), link)
            }
            try compare(link.drain(), link)
            if let error = ending.withLock({ $0 ?? nil }), !isExpected(error) { proof.message = "\(error)" }
            try finish()
        } catch {
            proof.message = "\(error)"
        }
        return proof
    }

    /// A stop is ours; a trial that failed when it was recorded may fail again, in the same way.
    private func isExpected(_ error: any Error) -> Bool {
        error is Stopped || trial.status == .failed && trial.message == "\(error)"
    }

    private mutating func compare(_ batch: TrialLink.Batch, _ link: TrialLink) throws {
        if batch.isPaused || proof.difference != nil { link.stop() }
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
    }

    private mutating func agrees(_ then: Double, _ now: Double) -> Bool {
        if then.bitPattern == now.bitPattern { return true }
        let share = abs(then - now) / max(abs(then), abs(now), 1e-12)
        proof.largest = max(proof.largest, share)
        return share <= tolerance
    }

    /// Notes stored points that the new run did not give, and the chains.
    private mutating func finish() throws {
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
