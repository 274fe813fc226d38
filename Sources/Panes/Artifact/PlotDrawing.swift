import Charts
import MethodKit
import Terminal
import TextLayout

/// Lines, points, histograms and whiskers over one plane, with a legend; bars below it, or alone.
struct PlotDrawing: ArtifactDrawing {
    private let plot: Plot

    init?(_ artifact: Artifact) {
        guard case .plot(let plot) = artifact else { return nil }
        self.plot = plot
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        // A series keeps its colour whichever of the two it is in.
        let numbered = Array(plot.series.enumerated())
        let bars = numbered.filter { $0.element.kind == .bars }
        let planar = numbered.filter { $0.element.kind != .bars }
        guard !planar.isEmpty else {
            let rest = titled(rect, &canvas, look)
            return draw(bars, on: &canvas, in: rest, view, look)
        }
        let rows = min(rect.height / 2, bars.reduce(0) { $0 + $1.element.y.count + 1 })
        let (above, below) = rect.split(bottom: rows)
        draw(planar, on: &canvas, in: above, look)
        if rows > 0 { draw(bars, on: &canvas, in: below, view, look) }
    }

    // MARK: The plane

    private typealias Numbered = (offset: Int, element: Plot.Series)

    private func draw(_ series: [Numbered], on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        let (chart, legend) = rect.split(bottom: rect.height > 6 ? 1 : 0)
        // In front what is thin, behind what fills.
        let curves = series.sorted { $0.element.depth < $1.element.depth }.map { Series($1, color: $0) }
        var lines = LineChart(plot.y, curves)
        lines.saysEnds = false
        lines.x = Scale(series.flatMap(\.element.x))
        let zero = series.contains { $0.element.kind == .histogram } ? [0.0] : []
        lines.y = Scale(series.flatMap { $0.element.y + $0.element.low + $0.element.high } + zero)
        lines.draw(on: &canvas, in: chart, look: look)
        guard !legend.isEmpty else { return }
        drawLegend(series, on: &canvas, in: legend, look)
    }

    /// What the x axis measures, and the series' names in their colours.
    private func drawLegend(_ series: [Numbered], on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        var used = 0
        if !plot.x.isEmpty {
            used = canvas.write("\(plot.x)  ", x: rect.x, y: rect.y, style: look.faint, width: rect.width)
        }
        for (color, one) in series where !one.name.isEmpty {
            let text = "\(LineChart.mark(color)) \(one.name)  "
            guard used + TextWidth.of(look.shown(text)) - 2 <= rect.width else { break }
            let style = Style(look.theme.series(color), on: look.theme.background)
            used += canvas.write(text, x: rect.x + used, y: rect.y, style: style, width: rect.width - used)
        }
    }

    // MARK: Bars

    /// What remains below the title of several series of bars, which have their own names besides.
    private func titled(_ rect: Rect, _ canvas: inout Canvas, _ look: Look) -> Rect {
        guard plot.series.count > 1, !plot.y.isEmpty, rect.height > 2 else { return rect }
        canvas.write(plot.y, x: rect.x, y: rect.y, style: look.strong, width: rect.width)
        return rect.split(top: 1).rest
    }

    private func draw(
        _ series: [Numbered], on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look
    ) {
        var top = rect.y
        for (color, one) in series {
            let room = rect.y + rect.height - top
            guard room > 1 else { return }
            // Where there are more bars than rows, keys scroll; several series stay in one colour each.
            let first = series.count == 1 ? min(view.row, max(0, one.y.count + 1 - room)) : 0
            let bars = one.y.indices.dropFirst(first).map { place in
                BarChart.Bar(
                    one.labels[place], one.y[place], low: one.low.isEmpty ? .nan : one.low[place],
                    high: one.high.isEmpty ? .nan : one.high[place],
                    color: plot.series.count == 1 ? place : color)
            }
            let height = min(room, bars.count + 1)
            let title = plot.series.count == 1 ? plot.y : one.name
            BarChart(title, bars).draw(
                on: &canvas, in: Rect(x: rect.x, y: top, width: rect.width, height: height), look: look)
            top += height
        }
    }
}

extension Plot.Series {
    fileprivate var depth: Int { kind == .histogram ? 0 : kind == .line ? 1 : 2 }
}

extension Series {
    /// A kept series as a curve.
    fileprivate init(_ series: Plot.Series, color: Int) {
        let points: [Point] =
            switch series.kind {
            case .whiskers:
                series.y.indices.map {
                    Point(series.x[$0], series.y[$0], low: series.low[$0], high: series.high[$0])
                }
            // The last end only ends the last column.
            case .histogram: zip(series.x, series.y + [.nan]).map { Point($0, $1) }
            case .line, .points, .bars: zip(series.x, series.y).map { Point($0, $1) }
            }
        let kind: Kind =
            switch series.kind {
            case .line: .line
            case .histogram: .columns
            case .whiskers: .whiskers
            case .points, .bars: .points
            }
        self.init(series.name, points, color: color, kind: kind)
    }
}
