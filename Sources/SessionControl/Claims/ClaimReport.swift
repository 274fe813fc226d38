import Foundation
import MethodKit
import Store

/// A claim and what a session says about it.
public struct ClaimReport: Sendable {
    /// One seed's two trials.
    public struct Pair: Sendable, Equatable {
        /// The seed of both.
        public let seed: UInt64
        /// Last value of the claim's metric in the arm.
        public let arm: Double
        /// Last value of the claim's metric in the baseline.
        public let baseline: Double
        /// Positive when the arm is better.
        public let effect: Double
    }

    /// The claim.
    public let claim: Claim
    /// The complete pairs, by seed.
    public let pairs: [Pair]
    /// Seeds of which a trial has not finished, or has no effect.
    public let missing: [UInt64]
    /// Effect, interval and verdict over the pairs.
    public let judgement: Judgement

    /// Reads a session's finished trials.
    ///
    /// - Throws: `StoreError`.
    public init(_ claim: Claim, in session: SessionRecord, store: SessionStore) throws {
        let trials = try store.trials(of: session.id)
        let metric = session.metrics.firstIndex { $0.name == claim.metric.name }
        func value(_ arm: String, _ seed: UInt64) throws -> Double? {
            guard let metric,
                let trial = trials.first(where: { $0.arm == arm && $0.seed == seed && $0.status == .finished }
                )
            else { return nil }
            return try store.lastValue(of: trial.id, metric: metric)?.value
        }
        let seeds = Array(Set(trials.map(\.seed))).sorted()
        let found = try seeds.compactMap { seed -> Pair? in
            guard let ours = try value(claim.arm, seed), let base = try value(claim.baseline, seed),
                let effect = claim.effect(of: ours, over: base)
            else { return nil }
            return Pair(seed: seed, arm: ours, baseline: base, effect: effect)
        }
        self.claim = claim
        pairs = found
        missing = seeds.filter { seed in !found.contains { $0.seed == seed } }
        judgement = Judgement(effects: found.map(\.effect), threshold: claim.threshold)
    }
}

extension SessionStore {
    /// The newest session that runs just this plan and has not finished; a claim goes on there.
    ///
    /// - Throws: `StoreError`.
    public func unfinished(_ plan: SessionPlan) throws -> SessionRecord? {
        let wanted = Set(plan.trials.map { "\($0.arm) \($0.seed)" })
        return try sessions().sorted { $0.id > $1.id }.first { session in
            guard session.method == plan.method.card.id, session.methodVersion == plan.method.version,
                session.purpose == plan.purpose.rawValue, session.inputs == plan.inputs,
                session.owner?.isAlive != true
            else { return false }
            let trials = try trials(of: session.id)
            return Set(trials.map { "\($0.arm) \($0.seed)" }) == wanted
                && trials.contains {
                    [.queued, .interrupted, .stopped, .running, .paused].contains($0.status)
                }
        }
    }
}
