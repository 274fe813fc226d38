import Terminal
import TextLayout

extension LineChart {
    /// What the read-out says of one curve.
    struct Reading {
        let mark, name, value, more: String
        let color: Int

        /// Cells that the line takes.
        fileprivate var width: Int {
            [mark, name, value, more].reduce(-1) { $0 + ($1.isEmpty ? 0 : TextWidth.of($1) + 1) }
        }
    }

    /// What is listed of all curves beside the cursor; nothing where there is no room, and the title says what it can.
    func readings(in plot: Rect) -> [Reading] {
        guard let crosshair else { return [] }
        let curves = series.filter { $0.kind == .line && $0.point(at: crosshair) != nil }
        guard plot.height >= curves.count + 3 else { return [] }
        let readings = curves.compactMap { reading(of: $0, at: crosshair) }
        let width = readings.map(\.width).max() ?? 0
        return plot.width >= 2 * width + 4 ? readings : []
    }

    /// The values of all curves at the cursor, in the half of the plot where the cursor is not.
    func drawReadout(
        _ readings: [Reading], on canvas: inout Canvas, _ plot: Rect, _ x: Scale, _ look: Look
    ) {
        guard let crosshair, let share = x.share(crosshair) else { return }
        let head = Self.place(crosshair)
        let width = max(readings.map(\.width).max() ?? 0, TextWidth.of(head)) + 2
        let left = share < 0.5 ? plot.x + plot.width - width : plot.x
        let ground = Style(look.theme.text, on: look.theme.background)
        canvas.fill(Rect(x: left, y: plot.y, width: width, height: readings.count + 1), style: ground)
        canvas.write(head, x: left + 1, y: plot.y, style: look.accent)
        for (row, reading) in readings.enumerated() {
            let color = Style(look.theme.series(reading.color), on: look.theme.background, .bold)
            let parts = [
                (reading.mark, color), (reading.name, look.text), (reading.value, look.strong),
                (reading.more, look.faint),
            ]
            var column = left + 1
            for (text, style) in parts where !text.isEmpty {
                column += canvas.write(text, x: column, y: plot.y + 1 + row, style: style) + 1
            }
        }
    }

    /// One line a curve: its value, and half its band or the ends of its envelope.
    private func reading(of curve: Series, at x: Double) -> Reading? {
        guard let point = curve.point(at: x) else { return nil }
        let band = series.first { $0.kind == .band && $0.color == curve.color }?.point(at: x)
        var more = point.low < point.high ? "\(point.low.brief) to \(point.high.brief)" : ""
        if let band, band.high > band.low { more = "+-\(((band.high - band.low) / 2).brief)" }
        return Reading(
            mark: "\(Self.mark(curve.color))", name: curve.name, value: point.y.brief, more: more,
            color: curve.color)
    }

    private static func place(_ x: Double) -> String {
        x == x.rounded() && abs(x) < 1e15 ? "at \(Int(x))" : "at \(x.brief)"
    }
}
