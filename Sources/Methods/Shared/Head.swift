import Foundation
import Tensors

/// A softmax head in Double: rows of logits, what was chosen, and the gradient of its log-probability.
enum Head {
    /// Log-softmax of one row.
    static func logSoftmax(_ logits: [Double]) -> [Double] {
        let top = logits.max() ?? 0
        let sum = logits.reduce(0) { $0 + exp($1 - top) }
        return logits.map { $0 - top - log(sum) }
    }

    /// The gradient with respect to a row of logits of `slope` times the log-probability of `action`:
    /// slope (onehot - softmax).
    static func slopes(_ logProbabilities: [Double], action: Int, slope: Double) -> [Double] {
        logProbabilities.enumerated().map { slope * (($0 == action ? 1 : 0) - exp($1)) }
    }

    /// The last axis of a tensor as rows.
    static func rows(_ logits: Tensor) -> [[Double]] {
        let width = logits.shape.last ?? 1
        return logits.withValues { values in
            stride(from: 0, to: values.count, by: width).map { values[$0..<$0 + width].map(Double.init) }
        }
    }
}
