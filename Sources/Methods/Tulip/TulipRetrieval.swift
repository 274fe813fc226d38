import Base
import MethodKit
import Tensors

extension Tulip {
    /// Winoground's test of two images and two captions of the same words (Thrush et al. 2022).
    enum Winoground {
        /// The group score of one item: each image is nearer to its caption than to the other, and each caption
        /// nearer to its image than to the other.
        ///
        /// - Parameters:
        ///   - own: products of each image with its caption.
        ///   - crossed: of the first image with the second caption, and the second image with the first caption.
        /// - Returns: equal products are never right.
        static func isRight(own: [Double], crossed: [Double]) -> Bool {
            own.allSatisfy { one in crossed.allSatisfy { one > $0 } }
        }

        /// The group score of embeddings that are drawn at random, over two thousand items: about a sixth.
        static func chance(_ stream: RandomStream) -> Double {
            var random = stream
            let items = 2_000
            let right = (0..<items).count { _ in
                let vectors = (0..<4).map { _ in (0..<Size.width).map { _ in random.gaussian() } }
                func product(_ i: Int, _ j: Int) -> Double {
                    zip(vectors[i], vectors[j]).reduce(0) { $0 + $1.0 * $1.1 }
                }
                return isRight(own: [product(0, 2), product(1, 3)], crossed: [product(0, 3), product(1, 2)])
            }
            return Double(right) / Double(items)
        }
    }
}

extension Tulip.PairSource {
    /// Whether a negative view can be made of a pair as a whole.
    var swapsPairs: Bool {
        var random = RandomStream(seed: 0)  // only whether there is one is asked
        return swappedPair(0, using: &random) != nil
    }
}

extension Tulip.State {
    /// Captions among which an image's own is looked for: as many for new as for known ones.
    private static let candidates = 50

    /// Retrieval by captions; captions of equal tokens are one.
    ///
    /// - Parameters:
    ///   - embeddings: of the source's items.
    ///   - source: whose captions they are.
    ///   - items: held-out ones; those count whose captions are among the first fifty different ones.
    /// - Returns: the share of images whose caption is among the five nearest of fifty, or of fewer where there are
    ///   fewer; nil for fewer than ten.
    func recall(_ embeddings: Tulip.Embeddings, _ source: some Tulip.PairSource, of items: Range<Int>)
        -> Double?
    {
        let search = Search(source, items, atMost: Self.candidates)
        guard search.texts.count >= 10 else { return nil }
        let width = Tulip.Size.width, candidates = search.texts.count
        let x = Tensor(embeddings.images, [source.count, width]).gathered(search.images)
        let y = Tensor(embeddings.heldOutTexts, [source.count - source.training, width])
        // [images, candidates], of vectors of length 1: cosines.
        let products = x.matmul(y.gathered(search.texts), transposed: true).values
        let hits = search.own.enumerated().count { row, place in
            let scores = products[row * candidates..<(row + 1) * candidates]
            let right = scores[scores.startIndex + place]
            // As good as its own is no better than missed: of equal embeddings none is the nearest.
            return scores.count { $0 >= right } - 1 < 5
        }
        return Double(hits) / Double(search.own.count)
    }

    /// Which images look for their caption, and among which.
    private struct Search {
        /// Items, and for each of them the place of its caption among the candidates.
        private(set) var images: [Int] = [], own: [Int] = []
        /// The candidates, as rows of the held-out texts.
        private(set) var texts: [Int] = []

        /// The first different captions are the candidates. Scenes of equal captions are many: the own one could hide
        /// behind copies.
        init(_ source: some Tulip.PairSource, _ items: Range<Int>, atMost limit: Int) {
            var random = RandomStream(seed: 0)  // originals need no draw
            var places: [[Int]: Int] = [:]
            for item in items {
                let words = source.vocabulary.encode(source.caption(item, .original, using: &random))
                if places[words] == nil, texts.count < limit {
                    places[words] = texts.count
                    texts.append(item - source.training)
                }
                guard let place = places[words] else { continue }
                images.append(item)
                own.append(place)
            }
        }
    }

    /// Items in a group score, at most.
    private static let groups = 250

    /// Winoground's group score of held-out pairs and their swapped pairs, all of new captions. Nil where pairs are
    /// not swapped as a whole.
    func groupScore(_ source: some Tulip.PairSource, _ stream: RandomStream) -> Double? {
        var random = stream
        let items = Array(source.newCaptions.prefix(Self.groups))
        let swapped = items.compactMap { source.swappedPair($0, using: &random) }
        guard !swapped.isEmpty else { return nil }
        let images = Tulip.Embeddings.of(
            items.map { source.image($0, .original, using: &random) } + swapped.map(\.image), student,
            source.grid)
        let texts = Tulip.Embeddings.of(
            items.map { source.caption($0, .original, using: &random) } + swapped.map(\.caption), student,
            source.vocabulary)
        let right = items.indices.count { first in
            let second = first + items.count
            return Tulip.Winoground.isRight(
                own: [
                    Self.product(images, first, texts, first), Self.product(images, second, texts, second),
                ],
                crossed: [
                    Self.product(images, first, texts, second), Self.product(images, second, texts, first),
                ])
        }
        return Double(right) / Double(items.count)
    }

    private static func product(_ x: [Float], _ i: Int, _ y: [Float], _ j: Int) -> Double {
        let width = Tulip.Size.width
        return (0..<width).reduce(0) { $0 + Double(x[i * width + $1]) * Double(y[j * width + $1]) }
    }
}
