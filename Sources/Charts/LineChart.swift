import Foundation
import Terminal
import TextLayout

/// Curves of one metric over a shared x axis.
public struct LineChart: Sendable, Equatable {
    /// A vertical line with a text.
    public struct Mark: Sendable, Equatable {
        /// Where.
        public var x: Double
        /// Stands on top of it where there is room.
        public var text: String
        /// Whether the user did it; drawn stronger.
        public var isStrong: Bool

        /// A mark from its parts.
        public init(_ x: Double, _ text: String, isStrong: Bool) {
            self.x = x
            self.text = text
            self.isStrong = isStrong
        }
    }

    /// Which dots curves are made of.
    public enum Dots: String, Sendable, CaseIterable { case braille, halfBlock = "half blocks", ascii }

    /// What is measured, with its unit.
    public var title: String
    /// The curves, those behind first.
    public var series: [Series]
    /// Vertical lines.
    public var marks: [Mark] = []
    /// The x axis, shared by the charts of a grid; nil shows everything.
    public var x: Scale?
    /// The y axis; nil shows everything that lies in x.
    public var y: Scale?
    /// Whether the y axis is logarithmic.
    public var isLog = false
    /// Where the read-out is taken; nil for none.
    public var crosshair: Double?
    /// Columns left of the plot, shared by the charts of a grid; nil takes what the labels need.
    public var labelWidth: Int?
    /// Marks of the x axis, shared by the charts of a grid; nil takes as many as there is room for.
    public var tickCount: Int?
    /// Which dots; ASCII whatever is asked for where nothing else can be shown.
    public var dots = Dots.braille
    /// Whether the title says where the curves end; of curves over steps that is what they came to.
    public var saysEnds = true
    /// Whether the chart has the cursor.
    public var isChosen = false

    /// A chart of some curves.
    public init(_ title: String, _ series: [Series]) {
        self.title = title
        self.series = series
    }

    /// The y axis over what is seen.
    public var yScale: Scale? {
        if let y { return y }
        var ends = Scale.Ends(isLog: isLog)
        for curve in series { ends.take(curve.extent(in: x?.range)) }
        return Scale(ends)
    }

    /// The x axis over all curves.
    public var xScale: Scale? {
        if let x { return x }
        let ends = series.flatMap { [$0.points.first?.x, $0.points.last?.x].compactMap { $0 } }
        guard let low = ends.min(), let high = ends.max() else { return nil }
        return Scale(low...high)
    }

    /// Columns that the labels of the y axis need in a chart of some rows.
    public func neededLabelWidth(rows: Int) -> Int {
        guard let ticks = yScale?.ticks(count: Self.tickCount(rows: rows)) else { return 1 }
        return min(10, ticks.labels.map(\.count).max() ?? 1)
    }

    private static func tickCount(rows: Int) -> Int { max(2, rows / 2) }

    /// Marks of the x axis for which a chart of some columns has room.
    public static func tickCount(columns: Int) -> Int { max(2, columns / 10) }

    /// The cells of the curves in a chart's rectangle.
    public func plot(in rect: Rect) -> Rect {
        let titleRows = rect.height >= 3 ? 1 : 0, axisRows = rect.height >= 5 ? 1 : 0
        let labels = rect.width >= 24 ? (labelWidth ?? neededLabelWidth(rows: rect.height)) + 1 : 0
        // On the right a column for the letters at the curves' ends.
        let ends = Self.hasEnds(rect) ? 1 : 0
        return Rect(
            x: rect.x + labels, y: rect.y + titleRows, width: rect.width - labels - ends,
            height: rect.height - titleRows - axisRows)
    }

    private static func hasEnds(_ rect: Rect) -> Bool { rect.width >= 24 }

    /// The place on the x axis of a column.
    public func value(column: Int, in rect: Rect) -> Double? {
        let plot = plot(in: rect)
        guard let scale = xScale, plot.width > 1 else { return nil }
        return scale.value(at: max(0, min(1, (Double(column - plot.x) + 0.5) / Double(plot.width))))
    }

    /// Draws the chart.
    public func draw(on canvas: inout Canvas, in rect: Rect, look: Look) {
        guard !rect.isEmpty else { return }
        var dots = CurveDots()
        drawCurves(on: &canvas, in: rect, look, kept: &dots)
        drawCursor(on: &canvas, in: rect, look)
    }

    /// Draws what does not depend on the cursor: axes, marks and curves.
    func drawCurves(on canvas: inout Canvas, in rect: Rect, _ look: Look, kept dots: inout CurveDots) {
        let plot = plot(in: rect)
        guard let x = xScale, let y = yScale, !plot.isEmpty else {
            canvas.write("no values yet", x: plot.x, y: plot.y, style: look.faint, width: plot.width)
            return
        }
        drawAxes(on: &canvas, plot, rect, x, y, look)
        drawMarks(on: &canvas, plot, x, look)
        drawCurves(on: &canvas, plot, x, y, look, hasEnds: Self.hasEnds(rect), kept: &dots)
        nameMarks(on: &canvas, plot, x, look)
    }

    /// Draws what follows the cursor: the title with its values, the line and the read-out.
    func drawCursor(on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        let plot = plot(in: rect), readings = readings(in: plot)
        if rect.height >= 3 {
            drawTitle(on: &canvas, in: rect, look, hasValues: saysEnds && readings.isEmpty)
        }
        guard let x = xScale, yScale != nil, !plot.isEmpty else { return }
        drawCrosshair(on: &canvas, plot, x, look)
        if !readings.isEmpty { drawReadout(readings, on: &canvas, plot, x, look) }
    }

