import Base
import Datasets
import Foundation
import MethodKit

extension Tulip {
    /// Pictures with captions, from the program's own folder or the user's.
    struct PictureSet: PairSource {
        let grid = PatchGrid(side: 32, patchSide: 8)
        let vocabulary: WordVocabulary
        let training: Int
        /// Those to train on first.
        private let pairs: [PictureFolder.Pair]
        private let hues, covers: [Int]

        /// Texts that are longer than what is read of them.
        let cut: Int

        /// Pictures that a folder must have, and words that are read of a text at most.
        static let least = 20, longestText = 64

        /// Reads a folder; one picture of five is held out with all its captions, drawn from `random`.
        ///
        /// - Throws: `FileError`.
        init(folder: String, using random: inout RandomStream) throws {
            guard !folder.isEmpty else {
                throw FileError(
                    "images", line: nil, "the input names no folder", allowed: "a folder of PNG pictures")
            }
            // Small pictures: 16 patches of 8 by 8 pixels, so that a step costs what one on scenes costs.
            let pairs = try PictureFolder.read(folder, side: 32, least: Self.least)
            // By picture, not by pair: a picture with several captions lies on one side as a whole.
            let names = Set(pairs.map(\.file)).sorted(), order = random.permutation(names.count)
            let places = Dictionary(uniqueKeysWithValues: zip(order.map { names[$0] }, names.indices))
            func isHeldOut(_ pair: PictureFolder.Pair) -> Bool {
                places[pair.file, default: 0] >= names.count - names.count / 5
            }
            let known = pairs.filter { !isHeldOut($0) }
            self.pairs = known + pairs.filter(isHeldOut)
            training = known.count
            // What is held out teaches no word; but it may be as long as any.
            let lengths = pairs.flatMap(\.texts).map { WordVocabulary.split($0).count }
            cut = lengths.count { $0 > Self.longestText }
            vocabulary = WordVocabulary(
                known.flatMap(\.texts), longest: min(Self.longestText, lengths.max() ?? 1))
            // Details are computed from pixels, for no caption is asked: they stand for the stripes and dots of
            // scenes.
            hues = self.pairs.map { Self.hue($0.pixels) }
            covers = Self.thirds(self.pairs.map { Self.covered($0.pixels) })
        }

        var count: Int { pairs.count }
        /// All that are held out: captions of two pictures seldom agree.
        var newCaptions: Range<Int> { training..<count }

        var details: [Detail] {
            [
                Detail(name: "hue", metric: Tulip.hue, chance: Tulip.hueChance, classes: 7, labels: hues),
                Detail(
                    name: "cover", metric: Tulip.cover, chance: Tulip.coverChance, classes: 3, labels: covers),
            ]
        }

        // MARK: Views

        func image(_ item: Int, _ view: PairView, using random: inout RandomStream) -> [Float] {
            let pixels = pairs[item].pixels
            switch view {
            case .original: return pixels
            case .positive:
                // Still the same picture, however it was drawn.
                return moved(pixels, side: grid.side, by: 2, using: &random)
            case .negative:
                // Red, green and blue exchanged in turn: the same shapes in other colours.
                let turn = 1 + random.below(2)
                // Exchanging the channels of a grey picture changes nothing: it gets the opposite brightness.
                return Self.isGrey(pixels)
                    ? pixels.map { 1 - $0 } : pixels.indices.map { pixels[$0 / 3 * 3 + ($0 + turn) % 3] }
            }
        }

        /// Whether the channels differ by hardly anything, on the mean.
        private static func isGrey(_ pixels: [Float]) -> Bool {
            let spread = stride(from: 0, to: pixels.count, by: 3).reduce(Float(0)) { sum, place in
                let channels = pixels[place..<place + 3]
                return sum + (channels.max() ?? 0) - (channels.min() ?? 0)
            }
            return spread / Float(pixels.count / 3) < 0.02
        }

        func caption(_ item: Int, _ view: PairView, using random: inout RandomStream) -> String {
            let pair = pairs[item]
            switch view {
            case .original: return pair.caption
            case .positive: return pair.paraphrase ?? Self.reordered(pair.caption, using: &random)
            case .negative:
                // Drawn in any case, so that the stream does not depend on what the file has.
                let other = pairs[random.below(training)].caption
                let exchanged = Self.exchangingOneWord(pair.caption, other, using: &random)
                // Where the difference is in words that are not read or not known, it would be a positive view.
                let own = vocabulary.encode(pair.caption)
                let candidates = [pair.negative, exchanged, "not " + pair.caption].compactMap { $0 }
                return candidates.first { vocabulary.encode($0) != own } ?? exchanged
            }
        }

        /// Colours are exchanged in the image and a word in the caption: the two do not belong together.
        func swappedPair(_ item: Int, using random: inout RandomStream) -> (image: [Float], caption: String)?
        { nil }

        private static func reordered(_ text: String, using random: inout RandomStream) -> String {
            WordVocabulary.split(text).shuffled(using: &random).joined(separator: " ")
        }

        /// One word of a text made a word of another one.
        private static func exchangingOneWord(
            _ text: String, _ other: String, using random: inout RandomStream
        ) -> String {
            var words = WordVocabulary.split(text)
            let strange = WordVocabulary.split(other).filter { !words.contains($0) }
            guard !words.isEmpty, !strange.isEmpty else { return "not " + text }
            words[random.below(words.count)] = strange[random.below(strange.count)]
            return words.joined(separator: " ")
        }

        // MARK: Details that captions do not say

        /// The most frequent of six hues among the coloured pixels; 6 where hardly any is coloured.
        private static func hue(_ pixels: [Float]) -> Int {
            var counts = Array(repeating: 0, count: 6)
            for place in stride(from: 0, to: pixels.count, by: 3) {
                let (r, g, b) = (pixels[place], pixels[place + 1], pixels[place + 2])
                let most = max(r, g, b), spread = most - min(r, g, b)
                // Grey pixels have no hue to speak of.
                guard spread > 0.2 else { continue }
                let sixth =
                    most == r ? (g - b) / spread : most == g ? 2 + (b - r) / spread : 4 + (r - g) / spread
                counts[(Int(sixth.rounded()) + 6) % 6] += 1
            }
            // A fiftieth of the pixels must have it; each pixel is three numbers.
            let most = counts.max() ?? 0
            return most * 3 * 50 < pixels.count ? 6 : counts.firstIndex(of: most) ?? 6
        }

        /// Share of pixels that are not near white.
        private static func covered(_ pixels: [Float]) -> Double {
            let places = stride(from: 0, to: pixels.count, by: 3)
            let dark = places.count { min(pixels[$0], pixels[$0 + 1], pixels[$0 + 2]) < 0.9 }
            return Double(dark * 3) / Double(pixels.count)
        }

        /// Which third of all values each lies in.
        private static func thirds(_ values: [Double]) -> [Int] {
            let sorted = values.sorted()
            // By the values there are, so that the three classes are about equally frequent.
            let (low, high) = (sorted[sorted.count / 3], sorted[sorted.count * 2 / 3])
            return values.map { $0 < low ? 0 : $0 < high ? 1 : 2 }
        }
    }
}
