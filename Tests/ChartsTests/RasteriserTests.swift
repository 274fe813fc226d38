import Foundation
import Testing

@testable import Charts

/// What a curve looks like, dot by dot, with nothing left out: every point and every line between two points.
private struct Naive {
    let x, y: Scale
    let width, height: Int
    private(set) var dots: [Bool]

    init(x: Scale, y: Scale, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
        dots = Array(repeating: false, count: width * height)
    }

    func column(_ value: Double) -> Int? {
        x.share(value).map { Int((max(-1e6, min(1e6, $0)) * Double(width - 1)).rounded()) }
    }

    func row(_ value: Double) -> Int? {
        y.share(value).map { Int(((1 - max(-1e4, min(1e4, $0))) * Double(height - 1)).rounded()) }
    }

    mutating func dot(_ x: Int, _ y: Int) {
        if x >= 0, y >= 0, x < width, y < height { dots[y * width + x] = true }
    }

    mutating func run(_ x: Int, _ a: Int, _ b: Int) {
        for y in 0..<height where y >= min(a, b) && y <= max(a, b) { dot(x, y) }
    }

    mutating func line(_ points: [Series.Point]) {
        var before: (x: Int, y: Int)?
        for point in points {
            guard let c = column(point.x), let r = row(point.y) else {
                before = nil
                continue
            }
            run(c, row(point.low) ?? r, r)
            run(c, row(point.high) ?? r, r)
            if let a = before { join(a, (c, r)) }
            before = (c, r)
        }
    }

    /// Between neighbouring columns the rows are shared out half and half.
    private mutating func join(_ a: (x: Int, y: Int), _ b: (x: Int, y: Int)) {
        if a.x == b.x { return run(a.x, a.y, b.y) }
        let length = b.x - a.x
        for step in 0..<length {
            guard a.x + step >= -1, a.x + step <= width else { continue }
            let from = a.y + (b.y - a.y) * step / length, to = a.y + (b.y - a.y) * (step + 1) / length
            let middle = from + (to - from) / 2
            for y in 0..<height where y >= min(from, to) && y <= max(from, to) {
                let isNearer = from <= to ? y <= middle : y >= middle
                dot(a.x + step + (isNearer ? 0 : 1), y)
            }
            dot(a.x + step, from)
            dot(a.x + step + 1, to)
        }
    }
}

@Suite struct RasteriserTests {
    private static func curve(_ kind: Int, _ count: Int, _ random: inout SplitMix) -> [Series.Point] {
        var value = 1.0, x = 0.0
        return (0..<count).map { place in
            x += kind == 3 ? random.share * 50 : 1
            value += random.signed * 0.1
            var y = value
            if kind == 1, random.below(10) < 2 { y = .nan }
            if kind == 2, random.below(40) == 0 { y = 100 * random.signed }
            if kind == 4 { y = random.below(3) == 0 ? .infinity : -value }
            guard kind == 5 else { return Series.Point(x, y) }
            return Series.Point(x, y, low: y - random.share, high: y + random.share * 5)
        }
    }

    private static func scale(_ values: [Double], _ zoom: Int, isLog: Bool, _ random: inout SplitMix)
        -> Scale?
    {
        guard let whole = Scale(values, isLog: isLog), zoom > 1 else { return Scale(values, isLog: isLog) }
        let start = random.share * (1 - 1 / Double(zoom))
        return Scale(whole.value(at: start)...whole.value(at: start + 1 / Double(zoom)), isLog: isLog)
    }

    /// Random walks, gaps, spikes, sparse and dense data, envelopes; many sizes, zooms, linear and logarithmic.
    @Test(arguments: 0..<6) func equalsNaive(kind: Int) throws {
        var random = SplitMix(UInt64(kind + 1)), cases = 0
        for count in [1, 2, 3, 10, 100, 1000] {
            for (columns, rows) in [(1, 1), (2, 3), (7, 1), (33, 9), (120, 30)] {
                for zoom in [1, 3, 50] {
                    let points = Self.curve(kind, count, &random), isLog = random.below(3) == 0
                    guard let x = Self.scale(points.map(\.x), zoom, isLog: false, &random),
                        let y = Self.scale(
                            points.flatMap { [$0.low, $0.high] }, random.below(2) == 0 ? 1 : zoom,
                            isLog: isLog,
                            &random)
                    else { continue }
                    for kind in DotGrid.Kind.allCases {
                        expectEqual(points, x, y, DotGrid(kind, columns: columns, rows: rows))
                        cases += 1
                    }
                }
            }
        }
        #expect(cases > 100)
    }

