/// A mesh while it is read: keeps the limits.
struct MeshBuilder {
    /// The most vertices, and the most triangles.
    static let most = 4_000_000

    private(set) var mesh = TriangleMesh()
    private var corners: [Int] = []

    /// Adds a vertex.
    ///
    /// - Throws: what `fail` makes of a sentence, when there are too many.
    mutating func add(
        _ vertex: SIMD3<Double>, _ fail: (_ what: String, _ allowed: String) -> FileError
    ) throws {
        guard mesh.vertices.count < Self.most else {
            throw fail("there are more than \(Self.most) vertices", "at most \(Self.most)")
        }
        mesh.vertices.append(vertex)
    }

    /// Begins a polygon.
    mutating func beginFace() { corners.removeAll(keepingCapacity: true) }

    /// Adds a corner, an index from 0 that the caller has checked to be that of a vertex or leaves to ``check``.
    mutating func addCorner(_ index: Int) { corners.append(index) }

    /// Ends a polygon, which becomes a fan of triangles around its first corner.
    ///
    /// - Throws: what `fail` makes of a sentence, when it has fewer than three corners or there are too many.
    mutating func endFace(_ fail: (_ what: String, _ allowed: String) -> FileError) throws {
        guard corners.count >= 3 else {
            throw fail("the face has \(corners.count) corners", "three or more")
        }
        guard mesh.faces.count + corners.count - 2 <= Self.most else {
            throw fail("there are more than \(Self.most) triangles", "at most \(Self.most)")
        }
        for index in 1..<corners.count - 1 {
            mesh.faces.append(SIMD3(Int32(corners[0]), Int32(corners[index]), Int32(corners[index + 1])))
        }
    }
}
