import CKernels
import Datasets

/// A linear map W [outputs, inputs] whose weights lie in a file, in whatever format it has.
struct Matrix {
    let outputs, inputs: Int
    private let format: WeightFormat
    private let weights: UnsafeRawBufferPointer

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

    /// y [rows, outputs] = x [rows, inputs] W'. The weights become single-precision numbers on the way, so that the other side
    /// keeps its own precision; a row's products are the same whatever rows are beside it.
    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>) {
        bt_block_product(format.kernel, rows, outputs, inputs, weights.baseAddress, rowBytes, x, y)
    }
}
