import Foundation
import MethodKit

/// Two sides with one value of a metric a seed, compared on the seeds that both have, and who is better.
public struct Contest: Sendable {
    /// One side.
    public struct Side: Sendable {
        /// What stands in the sentence.
        public let name: String
        /// Last value by seed, of trials that have finished.
        public let values: [UInt64: Double]

        /// A side from its parts.
        public init(_ name: String, _ values: [UInt64: Double]) {
            self.name = name
            self.values = values
        }
    }

    /// Who is better.
    public enum Answer: Sendable, Equatable {
        /// The one that was named first, or the other.
        case first, second
        /// Every value is the same.
        case equal
        /// No seed is there on both sides, or the interval includes zero.
        case unknown
    }

    /// The metric.
    public let metric: Metric
    /// Who is compared.
    public let first, second: Side
    /// The seeds that both have.
    public let seeds: [UInt64]
    /// For each seed positive when the first is better.
    public let effects: [Double]
    /// Whether values are subtracted or divided.
    public let scale: Condition.Scale

    /// A contest of two sides.
    ///
    /// - Parameters:
    ///   - metric: one with a better direction.
    ///   - first: one side.
    ///   - second: the other.
    ///   - scale: whether values are subtracted or divided.
    public init(_ metric: Metric, _ first: Side, _ second: Side, scale: Condition.Scale = .linear) {
        (self.metric, self.first, self.second, self.scale) = (metric, first, second, scale)
        var seeds: [UInt64] = [], effects: [Double] = []
        for seed in first.values.keys.sorted() {
            guard let a = first.values[seed], let b = second.values[seed],
                let effect = scale.effect(of: a, over: b, better: metric.better)
            else { continue }
            seeds.append(seed)
            effects.append(effect)
        }
        (self.seeds, self.effects) = (seeds, effects)
    }

    /// Mean of the effects and its 95 % interval, which is NaN with fewer than two seeds.
    public var interval: (mean: Double, low: Double, high: Double) { Statistics.interval(of: effects) }

    /// Who is better. One seed is taken at its word; the sentence says that it is one.
    public var answer: Answer {
        let (mean, low, high) = interval
        guard metric.better != .neither, mean.isFinite else { return .unknown }
        if effects.allSatisfy({ $0 == 0 }) { return .equal }
        if effects.count == 1 { return mean > 0 ? .first : .second }
        return low > 0 ? .first : high < 0 ? .second : .unknown
    }
}

extension Condition.Scale {
    /// How much better one value is than another; nil when a logarithm has no value.
    fileprivate func effect(of value: Double, over other: Double, better: Metric.Direction) -> Double? {
        let sign = better == .lower ? -1.0 : 1.0
        switch self {
        case .linear: return sign * (value - other)
        case .log: return value > 0 && other > 0 ? sign * Foundation.log(value / other) : nil
        }
    }
}
