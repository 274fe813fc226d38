import Foundation

extension Series {
    /// The mean of several curves, and the band in which it lies with 95 % (Student's t), at each place that all
    /// of them have reached.
    ///
    /// - Parameters:
    ///   - curves: one a seed.
    ///   - halfWidth: half of the interval of the mean of some values.
    /// - Returns: band and mean, to be drawn in this order.
    public static func band(
        _ curves: [Series], name: String, color: Int, halfWidth: ([Double]) -> Double
    ) -> [Series] {
        guard let longest = curves.max(by: { $0.points.count < $1.points.count }) else { return [] }
        var mean: [Point] = [], band: [Point] = []
        for place in longest.points {
            let values = curves.compactMap { curve -> Double? in
                guard let last = curve.points.last, place.x <= last.x else { return nil }
                return curve.value(at: place.x)
            }.filter(\.isFinite)
            guard values.count == curves.count, !values.isEmpty else { continue }
            let middle = values.reduce(0, +) / Double(values.count)
            mean.append(Point(place.x, middle))
            let half = halfWidth(values)
            if half.isFinite { band.append(Point(place.x, middle, low: middle - half, high: middle + half)) }
        }
        return [Series(name, band, color: color, kind: .band), Series(name, mean, color: color)]
    }
}
