import Base
import Foundation

/// One thing that a claim says: a weighted sum of measured values lies above, below or within a bound.
///
/// Each seed gives one value of the sum; their mean's interval is held against the bound, see ``Judgement``. With weights
/// that sum to zero the condition compares: zero (on the logarithmic scale a factor of one) then means "no different", and
/// the interval says more than whether the bound is reached. With other weights it is a level, for which zero means nothing.
///
/// ```swift
/// Condition.better(success, of: Arm.kto, than: Arm.sft, by: 0.15)
/// Condition.better(reward, of: Arm.learnt, than: Arm.best(.never, .pairs, .fours), by: 0.04)
/// Condition.notWorse(alignment, of: Arm.adapted, than: Arm.full, by: 0.1)
/// Condition.ratio(frechet, of: Arm.adapted, to: Arm.prior, .below(1.2))
/// Condition.level(dynamics, of: Arm.shuffled, .within(0.7...1.3))
/// Condition(
///     "85 % of textual inversion's reduction",
///     [.init(1, distance, Arm.zo), .init(-0.85, distance, Arm.ti), .init(-0.15, distance, Arm.mean)], .below(0))
/// ```
public struct Condition: Sendable {
    /// One measured value with its weight.
    public struct Term: Sendable {
        /// What the value is multiplied by; on the logarithmic scale its logarithm is.
        public let weight: Double
        /// The metric, of which a trial's last value counts.
        public let metric: Metric
        /// Whose value it is.
        public let side: Side

        /// A term from its parts. The best of several arms needs a metric that says which way is better.
        public init(_ weight: Double, _ metric: Metric, _ side: some Sided) {
            precondition(
                side.side.arms.count == 1 || metric.better != .neither,
                "the best of several arms needs a metric with a better direction, and '\(metric.name)' has none"
            )
            (self.weight, self.metric, self.side) = (weight, metric, side.side)
        }
    }

    /// How the terms of a seed become one value.
    public enum Scale: String, Sendable, Codable {
        /// The sum of weight times value.
        case linear
        /// The sum of weight times the value's natural logarithm; every value must be positive. With weights 1 and -1 it is a
        /// ratio's logarithm, so the mean over the seeds is that of a geometric mean. Bounds are given, and values shown, as
        /// factors.
        case log
    }

    /// Where the value should lie; on the logarithmic scale given as factors.
    public enum Bound: Sendable, Equatable {
        case above(Double)
        case below(Double)
        case within(ClosedRange<Double>)
    }

    /// Which interval of the mean over the seeds is held against the bound, by Student's t.
    public enum Interval: String, Sendable, Codable {
        /// The 95 % interval.
        case twoSided = "95 %"
        /// Each end is the 95 % limit of its own side: the 90 % interval.
        case oneSided = "one-sided 95 %"

        /// The probability that lies beyond one end.
        public var tail: Double { self == .twoSided ? 0.025 : 0.05 }
    }

    /// What stands in its row: "success: kto over sft".
    public let name: String
    /// The terms; the first is that of the arm with the idea.
    public let terms: [Term]
    /// How the terms become one value.
    public let scale: Scale
    /// Where the value should lie.
    public let bound: Bound
    /// The interval that is held against the bound.
    public let interval: Interval

    /// A condition from its parts.
    public init(
        _ name: String, _ terms: [Term], scale: Scale = .linear, _ bound: Bound,
        interval: Interval = .twoSided
    ) {
        precondition(!terms.isEmpty, "condition '\(name)' has no term")
        precondition(
            scale == .linear || bound.ends.allSatisfy { $0 > 0 },
            "condition '\(name)' has a logarithmic scale, so its bound is a factor above 0")
        self.name = name
        self.terms = terms
        self.scale = scale
        self.bound = bound
        self.interval = interval
    }

    /// Whether it compares: its weights sum to zero.
    public var isComparison: Bool { abs(terms.reduce(0) { $0 + $1.weight }) < 1e-9 }

    /// All arms that it reads.
    public var arms: [String] { terms.flatMap(\.side.arms).unique }

    /// The value of one seed, from one value a term; nil where it has none: a logarithm of what is not positive.
    public func value(of terms: [Double]) -> Double? {
        let values = scale == .log ? terms.map { $0 > 0 ? log($0) : .nan } : terms
        let sum = zip(self.terms, values).reduce(0) { $0 + $1.0.weight * $1.1 }
        return sum.isFinite ? sum : nil
    }

    /// The bound's ends on the scale of ``value(of:)``.
    public var scaledBound: Bound { scale == .log ? bound.map { log($0) } : bound }

    /// A value as it is shown: on the logarithmic scale as a factor.
    public func shown(_ value: Double) -> Double { scale == .log ? exp(value) : value }
}

