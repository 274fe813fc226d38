import CKernels

// Two operands have equal shapes, or the second one's shape is the end of the first one's: a number, a row, a matrix
// for each entry of a batch.

extension Tensor {
    /// How many copies of `other` lie side by side in this tensor.
    private func copies(of other: Tensor, _ name: Primitive) -> Int {
        demand(
            other.count == 1
                || (shape.count >= other.shape.count
                    && shape.suffix(other.shape.count).elementsEqual(other.shape)),
            "\(name.rawValue) cannot take shapes \(shape) and \(other.shape)")
        return other.count == 0 ? 0 : count / other.count
    }

    /// Adds the gradient of an operand that was repeated `n` times in the result: the sum over the copies.
    private func gather(_ n: Int, _ dy: Pointer) {
        if n == 1 { return accumulate(1, dy) }
        product { db, beta in
            if count == 1 {
                db[0] = (beta == 0 ? 0 : db[0]) + Float(bt_sum(n, dy))
            } else {
                bt_sum_rows(n, count, dy, beta, db)
            }
        }
    }

    /// Sum, element by element.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        let n = a.copies(of: b, .plus)
        return result(.plus, a.shape, [a, b]) { y in
            switch (n, b.count) {
            case (1, _): bt_add(a.count, a.pointer, b.pointer, y)
            case (_, 1): bt_scale(n, 1, b.pointer[0], a.pointer, y)
            default: bt_add_row(n, b.count, a.pointer, b.pointer, y)
            }
        } backward: { y, dy in
            b.gather(n, dy)
            a.inherit(y)
        }
    }

    /// Difference, element by element.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        let n = a.copies(of: b, .minus)
        guard n == 1 else { return a + -b }
        return result(.minus, a.shape, [a, b]) {
            bt_subtract(a.count, a.pointer, b.pointer, $0)
        } backward: { y, dy in
            b.accumulate(-1, dy)
            a.inherit(y)
        }
    }

    /// Product, element by element.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        let n = a.copies(of: b, .times)
        return result(.times, a.shape, [a, b]) { y in
            multiply(n, a.pointer, b, y)
        } backward: { _, dy in
            a.write { multiply(n, dy, b, $0) }
            guard b.trains else { return }
            let products = Storage(a.count)
            bt_multiply(a.count, a.pointer, dy, products.pointer)
            if n == 1 { b.take(products) } else { b.gather(n, products.pointer) }
        }
    }

    /// y = x times `n` copies of `factor`.
    private static func multiply(_ n: Int, _ x: Pointer, _ factor: Tensor, _ y: Pointer) {
        switch (n, factor.count) {
        case (1, _): bt_multiply(factor.count, x, factor.pointer, y)
        case (_, 1): bt_scale(n, factor.pointer[0], 0, x, y)
        default: bt_multiply_row(n, factor.count, x, factor.pointer, y)
        }
    }

    /// Quotient of tensors of one shape.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        demand(a.shape == b.shape, "/ cannot take shapes \(a.shape) and \(b.shape)")
        return result(.over, a.shape, [a, b]) {
            bt_divide(a.count, a.pointer, b.pointer, $0)
        } backward: { y, dy in
            a.write { bt_divide(a.count, dy, b.pointer, $0) }
            b.write {
                bt_multiply(a.count, dy, y.pointer, $0)
                bt_divide(a.count, $0, b.pointer, $0)
                bt_scale(a.count, -1, 0, $0, $0)
            }
        }
    }

    /// Each element times a number.
    public static func * (a: Tensor, factor: Float) -> Tensor { a.affine(factor, 0) }
    /// Each element plus a number.
    public static func + (a: Tensor, term: Float) -> Tensor { a.affine(1, term) }
    /// Each element with the opposite sign.
    public static prefix func - (a: Tensor) -> Tensor { a.affine(-1, 0) }

    /// factor * x + term for each element.
    public func affine(_ factor: Float, _ term: Float) -> Tensor {
        Self.result(.affine, shape, [self]) {
            bt_scale(count, factor, term, pointer, $0)
        } backward: { [self] _, dy in
            accumulate(factor, dy)
        }
    }

    /// Each row (of all axes but the first) times one element of `column`, whose shape is the first axis.
    public func scaledRows(by column: Tensor) -> Tensor {
        demand(
            column.count == shape.first, "scaledRows cannot take shapes \(shape) and \(column.shape)")
        let width = count / max(1, column.count)
        return Self.result(.scaledRows, shape, [self, column]) {
            bt_multiply_column(column.count, width, pointer, column.pointer, $0)
        } backward: { [self] _, dy in
            write { bt_multiply_column(column.count, width, dy, column.pointer, $0) }
            column.write { bt_dot_rows(column.count, width, pointer, dy, $0) }
        }
    }

    private func unary(_ name: Primitive, _ function: bt_function) -> Tensor {
        Self.result(name, shape, [self]) {
            bt_unary(function, count, pointer, $0)
        } backward: { [self] y, dy in
            write { bt_unary_back(function, count, pointer, y.pointer, dy, $0) }
        }
    }

    /// e to the power of each element.
    public func exp() -> Tensor { unary(.exp, BT_EXP) }
    /// Natural logarithm.
    public func log() -> Tensor { unary(.log, BT_LOG) }
    /// Square root.
    public func squareRoot() -> Tensor { unary(.squareRoot, BT_SQRT) }
    /// Square.
    public func square() -> Tensor { unary(.square, BT_SQUARE) }
    /// Absolute value; its gradient at 0 is 0.
    public func abs() -> Tensor { unary(.abs, BT_ABS) }
    /// max(x, 0).
    public func relu() -> Tensor { unary(.relu, BT_RELU) }
    /// GELU in its tanh form: 0.5 x (1 + tanh(sqrt(2/π) (x + 0.044715 x³))).
    public func gelu() -> Tensor { unary(.gelu, BT_GELU) }
    /// x σ(x).
    public func silu() -> Tensor { unary(.silu, BT_SILU) }
    /// Hyperbolic tangent.
    public func tanh() -> Tensor { unary(.tanh, BT_TANH) }
    /// 1 / (1 + e^-x).
    public func sigmoid() -> Tensor { unary(.sigmoid, BT_SIGMOID) }
    /// ln(1 + e^x).
    public func softplus() -> Tensor { unary(.softplus, BT_SOFTPLUS) }
    /// Sine; its relative error stays below 2e-7 for x within ±100,000.
    public func sine() -> Tensor { unary(.sine, BT_SIN) }
    /// Cosine; its relative error stays below 2e-7 for x within ±100,000.
    public func cosine() -> Tensor { unary(.cosine, BT_COS) }
    /// ln σ(x).
    public func logSigmoid() -> Tensor { -(-self).softplus() }

    /// Each element limited to a range; the gradient passes inside it.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        let (low, high) = (range.lowerBound, range.upperBound)
        return Self.result(.clamped, shape, [self]) {
            bt_clamp(count, low, high, pointer, $0)
        } backward: { [self] _, dy in
            write { bt_clamp_back(count, low, high, pointer, dy, $0) }
        }
    }
}
