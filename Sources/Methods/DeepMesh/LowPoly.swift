import Base
import Datasets
import Foundation

/// Procedural low-poly meshes: boxes, frusta, and either of them on top of a box; 12 to 40 faces.
enum LowPoly {
    /// A watertight mesh, its faces seen from outside counter-clockwise.
    static func mesh(using random: inout RandomStream) -> TriangleMesh {
        switch random.below(3) {
        case 0: box(using: &random)
        case 1: frustum(using: &random)
        default: stacked(using: &random)
        }
    }

    private static func box(using random: inout RandomStream) -> TriangleMesh {
        prism(4, turn: .pi / 4, (1, 1), using: &random)
    }

    /// A frustum over a regular polygon of 4 to 8 corners.
    private static func frustum(using random: inout RandomStream) -> TriangleMesh {
        prism(4 + random.below(5), turn: 0, (1, random.uniform(0.3, 1)), using: &random)
    }

    /// A smaller part on top of a wider box.
    private static func stacked(using random: inout RandomStream) -> TriangleMesh {
        let lower = box(using: &random)
        let upper = random.chance(0.5) ? box(using: &random) : frustum(using: &random)
        let size = random.uniform(0.4, 0.8)
        var mesh = lower
        let first = Int32(lower.vertices.count)
        let top = lower.vertices.map(\.z).max() ?? 0, bottom = upper.vertices.map(\.z).min() ?? 0
        mesh.vertices += upper.vertices.map {
            // A step apart, so that the parts keep surfaces of their own on the grid.
            SIMD3($0.x * size, $0.y * size, ($0.z - bottom) * size + top + 0.15)
        }
        mesh.faces += upper.faces.map { $0 &+ SIMD3(repeating: first) }
        return mesh
    }

    /// Two polygons with their sides and caps; widths and height are drawn.
    private static func prism(
        _ corners: Int, turn: Double, _ radii: (bottom: Double, top: Double), using random: inout RandomStream
    ) -> TriangleMesh {
        let size = SIMD3(random.uniform(0.4, 1), random.uniform(0.4, 1), random.uniform(0.3, 1.2))
        func ring(_ z: Double, _ radius: Double) -> [SIMD3<Double>] {
            (0..<corners).map { corner in
                let angle = 2 * .pi * Double(corner) / Double(corners) + turn
                return SIMD3(cos(angle) * radius, sin(angle) * radius, z) * size
            }
        }
        var mesh = TriangleMesh(vertices: ring(-1, radii.bottom) + ring(1, radii.top))
        for corner in 0..<corners {
            let (a, b) = (Int32(corner), Int32((corner + 1) % corners)), n = Int32(corners)
            mesh.faces += [SIMD3(a, b, b + n), SIMD3(a, b + n, a + n)]
        }
        for corner in 1..<Int32(corners) - 1 {
            let n = Int32(corners)
            mesh.faces += [SIMD3(0, corner + 1, corner), SIMD3(n, n + corner, n + corner + 1)]
        }
        return mesh
    }

    /// Cuts a hole: the faces nearest to one of them, a share of all.
    static func damaged(
        _ mesh: QuantisedMesh, share: Double, using random: inout RandomStream
    ) -> [SIMD3<Int32>] {
        let middles = mesh.faces.map { face -> SIMD3<Double> in
            let corners = (0..<3).map { SIMD3<Double>(mesh.vertices[Int(face[$0])]) }
            return (corners[0] + corners[1] + corners[2]) / 3
        }
        let hole = middles[random.below(middles.count)]
        let byDistance = middles.indices.sorted { first, second in
            let (a, b) = (middles[first] - hole, middles[second] - hole)
            return ((a * a).sum(), first) < ((b * b).sum(), second)
        }
        let gone = Set(byDistance.prefix(Int((share * Double(mesh.faces.count)).rounded())))
        return mesh.faces.indices.filter { !gone.contains($0) }.map { mesh.faces[$0] }
    }
}
