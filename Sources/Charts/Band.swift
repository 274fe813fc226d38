import Foundation

extension Series {
    /// The mean of several curves, and the band in which it lies with 95 % (Student's t), at each place that all
    /// of them have reached. Where one of them has no value, both have a gap.
    ///
    /// The mean's envelope is the mean of the envelopes, so a spike of one step in one curve is seen in it, as high
    /// as it makes the mean.
    ///
    /// - Parameters:
    ///   - curves: one a seed.
    ///   - name: what the legend says.
    ///   - color: the place among the theme's colours.
    ///   - quantile: the 0.975 quantile of Student's t with so many degrees of freedom.
    /// - Returns: band and mean, to be drawn in this order.
    public static func band(
        _ curves: [Series], name: String, color: Int, quantile: (_ freedom: Int) -> Double
    ) -> [Series] {
        guard let longest = curves.max(by: { $0.points.count < $1.points.count }) else { return [] }
        let factor = curves.count > 1 ? quantile(curves.count - 1) / Double(curves.count).squareRoot() : .nan
        var mean: [Point] = [], band: [Point] = []
        var followers = curves.map { Follower(points: $0.points) }
        for x in longest.points.map(\.x) {
            let points = followers.indices.compactMap { followers[$0].point(at: x) }
            guard points.count == curves.count else { continue }
            let middle = Self.mean(points.map(\.y))
            let envelope = (Self.mean(points.map(\.low)), Self.mean(points.map(\.high)))
            mean.append(Point(x, middle, low: envelope.0, high: envelope.1))
            let squares = points.reduce(0) { $0 + ($1.y - middle) * ($1.y - middle) }
            let half = factor * (squares / Double(points.count - 1)).squareRoot()
            band.append(Point(x, middle, low: middle - half, high: middle + half))
        }
        return [Series(name, band, color: color, kind: .band), Series(name, mean, color: color)]
    }

    /// NaN where one of the values is.
    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}

/// Goes along a curve from left to right.
private struct Follower {
    let points: [Series.Point]
    private var next = 0

    init(points: [Series.Point]) { self.points = points }

    /// The last place at or before x; nil where the curve has not begun or has ended.
    mutating func point(at x: Double) -> Series.Point? {
        while next < points.count, points[next].x <= x { next += 1 }
        guard next > 0, let last = points.last, last.x >= x else { return nil }
        return points[next - 1]
    }
}
