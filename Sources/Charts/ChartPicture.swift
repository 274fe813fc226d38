import Terminal

/// The part of a chart's drawing that the cursor does not change, kept until something that it shows does.
///
/// Axes, marks and curves follow from the chart's values, its size and the look. These are compared whole: there is no way
/// to change a chart and to be shown its old picture. Curves that nobody has touched are equal by their storage, at once.
public struct ChartPicture: Sendable {
    private struct Source: Equatable {
        let chart: LineChart
        let width, height: Int
        let look: Look
    }

    private struct Labels: Equatable {
        let y: Scale?
        let rows: Int
    }

    private var picture: (source: Source, canvas: Canvas)?
    private var labels: (source: Labels, width: Int)?
    private var dots = CurveDots()

    /// A picture of nothing yet.
    public init() {}

    /// Columns that the labels of a chart's y axis need, as ``LineChart/neededLabelWidth(rows:)`` has them.
    public mutating func neededLabelWidth(of chart: LineChart, rows: Int) -> Int {
        let source = Labels(y: chart.yScale, rows: rows)
        if let labels, labels.source == source { return labels.width }
        let width = chart.neededLabelWidth(rows: rows)
        labels = (source, width)
        return width
    }

    /// Draws a chart as ``LineChart/draw(on:in:look:)`` does, on a ground of the look's own colour.
    public mutating func draw(_ chart: LineChart, on canvas: inout Canvas, in rect: Rect, look: Look) {
        guard !rect.isEmpty else { return }
        let source = Source(
            chart: chart.withoutCursor, width: rect.width, height: rect.height, look: look)
        if picture?.source != source {
            var drawn = Canvas(width: rect.width, height: rect.height, style: look.text, glyphs: look.glyphs)
            chart.drawCurves(on: &drawn, in: drawn.bounds, look, kept: &dots)
            picture = (source, drawn)
        }
        if let picture { canvas.paste(picture.canvas, x: rect.x, y: rect.y) }
        chart.drawCursor(on: &canvas, in: rect, look)
    }
}

extension LineChart {
    /// The chart as it is while the cursor is elsewhere.
    fileprivate var withoutCursor: LineChart {
        var chart = self
        (chart.crosshair, chart.isChosen) = (nil, false)
        return chart
    }
}
