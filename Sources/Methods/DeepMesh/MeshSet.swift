import Base
import Datasets
import MethodKit

/// A mesh to learn from or to be measured against.
struct MeshItem: Sendable {
    /// The whole surface on the grid: what tells one shape from another.
    let shape: [MeshDecoder.Triangle]
    /// Without begin and end; of the shape, or of what a hole leaves of it.
    let tokens: [Int]
    /// What the tokens should come back to.
    let triangles: [MeshDecoder.Triangle]
    /// Edges with one face, of all edges: the messy topology that curation drops.
    let openShare: Double
    /// Points of the whole surface, also where the tokens have a hole: what the model looks at.
    let cloud: [SIMD3<Float>]
    /// Points of the whole surface that samples are measured against; none for a mesh to learn from.
    let reference: [SIMD3<Double>]
    /// The sampling floor: Chamfer between two draws of reference points.
    let floor: Double
}

/// The meshes of a seed.
struct MeshSet {
    /// Meshes to learn from, short sequences first: a batch of neighbours needs little filling.
    let training: [MeshItem]
    /// Clouds for pairs, for early stopping, and for the test. A shape of the test is in no other part, and one of the
    /// validation in none that is learnt from: there are few boxes on so coarse a grid.
    let candidates, validation, test: [MeshItem]

    /// Points of a cloud, and of a reference.
    static let cloudPoints = 128, referencePoints = 400

    init(_ inputs: DeepMesh.Inputs, _ stream: RandomStream) {
        var heldOut: Set<[MeshDecoder.Triangle]> = []
        func items(_ count: Int, _ name: String, damaged: Double, isMeasured: Bool = true) -> [MeshItem] {
            var random = stream.derive(name)
            return (0..<count).map { _ in
                Self.item(damaged: damaged, isMeasured: isMeasured, without: heldOut, using: &random)
            }
        }
        test = items(inputs.tests, "test", damaged: 0)
        heldOut.formUnion(test.map(\.shape))
        validation = items(inputs.validation, "validation", damaged: 0)
        heldOut.formUnion(validation.map(\.shape))
        candidates = items(inputs.candidates, "candidates", damaged: 0)
        training = items(inputs.meshes, "training", damaged: inputs.damaged, isMeasured: false)
            .filter { !inputs.curates || $0.openShare == 0 }
            .sorted { $0.tokens.count < $1.tokens.count }
    }

    /// Share of the unseen meshes' faces that their tokens bring back with their orientation.
    var reproduced: Double {
        let counts = test.map { item -> (found: Int, all: Int) in
            let found = Set(MeshDecoder(item.tokens, .desk).triangles)
            return (item.triangles.count { found.contains($0) }, item.triangles.count)
        }
        return Double(counts.reduce(0) { $0 + $1.found }) / Double(max(1, counts.reduce(0) { $0 + $1.all }))
    }

    /// A mesh that stays watertight on the grid and has none of the shapes that are held out; with a chance of `damaged`,
    /// its tokens have a hole.
    private static func item(
        damaged: Double, isMeasured: Bool, without heldOut: Set<[MeshDecoder.Triangle]>,
        using random: inout RandomStream
    ) -> MeshItem {
        let vocabulary = MeshVocabulary.desk
        var mesh: QuantisedMesh, shape: [MeshDecoder.Triangle]
        repeat {
            mesh = QuantisedMesh(LowPoly.mesh(using: &random), vocabulary)
            shape = mesh.triangles
        } while !Topology(of: mesh.faces).isWatertight || heldOut.contains(shape)
        let surface = SurfaceSampler(shape, vocabulary)
        let cloud = surface.points(cloudPoints, using: &random)
        let measured = isMeasured ? referencePoints : 0
        let reference = surface.points(measured, using: &random)
        let again = surface.points(measured, using: &random)
        var learnt = mesh
        if random.chance(damaged) {
            let share = random.uniform(0.15, 0.4)
            let faces = LowPoly.damaged(mesh, share: share, using: &random)
            learnt = QuantisedMesh(steps: mesh.vertices, faces: faces, vocabulary)
        }
        return MeshItem(
            shape: shape, tokens: MeshTokeniser.tokens(of: learnt, vocabulary), triangles: learnt.triangles,
            openShare: Topology(of: learnt.faces).openShare, cloud: cloud.map { SIMD3<Float>($0) },
            reference: reference, floor: MeshDistances(reference, again).chamfer)
    }
}

extension MeshSet {
    /// Points of the user's mesh or cloud, placed as the training meshes are; nil without one.
    ///
    /// - Throws: `FileError`.
    static func cloud(of path: String, _ stream: RandomStream) throws -> [SIMD3<Float>]? {
        guard !path.isEmpty else { return nil }
        let mesh = try MeshFile.read(path, needsFaces: false)
        let placed = QuantisedMesh.placed(mesh)
        var random = stream
        let surface = SurfaceSampler(
            mesh.faces.map { (placed[Int($0.x)], placed[Int($0.y)], placed[Int($0.z)]) })
        let points = surface.points(cloudPoints, using: &random)
        let all = points.isEmpty ? (0..<cloudPoints).map { _ in placed[random.below(placed.count)] } : points
        return all.map { SIMD3<Float>($0) }
    }
}

/// Inputs under which curation drops every mesh.
struct NothingToLearn: InputRefusal, CustomStringConvertible {
    /// How many there were.
    let meshes: Int
    var description: String {
        "Curation drops all \(meshes) meshes, since each has a hole; allowed is 'curates' off, a smaller 'damaged', or "
            + "more 'meshes'."
    }
}
