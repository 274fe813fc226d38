import Terminal
import Testing

@testable import Charts

/// Rows of different scales under one bound.
@Suite struct EffectPlotTests {
    private func row(
        _ values: [Double], mean: Double, _ low: Double, _ high: Double, bounds: [Double],
        isGoodAbove: Bool = true, hasZero: Bool = true
    ) -> EffectPlot.Row {
        EffectPlot.Row(
            "row", values: values.enumerated().map { ("\($0)", $1) }, mean: mean, low: low, high: high,
            bounds: bounds, isGoodAbove: isGoodAbove, hasZero: hasZero, found: "found", asked: ", asked",
            style: Style())
    }

    private func lines(_ rows: [EffectPlot.Row], width: Int = 60, height: Int = 10) -> [String] {
        var canvas = Canvas(width: width, height: height)
        let plot = EffectPlot(title: "claim", verdict: "holds", verdictStyle: Style(), rows: rows)
        plot.draw(on: &canvas, in: Rect(x: 0, y: 0, width: width, height: height), look: Look())
        return canvas.rows
    }

    private func column(_ character: Character, _ line: String) -> Int? {
        Array(line).firstIndex(of: character)
    }

    /// Whatever the unit and the direction, bounds stand below each other and what is met lies to the right.
    @Test func boundsStandInOneColumnAndTheGoodSideIsRight() throws {
        let lines = lines([
            row([0.2, 0.4], mean: 0.3, 0.2, 0.4, bounds: [0.1]),
            row([-300, -500], mean: -400, -500, -300, bounds: [-100], isGoodAbove: false),
            row([0.02, 0.03], mean: 0.025, 0.02, 0.03, bounds: [0.5], hasZero: false),
        ])
        let bounds = lines.compactMap { column("╎", $0) }
        #expect(bounds.count == 6 && Set(bounds).count == 1, "\(lines)")
        let means = lines.compactMap { column("◆", $0) }
        #expect(means[0] > bounds[0] && means[1] > bounds[0] && means[2] < bounds[0])
        #expect(lines.filter { $0.contains("│") }.allSatisfy { column("│", $0)! < bounds[0] })
    }

    @Test func aRangeHasTwoEndsAndAPlotWithoutRoomKeepsItsTexts() {
        let range = row([1, 1.1], mean: 1.05, 0.9, 1.2, bounds: [0.7, 1.3], hasZero: false)
        #expect(lines([range]).contains { $0.filter { $0 == "╎" }.count == 2 })
        let low = lines([range, range, range], height: 4)
        #expect(low.dropFirst().allSatisfy { $0.contains("row  found, asked") })
        #expect(lines([range], width: 24, height: 4)[1].contains("found"))
    }

    @Test func anyNumbersAreDrawn() {
        let extremes = [0, 1, -1, 1e308, -1e308, 1e-308, .infinity, -.infinity, .nan]
        for a in extremes {
            for b in extremes {
                let drawn = row([a, b], mean: b, a, b, bounds: [a.isFinite ? a : 0])
                for width in [1, 24, 25, 60] { _ = lines([drawn, drawn], width: width) }
            }
        }
    }
}
