/// A mesh while it is read: keeps the limits.
///
/// A polygon's corners become triangles as they come and are held nowhere else, so that a file which is one endless
/// polygon takes no more memory than the triangles that are allowed.
struct MeshBuilder {
    /// The most vertices, and the most triangles.
    static let most = 4_000_000

    private(set) var mesh = TriangleMesh()
    private var first = 0, last = 0, corners = 0

    /// Adds a vertex.
    ///
    /// - Throws: what `fail` makes of a sentence, when a coordinate is out of range or there are too many vertices.
    mutating func add(
        _ vertex: SIMD3<Double>, _ fail: (_ what: String, _ allowed: String) -> FileError
    ) throws {
        // A comparison with what is not a number is false.
        if let axis = (0..<3).first(where: { !(abs(vertex[$0]) <= 1e30) }) {
            let value = vertex[axis]
            let what = value.isFinite ? "\(value), beyond the range" : "not finite"
            throw fail("a coordinate is \(what)", "numbers from -1e30 to 1e30")
        }
        guard mesh.vertices.count < Self.most else {
            throw fail("there are more than \(Self.most) vertices", "at most \(Self.most)")
        }
        mesh.vertices.append(vertex)
    }

    /// Begins a polygon.
    mutating func beginFace() { corners = 0 }

    /// Adds a corner; from the third on, each closes a triangle of the fan around the first.
    ///
    /// - Parameters:
    ///   - index: a vertex, from 0. The caller has checked that there is such a vertex, or does so when all are read.
    ///   - fail: makes an error of what is wrong and what is allowed.
    /// - Throws: what `fail` makes of a sentence, when there are too many triangles.
    mutating func addCorner(
        _ index: Int, _ fail: (_ what: String, _ allowed: String) -> FileError
    ) throws {
        corners += 1
        if corners == 1 { first = index }
        if corners > 2 {
            guard mesh.faces.count < Self.most else {
                throw fail("there are more than \(Self.most) triangles", "at most \(Self.most)")
            }
            mesh.faces.append(SIMD3(Int32(first), Int32(last), Int32(index)))
        }
        last = index
    }

    /// Ends a polygon.
    ///
    /// - Throws: what `fail` makes of a sentence, when it has fewer than three corners.
    func endFace(_ fail: (_ what: String, _ allowed: String) -> FileError) throws {
        guard corners >= 3 else { throw fail("the face has \(corners) corners", "three or more") }
    }
}
