import Terminal
import TextLayout

/// Lanes along one axis of time, in cells: stretches as bars with names, levels as curves of dots.
public struct TimelineView: Sendable {
    /// A stretch of time; a moment where both ends are equal.
    public struct Mark: Sendable {
        /// In the axis' unit.
        public var begin, end: Double
        /// What stands in it where there is room.
        public var label: String
        /// How it looks.
        public var style: Style

        /// A mark from its parts.
        public init(_ begin: Double, _ end: Double, _ label: String, _ style: Style) {
            (self.begin, self.end, self.label, self.style) = (begin, end, label, style)
        }
    }

    /// One lane.
    public struct Lane: Sendable {
        /// What stands before it.
        public var name: String
        /// Over the levels, if there are any.
        public var marks: [Mark]
        /// Equally far apart over the whole time; empty for none.
        public var levels: [Float]
        /// The values at the lane's lower and upper edge.
        public var range: ClosedRange<Float>
        /// Whether levels are filled from 0, or a line.
        public var isFilled: Bool

        /// A lane from its parts.
        public init(
            _ name: String, _ marks: [Mark], levels: [Float] = [], range: ClosedRange<Float> = 0...1,
            isFilled: Bool = false
        ) {
            (self.name, self.marks, self.levels, self.range) = (name, marks, levels, range)
            self.isFilled = isFilled
        }
    }

    /// Where the axis ends; it begins at 0.
    public var duration: Double
    /// Of the axis.
    public var unit: String
    /// From the top.
    public var lanes: [Lane]
    /// The moment that is being played; nil shows none.
    public var head: Double?

    /// A view from its parts.
    public init(duration: Double, unit: String, lanes: [Lane], head: Double? = nil) {
        (self.duration, self.unit, self.lanes, self.head) = (duration, unit, lanes, head)
    }

    /// Draws the lanes from one on; curves share the rows that stretches leave.
    public func draw(on canvas: inout Canvas, in rect: Rect, look: Look, first: Int = 0) {
        let (lanesRect, axis) = rect.split(bottom: 1)
        let longest = lanes.map { TextWidth.of(look.shown($0.name)) }.max() ?? 0
        let names = min(longest, rect.width / 4)
        let shown = lanes.dropFirst(max(0, min(first, lanes.count - 1)))
        var y = lanesRect.y
        for (place, (lane, height)) in zip(shown, heights(Array(shown), lanesRect.height)).enumerated() {
            guard y + height <= axis.y else { break }
            let body = Rect(x: rect.x + names + 1, y: y, width: rect.width - names - 1, height: height)
            canvas.write(lane.name, x: rect.x, y: y + height / 2, style: look.faint, width: names)
            draw(lane, on: &canvas, in: body, color: place, look)
            y += height
        }
        let body = Rect(
            x: rect.x + names + 1, y: rect.y, width: rect.width - names - 1, height: y - rect.y)
        drawHead(on: &canvas, in: body, look)
        drawAxis(on: &canvas, in: Rect(x: body.x, y: y, width: body.width, height: 1), look)
    }

    /// Rows of each lane: one for stretches, the rest for curves, of at most eight each.
    private func heights(_ lanes: [Lane], _ room: Int) -> [Int] {
        let curves = lanes.count { !$0.levels.isEmpty }
        let each = curves == 0 ? 1 : max(1, min(8, (room - (lanes.count - curves)) / curves))
        return lanes.map { $0.levels.isEmpty ? 1 : each }
    }

    private func draw(_ lane: Lane, on canvas: inout Canvas, in rect: Rect, color: Int, _ look: Look) {
        guard !rect.isEmpty else { return }
        if !lane.levels.isEmpty { drawLevels(lane, on: &canvas, in: rect, color, look) }
        for mark in lane.marks { draw(mark, on: &canvas, in: rect, look) }
    }

    // MARK: Levels

