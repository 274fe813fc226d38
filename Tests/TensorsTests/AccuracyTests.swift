import Base
import Foundation
import Testing

@testable import Tensors

/// The kernels' functions of one number beside the C library's in double precision.
@Suite struct AccuracyTests {
    struct Case: Sendable {
        let name: String
        let range: ClosedRange<Float>
        let ours: @Sendable (Tensor) -> Tensor
        let exact: @Sendable (Double) -> Double
    }

    /// The ranges reach to the ends at which results stop being normal numbers, and come close to the zeros.
    static let cases = [
        Case(name: "exp", range: -87...88.7227, ours: { $0.exp() }, exact: { Foundation.exp($0) }),
        Case(name: "log", range: 1e-37...10, ours: { $0.log() }, exact: { Foundation.log($0) }),
        Case(name: "log near 1", range: 0.9...1.1, ours: { $0.log() }, exact: { Foundation.log($0) }),
        Case(name: "log of large", range: 1...1e38, ours: { $0.log() }, exact: { Foundation.log($0) }),
        Case(name: "tanh", range: -10...10, ours: { $0.tanh() }, exact: { Foundation.tanh($0) }),
        Case(name: "tanh near 0", range: -0.01...0.01, ours: { $0.tanh() }, exact: { Foundation.tanh($0) }),
        Case(
            name: "sigmoid", range: -86...30, ours: { $0.sigmoid() },
            exact: { 1 / (1 + Foundation.exp(-$0)) }),
        Case(name: "sine", range: -7...7, ours: { $0.sine() }, exact: { Foundation.sin($0) }),
        Case(name: "sine of large", range: -1e5...1e5, ours: { $0.sine() }, exact: { Foundation.sin($0) }),
        Case(name: "cosine", range: -7...7, ours: { $0.cosine() }, exact: { Foundation.cos($0) }),
        Case(
            name: "cosine of large", range: -1e5...1e5, ours: { $0.cosine() }, exact: { Foundation.cos($0) }),
        Case(
            name: "softplus", range: -80...80, ours: { $0.softplus() },
            exact: { max($0, 0) + log1p(Foundation.exp(-abs($0))) }),
    ]

    /// The largest relative error over evenly spaced arguments.
    static func worst(_ one: Case) -> Double {
        let count = 20_001, width = one.range.upperBound - one.range.lowerBound
        let x = (0..<count).map { one.range.lowerBound + width * (Float($0) / Float(count - 1)) }
        return zip(x, one.ours(Tensor(x)).values).map { x, y in
            let exact = one.exact(Double(x))
            return exact == 0 ? Double(abs(y)) : abs(Double(y) - exact) / abs(exact)
        }.max() ?? .nan
    }

    @Test func relativeErrorsStayBelowTwoInTenMillions() async {
        await #expect(processExitsWith: .success) {
            for set in KernelSetTests.names where Compute.select(kernels: set) {
                for one in AccuracyTests.cases {
                    let error = AccuracyTests.worst(one)
                    #expect(error < 2e-7, "\(one.name) by \(set): \(error)")
                }
            }
        }
    }

    /// Products go to different kernels by their size: each must give the sum that its definition says.
    @Test func productsOfAllSmallShapesAreExactOnWholeNumbers() async {
        await #expect(processExitsWith: .success) {
            for set in KernelSetTests.names where Compute.select(kernels: set) {
                for (m, n, k) in AccuracyTests.shapes {
                    let a = (0..<m * k).map { Float($0 * 7 % 11 - 5) }
                    let b = (0..<k * n).map { Float($0 * 5 % 13 - 6) }
                    let expected = (0..<m * n).map { at in
                        (0..<k).reduce(Float(0)) { $0 + a[at / n * k + $1] * b[$1 * n + at % n] }
                    }
                    let turned = (0..<n * k).map { b[$0 % k * n + $0 / k] }
                    let y = Tensor(a, [m, k]).matmul(Tensor(b, [k, n]))
                    let z = Tensor(a, [m, k]).matmul(Tensor(turned, [n, k]), transposed: true)
                    #expect(y.values == expected && z.values == expected, "\(m)x\(n)x\(k) by \(set)")
                }
            }
        }
    }

    /// Around the tiles' edges of every set, and on both sides of the size at which the library takes over.
    static let shapes = [1, 2, 4, 5, 12, 13, 33].flatMap { m in
        [1, 2, 7, 8, 9, 16, 31, 32, 33, 65].flatMap { n in [1, 3, 16, 40].map { k in (m, n, k) } }
    }
}
