import Foundation
import Terminal
import Testing
import TextLayout

@testable import Charts

@Suite struct LineChartTests {
    /// Two arms with three seeds each: a falling loss with a spike, and one that stays behind and has a gap.
    static func sample(_ title: String = "loss", count: Int = 300) -> LineChart {
        func curve(_ arm: Int, _ seed: Int) -> Series {
            var random = SplitMix(UInt64(10 * arm + seed + 1))
            return Series(
                arm == 0 ? "baseline" : "method",
                (0..<count).map { step in
                    let x = Double(step), noise = 0.05 * random.signed
                    if arm == 1, 120..<140 ~= step { return Series.Point(x, .nan) }
                    let spike = arm == 0 && step == 200 ? 1.5 : 0
                    let y = (arm == 0 ? 1.2 : 0.6) * exp(-x / 90) + 0.2 + noise + spike
                    return Series.Point(x, y, low: y - 0.02, high: y + 0.02)
                }, color: arm)
        }
        let arms = (0..<2).map { arm in
            Series.band((0..<3).map { curve(arm, $0) }, name: arm == 0 ? "baseline" : "method", color: arm) {
                _ in 4.303
            }
        }
        var chart = LineChart(title, arms.map { $0[0] } + arms.map { $0[1] })
        chart.marks = [.init(60, "evaluate", isStrong: false), .init(150, "lr = 0.01", isStrong: true)]
        return chart
    }

    static func drawn(_ chart: LineChart, _ width: Int, _ height: Int, _ look: Look) -> Canvas {
        var canvas = Canvas(width: width, height: height, glyphs: look.glyphs)
        chart.draw(on: &canvas, in: canvas.bounds, look: look)
        return canvas
    }

    // MARK: Screens

    @Test(arguments: [(80, 24), (120, 40), (200, 60)]) func grid(width: Int, height: Int) throws {
        for (name, look) in Screens.looks where name != "colour" || width == 80 {
            var canvas = Canvas(width: width, height: height, glyphs: look.glyphs)
            let whole = canvas.bounds.split(top: height / 2)
            for (row, rect) in [whole.top, whole.rest].enumerated() {
                let halves = rect.split(left: width / 2)
                for (column, rect) in [halves.left, halves.rest].enumerated() {
                    var chart = Self.sample(["loss", "loss, log", "zoomed", "at 199"][2 * row + column])
                    (chart.labelWidth, chart.tickCount) = (6, width / 20)
                    chart.isLog = column == 1 && row == 0
                    if row == 1, column == 0 { chart.x = Scale(180...220) }
                    if row == 1, column == 1 { chart.crosshair = 199 }
                    chart.draw(on: &canvas, in: rect, look: look)
                }
            }
            try Screens.expect(canvas, "charts-\(name)-\(width)x\(height)")
        }
    }

    @Test func halfBlocks() throws {
        var chart = Self.sample()
        chart.dots = .halfBlock
        try Screens.expect(Self.drawn(chart, 80, 24, Look(theme: Screens.colored)), "charts-half-80x24")
    }

    // MARK: What must be there

    /// Without braille or box characters nothing outside seven bits is written.
    @Test func asciiIsSevenBits() {
        for dots in LineChart.Dots.allCases {
            var chart = Self.sample()
            (chart.dots, chart.crosshair, chart.isChosen) = (dots, 199, true)
            for row in Self.drawn(chart, 100, 30, Look(glyphs: .ascii)).rows {
                #expect(row.allSatisfy { $0.isASCII }, "\(row)")
            }
        }
    }

