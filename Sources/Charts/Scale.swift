import Foundation

/// Maps values of one axis to the share 0…1 of its length.
public struct Scale: Sendable, Equatable {
    /// The values at the two ends; both finite, and positive on a logarithmic scale.
    public let range: ClosedRange<Double>
    /// Whether equal ratios take equal lengths.
    public let isLog: Bool
    /// Where the scale begins and how long it is: halves of values, which cannot overflow, or their logarithms.
    private let start, length: Double

    /// A scale over a range. A logarithmic one takes only positive values; what is not positive has no place.
    /// A range without extent gets one, with its value in the middle.
    public init(_ range: ClosedRange<Double>, isLog: Bool = false) {
        let most = Double.greatestFiniteMagnitude, least = isLog ? Double.leastNormalMagnitude : -most
        var low = max(least, min(most, range.lowerBound)), high = max(least, min(most, range.upperBound))
        if !(Self.place(high, isLog) - Self.place(low, isLog) > 0) {
            let margin = low == 0 ? 1 : abs(low) * 0.1
            (low, high) = isLog ? (max(least, low / 2), high * 2) : (low - margin, high + margin)
            (low, high) = (max(least, low), min(most, high))
        }
        self.range = low...high
        self.isLog = isLog
        start = Self.place(low, isLog)
        length = Self.place(high, isLog) - start
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
        let most = Double.greatestFiniteMagnitude
        if ends.isLog {
            let margin = min(most, pow(ends.high / ends.low, 0.03))
            self.init(ends.low / margin...min(most, ends.high * margin), isLog: true)
        } else {
            let margin = ends.high * 0.03 - ends.low * 0.03
            self.init(max(-most, ends.low - margin)...min(most, ends.high + margin))
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

        mutating func take(_ extent: Extent) {
            take(isLog ? extent.leastPositive : extent.low)
            take(extent.high)
        }
    }

    /// Between which values some points lie, with their envelopes, on a scale of either kind.
    struct Extent: Sendable, Equatable {
        /// The smallest and the largest finite value; infinite when there is none.
        private(set) var low = Double.infinity, high = -Double.infinity
        /// The smallest that has a place on a logarithmic scale; infinite when there is none.
        private(set) var leastPositive = Double.infinity

        init(of points: ArraySlice<Series.Point>) {
            for point in points {
                take(point.low)
                take(point.high)
                take(point.y)
            }
        }

        private mutating func take(_ value: Double) {
            guard value.isFinite else { return }
            if value < low { low = value }
            if value > high { high = value }
            if value > 0, value < leastPositive { leastPositive = value }
        }
    }

    private static func place(_ value: Double, _ isLog: Bool) -> Double { isLog ? log(value) : value / 2 }

    /// The share of a value; nil when it has no place on this scale.
    public func share(_ value: Double) -> Double? {
        guard value.isFinite, !isLog || value > 0 else { return nil }
        return (Self.place(value, isLog) - start) / length
    }

    /// The value at a share.
    public func value(at share: Double) -> Double {
        guard isLog else { return range.lowerBound * (1 - share) + range.upperBound * share }
        return exp(start + share * length)
    }

    /// Round marks, about `count` of them; the same on every chart that has this scale and this count.
    public func ticks(count: Int) -> Ticks {
        isLog ? Ticks(log: range, count: count) : Ticks(range, count: count)
    }
}
