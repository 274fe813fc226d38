/// What the seeds of a condition say.
///
/// The interval of the mean is held against the bound, turned so that the good side is above:
///
/// | verdict | a comparison | a level, or a bound within a range |
/// |---|---|---|
/// | holds | the whole interval is beyond the bound | the same |
/// | direction only | beyond zero on the good side, and not beyond the bound | never |
/// | contradicted | short of the bound and of zero | wholly outside the bound |
/// | not shown | everything else | everything else |
///
/// So a comparison whose bound asks for an effect is contradicted only by an effect of the wrong sign, and one that allows a
/// loss only by a greater loss: between zero and the bound an effect is smaller than claimed, not contrary to it. A level has
/// no sign, so what is not at its bound is contrary to it.
public struct Judgement: Sendable, Equatable {
    /// The four verdicts, and none while there are fewer than two seeds.
    public enum Verdict: String, Sendable, Codable {
        case holds
        case directionOnly = "direction only"
        case notShown = "not shown"
        case contradicted
        case undecided

        /// Whether this one decides, of two conditions that must both be met.
        ///
        /// What is contradicted stays so, whatever is still to come; what is not shown may yet become worse.
        public func isWorse(than other: Self) -> Bool { badness > other.badness }

        private var badness: Int {
            switch self {
            case .holds: 0
            case .directionOnly: 1
            case .notShown: 2
            case .undecided: 3
            case .contradicted: 4
            }
        }
    }

    /// One value a seed, on the condition's scale.
    public let values: [Double]
    /// Their mean.
    public let mean: Double
    /// The condition's interval of the mean by Student's t; NaN with fewer than two seeds.
    public let low, high: Double
    /// Of a comparison, the exact two-sided sign test's probability; nil of a level.
    public let signTest: Double?
    /// What follows.
    public let verdict: Verdict

    /// Judges the values of a condition.
    public init(_ values: [Double], of condition: Condition) {
        self.values = values
        (mean, low, high) = Statistics.interval(of: values, tail: condition.interval.tail)
        signTest = condition.isComparison ? Statistics.signTest(values) : nil
        verdict =
            low.isNaN
            ? .undecided
            : Self.verdict(
                low: low, high: high, condition.scaledBound, isComparison: condition.isComparison)
    }

    static func verdict(
        low: Double, high: Double, _ bound: Condition.Bound, isComparison: Bool
    ) -> Verdict {
        switch bound {
        case .within(let range):
            if low > range.lowerBound, high < range.upperBound { return .holds }
            return high < range.lowerBound || low > range.upperBound ? .contradicted : .notShown
        case .below(let end):
            return verdict(low: -high, high: -low, .above(-end), isComparison: isComparison)
        case .above(let end):
            if low > end { return .holds }
            if isComparison, low > 0 { return .directionOnly }
            return high < (isComparison ? min(end, 0) : end) ? .contradicted : .notShown
        }
    }
}
