/// How much of what was found is right, and how much of what was wanted is found.
public struct PrecisionRecall: Sendable, Equatable {
    /// Share of what was found that is right.
    public let precision: Double
    /// Share of what was wanted that is found.
    public let recall: Double

    /// Nothing right and nothing found.
    public static let zero = PrecisionRecall(precision: 0, recall: 0)

    /// Both from their shares.
    public init(precision: Double, recall: Double) {
        self.precision = precision
        self.recall = recall
    }

    /// Both from counts; a share of nothing is 0, as `rouge_score` has it.
    ///
    /// - Parameters:
    ///   - matches: how many of what was found are right.
    ///   - found: how many were found.
    ///   - wanted: how many were wanted.
    public init(matches: Int, found: Int, wanted: Int) {
        precision = Double(matches) / Double(max(found, 1))
        recall = Double(matches) / Double(max(wanted, 1))
    }

    /// Their harmonic mean; 0 when both are 0.
    public var f1: Double {
        let sum = precision + recall
        return sum > 0 ? 2 * precision * recall / sum : 0
    }
}
