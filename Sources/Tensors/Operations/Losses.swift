import Base
import CKernels

extension Tensor {
    /// The log-probability of one class a row: the log-softmax of logits [.., classes] at the row's target.
    ///
    /// The other classes' log-probabilities are never written down: at the size of a vocabulary they would cost more
    /// than the network.
    ///
    /// - Parameter targets: one for each row; a negative one, as ``noTarget``, asks for nothing and costs nothing.
    /// - Returns: [..], 0 in rows without a target.
    public func logProbabilities(of targets: [Int]) -> Tensor {
        let (rows, cols) = (rows, columns)
        demand(targets.count == rows, "\(targets.count) targets do not fit logits of shape \(shape)")
        if let stray = targets.first(where: { $0 >= cols }) {
            fatalError("target \(stray) is none of \(cols) classes")
        }
        let wanted = targets.map { Int32($0) }, most = Storage(rows), sums = Storage(rows)
        return Self.result(.logProbabilities, Array(shape.dropLast()), [self]) {
            bt_log_probabilities(rows, cols, pointer, wanted, most.pointer, sums.pointer, $0)
        } backward: { [self] _, dy in
            let adds: Int32 = gradient == nil ? 0 : 1
            guard let dx = place() else { return }
            bt_log_probabilities_back(
                rows, cols, pointer, wanted, most.pointer, sums.pointer, dy, adds, dx)
        }
    }

    /// The target of a row that is not asked for anything.
    public static let noTarget = -1

    /// A loss of this tensor that was computed outside of the tape, as a formula in Double: how it comes back.
    ///
    /// - Parameters:
    ///   - value: the loss.
    ///   - slopes: d loss / d element, one for each.
    /// - Returns: a tensor of one with that value, whose gradient reaches this tensor by those slopes. The loss of
    ///   several tensors is the sum of such parts, one of them with the value and the others with 0.
    public func loss(value: Double, slopes: [Double]) -> Tensor {
        demand(slopes.count == count, "\(slopes.count) slopes do not fit a tensor of shape \(shape)")
        return Self.result(.loss, [], [self]) {
            $0[0] = Float(value)
        } backward: { [self] _, dy in
            let isFirst = gradient == nil, upstream = Double(dy[0])
            guard let dx = place() else { return }
            for i in 0..<count {
                let slope = Float(slopes[i] * upstream)
                dx[i] = isFirst ? slope : dx[i] + slope
            }
        }
    }

    /// Mean cross-entropy of rows of logits [.., classes] against integer targets.
    ///
    /// - Parameter targets: one for each row; rows with ``noTarget`` count for nothing.
    /// - Returns: a tensor of one; 0 when no row has a target.
    public func crossEntropy(_ targets: [Int]) -> Tensor {
        logProbabilities(of: targets).sum() * (-1 / Float(max(1, targets.count { $0 >= 0 })))
    }

    /// The cross-entropy of each row of logits [.., classes] against its target: [..], 0 in rows with ``noTarget``.
    public func crossEntropies(_ targets: [Int]) -> Tensor { -logProbabilities(of: targets) }

    /// Mean squared difference.
    public func meanSquaredError(_ target: Tensor) -> Tensor { (self - target).square().mean() }

    /// Mean binary cross-entropy of logits against targets in 0...1: softplus(x) - t x.
    public func binaryCrossEntropy(_ targets: Tensor) -> Tensor { (softplus() - self * targets).mean() }

    /// Mean sigmoid focal loss of logits against targets 0 or 1: alpha_t (1 - p_t)^gamma times the cross-entropy
    /// (Lin et al. 2017, Eq. 5). A negative alpha leaves the weights out.
    public func sigmoidFocalLoss(_ targets: Tensor, alpha: Float = 0.25, gamma: Float = 2) -> Tensor {
        let signs = targets.affine(2, -1)
        let margin = self * signs  // p_t = σ(margin)
        let modulation = ((-margin).logSigmoid() * gamma).exp()  // (1 - p_t)^gamma
        let loss = modulation * (-margin).softplus()
        return alpha < 0 ? loss.mean() : (loss * targets.affine(2 * alpha - 1, 1 - alpha)).mean()
    }

    /// Mean over rows of the Kullback-Leibler divergence from `reference` to this one, both log-probabilities.
    public func divergence(from reference: Tensor) -> Tensor {
        (exp() * (self - reference)).sum() * (1 / Float(rows))
    }

    /// Each element set to 0 with a probability, the others scaled up to keep the mean.
    public func dropout(_ probability: Double, using random: inout RandomStream) -> Tensor {
        demand(
            (0..<1).contains(probability), "a dropout probability lies in 0..<1, and \(probability) does not")
        guard probability > 0 else { return self }
        let keep = Float(1 / (1 - probability)), mask = Storage(count)
        for i in 0..<count { mask.pointer[i] = random.chance(probability) ? 0 : keep }
        return self * Tensor(shape, mask)
    }
}
