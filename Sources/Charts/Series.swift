import Foundation

/// One curve.
public struct Series: Sendable, Equatable {
    /// One place of a curve: a value, or several summed up.
    public struct Point: Sendable, Equatable {
        /// Along the x axis.
        public var x: Double
        /// The value, or the mean of several; NaN is a gap.
        public var y: Double
        /// The smallest and the largest of them.
        public var low, high: Double

        /// One value.
        public init(_ x: Double, _ y: Double) { self.init(x, y, low: y, high: y) }

        /// Several values summed up.
        public init(_ x: Double, _ y: Double, low: Double, high: Double) {
            self.x = x
            self.y = y
            self.low = low
            self.high = high
        }
    }

    /// How a curve is drawn.
    public enum Kind: Sendable, Equatable {
        /// A line in its colour.
        case line
        /// A line that stands back: raw values under smoothed ones.
        case faint
        /// The area between low and high, thinly filled.
        case band
        /// Each value for itself, in any order.
        case points
        /// Each value for itself, with a line from low to high, in any order.
        case whiskers
        /// The area between zero and the value, from each place to the next; the last place only ends it.
        case columns

        /// Whether it stands in front, in its full colour.
        var isInFront: Bool { self == .line || self == .points || self == .whiskers }

        /// Whether points come by x, ascending.
        var isInOrder: Bool { self != .points && self != .whiskers }
    }

    /// What the legend says.
    public var name: String
    /// By x, ascending, where the kind joins them.
    public let points: [Point]
    /// What a y axis over all points must show.
    let extent: Scale.Extent
    /// Its place among the theme's colours and marks.
    public var color: Int
    /// How it is drawn.
    public var kind: Kind

    /// A curve from its parts.
    public init(_ name: String, _ points: [Point], color: Int, kind: Kind = .line) {
        self.name = name
        self.points = points
        extent = Scale.Extent(of: points[...])
        self.color = color
        self.kind = kind
    }

    /// The last place at or before x; nil before the first one.
    public func point(at x: Double) -> Point? {
        let next = points.partition { $0.x > x }
        return next > 0 ? points[next - 1] : nil
    }

    /// The last value at or before x; nil before the first one.
    public func value(at x: Double) -> Double? { point(at: x)?.y }

    /// The curve smoothed by an exponential moving average without bias, as TensorBoard smooths: s ← w·s + (1−w)·y,
    /// divided by 1 − wⁿ. Gaps stay gaps and do not count; a constant curve stays as it is.
    ///
    /// - Parameter weight: w, at least 0 and below 1; 0 smooths nothing.
    /// - Returns: the smoothed curve.
    public func smoothed(_ weight: Double) -> Series {
        guard weight > 0, !isConstant else { return self }
        var sum = 0.0, mass = 0.0
        let smooth = points.map { point in
            guard point.y.isFinite else { return point }
            sum = weight * sum + (1 - weight) * point.y
            mass = weight * mass + (1 - weight)
            return Point(point.x, sum / mass)
        }
        return Series(name, smooth, color: color, kind: kind)
    }

    /// What a y axis must show of the points that lie in a range of the x axis.
    func extent(in range: ClosedRange<Double>?) -> Scale.Extent {
        guard let range else { return extent }
        guard kind.isInOrder else { return Scale.Extent(of: points.filter { range.contains($0.x) }[...]) }
        let first = points.partition { $0.x >= range.lowerBound }
        let end = points.partition { $0.x > range.upperBound }
        return first == 0 && end == points.count ? extent : Scale.Extent(of: points[first..<max(first, end)])
    }

    private var isConstant: Bool {
        points.allSatisfy { $0.low == points[0].y && $0.high == points[0].y && $0.y == points[0].y }
    }
}
