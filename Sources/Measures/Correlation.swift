/// How two lists of numbers go together.
public enum Correlation {
    /// Pearson's r; NaN when one of the lists does not vary or there are fewer than two pairs.
    public static func pearson(_ x: [Double], _ y: [Double]) -> Double {
        precondition(x.count == y.count, "\(x.count) numbers beside \(y.count)")
        guard x.count > 1 else { return .nan }
        let (meanX, meanY) = (mean(x), mean(y))
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            let (dx, dy) = (a - meanX, b - meanY)
            (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy)
        }
        return xx > 0 && yy > 0 ? max(-1, min(1, xy / (xx * yy).squareRoot())) : .nan
    }

    /// Spearman's ρ: Pearson's r of the ranks.
    public static func spearman(_ x: [Double], _ y: [Double]) -> Double { pearson(ranks(x), ranks(y)) }

    /// The rank of each number, from 1; equal numbers have the mean of their ranks.
    public static func ranks(_ x: [Double]) -> [Double] {
        let order = x.indices.sorted { x[$0] < x[$1] }
        var ranks = Array(repeating: 0.0, count: x.count), start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, x[order[end + 1]] == x[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }

    private static func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }
}
