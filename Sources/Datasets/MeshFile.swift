/// A user's mesh or cloud of points: OBJ, OFF, PLY or STL, as its name ends.
///
/// The readers take files from anywhere: memory is bounded by the file's own size and the limits below, and whatever
/// is wrong is one sentence with the line or the byte.
public enum MeshFile {
    /// What names may end with.
    public static let kinds = ["obj", "off", "ply", "stl"]
    /// The largest file that is read, in bytes.
    public static let largestFile = 512 << 20
    /// The most vertices, and the most triangles.
    public static let most = 4_000_000

    /// Reads a mesh; polygons become fans of triangles.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - needsFaces: whether a cloud of points alone is refused.
    /// - Returns: the mesh, with at least one vertex.
    /// - Throws: ``FileError``.
    public static func read(_ path: String, needsFaces: Bool = true) throws -> TriangleMesh {
        let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        let bytes = [UInt8](try RegularFile.contents(path, most: largestFile, kind: "a mesh file"))
        return try read(bytes, ending: ending, path: path, needsFaces: needsFaces)
    }

    /// Reads a mesh from bytes, which `ending` says how to read.
    ///
    /// - Throws: ``FileError``.
    static func read(
        _ bytes: [UInt8], ending: String, path: String, needsFaces: Bool = true
    ) throws -> TriangleMesh {
        let mesh: TriangleMesh
        switch ending {
        case "obj": mesh = try OBJReader.read(bytes, path)
        case "off": mesh = try OFFReader.read(bytes, path)
        case "ply": mesh = try PLYReader.read(bytes, path)
        case "stl": mesh = try STLReader.read(bytes, path)
        default:
            throw FileError(
                path, line: nil, "its name does not say what it is",
                allowed: "a name that ends in \(kinds.map { ".\($0)" }.joined(separator: ", "))")
        }
        guard !mesh.vertices.isEmpty else {
            throw FileError(path, line: nil, "it holds no vertex", allowed: "a mesh of at least one triangle")
        }
        guard !needsFaces || !mesh.faces.isEmpty else {
            throw FileError(path, line: nil, "it holds no face", allowed: "a mesh of at least one triangle")
        }
        return mesh
    }
}

/// A mesh while it is read: keeps the limits.
struct MeshBuilder {
    private(set) var mesh = TriangleMesh()
    private var corners: [Int] = []

    /// Adds a vertex.
    ///
    /// - Throws: what `fail` makes of a sentence, when there are too many.
    mutating func add(
        _ vertex: SIMD3<Double>, _ fail: (_ what: String, _ allowed: String) -> FileError
    ) throws {
        guard mesh.vertices.count < MeshFile.most else {
            throw fail("there are more than \(MeshFile.most) vertices", "at most \(MeshFile.most)")
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
        guard mesh.faces.count + corners.count - 2 <= MeshFile.most else {
            throw fail("there are more than \(MeshFile.most) triangles", "at most \(MeshFile.most)")
        }
        for index in 1..<corners.count - 1 {
            mesh.faces.append(SIMD3(Int32(corners[0]), Int32(corners[index]), Int32(corners[index + 1])))
        }
    }
}
