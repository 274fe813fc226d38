import CKernels

extension Tensor {
    /// The sum of all elements, as a tensor of one.
    public func sum() -> Tensor {
        Self.result("sum", [], [self]) {
            $0[0] = Float(bt_sum(count, pointer))
        } backward: { [self] _, dy in
            let d = dy[0]
            add { bt_scale(count, 1, d, $0, $0) }
        }
    }

    /// The mean of all elements, as a tensor of one.
    public func mean() -> Tensor { sum() * (1 / Float(max(1, count))) }

    /// The sum over the last axis.
    public func sumOfRows() -> Tensor {
        let (rows, cols) = (rows, columns)
        return Self.result("sumOfRows", Array(shape.dropLast()), [self]) {
            bt_sum_columns(rows, cols, pointer, $0)
        } backward: { [self] _, dy in
            write { bt_fill_columns(rows, cols, dy, $0) }
        }
    }

    /// The mean over the last axis.
    public func meanOfRows() -> Tensor { sumOfRows() * (1 / Float(columns)) }

    /// The sum over the first axis.
    public func sumOverFirst() -> Tensor {
        let n = shape.first ?? 1, width = count / max(1, n)
        return Self.result("sumOverFirst", Array(shape.dropFirst()), [self]) {
            bt_sum_rows(n, width, pointer, 0, $0)
        } backward: { [self] _, dy in
            write { bt_fill_rows(n, width, dy, $0) }
        }
    }

    /// The mean over axis 1 of [batch, tokens, width]: [batch, width].
    public func meanOfTokens() -> Tensor {
        precondition(shape.count == 3, "tokens are the second of three axes, and the shape is \(shape)")
        let (batch, tokens, width) = (shape[0], shape[1], shape[2]), share = 1 / Float(tokens)
        return Self.result("meanOfTokens", [batch, width], [self]) { y in
            for b in 0..<batch {
                bt_sum_rows(tokens, width, pointer + b * tokens * width, 0, y + b * width)
            }
            bt_scale(batch * width, share, 0, y, y)
        } backward: { [self] _, dy in
            add { dx in
                for b in 0..<batch {
                    for t in 0..<tokens {
                        bt_axpy(width, share, dy + b * width, dx + (b * tokens + t) * width)
                    }
                }
            }
        }
    }

    /// The largest element of each row over the last axis; its gradient reaches the first largest one.
    public func maxOfRows() -> Tensor {
        let cols = columns
        let places = (0..<rows).map { row in
            (1..<cols).reduce(row * cols) { pointer[row * cols + $1] > pointer[$0] ? row * cols + $1 : $0 }
        }
        return Self.result("maxOfRows", Array(shape.dropLast()), [self]) { y in
            for (row, place) in places.enumerated() { y[row] = pointer[place] }
        } backward: { [self] _, dy in
            add { dx in for (row, place) in places.enumerated() { dx[place] += dy[row] } }
        }
    }

    /// Softmax over the last axis.
    public func softmax() -> Tensor {
        let (rows, cols) = (rows, columns)
        return Self.result("softmax", shape, [self]) {
            bt_softmax(rows, cols, pointer, $0)
        } backward: { [self] y, dy in
            write { bt_softmax_back(rows, cols, y.pointer, dy, $0) }
        }
    }

    /// Logarithm of the softmax over the last axis.
    public func logSoftmax() -> Tensor {
        let (rows, cols) = (rows, columns)
        return Self.result("logSoftmax", shape, [self]) {
            bt_log_softmax(rows, cols, pointer, $0)
        } backward: { [self] y, dy in
            write { bt_log_softmax_back(rows, cols, y.pointer, dy, $0) }
        }
    }

    /// Each row over the last axis divided by its Euclidean length.
    public func normalised(eps: Float = 1e-12) -> Tensor {
        let width = columns
        let lengths = (square().sumOfRows() + eps).squareRoot()
        let ones = Tensor.full(lengths.shape, 1)
        return reshaped([rows, width]).scaledRows(by: (ones / lengths).reshaped([rows])).reshaped(shape)
    }
}
