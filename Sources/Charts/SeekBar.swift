import Terminal

/// Where a replay is: the main curve in a row, with a cursor and the chapters.
public struct SeekBar: Sendable {
    /// The main curve over the whole time, from 0 to 1.
    public var curve: Series
    /// The position as a share.
    public var position: Double
    /// Chapters as shares.
    public var chapters: [Double]

    /// A bar from its parts.
    public init(curve: Series, position: Double, chapters: [Double]) {
        self.curve = curve
        self.position = position
        self.chapters = chapters
    }

    /// The share of a column.
    public static func share(column: Int, in rect: Rect) -> Double {
        Double(column - rect.x) / Double(max(1, rect.width - 1))
    }

    /// Draws the bar: what has been played in its colour, the rest faint.
    public func draw(on canvas: inout Canvas, in rect: Rect, look: Look) {
        guard !rect.isEmpty else { return }
        let at = rect.x + Int((position * Double(rect.width - 1)).rounded())
        if let y = Scale(curve.points.flatMap { [$0.low, $0.high] }) {
            let kind: DotGrid.Kind = look.glyphs == .ascii ? .ascii : .braille
            var grid = DotGrid(kind, columns: rect.width, rows: rect.height)
            let layer = grid.addLayer()
            Rasteriser(x: Scale(0...1), y: y, width: grid.width, height: grid.height).line(
                curve.points, into: &grid, layer)
            for place in 0..<rect.width * rect.height where grid.bits(layer, cell: place) != 0 {
                let (x, row) = (rect.x + place % rect.width, rect.y + place / rect.width)
                let style = x <= at ? look.accent : look.faint
                canvas[x, row] = Cell(
                    DotGrid.character(grid.bits(layer, cell: place), kind, mark: "-"), style)
            }
        }
        for chapter in chapters {
            let x = rect.x + Int((chapter * Double(rect.width - 1)).rounded())
            if canvas[x, rect.y].character == " " { canvas[x, rect.y] = Cell("╵", look.warning) }
        }
        for row in rect.y..<rect.y + rect.height {
            canvas[at, row] = Cell("┃", look.strong)
        }
    }
}
