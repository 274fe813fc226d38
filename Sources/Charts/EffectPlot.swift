import Foundation
import Terminal
import TextLayout

/// What a claim's seeds say: a row a condition and a row a control, each with one point a seed, their mean with its interval,
/// and its bound.
///
/// Rows measure different things, so each has a scale of its own. What they share is where their bound stands and that the
/// good side is to the right of it: a row is met when its bar lies wholly beyond the line.
public struct EffectPlot: Sendable {
    /// One condition or control.
    public struct Row: Sendable {
        /// What is compared.
        public var name: String
        /// The value of each seed that has one.
        public var values: [(seed: String, value: Double)]
        /// The mean and the ends of its interval; NaN where there is none.
        public var mean, low, high: Double
        /// The bound's one or two ends.
        public var bounds: [Double]
        /// Whether larger values are the good ones.
        public var isGoodAbove: Bool
        /// Whether zero means "no different".
        public var hasZero: Bool
        /// What was found, and what was asked for.
        public var found, asked: String
        /// Its place among good, bad and neither.
        public var style: Style

        /// A row from its parts.
        public init(
            _ name: String, values: [(seed: String, value: Double)], mean: Double, low: Double, high: Double,
            bounds: [Double], isGoodAbove: Bool, hasZero: Bool, found: String, asked: String, style: Style
        ) {
            self.name = name
            self.values = values
            (self.mean, self.low, self.high) = (mean, low, high)
            (self.bounds, self.isGoodAbove, self.hasZero) = (bounds, isGoodAbove, hasZero)
            (self.found, self.asked, self.style) = (found, asked, style)
        }
    }

    /// What is claimed, and what was found.
    public var title, verdict: String
    /// Its place among good, bad and neither.
    public var verdictStyle: Style
    /// Conditions, then controls.
    public var rows: [Row]

    /// A plot from its parts.
    public init(title: String, verdict: String, verdictStyle: Style, rows: [Row]) {
        self.title = title
        self.verdict = verdict
        self.verdictStyle = verdictStyle
        self.rows = rows
    }

    /// Draws the plot. Rows that find no room are left out, the last first.
    public func draw(on canvas: inout Canvas, in rect: Rect, look: Look) {
        guard !rect.isEmpty else { return }
        let used = canvas.write(title, x: rect.x, y: rect.y, style: look.strong, width: rect.width)
        canvas.write(
            "  \(verdict)", x: rect.x + used, y: rect.y, style: verdictStyle, width: rect.width - used)
        let room = rect.height - 1
        guard room >= 1, rect.width >= 24 else { return }
        let shown = rows.prefix(room)
        var top = 0
        for (place, row) in shown.enumerated() {
            let height = min(room * (place + 1) / shown.count - top, row.fullHeight(rect.width))
            row.draw(
                on: &canvas, in: Rect(x: rect.x, y: rect.y + 1 + top, width: rect.width, height: height),
                look: look)
            top += height
        }
    }
}

extension EffectPlot.Row {
    /// Lines of texts, of the seeds and of the mean, and one that parts it from the next row.
    fileprivate func fullHeight(_ width: Int) -> Int { values.count + (fits(width) ? 3 : 4) }

    private func fits(_ width: Int) -> Bool { TextWidth.of(name) + 2 + TextWidth.of(found) <= width }

    /// The texts, and below them as much as there is room for: a line a seed, or one for all of them, and the mean.
    fileprivate func draw(on canvas: inout Canvas, in whole: Rect, look: Look) {
        let rect = drawTexts(on: &canvas, whole, look)
        guard rect.height > 1 else { return }
        let isBySeed = rect.height > max(2, values.count + 1)
        let lines = isBySeed ? values.count + 1 : min(2, rect.height - 1)
        let label = isBySeed ? min(12, max(5, (values.map(\.seed.count).max() ?? 0) + 6)) : 0
        let plot = Rect(x: rect.x + label, y: rect.y + 1, width: rect.width - label - 1, height: lines)
        let axis = Axis(self, width: plot.width)
        drawLines(axis, on: &canvas, plot, look)
        for (place, value) in values.enumerated() {
            let y = plot.y + (isBySeed ? place : 0)
            if isBySeed {
                canvas.write("seed \(value.seed)", x: rect.x, y: y, style: look.faint, width: label)
            }
            canvas[plot.x + axis.column(value.value), y] = Cell("●", look.text)
        }
        drawMean(axis, on: &canvas, plot, look)
        if isBySeed {
            canvas.write("mean", x: rect.x, y: plot.y + lines - 1, style: look.strong, width: label)
        }
    }

