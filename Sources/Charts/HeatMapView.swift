import Terminal
import TextLayout

/// A matrix of numbers as colours, or as digits where there are none.
public struct HeatMapView: Sendable {
    /// Row by row; NaN is a gap.
    public var values: [Float]
    /// One a row and one a column.
    public var rows, columns: [String]
    /// The values at the ends of the colours.
    public var range: ClosedRange<Float>

    /// A matrix with its names; nil for the range takes the smallest and largest value.
    public init(_ values: [Float], rows: [String], columns: [String], range: ClosedRange<Float>?) {
        self.values = values
        self.rows = rows
        self.columns = columns
        let finite = values.filter(\.isFinite)
        self.range = range ?? (finite.min() ?? 0)...(finite.max() ?? 0)
    }

    /// Draws the part of the matrix that begins at a row and a column.
    public func draw(
        on canvas: inout Canvas, in rect: Rect, look: Look, firstRow: Int = 0, firstColumn: Int = 0
    ) {
        guard rect.height > 1, rect.width > 4, !rows.isEmpty, !columns.isEmpty else { return }
        let names = nameWidth(rect.width)
        let body = Rect(
            x: rect.x + names + 1, y: rect.y + 1, width: rect.width - names - 1, height: rect.height - 2)
        if look.glyphs == .unicode, !look.isMono, columns.count * 2 > body.width || rows.count > body.height {
            drawHalves(on: &canvas, in: rect, body, look, firstRow, firstColumn)
            return drawLegend(on: &canvas, in: rect, look)
        }
        let cell = cellWidth(body.width)
        let shownColumns = firstColumn..<min(columns.count, firstColumn + max(1, body.width / cell))
        drawHeads(on: &canvas, body, cell, shownColumns, look)
        for (line, row) in (firstRow..<rows.count).prefix(max(0, body.height)).enumerated() {
            canvas.write(rows[row], x: rect.x, y: body.y + line, style: look.faint, width: names)
            for (place, column) in shownColumns.enumerated() {
                let value = values[row * columns.count + column]
                put(value, on: &canvas, x: body.x + place * cell, y: body.y + line, width: cell, look)
            }
        }
        drawLegend(on: &canvas, in: rect, look)
    }

    private func drawLegend(on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        let legend = "\(text(range.lowerBound)) to \(text(range.upperBound))"
        canvas.write(legend, x: rect.x, y: rect.y + rect.height - 1, style: look.faint, width: rect.width)
    }

    /// Two rows a cell and one column, for what has no room otherwise; a pair of rows has the first one's name.
    private func drawHalves(
        on canvas: inout Canvas, in rect: Rect, _ body: Rect, _ look: Look, _ firstRow: Int,
        _ firstColumn: Int
    ) {
        let shown = (firstColumn..<columns.count).prefix(max(0, body.width))
        for (line, row) in stride(from: firstRow, to: rows.count, by: 2).prefix(max(0, body.height))
            .enumerated()
        {
            canvas.write(
                rows[row], x: rect.x, y: body.y + line, style: look.faint, width: body.x - rect.x - 1)
            for (place, column) in shown.enumerated() {
                let upper = ground(row, column, look), lower = ground(row + 1, column, look)
                canvas[body.x + place, body.y + line] = Cell("▀", Style(upper, on: lower))
            }
        }
    }

    /// The colour of a value; the theme's own ground for a gap and for what is beyond the last row.
    private func ground(_ row: Int, _ column: Int, _ look: Look) -> Color {
        guard row < rows.count, case let value = values[row * columns.count + column], value.isFinite else {
            return look.theme.background
        }
        return look.theme.heat(share(value))
    }

    private func share(_ value: Float) -> Double {
        let span = range.upperBound - range.lowerBound
        return span > 0 ? Double((value - range.lowerBound) / span) : 0.5
    }

    /// A third of the width at most, and less where two cells a column would not fit beside it.
    private func nameWidth(_ width: Int) -> Int {
        let longest = rows.map { TextWidth.of($0) }.max() ?? 0, beside = width - 1 - 2 * columns.count
        return min(longest, beside >= 4 ? min(beside, width / 3) : width / 3)
    }

    /// Wide enough for the values where there is room, else as narrow as two cells, which is nearly square.
    private func cellWidth(_ width: Int) -> Int {
        let each = width / columns.count
        return each >= 6 ? min(each, 10) : each >= 2 ? each : columns.count <= width ? 1 : 2
    }

    private func drawHeads(
        on canvas: inout Canvas, _ body: Rect, _ cell: Int, _ shown: Range<Int>, _ look: Look
    ) {
        var free = body.x
        for (place, column) in shown.enumerated() {
            let x = body.x + place * cell, whole = TextWidth.of(columns[column])
            // Over narrow columns a name that is cut says nothing: it stands whole where there is room, as on an axis.
            let width = cell > 3 ? min(whole, cell - 1) : whole
            guard x >= free, x + width <= body.x + body.width else { continue }
            let style = place % 2 == 0 ? look.faint : look.text
            canvas.write(columns[column], x: x, y: body.y - 1, style: style, width: width)
            // Letters over columns of one cell may touch.
            free = x + width + (whole > 1 ? 1 : 0)
        }
    }

    private func put(_ value: Float, on canvas: inout Canvas, x: Int, y: Int, width: Int, _ look: Look) {
        let share = share(value), rect = Rect(x: x, y: y, width: width, height: 1)
        guard value.isFinite else {
            return _ = canvas.write(width > 1 ? "--" : "-", x: x, y: y, style: look.faint, width: width)
        }
        if look.isMono {
            let digit = "\(max(0, min(9, Int(share * 10))))"
            return _ = canvas.write(
                width >= 6 ? text(value) : digit, x: x, y: y, style: look.text, width: width)
        }
        let ground = look.theme.heat(share)
        let ink: Color = (ground.luminance ?? 0) > 0.3 ? .rgb(0, 0, 0) : .rgb(255, 255, 255)
        canvas.fill(rect, style: Style(ink, on: ground))
        if width >= 6 {
            canvas.write(text(value), x: x, y: y, style: Style(ink, on: ground), width: width - 1)
        }
    }

    private func text(_ value: Float) -> String {
        Ticks.label(Double(value), step: Double(max(abs(value) / 100, 1e-6)))
    }
}