extension Condition.Bound {
    /// Its one or two ends.
    public var ends: [Double] {
        switch self {
        case .above(let end), .below(let end): [end]
        case .within(let range): [range.lowerBound, range.upperBound]
        }
    }

    fileprivate func map(_ change: (Double) -> Double) -> Self {
        switch self {
        case .above(let end): .above(change(end))
        case .below(let end): .below(change(end))
        case .within(let range): .within(change(range.lowerBound)...change(range.upperBound))
        }
    }
}

// MARK: Sides

extension Condition {
    /// One arm, or the best of several, seed by seed.
    ///
    /// The best is taken in the metric's direction and anew for every seed, which is harder to beat than each of them.
    public struct Side: Sendable, Equatable {
        /// Raw values of the arms; one is the usual case.
        public let arms: [String]

        /// What stands in sentences: "sft", "best of never, pairs".
        public var name: String { arms.count == 1 ? arms[0] : "best of \(arms.joined(separator: ", "))" }

        /// The metric's value for one seed; nil while an arm has none.
        ///
        /// - Throws: what `value` throws.
        public func value(of metric: Metric, _ value: (_ arm: String) throws -> Double?) rethrows -> Double? {
            let found = try arms.compactMap(value)
            guard found.count == arms.count else { return nil }
            return metric.better == .lower ? found.min() : found.max()
        }
    }
}

/// What can stand in a term: an arm, or the best of several.
public protocol Sided: Sendable {
    /// The arms that it stands for.
    var side: Condition.Side { get }
}

extension Condition.Side: Sided {
    public var side: Condition.Side { self }
}

extension MethodArm {
    /// This arm alone.
    public var side: Condition.Side { Condition.Side(arms: [rawValue]) }

    /// The best of several arms, seed by seed.
    public static func best(_ arms: Self...) -> Condition.Side { Condition.Side(arms: arms.map(\.rawValue)) }
}

// MARK: What is common

extension Condition {
    /// A metric of one side is better than of another by more than an amount, in the metric's direction.
    ///
    /// - Parameters:
    ///   - metric: one with a better direction.
    ///   - side: the arm with the idea.
    ///   - other: what it is compared with.
    ///   - amount: in the metric's unit; 0 asks only that it is better.
    ///   - interval: the interval that is held against the amount.
    /// - Returns: the condition.
    public static func better(
        _ metric: Metric, of side: some Sided, than other: some Sided, by amount: Double,
        interval: Interval = .twoSided
    ) -> Self {
        precondition(metric.better != .neither, "'\(metric.name)' has no better direction")
        return Condition(
            "\(metric.name): \(side.side.name) over \(other.side.name)",
            [Term(1, metric, side), Term(-1, metric, other)],
            metric.better == .higher ? .above(amount) : .below(0 - amount), interval: interval)
    }

    /// A metric of one side is not worse than of another by more than an amount, in the metric's direction.
    ///
    /// - Parameters:
    ///   - metric: one with a better direction.
    ///   - side: the arm with the idea.
    ///   - other: what it is compared with.
    ///   - amount: in the metric's unit, above 0.
    ///   - interval: the interval that is held against the amount.
    /// - Returns: the condition.
    public static func notWorse(
        _ metric: Metric, of side: some Sided, than other: some Sided, by amount: Double,
        interval: Interval = .twoSided
    ) -> Self { better(metric, of: side, than: other, by: 0 - amount, interval: interval) }

    /// A metric of one side divided by that of another.
    ///
    /// - Parameters:
    ///   - metric: one whose values are positive.
    ///   - side: the arm with the idea.
    ///   - other: what it is divided by.
    ///   - bound: of the ratio.
    ///   - interval: the interval that is held against the bound.
    /// - Returns: the condition.
    public static func ratio(
        _ metric: Metric, of side: some Sided, to other: some Sided, _ bound: Bound,
        interval: Interval = .twoSided
    ) -> Self {
        Condition(
            "\(metric.name): \(side.side.name) to \(other.side.name)",
            [Term(1, metric, side), Term(-1, metric, other)], scale: .log, bound, interval: interval)
    }

    /// A metric of one side by itself.
    ///
    /// - Parameters:
    ///   - metric: any.
    ///   - side: the arm with the idea.
    ///   - bound: of the metric, in its unit.
    ///   - interval: the interval that is held against the bound.
    /// - Returns: the condition.
    public static func level(
        _ metric: Metric, of side: some Sided, _ bound: Bound, interval: Interval = .twoSided
    ) -> Self {
        Condition("\(metric.name): \(side.side.name)", [Term(1, metric, side)], bound, interval: interval)
    }
}
