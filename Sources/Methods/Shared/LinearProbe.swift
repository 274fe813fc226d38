import Tensors

/// Multinomial logistic regression on frozen embeddings: what a linear probe is.
struct LinearProbe {
    private let classifier: Linear
    private let mean, deviation: [Float]

    /// Full-batch AdamW from zero on standardised features: no draw is needed.
    ///
    /// - Parameters:
    ///   - embeddings: row by row, each `width` long.
    ///   - labels: one a row.
    ///   - classes: how many labels there are.
    ///   - width: of a row.
    ///   - updates: how long it is trained.
    init(_ embeddings: [Float], labels: [Int], classes: Int, width: Int, updates: Int = 150) {
        (mean, deviation) = Self.moments(embeddings, width)
        let x = Self.standardised(embeddings, mean, deviation)
        classifier = Linear(
            weight: .zeros([classes, width], trains: true), bias: .zeros([classes], trains: true))
        var optimiser = AdamW(decay: 1e-2)
        // Long enough to fit what is linearly there, too short to learn many rows by heart.
        for update in 1...updates {
            classifier(x).crossEntropy(labels).backward()
            optimiser.step(classifier, rate: 0.05 * Schedule.cosine.factor(at: update, of: updates))
        }
    }

    /// Share of rows whose highest score is their label's.
    func accuracy(_ embeddings: [Float], labels: [Int]) -> Double {
        let scores = withoutGradient { classifier(Self.standardised(embeddings, mean, deviation)) }
        let (classes, values) = (scores.shape[1], scores.values)
        let right = labels.enumerated().count { row, label in
            (0..<classes).allSatisfy { values[row * classes + $0] <= values[row * classes + label] }
        }
        return Double(right) / Double(max(1, labels.count))
    }

    /// Of the training rows alone: what is tested is scaled by them too.
    private static func moments(_ values: [Float], _ width: Int) -> (mean: [Float], deviation: [Float]) {
        let rows = Float(values.count / width)
        var sums = Array(repeating: Float(0), count: width), squares = sums
        for (index, value) in values.enumerated() { sums[index % width] += value / rows }
        for (index, value) in values.enumerated() {
            let distance = value - sums[index % width]
            squares[index % width] += distance * distance / rows
        }
        return (sums, squares.map { max($0.squareRoot(), 1e-6) })
    }

    private static func standardised(_ values: [Float], _ mean: [Float], _ deviation: [Float]) -> Tensor {
        let width = mean.count
        let scaled = values.enumerated().map { ($1 - mean[$0 % width]) / deviation[$0 % width] }
        return Tensor(scaled, [values.count / width, width])
    }
}
