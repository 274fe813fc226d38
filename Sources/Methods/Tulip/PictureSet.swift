import Checkpoints
import Datasets
import Foundation
import MethodKit

/// Pictures with captions, from the program's own folder or the user's.
struct PictureSet: PairSource {
    let grid = PatchGrid(side: 32, patch: 8)
    let vocabulary: Vocabulary
    let training: Int
    private let pairs: [PictureFolder.Pair]
    private let hues, covers: [Int]

    /// Pictures that a folder must have.
    static let least = 20

    /// Reads a folder; one picture of five is held out, drawn from `random`.
    ///
    /// - Throws: `FileError`.
    init(folder: String, using random: inout RandomStream) throws {
        guard !folder.isEmpty else {
            throw FileError(
                "images", line: nil, "the input names no folder", allowed: "a folder of PNG pictures")
        }
        let pairs = try PictureFolder.read(folder, side: 32, least: Self.least)
        self.pairs = random.permutation(pairs.count).map { pairs[$0] }
        training = pairs.count - pairs.count / 5
        vocabulary = Vocabulary(pairs.flatMap { [$0.caption, $0.paraphrase, $0.negative].compactMap { $0 } })
        hues = self.pairs.map { Self.hue($0.pixels) }
        covers = Self.thirds(self.pairs.map { Self.covered($0.pixels) })
    }

    var count: Int { pairs.count }

    var details: [Detail] {
        [
            Detail(name: "hue", metric: Tulip.hue, classes: 7, labels: hues),
            Detail(name: "cover", metric: Tulip.cover, classes: 3, labels: covers),
        ]
    }

    // MARK: Views

    func image(_ item: Int, _ view: PairView, using random: inout RandomStream) -> [Float] {
        let pixels = pairs[item].pixels
        switch view {
        case .original: return pixels
        case .positive:
            let (dy, dx) = (random.below(5) - 2, random.below(5) - 2)
            let light = Float(random.uniform(0.85, 1))
            return (0..<grid.side * grid.side).flatMap { place -> [Float] in
                let y = min(max(place / grid.side + dy, 0), grid.side - 1)
                let x = min(max(place % grid.side + dx, 0), grid.side - 1)
                return (0..<3).map { pixels[(y * grid.side + x) * 3 + $0] * light }
            }
        case .negative:
            let turn = 1 + random.below(2)
            return pixels.indices.map { pixels[$0 / 3 * 3 + ($0 + turn) % 3] }
        }
    }

    func caption(_ item: Int, _ view: PairView, using random: inout RandomStream) -> String {
        let pair = pairs[item]
        switch view {
        case .original: return pair.caption
        case .positive: return pair.paraphrase ?? Self.reordered(pair.caption, using: &random)
        case .negative:
            if let negative = pair.negative { return negative }
            let other = pairs[random.below(pairs.count)].caption
            return Self.exchangingOneWord(pair.caption, other, using: &random)
        }
    }

    private static func reordered(_ text: String, using random: inout RandomStream) -> String {
        Vocabulary.split(text).shuffled(using: &random).joined(separator: " ")
    }

    /// One word of a text made a word of another one.
    private static func exchangingOneWord(
        _ text: String, _ other: String, using random: inout RandomStream
    ) -> String {
        var words = Vocabulary.split(text)
        let strange = Vocabulary.split(other).filter { !words.contains($0) }
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
            guard spread > 0.2 else { continue }
            let sixth =
                most == r ? (g - b) / spread : most == g ? 2 + (b - r) / spread : 4 + (r - g) / spread
            counts[(Int(sixth.rounded()) + 6) % 6] += 1
        }
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
        let (low, high) = (sorted[sorted.count / 3], sorted[sorted.count * 2 / 3])
        return values.map { $0 < low ? 0 : $0 < high ? 1 : 2 }
    }
}
