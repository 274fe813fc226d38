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
            // Numbers that are not small, but none that overflows.
            if format == .f32 { return Swift.withUnsafeBytes(of: Float(random.gaussian())) { Array($0) } }
            if format == .f16 { return [UInt8(random.below(256)), UInt8(0x30 + random.below(2) * 0x80)] }
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
                for format in WeightFormat.allCases {
                    // Whole groups of outputs and rows that meet at once, and some left over.
                    for (outputs, rows) in [(1, 1), (4, 4), (6, 7)] {
                        QuantisedKernelTests.checkProduct(format, outputs: outputs, rows: rows, set)
                    }
                }
            }
        }
    }

    static func checkProduct(_ format: WeightFormat, outputs: Int, rows: Int, _ set: String) {
        var random = RandomStream(seed: 3).derive("\(format) \(outputs) \(rows)")
        // Of formats without blocks a number that fills no register.
        let blocks = format.block.weights == 1 ? 37 : 3
        let cols = blocks * format.block.weights, rowBytes = blocks * format.block.bytes
        let weights = weights(format, blocks: outputs * blocks, using: &random)
        let x = (0..<rows * cols).map { _ in Float(random.gaussian()) }
        var y = [Float](repeating: 0, count: rows * outputs), alone = [Float](repeating: 0, count: outputs)
        var w = [Float](repeating: 0, count: cols)
        bt_block_product(format.kernel, rows, outputs, cols, weights, rowBytes, x, &y)
        for row in 0..<rows {
            // A row's products are the same whatever rows are beside it, to the bit.
            let own = Array(x[row * cols..<(row + 1) * cols])
            bt_block_product(format.kernel, 1, outputs, cols, weights, rowBytes, own, &alone)
            #expect(alone == Array(y[row * outputs..<(row + 1) * outputs]), "\(format) by \(set)")
            for output in 0..<outputs {
                weights.withUnsafeBytes {
                    bt_dequantise(format.kernel, cols, $0.baseAddress! + output * rowBytes, &w)
                }
                let terms = zip(w, own).map { Double($0) * Double($1) }
                let exact = terms.reduce(0, +), size = terms.reduce(0) { $0 + abs($1) }
                #expect(abs(Double(alone[output]) - exact) < 1e-6 * max(1, size), "\(format) by \(set)")
            }
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
