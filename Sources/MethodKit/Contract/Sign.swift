/// A comparison of the paper that is measured here too: which way it goes there. Which way it goes here is read from a
/// session, see ``found(_:_:)``, never from memory.
public struct Sign: Sendable {
    /// Which way a metric goes from one arm to the other.
    public enum Direction: String, Sendable, Codable {
        case higher, lower
        /// No difference: in the paper, none worth telling; here, an interval that includes zero.
        case level
    }

    /// Whether paper and session say the same.
    public enum Agreement: String, Sendable, Codable {
        case agrees
        case opposite = "the other way round"
        /// One of the two shows no difference.
        case notShown = "not shown"
    }

    /// What is compared, in words: "grounding after agent training, KTO over fine-tuning".
    public let comparison: String
    /// Where the paper has it: "Table 3".
    public let source: String
    /// What is measured here.
    public let metric: Metric
    /// The raw value of the arm that is looked at.
    public let arm: String
    /// The raw value of the arm that it is compared with.
    public let other: String
    /// What is measured of that arm: the same, unless one arm is compared with itself at another time or elsewhere.
    public let otherMetric: Metric
    /// Which way the metric goes from `other` to `arm` in the paper.
    public let paper: Direction

    /// A sign from its parts; the other arm's metric is the same when none is given.
    public init(
        _ comparison: String, _ source: String, _ metric: Metric, of arm: some MethodArm,
        over other: some MethodArm, in otherMetric: Metric? = nil, paper: Direction
    ) {
        self.comparison = comparison
        self.source = source
        self.metric = metric
        self.arm = arm.rawValue
        self.other = other.rawValue
        self.otherMetric = otherMetric ?? metric
        self.paper = paper
    }

    /// Which way the metric goes in a session, with the mean difference and its interval.
    ///
    /// - Parameters:
    ///   - values: last values of the metric in the arm's finished trials, by seed.
    ///   - others: those of the other arm and metric.
    /// - Returns: nil when fewer than two seeds have both.
    public func found(
        _ values: [UInt64: Double], _ others: [UInt64: Double]
    ) -> (direction: Direction, mean: Double, low: Double, high: Double)? {
        let differences = values.keys.sorted().compactMap { seed in
            others[seed].flatMap { other in values[seed].map { $0 - other } }
        }
        guard differences.count > 1 else { return nil }
        let (mean, low, high) = Statistics.interval(of: differences)
        return (low > 0 ? .higher : high < 0 ? .lower : .level, mean, low, high)
    }

    /// Whether a direction is the paper's.
    public func agreement(_ direction: Direction) -> Agreement {
        if direction == paper { return .agrees }
        return direction == .level || paper == .level ? .notShown : .opposite
    }
}
