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
    /// What the complete pairs alone would say; ``verdict`` is what may be told.
    public let judgement: Judgement

    /// How many seeds the session has.
    public var expected: Int { pairs.count + missing.count }

    /// The verdict: none before all seeds are in, for what two of five seeds say is chosen by which ended first.
    public var verdict: Judgement.Verdict { missing.isEmpty ? judgement.verdict : .undecided }

    /// The verdict for people: "holds", or "undecided, 2 of 5".
    public var verdictText: String {
        missing.isEmpty ? verdict.rawValue : "\(verdict.rawValue), \(pairs.count) of \(expected)"
    }

    /// The claim's two arms as a contest: who is ahead, whatever the threshold.
    public var contest: Contest {
        func side(_ name: String, _ value: KeyPath<Pair, Double>) -> Contest.Side {
            Contest.Side(name, Dictionary(uniqueKeysWithValues: pairs.map { ($0.seed, $0[keyPath: value]) }))
        }
        return Contest(
            claim.metric, side(claim.arm, \.arm), side(claim.baseline, \.baseline), scale: claim.effect)
    }

    /// Judges a claim by the last values of its metric.
    ///
    /// - Parameters:
    ///   - claim: the claim.
    ///   - seeds: those that it is tested on here.
    ///   - value: last value of the claim's metric in the finished trial of an arm and a seed; nil when there is none.
    /// - Throws: what `value` throws.
    public init(
        _ claim: Claim, seeds: some Collection<UInt64>,
        value: (_ arm: String, _ seed: UInt64) throws -> Double?
    ) rethrows {
        let seeds = Set(seeds).sorted()
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

    /// Reads a session's finished trials.
    ///
    /// - Throws: `StoreError`.
    public init(_ claim: Claim, in session: SessionRecord, store: SessionStore) throws {
        let trials = try store.trials(of: session.id)
        let metric = session.metrics.firstIndex { $0.name == claim.metric.name }
        try self.init(claim, seeds: trials.map(\.seed)) { arm, seed in
            guard let metric,
                let trial = trials.first(where: { $0.arm == arm && $0.seed == seed && $0.status == .finished }
                )
            else { return nil }
            return try store.lastValue(of: trial.id, metric: metric)?.value
        }
    }
}
