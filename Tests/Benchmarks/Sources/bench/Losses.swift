import Base
import Foundation
import Tensors

/// A loss over rows at the size of a vocabulary, with its gradient: log-probabilities gathered by a kernel, beside rows
/// of Doubles of the whole vocabulary, which engines used before.
func losses() {
    let (rows, classes) = (512, 4_096)
    var random = RandomStream(seed: 1)
    let logits = Tensor.gaussian([rows, classes], trains: true, using: &random)
    let targets = (0..<rows).map { _ in random.below(classes) }
    var old: [Double] = [], new: [Double] = []
    for _ in 0..<7 {
        old.append(cpuSeconds { byRows(logits, targets) })
        new.append(cpuSeconds { for _ in 0..<10 { gathered(logits, targets) } } / 10)
    }
    row("loss over rows", "gathered ms", "by rows ms", "ratio")
    row(
        "512 rows of 4,096 classes, with gradient", text(median(new) * 1e3), text(median(old) * 1e3),
        text(median(old) / median(new)))
    print()
}

private func gathered(_ logits: Tensor, _ targets: [Int]) {
    let chosen = logits.logProbabilities(of: targets), share = -1 / Double(targets.count)
    let value = chosen.doubles.reduce(0, +) * share
    chosen.loss(value: value, slopes: targets.map { _ in share }).backward()
    logits.clearGradient()
}

private func byRows(_ logits: Tensor, _ targets: [Int]) {
    let width = logits.shape[1], share = -1 / Double(targets.count)
    let rows = logits.withValues { values in
        stride(from: 0, to: values.count, by: width).map { values[$0..<$0 + width].map(Double.init) }
    }.map { row in
        let top = row.max() ?? 0
        let sum = row.reduce(0) { $0 + exp($1 - top) }
        return row.map { $0 - top - log(sum) }
    }
    let slopes = zip(rows, targets).flatMap { row, target in
        row.enumerated().map { share * (($0 == target ? 1 : 0) - exp($1)) }
    }
    logits.backward(gradient: Tensor(slopes.map { Float($0) }, logits.shape))
    logits.clearGradient()
}
