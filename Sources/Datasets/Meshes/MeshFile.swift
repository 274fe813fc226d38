/// A user's mesh or cloud of points: OBJ, OFF, PLY or STL, as its name ends.
///
/// The readers take files from anywhere: memory is bounded by the file's own size and the limits below, and whatever
/// is wrong is one sentence with the line or the byte.
public enum MeshFile {
    /// What names may end with.
    public static let kinds = ["obj", "off", "ply", "stl"]
    /// The largest file that is read, in bytes.
    public static let largestFile = 512 << 20

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
