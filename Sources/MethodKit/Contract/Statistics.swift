import Foundation

/// The few statistics that claims and bands need.
public enum Statistics {
    /// Mean and its interval by Student's t; the interval is NaN for fewer than two values.
    ///
    /// - Parameters:
    ///   - values: the values.
    ///   - tail: the probability beyond each end; the default gives the 95 % interval.
    /// - Returns: mean, lower and upper end.
    public static func interval(
        of values: [Double], tail: Double = 0.025
    ) -> (mean: Double, low: Double, high: Double) {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        guard values.count > 1 else { return (mean, .nan, .nan) }
        let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / (n - 1)
        let half = studentQuantile(1 - tail, freedom: n - 1) * (variance / n).squareRoot()
        return (mean, mean - half, mean + half)
    }

    /// Probability, if signs were a fair coin's, of a split at least as uneven; zeros are left out.
    public static func signTest(_ values: [Double]) -> Double {
        let signs = values.filter { $0 != 0 }
        let n = signs.count
        guard n > 0 else { return 1 }
        let fewer = min(signs.count { $0 > 0 }, signs.count { $0 < 0 })
        let tail = (0...fewer).map { choose(n, $0) }.reduce(0, +) / pow(2, Double(n))
        return min(1, 2 * tail)
    }

    private static func choose(_ n: Int, _ k: Int) -> Double {
        (0..<k).reduce(1) { $0 * Double(n - $1) / Double($1 + 1) }
    }

    /// The value below which Student's t with `freedom` degrees lies with probability `p` in 0.5..<1.
    public static func studentQuantile(_ p: Double, freedom: Double) -> Double {
        var low = 0.0, high = 2.0
        while studentCumulative(high, freedom: freedom) < p { high *= 2 }
        for _ in 0..<200 where high - low > 1e-13 * high {
            let middle = (low + high) / 2
            if studentCumulative(middle, freedom: freedom) < p { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// Probability that Student's t lies below `t` >= 0.
    static func studentCumulative(_ t: Double, freedom: Double) -> Double {
        1 - 0.5 * incompleteBeta(freedom / 2, 0.5, at: freedom / (freedom + t * t))
    }

    /// The regularised incomplete beta function, by Lentz's continued fraction.
    static func incompleteBeta(_ a: Double, _ b: Double, at x: Double) -> Double {
        guard x > 0, x < 1 else { return x <= 0 ? 0 : 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, at: 1 - x) }
        let logBeta = lgamma(a) + lgamma(b) - lgamma(a + b)
        let front = exp(a * log(x) + b * log(1 - x) - logBeta) / a
        var c = 1.0
        var d = 1 / nonZero(1 - (a + b) * x / (a + 1))
        var fraction = d
        for m in 1...300 {
            let m = Double(m)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            for term in [even, odd] {
                d = 1 / nonZero(1 + term * d)
                c = nonZero(1 + term / c)
                fraction *= c * d
            }
            if abs(c * d - 1) < 1e-15 { break }
        }
        return front * fraction
    }

    private static func nonZero(_ x: Double) -> Double { abs(x) < 1e-300 ? 1e-300 : x }
}
