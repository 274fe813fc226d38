import Foundation

/// A falsifiable sentence about two arms. The controller runs it; the engine does not judge itself.
public struct Claim: Sendable {
    /// How two arms with one seed are compared.
    public enum Effect: String, Sendable, Codable {
        /// Metric of the arm minus metric of the baseline.
        case difference
        /// Natural logarithm of their ratio; both must be positive.
        case logRatio

        /// The effect of one pair, positive when `value` is better; nil when a log ratio has no value.
        public func of(_ value: Double, over baseline: Double, better: Metric.Direction) -> Double? {
            let sign = better == .lower ? -1.0 : 1.0
            switch self {
            case .difference: return sign * (value - baseline)
            case .logRatio:
                guard value > 0, baseline > 0 else { return nil }
                return sign * log(value / baseline)
            }
        }
    }

    /// The sentence, with the threshold in it.
    public let sentence: String
    /// The metric whose last value of a trial is compared.
    public let metric: Metric
    /// The raw value of the arm that should be better.
    public let arm: String
    /// The raw value of the arm it is compared with.
    public let baseline: String
    /// How the two are compared.
    public let effect: Effect
    /// The interval must lie beyond it; positive, in the direction that the metric calls better.
    public let threshold: Double
    /// The preset that the recorded session uses.
    public let preset: String
    /// The seeds it is reported on. The experiment was designed on others.
    public let seeds: [UInt64]
    /// What both arms are given equally much of, in a sentence.
    public let equalCompute: String

    /// A claim from its parts; the default seeds are those of every recorded claim.
    public init(
        _ sentence: String, metric: Metric, arm: some MethodArm, over baseline: some MethodArm,
        effect: Effect = .difference, threshold: Double, preset: String = "full",
        seeds: [UInt64] = Claim.defaultSeeds, equalCompute: String
    ) {
        precondition(metric.better != .neither, "a claim needs a metric with a better direction")
        self.sentence = sentence
        self.metric = metric
        self.arm = arm.rawValue
        self.baseline = baseline.rawValue
        self.effect = effect
        self.threshold = threshold
        self.preset = preset
        self.seeds = seeds
        self.equalCompute = equalCompute
    }

    /// The seeds of recorded claims. Experiments are designed on seeds 1 to 3.
    public static let defaultSeeds: [UInt64] = [11, 12, 13, 14, 15]

    /// The effect for one seed, positive when the arm is better; nil when a log ratio has no value.
    public func effect(of value: Double, over baseline: Double) -> Double? {
        effect.of(value, over: baseline, better: metric.better)
    }
}

/// What the pairs of a claim say.
public struct Judgement: Sendable, Codable, Equatable {
    /// The four verdicts, and none while there are fewer than two pairs.
    public enum Verdict: String, Sendable, Codable {
        case holds
        case directionOnly = "direction only"
        case notShown = "not shown"
        case contradicted
        case undecided
    }

    /// One effect for each seed, positive when the arm is better.
    public let effects: [Double]
    /// Their mean.
    public let mean: Double
    /// 95 % interval of the mean by Student's t; NaN with fewer than two pairs.
    public let low, high: Double
    /// The exact two-sided sign test's probability.
    public let signTest: Double
    /// What follows.
    public let verdict: Verdict

    /// Judges the paired effects of a claim.
    public init(effects: [Double], threshold: Double) {
        self.effects = effects
        let interval = Statistics.interval(of: effects)
        (mean, low, high) = (interval.mean, interval.low, interval.high)
        signTest = Statistics.signTest(effects)
        verdict =
            switch interval {
            case let i where i.low.isNaN: .undecided
            case let i where i.low > threshold: .holds
            case let i where i.low > 0: .directionOnly
            case let i where i.high < 0: .contradicted
            default: .notShown
            }
    }
}
