import Datasets
import Foundation
import MethodKit

extension DeepMesh {
    /// What the tokeniser makes of a user's mesh, at the paper's 512 steps.
    struct RoundTrip {
        let original: TriangleMesh
        let merging: Tokeniser.Merging
        let quantised: QuantisedMesh
        let tokens: [Int]
        let decoded: Detokeniser
        /// Edges of the quantised mesh.
        let topology: Topology
        /// Oriented faces that came back, and faces that came back turned round.
        let reproduced, turned: Int

        private static let vocabulary = Vocabulary.paper

        init(_ mesh: TriangleMesh, merging: Tokeniser.Merging) {
            (original, self.merging) = (mesh, merging)
            quantised = QuantisedMesh(mesh, Self.vocabulary)
            tokens = Tokeniser.tokens(of: quantised, Self.vocabulary, merging: merging)
            // The fixed merging leaves out what the released decoder's cells still hold.
            decoded = Detokeniser(tokens, Self.vocabulary)
            topology = Topology(of: quantised.faces)
            let wanted = quantised.triangles, found = Set(decoded.triangles)
            reproduced = wanted.count { found.contains($0) }
            // Around an edge of three faces or more the walk cannot know which side is out: such a face may come
            // back turned.
            turned = wanted.count {
                !found.contains($0) && found.contains(Detokeniser.Triangle($0.a, $0.c, $0.b))
            }
        }

        /// Tokens of a flat sequence: nine coordinates a face.
        var flat: Int { 9 * quantised.faces.count }

        /// tokens / (9 · faces)
        var ratio: Double { Double(tokens.count) / Double(max(1, flat)) }

        /// Tokens of the same patches with two levels, as blocked and patchified tokenisation has them, at 512 steps.
        var bptTokens: Int {
            // Quantised anew: which blocks come first, and so the order of vertices and patches, is the
            // vocabulary's.
            let vocabulary = Vocabulary.bpt
            return Tokeniser.tokens(of: QuantisedMesh(original, vocabulary), vocabulary).count
        }

        /// The same share of a flat sequence's tokens with these two levels.
        var twoLevelRatio: Double { Double(bptTokens) / Double(max(1, flat)) }

        /// What was merged and what is not manifold, in sentences.
        var remarks: [(text: String, isWarning: Bool)] {
            let q = quantised, flipped = topology.flipped, crowded = topology.nonManifold.count
            let missing = q.faces.count - reproduced - turned
            let isManifold = crowded + flipped == 0
            return [
                (
                    "\(original.faces.count) faces, \(original.vertices.count) vertices; on the grid of 512 steps "
                        + "\(q.faces.count) faces, \(q.vertices.count) vertices.", false
                ),
                (
                    "Merged by the grid: vertices \(q.merged), faces that lost their area \(q.collapsed), "
                        + "faces equal to others \(q.repeated).", false
                ),
                (
                    "Edges: open \(topology.open.count), with three faces or more \(crowded), with two faces that "
                        + "disagree on the outside \(flipped)"
                        + (isManifold ? "." : "; not manifold, so faces there may come back turned round."),
                    !isManifold
                ),
                (
                    "\(tokens.count) tokens, \(String(format: "%.3f", ratio)) of a flat sequence's; "
                        + "\(reproduced) of \(q.faces.count) faces came back as they were, \(turned) turned round, "
                        + "\(missing) not at all.", missing > 0
                ),
            ]
        }

        /// Whether the tokeniser's claim is about it: a manifold mesh of 500 faces or more on the grid.
        var isClaimed: Bool {
            topology.nonManifold.isEmpty && topology.flipped == 0 && quantised.faces.count >= 500
        }

        /// The mesh that came back, in the coordinates of the file, its open edges marked.
        var mesh: Mesh {
            let (vertices, faces) = decoded.indexed
            return Mesh(
                vertices: vertices.map {
                    SIMD3<Float>(quantised.placement.place($0, levels: Self.vocabulary.levels))
                },
                faces: faces.map { [Int($0.x), Int($0.y), Int($0.z)] },
                marked: Topology(of: faces).open.map { [Int($0.x), Int($0.y)] },
                meaning: "open edges")
        }

