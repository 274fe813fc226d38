import Terminal
import Testing

@testable import Charts

@Suite struct HeatMapViewTests {
    private let look = Look(theme: Screens.colored)

    /// Too large for a cell a value: two rows a cell, the upper one in the ink, the lower one on the ground.
    @Test func aLargeMapIsDrawnByHalfBlocks() {
        let rows = 5, columns = 20
        let map = HeatMapView(
            (0..<rows * columns).map { Float($0 / columns) }, rows: (0..<rows).map { "r\($0)" },
            columns: (0..<columns).map { "\($0)" }, range: 0...4)
        var canvas = Canvas(width: 24, height: 5)
        map.draw(on: &canvas, in: canvas.bounds, look: look)
        let cell = canvas[3, 1]
        #expect(cell.character == "▀")
        #expect(cell.style.foreground == look.theme.heat(0) && cell.style.background == look.theme.heat(0.25))
        // The last row stands alone.
        #expect(canvas[3, 3].style.foreground == look.theme.heat(1))
        #expect(canvas[3, 3].style.background == look.theme.background)
        #expect(canvas.rows[1].hasPrefix("r0") && canvas.rows[2].hasPrefix("r2"))
    }

    @Test func aGapIsNoValue() {
        let map = HeatMapView(
            [.nan, 1, 0, 0, 0, 0], rows: (0..<6).map { "\($0)" }, columns: ["c"], range: 0...1)
        var canvas = Canvas(width: 20, height: 5)
        map.draw(on: &canvas, in: canvas.bounds, look: look)
        #expect(canvas[2, 1].style.foreground == look.theme.background)
        #expect(canvas[2, 1].style.background == look.theme.heat(1))
    }

    /// Names over narrow columns stand whole and apart, or not at all; letters may touch.
    @Test(arguments: [
        (16, ["alpha", "beta", "gamma", "delta", "eta"], "  alpha delta"),
        (12, ["ab", "cd", "ef", "gh", "ij"], "  ab  ef  ij"), (8, ["a", "b", "c", "d", "e"], "  abcde"),
        (24, ["alpha", "beta", "gamma", "delta", "eta"], "  al be ga de eta"),
    ])
    func namesOfColumnsDoNotRunTogether(width: Int, columns: [String], heads: String) {
        let map = HeatMapView(
            Array(repeating: 1, count: columns.count), rows: ["r"], columns: columns, range: 0...1)
        var canvas = Canvas(width: width, height: 4)
        map.draw(on: &canvas, in: canvas.bounds, look: Look(colors: .mono))
        #expect(canvas.rows[0].replacing("…", with: "") == heads)
    }

    @Test func aMapThatFitsKeepsItsNumbers() {
        let map = HeatMapView([0.25, 0.5], rows: ["r"], columns: ["a", "b"], range: 0...1)
        var canvas = Canvas(width: 24, height: 4)
        map.draw(on: &canvas, in: canvas.bounds, look: look)
        #expect(canvas.rows[1].contains("0.25") && !canvas.rows.joined().contains("▀"))
    }
}
