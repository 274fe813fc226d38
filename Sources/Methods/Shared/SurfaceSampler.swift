import Base
import Foundation

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
            // Half the cross product's length.
            sum += (n * n).sum().squareRoot() / 2
            return sum
        }
    }

    /// Points of the surface; none when it has no area.
    func points(_ count: Int, using random: inout RandomStream) -> [SIMD3<Double>] {
        guard let total = areas.last, total > 0 else { return [] }
        return (0..<count).map { _ in
            let wanted = random.uniform() * total
            let (a, b, c) = corners[min(corners.count - 1, first(over: wanted))]
            // The square root spreads points evenly: a triangle is twice as wide where it is twice as far from its
            // corner.
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
