import CKernels

extension Tensor {
    /// Matrix product of [.., m, k] with [k, n], or of [batch, m, k] with [batch, k, n].
    public func matmul(_ other: Tensor, transposed: Bool = false) -> Tensor {
        demand(
            shape.count >= 2 && other.shape.count >= 2,
            "matmul cannot take shapes \(shape) and \(other.shape)")
        let isBatched = other.shape.count > 2
        let (inner, n) =
            transposed
            ? (other.shape[other.shape.count - 1], other.shape[other.shape.count - 2])
            : (other.shape[other.shape.count - 2], other.shape[other.shape.count - 1])
        let k = columns, batch = isBatched ? other.count / (inner * n) : 1, m = rows / batch
        demand(
            k == inner && (!isBatched || shape.dropLast(2).elementsEqual(other.shape.dropLast(2))),
            "matmul cannot take shapes \(shape) and \(other.shape)\(transposed ? " transposed" : "")")
        let (a, b, t) = (self, other, Int32(transposed ? 1 : 0))
        let (sa, sb, sy) = (m * k, inner * n, m * n), ldb = transposed ? k : n
        return Self.result(.matmul, Array(shape.dropLast()) + [n], [a, b]) { y in
            for i in 0..<batch {
                bt_gemm(0, t, m, n, k, 1, a.pointer + i * sa, k, b.pointer + i * sb, ldb, 0, y + i * sy, n)
            }
        } backward: { _, dy in
            a.product { da, beta in
                for i in 0..<batch {
                    bt_gemm(
                        0, 1 - t, m, k, n, 1, dy + i * sy, n, b.pointer + i * sb, ldb, beta, da + i * sa, k)
                }
            }
            b.product { db, beta in
                for i in 0..<batch where transposed {
                    bt_gemm(1, 0, n, k, m, 1, dy + i * sy, n, a.pointer + i * sa, k, beta, db + i * sb, k)
                }
                for i in 0..<batch where !transposed {
                    bt_gemm(1, 0, k, n, m, 1, a.pointer + i * sa, k, dy + i * sy, n, beta, db + i * sb, n)
                }
            }
        }
    }

    /// f(x W' + b) + r: the product of each row [inputs] with a weight [outputs, inputs], plus a bias [outputs], and
    /// what follows it; in one pass over the rows.
    ///
    /// - Parameters:
    ///   - weight: W.
    ///   - bias: b; nil for none.
    ///   - activation: f; nil for none.
    ///   - residual: r, of the result's shape, not together with an activation; nil for none.
    /// - Returns: [.., outputs].
    public func linear(
        _ weight: Tensor, _ bias: Tensor? = nil, then activation: Activation? = nil,
        adding residual: Tensor? = nil
    ) -> Tensor {
        let (x, m, n, k) = (self, rows, weight.shape.first ?? 0, columns)
        let shape = Array(self.shape.dropLast()) + [n]
        demand(
            weight.shape == [n, k] && (bias.map { $0.count == n } ?? true)
                && (residual.map { $0.shape == shape && activation == nil } ?? true),
            "linear cannot take shapes \(self.shape) and \(weight.shape)")
        let operands = [x, weight] + [bias, residual].compactMap { $0 }
        let before = activation != nil && Self.trains(operands) ? Storage(m * n) : nil
        var plan = bt_linear_plan(
            rows: m, inputs: k, outputs: n, has_function: activation == nil ? 0 : 1,
            function: activation?.function ?? BT_RELU, panels: nil)
        return Self.result(.linear, shape, operands) { y in
            bt_linear(&plan, x.pointer, weight.pointer, bias?.pointer, residual?.pointer, before?.pointer, y)
        } backward: { y, dy in
            // Nothing else reads the gradient of y: in its place, that of what f was applied to.
            if let activation, let before {
                bt_unary_back(activation.function, m * n, before.pointer, y.pointer, dy, dy)
            }
            x.product { bt_gemm(0, 0, m, k, n, 1, dy, n, weight.pointer, k, $1, $0, k) }
            weight.product { bt_gemm(1, 0, n, k, m, 1, dy, n, x.pointer, k, $1, $0, k) }
            bias?.product { bt_sum_rows(m, n, dy, $1, $0) }
            residual?.inherit(y)
        }
    }
}
