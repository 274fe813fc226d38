import Foundation
import Terminal
import TextLayout

/// One value an arm, as bars from zero: what a metric that is measured once at the end comes to.
public struct BarChart: Sendable {
    /// One bar.
    public struct Bar: Sendable, Equatable {
        /// What stands before it.
        public var name: String
        /// Its length, and the ends of its 95 % interval; NaN without one.
        public var value, low, high: Double
        /// Its place among the theme's colours and marks.
        public var color: Int

        /// A bar from its parts.
        public init(_ name: String, _ value: Double, low: Double = .nan, high: Double = .nan, color: Int) {
            self.name = name
            self.value = value
            self.low = low
            self.high = high
            self.color = color
        }
    }

    /// What is measured, with its unit.
    public var title: String
    /// From the top.
    public var bars: [Bar]
    /// Whether the chart has the cursor.
    public var isChosen = false

    /// A chart of some bars.
    public init(_ title: String, _ bars: [Bar]) {
        self.title = title
        self.bars = bars
    }

    /// Whether a rectangle has a row for each bar.
    public func fits(_ rect: Rect) -> Bool { bars.count < rect.height && rect.width >= 24 }

    /// Draws the chart; bars for which there is no row are left out.
    public func draw(on canvas: inout Canvas, in rect: Rect, look: Look) {
        let mark = isChosen ? "› " : ""
        canvas.write(
            mark + title, x: rect.x, y: rect.y, style: isChosen ? look.accent : look.strong, width: rect.width
        )
        let texts = bars.map { look.shown(Self.text($0)) }
        let names = min(16, rect.width / 4, (bars.map { TextWidth.of(look.shown($0.name)) }.max() ?? 0) + 2)
        let values = min(rect.width / 2, texts.map(\.count).max() ?? 0)
        let plot = Rect(
            x: rect.x + names + 1, y: rect.y + 1, width: rect.width - names - values - 3,
            height: rect.height - 1)
        let ends = [0] + bars.flatMap { [$0.value, $0.low, $0.high] }.filter(\.isFinite)
        guard !plot.isEmpty, let low = ends.min(), let high = ends.max() else { return }
        let scale = Scale(low...high)
        for (row, (bar, text)) in zip(bars, texts).enumerated() where row < plot.height {
            let y = plot.y + row, style = Style(look.theme.series(bar.color), on: look.theme.background)
            let letter = "\(LineChart.mark(bar.color)) "
            let used = canvas.write(letter, x: rect.x, y: y, style: style)
            canvas.write(bar.name, x: rect.x + used, y: y, style: look.text, width: names - used)
            draw(bar, on: &canvas, Rect(x: plot.x, y: y, width: plot.width, height: 1), scale, style, look)
            canvas.write(text, x: rect.x + rect.width - values - 1, y: y, style: style, width: values)
        }
    }

    /// The bar up to its value, and a line over its interval.
    private func draw(
        _ bar: Bar, on canvas: inout Canvas, _ row: Rect, _ scale: Scale, _ style: Style, _ look: Look
    ) {
        guard bar.value.isFinite else { return }
        func column(_ value: Double) -> Int {
            row.x + Int(((scale.share(value) ?? 0) * Double(row.width - 1)).rounded())
        }
        let (zero, end) = (column(0), column(bar.value))
        for x in min(zero, end)...max(zero, end) { canvas[x, row.y] = Cell("▄", style) }
        guard bar.low.isFinite, bar.high.isFinite else { return }
        let covered = min(zero, end)...max(zero, end)
        for x in column(bar.low)...column(bar.high) where !covered.contains(x) {
            canvas[x, row.y] = Cell("─", look.text)
        }
        for (value, end): (Double, Character) in [(bar.low, "├"), (bar.high, "┤")] {
            canvas[column(value), row.y] = Cell(end, look.text)
        }
    }

    /// The value, and half of its interval.
    private static func text(_ bar: Bar) -> String {
        let half = (bar.high - bar.low) / 2
        return bar.value.brief + (half.isFinite ? " ± \(half.brief)" : "")
    }
}
