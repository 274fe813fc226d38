import Foundation

/// A Gaussian that was fitted to rows of features.
public struct GaussianFit: Sendable, Equatable {
    /// One a feature.
    public let mean: [Double]
    /// Row by row, features × features; divided by the rows less one, as NumPy's `cov` does.
    public let covariance: [Double]

    /// A Gaussian from its moments.
    public init(mean: [Double], covariance: [Double]) {
        precondition(
            covariance.count == mean.count * mean.count,
            "\(covariance.count) covariances of \(mean.count) features")
        self.mean = mean
        self.covariance = covariance
    }

    /// Fits a Gaussian to at least two rows of equally many features.
    public init(_ rows: [[Double]]) {
        precondition(rows.count > 1, "a covariance of \(rows.count) rows")
        let n = rows[0].count
        precondition(rows.allSatisfy { $0.count == n }, "rows of different lengths")
        var mean = Array(repeating: 0.0, count: n)
        for row in rows { for i in 0..<n { mean[i] += row[i] / Double(rows.count) } }
        var sums = Array(repeating: 0.0, count: n * n)
        for row in rows {
            let d = zip(row, mean).map { $0 - $1 }
            for i in 0..<n { for j in 0..<n { sums[i * n + j] += d[i] * d[j] } }
        }
        self.init(mean: mean, covariance: sums.map { $0 / Double(rows.count - 1) })
    }

    /// Fréchet's distance, squared, as FID and FVD report it: |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½).
    ///
    /// The product's root has the trace of that of Σ₁^½ Σ₂ Σ₁^½, which is symmetric: no complex numbers, and singular
    /// covariances need no ε.
    public func frechetDistance(to other: GaussianFit) -> Double {
        let n = mean.count
        precondition(other.mean.count == n, "\(n) features beside \(other.mean.count)")
        let apart = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let root = Self.root(covariance, n)
        let inner = Self.product(Self.product(root, other.covariance, n), root, n)
        let values = SymmetricEigen(Self.symmetrised(inner, n), n).values
        // What rounding makes negative is zero.
        let cross = values.reduce(0) { $0 + max(0, $1).squareRoot() }
        let traces = (0..<n).reduce(0) { $0 + covariance[$1 * n + $1] + other.covariance[$1 * n + $1] }
        return max(0, apart + traces - 2 * cross)
    }

    private static func root(_ matrix: [Double], _ n: Int) -> [Double] {
        let eigen = SymmetricEigen(matrix, n)
        let roots = eigen.values.map { max(0, $0).squareRoot() }
        // V √Λ Vᵀ
        let scaled = (0..<n * n).map { eigen.vectors[$0] * roots[$0 % n] }
        let turned = (0..<n * n).map { eigen.vectors[$0 % n * n + $0 / n] }
        return product(scaled, turned, n)
    }

    private static func symmetrised(_ a: [Double], _ n: Int) -> [Double] {
        (0..<n * n).map { (a[$0] + a[$0 % n * n + $0 / n]) / 2 }
    }

    private static func product(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
        var c = Array(repeating: 0.0, count: n * n)
        c.withUnsafeMutableBufferPointer { c in
            for i in 0..<n {
                for k in 0..<n {
                    let factor = a[i * n + k]
                    for j in 0..<n { c[i * n + j] += factor * b[k * n + j] }
                }
            }
        }
        return c
    }
}
