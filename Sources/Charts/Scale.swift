import Foundation

/// Maps values of one axis to the share 0…1 of its length.
public struct Scale: Sendable, Equatable {
    /// The values at the two ends.
    public let range: ClosedRange<Double>
    /// Whether equal ratios take equal lengths.
    public let isLog: Bool

    /// A scale over a range. A logarithmic one takes only positive values; what is not positive has no place.
    public init(_ range: ClosedRange<Double>, isLog: Bool = false) {
        self.isLog = isLog
        let low = range.lowerBound, high = range.upperBound
        if low < high {
            self.range = range
        } else {
            // One value only: it stands in the middle.
            let margin = isLog ? 0 : max(abs(low) * 0.1, 1e-12)
            self.range = isLog ? low / 2...low * 2 : low - margin...low + margin
        }
    }

    /// A scale that shows all values with a small margin; nil when none has a place.
    public init?(_ values: some Sequence<Double>, isLog: Bool = false) {
        var ends = Ends(isLog: isLog)
        for value in values { ends.take(value) }
        self.init(ends)
    }

    /// A scale that shows everything that has been taken, with a small margin; nil when none has a place.
    init?(_ ends: Ends) {
        guard ends.low <= ends.high else { return nil }
        if ends.isLog {
            let margin = pow(ends.high / ends.low, 0.03)
            self.init(ends.low / margin...ends.high * margin, isLog: true)
        } else {
            let margin = (ends.high - ends.low) * 0.03
            self.init(ends.low - margin...ends.high + margin)
        }
    }

    /// The smallest and the largest value that has a place on a scale.
    struct Ends {
        let isLog: Bool
        private(set) var low = Double.infinity
        private(set) var high = -Double.infinity

        init(isLog: Bool) { self.isLog = isLog }

        mutating func take(_ value: Double) {
            guard value.isFinite, !isLog || value > 0 else { return }
            low = min(low, value)
            high = max(high, value)
        }
    }

    /// The share of a value; nil when it has no place on this scale.
    public func share(_ value: Double) -> Double? {
        guard value.isFinite else { return nil }
        guard isLog else { return (value - range.lowerBound) / (range.upperBound - range.lowerBound) }
        guard value > 0 else { return nil }
        return log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    }

    /// The value at a share.
    public func value(at share: Double) -> Double {
        guard isLog else { return range.lowerBound + share * (range.upperBound - range.lowerBound) }
        return range.lowerBound * pow(range.upperBound / range.lowerBound, share)
    }

    /// Round marks, at most `count`.
    public func ticks(count: Int) -> Ticks {
        isLog ? Ticks(log: range, count: count) : Ticks(range, count: count)
    }
}
