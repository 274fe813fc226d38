import Base
import MethodKit
import Tensors

extension Tulip {
    /// What each probe came to: with shuffled labels, before the arm has learnt anything to speak of (random weights
    /// keep much of an image), at the end, and on patch tokens instead of pooled embeddings.
    static func probeTable(_ source: some PairSource, _ found: Accuracies, atFirst: [Double]) -> Artifact {
        let rows = source.details.enumerated().map { place, detail in
            [Table.Cell.text(detail.name)]
                + [
                    Double(detail.classes), found.shuffled[place], atFirst[place], found.pooled[place],
                    found.tokens[place],
                ].map { .number($0) }
        }
        let columns = ["classes", "shuffled", "start", "end", "patch tokens"]
        return .table(Table(columns: [Table.Column("detail")] + columns.map { .number($0) }, rows: rows))
    }
}

extension Tulip.State {
    /// Items in the map of similarities, and in the pictures.
    private static let mapped = 8, shown = 4

    /// Held-out images against their captions, then against swapped ones, column -3 being the negative of column 3:
    /// t x·y + b would be the logits.
    func similarityMap(_ source: some Tulip.PairSource, _ stream: RandomStream) -> Artifact {
        var random = stream
        let items = Array((source.training..<source.count).prefix(Self.mapped))
        let captions = items.map { source.caption($0, .original, using: &random) }
        let swapped = items.map { source.caption($0, .negative, using: &random) }
        let images = items.map { source.image($0, .original, using: &random) }
        let x = Tensor(Tulip.Embeddings.of(images, student, source.grid), [items.count, Tulip.Size.width])
        let y = Tensor(
            Tulip.Embeddings.of(captions + swapped, student, source.vocabulary),
            [2 * items.count, Tulip.Size.width])
        // Two digits are all that a colour shows, and keep recorded sessions small.
        let products = x.matmul(y, transposed: true).values.map { ($0 * 100).rounded() / 100 }
        return .heatMap(
            HeatMap(
                products, rows: captions.enumerated().map { "\($0 + 1) \($1)" },
                columns: items.indices.map { "\($0 + 1)" } + items.indices.map { "-\($0 + 1)" }, range: -1...1
            ))
    }

    /// Images above, and below them how much the pooled token takes from each patch, the most being white.
    func attentionPicture(_ source: some Tulip.PairSource) -> Artifact {
        let grid = source.grid, images = shownImages(source)
        let x = Tensor(images.flatMap(grid.patches), [images.count, grid.tokens, grid.width])
        let weights = student.image.attention(x).values
        let maps = images.indices.map { item -> [Float] in
            // Relative to the image's own largest weight; as a grey patch, its one number a pixel and channel.
            let row = weights[item * grid.tokens..<(item + 1) * grid.tokens], most = row.max() ?? 1
            return grid.pixels(row.flatMap { Array(repeating: ($0 / most - 0.5) * 4, count: grid.width) })
        }
        return .image(Self.sheet([images, maps], grid.side))
    }

    /// What the decoder is shown, what it makes of that and of the image's embedding, and the truth.
    func rebuiltPicture(_ source: some Tulip.PairSource, share: Double, _ stream: RandomStream) -> Artifact {
        var random = stream
        let grid = source.grid, images = shownImages(source)
        let x = Tensor(images.flatMap(grid.patches), [images.count, grid.tokens, grid.width])
        // The share that training hides, by a draw of its own.
        let isHidden = Self.mask(images.count, grid.tokens, share: share, using: &random)
        let rebuilt = withoutGradient {
            student.imageDecoder(x, student.image(x), isHidden: isHidden)
        }.values
        let truth = x.values, length = grid.tokens * grid.width
        func pictures(_ value: (_ place: Int, _ isHidden: Bool) -> Float) -> [[Float]] {
            images.indices.map { item in
                grid.pixels(
                    (item * length..<(item + 1) * length).map { value($0, isHidden[$0 / grid.width]) })
            }
        }
        // Shown patches are the truth in both; the decoder's word counts where they are hidden.
        let masked = pictures { $1 ? 0 : truth[$0] }, filled = pictures { $1 ? rebuilt[$0] : truth[$0] }
        return .image(Self.sheet([masked, filled, images], grid.side))
    }

    private func shownImages(_ source: some Tulip.PairSource) -> [[Float]] {
        var random = RandomStream(seed: 0)  // originals need no draw
        return (source.training..<source.count).prefix(Self.shown).map {
            source.image($0, .original, using: &random)
        }
    }

    /// Rows of pictures on one sheet, a black line between two.
    private static func sheet(_ rows: [[[Float]]], _ side: Int) -> Picture {
        let step = side + 1, width = step * (rows.first?.count ?? 0), height = step * rows.count
        var values = Array(repeating: Float(0), count: width * height * 3)
        for (top, row) in rows.enumerated() {
            for (left, picture) in row.enumerated() {
                for y in 0..<side {
                    let place = ((top * step + y) * width + left * step) * 3
                    values.replaceSubrange(
                        place..<place + side * 3, with: picture[y * side * 3..<(y + 1) * side * 3])
                }
            }
        }
        return Picture(width: width, height: height, channels: 3, values: values)
    }
}
