import Terminal
import Testing

@testable import Charts

/// Lanes along a time: what is drawn lies where its time is.
@Suite struct TimelineViewTests {
    private func rows(
        _ view: TimelineView, _ width: Int, _ height: Int, look: Look = Look(theme: Screens.colored)
    )
        -> [String]
    {
        var canvas = Canvas(width: width, height: height)
        view.draw(on: &canvas, in: canvas.bounds, look: look)
        return canvas.rows
    }

    @Test func momentsAndStretchesLieAtTheirTimes() {
        let view = TimelineView(
            duration: 10, unit: "s",
            lanes: [
                .init("b", [.init(0, 0, "", Style()), .init(5, 5, "", Style())]),
                .init("w", [.init(2, 7, "on", Style())]),
            ])
        // A column a second, after the names.
        #expect(rows(view, 12, 3) == ["b │    │", "w   ├on──┤", "  0     10 s"])
    }

    @Test func theMomentThatIsPlayedIsMarked() {
        let view = TimelineView(duration: 10, unit: "", lanes: [.init("b", [])], head: 7.5)
        var canvas = Canvas(width: 12, height: 2)
        view.draw(on: &canvas, in: canvas.bounds, look: Look(theme: Screens.colored))
        #expect((0..<12).filter { canvas[$0, 0].style.attributes.contains(.reverse) } == [9])
        #expect(rows(view, 12, 2, look: Look(colors: .mono))[0] == "b        ┃")
    }

    /// Filled levels reach from 0 to the largest and smallest of their column, lines follow the levels.
    @Test func levelsAreFilledOrALine() {
        func bits(_ isFilled: Bool) -> Int {
            let lane = TimelineView.Lane(
                "", [], levels: (0..<80).map { $0 % 2 == 0 ? 1 : -1 }, range: -1...1, isFilled: isFilled)
            return rows(TimelineView(duration: 1, unit: "", lanes: [lane]), 21, 5).dropLast().joined()
                .unicodeScalars.filter { (0x2800...0x28FF).contains($0.value) }
                .reduce(0) { $0 + Int($1.value - 0x2800).nonzeroBitCount }
        }
        #expect(bits(true) == 20 * 2 * 4 * 4, "every dot of a wave that swings through the whole lane")
        let flat = TimelineView.Lane("", [], levels: [0.5, 0.5, 0.5], range: 0...1)
        let line = rows(TimelineView(duration: 1, unit: "", lanes: [flat]), 21, 2)[0]
        #expect(Set(line.dropFirst()).count == 1 && line.count == 21, "\(line)")
    }

    @Test func whatHasNoRoomIsLeftOut() {
        let lane = TimelineView.Lane("long name of a lane", [.init(-5, 50, "x", Style())], levels: [1, .nan])
        let view = TimelineView(duration: 1, unit: "s", lanes: Array(repeating: lane, count: 9), head: 9)
        for width in 0...30 { for height in 0...6 { #expect(rows(view, width, height).count == height) } }
    }
}
