import Foundation
import MethodKit
import Testing

@Suite struct PlotTests {
    @Test func everySeriesIsARowAValueInOneFile() throws {
        let plot = Plot(
            x: "x", y: "y",
            [
                .line("l", [(2, 0.1), (1, .nan)]), .bars("b", [("a, b", 1, 0.5, 1.5)]),
                .histogram("h", of: [0, 0.2, 1], bins: 2),
            ])
        let file = try #require(try Artifact.plot(plot).files(named: "p").first)
        #expect(file.name == "p.csv")
        #expect(
            String(decoding: file.contents, as: UTF8.self) == """
                series,kind,label,x,x end,y,low,high
                l,line,,1,,,,
                l,line,,2,,0.1,,
                b,bars,"a, b",,,1,0.5,1.5
                h,histogram,,0,0.5,2,,
                h,histogram,,0.5,1,1,,

                """)
    }

    /// The largest value is in the last range; equal values make one of width 1.
    @Test func histogramsCountEveryFiniteValue() {
        let spread = Plot.Series.histogram("", of: [0, 1, 2, 4, .nan, .infinity], bins: 4)
        #expect(spread.y == [1, 1, 1, 1] && spread.x == [0, 1, 2, 3, 4])
        let equal = Plot.Series.histogram("", of: [3, 3], bins: 1)
        #expect(equal.y == [2] && equal.x == [2.5, 3.5])
        #expect(Plot.Series.histogram("", of: [], bins: 2).y == [0, 0])
    }
}
