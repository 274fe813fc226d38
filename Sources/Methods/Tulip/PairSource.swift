import Base
import MethodKit
import Tensors

extension Tulip {
    /// Where image-text pairs come from: procedural scenes, or pictures with captions.
    ///
    /// Items are numbered: those below `training` are trained on, the rest are held out.
    protocol PairSource {
        var grid: PatchGrid { get }
        var vocabulary: Vocabulary { get }
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

    /// The words of all captions, as numbers.
    struct Vocabulary {
        /// The number that ends a text and fills up short ones, and the one of words that are not known.
        static let end = 0, unknown = 1
        /// Words of a text that count.
        let longest: Int

        private let numbers: [String: Int]
        let words: [String]

        /// The most frequent words, at most `most` of them; equally frequent ones in the alphabet's order.
        init(_ captions: [String], longest: Int, most: Int = 5_000) {
            self.longest = max(1, longest)
            // Ties by the alphabet: a dictionary's order must not reach the numbers.
            var counts: [String: Int] = [:]
            for word in captions.flatMap(Self.split) { counts[word, default: 0] += 1 }
            let kept = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map(\.key)
            words = [".", "?"] + kept
            numbers = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0 + 2) })
        }

        var count: Int { words.count }

        /// The words of a text in lower case, without punctuation.
        static func split(_ text: String) -> [String] {
            text.lowercased().split { !isPart($0) }.map(String.init)
        }

        /// Whether a character belongs to a word. Most are ASCII, for which Unicode's tables need not be asked.
        private static func isPart(_ character: Character) -> Bool {
            guard let ascii = character.asciiValue else { return character.isLetter || character.isNumber }
            return (0x30...0x39).contains(ascii) || (0x61...0x7A).contains(ascii | 0x20)
        }

        /// The numbers of the first words of a text; never none.
        func encode(_ text: String) -> [Int] {
            let known = Self.split(text).prefix(longest).map { numbers[$0] ?? Self.unknown }
            return known.isEmpty ? [Self.unknown] : known
        }
    }

    /// Texts as rows of one length, that of the longest.
    struct TextBatch {
        /// Row by row, filled up with ``Vocabulary/end``: [texts, width]
        let tokens: [Int]
        /// The length of a row.
        let width: Int
        /// How many of a row are words.
        let lengths: [Int]

        var count: Int { lengths.count }

        init(_ texts: [[Int]]) {
            lengths = texts.map(\.count)
            let width = lengths.max() ?? 0
            tokens = texts.flatMap { $0 + Array(repeating: Vocabulary.end, count: width - $0.count) }
            self.width = width
        }

        /// What a causal decoder has to say: each text's words, then the end; -1 where nothing is asked.
        var targets: [Int] {
            lengths.enumerated().flatMap { row, length in
                (0...width).map { place -> Int in
                    place < length ? tokens[row * width + place] : place == length ? Vocabulary.end : -1
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
        let texts: TextBatch
        /// The originals alone.
        let originalTexts: TextBatch

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
}
