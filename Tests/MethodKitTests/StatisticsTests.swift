import Foundation
import MethodKit
import Testing

@Suite struct StatisticsTests {
    /// Quantiles from scipy.stats.t.ppf(0.975, df).
    @Test(arguments: [
        (1.0, 12.706204736432095), (2.0, 4.302652729911275), (4.0, 2.7764451051977987),
        (9.0, 2.2621571627409915),
        (30.0, 2.0422724563012373), (1000.0, 1.9623390808264078),
    ])
    func studentQuantiles(_ freedom: Double, _ expected: Double) {
        #expect(abs(Statistics.studentQuantile(0.975, freedom: freedom) - expected) < 1e-9 * expected)
    }

    @Test func intervalOfFive() {
        // scipy.stats.t.interval(0.95, 4, loc=mean, scale=sem)
        let (mean, low, high) = Statistics.interval(of: [0.1, 0.2, 0.15, 0.3, 0.25])
        #expect(abs(mean - 0.2) < 1e-15)
        #expect(abs(low - 0.10183784) < 1e-7 && abs(high - 0.29816216) < 1e-7)
    }

    /// Each end of it is the one-sided 95 % limit: scipy.stats.t.interval(0.9, 4, loc=mean, scale=sem).
    @Test func oneSidedLimitsOfFive() {
        let (_, low, high) = Statistics.interval(of: [0.1, 0.2, 0.15, 0.3, 0.25], tail: 0.05)
        #expect(abs(low - 0.12462783) < 1e-7 && abs(high - 0.27537217) < 1e-7)
    }

    @Test func signTestIsExact() {
        #expect(Statistics.signTest([1, 1, 1, 1, 1]) == 0.0625)
        #expect(Statistics.signTest([1, 1, 1, 1, -1]) == 0.375)
        #expect(Statistics.signTest([0, 0]) == 1)
    }
}
