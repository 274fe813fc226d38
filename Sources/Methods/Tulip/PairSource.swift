import Base
import MethodKit
import Tensors

extension Tulip {
    /// Where image-text pairs come from: procedural scenes, or pictures with captions.
    ///
    /// Items are numbered: those below `training` are trained on, the rest are held out.
    protocol PairSource {
        var grid: PatchGrid { get }
        var vocabulary: WordVocabulary { get }
        /// How many items there are to train on, and in all.
        var training: Int { get }
        var count: Int { get }
        /// What the captions do not say (of scenes; of pictures, not always), and a linear probe looks for.
        var details: [Detail] { get }

        /// A view's pixels, 0...1: [side, side, 3]
        func image(_ item: Int, _ view: PairView, using random: inout RandomStream) -> [Float]
        /// A view's caption in words.
        func caption(_ item: Int, _ view: PairView, using random: inout RandomStream) -> String
    }

    /// A view of a pair's image or text.
    enum PairView {
        /// As it is in the data.
        case original
        /// The same semantics in other pixels or words.
        case positive
        /// Semantics that differ a little.
        case negative
    }

    /// Something that can be seen in every image and that captions leave out.
    struct Detail {
        let name: String
        /// The accuracy of its probe.
        let metric: Metric
        let classes: Int
        /// One label for each item.
        let labels: [Int]
    }

    /// How an image is cut into square patches.
    struct PatchGrid: Equatable {
        /// Pixels along a side of the image and of a patch.
        let side, patch: Int

        /// Patches along a side.
        var across: Int { side / patch }
        /// Patches of an image, each a token.
        var tokens: Int { across * across }
        /// Numbers in a patch.
        var width: Int { patch * patch * 3 }

        /// Pixels [side, side, 3] of 0...1 as patches [tokens, width] around 0, with a deviation near 1.
        func patches(_ pixels: [Float]) -> [Float] {
            // Middle grey becomes 0; black and white become -2 and 2.
            places.map { (pixels[$0] - 0.5) * 4 }
        }

        /// The way back.
        func pixels(_ patches: [Float]) -> [Float] {
            var pixels = patches
            for (value, place) in zip(patches, places) { pixels[place] = value / 4 + 0.5 }
            return pixels
        }

        /// The tokens of a square of `across - 1` patches a side, at a corner: a local view.
        func window(corner: Int) -> [Int] {
            let (top, left, extent) = (corner / 2, corner % 2, across - 1)
            return (0..<extent * extent).map { (top + $0 / extent) * across + left + $0 % extent }
        }

        /// Where the pixels' numbers lie, patch by patch.
        let places: [Int]

        init(side: Int, patch: Int) {
            (self.side, self.patch) = (side, patch)
            let across = side / patch
            places = (0..<across * across).flatMap { token in
                (0..<patch * patch).flatMap { pixel in
                    let y = token / across * patch + pixel / patch, x = token % across * patch + pixel % patch
                    return (0..<3).map { (y * side + x) * 3 + $0 }
                }
            }
        }
    }

    /// The views of one batch, in one order for images and texts: originals, positive views, negative views.
    struct ViewBatch {
        /// Items, and how many of them have negative views.
        let count, negatives: Int
        /// Whether there are positive views.
        let hasPositives: Bool
        /// [views, tokens, patch]
        let images: Tensor
        let texts: TokenBatch
        /// The originals alone.
        let originalTexts: TokenBatch

        init(
            _ items: [Int], _ idea: Idea, _ source: some PairSource, using random: inout RandomStream
        ) {
            count = items.count
            // Views that no loss of the arm reads are not drawn, nor encoded.
            hasPositives = idea.within > 0
            negatives = Int((idea.negatives * Double(items.count)).rounded())
            // The block order [originals, positives, negatives] is what ``GeCo``'s signs count on.
            let wanted: [(PairView, ArraySlice<Int>)] = [
                (.original, items[...]), (.positive, hasPositives ? items[...] : []),
                (.negative, items.prefix(negatives)),
            ]
            var patches: [Float] = [], captions: [String] = []
            for (view, items) in wanted {
                for item in items {
                    patches += source.grid.patches(source.image(item, view, using: &random))
                    captions.append(source.caption(item, view, using: &random))
                }
            }
            images = Tensor(patches, [captions.count, source.grid.tokens, source.grid.width])
            texts = source.vocabulary.batch(captions)
            originalTexts = source.vocabulary.batch(Array(captions.prefix(items.count)))
        }

        /// Originals, then negatives.
        func withoutPositives(_ embeddings: Tensor) -> Tensor {
            guard hasPositives else { return embeddings }
            let originals = embeddings.slice(0..<count)
            guard negatives > 0 else { return originals }
            return .concatenated([originals, embeddings.slice(2 * count..<2 * count + negatives)])
        }
    }
}
