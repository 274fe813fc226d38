/// A surface of triangles, as a file holds it; a cloud of points when there is no triangle.
public struct TriangleMesh: Sendable, Equatable {
    /// x, y, z of each vertex; finite.
    public var vertices: [SIMD3<Double>]
    /// The corners of each triangle: indices from 0, counter-clockwise as seen from outside.
    public var faces: [SIMD3<Int32>]

    /// A mesh from its parts; every index must be one of a vertex.
    public init(vertices: [SIMD3<Double>] = [], faces: [SIMD3<Int32>] = []) {
        self.vertices = vertices
        self.faces = faces
    }
}

/// What can be wrong with how triangles hang together: counts over edges and vertices, in time that grows with the
/// number of faces alone (but for a sort of the edges).
public struct Topology: Sendable, Equatable {
    /// Edges with one face: the rim of a hole.
    public private(set) var open: [SIMD2<Int32>] = []
    /// Edges with three faces or more.
    public private(set) var nonManifold: [SIMD2<Int32>] = []
    /// Edges that two faces run along in the same direction, so that one of them faces inwards.
    public private(set) var flipped = 0
    /// Edges in all.
    public private(set) var edges = 0

    /// Share of edges with one face; 0 for no edges.
    public var openShare: Double { edges == 0 ? 0 : Double(open.count) / Double(edges) }

    /// Whether the surface is closed and every edge has two faces.
    public var isWatertight: Bool { edges > 0 && open.isEmpty && nonManifold.isEmpty }

    /// Looks at every edge of the triangles.
    public init(of faces: [SIMD3<Int32>]) {
        let keys = Self.sortedEdges(of: faces)
        var start = 0
        while start < keys.count {
            var end = start, forward = 0
            while end < keys.count, keys[end] >> 1 == keys[start] >> 1 {
                forward += Int(keys[end] & 1)
                end += 1
            }
            note(keys[start], faces: end - start, forward: forward)
            start = end
        }
    }

    private mutating func note(_ key: UInt64, faces: Int, forward: Int) {
        edges += 1
        let edge = SIMD2(
            Int32(truncatingIfNeeded: key >> 32), Int32(truncatingIfNeeded: (key >> 1) & 0x7FFF_FFFF))
        if faces == 1 { open.append(edge) }
        if faces > 2 { nonManifold.append(edge) }
        if faces == 2, forward != 1 { flipped += 1 }
    }

    /// Smaller vertex, larger vertex and direction of each side, in order: 31, 31 and 1 bits.
    private static func sortedEdges(of faces: [SIMD3<Int32>]) -> [UInt64] {
        var keys: [UInt64] = []
        keys.reserveCapacity(3 * faces.count)
        for face in faces {
            for corner in 0..<3 {
                let (a, b) = (face[corner], face[(corner + 1) % 3])
                guard a != b else { continue }
                keys.append(UInt64(min(a, b)) << 32 | UInt64(max(a, b)) << 1 | (a < b ? 1 : 0))
            }
        }
        keys.sort()
        return keys
    }
}