    /// On one line, or on two where that is too short and there is room; else what was found is shown whole.
    ///
    /// - Returns: the rectangle from the last of them on.
    private func drawTexts(on canvas: inout Canvas, _ whole: Rect, _ look: Look) -> Rect {
        let isWrapped = !fits(whole.width) && whole.height > 3, foundWidth = TextWidth.of(found) + 2
        let rest = isWrapped ? 0 : min(TextWidth.of(name), max(0, whole.width - foundWidth))
        let rect = whole.split(top: isWrapped ? 1 : 0).rest
        canvas.write(name, x: whole.x, y: whole.y, style: look.text, width: isWrapped ? whole.width : rest)
        let text = rest + foundWidth + TextWidth.of(asked) <= whole.width ? found + asked : found
        canvas.write("  \(text)", x: rect.x + rest, y: rect.y, style: style, width: rect.width - rest)
        return rect
    }

    private func drawLines(_ axis: Axis, on canvas: inout Canvas, _ plot: Rect, _ look: Look) {
        for y in plot.y..<plot.y + plot.height {
            if hasZero { canvas[plot.x + axis.column(0), y] = Cell("│", look.faint) }
            for bound in bounds { canvas[plot.x + axis.column(bound), y] = Cell("╎", look.warning) }
        }
    }

    /// On the last line; where that is the only one, points stay visible on the bar.
    private func drawMean(_ axis: Axis, on canvas: inout Canvas, _ plot: Rect, _ look: Look) {
        guard mean.isFinite else { return }
        let y = plot.y + plot.height - 1
        if low.isFinite, high.isFinite {
            let ends = [axis.column(low), axis.column(high)].sorted()
            for column in ends[0]...ends[1] where canvas[plot.x + column, y].character != "●" {
                canvas[plot.x + column, y] = Cell("━", style)
            }
        }
        canvas[plot.x + axis.column(mean), y] = Cell("◆", look.strong)
    }
}

/// Where the values of a row stand: its first bound at a place that all rows share, the good side to the right.
private struct Axis {
    private let origin: Double
    private let perUnit: Double
    private let anchor: Int
    private let width: Int

    /// The share of the width that lies before the bound.
    private static let before = 0.4

    init(_ row: EffectPlot.Row, width: Int) {
        // Of a range the end that is not good comes first, as the bound of every other row does.
        let origin = (row.isGoodAbove ? row.bounds.min() : row.bounds.max()) ?? 0
        self.origin = origin
        anchor = Int(Self.before * Double(width))
        self.width = width
        let sign = row.isGoodAbove ? 1.0 : -1
        let shown =
            row.values.map(\.value) + row.bounds + [row.low, row.high].filter(\.isFinite)
            + (row.hasZero ? [0] : [])
        let offsets = shown.map { sign * ($0 - origin) }
        let right = Double(max(1, width - 1 - anchor)) / max(offsets.max() ?? 0, .leastNormalMagnitude)
        let left = Double(max(1, anchor)) / max(-(offsets.min() ?? 0), .leastNormalMagnitude)
        perUnit = sign * min(left, right, .greatestFiniteMagnitude)
    }

    func column(_ value: Double) -> Int {
        let offset = ((value - origin) * perUnit).rounded()
        return max(0, min(width - 1, anchor + (offset.isFinite ? Int(max(-1e6, min(1e6, offset))) : 0)))
    }
}
