import Terminal
import Testing

@testable import Charts

/// Values that are not joined: points, whiskers and columns.
@Suite struct ValuesTests {
    private static var chart: LineChart {
        var chart = LineChart(
            "count",
            [
                Series(
                    "h", [.init(0, 2), .init(1, 4), .init(2, 0), .init(3, .nan)], color: 0, kind: .columns),
                Series("p", [.init(2.5, 3), .init(0.5, 1), .init(9, 9)], color: 1, kind: .points),
                Series("w", [.init(1.5, 2, low: 1, high: 3)], color: 2, kind: .whiskers),
            ])
        (chart.x, chart.y) = (Scale(0...3), Scale(0...4))
        return chart
    }

    @Test(arguments: Screens.looks.indices) func looks(_ index: Int) throws {
        let (name, look) = Screens.looks[index]
        var canvas = Canvas(width: 60, height: 12, glyphs: look.glyphs)
        Self.chart.draw(on: &canvas, in: canvas.bounds, look: look)
        try Screens.expect(canvas, "values-\(name)-60x12")
    }

    /// The dots that are set, from the top.
    private func dots(
        _ points: [Series.Point], _ draw: (Rasteriser, [Series.Point], inout DotGrid) -> Void
    ) -> [[Bool]] {
        var grid = DotGrid(.halfBlock, columns: 7, rows: 3)
        let layer = grid.addLayer()
        let pen = Rasteriser(x: Scale(0...6), y: Scale(-2...3), width: grid.width, height: grid.height)
        draw(pen, points, &grid)
        return (0..<grid.height).map { y in (0..<grid.width).map { grid.isSet(layer, x: $0, y: y) } }
    }

    @Test func pointsOutOfOrderAreAllDrawnAndNotJoined() {
        let rows = dots([.init(6, 3), .init(0, -2), .init(3, .nan), .init(40, 0)]) {
            $0.points($1, into: &$2, 0)
        }
        #expect(rows.joined().count { $0 } == 2 && rows[0][6] && rows[5][0])
    }

    @Test func columnsReachFromZeroToTheNextPlace() {
        let rows = dots([.init(0, 2), .init(2, -2), .init(4, .nan)]) { $0.columns($1, into: &$2, 0) }
        #expect(rows.map { $0[0] } == [false, true, true, true, false, false])
        #expect(rows.map { $0[1] } == rows.map { $0[0] })
        #expect(rows.map { $0[2] } == [false, false, false, true, true, true])
        #expect(rows.allSatisfy { !$0[4] })
    }

    @Test func whiskersReachFromLowToHigh() {
        let rows = dots([.init(3, 1, low: -1, high: 3)]) { $0.whiskers($1, into: &$2, 0) }
        #expect(rows.map { $0[3] } == [true, true, true, true, true, false])
        #expect(rows.map { $0[2] } == [false, false, true, false, false, false])
    }
}