    /// Where two curves meet, both colours are seen; without colour, both letters.
    @Test func twoCurvesInOnePlace() {
        let flat = (0..<50).map { Series.Point(Double($0), 1) }
        let both = LineChart("x", [Series("a", flat, color: 0), Series("b", flat, color: 1)])
        for dots in LineChart.Dots.allCases {
            var chart = both
            chart.dots = dots
            let cells = Self.drawn(chart, 60, 12, Look(theme: Screens.colored)).cells
            let colors = cells.filter { $0.character != " " && !$0.character.isLetter || dots == .ascii }
                .flatMap { [$0.style.foreground, $0.style.background] }
            for color in 0...1 {
                #expect(colors.filter { $0 == Screens.colored.series[color] }.count > 10, "\(dots)")
            }
        }
        for (_, look) in Screens.looks where look.isMono {
            let text = Self.drawn(both, 60, 12, look).rows.dropFirst().joined()
            for letter in ["A", "B"] { #expect(text.contains(letter)) }
        }
    }

    /// Curves in the two halves of one row of cells keep their own colours.
    @Test func halvesHaveTheirOwnColors() {
        let colors = Screens.colored.series
        var chart = LineChart(
            "x",
            [
                Series("a", [.init(0, 1), .init(9, 1)], color: 0),
                Series("b", [.init(0, 0), .init(9, 0)], color: 1),
            ])
        (chart.dots, chart.y) = (.halfBlock, Scale(0...1))
        var canvas = Canvas(width: 20, height: 1)
        chart.draw(on: &canvas, in: canvas.bounds, look: Look(theme: Screens.colored))
        #expect(canvas[5, 0] == Cell("▀", Style(colors[0], on: colors[1])))
    }

    /// Each curve ends with its letter, in every terminal that has colours or not.
    @Test func lettersAtTheEnds() {
        for (name, look) in Screens.looks where look.glyphs == .unicode {
            let rows = Self.drawn(Self.sample(), 80, 24, look).rows
            for letter in ["A", "B"] { #expect(rows.contains { $0.hasSuffix(letter) }, "\(name)") }
        }
    }

    /// A curve that leaves the window has its letter at the edge; one that lies outside has none.
    @Test func lettersWhenZoomed() {
        var chart = LineChart(
            "x",
            [
                Series("a", (0..<100).map { .init(Double($0), 1) }, color: 0),
                Series("b", (0..<100).map { .init(Double($0), 2) }, color: 1),
            ])
        (chart.x, chart.y) = (Scale(10...20), Scale(0...1.5))
        let text = Self.drawn(chart, 60, 12, Look(theme: Screens.colored)).rows
        #expect(text.contains { $0.hasSuffix("A") })
        #expect(!text.contains { $0.hasSuffix("B") })
    }

    @Test func crosshairReadsAllCurves() {
        var chart = Self.sample()
        chart.crosshair = 199
        let text = Self.drawn(chart, 100, 24, Look(theme: Screens.colored)).rows.joined(separator: "\n")
        #expect(text.contains("at 199"))
        for curve in chart.series where curve.kind == .line {
            #expect(text.contains("\(curve.name) \(curve.value(at: 199)!.brief) +-"))
        }
        // Without room for the list the title holds the values, whole or not at all.
        let small = Self.drawn(chart, 40, 6, Look(theme: Screens.colored)).rows[0]
        #expect(small.contains(chart.series[2].value(at: 199)!.brief))
    }

    /// Values that are not positive are gaps on a logarithmic axis, not false values.
    @Test func logarithmicGaps() {
        var chart = LineChart(
            "x",
            [Series("a", (0..<40).map { .init(Double($0), 10..<30 ~= $0 ? 0 : 1 + Double($0)) }, color: 0)])
        (chart.isLog, chart.x) = (true, Scale(0...39))
        let canvas = Self.drawn(chart, 60, 10, Look(theme: Screens.colored)),
            plot = chart.plot(in: canvas.bounds)
        let middle = plot.x + plot.width / 2
        #expect((plot.y..<plot.y + plot.height).allSatisfy { canvas[middle, $0].character == " " })
        #expect((plot.y..<plot.y + plot.height).contains { canvas[plot.x + 2, $0].character != " " })
    }

    /// The charts of a grid have the same marks below them.
    @Test func marksAreShared() {
        let x = Scale(0...1000)
        let below = [("loss", 1e-3), ("accuracy", 1e5)].map { name, factor -> String in
            var chart = LineChart(name, [Series("a", [.init(0, 0), .init(1000, factor)], color: 0)])
            (chart.x, chart.labelWidth, chart.tickCount) = (x, 8, 4)
            return Self.drawn(chart, 45, 10, Look()).rows[9]
        }
        #expect(below[0] == below[1])
        #expect(below[0].split(separator: " ") == ["0", "500", "1k"])
    }

    // MARK: Anything goes

    static let nasty: [LineChart] = {
        let points: [Series.Point] = [
            .init(0, .nan), .init(1, .infinity), .init(2, -1e308), .init(3, 1e308), .init(3, 0),
            .init(2, 5, low: .nan, high: .infinity), .init(.infinity, 1),
            .init(4, Double.leastNonzeroMagnitude),
        ]
        let kinds = [Series.Kind.band, .faint, .line].map { Series("héllo 世界", points, color: 5, kind: $0) }
        var zoomed = LineChart("a\u{1b}[31m", kinds)
        (zoomed.x, zoomed.y, zoomed.crosshair) = (Scale(2.1...2.2), Scale(-1...1), 2.15)
        var log = sample()
        (log.isLog, log.crosshair) = (true, .nan)
        log.marks += [.init(.nan, "", isStrong: true), .init(-1e300, "x", isStrong: false)]
        return [
            LineChart("", []), LineChart("x", [Series("", [], color: 0)]), LineChart("x", kinds), zoomed, log,
            sample(),
        ]
    }()

    /// No size and no values stop it, and nothing is written outside the rectangle.
    @Test func anySize() {
        for (width, height) in [
            (0, 0), (1, 1), (2, 1), (1, 2), (3, 3), (5, 5), (23, 4), (24, 5), (20, 5), (60, 2),
        ] {
            for (_, look) in Screens.looks {
                for var chart in Self.nasty {
                    for dots in LineChart.Dots.allCases {
                        chart.dots = dots
                        var canvas = Canvas(width: width + 4, height: height + 4, glyphs: look.glyphs)
                        canvas.fill(canvas.bounds, style: Style(), character: "~")
                        let rect = Rect(x: 2, y: 2, width: width, height: height)
                        chart.draw(on: &canvas, in: rect, look: look)
                        for y in 0..<canvas.height {
                            for x in 0..<canvas.width where !rect.contains(x: x, y: y) {
                                #expect(
                                    canvas[x, y].character == "~",
                                    "\(width)x\(height) \(chart.title) \(x),\(y)")
                            }
                        }
                        _ = chart.value(column: 2, in: rect)
                    }
                }
            }
        }
    }
}
