import Base
import MethodKit
import Tensors

extension Tulip {
    /// What the student makes of a source's originals, row by row of width d.
    struct Embeddings {
        /// Of all items' images, each of length 1: what captions are compared with.
        let images: [Float]
        /// Of all items' images, the mean of the patch tokens before they are pooled.
        let meanTokens: [Float]
        /// Of the held-out captions, each of length 1.
        let heldOutTexts: [Float]

        /// Items that are embedded at once: bounds memory, changes no number.
        static let chunk = 256

        /// Embeddings of images by their pixels.
        static func of(_ images: [[Float]], _ student: Student, _ grid: PatchGrid) -> [Float] {
            both(images, student, grid).embeddings
        }

        private static func both(_ images: [[Float]], _ student: Student, _ grid: PatchGrid)
            -> (embeddings: [Float], meanTokens: [Float])
        {
            var embeddings: [Float] = [], meanTokens: [Float] = []
            for begin in stride(from: 0, to: images.count, by: chunk) {
                let part = images[begin..<min(begin + chunk, images.count)]
                let x = Tensor(part.flatMap(grid.patches), [part.count, grid.tokens, grid.width])
                let found = withoutGradient { student.image.withMeanToken(x) }
                embeddings += withoutGradient { found.embedding.normalised().values }
                meanTokens += found.meanToken.values
            }
            return (embeddings, meanTokens)
        }

        /// Embeddings of texts.
        static func of(_ texts: [String], _ student: Student, _ vocabulary: WordVocabulary) -> [Float] {
            stride(from: 0, to: texts.count, by: chunk).flatMap { begin -> [Float] in
                let part = vocabulary.batch(Array(texts[begin..<min(begin + chunk, texts.count)]))
                return withoutGradient { student.text(part).normalised().values }
            }
        }

        /// The rows of some items.
        static func rows(_ values: [Float], _ range: Range<Int>) -> [Float] {
            Array(values[range.lowerBound * Size.width..<range.upperBound * Size.width])
        }
    }

    /// What the probes of a source's details came to, one accuracy a detail.
    struct Accuracies: Codable {
        /// Of pooled embeddings, and of mean patch tokens.
        var pooled, tokens: [Double]
        /// The same with the training images' labels shuffled: what a probe reaches where nothing can be learnt.
        var shuffled, shuffledTokens: [Double]
    }

    /// Accuracy on held-out images of a probe for each detail, trained on the training images.
    ///
    /// - Parameters:
    ///   - rows: what is probed, of all items: [items, d]
    ///   - source: whose details are looked for.
    ///   - shuffle: draws another order of the training labels; nil leaves them as they are.
    /// - Returns: one accuracy a detail.
    static func probe(_ rows: [Float], _ source: some PairSource, shuffledBy shuffle: RandomStream? = nil)
        -> [Double]
    {
        let training = 0..<source.training, heldOut = source.training..<source.count
        var shuffle = shuffle
        return source.details.map { detail in
            var labels = Array(detail.labels[training])
            if var random = shuffle {
                labels.shuffle(using: &random)
                shuffle = random
            }
            let probe = LinearProbe(
                Embeddings.rows(rows, training), labels: labels, classes: detail.classes, width: Size.width)
            return probe.accuracy(Embeddings.rows(rows, heldOut), labels: Array(detail.labels[heldOut]))
        }
    }
}

extension Tulip.Embeddings {
    /// Embeds all of a source's originals.
    init(_ student: Tulip.Student, _ source: some Tulip.PairSource) {
        var random = RandomStream(seed: 0)  // originals need no draw
        // Of all items: probes are trained on the training images' embeddings and tested on the held-out ones.
        let items = 0..<source.count
        (images, meanTokens) = Self.both(
            items.map { source.image($0, .original, using: &random) }, student, source.grid)
        heldOutTexts = Self.of(
            items.suffix(from: source.training).map { source.caption($0, .original, using: &random) },
            student, source.vocabulary)
    }
}

extension Tulip.State {
    /// Probes, retrieval and the group score on held-out items, and what can be looked at. It draws from streams of
    /// its own, so evaluating more or less often changes nothing else.
    mutating func evaluate(
        _ source: some Tulip.PairSource, _ idea: Tulip.Idea, _ inputs: Tulip.Inputs, isLast: Bool,
        _ trial: Trial<Tulip.Inputs>
    ) {
        let embeddings = Tulip.Embeddings(student, source)
        let accuracies = probe(embeddings, source, isLast: isLast, trial)
        // Kept in the state, for the table at the end stands the start beside the end.
        if firstAccuracies.isEmpty { firstAccuracies = accuracies.pooled }
        // Too few distinct captions would make five nearest ones a matter of luck.
        let known = source.training..<source.newCaptions.lowerBound
        if let found = recall(embeddings, source, of: source.newCaptions) {
            trial.report(Tulip.recall, found)
        }
        if let found = recall(embeddings, source, of: known) { trial.report(Tulip.knownRecall, found) }
        if let score = groupScore(source, trial.stream("swaps")) { trial.report(Tulip.group, score) }
        trial.report(Tulip.seen, Double(imagesSeen))
        guard isLast else { return }
        if source.swapsPairs {
            trial.report(Tulip.groupChance, Tulip.Winoground.chance(trial.stream("chance")))
        }
        trial.keep("probes", Tulip.probeTable(source, accuracies, atFirst: firstAccuracies))
        trial.keep("similarity", similarityMap(source, trial.stream("similarity")))
        trial.keep("images and attention", attentionPicture(source))
        guard idea.rebuilds else { return }
        trial.keep(
            "masked, rebuilt, true", rebuiltPicture(source, share: inputs.mask, trial.stream("pictures")))
    }

    /// Probes pooled embeddings and patch tokens; at the end with shuffled labels too.
    private func probe(
        _ embeddings: Tulip.Embeddings, _ source: some Tulip.PairSource, isLast: Bool,
        _ trial: Trial<Tulip.Inputs>
    ) -> Tulip.Accuracies {
        var found = Tulip.Accuracies(
            pooled: Tulip.probe(embeddings.images, source),
            tokens: Tulip.probe(embeddings.meanTokens, source),
            shuffled: [], shuffledTokens: [])
        for (detail, accuracy) in zip(source.details, found.pooled) { trial.report(detail.metric, accuracy) }
        trial.report(Tulip.detail, Self.mean(found.pooled))
        trial.report(Tulip.tokenDetail, Self.mean(found.tokens))
        guard isLast else { return found }
        let shuffle = trial.stream("shuffled labels")
        found.shuffled = Tulip.probe(embeddings.images, source, shuffledBy: shuffle)
        found.shuffledTokens = Tulip.probe(embeddings.meanTokens, source, shuffledBy: shuffle)
        for (detail, chance) in zip(source.details, found.shuffled) { trial.report(detail.chance, chance) }
        trial.report(Tulip.detailChance, Self.mean(found.shuffled))
        trial.report(Tulip.tokenChance, Self.mean(found.shuffledTokens))
        return found
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
