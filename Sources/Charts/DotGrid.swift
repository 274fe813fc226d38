import Terminal

/// Dots finer than cells, for several layers at once.
struct DotGrid {
    /// Which characters show the dots.
    enum Kind: Sendable {
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
    /// For each layer one byte a cell; a bit a dot, from the top, left column first.
    private(set) var layers: [[UInt8]] = []

    init(_ kind: Kind, columns: Int, rows: Int) {
        self.kind = kind
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        width = self.columns * kind.dots.x
        height = self.rows * kind.dots.y
    }

    /// Adds an empty layer and returns its place.
    mutating func addLayer() -> Int {
        layers.append(Array(repeating: 0, count: columns * rows))
        return layers.count - 1
    }

    /// Sets the dots of one column between two rows of dots, the ends included; what is outside is left out.
    mutating func fill(_ layer: Int, x: Int, from a: Int, to b: Int) {
        let top = max(0, min(a, b)), bottom = min(height - 1, max(a, b))
        guard x >= 0, x < width, top <= bottom else { return }
        let (across, down) = kind.dots
        let column = x / across, side = x % across * down
        for y in top...bottom { layers[layer][y / down * columns + column] |= 1 << UInt8(side + y % down) }
    }

    func isSet(_ layer: Int, x: Int, y: Int) -> Bool {
        let (across, down) = kind.dots
        return layers[layer][y / down * columns + x / across] >> UInt8(x % across * down + y % down) & 1 == 1
    }

    /// The character for some dots of a cell.
    static func character(_ bits: UInt8, _ kind: Kind, mark: Character) -> Character {
        switch kind {
        case .braille:
            let order: [UInt32] = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80]
            let dots = order.enumerated().reduce(UInt32(0)) {
                bits >> UInt8($1.offset) & 1 == 1 ? $0 | $1.element : $0
            }
            return Character(Unicode.Scalar(0x2800 + dots) ?? " ")
        case .halfBlock: return bits == 3 ? "█" : bits == 1 ? "▀" : "▄"
        case .ascii: return mark
        }
    }
}
