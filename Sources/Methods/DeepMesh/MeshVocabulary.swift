/// What the tokens mean: a coordinate of ``levels`` steps is split from coarse to fine, at every level into as many
/// cells as `sides` says, and each level has a range of ids of its own.
///
/// The paper's three levels at 512: patch 0..<64, block 64..<576, offset 576..<4672, then the patch ids again for the
/// centre of a new patch, 4672..<4736, then begin and end: 4738 in all.
struct MeshVocabulary: Codable, Sendable, Equatable {
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
        let ends = sides.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1 * $1 * $1) }
        starts = Array(ends.dropLast())
        newCentre = ends.last ?? 0
    }

    /// The paper's: patch, block and offset of 512 steps.
    static let paper = MeshVocabulary(sides: [4, 8, 16])
    /// Blocked and patchified tokenisation's two levels, at 512 steps.
    static let bpt = MeshVocabulary(sides: [16, 32])
    /// The desk experiment's: 32 steps, 146 tokens.
    static let desk = MeshVocabulary(sides: [2, 4, 4])

    /// Cells of the coarsest level.
    var patches: Int { sides[0] * sides[0] * sides[0] }
    /// Begins a sequence.
    var begin: Int { newCentre + patches }
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
            q &+= SIMD3(Int32(cell / (side * side)), Int32(cell / side % side), Int32(cell % side)) &* extent
        }
        return q
    }

    /// What an id stands for.
    enum Meaning: Equatable {
        /// A cell of a level.
        case cell(level: Int, Int)
        /// The patch of a new centre.
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
}
