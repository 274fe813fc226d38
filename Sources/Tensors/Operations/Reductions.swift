import CKernels

extension Tensor {
    /// The sum of all elements, as a tensor of one.
    public func sum() -> Tensor {
        Self.result(.sum, [], [self]) {
            $0[0] = Float(bt_sum(count, pointer))
        } backward: { [self] _, dy in
            let d = dy[0]
            if let gradient {
                bt_scale(count, 1, d, gradient.pointer, gradient.pointer)
            } else {
                write { $0.update(repeating: d, count: count) }
            }
        }
    }

    /// The mean of all elements, as a tensor of one.
    public func mean() -> Tensor { sum() * (1 / Float(max(1, count))) }

    /// The sum over the last axis.
    public func sumOfRows() -> Tensor {
        let (rows, cols) = (rows, columns)
        return Self.result(.sumOfRows, Array(shape.dropLast()), [self]) {
            bt_sum_columns(rows, cols, pointer, $0)
        } backward: { [self] _, dy in
            write { bt_fill_columns(rows, cols, dy, $0) }
        }
    }

    /// The mean over the last axis.
    public func meanOfRows() -> Tensor { sumOfRows() * (1 / Float(columns)) }

    /// The sum over one axis, which the result lacks.
    public func sum(axis: Int) -> Tensor {
        demand(shape.indices.contains(axis), "there is no axis \(axis) in shape \(shape)")
        if axis == shape.count - 1 { return sumOfRows() }
        let n = shape[axis], inner = shape[(axis + 1)...].reduce(1, *), outer = shape[..<axis].reduce(1, *)
        var rest = shape
        rest.remove(at: axis)
        return Self.result(.sumOverAxis, rest, [self]) { y in
            for i in 0..<outer { bt_sum_rows(n, inner, pointer + i * n * inner, 0, y + i * inner) }
        } backward: { [self] _, dy in
            write { dx in
                for i in 0..<outer { bt_fill_rows(n, inner, dy + i * inner, dx + i * n * inner) }
            }
        }
    }

    /// The mean over one axis, which the result lacks.
    public func mean(axis: Int) -> Tensor {
        demand(shape.indices.contains(axis), "there is no axis \(axis) in shape \(shape)")
        return sum(axis: axis) * (1 / Float(max(1, shape[axis])))
    }

    /// The mean over axis 1 of [batch, tokens, width]: [batch, width].
    public func meanOfTokens() -> Tensor {
        demand(shape.count == 3, "tokens are the second of three axes, and the shape is \(shape)")
        return mean(axis: 1)
    }

    /// The largest element, as a tensor of one; its gradient reaches the first largest one.
    public func maximum() -> Tensor { reshaped([1, count]).maxOfRows().reshaped([]) }

    /// The largest element of each row over the last axis; its gradient reaches the first largest one.
    public func maxOfRows() -> Tensor {
        let cols = columns
        demand(cols > 0, "there is no largest element in rows of shape \(shape)")
        let places = (0..<rows).map { row in
            (1..<cols).reduce(row * cols) { pointer[row * cols + $1] > pointer[$0] ? row * cols + $1 : $0 }
        }
        return Self.result(.maxOfRows, Array(shape.dropLast()), [self]) { y in
            for (row, place) in places.enumerated() { y[row] = pointer[place] }
        } backward: { [self] _, dy in
            add { dx in for (row, place) in places.enumerated() { dx[place] += dy[row] } }
        }
    }

    /// The place of the largest element of each row over the last axis, the first one of equal ones.
    public func argmaxOfRows() -> [Int] { topOfRows(1).map { $0[0] } }

    /// The places of the `count` largest elements of each row over the last axis, the largest first and of equal ones the
    /// first; all places where a row has fewer.
    public func topOfRows(_ count: Int) -> [[Int]] {
        let cols = columns
        demand(cols > 0 && count > 0, "rows of shape \(shape) have no \(count) largest elements")
        return (0..<rows).map { row in
            let own = pointer + row * cols
            var top: [Int] = []
            for place in 0..<cols where top.count < count || own[place] > own[top[top.count - 1]] {
                let rank = top.firstIndex { own[place] > own[$0] } ?? top.count
                top.insert(place, at: rank)
                if top.count > count { top.removeLast() }
            }
            return top
        }
    }

    /// Softmax over the last axis.
    public func softmax() -> Tensor {
        let (rows, cols) = (rows, columns)
        return Self.result(.softmax, shape, [self]) {
            bt_softmax(rows, cols, pointer, $0)
        } backward: { [self] y, dy in
            write { bt_softmax_back(rows, cols, y.pointer, dy, $0) }
        }
    }

    /// Logarithm of the softmax over the last axis.
    public func logSoftmax() -> Tensor {
        let (rows, cols) = (rows, columns)
        return Self.result(.logSoftmax, shape, [self]) {
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