    // MARK: Parts

    /// The name, and the values of all curves at the cursor or at their ends.
    private func drawTitle(on canvas: inout Canvas, in rect: Rect, _ look: Look, hasValues: Bool) {
        let name = isChosen ? look.accent : look.strong
        let mark = isChosen ? "› " : ""
        var column = canvas.write(mark + title, x: rect.x, y: rect.y, style: name, width: rect.width)
        for curve in series where curve.kind == .line && hasValues {
            let value = crosshair.map { curve.value(at: $0) } ?? curve.points.last { $0.y.isFinite }?.y
            guard let value else { continue }
            let label =
                look.isMono || look.glyphs == .ascii || dots == .ascii ? "\(Self.mark(curve.color))=" : ""
            let text = "  \(label)\(value.brief)"
            // A number that is cut off would be read as another one.
            guard column + text.count <= rect.width else { break }
            let style = Style(look.theme.series(curve.color), on: look.theme.background)
            column += canvas.write(text, x: rect.x + column, y: rect.y, style: style)
        }
    }

    private func drawAxes(
        on canvas: inout Canvas, _ plot: Rect, _ rect: Rect, _ x: Scale, _ y: Scale, _ look: Look
    ) {
        let faint = look.faint
        if plot.x > rect.x {
            let ticks = y.ticks(count: Self.tickCount(rows: rect.height)), width = plot.x - rect.x - 1
            var used: Int?
            for (value, label) in zip(ticks.values, ticks.labels) {
                guard let share = y.share(value), (0...1).contains(share) else { continue }
                let row = plot.y + Int(((1 - share) * Double(plot.height - 1)).rounded())
                guard row != used else { continue }
                used = row
                canvas.write(
                    label, x: plot.x - 1 - min(width, label.count), y: row, style: faint, width: width)
            }
            let bar: Character = "│"
            for row in plot.y..<plot.y + plot.height {
                canvas[plot.x - 1, row] = Cell(bar, Style(look.theme.border, on: look.theme.background))
            }
        }
        guard plot.y + plot.height < rect.y + rect.height else { return }
        let count = tickCount ?? Self.tickCount(columns: rect.width)
        drawX(x.ticks(count: count), x, on: &canvas, plot, rect, faint)
    }

    private func drawX(
        _ ticks: Ticks, _ x: Scale, on canvas: inout Canvas, _ plot: Rect, _ rect: Rect, _ style: Style
    ) {
        let row = plot.y + plot.height
        var free = rect.x
        for (value, label) in zip(ticks.values, ticks.labels) {
            guard let share = x.share(value), (0...1).contains(share) else { continue }
            let column = plot.x + Int(share * Double(plot.width - 1)) - label.count / 2
            let start = max(rect.x, min(rect.x + rect.width - label.count, column))
            guard start >= free else { continue }
            canvas.write(label, x: start, y: row, style: style)
            free = start + label.count + 1
        }
    }

    /// The columns of the marks in the plot; nil for those outside of it.
    private func columns(of marks: [Mark], _ plot: Rect, _ x: Scale) -> [Int?] {
        marks.map { mark in
            x.share(mark.x).flatMap { (0...1).contains($0) ? plot.x + Int($0 * Double(plot.width - 1)) : nil }
        }
    }

    private func drawMarks(on canvas: inout Canvas, _ plot: Rect, _ x: Scale, _ look: Look) {
        for (mark, column) in zip(marks, columns(of: marks, plot, x)) {
            guard let column else { continue }
            let line: Character = mark.isStrong ? "╎" : "┊"
            for row in plot.y..<plot.y + plot.height {
                canvas[column, row] = Cell(line, style(of: mark, look))
            }
        }
    }

    /// The marks' names, after the curves: a name takes the first row whose cells are free, so that
    /// it neither hides a value nor is cut by one.
    private func nameMarks(on canvas: inout Canvas, _ plot: Rect, _ x: Scale, _ look: Look) {
        guard plot.height > 4 else { return }
        let columns = columns(of: marks, plot, x)
        for (place, mark) in marks.enumerated() {
            guard let column = columns[place] else { continue }
            // A name that would run into the next mark is left out; the user's own marks come first.
            let next = columns[(place + 1)...].compactMap { $0 }.first ?? plot.x + plot.width
            let room = (mark.isStrong ? plot.x + plot.width : next) - column - 1
            let width = min(TextWidth.of(mark.text), room)
            guard width > 0, mark.isStrong || width == TextWidth.of(mark.text) else { continue }
            let free = (plot.y..<plot.y + plot.height).first { row in
                (column + 1...column + width).allSatisfy { " ┊╎:".contains(canvas[$0, row].character) }
            }
            guard let row = free ?? (mark.isStrong ? plot.y : nil) else { continue }
            canvas.write(mark.text, x: column + 1, y: row, style: style(of: mark, look), width: room)
        }
    }

    private func style(of mark: Mark, _ look: Look) -> Style { mark.isStrong ? look.warning : look.faint }

    private func drawCrosshair(on canvas: inout Canvas, _ plot: Rect, _ x: Scale, _ look: Look) {
        guard let crosshair, let share = x.share(crosshair), (0...1).contains(share) else { return }
        let column = plot.x + Int(share * Double(plot.width - 1))
        let line: Character = "│"
        for row in plot.y..<plot.y + plot.height where canvas[column, row].character == " " {
            canvas[column, row] = Cell(line, look.accent)
        }
    }
}
