import Base
import Tensors

extension Tulip {
    /// The views of one batch, in one order for images and texts: originals, positive views, negative views.
    ///
    /// The order of the blocks is what ``GeCo``'s signs count on.
    struct ViewBatch {
        /// Items, positive views of each, and how many items have a negative view.
        let count, positives, negatives: Int
        /// [views, tokens, width of a patch]
        let images: Tensor
        let texts: TokenBatch
        /// The originals alone.
        let originalTexts: TokenBatch

        init(
            _ items: [Int], _ idea: Idea, _ source: some PairSource, using random: inout RandomStream
        ) {
            count = items.count
            // Views that no loss of the arm reads are not drawn, nor encoded.
            positives = idea.positiveViews
            negatives = Int((idea.negatives * Double(items.count)).rounded())
            let wanted =
                items.map { ($0, PairView.original) }
                + (0..<positives).flatMap { _ in items.map { ($0, .positive(idea.positives)) } }
                + items.prefix(negatives).map { ($0, .negative) }
            var patches: [Float] = [], captions: [String] = []
            for (item, view) in wanted {
                patches += source.grid.patches(source.image(item, view, using: &random))
                captions.append(source.caption(item, view, using: &random))
            }
            images = Tensor(patches, [captions.count, source.grid.tokens, source.grid.width])
            texts = source.vocabulary.batch(captions)
            originalTexts = source.vocabulary.batch(Array(captions.prefix(items.count)))
        }

        /// Originals, then negatives.
        func withoutPositives(_ embeddings: Tensor) -> Tensor {
            guard positives > 0 else { return embeddings }
            let originals = embeddings.slice(0..<count), first = (1 + positives) * count
            guard negatives > 0 else { return originals }
            return .concatenated([originals, embeddings.slice(first..<first + negatives)])
        }
    }
}
