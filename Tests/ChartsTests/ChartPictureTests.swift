import Foundation
import Terminal
import Testing

@testable import Charts

/// What is kept of a chart never shows what the chart was before.
@Suite struct ChartPictureTests {
    private static let look = Look(theme: Screens.colored)

    /// What a user can do to a chart, one after another.
    private static var changes: [(name: String, change: (inout LineChart) -> Void)] {
        [
            ("nothing", { _ in }),
            ("cursor", { $0.crosshair = 120 }),
            ("cursor moves", { $0.crosshair = 121 }),
            ("no cursor", { $0.crosshair = nil }),
            ("chosen", { $0.isChosen = true }),
            ("zoom", { $0.x = Scale(150...220) }),
            ("pan", { $0.x = Scale(151...221) }),
            ("whole", { $0.x = nil }),
            ("logarithmic", { $0.isLog = true }),
            ("linear", { $0.isLog = false }),
            ("dots", { $0.dots = .halfBlock }),
            ("marks", { $0.marks.removeLast() }),
            ("labels", { $0.labelWidth = 9 }),
            ("more data", { $0.series[0] = grown($0.series[0]) }),
            ("smoothed", { $0.series = $0.series.map { $0.smoothed(0.9) } }),
            ("hidden", { $0.series.removeLast() }),
            ("shown", { $0.series = LineChartTests.sample().series }),
            (
                "one more",
                { $0.series.append(Series("c", [Series.Point(0, 1), Series.Point(90, 1)], color: 2)) }
            ),
            (
                "another",
                { $0.series.append(Series("d", [Series.Point(0, 1), Series.Point(90, 9)], color: 3)) }
            ),
            ("title", { $0.title = "another" }),
        ]
    }

    /// The curve and one point more, far above all others.
    private static func grown(_ curve: Series) -> Series {
        Series(curve.name, curve.points + [Series.Point(320, 40)], color: curve.color, kind: curve.kind)
    }

    private func same(_ picture: inout ChartPicture, _ chart: LineChart, _ rect: Rect, _ look: Look) -> Bool {
        var kept = Canvas(width: 90, height: 30, style: look.text, glyphs: look.glyphs), drawn = kept
        picture.draw(chart, on: &kept, in: rect, look: look)
        chart.draw(on: &drawn, in: rect, look: look)
        return kept.cells == drawn.cells
    }

    @Test func aPictureFollowsEveryChange() {
        var picture = ChartPicture(), chart = LineChartTests.sample()
        let rect = Rect(x: 3, y: 2, width: 80, height: 20)
        for (name, change) in Self.changes {
            change(&chart)
            #expect(same(&picture, chart, rect, Self.look), "\(name)")
            #expect(
                picture.neededLabelWidth(of: chart, rows: 20) == chart.neededLabelWidth(rows: 20), "\(name)")
        }
    }

    @Test func aPictureFollowsItsPlaceItsSizeAndTheLook() {
        var picture = ChartPicture()
        let chart = LineChartTests.sample()
        let places = [(0, 0, 80, 20), (5, 3, 80, 20), (5, 3, 60, 20), (5, 3, 60, 9), (5, 3, 20, 2)]
        for (x, y, width, height) in places {
            let rect = Rect(x: x, y: y, width: width, height: height)
            for (name, look) in Screens.looks {
                #expect(same(&picture, chart, rect, look), "\(name) \(rect)")
            }
            #expect(
                picture.neededLabelWidth(of: chart, rows: height) == chart.neededLabelWidth(rows: height))
        }
    }

    /// A y axis shows every value that lies in the window, and nothing else sets it.
    @Test func aYScaleIsThatOfThePointsInItsWindow() {
        var random = SplitMix(5)
        for round in 0..<200 {
            let kinds: [Series.Kind] = [.line, .band, .faint, .points, .whiskers]
            let series = (0..<3).map { curve in
                let kind = kinds[random.below(kinds.count)]
                let points = (0..<random.below(40)).map { place -> Series.Point in
                    let x = kind == .points || kind == .whiskers ? 50 * random.signed : Double(place)
                    let y = random.below(8) == 0 ? .nan : random.signed * 10
                    return Series.Point(x, y, low: y - 1, high: random.below(9) == 0 ? .infinity : y + 1)
                }
                return Series("\(curve)", points, color: curve, kind: kind)
            }
            var chart = LineChart("random", series)
            chart.isLog = round % 2 == 0
            chart.x = round % 3 == 0 ? nil : Scale(Double(random.below(20))...Double(20 + random.below(30)))
            let seen = series.flatMap(\.points).filter { chart.x?.range.contains($0.x) ?? true }
            #expect(
                chart.yScale == Scale(seen.flatMap { [$0.low, $0.high, $0.y] }, isLog: chart.isLog),
                "\(round)")
        }
    }
}
