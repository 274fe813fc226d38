/// Dots finer than cells, for several layers at once.
struct DotGrid {
    /// Which characters show the dots.
    enum Kind: Sendable, CaseIterable {
        /// 2x4 dots a cell.
        case braille
        /// 1x2 dots a cell.
        case halfBlock
        /// One mark a cell.
        case ascii

        var dots: (x: Int, y: Int) {
            switch self {
            case .braille: (2, 4)
            case .halfBlock: (1, 2)
            case .ascii: (1, 1)
            }
        }
    }

    let kind: Kind
    /// In cells.
    let columns, rows: Int
    /// In dots.
    let width, height: Int
    /// Dots of a cell across and down.
    private let across, down: Int
    /// Layer after layer, row after row one byte a cell; a bit a dot, from the top, left column first.
    private var bytes: [UInt8] = []

    init(_ kind: Kind, columns: Int, rows: Int) {
        self.kind = kind
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        (across, down) = kind.dots
        width = self.columns * across
        height = self.rows * down
    }

    /// Cells of one layer.
    var cells: Int { columns * rows }

    /// Adds an empty layer and returns its place.
    mutating func addLayer() -> Int {
        bytes.append(contentsOf: repeatElement(0, count: cells))
        return cells == 0 ? 0 : bytes.count / cells - 1
    }

    /// The dots of a layer in a cell, counted row by row.
    func bits(_ layer: Int, cell: Int) -> UInt8 { bytes[layer * cells + cell] }

    /// Sets the dots of one column between two rows of dots, the ends included; what is outside is left out.
    ///
    /// - Parameters:
    ///   - layer: where.
    ///   - x: the column of dots.
    ///   - a: one end.
    ///   - b: the other end, above or below.
    ///   - isStippled: whether every other dot is left out, as on a chess board.
    mutating func fill(_ layer: Int, x: Int, from a: Int, to b: Int, isStippled: Bool = false) {
        let top = max(0, min(a, b)), bottom = min(height - 1, max(a, b))
        guard x >= 0, x < width, top <= bottom else { return }
        // Cells at once: a mask for the first and the last cell, all dots of the column in those between.
        let whole: UInt8 = (1 << UInt8(down)) - 1, side = UInt8(x % across * down)
        let (first, last) = (top / down, bottom / down)
        var cell = layer * cells + first * columns + x / across
        for row in first...last {
            var mask = isStippled ? whole & Self.stipple(x + row * down) : whole
            if row == first { mask &= whole << UInt8(top % down) }
            if row == last { mask &= whole >> UInt8(down - 1 - bottom % down) }
            bytes[cell] |= mask << side
            cell += columns
        }
    }

    /// Every other dot of a column, beginning with the first where the sum of its place is even.
    private static func stipple(_ sum: Int) -> UInt8 { sum & 1 == 0 ? 0b0101 : 0b1010 }

    func isSet(_ layer: Int, x: Int, y: Int) -> Bool {
        bits(layer, cell: y / down * columns + x / across) >> UInt8(x % across * down + y % down) & 1 == 1
    }

    /// The character for some dots of a cell.
    static func character(_ bits: UInt8, _ kind: Kind, mark: Character) -> Character {
        switch kind {
        case .braille: braille[Int(bits)]
        case .halfBlock: bits == 3 ? "█" : bits == 1 ? "▀" : bits == 2 ? "▄" : " "
        case .ascii: mark
        }
    }

    /// Braille patterns by our order of dots; Unicode counts the lowest row last.
    private static let braille: [Character] = (0..<256).map { bits in
        let order: [UInt32] = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80]
        let dots = order.indices.reduce(UInt32(0)) { bits >> $1 & 1 == 1 ? $0 | order[$1] : $0 }
        return Unicode.Scalar(0x2800 + dots).map { Character($0) } ?? " "
    }
}
