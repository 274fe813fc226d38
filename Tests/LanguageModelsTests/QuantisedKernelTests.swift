import Base
import CKernels
import Foundation
import Testing

@testable import LanguageModels

/// The kernels of quantised weights beside plain loops, in every set that this CPU has; each test in a process of its own,
/// for the set belongs to the whole process.
@Suite struct QuantisedKernelTests {
    static let sets = ["baseline", "avx2", "avx512"]

    /// Rows of blocks of any bits but in their scales, which are small numbers.
    static func weights(_ format: WeightFormat, blocks: Int, using random: inout RandomStream) -> [UInt8] {
        (0..<blocks).flatMap { _ in
            var block = (0..<format.block.bytes).map { _ in UInt8(random.below(256)) }
            // Half-precision numbers of about 0.01, of both signs.
            func put(_ place: Int) {
                block[place + 1] = UInt8(0x20 + random.below(2) * 0x80)
            }
            put(format == .q6_K ? 208 : 0)
            if format == .q4_1 || format == .q4_K { put(2) }
            return block
        }
    }

    @Test func productsAreThoseOfThePlainLoop() async {
        await #expect(processExitsWith: .success) {
            for set in QuantisedKernelTests.sets where bt_select_kernels(set) == 0 {
                for format in WeightFormat.allCases where format.hasBlocks {
                    // Whole groups of blocks that are worked on together, and some left over.
                    for count in [1, 3, 8, 18] {
                        QuantisedKernelTests.checkProduct(format, blocks: count, set)
                    }
                }
            }
        }
    }

    static func checkProduct(_ format: WeightFormat, blocks: Int, _ set: String) {
        var random = RandomStream(seed: 3).derive("\(format) \(blocks)")
        let rows = 5, cols = blocks * format.block.weights, rowBytes = blocks * format.block.bytes
        let weights = weights(format, blocks: rows * blocks, using: &random)
        let x = (0..<cols).map { _ in Float(random.gaussian()) }
        var q = [Int8](repeating: 0, count: cols), scales = [Float](repeating: 0, count: cols / 32)
        var sums = scales, y = [Float](repeating: 0, count: rows), w = [Float](repeating: 0, count: cols)
        bt_quantise_row(cols, x, &q, &scales, &sums)
        for (place, value) in x.enumerated() {
            // Within half a step of what it stands for.
            #expect(abs(Float(q[place]) * scales[place / 32] - value) <= scales[place / 32] * 0.5001)
        }
        bt_quantised_product(format.kernel, rows, cols, weights, rowBytes, q, scales, sums, &y)
        for row in 0..<rows {
            weights.withUnsafeBytes {
                bt_dequantise(format.kernel, cols, $0.baseAddress! + row * rowBytes, &w)
            }
            let terms = (0..<cols).map { Double(w[$0]) * Double(q[$0]) * Double(scales[$0 / 32]) }
            let exact = terms.reduce(0, +), size = terms.reduce(0) { $0 + abs($1) }
            #expect(abs(Double(y[row]) - exact) < 1e-5 * max(1, size), "\(format) of \(blocks) by \(set)")
        }
    }

    @Test func attentionOverPartsIsThatOverAll() async {
        await #expect(processExitsWith: .success) {
            for set in QuantisedKernelTests.sets where bt_select_kernels(set) == 0 {
                QuantisedKernelTests.checkAttention(set)
            }
        }
    }

    static func checkAttention(_ set: String) {
        var random = RandomStream(seed: 4)
        func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.gaussian()) } }
        let (queries, heads, keyHeads, depth, before, lengths) = (3, 4, 2, 8, 6, [4, 1, 4])
        let row = keyHeads * depth, all = lengths.reduce(0, +)
        let q = numbers(queries * heads * depth), k = numbers(all * row), v = numbers(all * row)
        var y = [Float](repeating: 0, count: q.count), weights = [Float](repeating: 0, count: all)
        k.withUnsafeBufferPointer { k in
            v.withUnsafeBufferPointer { v in
                let starts = [0, 4, 5].map { $0 * row }
                let keys = starts.map { UnsafePointer<Float>?(k.baseAddress! + $0) }
                let values = starts.map { UnsafePointer<Float>?(v.baseAddress! + $0) }
                lengths.withUnsafeBufferPointer { lengths in
                    var plan = bt_grouped_shape(
                        queries: queries, heads: heads, key_heads: keyHeads, depth: depth, before: before,
                        parts: 3, lengths: lengths.baseAddress)
                    bt_grouped_attention(&plan, q, keys, values, &weights, &y)
                }
            }
        }
        for query in 0..<queries {
            for head in 0..<heads {
                let own = q[(query * heads + head) * depth..<(query * heads + head + 1) * depth].map(
                    Double.init)
                let place = head / (heads / keyHeads) * depth, seen = before + query + 1
                let scores = (0..<seen).map { key in
                    own.indices.reduce(0) { $0 + own[$1] * Double(k[key * row + place + $1]) }
                        / 8.0.squareRoot()
                }
                let total = scores.reduce(0) { $0 + exp($1) }
                for column in 0..<depth {
                    let exact = (0..<seen).reduce(0) {
                        $0 + exp(scores[$1]) / total * Double(v[$1 * row + place + column])
                    }
                    #expect(abs(Double(y[(query * heads + head) * depth + column]) - exact) < 1e-5, "\(set)")
                }
            }
        }
    }
}
