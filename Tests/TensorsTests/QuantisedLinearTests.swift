import Base
import CKernels
import Foundation
import Testing

@testable import Tensors

/// Products of 8-bit numbers, in every kernel set, with the CPU's own instruction for them and without.
///
/// Each test runs in a process of its own, because the set belongs to the whole process.
@Suite struct QuantisedLinearTests {
    /// Every way that this CPU has.
    static func inEveryWay(_ body: (String, inout RandomStream) -> Void) {
        for allowed in [1, 0] as [Int32] {
            bt_allow_vnni(allowed)
            FusedKernelTests.inEverySet { body("\($0)\(allowed == 1 ? "" : " without VNNI")", &$1) }
        }
    }

    /// A row's whole numbers by the definition, and what one of them stands for.
    static func quantised(_ row: ArraySlice<Float>) -> (whole: [Int], scale: Float) {
        let most = row.map(abs).max() ?? 0, per = most > 0 ? 127 / most : 0
        return (row.map { Int(($0 * per).rounded(.toNearestOrEven)) }, most / 127)
    }

    @Test func productsAreThoseOfAPlainLoop() async {
        await #expect(processExitsWith: .success) {
            QuantisedLinearTests.inEveryWay { way, random in
                for (rows, outputs, inputs) in [(1, 1, 1), (3, 9, 7), (4, 16, 30), (6, 33, 64), (9, 50, 129)]
                {
                    let x = Tensor.gaussian([rows, inputs], using: &random)
                    let weight = Tensor.gaussian([outputs, inputs], using: &random)
                    let bias = Tensor.gaussian([outputs], using: &random)
                    let y = QuantisedLinear(Linear(weight: weight, bias: bias))(x).values
                    func parts(_ of: Tensor) -> [(whole: [Int], scale: Float)] {
                        (0..<of.rows).map {
                            QuantisedLinearTests.quantised(of.values[$0 * inputs..<($0 + 1) * inputs])
                        }
                    }
                    let (a, b, c) = (parts(x), parts(weight), bias.values)
                    for (place, value) in y.enumerated() {
                        let (row, output) = (a[place / outputs], b[place % outputs])
                        let sum = zip(row.whole, output.whole).reduce(0) { $0 + $1.0 * $1.1 }
                        let plain =
                            Double(sum) * Double(row.scale) * Double(output.scale)
                            + Double(c[place % outputs])
                        #expect(
                            abs(Double(value) - plain) < 1e-5 * max(1, abs(plain)),
                            "\(rows) x \(outputs) x \(inputs), number \(place) by \(way)")
                    }
                }
            }
        }
    }

    /// The largest numbers of both signs in all places: where sums of 16 bits would overflow first.
    @Test func sumsOfTheLargestNumbersAreExact() async {
        await #expect(processExitsWith: .success) {
            QuantisedLinearTests.inEveryWay { way, _ in
                for (x, w) in [(1, 1), (1, -1), (-1, -1)] as [(Float, Float)] {
                    let layer = QuantisedLinear(Linear(weight: .full([17, 200], 127 * w)))
                    let y = layer(.full([2, 200], 127 * x)).values
                    #expect(y.allSatisfy { $0 == 127 * 127 * 200 * x * w }, "\(x) times \(w) by \(way)")
                }
            }
        }
    }

    /// As near to the layer as rounding to 127 steps lets it be, and never without a number that is none.
    @Test func itIsNearItsLayer() async {
        await #expect(processExitsWith: .success) {
            QuantisedLinearTests.inEveryWay { way, random in
                let layer = Linear(256, 64, using: &random), x = Tensor.gaussian([8, 256], using: &random)
                let exact = layer(x).doubles, near = QuantisedLinear(layer)(x).doubles
                let error = zip(exact, near).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                #expect(error < 2e-4 * exact.reduce(0) { $0 + $1 * $1 }, "\(way): \(error)")
                let bad = QuantisedLinear(layer)(Tensor([.nan] + Array(x.values.dropFirst()), [8, 256]))
                    .values
                #expect(bad[..<64].allSatisfy(\.isNaN) && bad[64...].allSatisfy { !$0.isNaN }, "\(way)")
                #expect(QuantisedLinear(layer)(.zeros([1, 256])).values == layer.bias?.values, "\(way)")
            }
        }
    }
}
