import Base
import Foundation
import Tensors

/// The plain transformer says 127 tokens after the first one of each row, with keys and values kept.
var samplers: [Work] {
    [1, 64].map { rows in
        .repeated(
            "sample\(rows)", "sampling, batch \(rows)", .sampling, count: rows == 1 ? 8 : 1,
            tokens: Double(rows * (GPT.context - 1))
        ) { sampler(rows) }
    }
}

private func sampler(_ rows: Int) -> () -> Void {
    var random = RandomStream(seed: 1)
    let model = GPT(using: &random)
    return {
        withoutGradient {
            var caches = model.blocks.map { _ in KeyValueCache(capacity: GPT.context) }
            var tokens = Array(repeating: 0, count: rows)
            for place in 0..<GPT.context - 1 {
                var x = model.tokens(tokens, shape: [rows, 1]) + model.positions([place])
                for (index, block) in model.blocks.enumerated() { x = block(x, cache: &caches[index]) }
                tokens = drawn(model.head(model.norm(x)).softmax().values, &random)
            }
        }
    }
}

/// A token of each row by its probability.
private func drawn(_ probabilities: [Float], _ random: inout RandomStream) -> [Int] {
    stride(from: 0, to: probabilities.count, by: GPT.vocabulary).map { start in
        var rest = Float(random.uniform())
        for token in 0..<GPT.vocabulary - 1 {
            rest -= probabilities[start + token]
            if rest < 0 { return token }
        }
        return GPT.vocabulary - 1
    }
}
