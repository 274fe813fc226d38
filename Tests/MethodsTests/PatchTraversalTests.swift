import Base
import Testing

@testable import Methods

@Suite struct PatchTraversalTests {
    private typealias Face = SIMD3<Int32>

    /// The patches are those of a traversal that looks at every face at every step.
    @Test func patchesAreThoseOfThePlainTraversal() {
        var random = RandomStream(seed: 1), returns = 0
        for round in 0..<4_000 {
            let faces = Self.mesh(aroundHub: round % 2 == 0, using: &random)
            let expected = Self.plainTraversal(faces)
            #expect(Self.traversal(faces) == expected, "\(faces)")
            returns += expected.count - Set(expected.map(\.centre)).count
        }
        // It is the later visits to a centre that are hard.
        #expect(returns > 4_000)
    }

    /// Every walk around the hub takes one face: looking at the others each time would take minutes.
    @Test func hubOfSeparateTrianglesEndsAtOnce() {
        let count = 100_000
        let faces = (0..<Int32(count)).map { Face(0, 2 * $0 + 1, 2 * $0 + 2) }
        let patches = Self.traversal(faces)
        #expect(patches.count == count)
        #expect(patches.last == DeepMesh.PatchTraversal.Patch(centre: 0, ring: [199_999, 200_000]))
    }

    private static func traversal(_ faces: [Face]) -> [DeepMesh.PatchTraversal.Patch] {
        let last = faces.map { $0.max() }.max() ?? -1
        var traversal = DeepMesh.PatchTraversal(faces: faces, vertices: Int(last) + 1)
        return Array(sequence(state: ()) { _ in traversal.next() })
    }

    /// Random triangles on 3 to 12 vertices: some have a corner twice, and some come twice, perhaps turned
    /// over.
    private static func mesh(aroundHub: Bool, using random: inout RandomStream) -> [Face] {
        let vertices = 3 + random.below(10)
        func corner() -> Int32 { Int32(random.below(vertices)) }
        var faces: [Face] = []
        for _ in 0...random.below(40) {
            let (hub, a, b) = (aroundHub ? 0 : corner(), corner(), corner())
            let face = [Face(hub, a, b), Face(a, hub, b), Face(a, b, hub)][random.below(3)]
            faces.append(face)
            if random.chance(0.1) { faces.append(face) }
            if random.chance(0.1) { faces.append(Face(face.z, face.y, face.x)) }
        }
        return faces
    }
}

extension PatchTraversalTests {
    private struct Edge: Equatable {
        let low, high: Int32
        let face: Int
    }

    private static func plainTraversal(_ faces: [Face]) -> [DeepMesh.PatchTraversal.Patch] {
        var left = Array(faces.indices), patches: [DeepMesh.PatchTraversal.Patch] = []
        while let first = left.first {
            let centre = centre(of: faces[first], among: left.map { faces[$0] })
            let edges = left.flatMap { Self.edges(of: faces[$0], opposite: centre, face: $0) }
            let (ring, taken) = walk(
                edges.sorted { ($0.low, $0.high, $0.face) < ($1.low, $1.high, $1.face) })
            let face = faces[taken[0]]
            let turns = [face, Face(face.y, face.z, face.x), Face(face.z, face.x, face.y)]
            let isAlong = turns.contains(Face(centre, ring[0], ring[1]))
            patches.append(
                DeepMesh.PatchTraversal.Patch(centre: centre, ring: isAlong ? ring : ring.reversed()))
            left.removeAll { taken.contains($0) }
        }
        return patches
    }

    /// The corner where most corners of faces lie; of several, the first one.
    private static func centre(of face: Face, among faces: [Face]) -> Int32 {
        func degree(_ vertex: Int32) -> Int {
            faces.reduce(0) { $0 + corners($1).count { $0 == vertex } }
        }
        let most = corners(face).map(degree).max()
        return corners(face).first { degree($0) == most } ?? face.x
    }

    private static func edges(of face: Face, opposite centre: Int32, face index: Int) -> [Edge] {
        (0..<3).filter { face[$0] == centre }.map { corner in
            let (a, b) = (face[(corner + 1) % 3], face[(corner + 2) % 3])
            return Edge(low: min(a, b), high: max(a, b), face: index)
        }
    }

    /// From the smallest vertex that is an end once, else from the first edge, by the first edge that is
    /// left.
    private static func walk(_ edges: [Edge]) -> (ring: [Int32], taken: [Int]) {
        let ends = edges.flatMap { [$0.low, $0.high] }
        let alone = ends.filter { end in ends.count { $0 == end } == 1 }
        var last = alone.min() ?? edges[0].low
        var ring = [last], taken: [Int] = []
        while let edge = edges.first(where: {
            !taken.contains($0.face) && ($0.low == last || $0.high == last)
        }) {
            taken.append(edge.face)
            last = edge.low == last ? edge.high : edge.low
            ring.append(last)
        }
        return (ring, taken)
    }

    private static func corners(_ face: Face) -> [Int32] { [face.x, face.y, face.z] }
}
