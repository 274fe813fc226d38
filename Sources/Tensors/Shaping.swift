import CKernels

extension Tensor {
    /// The same elements in another shape; no copy.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(
            shape.reduce(1, *) == count, "a tensor of shape \(self.shape) cannot take the shape \(shape)")
        return Self.noted("reshaped", shape, storage, [self]) { [self] _, dy in
            add { bt_axpy(count, 1, dy, $0) }
        }
    }

    /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
    public func permuted(_ order: [Int]) -> Tensor {
        precondition(order.sorted() == Array(shape.indices), "\(order) is no order of the axes of \(shape)")
        let places = Self.places(shape, order)
        return Self.result("permuted", order.map { shape[$0] }, [self]) { y in
            for i in 0..<count { y[i] = pointer[places[i]] }
        } backward: { [self] _, dy in
            add { dx in for i in 0..<count { dx[places[i]] += dy[i] } }
        }
    }

    /// Where each element of a permuted tensor lies in the original.
    private static func places(_ shape: [Int], _ order: [Int]) -> [Int] {
        var strides = Array(repeating: 1, count: shape.count)
        for axis in stride(from: shape.count - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        var places = [0]
        for axis in order {
            places = places.flatMap { base in (0..<shape[axis]).map { base + $0 * strides[axis] } }
        }
        return places
    }

    /// A matrix with rows and columns exchanged; of more axes, the last two.
    public func transposed() -> Tensor {
        precondition(shape.count >= 2, "only a tensor of two axes or more can be transposed, not \(shape)")
        let n = shape.count
        return permuted(Array(0..<n - 2) + [n - 1, n - 2])
    }

    /// A part of one axis.
    public func slice(_ range: Range<Int>, axis: Int = 0) -> Tensor {
        precondition(
            shape.indices.contains(axis) && range.lowerBound >= 0 && range.upperBound <= shape[axis],
            "\(range) of axis \(axis) does not lie in a tensor of shape \(shape)")
        let inner = shape[(axis + 1)...].reduce(1, *), outer = shape[..<axis].reduce(1, *)
        let (width, start, full) = (range.count * inner, range.lowerBound * inner, shape[axis] * inner)
        var part = shape
        part[axis] = range.count
        return Self.result("slice", part, [self]) { y in
            for i in 0..<outer { (y + i * width).update(from: pointer + i * full + start, count: width) }
        } backward: { [self] _, dy in
            add { dx in for i in 0..<outer { bt_axpy(width, 1, dy + i * width, dx + i * full + start) } }
        }
    }

    /// Tensors one after another along an axis; the other axes are equal.
    public static func concatenated(_ parts: [Tensor], axis: Int = 0) -> Tensor {
        precondition(!parts.isEmpty, "nothing to put together")
        var shape = parts[0].shape
        for part in parts.dropFirst() {
            var other = part.shape
            if other.count == shape.count { other[axis] = parts[0].shape[axis] }
            precondition(
                other == parts[0].shape,
                "shapes \(parts[0].shape) and \(part.shape) do not fit along axis \(axis)")
            shape[axis] += part.shape[axis]
        }
        let outer = shape[..<axis].reduce(1, *), full = shape[axis...].reduce(1, *)
        let widths = parts.map { $0.shape[axis...].reduce(1, *) }
        let starts = widths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
        return result("concatenated", shape, parts) { y in
            for (index, part) in parts.enumerated() {
                let width = widths[index]
                for i in 0..<outer {
                    (y + i * full + starts[index]).update(from: part.pointer + i * width, count: width)
                }
            }
        } backward: { _, dy in
            for (index, part) in parts.enumerated() {
                let width = widths[index]
                part.add { dx in
                    for i in 0..<outer { bt_axpy(width, 1, dy + i * full + starts[index], dx + i * width) }
                }
            }
        }
    }

    /// Tensors of one shape as the entries of a new first axis.
    public static func stacked(_ parts: [Tensor]) -> Tensor {
        concatenated(parts.map { $0.reshaped([1] + $0.shape) })
    }

    /// Rows of a table [rows, width] by their indices: the shape of `indices` followed by [width].
    public func gathered(_ indices: [Int], _ indexShape: [Int]? = nil) -> Tensor {
        precondition(shape.count == 2, "rows are gathered from a table of two axes, not \(shape)")
        let (height, width) = (shape[0], shape[1])
        if let stray = indices.first(where: { !(0..<height).contains($0) }) {
            preconditionFailure("row \(stray) does not lie in a table of shape \(shape)")
        }
        let wanted = indices.map(Int32.init)
        return Self.result("gathered", (indexShape ?? [indices.count]) + [width], [self]) {
            bt_gather(wanted.count, width, wanted, pointer, $0)
        } backward: { [self] _, dy in
            add { bt_scatter_add(wanted.count, width, wanted, dy, $0) }
        }
    }

    /// These elements where `mask` is false, `value` where it is true; no gradient reaches masked ones.
    public func filled(_ value: Float, where mask: [Bool]) -> Tensor {
        precondition(mask.count == count, "a mask of \(mask.count) does not fit a tensor of shape \(shape)")
        return Self.result("filled", shape, [self]) { y in
            for i in 0..<count { y[i] = mask[i] ? value : pointer[i] }
        } backward: { [self] _, dy in
            add { dx in for i in 0..<count where !mask[i] { dx[i] += dy[i] } }
        }
    }
}
