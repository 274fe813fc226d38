/// Turns tokens back into triangles, one token at a time, whatever comes: a model's tokens need not make sense.
struct MeshDecoder: Codable {
    /// Three places on the grid; equal when they are the same face with the same orientation.
    struct Triangle: Hashable, Codable, Sendable {
        let a, b, c: SIMD3<Int32>

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

    let vocabulary: MeshVocabulary
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

    init(_ vocabulary: MeshVocabulary) {
        self.vocabulary = vocabulary
        cells = vocabulary.sides.map { _ in nil }
    }

    /// Reads all tokens of a sequence.
    init(_ tokens: [Int], _ vocabulary: MeshVocabulary) {
        self.init(vocabulary)
        for token in tokens { take(token) }
    }

    /// Reads the next token; after the end nothing counts any more.
    mutating func take(_ token: Int) {
        guard !isEnded else { return }
        switch vocabulary.meaning(of: token) {
        case .begin: if patchCount > 0 { malformed += 1 }
        case .end:
            if wanted != nil { malformed += 1 }
            isEnded = true
        case .centre(let cell):
            if wanted != nil || patchCount == 0 { malformed += 1 }
            current = []
            take(cell, level: 0)
        case .cell(let level, let cell):
            let isKnown = cells[..<level].allSatisfy { $0 != nil }
            guard isKnown, wanted.map({ $0 == level }) ?? true else {
                malformed += 1
                return
            }
            take(cell, level: level)
        }
    }

    private mutating func take(_ cell: Int, level: Int) {
        cells[level] = cell
        wanted = level + 1 < cells.count ? level + 1 : nil
        guard wanted == nil else { return }
        add(vocabulary.vertex(cells.compactMap { $0 }))
    }

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
