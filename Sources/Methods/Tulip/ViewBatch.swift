import Base
import Tensors

/// The views of one batch, in one order for images and texts: originals, positive views, negative views.
struct ViewBatch {
    /// Items, and how many of them have negative views.
    let count, negatives: Int
    /// Whether there are positive views.
    let hasPositives: Bool
    /// [views, tokens, patch]
    let images: Tensor
    let texts: TextBatch
    /// The originals alone.
    let originalTexts: TextBatch

    init(
        _ items: [Int], _ idea: Tulip.Idea, _ source: some PairSource, using random: inout RandomStream
    ) {
        count = items.count
        hasPositives = idea.within > 0
        negatives = Int((idea.negatives * Double(items.count)).rounded())
        let wanted: [(PairView, ArraySlice<Int>)] = [
            (.original, items[...]), (.positive, hasPositives ? items[...] : []),
            (.negative, items.prefix(negatives)),
        ]
        var patches: [Float] = [], words: [[Int]] = []
        for (view, items) in wanted {
            for item in items {
                patches += source.grid.patches(source.image(item, view, using: &random))
                words.append(source.vocabulary.encode(source.caption(item, view, using: &random)))
            }
        }
        images = Tensor(patches, [words.count, source.grid.tokens, source.grid.width])
        texts = TextBatch(words)
        originalTexts = TextBatch(Array(words.prefix(items.count)))
    }

    /// Originals, then negatives.
    func withoutPositives(_ embeddings: Tensor) -> Tensor {
        guard hasPositives else { return embeddings }
        let originals = embeddings.slice(0..<count)
        guard negatives > 0 else { return originals }
        return .concatenated([originals, embeddings.slice(2 * count..<2 * count + negatives)])
    }
}
