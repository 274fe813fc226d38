/// Distances between two sets of points: means of distances, not of their squares, which papers give under one name.
struct PointDistances: Sendable {
    /// Chamfer: mean distance from a to b plus mean distance from b to a.
    let chamfer: Double
    /// Hausdorff: the largest of all distances to the other set.
    let hausdorff: Double

    /// Distances between two sets of points, each of at least one.
    init(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) {
        let (there, back) = (Self.nearest(a, b), Self.nearest(b, a))
        chamfer = Self.mean(there) + Self.mean(back)
        hausdorff = max(there.max() ?? 0, back.max() ?? 0)
    }

    /// Distances from each point of `a` to the nearest of `b`.
    private static func nearest(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) -> [Double] {
        a.map { p in
            var least = Double.infinity
            for q in b {
                let d = p - q
                least = min(least, (d * d).sum())
            }
            return least.squareRoot()
        }
    }

    private static func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(max(1, values.count))
    }
}
