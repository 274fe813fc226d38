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
        /// Held-out items whose captions no view of a training item says; those held out before them have captions
        /// that training says too.
        var newCaptions: Range<Int> { get }
        /// What the captions do not say (of scenes; of pictures, not always), and a linear probe looks for.
        var details: [Detail] { get }

        /// A view's pixels, 0...1: [side, side, 3]
        func image(_ item: Int, _ view: PairView, using random: inout RandomStream) -> [Float]
        /// A view's caption in words.
        func caption(_ item: Int, _ view: PairView, using random: inout RandomStream) -> String
        /// A negative view of the pair as a whole: an image and the caption that belongs to it. Nil where negative
        /// views of image and text are made apart.
        func swappedPair(_ item: Int, using random: inout RandomStream) -> (image: [Float], caption: String)?
    }

    /// A view of a pair's image or text.
    enum PairView {
        /// As it is in the data.
        case original
        /// The same semantics in other pixels or words.
        case positive(Positives)
        /// Semantics that differ a little.
        case negative
    }

    /// What a scene's positive images keep of what no caption says; pictures are always moved.
    enum Positives {
        /// Drawn again with the same stripes and dots: they keep exactly what the probes ask for.
        case kept
        /// Drawn again with new stripes and dots: they keep nothing of it.
        case redrawn
        /// The same picture, moved and darker: they keep all that can be seen, and no label is read to make them.
        case moved
    }

    /// The same picture: moved by up to `reach` pixels, edges repeated, and a little darker.
    ///
    /// - Parameters:
    ///   - pixels: [side, side, 3]
    ///   - side: in pixels.
    ///   - reach: in pixels, along either axis.
    ///   - random: draws how far and how dark.
    /// - Returns: [side, side, 3]
    static func moved(_ pixels: [Float], side: Int, by reach: Int, using random: inout RandomStream)
        -> [Float]
    {
        let (dy, dx) = (random.below(2 * reach + 1) - reach, random.below(2 * reach + 1) - reach)
        let light = Float(random.uniform(0.85, 1))
        return (0..<side * side).flatMap { place -> [Float] in
            let y = min(max(place / side + dy, 0), side - 1), x = min(max(place % side + dx, 0), side - 1)
            return (0..<3).map { pixels[(y * side + x) * 3 + $0] * light }
        }
    }

    /// Something that can be seen in every image and that captions leave out.
    struct Detail {
        let name: String
        /// The accuracy of its probe, and that of one whose training labels were shuffled.
        let metric, chance: Metric
        let classes: Int
        /// One label for each item.
        let labels: [Int]
    }

    /// How an image is cut into square patches.
    struct PatchGrid: Equatable {
        /// Pixels along a side of the image and of a patch.
        let side, patchSide: Int

        /// Patches along a side.
        var across: Int { side / patchSide }
        /// Patches of an image, each a token.
        var tokens: Int { across * across }
        /// Numbers in a patch.
        var width: Int { patchSide * patchSide * 3 }

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

        init(side: Int, patchSide: Int) {
            (self.side, self.patchSide) = (side, patchSide)
            let across = side / patchSide
            places = (0..<across * across).flatMap { token in
                (0..<patchSide * patchSide).flatMap { pixel in
                    let y = token / across * patchSide + pixel / patchSide
                    let x = token % across * patchSide + pixel % patchSide
                    return (0..<3).map { (y * side + x) * 3 + $0 }
                }
            }
        }
    }
}
