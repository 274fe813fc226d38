import Measures
import Testing

/// Numbers that SciPy computed, and cases that can be seen.
@Suite struct CorrelationTests {
    @Test func agreesWithSciPy() {
        let x = [1.0, 2, 2, 3, 5, 5, 5, 0], y = [2.0, 1, 4, 4, 7, 6, 7, 1]
        #expect(abs(Correlation.pearson(x, y) - 0.9305707630436884) < 1e-12)
        #expect(abs(Correlation.spearman(x, y) - 0.900070320740819) < 1e-12)
    }

    @Test func tiesHaveTheMeanRank() {
        #expect(Correlation.ranks([3, 1, 3, 2, 3]) == [4, 1, 4, 2, 4])
        #expect(Correlation.ranks([]).isEmpty)
    }

    @Test func onlyTheOrderCountsForSpearman() {
        #expect(Correlation.spearman([1, 2, 3, 4], [1, 10, 100, 1000]) == 1)
        #expect(Correlation.spearman([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
        #expect(Correlation.pearson([1, 2, 3, 4], [1, 10, 100, 1000]) < 0.9)
    }

    @Test func whatDoesNotVaryHasNoCorrelation() {
        #expect(Correlation.spearman([1, 1, 1], [1, 2, 3]).isNaN)
        #expect(Correlation.pearson([1], [1]).isNaN)
    }
}
