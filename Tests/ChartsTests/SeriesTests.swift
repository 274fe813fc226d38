import Foundation
import Testing

@testable import Charts

@Suite struct SeriesTests {
    private func smooth(_ values: [Double], _ weight: Double) -> [Double] {
        let points = values.enumerated().map { Series.Point(Double($0), $1) }
        return Series("a", points, color: 0).smoothed(weight).points.map(\.y)
    }

    /// TensorBoard's own recursion, written as it is there: last and a count of accumulated values.
    private func tensorBoard(_ values: [Double], _ weight: Double) -> [Double] {
        let isConstant = values.allSatisfy { $0 == values[0] }
        var last = 0.0, accumulated = 0.0
        return values.map { value in
            if isConstant || !value.isFinite { return value }
            last = last * weight + (1 - weight) * value
            accumulated += 1
            return last / (weight == 1 ? 1 : 1 - pow(weight, accumulated))
        }
    }

    @Test(arguments: [0, 0.1, 0.6, 0.9, 0.999]) func smoothsAsTensorBoard(weight: Double) {
        var random = SplitMix(7)
        let walk = (0..<500).map { _ in random.below(9) == 0 ? .nan : random.signed * 3 }
        for (mine, theirs) in zip(smooth(walk, weight), tensorBoard(walk, weight)) {
            #expect(mine.isNaN && theirs.isNaN || abs(mine - theirs) < 1e-10)
        }
    }

    @Test func smoothingByHand() {
        // s1 = 1; s2 = (0.5*0.5*1 + 0.5*3) / 0.75 = 7/3; the gap does not count.
        let values = smooth([1, .nan, 3], 0.5)
        #expect(values[0] == 1)
        #expect(values[1].isNaN)
        #expect(abs(values[2] - 7.0 / 3) < 1e-15)
        #expect(smooth([0.1, 0.1, 0.1], 0.9) == [0.1, 0.1, 0.1])
    }

    @Test func smoothedCurvesLoseTheirEnvelope() {
        let raw = Series("a", [Series.Point(0, 1, low: 0, high: 9), Series.Point(1, 2)], color: 0)
        #expect(raw.smoothed(0.5).points[0].high == 1)
        #expect(raw.smoothed(0).points == raw.points)
    }

    @Test func valueAtAPlace() {
        let curve = Series("a", [Series.Point(1, 10), Series.Point(3, 30)], color: 0)
        #expect(curve.value(at: 0.9) == nil)
        #expect(curve.value(at: 1) == 10)
        #expect(curve.value(at: 2.9) == 10)
        #expect(curve.value(at: 99) == 30)
        #expect(Series("a", [], color: 0).value(at: 1) == nil)
    }

    /// Three seeds with 1, 2, 3: mean 2, standard deviation 1, half a band 4.303/sqrt(3).
    @Test func bandOfThreeSeeds() throws {
        let curves = (1...3).map { seed in
            Series("\(seed)", (0..<4).map { Series.Point(Double($0), Double(seed)) }, color: 0)
        }
        let both = Series.band(curves, name: "arm", color: 2) { $0 == 2 ? 4.303 : .nan }
        #expect(both.map(\.kind) == [.band, .line])
        let band = try #require(both.first?.points.last), half = 4.303 / 3.0.squareRoot()
        #expect(band.y == 2)
        #expect(abs(band.high - 2 - half) < 1e-12)
        #expect(abs(2 - band.low - half) < 1e-12)
        #expect(both[1].points.map(\.y) == [2, 2, 2, 2])
    }

    /// The mean ends with the shortest curve, has a gap where one has one, and shows a spike of one of them.
    @Test func bandWithGapsAndSpikes() {
        let long = (0..<6).map { Series.Point(Double($0), 1) }
        var short = Array(long.prefix(5))
        short[2].y = .nan
        short[3] = Series.Point(3, 1, low: 1, high: 9)
        let both = Series.band(
            [Series("a", long, color: 0), Series("b", short, color: 0)], name: "", color: 0
        ) { _ in 1 }
        let mean = both[1].points
        #expect(mean.map(\.x) == [0, 1, 2, 3, 4])
        #expect(mean[2].y.isNaN)
        #expect(mean[3].high == 5)
    }

    /// One seed has no band.
    @Test func bandOfOneSeed() {
        let both = Series.band([Series("a", [Series.Point(0, 1)], color: 0)], name: "", color: 0) { _ in .nan
        }
        #expect(both[0].points.allSatisfy { $0.low.isNaN })
        #expect(both[1].points.map(\.y) == [1])
        #expect(Series.band([], name: "", color: 0) { _ in 1 }.isEmpty)
    }
}
