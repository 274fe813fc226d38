import Base
import Tensors

/// Widths of both encoders and decoders.
enum Size {
    /// d, and heads of every attention.
    static let width = 64, heads = 4
    /// Blocks of the image encoder and of the text encoder; decoders have one.
    static let imageBlocks = 3, textBlocks = 2
}

/// A vision transformer (Dosovitskiy et al. 2021) with attention pooling.
struct ImageEncoder: Module {
    private var patches: Linear
    /// [tokens, d]
    private var positions: Tensor
    private var blocks: [TransformerBlock]
    private var norm: LayerNorm
    private var pool: AttentionPooling

    init(_ grid: PatchGrid, using random: inout RandomStream) {
        patches = Linear(grid.width, Size.width, using: &random)
        positions = .gaussian([grid.tokens, Size.width], deviation: 0.02, trains: true, using: &random)
        blocks = (0..<Size.imageBlocks).map { _ in
            TransformerBlock(Size.width, heads: Size.heads, using: &random)
        }
        norm = LayerNorm(Size.width)
        pool = AttentionPooling(Size.width, heads: Size.heads, using: &random)
    }

    /// Embeds images.
    ///
    /// - Parameters:
    ///   - x: all patches, or those of a local view: [images, tokens, patch]
    ///   - places: which patches x has, image by image; nil for all.
    /// - Returns: the embeddings, not yet of length 1: [images, d].
    func callAsFunction(_ x: Tensor, places: [Int]? = nil) -> Tensor {
        pool(features(x, places)).reshaped([x.shape[0], Size.width])
    }

    /// How much the pooled token takes from each patch: [images, tokens]
    func attention(_ x: Tensor) -> Tensor { withoutGradient { pool.weights(features(x, nil)) } }

    private func features(_ x: Tensor, _ places: [Int]?) -> Tensor {
        let shift = places.map { positions.gathered($0, [x.shape[0], x.shape[1]]) } ?? positions
        return norm(blocks.reduce(patches(x) + shift) { $1($0) })
    }

    var parameters: [Tensor] {
        patches.parameters + [positions] + blocks.parameters + norm.parameters + pool.parameters
    }
}

/// A text transformer with attention pooling.
struct TextEncoder: Module {
    private var words: Embedding
    /// [longest, d]
    private var positions: Tensor
    private var blocks: [TransformerBlock]
    private var norm: LayerNorm
    private var pool: AttentionPooling

    init(_ vocabulary: Vocabulary, using random: inout RandomStream) {
        words = Embedding(vocabulary.count, Size.width, deviation: 0.1, using: &random)
        positions = .gaussian(
            [vocabulary.longest, Size.width], deviation: 0.02, trains: true, using: &random)
        blocks = (0..<Size.textBlocks).map { _ in
            TransformerBlock(Size.width, heads: Size.heads, using: &random)
        }
        norm = LayerNorm(Size.width)
        pool = AttentionPooling(Size.width, heads: Size.heads, using: &random)
    }

    /// The embedding, not yet of length 1: [texts, d]
    func callAsFunction(_ texts: TextBatch) -> Tensor {
        let x = words(texts.tokens, shape: [texts.count, texts.width]) + positions.slice(0..<texts.width)
        let features = norm(blocks.reduce(x) { $1($0, lengths: texts.lengths) })
        return pool(features, lengths: texts.lengths).reshaped([texts.count, Size.width])
    }

    var parameters: [Tensor] {
        words.parameters + [positions] + blocks.parameters + norm.parameters + pool.parameters
    }
}
