import Foundation
import Testing

@testable import Charts

@Suite struct TicksTests {
    /// Worked out by hand: the finest of 1, 2, 5 times a power of ten that makes at most `count` marks.
    @Test(arguments: [
        (0.0, 100.0, 5, ["0", "50", "100"]), (0, 100, 6, ["0", "20", "40", "60", "80", "100"]),
        (0, 100, 11, ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100"]),
        (0, 2000, 5, ["0", "500", "1k", "1.5k", "2k"]), (-1, 1, 5, ["-1", "-0.5", "0", "0.5", "1"]),
        (0.12, 0.47, 4, ["0.2", "0.3", "0.4"]), (0.3, 0.9, 2, ["0.4", "0.6", "0.8"]),
        (0, 0.00008, 5, ["0", "2e-5", "4e-5", "6e-5", "8e-5"]),
        (1000.25, 1000.85, 3, ["1000.4", "1000.6", "1000.8"]),
        (1_234_560, 1_234_564, 4, ["1.23456M", "1.234562M", "1.234564M"]),
        (0, 3e6, 4, ["0", "1M", "2M", "3M"]), (2e15, 6e15, 3, ["2e15", "4e15", "6e15"]),
    ])
    func linear(low: Double, high: Double, count: Int, labels: [String]) {
        #expect(Ticks(low...high, count: count).labels == labels)
    }

    @Test(arguments: [
        (0.001, 1000.0, 7, ["0.001", "0.01", "0.1", "1", "10", "100", "1k"]),
        (0.001, 1000, 4, ["0.01", "1", "100"]), (1, 100, 7, ["1", "2", "5", "10", "20", "50", "100"]),
        (1, 100, 6, ["1", "10", "100"]), (1.5, 6, 5, ["2", "5"]), (2.1, 4.9, 3, ["3", "4"]),
        (1e-9, 1e-5, 3, ["1e-8", "1e-6"]),
    ])
    func logarithmic(low: Double, high: Double, count: Int, labels: [String]) {
        #expect(Ticks(log: low...high, count: count).labels == labels)
    }

    /// Over random ranges: round, inside, in order, no two labels alike, not too many and not too few.
    @Test func anyRange() {
        var random = SplitMix(1)
        for _ in 0..<5000 {
            let middle = random.signed * pow(10, random.share * 12 - 6), count = 2 + random.below(12)
            let half = abs(middle) * pow(10, -random.share * 6) + 1e-9
            let range = middle - half...middle + half
            for ticks in [Ticks(range, count: count)]
                + (range.lowerBound > 0 ? [Ticks(log: range, count: count)] : [])
            {
                let values = ticks.values
                #expect(values.allSatisfy { range.contains($0) }, "\(range) \(count) \(values)")
                #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
                #expect(Set(ticks.labels).count == values.count, "\(range) \(ticks.labels)")
                #expect(2...max(5, count) ~= values.count, "\(range) \(count) \(values)")
            }
        }
    }

    /// Two charts that share a scale share their marks, wherever they begin.
    @Test func ticksStayWhenPanned() {
        let here = Ticks(10...20, count: 5).values, there = Ticks(12...22, count: 5).values
        #expect(here.filter { $0 >= 12 } == there.filter { $0 <= 20 })
    }

    @Test func extremeRanges() {
        let most = Double.greatestFiniteMagnitude
        for (low, high) in [
            (0.0, 0.0), (-most, most), (0, Double.leastNonzeroMagnitude), (most / 2, most),
            (1e300, 1.0000000001e300),
        ] {
            let scale = Scale(low...high)
            for count in -1...6 { #expect(!scale.ticks(count: count).labels.isEmpty) }
            #expect(scale.share(low).map { $0.isFinite } == true)
        }
        #expect(Scale(0...10, isLog: true).share(10) == 1)
        #expect(Scale([Double.nan, .infinity]) == nil)
        #expect(Scale([-1.0, 0], isLog: true) == nil)
    }

    @Test func sharesAndValuesAreInverse() throws {
        for scale in [Scale(-3...7), Scale(0.01...1000, isLog: true)] {
            for share in [0, 0.25, 0.5, 1] {
                let back = try #require(scale.share(scale.value(at: share)))
                #expect(abs(back - share) < 1e-12)
            }
        }
        #expect(Scale(1...100, isLog: true).share(0) == nil)
        #expect(Scale(1...100, isLog: true).share(-5) == nil)
    }
}