        /// Three tokenisers beside each other.
        var table: Table {
            func row(_ name: String, _ count: Int, _ vocabulary: Int) -> [Table.Cell] {
                let share = Double(count) / Double(max(1, flat))
                return [.text(name), .number(Double(count)), .number(share), .number(Double(vocabulary))]
            }
            return Table(
                columns: [
                    "tokeniser at 512 steps", .number("tokens"), .number("of flat"), .number("vocabulary"),
                ],
                rows: [
                    // Sizes without begin and end, as the paper counts them.
                    row("flat: nine coordinates a face", flat, 512),
                    row("two levels, as BPT", bptTokens, Vocabulary.bpt.count - 2),
                    row(
                        merging == .released ? "DeepMesh" : "DeepMesh, fixed merging", tokens.count,
                        Self.vocabulary.count - 2),
                ])
        }
    }
}

extension DeepMesh {
    /// Serves as a tool: tokens, the mesh that they come back to, and what was lost on the way.
    static func tokenise(_ inputs: Inputs, _ trial: Trial<Inputs>) throws {
        let found = RoundTrip(try MeshFile.read(inputs.mesh.path), merging: inputs.merging)
        guard !found.quantised.faces.isEmpty else {
            throw FileError(
                inputs.mesh.path, line: nil,
                "none of its \(found.original.faces.count) faces keeps an area on the grid of 512 steps",
                allowed: "a mesh that is not a line or a point")
        }
        for remark in found.remarks { trial.log(remark.text, remark.isWarning ? .warning : .info) }
        trial.report(ratio, found.ratio)
        trial.report(faces, Double(found.quantised.faces.count))
        trial.report(tokens, Double(found.tokens.count))
        trial.report(reproduced, Double(found.reproduced) / Double(max(1, found.quantised.faces.count)))
        trial.keep("round trip", .mesh(found.mesh))
        trial.keep("ribbon", ribbon(found.tokens, .paper))
        trial.keep("tokenisers", .table(found.table))
        trial.keep(
            "tokens",
            .tensor(NumberArray(shape: [found.tokens.count], values: found.tokens.map(Float.init))))
    }
}

extension DeepMesh {
    /// What the tool makes of the meshes that come with the program: the tokeniser's claim is about these.
    ///
    /// - Returns: how many of them the claim is about.
    /// - Throws: `FileError`, and the file system's own errors.
    static func reportShipped(_ trial: Trial<Inputs>) throws -> Int {
        let folder = ShippedFolder.meshes.path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".obj") }.sorted()
        let found = try names.map { RoundTrip(try MeshFile.read("\(folder)/\($0)"), merging: .released) }
        let claimed = found.filter(\.isClaimed)
        trial.report(shippedRatio, claimed.map(\.ratio).max() ?? 0)
        trial.report(
            shippedLost, Double(claimed.reduce(0) { $0 + $1.quantised.faces.count - $1.reproduced }))
        trial.report(shippedTwoLevels, claimed.map(\.twoLevelRatio).max() ?? 0)
        // Sizes without begin and end, as the paper counts them.
        trial.report(
            vocabularyFactor, Double(Vocabulary.bpt.count - 2) / Double(Vocabulary.paper.count - 2))
        trial.keep("shipped meshes", .table(shippedTable(names, found)))
        return claimed.count
    }

    /// A row a mesh, also of those that are too small or not manifold.
    private static func shippedTable(_ names: [String], _ found: [RoundTrip]) -> Table {
        Table(
            columns: [
                "mesh", .number("faces"), "in the claim", .number("token ratio"),
                .number("two levels"), .number("reproduced"), .number("turned"),
            ],
            rows: zip(names, found).map { name, one in
                [
                    .text(name), .number(Double(one.quantised.faces.count)),
                    .text(one.isClaimed ? "yes" : "no"), .number(one.ratio), .number(one.twoLevelRatio),
                    .number(Double(one.reproduced)), .number(Double(one.turned)),
                ]
            })
    }
}