    private func expectEqual(_ points: [Series.Point], _ x: Scale, _ y: Scale, _ empty: DotGrid) {
        var grid = empty
        let layer = grid.addLayer()
        Rasteriser(x: x, y: y, width: grid.width, height: grid.height).line(points, into: &grid, layer)
        var naive = Naive(x: x, y: y, width: grid.width, height: grid.height)
        naive.line(points)
        let wrong = (0..<grid.width * grid.height).filter { place in
            grid.isSet(layer, x: place % grid.width, y: place / grid.width) != naive.dots[place]
        }
        #expect(
            wrong.isEmpty, "\(wrong.count) dots differ: \(points.count) points, \(grid.width)x\(grid.height)")
    }

    /// One step of ten million differs, as the pyramid of a store hands it over; at every zoom it is seen.
    @Test func spikeOfOneStepIsSeen() throws {
        let steps = 10_000_000, spike = 6_543_217
        for zoom in [1, 4, 60, 1000, 100_000, 1_000_000] {
            let length = steps / zoom, low = max(0, spike - length / 3)
            let points = Self.buckets(low..<min(steps, low + length), spike: spike)
            let x = Scale(Double(low)...Double(low + length)), y = Scale(0...10)
            for (columns, rows) in [(10, 3), (40, 8), (180, 50)] {
                var grid = DotGrid(.braille, columns: columns, rows: rows)
                let layer = grid.addLayer()
                let pen = Rasteriser(x: x, y: y, width: grid.width, height: grid.height)
                pen.line(points, into: &grid, layer)
                let column = try #require(pen.column(Double(spike)))
                let near = (column - 1...column + 1).filter { $0 >= 0 && $0 < grid.width }
                #expect(near.contains { grid.isSet(layer, x: $0, y: 0) }, "zoom \(zoom), \(columns) columns")
            }
        }
    }

    /// At most 2,000 buckets over some steps of a curve that is 1 but for one step, where it is 10.
    private static func buckets(_ steps: Range<Int>, spike: Int) -> [Series.Point] {
        let size = max(1, steps.count / 2000)
        return stride(from: steps.lowerBound, to: steps.upperBound, by: size).map { first in
            let part = first..<min(first + size, steps.upperBound), isHit = part.contains(spike)
            let sum = Double(part.count) + (isHit ? 9 : 0)
            return Series.Point(
                Double(part.lowerBound + part.upperBound - 1) / 2, sum / Double(part.count),
                low: part.count == 1 && isHit ? 10 : 1, high: isHit ? 10 : 1)
        }
    }

    /// A line whose ends both lie outside is seen between them.
    @Test func lineThroughTheWindow() {
        var grid = DotGrid(.braille, columns: 10, rows: 4)
        let layer = grid.addLayer()
        Rasteriser(x: Scale(500...501), y: Scale(0...1000), width: grid.width, height: grid.height)
            .line([Series.Point(0, 0), Series.Point(1000, 1000)], into: &grid, layer)
        for x in 0..<grid.width { #expect((7...8).contains { grid.isSet(layer, x: x, y: $0) }) }
    }

    /// A band covers exactly every other dot between its edges.
    @Test func bandIsAChessBoard() {
        for kind in DotGrid.Kind.allCases {
            var grid = DotGrid(kind, columns: 12, rows: 8)
            let layer = grid.addLayer(), height = Double(grid.height - 1)
            let pen = Rasteriser(
                x: Scale(0...Double(grid.width - 1)), y: Scale(0...height), width: grid.width,
                height: grid.height)
            pen.band(
                [
                    Series.Point(-5, 3, low: 2, high: height - 1),
                    Series.Point(30, 3, low: 2, high: height - 1),
                ],
                into: &grid, layer)
            for x in 0..<grid.width {
                for y in 0..<grid.height {
                    let isInside = y >= 1 && y <= grid.height - 3
                    #expect(
                        grid.isSet(layer, x: x, y: y) == (isInside && (x + y) % 2 == 0), "\(kind) \(x) \(y)")
                }
            }
        }
    }
}
