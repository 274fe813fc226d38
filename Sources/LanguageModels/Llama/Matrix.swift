import CKernels
import Datasets

/// A linear map W [outputs, inputs] whose weights lie in a file, in whatever format it has.
struct Matrix {
    let outputs, inputs: Int
    private let format: WeightFormat
    private let weights: UnsafeRawBufferPointer

    /// Rows of this many numbers or fewer meet the weights as they lie there, in eight bits; more are worth turning the
    /// weights into single precision once for all.
    private static let few = 4
    /// Single-precision weights that stay in cache while all rows pass by.
    private static let panel = 1 << 18

    /// - Throws: `FileError` when the file has no such tensor, or one of another shape.
    init(_ file: GGUFFile, _ name: String, outputs: Int, inputs: Int) throws {
        guard let entry = file.tensors[name], entry.shape == [inputs, outputs] else {
            let shape = file.tensors[name].map { "the shape \($0.shape)" } ?? "no tensor"
            throw FileError(
                file.path, line: nil, "of '\(name)' it has \(shape)",
                allowed: "the shape [\(inputs), \(outputs)]")
        }
        (self.outputs, self.inputs, format) = (outputs, inputs, entry.format)
        weights = file.bytes(of: entry)
    }

    private var rowBytes: Int { inputs / format.block.weights * format.block.bytes }

    /// Row `index` in single precision: [inputs]
    func row(_ index: Int, to y: UnsafeMutablePointer<Float>) {
        bt_dequantise(format.kernel, inputs, weights.baseAddress! + index * rowBytes, y)
    }

    /// y [rows, outputs] = x [rows, inputs] W'.
    ///
    /// - Parameters:
    ///   - x: the rows.
    ///   - rows: how many.
    ///   - all: how many there are of which these are some; all of them meet the weights in one way.
    ///   - y: where the products go.
    ///   - scratch: memory for a moment.
    func apply(
        _ x: UnsafePointer<Float>, rows: Int, of all: Int, to y: UnsafeMutablePointer<Float>,
        _ scratch: Scratch
    ) {
        if all <= Self.few, format.hasBlocks { return applyInBlocks(x, rows, y, scratch) }
        let step = max(1, min(outputs, Self.panel / inputs)), panel = scratch.panel(step * inputs)
        for first in stride(from: 0, to: outputs, by: step) {
            let count = min(step, outputs - first)
            bt_dequantise(format.kernel, count * inputs, weights.baseAddress! + first * rowBytes, panel)
            bt_gemm(0, 1, rows, count, inputs, 1, x, inputs, panel, inputs, 0, y + first, outputs)
        }
    }

    private func applyInBlocks(
        _ x: UnsafePointer<Float>, _ rows: Int, _ y: UnsafeMutablePointer<Float>, _ scratch: Scratch
    ) {
        let eight = scratch.eightBits(inputs)
        for row in 0..<rows {
            bt_quantise_row(inputs, x + row * inputs, eight.numbers, eight.scales, eight.sums)
            bt_quantised_product(
                format.kernel, outputs, inputs, weights.baseAddress, rowBytes, eight.numbers, eight.scales,
                eight.sums, y + row * outputs)
        }
    }
}

/// Memory that products need for a moment, kept between them.
final class Scratch {
    private var floats = Floats(0)
    private var eight: (numbers: UnsafeMutablePointer<Int8>, blocks: Floats, count: Int)?

    /// Room for single-precision weights.
    func panel(_ count: Int) -> UnsafeMutablePointer<Float> {
        if floats.count < count { floats = Floats(count) }
        return floats.pointer
    }

    /// Room for a row in eight bits, with scales and sums of its blocks.
    func eightBits(_ count: Int) -> (
        numbers: UnsafeMutablePointer<Int8>, scales: UnsafeMutablePointer<Float>,
        sums: UnsafeMutablePointer<Float>
    ) {
        if (eight?.count ?? 0) < count {
            eight?.numbers.deallocate()
            eight = (.allocate(capacity: count), Floats(2 * (count / 32 + 1)), count)
        }
        guard let eight else { preconditionFailure("there is room since the line above") }
        return (eight.numbers, eight.blocks.pointer, eight.blocks.pointer + eight.blocks.count / 2)
    }

    deinit { eight?.numbers.deallocate() }
}
