import Base
import Foundation

/// Distances between two sets of points. The paper does not say how its own are normalised; these are means of
/// distances, not of their squares.
public struct MeshDistances: Sendable {
    /// Chamfer: mean distance from a to b plus mean distance from b to a.
    public let chamfer: Double
    /// Hausdorff: the largest of all distances to the other set.
    public let hausdorff: Double

    /// Distances between two sets of points, each of at least one.
    public init(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) {
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

/// Draws points from a surface, evenly over its area.
struct SurfaceSampler {
    private let corners: [(SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)]
    /// Area up to and with each triangle.
    private let areas: [Double]

    /// - Parameter triangles: the corners of each.
    init(_ triangles: [(SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)]) {
        corners = triangles
        var sum = 0.0
        areas = triangles.map { a, b, c in
            let (u, v) = (b - a, c - a)
            let n = SIMD3(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
            sum += (n * n).sum().squareRoot() / 2
            return sum
        }
    }

    /// The surface that tokens came to, in the cube from -1 to 1.
    init(_ triangles: [MeshDecoder.Triangle], _ vocabulary: MeshVocabulary) {
        func place(_ q: SIMD3<Int32>) -> SIMD3<Double> { vocabulary.place(q) }
        self.init(triangles.map { (place($0.a), place($0.b), place($0.c)) })
    }

    /// Points of the surface; none when it has no area.
    func points(_ count: Int, using random: inout RandomStream) -> [SIMD3<Double>] {
        guard let total = areas.last, total > 0 else { return [] }
        return (0..<count).map { _ in
            let wanted = random.uniform() * total
            let (a, b, c) = corners[min(corners.count - 1, first(over: wanted))]
            let root = random.uniform().squareRoot(), share = random.uniform()
            return a * (1 - root) + b * (root * (1 - share)) + c * (root * share)
        }
    }

    private func first(over wanted: Double) -> Int {
        var (low, high) = (0, areas.count)
        while low < high {
            let middle = (low + high) / 2
            if areas[middle] > wanted { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension MeshVocabulary {
    /// The middle of a step of the grid, in the cube from -1 to 1.
    func place(_ q: SIMD3<Int32>) -> SIMD3<Double> {
        func coordinate(_ axis: Int) -> Double { QuantisedMesh.coordinate(q[axis], levels: levels) }
        return SIMD3(coordinate(0), coordinate(1), coordinate(2))
    }
}
