import MethodKit

extension DeepMesh {
    /// What the tokens mean: a coordinate of ``levels`` steps is split from coarse to fine, at every level into as
    /// many cells as `sides` says, and each level has a range of ids of its own.
    ///
    /// The paper's three levels at 512, here called coarse (the paper's "patch", which is the name of a centre with its
    /// ring too), block and offset: coarse 0..<64, block 64..<576, offset 576..<4672, then the coarse ids again for the
    /// centre of a new patch, 4672..<4736, then begin and end: 4738 in all.
    struct Vocabulary: Codable, Sendable, Equatable {
        /// Cells along each axis, the coarsest level first.
        let sides: [Int]
        /// Steps along each axis: the product of the sides.
        let levels: Int
        /// The first id of each level's range.
        let starts: [Int]
        /// The first id of the range for the centre of a new patch.
        let newCentre: Int

        init(sides: [Int]) {
            self.sides = sides
            levels = sides.reduce(1, *)
            // Each level's range is as long as its cells are many: side cubed.
            let ends = sides.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1 * $1 * $1) }
            starts = Array(ends.dropLast())
            newCentre = ends.last ?? 0
        }

        /// The paper's: coarse, block and offset of 512 steps.
        static let paper = Vocabulary(sides: [4, 8, 16])
        /// Blocked and patchified tokenisation's two levels, at 512 steps.
        static let bpt = Vocabulary(sides: [16, 32])
        /// The desk experiment's: 32 steps, 146 tokens.
        static let desk = Vocabulary(sides: [2, 4, 4])

        /// Cells of the coarsest level.
        var coarseCells: Int { sides[0] * sides[0] * sides[0] }
        /// Begins a sequence.
        var begin: Int { newCentre + coarseCells }
        /// Ends a sequence, and fills up behind it.
        var end: Int { begin + 1 }
        /// How many tokens there are.
        var count: Int { begin + 2 }

        /// Steps along each axis of a cell of `level`.
        func extent(of level: Int) -> Int { sides[(level + 1)...].reduce(1, *) }

        /// §3.1 The cell in which a vertex lies at `level`, from 0, flattened with x outermost.
        func cell(of q: SIMD3<Int32>, level: Int) -> Int {
            let side = sides[level], extent = extent(of: level)
            func part(_ axis: Int) -> Int { Int(q[axis]) / extent % side }
            return (part(0) * side + part(1)) * side + part(2)
        }

        /// The vertex that lies in one cell of each level.
        func vertex(_ cells: [Int]) -> SIMD3<Int32> {
            var q = SIMD3<Int32>()
            for (level, cell) in cells.enumerated() {
                let side = sides[level], extent = Int32(extent(of: level))
                q &+=
                    SIMD3(Int32(cell / (side * side)), Int32(cell / side % side), Int32(cell % side))
                    &* extent
            }
            return q
        }

        /// What an id stands for.
        enum Meaning: Equatable {
            /// A cell of a level.
            case cell(level: Int, Int)
            /// The coarsest cell of a new centre.
            case centre(Int)
            case begin, end
        }

        /// What an id in `0..<count` stands for.
        func meaning(of token: Int) -> Meaning {
            if token >= end { return .end }
            if token == begin { return .begin }
            if token >= newCentre { return .centre(token - newCentre) }
            let level = starts.lastIndex { $0 <= token } ?? 0
            return .cell(level: level, token - starts[level])
        }

        /// The middle of a step of the grid, in the cube from -1 to 1.
        func place(_ q: SIMD3<Int32>) -> SIMD3<Double> {
            func coordinate(_ axis: Int) -> Double {
                DeepMesh.QuantisedMesh.coordinate(q[axis], levels: levels)
            }
            return SIMD3(coordinate(0), coordinate(1), coordinate(2))
        }
    }

    /// Patches as tokens (§3.1): every vertex is its cell at each level from coarse to fine, without the coarse ones
    /// that the vertex before it has too; a centre's coarsest cell has an id of its own, which begins a patch.
    enum Tokeniser {
        /// When coarse cells are left out.
        enum Merging: String, InputChoice, CaseIterable, Codable, Sendable {
            /// As the released code does: the vertex after a centre repeats all its cells, for it is compared with
            /// the centre's special id.
            case released
            /// The vertex after a centre is compared with the centre's cells, which saves up to two tokens a patch.
            case fixed
        }

        /// §3.1 The tokens of a mesh, without begin and end. The first centre has the ordinary id of its coarsest
        /// cell.
        static func tokens(
            of mesh: QuantisedMesh, _ vocabulary: Vocabulary, merging: Merging = .released
        ) -> [Int] {
            var writer = Writer(vocabulary, merging)
            var traversal = PatchTraversal(faces: mesh.faces, vertices: mesh.vertices.count)
            while let patch = traversal.next() {
                writer.addCentre(mesh.vertices[Int(patch.centre)])
                for index in patch.ring { writer.add(mesh.vertices[Int(index)]) }
            }
            return writer.tokens
        }

        /// The tokens so far, and what the next vertex is compared with.
        private struct Writer {
            let vocabulary: Vocabulary
            let merging: Merging
            var tokens: [Int] = []
            /// The cells of the vertex before; nil where nothing may be left out.
            private var before: [Int]?

            init(_ vocabulary: Vocabulary, _ merging: Merging) {
                (self.vocabulary, self.merging) = (vocabulary, merging)
            }

            /// A patch's centre: all its levels, the coarsest with the id that begins a patch, but for the first of
            /// all.
            mutating func addCentre(_ q: SIMD3<Int32>) {
                let isFirst = tokens.isEmpty, place = tokens.count
                before = nil
                add(q)
                guard !isFirst else { return }
                // The coarsest range begins at 0, so its id moves by the special range's beginning.
                tokens[place] += vocabulary.newCentre
                // The released code compares with the special id, which no cell equals.
                if merging == .released { before = nil }
            }

            /// Any other vertex: what changes against the vertex before.
            mutating func add(_ q: SIMD3<Int32>) {
                let cells = vocabulary.sides.indices.map { vocabulary.cell(of: q, level: $0) }
                let finest = cells.count - 1
                // The coarsest level that differs and all finer ones; the finest always.
                let changed =
                    before.flatMap { before in (0..<finest).first { before[$0] != cells[$0] } ?? finest } ?? 0
                for level in changed...finest { tokens.append(vocabulary.starts[level] + cells[level]) }
                before = cells
            }
        }
    }

    /// Turns tokens back into triangles, one token at a time, whatever comes: a model's tokens need not make sense.
    struct Detokeniser: Codable {
        /// Three places on the grid; equal when they are the same face with the same orientation.
        struct Triangle: Hashable, Codable, Sendable {
            let a, b, c: SIMD3<Int32>

            /// The corners in their order, turned so that the smallest place comes first.
            init(_ a: SIMD3<Int32>, _ b: SIMD3<Int32>, _ c: SIMD3<Int32>) {
                // The smallest place first, the orientation kept.
                func comes(_ p: SIMD3<Int32>, before q: SIMD3<Int32>) -> Bool {
                    (p.x, p.y, p.z) < (q.x, q.y, q.z)
                }
                if !comes(b, before: a), !comes(c, before: a) {
                    (self.a, self.b, self.c) = (a, b, c)
                } else {
                    (self.a, self.b, self.c) = comes(b, before: c) ? (b, c, a) : (c, a, b)
                }
            }

            /// Whether two corners lie at one place.
            var isDegenerate: Bool { a == b || b == c || c == a }
        }

        let vocabulary: Vocabulary
        /// In the order in which they were closed; those without area are left out.
        private(set) var triangles: [Triangle] = []
        /// The patch of each triangle, counted from 0.
        private(set) var patches: [Int] = []
        /// Vertices of the patch that is being read, the centre first.
        private(set) var current: [SIMD3<Int32>] = []
        /// Tokens that could not come where they came, or made no triangle with an area.
        private(set) var malformed = 0
        /// The centres of the patches begun.
        private(set) var centres: [SIMD3<Int32>] = []
        /// Patches begun.
        var patchCount: Int { centres.count }
        private(set) var isEnded = false
        /// The cells so far, and the level that must come next after a coarse one.
        private var cells: [Int?]
        private var wanted: Int?

        init(_ vocabulary: Vocabulary) {
            self.vocabulary = vocabulary
            cells = vocabulary.sides.map { _ in nil }
        }

        /// Reads all tokens of a sequence.
        init(_ tokens: [Int], _ vocabulary: Vocabulary) {
            self.init(vocabulary)
            for token in tokens { take(token) }
        }

        /// Reads the next token; after the end nothing counts any more.
        mutating func take(_ token: Int) {
            guard !isEnded else { return }
            switch vocabulary.meaning(of: token) {
            // A begin in the middle changes nothing but the count of flaws.
            case .begin: if patchCount > 0 { malformed += 1 }
            case .end:
                if wanted != nil { malformed += 1 }
                isEnded = true
            case .centre(let cell):
                if wanted != nil || patchCount == 0 { malformed += 1 }
                current = []
                take(cell, level: 0)
            case .cell(let level, let cell):
                // A finer cell needs all coarser ones, from this vertex or an earlier one; after a coarse one the
                // next level is due.
                let isKnown = cells[..<level].allSatisfy { $0 != nil }
                guard isKnown, wanted.map({ $0 == level }) ?? true else {
                    malformed += 1
                    return
                }
                take(cell, level: level)
            }
        }

        /// A cell of a level: what is finer must follow, what is coarser still holds.
        private mutating func take(_ cell: Int, level: Int) {
            cells[level] = cell
            wanted = level + 1 < cells.count ? level + 1 : nil
            guard wanted == nil else { return }
            add(vocabulary.vertex(cells.compactMap { $0 }))
        }

        /// A vertex: the patch's centre, the first of its ring, or one that closes a triangle with both of these.
        private mutating func add(_ q: SIMD3<Int32>) {
            if current.isEmpty { centres.append(q) }
            if current.count >= 2 {
                let triangle = Triangle(current[0], current[current.count - 1], q)
                if triangle.isDegenerate {
                    malformed += 1
                } else {
                    triangles.append(triangle)
                    patches.append(patchCount - 1)
                }
            }
            current.append(q)
        }

        /// The triangles with their corners merged: places on the grid, and indices into them.
        var indexed: (vertices: [SIMD3<Int32>], faces: [SIMD3<Int32>]) {
            var vertices: [SIMD3<Int32>] = [], known: [SIMD3<Int32>: Int32] = [:]
            func index(_ q: SIMD3<Int32>) -> Int32 {
                if let index = known[q] { return index }
                known[q] = Int32(vertices.count)
                vertices.append(q)
                return Int32(vertices.count - 1)
            }
            let faces = triangles.map { SIMD3(index($0.a), index($0.b), index($0.c)) }
            return (vertices, faces)
        }
    }
}

extension SurfaceSampler {
    /// The surface that tokens came to, in the cube from -1 to 1.
    init(_ triangles: [DeepMesh.Detokeniser.Triangle], _ vocabulary: DeepMesh.Vocabulary) {
        func place(_ q: SIMD3<Int32>) -> SIMD3<Double> { vocabulary.place(q) }
        self.init(triangles.map { (place($0.a), place($0.b), place($0.c)) })
    }
}
