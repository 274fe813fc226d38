import TextLayout

/// What a screen shows, as a value: rows of cells.
///
/// Whatever is written outside is left out, so a pane that has no room cannot break its neighbours.
public struct Canvas: Equatable, Sendable {
    /// In cells.
    public let width, height: Int
    /// Row by row.
    public private(set) var cells: [Cell]
    /// Which characters may stand in it; others are replaced as they are written, see `SevenBit`.
    public let glyphs: Glyphs
    /// Whether any cell may hold the second half of a wide character: without one, no half need be looked for.
    private var hasWide = false

    /// A canvas of blanks.
    public init(width: Int, height: Int, style: Style = Style(), glyphs: Glyphs = .unicode) {
        self.glyphs = glyphs
        self.width = max(0, width)
        self.height = max(0, height)
        cells = Array(repeating: Cell(" ", style), count: self.width * self.height)
    }

    /// The whole of it.
    public var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

    /// One cell; outside, reading gives a blank and writing does nothing. Writing a half of a wide character
    /// blanks its other half.
    public subscript(x: Int, y: Int) -> Cell {
        get { x >= 0 && y >= 0 && x < width && y < height ? cells[y * width + x] : Cell() }
        set {
            guard x >= 0, y >= 0, x < width, y < height else { return }
            let place = y * width + x
            if hasWide { separate(x, place, newValue) }
            cells[place] = newValue
            if glyphs == .ascii { cells[place].character = SevenBit.cell(newValue.character) }
        }
    }

    /// Blanks the other halves of wide characters that a new cell cuts in two.
    private mutating func separate(_ x: Int, _ place: Int, _ new: Cell) {
        guard new.character != Cell.tail else { return }
        if x > 0, cells[place].character == Cell.tail { cells[place - 1].character = " " }
        if x + 1 < width, cells[place + 1].character == Cell.tail { cells[place + 1].character = " " }
    }

    /// Writes text in one row, clipped at the width and at the canvas; control characters are shown, not obeyed.
    ///
    /// - Parameters:
    ///   - text: what to write.
    ///   - x: the first column.
    ///   - y: the row.
    ///   - style: how; a background of `none` keeps the one that is there.
    ///   - limit: most cells that it may take; what does not fit ends with a mark.
    /// - Returns: cells that it took.
    @discardableResult
    public mutating func write(
        _ text: String, x: Int, y: Int, style: Style = Style(), width limit: Int? = nil
    ) -> Int {
        let room = min(limit ?? .max, width - x)
        guard y >= 0, y < height, room > 0 else { return 0 }
        let shown = TextWidth.clipped(shown(text), to: room, mark: glyphs == .ascii ? "~" : "…")
        var column = x
        for character in shown {
            let cells = TextWidth.of(character)
            if cells == 0 { continue }
            put(character, cells, column, y, style)
            column += cells
        }
        return column - x
    }

    /// A text as it will stand here: in one line, and in seven bits where there are no more.
    public func shown(_ text: String) -> String {
        let visible = Visible.text(text)
        return glyphs == .ascii ? SevenBit.text(visible) : visible
    }

    private mutating func put(_ character: Character, _ cells: Int, _ x: Int, _ y: Int, _ style: Style) {
        var style = style
        if style.background == .none { style.background = self[x, y].style.background }
        self[x, y] = Cell(character, style)
        if cells == 2 {
            hasWide = true
            self[x + 1, y] = Cell(Cell.tail, style)
        }
    }

    /// Fills a rectangle with one character.
    public mutating func fill(_ rect: Rect, style: Style, character: Character = " ") {
        for y in max(0, rect.y)..<max(0, min(height, rect.y + rect.height), rect.y) {
            for x in max(0, rect.x)..<max(0, min(width, rect.x + rect.width), rect.x) {
                self[x, y] = Cell(character, style)
            }
        }
    }

    /// Copies all cells of another canvas to a place.
    public mutating func paste(_ other: Canvas, x: Int, y: Int) {
        hasWide = hasWide || other.hasWide
        for row in 0..<other.height {
            for column in 0..<other.width {
                self[x + column, y + row] = other.cells[row * other.width + column]
            }
        }
    }

    /// Gives all cells of a rectangle other attributes or grounds without changing what stands there.
    public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
        for y in rect.y..<rect.y + rect.height {
            for x in rect.x..<rect.x + rect.width where bounds.contains(x: x, y: y) {
                change(&cells[y * width + x].style)
            }
        }
    }

    /// The rows as text, without blanks at their ends.
    public var rows: [String] {
        (0..<height).map { y in
            let row = cells[y * width..<(y + 1) * width].map(\.character).filter { $0 != Cell.tail }
            let last = row.lastIndex { $0 != " " }
            return String(row[..<(last.map { $0 + 1 } ?? 0)])
        }
    }
}
