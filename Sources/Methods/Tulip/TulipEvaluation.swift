import Base
import MethodKit
import Tensors

extension Tulip {
    /// Embeddings of a source's items, of the student, each of length 1.
    struct Embeddings {
        /// Of all items, and of the held-out ones alone, row by row: [items, d]
        let images, heldOutTexts: [Float]

        init(_ student: Student, _ source: some PairSource) {
            var random = RandomStream(seed: 0)  // originals need no draw
            // Of all items: probes are trained on the training images' embeddings and tested on the held-out ones.
            let items = 0..<source.count
            images = Self.of(items.map { source.image($0, .original, using: &random) }, student, source.grid)
            heldOutTexts = Self.of(
                items.suffix(from: source.training).map { source.caption($0, .original, using: &random) },
                student,
                source.vocabulary)
        }

        /// Items that are embedded at once: bounds memory, changes no number.
        static let chunk = 256

        /// Embeddings of images by their pixels.
        static func of(_ images: [[Float]], _ student: Student, _ grid: PatchGrid) -> [Float] {
            stride(from: 0, to: images.count, by: chunk).flatMap { begin -> [Float] in
                let part = images[begin..<min(begin + chunk, images.count)]
                let x = Tensor(part.flatMap(grid.patches), [part.count, grid.tokens, grid.width])
                return withoutGradient { student.image(x).normalised().values }
            }
        }

        /// Embeddings of texts.
        static func of(_ texts: [String], _ student: Student, _ vocabulary: WordVocabulary) -> [Float] {
            stride(from: 0, to: texts.count, by: chunk).flatMap { begin -> [Float] in
                let part = vocabulary.batch(Array(texts[begin..<min(begin + chunk, texts.count)]))
                return withoutGradient { student.text(part).normalised().values }
            }
        }

        /// Rows of one side.
        static func rows(_ values: [Float], _ range: Range<Int>) -> [Float] {
            Array(values[range.lowerBound * Size.width..<range.upperBound * Size.width])
        }
    }
}

extension Tulip.State {
    /// Probes, retrieval and swap tests on held-out items, and what can be looked at. It draws from streams of its
    /// own, so evaluating more or less often changes nothing else.
    mutating func evaluate(
        _ source: some Tulip.PairSource, _ idea: Tulip.Idea, _ inputs: Tulip.Inputs, isLast: Bool,
        _ trial: Trial<Tulip.Inputs>
    ) {
        let embeddings = Tulip.Embeddings(student, source)
        let accuracies = probe(embeddings, source)
        // Kept in the state, for the table at the end stands the start beside the end.
        if firstAccuracies.isEmpty { firstAccuracies = accuracies }
        for (detail, accuracy) in zip(source.details, accuracies) { trial.report(detail.metric, accuracy) }
        trial.report(Tulip.detail, accuracies.reduce(0, +) / Double(accuracies.count))
        // Too few distinct captions would make five nearest ones a matter of luck.
        if let found = recall(embeddings, source) { trial.report(Tulip.recall, found) }
        trial.report(Tulip.swaps, swapTest(source, trial.stream("swaps")))
        trial.report(Tulip.seen, Double(imagesSeen))
        trial.keep("similarity", similarityMap(source, trial.stream("similarity")))
        guard isLast else { return }
        trial.keep("probes", Tulip.probeTable(source, accuracies, atFirst: firstAccuracies))
        trial.keep("images and attention", attentionPicture(source))
        guard idea.rebuilds else { return }
        trial.keep(
            "masked, rebuilt, true", rebuiltPicture(source, share: inputs.mask, trial.stream("pictures")))
    }

    /// Accuracy on held-out images of a probe for each detail, trained on the training images.
    private func probe(_ embeddings: Tulip.Embeddings, _ source: some Tulip.PairSource) -> [Double] {
        let training = 0..<source.training, heldOut = source.training..<source.count
        return source.details.map { detail in
            let probe = LinearProbe(
                Tulip.Embeddings.rows(embeddings.images, training), labels: Array(detail.labels[training]),
                classes: detail.classes, width: Tulip.Size.width)
            return probe.accuracy(
                Tulip.Embeddings.rows(embeddings.images, heldOut), labels: Array(detail.labels[heldOut]))
        }
    }

    /// Share of held-out images whose caption is among the five nearest; captions of equal tokens are one. Nil for
    /// fewer than ten of them.
    private func recall(_ embeddings: Tulip.Embeddings, _ source: some Tulip.PairSource) -> Double? {
        var random = RandomStream(seed: 0)  // originals need no draw
        let heldOut = source.training..<source.count
        let captions = heldOut.map {
            source.vocabulary.encode(source.caption($0, .original, using: &random))
        }
        // Scenes of equal captions are many: each distinct caption is one candidate, or the own one could hide
        // behind copies.
        var firsts: [[Int]: Int] = [:]
        for (row, caption) in captions.enumerated() where firsts[caption] == nil { firsts[caption] = row }
        let candidates = firsts.values.sorted()
        guard candidates.count >= 10 else { return nil }
        let x = Tensor(Tulip.Embeddings.rows(embeddings.images, heldOut), [captions.count, Tulip.Size.width])
        let y = Tensor(embeddings.heldOutTexts, [captions.count, Tulip.Size.width])
        // [held-out images, candidates], of vectors of length 1: cosines.
        let products = x.matmul(y.gathered(candidates), transposed: true).values
        let places = Dictionary(uniqueKeysWithValues: candidates.enumerated().map { (captions[$1], $0) })
        let hits = captions.enumerated().count { row, caption in
            let scores = products[row * candidates.count..<(row + 1) * candidates.count]
            let own = scores[scores.startIndex + (places[caption] ?? 0)]
            // As good as its own is no better than missed: of equal embeddings none is the nearest.
            return scores.count { $0 >= own } - 1 < 5
        }
        return Double(hits) / Double(max(1, captions.count))
    }

    /// Pairs and swapped views in a test, at most.
    private static let swapPairs = 250, swapViews = 1

    /// Share of pairs that are nearer to each other than the image to any swapped caption and the caption to any
    /// swapped image.
    private func swapTest(_ source: some Tulip.PairSource, _ stream: RandomStream) -> Double {
        var random = stream
        // Original, then swapped views, item by item: a pair's rows lie `stride` apart.
        let items = Array((source.training..<source.count).prefix(Self.swapPairs))
        func views<View>(_ view: (Int, Tulip.PairView) -> View) -> [View] {
            items.flatMap { item in
                [view(item, .original)] + (0..<Self.swapViews).map { _ in view(item, .negative) }
            }
        }
        let images = Tulip.Embeddings.of(
            views { source.image($0, $1, using: &random) }, student, source.grid)
        let texts = Tulip.Embeddings.of(
            views { source.caption($0, $1, using: &random) }, student, source.vocabulary)
        let stride = Self.swapViews + 1
        // As Winoground's group score: both directions must be right. By chance one of three orders is.
        let right = items.indices.count { item in
            let own = Self.product(images, item * stride, texts, item * stride)
            return (1..<stride).allSatisfy {
                Self.product(images, item * stride, texts, item * stride + $0) < own
                    && Self.product(images, item * stride + $0, texts, item * stride) < own
            }
        }
        return Double(right) / Double(max(1, items.count))
    }

    private static func product(_ x: [Float], _ i: Int, _ y: [Float], _ j: Int) -> Float {
        (0..<Tulip.Size.width).reduce(0) { $0 + x[i * Tulip.Size.width + $1] * y[j * Tulip.Size.width + $1] }
    }
}
