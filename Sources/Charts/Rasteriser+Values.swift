/// Values that are not joined to their neighbours.
extension Rasteriser {
    /// A dot a value.
    func points(_ points: [Series.Point], into grid: inout DotGrid, _ layer: Int) {
        for point in points {
            guard let x = column(point.x), let y = row(point.y) else { continue }
            grid.fill(layer, x: x, from: y, to: y)
        }
    }

    /// A line from low to high, with dots beside the value.
    func whiskers(_ points: [Series.Point], into grid: inout DotGrid, _ layer: Int) {
        for point in points {
            guard let x = column(point.x), let y = row(point.y) else { continue }
            grid.fill(layer, x: x, from: row(point.low) ?? y, to: row(point.high) ?? y)
            for beside in [x - 1, x + 1] { grid.fill(layer, x: beside, from: y, to: y) }
        }
    }

    /// The area between zero and each value, up to the next one's place.
    func columns(_ points: [Series.Point], into grid: inout DotGrid, _ layer: Int) {
        // Where zero is out of sight the area reaches to that end of the axis.
        let zero = row(0) ?? height - 1
        for (point, next) in zip(points, points.dropFirst()) {
            guard let x = column(point.x), let end = column(next.x), let y = row(point.y) else { continue }
            let last = min(width - 1, max(x, end - 1))
            guard max(0, x) <= last, point.y != 0 else { continue }
            for x in max(0, x)...last { grid.fill(layer, x: x, from: zero, to: y) }
        }
    }
}
