import Foundation

extension Series {
    /// The mean of several curves, and the band in which it lies with 95 % (Student's t), at each place that all
    /// of them have reached.
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
        var places = Array(repeating: 0, count: curves.count)
        for point in longest.points {
            var values: [Double] = []
            for (index, curve) in curves.enumerated() {
                while places[index] < curve.points.count, curve.points[places[index]].x <= point.x {
                    places[index] += 1
                }
                let isReached = places[index] > 0 && (curve.points.last?.x ?? -.infinity) >= point.x
                let value = isReached ? curve.points[places[index] - 1].y : .nan
                if value.isFinite { values.append(value) }
            }
            guard values.count == curves.count else { continue }
            let middle = values.reduce(0, +) / Double(values.count)
            mean.append(Point(point.x, middle))
            let squares = values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
            let half = factor * (squares / Double(values.count - 1)).squareRoot()
            if half.isFinite { band.append(Point(point.x, middle, low: middle - half, high: middle + half)) }
        }
        return [Series(name, band, color: color, kind: .band), Series(name, mean, color: color)]
    }
}
