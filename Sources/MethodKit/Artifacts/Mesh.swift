import Foundation

/// A surface of polygons.
public struct Mesh: Sendable, Codable, Equatable {
    /// x, y, z of each vertex.
    public var vertices: [SIMD3<Float>]
    /// Indices of each face's corners, from 0, counter-clockwise.
    public var faces: [[Int]]
    /// Edges to mark, as pairs of vertices; a vertex alone is marked as a point.
    public var marked: [[Int]]
    /// What the marked edges are.
    public var meaning: String

    private enum CodingKeys: String, CodingKey {
        case vertices = "vertices"
        case faces = "faces"
        case marked = "marked"
        case meaning = "meaning"
    }

    /// A mesh from its parts.
    public init(
        vertices: [SIMD3<Float>], faces: [[Int]], marked: [[Int]] = [], meaning: String = "marked edges"
    ) {
        self.vertices = vertices
        self.faces = faces
        self.marked = marked
        self.meaning = meaning
    }

    /// - Throws: `DecodingError` when a face or a mark has a corner that there is not: what draws relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        vertices = try container.decode([SIMD3<Float>].self, forKey: .vertices)
        faces = try container.decode([[Int]].self, forKey: .faces)
        marked = try container.decode([[Int]].self, forKey: .marked)
        meaning = try container.decode(String.self, forKey: .meaning)
        for (key, corners) in [(CodingKeys.faces, faces), (.marked, marked)] {
            try container.require(
                corners.joined().allSatisfy(vertices.indices.contains), key, "indices of vertices")
        }
    }

    /// Wavefront OBJ; its indices count from 1.
    fileprivate var obj: Data {
        // A mesh without a vertex still is a file that can be read.
        guard !vertices.isEmpty else { return Data("# no vertex\n".utf8) }
        let points = vertices.map { "v \($0.x) \($0.y) \($0.z)\n" }
        let polygons = faces.map { "f " + $0.map { "\($0 + 1)" }.joined(separator: " ") + "\n" }
        return Data((points + polygons).joined().utf8)
    }
}

extension Mesh: ArtifactKind {
    static let storedType = "mesh"
    var artifact: Artifact { .mesh(self) }

    func files(named name: String) -> [(name: String, contents: Data)] { [("\(name).obj", obj)] }
}

/// One of several surfaces.
public struct NamedMesh: Sendable, Codable, Equatable {
    /// What it is among the others.
    public var name: String
    /// The surface.
    public var mesh: Mesh

    private enum CodingKeys: String, CodingKey {
        case name = "name"
        case mesh = "mesh"
    }

    /// A surface with its name.
    public init(_ name: String, _ mesh: Mesh) {
        self.name = name
        self.mesh = mesh
    }
}

/// Surfaces side by side.
struct NamedMeshes: ArtifactKind {
    static let storedType = "meshes"
    var meshes: [NamedMesh]
    var artifact: Artifact { .meshes(meshes) }

    private enum CodingKeys: String, CodingKey { case meshes = "meshes" }

    init(_ meshes: [NamedMesh]) { self.meshes = meshes }

    func files(named name: String) -> [(name: String, contents: Data)] {
        meshes.map { ("\(name)-\(Names.file($0.name)).obj", $0.mesh.obj) }
    }
}
