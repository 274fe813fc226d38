import Foundation
import Measures
import Testing

/// Eigenvalues and the distance of Gaussians, beside what NumPy and SciPy computed.
@Suite struct GaussianTests {
    private static let a = [[1.0, 2, 0.5], [2, 1, 1.5], [0, 3, -1], [4, 1, 2.5], [3, 3, 0]]
    private static let b = [
        [0.0, 1, 1], [1, 1, 0], [2, 4, 1.5], [1, 0, 2], [5, 2, 3], [2, 2, 2],
    ]

    @Test func eigenvaluesAgreeWithNumPy() {
        let matrix = [4.0, 1, -2, 2, 1, 2, 0, 1, -2, 0, 3, -2, 2, 1, -2, -1]
        let values = SymmetricEigen(matrix, 4).values.sorted()
        for (found, wanted) in zip(
            values, [-2.197516977439427, 1.0843644637732177, 2.2685314064312423, 6.844621107234966])
        {
            #expect(abs(found - wanted) < 1e-12)
        }
    }

    /// A v = λ v for each, and the vectors are orthonormal: for a matrix of ones, a diagonal one and a full one.
    @Test(arguments: [1, 2, 7, 40]) func vectorsBelongToTheirValues(n: Int) {
        let full = (0..<n * n).map { place -> Double in
            let (i, j) = (min(place / n, place % n), max(place / n, place % n))
            return sin(Double(3 * i + 7 * j))
        }
        let ones = Array(repeating: 1.0, count: n * n)
        let diagonal = (0..<n * n).map { $0 / n == $0 % n ? Double($0) : 0 }
        for matrix in [full, ones, diagonal] {
            let eigen = SymmetricEigen(matrix, n)
            for k in 0..<n {
                let vector = (0..<n).map { eigen.vectors[$0 * n + k] }
                for i in 0..<n {
                    let image = (0..<n).reduce(0) { $0 + matrix[i * n + $1] * vector[$1] }
                    #expect(abs(image - eigen.values[k] * vector[i]) < 1e-10 * Double(n * n))
                }
                let length = vector.reduce(0) { $0 + $1 * $1 }
                #expect(abs(length - 1) < 1e-12)
            }
        }
    }

    @Test func distanceAgreesWithSciPy() {
        let distance = GaussianFit(Self.a).frechetDistance(to: GaussianFit(Self.b))
        #expect(abs(distance - 2.6144483138602133) < 1e-9)
        // A covariance of two rows has rank one.
        let flat = GaussianFit(Array(Self.a.prefix(2))).frechetDistance(to: GaussianFit(Self.b))
        #expect(abs(flat - 4.339909969041199) < 1e-7)
    }

    @Test func distanceOfEqualsIsZeroAndOfShiftsTheirSquare() {
        let one = GaussianFit(Self.a)
        #expect(one.frechetDistance(to: one) < 1e-9)
        let moved = GaussianFit(mean: one.mean.map { $0 + 2 }, covariance: one.covariance)
        #expect(abs(one.frechetDistance(to: moved) - 12) < 1e-9)
        let wide = GaussianFit(mean: [0], covariance: [9]), narrow = GaussianFit(mean: [0], covariance: [1])
        #expect(abs(wide.frechetDistance(to: narrow) - 4) < 1e-12)
    }

    @Test func covarianceIsUnbiased() {
        let fit = GaussianFit([[1, 10], [3, 30]])
        #expect(fit.mean == [2, 20] && fit.covariance == [2, 20, 20, 200])
    }
}
