import Base
import Foundation
import Testing

@testable import Tensors

/// Kernels that do several operations in one pass, beside those operations and beside plain loops, in every kernel set.
///
/// Each test runs in a process of its own, because the set belongs to the whole process.
@Suite struct FusedKernelTests {
    /// Tests a set at a time.
    static func inEverySet(_ body: (String, inout RandomStream) -> Void) {
        for set in KernelSetTests.names where Compute.select(kernels: set) {
            var random = RandomStream(seed: 5)
            body(set, &random)
        }
    }

    /// The bits of recorded sessions depend on it.
    @Test func aModulatedNormHasTheBitsOfItsOperations() async {
        await #expect(processExitsWith: .success) {
            FusedKernelTests.inEverySet { set, random in
                for (batch, tokens, width) in [(1, 1, 2), (2, 3, 7), (3, 4, 16), (2, 9, 33), (2, 32, 64)] {
                    func parameter(_ shape: [Int]) -> Tensor {
                        .gaussian(shape, trains: true, using: &random)
                    }
                    let x = parameter([batch, tokens, width])
                    let scale = parameter([batch, width]), shift = parameter([batch, width])
                    let weights = Tensor.gaussian(x.shape, using: &random)
                    func numbers(_ y: Tensor) -> [[Float]] {
                        y.backward(gradient: weights)
                        defer { [x, scale, shift].forEach { $0.clearGradient() } }
                        return [y.values] + [x, scale, shift].map { $0.gradient?.values ?? [] }
                    }
                    let fused = numbers(x.modulatedLayerNorm(scale: scale, shift: shift))
                    let parts = numbers(x.layerNorm().scaledPerEntry(by: scale + 1).addedPerEntry(shift))
                    #expect(fused == parts, "[\(batch), \(tokens), \(width)] by \(set)")
                }
            }
        }
    }

    /// Softmax(q k' / sqrt(depth) + bias) v of one query, in Double.
    static func attended(
        _ q: [Float], _ k: [Float], _ v: [Float], _ bias: [Float], heads: Int, keys: Int
    ) -> [Double] {
        let width = q.count, depth = width / heads
        return (0..<width).map { place in
            let head = place / depth
            let scores = (0..<keys).map { key in
                (head * depth..<(head + 1) * depth).reduce(Double(bias[head * keys + key])) {
                    $0 + Double(q[$1]) * Double(k[key * width + $1]) / Double(depth).squareRoot()
                }
            }
            let most = scores.max() ?? 0, weights = scores.map { exp($0 - most) }
            let sum = (0..<keys).reduce(0) { $0 + weights[$1] * Double(v[$1 * width + place]) }
            return sum / weights.reduce(0, +)
        }
    }

    /// Without a gradient one query goes another way than many: it must come to the same bits, and to what a plain loop
    /// gives.
    @Test func oneQueryHasTheBitsOfABlock() async {
        await #expect(processExitsWith: .success) {
            FusedKernelTests.inEverySet { set, random in
                for (heads, depth, keys) in [(1, 1, 1), (2, 3, 5), (4, 8, 16), (5, 24, 70), (6, 28, 129)] {
                    let width = heads * depth
                    func drawn(_ rows: Int) -> Tensor {
                        .gaussian([2, rows, width], trains: true, using: &random)
                    }
                    let q = drawn(1), k = drawn(keys), v = drawn(keys)
                    let bias = Tensor.gaussian([heads, 1, keys], using: &random)
                    func attention() -> Tensor { q.attention(over: k, v, heads: heads, bias: bias) }
                    let one = withoutGradient { attention().values }
                    #expect(one == attention().values, "\(heads) heads of \(depth), \(keys) keys by \(set)")
                    let plain = (0..<2).flatMap { row -> [Double] in
                        func part(_ x: Tensor) -> [Float] { x.slice(row..<row + 1).values }
                        return FusedKernelTests.attended(
                            part(q), part(k), part(v), bias.values, heads: heads, keys: keys)
                    }
                    let worst = zip(one, plain).map { abs(Double($0) - $1) }.max() ?? .nan
                    #expect(worst < 1e-5, "\(heads) heads of \(depth), \(keys) keys by \(set): \(worst)")
                }
            }
        }
    }

    /// Keys that do not count weigh nothing, and a query that sees none comes to zeros.
    @Test func oneQuerySeesTheKeysThatCount() async {
        await #expect(processExitsWith: .success) {
            FusedKernelTests.inEverySet { set, random in
                let q = Tensor.gaussian([3, 1, 12], using: &random)
                let k = Tensor.gaussian([3, 40, 12], using: &random),
                    v = Tensor.gaussian([3, 40, 12], using: &random)
                let y = q.attention(over: k, v, heads: 3, lengths: [40, 17, 0])
                func rows(_ x: Tensor, _ row: Int, _ count: Int) -> Tensor {
                    x.slice(row..<row + 1).slice(0..<count, axis: 1)
                }
                let second = rows(q, 1, 1).attention(over: rows(k, 1, 17), rows(v, 1, 17), heads: 3)
                #expect(y.slice(1..<2).values == second.values, "\(set)")
                #expect(y.slice(2..<3).values.allSatisfy { $0 == 0 }, "\(set)")
            }
        }
    }

    @Test func aPartOfEachHeadTurns() async {
        await #expect(processExitsWith: .success) {
            FusedKernelTests.inEverySet { set, random in
                let x = Tensor.gaussian([2, 5, 24], using: &random), values = x.values
                let y = x.rotated(depth: 12, part: 8, base: 100, from: 3).values
                for (place, value) in y.enumerated() {
                    let column = place % 12, token = place / 24 % 5
                    guard column < 8 else {
                        #expect(value == values[place], "\(place) by \(set)")
                        continue
                    }
                    let angle = Double(3 + token) * pow(100, -Double(column / 2 * 2) / 8)
                    let own = Double(values[place]), other = Double(values[place ^ 1])
                    let plain = own * cos(angle) + (column % 2 == 0 ? -other : other) * sin(angle)
                    #expect(abs(Double(value) - plain) < 1e-5, "\(place) by \(set)")
                }
            }
        }
    }

    /// Moments, tails and independence of neighbours; and each number by the formula, from the stream's own words.
    @Test func noiseIsNormal() async {
        await #expect(processExitsWith: .success) {
            FusedKernelTests.inEverySet { set, random in
                let start = random
                let x = Tensor.noise([99_999], using: &random).doubles, half = 50_000
                for place in [0, 1, 777, half - 1] {
                    let word = FusedKernelTests.word(place, start)
                    let u = Double(word >> 33) * 0x1p-31 + 0x1p-32
                    let turn = Double(Int32(truncatingIfNeeded: word)) * 0x1p-32 * 2 * Double.pi
                    #expect(
                        abs(x[place] - (-2 * log(u)).squareRoot() * cos(turn)) < 1e-5, "\(place) by \(set)")
                }
                let count = Double(x.count)
                func moment(_ power: Double) -> Double { x.reduce(0) { $0 + pow($1, power) } / count }
                #expect(abs(moment(1)) < 0.015 && abs(moment(2) - 1) < 0.02, "\(set)")
                #expect(abs(moment(3)) < 0.05 && abs(moment(4) - 3) < 0.12, "\(set)")
                let neighbours = zip(x, x.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / count
                let pairs = (0..<half - 1).reduce(0) { $0 + x[$1] * x[half + $1] } / Double(half)
                #expect(abs(neighbours) < 0.015 && abs(pairs) < 0.02, "\(set)")
                #expect((x.map(abs).max() ?? 0) > 3.7, "\(set)")
            }
        }
    }

    /// The word of a stream after `count` others.
    private static func word(_ count: Int, _ stream: RandomStream) -> UInt64 {
        var stream = stream
        for _ in 0..<count { _ = stream.next() }
        return stream.next()
    }
}
