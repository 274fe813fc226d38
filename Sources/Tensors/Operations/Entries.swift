import CKernels

extension Tensor {
    /// Adds a vector to every pixel or token of its entry of a batch: self [batch, .., channels], shift [batch, channels].
    public func addedPerEntry(_ shift: Tensor) -> Tensor {
        let (batch, channels) = (shape[0], columns), pixels = count / (batch * channels)
        demand(
            shift.shape == [batch, channels], "addedPerEntry cannot take shapes \(shape) and \(shift.shape)")
        let width = pixels * channels
        return Self.result(.addedPerEntry, shape, [self, shift]) { y in
            for b in 0..<batch {
                bt_add_row(pixels, channels, pointer + b * width, shift.pointer + b * channels, y + b * width)
            }
        } backward: { [self] y, dy in
            shift.product { ds, beta in
                for b in 0..<batch {
                    bt_sum_rows(pixels, channels, dy + b * width, beta, ds + b * channels)
                }
            }
            inherit(y)
        }
    }

    /// Multiplies every pixel or token by the vector of its entry of a batch: self [batch, .., channels], factor [batch,
    /// channels].
    public func scaledPerEntry(by factor: Tensor) -> Tensor {
        let (batch, channels) = (shape[0], columns), pixels = count / (batch * channels)
        demand(
            factor.shape == [batch, channels],
            "scaledPerEntry cannot take shapes \(shape) and \(factor.shape)")
        let width = pixels * channels
        func multiply(_ x: Pointer, _ y: Pointer) {
            for b in 0..<batch {
                bt_multiply_row(pixels, channels, x + b * width, factor.pointer + b * channels, y + b * width)
            }
        }
        return Self.result(.scaledPerEntry, shape, [self, factor]) {
            multiply(pointer, $0)
        } backward: { [self] _, dy in
            write { multiply(dy, $0) }
            factor.product { df, beta in
                let products = Storage(width)
                for b in 0..<batch {
                    bt_multiply(width, pointer + b * width, dy + b * width, products.pointer)
                    bt_sum_rows(pixels, channels, products.pointer, beta, df + b * channels)
                }
            }
        }
    }
}
