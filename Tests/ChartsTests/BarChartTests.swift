import Terminal
import Testing

@testable import Charts

/// Bars from zero, with intervals, in every kind of terminal.
@Suite struct BarChartTests {
    private static let chart = BarChart(
        "excess ↓",
        [
            .init("pretrained", 0.065, low: 0.055, high: 0.075, color: 0),
            .init("dpo", 0.041, low: 0.038, high: 0.044, color: 1), .init("other", -0.01, color: 2),
        ])

    @Test(arguments: Screens.looks.indices) func looks(_ index: Int) throws {
        let (name, look) = Screens.looks[index]
        var canvas = Canvas(width: 60, height: 5, glyphs: look.glyphs)
        Self.chart.draw(on: &canvas, in: canvas.bounds, look: look)
        try Screens.expect(canvas, "bars-\(name)-60x5")
    }

    /// Twice the value is twice the bar, and negative ones go the other way.
    @Test func lengthsAreValues() {
        let chart = BarChart(
            "x", [.init("a", 2, color: 0), .init("b", 4, color: 1), .init("c", -2, color: 2)])
        var canvas = Canvas(width: 80, height: 4)
        chart.draw(on: &canvas, in: canvas.bounds, look: Look(theme: Screens.colored))
        let lengths = canvas.rows.dropFirst().map { row in row.count { $0 == "▄" } }
        #expect(abs(lengths[1] - 2 * lengths[0]) <= 1 && abs(lengths[2] - lengths[0]) <= 1)
        #expect(lengths[0] > 10)
    }

    @Test(arguments: [(5, 2), (24, 1), (24, 4), (1, 1)]) func anySizeIsDrawn(width: Int, height: Int) {
        var canvas = Canvas(width: width, height: height)
        Self.chart.draw(on: &canvas, in: canvas.bounds, look: Look(theme: Screens.colored))
        #expect(Self.chart.fits(canvas.bounds) == (width >= 24 && height > 3))
    }
}
