import Base
import Datasets
import Foundation
import MethodKit

extension DeepMesh {
    /// A mesh to learn from or to be measured against.
    struct MeshItem: Sendable {
        /// The whole surface on the grid: what tells one shape from another.
        let shape: [Detokeniser.Triangle]
        /// Without begin and end; of the shape, or of what a hole leaves of it.
        let tokens: [Int]
        /// What the tokens should come back to.
        let triangles: [Detokeniser.Triangle]
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
        /// Clouds for pairs, for early stopping, and for the test. A shape of the test is in no other part, and one
        /// of the validation in none that is learnt from: there are few boxes on so coarse a grid.
        let candidates, validation, test: [MeshItem]

        /// Points of a reference.
        static let referencePoints = 400

        init(_ inputs: Inputs, _ stream: RandomStream) {
            var heldOut: Set<[Detokeniser.Triangle]> = []
            func items(_ count: Int, _ name: String, damaged: Double, isMeasured: Bool = true) -> [MeshItem] {
                var random = stream.derive(name)
                return (0..<count).map { _ in
                    Self.item(
                        damaged: damaged, isMeasured: isMeasured, points: inputs.points, without: heldOut,
                        using: &random)
                }
            }
            // In this order: what is held out first, for what comes later must avoid it. Each part has a stream of
            // its own.
            test = items(inputs.tests, "test", damaged: 0)
            heldOut.formUnion(test.map(\.shape))
            validation = items(inputs.validation, "validation", damaged: 0)
            heldOut.formUnion(validation.map(\.shape))
            candidates = items(inputs.candidates, "candidates", damaged: 0)
            training = items(inputs.meshes, "training", damaged: inputs.damaged, isMeasured: false)
                .filter { !inputs.curates || $0.openShare == 0 }
                .sorted { $0.tokens.count < $1.tokens.count }
        }

        /// A mesh that stays watertight on the grid and has none of the shapes that are held out; with a chance of
        /// `damaged`, its tokens have a hole.
        private static func item(
            damaged: Double, isMeasured: Bool, points: Int, without heldOut: Set<[Detokeniser.Triangle]>,
            using random: inout RandomStream
        ) -> MeshItem {
            let vocabulary = Vocabulary.desk
            var mesh: QuantisedMesh, shape: [Detokeniser.Triangle]
            // The coarse grid can close a gap or flatten a part; and of small boxes there are so few that the same
            // one comes again.
            repeat {
                mesh = QuantisedMesh(LowPoly.mesh(using: &random), vocabulary)
                shape = mesh.triangles
            } while !Topology(of: mesh.faces).isWatertight || heldOut.contains(shape)
            let surface = SurfaceSampler(shape, vocabulary)
            // What the model looks at, and, of other draws, what samples are measured against; the second reference
            // is the floor's.
            let cloud = surface.points(points, using: &random)
            let measured = isMeasured ? referencePoints : 0
            let reference = surface.points(measured, using: &random)
            let again = surface.points(measured, using: &random)
            // After the cloud, which shows the whole surface either way: the flaw is in what is said alone.
            var learnt = mesh
            if random.chance(damaged) {
                // A hole of 15 to 40 % of the faces, those nearest to one: messy topology that the cloud does not show.
                let share = random.uniform(0.15, 0.4)
                let faces = LowPoly.damaged(mesh, share: share, using: &random)
                learnt = QuantisedMesh(steps: mesh.vertices, faces: faces, vocabulary)
            }
            return MeshItem(
                shape: shape, tokens: Tokeniser.tokens(of: learnt, vocabulary), triangles: learnt.triangles,
                openShare: Topology(of: learnt.faces).openShare, cloud: cloud.map { SIMD3<Float>($0) },
                reference: reference, floor: PointDistances(reference, again).chamfer)
        }

        /// Points of the user's mesh or cloud, in the box that training meshes are in, but not on their grid.
        ///
        /// - Throws: `FileError`.
        static func cloud(of path: String, points count: Int, _ stream: RandomStream) throws -> [SIMD3<Float>]
        {
            let mesh = try MeshFile.read(path, needsFaces: false)
            let placed = QuantisedMesh.placed(mesh)
            var random = stream
            let surface = SurfaceSampler(
                mesh.faces.map { (placed[Int($0.x)], placed[Int($0.y)], placed[Int($0.z)]) })
            // A cloud has no faces, and a mesh may have no area: then vertices stand for points of the surface.
            let points = surface.points(count, using: &random)
            let all =
                points.isEmpty ? (0..<count).map { _ in placed[random.below(placed.count)] } : points
            return all.map { SIMD3<Float>($0) }
        }
    }
}

extension DeepMesh {
    /// Inputs under which curation drops every mesh.
    struct NothingToLearn: InputRefusal, CustomStringConvertible {
        /// How many there were.
        let meshes: Int
        var description: String {
            "Curation drops all \(meshes) meshes, since each has a hole; allowed is 'curates' off, a smaller 'damaged', or "
                + "more 'meshes'."
        }
    }

    /// Procedural low-poly meshes: boxes, frusta, and either of them above a box; 12 to 40 faces.
    enum LowPoly {
        /// A watertight mesh, its faces seen from outside counter-clockwise.
        static func mesh(using random: inout RandomStream) -> TriangleMesh {
            switch random.below(3) {
            case 0: box(using: &random)
            case 1: frustum(using: &random)
            default: stacked(using: &random)
            }
        }

        /// Four corners, turned by an eighth so that its sides lie along the axes.
        private static func box(using random: inout RandomStream) -> TriangleMesh {
            prism(4, turn: .pi / 4, (1, 1), using: &random)
        }

        /// A frustum over a regular polygon of 4 to 8 corners.
        private static func frustum(using random: inout RandomStream) -> TriangleMesh {
            // The upper polygon is the lower one at 0.3 to 1 of its size.
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
            _ corners: Int, turn: Double, _ radii: (bottom: Double, top: Double),
            using random: inout RandomStream
        ) -> TriangleMesh {
            let size = SIMD3(random.uniform(0.4, 1), random.uniform(0.4, 1), random.uniform(0.3, 1.2))
            func ring(_ z: Double, _ radius: Double) -> [SIMD3<Double>] {
                (0..<corners).map { corner in
                    let angle = 2 * .pi * Double(corner) / Double(corners) + turn
                    return SIMD3(cos(angle) * radius, sin(angle) * radius, z) * size
                }
            }
            var mesh = TriangleMesh(vertices: ring(-1, radii.bottom) + ring(1, radii.top))
            // Each side is two triangles, each cap a fan from its first corner; all counter-clockwise from outside.
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
            // By distance, then by place: a tie must not depend on how sorting goes about it.
            let byDistance = middles.indices.sorted { first, second in
                let (a, b) = (middles[first] - hole, middles[second] - hole)
                return ((a * a).sum(), first) < ((b * b).sum(), second)
            }
            let gone = Set(byDistance.prefix(Int((share * Double(mesh.faces.count)).rounded())))
            return mesh.faces.indices.filter { !gone.contains($0) }.map { mesh.faces[$0] }
        }
    }
}
