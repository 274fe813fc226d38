import CKernels

extension Tensor {
    /// The same elements in another shape; no copy.
    public func reshaped(_ shape: [Int]) -> Tensor {
        demand(
            shape.reduce(1, *) == count, "a tensor of shape \(self.shape) cannot take the shape \(shape)")
        return Self.noted(.reshaped, shape, storage, [self]) { [self] y, _ in inherit(y) }
    }

    /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
    public func permuted(_ order: [Int]) -> Tensor {
        demand(order.sorted() == Array(shape.indices), "\(order) is no order of the axes of \(shape)")
        let walk = PermutedRows(shape, order)
        return Self.result(.permuted, order.map { shape[$0] }, [self]) { y in
            walk.forEach { row, place in
                for i in 0..<walk.length { y[row + i] = pointer[place + i * walk.step] }
            }
        } backward: { [self] _, dy in
            // Every element has one place, so the gradient is written, not summed.
            write { dx in
                walk.forEach { row, place in
                    for i in 0..<walk.length { dx[place + i * walk.step] = dy[row + i] }
                }
            }
        }
    }

    /// A matrix with rows and columns exchanged; of more axes, the last two.
    public func transposed() -> Tensor {
        demand(shape.count >= 2, "only a tensor of two axes or more can be transposed, not \(shape)")
        let n = shape.count
        return permuted(Array(0..<n - 2) + [n - 1, n - 2])
    }

    /// A part of one axis.
    public func slice(_ range: Range<Int>, axis: Int = 0) -> Tensor {
        demand(
            shape.indices.contains(axis) && range.lowerBound >= 0 && range.upperBound <= shape[axis],
            "\(range) of axis \(axis) does not lie in a tensor of shape \(shape)")
        let inner = shape[(axis + 1)...].reduce(1, *), outer = shape[..<axis].reduce(1, *)
        let (width, start, full) = (range.count * inner, range.lowerBound * inner, shape[axis] * inner)
        var part = shape
        part[axis] = range.count
        return Self.result(.slice, part, [self]) { y in
            for i in 0..<outer { (y + i * width).update(from: pointer + i * full + start, count: width) }
        } backward: { [self] _, dy in
            add { dx in for i in 0..<outer { bt_axpy(width, 1, dy + i * width, dx + i * full + start) } }
        }
    }

    /// Tensors one after another along an axis; the other axes are equal.
    public static func concatenated(_ parts: [Tensor], axis: Int = 0) -> Tensor {
        demand(!parts.isEmpty, "nothing to put together")
        var shape = parts[0].shape
        for part in parts.dropFirst() {
            var other = part.shape
            if other.count == shape.count { other[axis] = parts[0].shape[axis] }
            demand(
                other == parts[0].shape,
                "shapes \(parts[0].shape) and \(part.shape) do not fit along axis \(axis)")
            shape[axis] += part.shape[axis]
        }
        let outer = shape[..<axis].reduce(1, *), full = shape[axis...].reduce(1, *)
        let widths = parts.map { $0.shape[axis...].reduce(1, *) }
        let starts = widths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
        return result(.concatenated, shape, parts) { y in
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
        demand(shape.count == 2, "rows are gathered from a table of two axes, not \(shape)")
        let (height, width) = (shape[0], shape[1])
        if let stray = indices.first(where: { !(0..<height).contains($0) }) {
            fatalError("row \(stray) does not lie in a table of shape \(shape)")
        }
        let wanted = indices.map(Int32.init)
        return Self.result(.gathered, (indexShape ?? [indices.count]) + [width], [self]) {
            bt_gather(wanted.count, width, wanted, pointer, $0)
        } backward: { [self] _, dy in
            add { bt_scatter_add(wanted.count, width, wanted, dy, $0) }
        }
    }

    /// These elements where `mask` is false, `value` where it is true; no gradient reaches masked ones.
    public func filled(_ value: Float, where mask: [Bool]) -> Tensor {
        demand(mask.count == count, "a mask of \(mask.count) does not fit a tensor of shape \(shape)")
        return Self.result(.filled, shape, [self]) { y in
            for i in 0..<count { y[i] = mask[i] ? value : pointer[i] }
        } backward: { [self] _, dy in
            add { dx in for i in 0..<count where !mask[i] { dx[i] += dy[i] } }
        }
    }

    /// These elements where `mask` is false, those of `other` where it is true.
    public func replacing(where mask: [Bool], with other: Tensor) -> Tensor {
        demand(
            other.shape == shape && mask.count == count,
            "replacing cannot take shapes \(shape) and \(other.shape) with a mask of \(mask.count)")
        return Self.result(.replaced, shape, [self, other]) { y in
            for i in 0..<count { y[i] = mask[i] ? other.pointer[i] : pointer[i] }
        } backward: { [self] _, dy in
            write { dx in for i in 0..<count { dx[i] = mask[i] ? 0 : dy[i] } }
            other.write { dx in for i in 0..<count { dx[i] = mask[i] ? dy[i] : 0 } }
        }
    }
}

/// The rows of a tensor whose axes are put in another order, and where their elements lie in the original.
private struct PermutedRows {
    /// Elements of a row, and how far apart they lie in the original.
    let length, step: Int
    private let extents, strides: [Int]

    init(_ shape: [Int], _ order: [Int]) {
        var all = Array(repeating: 1, count: shape.count)
        for axis in all.indices.dropLast().reversed() { all[axis] = all[axis + 1] * shape[axis + 1] }
        extents = order.dropLast().map { shape[$0] }
        strides = order.dropLast().map { all[$0] }
        length = order.last.map { shape[$0] } ?? 1
        step = order.last.map { all[$0] } ?? 1
    }

    /// Calls `body` with the place of each row in the result and of its first element in the original.
    func forEach(_ body: (_ row: Int, _ place: Int) -> Void) {
        var index = Array(repeating: 0, count: extents.count), place = 0
        for row in 0..<extents.reduce(1, *) {
            body(row * length, place)
            for axis in extents.indices.reversed() {
                index[axis] += 1
                place += strides[axis]
                if index[axis] < extents[axis] { break }
                place -= index[axis] * strides[axis]
                index[axis] = 0
            }
        }
    }
}
