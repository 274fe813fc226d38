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

    /// x W' + b: the product of each row [inputs] with a weight [outputs, inputs], plus a bias [outputs].
    public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        let (x, k) = (self, columns), m = rows
        demand(
            weight.shape.count == 2 && weight.shape[1] == k
                && (bias.map { $0.count == weight.shape[0] } ?? true),
            "linear cannot take shapes \(shape) and \(weight.shape)")
        let n = weight.shape[0]
        return Self.result(.linear, Array(shape.dropLast()) + [n], [x, weight] + (bias.map { [$0] } ?? [])) {
            y in
            if let bias { bt_fill_rows(m, n, bias.pointer, y) }
            bt_gemm(0, 1, m, n, k, 1, x.pointer, k, weight.pointer, k, bias == nil ? 0 : 1, y, n)
        } backward: { _, dy in
            x.product { bt_gemm(0, 0, m, k, n, 1, dy, n, weight.pointer, k, $1, $0, k) }
            weight.product { bt_gemm(1, 0, n, k, m, 1, dy, n, x.pointer, k, $1, $0, k) }
            bias?.product { bt_sum_rows(m, n, dy, $1, $0) }
        }
    }
}
