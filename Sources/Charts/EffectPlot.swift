import Foundation
import Terminal
import TextLayout

/// A claim's effect: one point a seed, their mean with its interval, zero and the threshold.
public struct EffectPlot: Sendable {
    /// The effect of each seed that has finished.
    public var effects: [(seed: String, effect: Double)]
    /// The mean and the ends of its 95 % interval; NaN with fewer than two seeds.
    public var mean, low, high: Double
    /// Where the claim's interval must begin.
    public var threshold: Double
    /// What is compared, and the verdict.
    public var title, verdict: String
    /// Its place among good, bad and neither.
    public var verdictStyle: Style
    /// Seeds that are still to come.
    public var missing: Int

    /// A plot from its parts.
    public init(
        title: String, effects: [(seed: String, effect: Double)], mean: Double, low: Double, high: Double,
        threshold: Double, verdict: String, verdictStyle: Style, missing: Int
    ) {
        self.title = title
        self.effects = effects
        self.mean = mean
        self.low = low
        self.high = high
        self.threshold = threshold
        self.verdict = verdict
        self.verdictStyle = verdictStyle
        self.missing = missing
    }

    /// Draws the plot.
    public func draw(on canvas: inout Canvas, in rect: Rect, look: Look) {
        guard !rect.isEmpty else { return }
        let used = canvas.write(title, x: rect.x, y: rect.y, style: look.strong, width: rect.width)
        canvas.write(
            "  \(verdict)", x: rect.x + used, y: rect.y, style: verdictStyle, width: rect.width - used)
        let ends = [0, threshold] + effects.map(\.effect) + [low, high].filter(\.isFinite)
        guard rect.height >= 4, rect.width >= 24, let x = Scale(ends) else { return }
        let names = missing > 0 ? 12 : min(12, max(5, (effects.map(\.seed.count).max() ?? 0) + 6))
        let plot = Rect(
            x: rect.x + names, y: rect.y + 1, width: rect.width - names - 1, height: rect.height - 2)
        line(at: 0, "│", look.faint, on: &canvas, plot, x)
        line(at: threshold, "╎", look.warning, on: &canvas, plot, x)
        drawRows(on: &canvas, rect, plot, x, look)
        drawScale(on: &canvas, rect, plot, x, look)
    }

    private func drawRows(on canvas: inout Canvas, _ rect: Rect, _ plot: Rect, _ x: Scale, _ look: Look) {
        let room = plot.height - 1
        for (row, effect) in effects.suffix(max(0, room)).enumerated() {
            let y = plot.y + row
            canvas.write("seed \(effect.seed)", x: rect.x, y: y, style: look.faint, width: plot.x - rect.x)
            canvas[column(effect.effect, plot, x), y] = Cell("●", look.text)
        }
        guard !effects.isEmpty else { return }
        let y = plot.y + min(effects.count, room)
        canvas.write("mean", x: rect.x, y: y, style: look.strong, width: plot.x - rect.x)
        if low.isFinite, high.isFinite {
            for at in column(low, plot, x)...column(high, plot, x) { canvas[at, y] = Cell("━", verdictStyle) }
        }
        canvas[column(mean, plot, x), y] = Cell("◆", look.strong)
    }

    private func drawScale(on canvas: inout Canvas, _ rect: Rect, _ plot: Rect, _ x: Scale, _ look: Look) {
        var text = "0"
        let row = rect.y + rect.height - 1
        canvas.write(text, x: column(0, plot, x), y: row, style: look.faint)
        text = "threshold \(threshold.brief)"
        let at = min(column(threshold, plot, x), rect.x + rect.width - text.count)
        if at > column(0, plot, x) + 1 { canvas.write(text, x: at, y: row, style: look.warning) }
        if missing > 0 {
            canvas.write(
                "\(missing) to come", x: rect.x, y: row, style: look.faint,
                width: max(0, column(0, plot, x) - rect.x - 1))
        }
    }

    private func line(
        at value: Double, _ character: Character, _ style: Style, on canvas: inout Canvas, _ plot: Rect,
        _ x: Scale
    ) {
        for row in plot.y..<plot.y + plot.height {
            canvas[column(value, plot, x), row] = Cell(character, style)
        }
    }

    private func column(_ value: Double, _ plot: Rect, _ x: Scale) -> Int {
        plot.x + Int(((x.share(value) ?? 0) * Double(max(0, plot.width - 1))).rounded())
    }
}
