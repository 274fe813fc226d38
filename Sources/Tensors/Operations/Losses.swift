import Base
import CKernels

extension Tensor {
    /// Mean cross-entropy of rows of logits [.., classes] against integer targets.
    ///
    /// - Parameters:
    ///   - targets: one for each row.
    ///   - ignored: rows with this target count for nothing.
    /// - Returns: a tensor of one; 0 when all rows are ignored.
    public func crossEntropy(_ targets: [Int], ignoring ignored: Int = -1) -> Tensor {
        let (rows, cols) = (rows, columns)
        demand(targets.count == rows, "\(targets.count) targets do not fit logits of shape \(shape)")
        if let stray = targets.first(where: { $0 != ignored && !(0..<cols).contains($0) }) {
            fatalError("target \(stray) is none of \(cols) classes")
        }
        let wanted = targets.map(Int32.init), slopes = Storage(count), losses = Storage(rows)
        bt_cross_entropy(rows, cols, pointer, wanted, Int32(ignored), losses.pointer, slopes.pointer)
        let share = 1 / Float(max(1, targets.count { $0 != ignored }))
        return Self.result(.crossEntropy, [], [self]) {
            $0[0] = Float(bt_sum(rows, losses.pointer)) * share
        } backward: { [self] _, dy in
            accumulate(dy[0] * share, slopes.pointer)
        }
    }

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