    private func drawLevels(_ lane: Lane, on canvas: inout Canvas, in rect: Rect, _ color: Int, _ look: Look)
    {
        let kind: DotGrid.Kind = look.glyphs == .ascii ? .ascii : .braille
        var grid = DotGrid(kind, columns: rect.width, rows: rect.height)
        let layer = grid.addLayer(), range = Double(lane.range.lowerBound)...Double(lane.range.upperBound)
        let scales = Rasteriser(
            x: Scale(0...Double(max(1, lane.levels.count - 1))), y: Scale(range), width: grid.width,
            height: grid.height)
        if lane.isFilled {
            fill(lane, scales, into: &grid, layer)
        } else {
            let points = lane.levels.enumerated().map { Series.Point(Double($0), Double($1)) }
            scales.line(points, into: &grid, layer)
        }
        let style = Style(look.theme.series(color), on: look.theme.background)
        for cell in 0..<grid.cells where grid.bits(layer, cell: cell) != 0 {
            let bits = grid.bits(layer, cell: cell)
            canvas[rect.x + cell % rect.width, rect.y + cell / rect.width] = Cell(
                DotGrid.character(bits, kind, mark: "#"), style)
        }
    }

    /// Each column of dots from the smallest to the largest of its levels, and 0.
    private func fill(_ lane: Lane, _ scales: Rasteriser, into grid: inout DotGrid, _ layer: Int) {
        let count = lane.levels.count
        for column in 0..<grid.width {
            let first = column * count / grid.width
            let last = max(first + 1, (column + 1) * count / grid.width)
            let levels = lane.levels[first..<min(last, count)].filter(\.isFinite).map(Double.init)
            guard let low = levels.min(), let high = levels.max(), let top = scales.row(max(0, high)),
                let bottom = scales.row(min(0, low))
            else { continue }
            grid.fill(layer, x: column, from: top, to: bottom)
        }
    }

    // MARK: Stretches

    private func column(_ time: Double, _ width: Int) -> Int {
        Int((max(-1, min(2, time / duration)) * Double(width)).rounded(.down))
    }

    private func draw(_ mark: Mark, on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        let begin = column(mark.begin, rect.width), end = min(rect.width - 1, column(mark.end, rect.width))
        guard end >= 0, begin < rect.width else { return }
        let first = max(0, begin), width = end - first + 1
        for row in 0..<rect.height {
            for x in first...max(first, end) {
                let isMoment = mark.begin == mark.end || width < 2
                // A moment is a line through its lane; a stretch leaves a curve below it as it is.
                let sign: Character = isMoment ? "│" : x == end ? "┤" : x == first ? "├" : "─"
                guard isMoment || row == 0 else { continue }
                canvas[rect.x + x, rect.y + row] = Cell(sign, mark.style)
            }
        }
        guard width > 3, !mark.label.isEmpty else { return }
        canvas.write(mark.label, x: rect.x + first + 1, y: rect.y, style: mark.style, width: width - 2)
    }

    // MARK: Axis

    /// The moment that is played, as a change of grounds where there are colours and as a line where there are none.
    private func drawHead(on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        guard let head, !rect.isEmpty else { return }
        let x = rect.x + max(0, min(rect.width - 1, column(head, rect.width)))
        for y in rect.y..<rect.y + rect.height {
            if look.isMono {
                canvas[x, y] = Cell("┃", look.text)
            } else {
                canvas.restyle(Rect(x: x, y: y, width: 1, height: 1)) { $0 = $0.with(.reverse) }
            }
        }
    }

    private func drawAxis(on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        let end = Ticks.label(duration, step: duration / 100) + (unit.isEmpty ? "" : " \(unit)")
        canvas.write("0", x: rect.x, y: rect.y, style: look.faint, width: rect.width)
        let begin = rect.x + rect.width - TextWidth.of(end)
        guard begin > rect.x + 1 else { return }
        canvas.write(end, x: begin, y: rect.y, style: look.faint)
    }
}
