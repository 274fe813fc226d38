import MethodKit

/// Patches as tokens (§3.1): every vertex is its cell at each level from coarse to fine, without the coarse ones that
/// the vertex before it has too; a centre's coarsest cell has an id of its own, which begins a patch.
enum MeshTokeniser {
    /// When coarse cells are left out.
    enum Merging: String, InputChoice, CaseIterable, Codable, Sendable {
        /// As the released code does: the vertex after a centre repeats all its cells, for it is compared with the
        /// centre's special id.
        case released
        /// The vertex after a centre is compared with the centre's cells, which saves up to two tokens a patch.
        case fixed
    }

    /// §3.1 The tokens of a mesh, without begin and end. The first centre has the ordinary id of its coarsest cell.
    static func tokens(
        of mesh: QuantisedMesh, _ vocabulary: MeshVocabulary, merging: Merging = .released
    ) -> [Int] {
        var writer = Writer(vocabulary, merging)
        var traversal = PatchTraversal(faces: mesh.faces, vertices: mesh.vertices.count)
        while let patch = traversal.next() {
            writer.addCentre(mesh.vertices[Int(patch.centre)])
            for index in patch.ring { writer.add(mesh.vertices[Int(index)]) }
        }
        return writer.tokens
    }

    private struct Writer {
        let vocabulary: MeshVocabulary
        let merging: Merging
        var tokens: [Int] = []
        /// The cells of the vertex before; nil where nothing may be left out.
        private var before: [Int]?

        init(_ vocabulary: MeshVocabulary, _ merging: Merging) {
            (self.vocabulary, self.merging) = (vocabulary, merging)
        }

        mutating func addCentre(_ q: SIMD3<Int32>) {
            let isFirst = tokens.isEmpty, place = tokens.count
            before = nil
            add(q)
            guard !isFirst else { return }
            tokens[place] += vocabulary.newCentre
            if merging == .released { before = nil }
        }

        mutating func add(_ q: SIMD3<Int32>) {
            let cells = vocabulary.sides.indices.map { vocabulary.cell(of: q, level: $0) }
            let finest = cells.count - 1
            let changed =
                before.flatMap { before in (0..<finest).first { before[$0] != cells[$0] } ?? finest } ?? 0
            for level in changed...finest { tokens.append(vocabulary.starts[level] + cells[level]) }
            before = cells
        }
    }
}
