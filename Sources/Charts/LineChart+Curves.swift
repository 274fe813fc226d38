import Terminal

extension LineChart {
    /// Draws all curves, then the letters that tell them apart without colour.
    ///
    /// - Parameters:
    ///   - canvas: where.
    ///   - plot: the cells of the curves.
    ///   - x: the x axis.
    ///   - y: the y axis.
    ///   - look: characters and colours.
    ///   - hasEnds: whether there is a column for letters at the curves' ends.
    ///   - kept: the dots of an earlier drawing, and then those of this one.
    func drawCurves(
        on canvas: inout Canvas, _ plot: Rect, _ x: Scale, _ y: Scale, _ look: Look, hasEnds: Bool,
        kept: inout CurveDots
    ) {
        let kind: DotGrid.Kind =
            look.glyphs == .ascii || dots == .ascii ? .ascii : dots == .halfBlock ? .halfBlock : .braille
        kept.draw(
            series, in: CurveDots.Frame(kind: kind, columns: plot.width, rows: plot.height, x: x, y: y))
        let brush = Brush(kept.grid, series, look)
        for row in 0..<plot.height {
            for column in 0..<plot.width {
                guard let cell = brush.cell(column, row) else { continue }
                canvas[plot.x + column, plot.y + row] = cell
            }
        }
        guard kind != .ascii, Set(series.filter { $0.kind == .line }.map(\.color)).count > 1 else { return }
        if look.isMono { drawLetters(on: &canvas, plot, x, y, look) }
        if hasEnds { drawEnds(on: &canvas, plot, x, y, look) }
    }

    /// Letters along the curves.
    private func drawLetters(on canvas: inout Canvas, _ plot: Rect, _ x: Scale, _ y: Scale, _ look: Look) {
        let lines = series.filter { $0.kind == .line }
        for (place, curve) in lines.enumerated() {
            for column in stride(from: 3 + place * 4, to: plot.width, by: max(12, 4 * lines.count)) {
                let at = x.value(at: Double(column) / Double(max(1, plot.width - 1)))
                guard let last = curve.points.last, at <= last.x, let value = curve.value(at: at),
                    let row = row(value, y, plot)
                else { continue }
                canvas[plot.x + column, row] = Cell(Self.mark(curve.color), look.strong)
            }
        }
    }

    /// A letter beside each curve's end, a row higher or lower where one stands already.
    private func drawEnds(on canvas: inout Canvas, _ plot: Rect, _ x: Scale, _ y: Scale, _ look: Look) {
        var taken: Set<[Int]> = []
        for curve in series where curve.kind == .line {
            guard let last = curve.points.last(where: { $0.y.isFinite }),
                case let end = min(last.x, x.range.upperBound), let value = curve.value(at: end),
                let share = x.share(end), share >= 0, let row = row(value, y, plot)
            else { continue }
            let column = plot.x + Int((share * Double(plot.width - 1)).rounded()) + 1
            let rows = [row, row - 1, row + 1].filter { $0 >= plot.y && $0 < plot.y + plot.height }
            guard let free = rows.first(where: { !taken.contains([column, $0]) }) else { continue }
            taken.insert([column, free])
            let style = Style(look.theme.series(curve.color), on: look.theme.background, .bold)
            canvas[column, free] = Cell(Self.mark(curve.color), style)
        }
    }

    private func row(_ value: Double, _ y: Scale, _ plot: Rect) -> Int? {
        guard let share = y.share(value), (0...1).contains(share) else { return nil }
        return plot.y + Int(((1 - share) * Double(plot.height - 1)).rounded())
    }

    /// What stands for a curve where colour cannot.
    public static func mark(_ color: Int) -> Character { marks[color % marks.count] }

    private static let marks = Array("ABCDEFGHIJKLMNOP")
}

/// Turns the dots of all layers into cells.
private struct Brush {
    private let grid: DotGrid
    /// For each layer whether it stands in front, how it looks, and what shows it in ASCII.
    private let isLine: [Bool], styles: [Style], marks: [Character]
    private let isMono: Bool

    init(_ grid: DotGrid, _ series: [Series], _ look: Look) {
        self.grid = grid
        isLine = series.map(\.kind.isInFront)
        isMono = look.isMono
        marks = series.map { curve in
            curve.kind == .band ? "." : curve.kind == .faint ? "," : LineChart.mark(curve.color)
        }
        let ground = look.theme.background
        styles = series.map { curve in
            let color = look.theme.series(curve.color)
            if curve.kind.isInFront { return Style(color, on: ground) }
            let back = ground.mixed(with: color, ground == .none ? 1 : 0.45)
            return Style(back, on: ground, look.isMono ? .faint : [])
        }
    }

    /// One cell; nil when nothing lies in it. Where several curves meet, all their dots are shown, neighbouring
    /// cells take turns in showing their colours, and what stands back gives way.
    func cell(_ column: Int, _ row: Int) -> Cell? {
        let place = row * grid.columns + column, turn = column + row
        guard let front = front(place, .max, turn) else { return nil }
        if grid.kind == .halfBlock, !isMono, let halves = halves(place, turn) { return halves }
        return Cell(
            DotGrid.character(front.bits, grid.kind, mark: marks[front.layer]), styles[front.layer])
    }

    /// The layer that a cell shows and the dots of all that stand as far in front as it does.
    private func front(_ place: Int, _ mask: UInt8, _ turn: Int) -> (layer: Int, bits: UInt8)? {
        var lines = 0, behind = 0, lineBits: UInt8 = 0, bits: UInt8 = 0
        for layer in isLine.indices {
            let dots = grid.bits(layer, cell: place) & mask
            guard dots != 0 else { continue }
            if isLine[layer] { (lines, lineBits) = (lines + 1, lineBits | dots) } else { behind += 1 }
            bits |= dots
        }
        guard bits != 0 else { return nil }
        var left = turn % (lines > 0 ? lines : behind)
        for layer in isLine.indices
        where isLine[layer] == (lines > 0) && grid.bits(layer, cell: place) & mask != 0 {
            if left == 0 { return (layer, lines > 0 ? lineBits : bits) }
            left -= 1
        }
        return nil
    }

    /// Two curves one above the other in one cell: each half has its own colour.
    private func halves(_ place: Int, _ turn: Int) -> Cell? {
        guard let upper = front(place, 1, turn), let lower = front(place, 2, turn) else { return nil }
        let (a, b) = (styles[upper.layer], styles[lower.layer])
        return a.foreground == b.foreground || b.foreground == .none
            ? nil : Cell("▀", Style(a.foreground, on: b.foreground))
    }
}
