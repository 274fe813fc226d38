import CKernels

/// A linear layer whose products are of 8-bit whole numbers, for inference: a quarter of the memory, and where the CPU has
/// an instruction for them several times as fast.
///
/// Each output's weights and each row of x are rounded to 127 steps either side of 0, of the row's largest number (Jacob
/// et al. 2018, §2, with zero points of 0); the sums of products are exact. No gradient goes through it.
public struct QuantisedLinear {
    private let inputs, outputs: Int
    /// Bytes of a row: inputs, rounded up to 4.
    private let room: Int
    /// In the order that the kernels read; it belongs to the kernel set of the process.
    private let panels: [Int8]
    /// Of each output: the sum of its whole numbers, and what one of them stands for.
    private let sums: [Int32]
    private let scales: [Float]
    private let bias: Tensor?

    /// The nearest whole numbers to a layer's weights; an adapter's are in them.
    public init(_ layer: Linear) {
        let merged = withoutGradient { layer.merged }, weight = merged.weight
        (outputs, inputs, bias) = (weight.shape[0], weight.shape[1], merged.bias)
        room = (inputs + 3) / 4 * 4
        let (whole, scales) = Self.quantised(weight, room: room)
        var panels = [Int8](repeating: 0, count: (outputs + 15) / 16 * 16 * room)
        var sums = [Int32](repeating: 0, count: outputs)
        bt_pack_int8(room, outputs, whole, &panels, &sums)
        (self.panels, self.sums, self.scales) = (panels, sums, scales)
    }

    /// Rows of whole numbers, and what one of each row stands for.
    private static func quantised(_ x: Tensor, room: Int) -> (whole: [Int8], scales: [Float]) {
        var whole = [Int8](repeating: 0, count: x.rows * room)
        var scales = [Float](repeating: 0, count: x.rows)
        bt_quantise(x.rows, x.columns, room, x.pointer, &whole, &scales)
        return (whole, scales)
    }

    /// x: [.., inputs] -> [.., outputs]
    public func callAsFunction(_ x: Tensor) -> Tensor {
        demand(x.columns == inputs, "a layer of \(inputs) inputs cannot take the shape \(x.shape)")
        let (whole, ofRows) = Self.quantised(x, room: room)
        let y = Storage(x.rows * outputs)
        bt_int8_product(
            x.rows, outputs, room, whole, ofRows, panels, sums, scales, bias?.pointer, y.pointer)
        return Tensor(x.shape.dropLast() + [outputs], y)
    }
}
