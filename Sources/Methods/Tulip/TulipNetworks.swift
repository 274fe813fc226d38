import Base
import Tensors

extension Tulip {
    /// Widths of both encoders and decoders: small enough for a step of 64 pairs on one core.
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
        ///   - x: all patches, or those of a local view: [images, tokens, width of a patch]
        ///   - places: which patches x has, image by image; nil for all.
        /// - Returns: the embeddings, not yet of length 1: [images, d].
        func callAsFunction(_ x: Tensor, places: [Int]? = nil) -> Tensor {
            pooled(features(x, places))
        }

        /// The embeddings, and beside them the mean of the patch tokens that they are pooled from: [images, d] each.
        func withMeanToken(_ x: Tensor) -> (embedding: Tensor, meanToken: Tensor) {
            let tokens = features(x, nil)
            return (pooled(tokens), tokens.meanOfTokens())
        }

        private func pooled(_ tokens: Tensor) -> Tensor {
            // Attention pooling gives one token an image: [images, 1, d].
            pool(tokens).reshaped([tokens.shape[0], Size.width])
        }

        /// How much the pooled token takes from each patch: [images, tokens]
        func attention(_ x: Tensor) -> Tensor { withoutGradient { pool.weights(features(x, nil)) } }

        private func features(_ x: Tensor, _ places: [Int]?) -> Tensor {
            // A local view keeps the positions that its patches have in the whole image.
            let shift = places.map { positions.gathered($0, [x.shape[0], x.shape[1]]) } ?? positions
            return norm(blocks.reduce(patches(x) + shift) { $1($0) })
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

        init(_ vocabulary: WordVocabulary, using random: inout RandomStream) {
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
        func callAsFunction(_ texts: TokenBatch) -> Tensor {
            let x = words(texts.tokens, shape: [texts.count, texts.width]) + positions.slice(0..<texts.width)
            // What fills up a short text is neither attended to nor pooled: a text's embedding does not depend on
            // its batch.
            let features = norm(blocks.reduce(x) { $1($0, lengths: texts.lengths) })
            return pool(features, lengths: texts.lengths).reshaped([texts.count, Size.width])
        }
    }

    /// Rebuilds an image from a few of its patches and an embedding: a masked autoencoder's decoder (He et al. 2022)
    /// whose one way to the rest of the image is the embedding.
    struct ImageDecoder: Module {
        private var latent, patches, output: Linear
        /// [1, d] in place of each hidden patch, and [tokens, d]
        private var hidden, positions: Tensor
        private var block: TransformerBlock
        private var norm: LayerNorm

        init(_ grid: PatchGrid, using random: inout RandomStream) {
            latent = Linear(Size.width, Size.width, using: &random)
            patches = Linear(grid.width, Size.width, using: &random)
            hidden = .gaussian([1, Size.width], deviation: 0.02, trains: true, using: &random)
            positions = .gaussian([grid.tokens, Size.width], deviation: 0.02, trains: true, using: &random)
            block = TransformerBlock(Size.width, heads: Size.heads, using: &random)
            norm = LayerNorm(Size.width)
            output = Linear(Size.width, grid.width, using: &random)
        }

        /// All patches as the decoder sees them.
        ///
        /// - Parameters:
        ///   - x: the true patches, of which hidden ones are not looked at.
        ///   - embedding: [images, d]
        ///   - isHidden: patch by patch.
        /// - Returns: [images, tokens, width of a patch].
        func callAsFunction(_ x: Tensor, _ embedding: Tensor, isHidden: [Bool]) -> Tensor {
            let (images, tokens) = (x.shape[0], x.shape[1])
            let masks = hidden.gathered(Array(repeating: 0, count: images * tokens), [images, tokens])
            let seen =
                patches(x).replacing(where: spread(isHidden, over: Size.width), with: masks) + positions
            let first = latent(embedding).reshaped([images, 1, Size.width])
            // The embedding is one more token in front; what comes out there is dropped.
            let y = block(.concatenated([first, seen], axis: 1)).slice(1..<tokens + 1, axis: 1)
            return output(norm(y))
        }

        /// §3  L_img: the mean squared error over the hidden patches alone.
        static func loss(_ rebuilt: Tensor, _ truth: Tensor, isHidden: [Bool]) -> Tensor {
            let shown = spread(isHidden.map { !$0 }, over: truth.shape[2])
            // Shown patches are set to 0 and not counted: the mean is over the numbers of hidden ones.
            let count = Float(max(1, isHidden.count { $0 }) * truth.shape[2])
            return (rebuilt - truth).filled(0, where: shown).square().sum() * (1 / count)
        }
    }

    /// Says a text word by word, with an embedding as its first token.
    struct TextDecoder: Module {
        private let latent: Linear
        private let decoder: CausalDecoder

        init(_ vocabulary: WordVocabulary, using random: inout RandomStream) {
            latent = Linear(Size.width, Size.width, using: &random)
            decoder = CausalDecoder(
                vocabulary.count, width: Size.width, heads: Size.heads, layers: 1, using: &random)
        }

        /// Scores of each next word, the end after the last: [texts, 1 + width, words]
        func callAsFunction(_ texts: TokenBatch, _ embedding: Tensor) -> Tensor {
            // The embedding stands where a begin token would, so each place says the word after it.
            decoder(texts, after: latent(embedding).reshaped([texts.count, 1, Size.width]))
        }

        /// What it has to say: each text's words, then the end.
        static func targets(_ texts: TokenBatch) -> [Int] {
            TokenBatch.targets(
                texts.lengths.enumerated().map { row, length in
                    Array(texts.tokens[row * texts.width..<row * texts.width + length]) + [WordVocabulary.end]
                })
        }

        /// §3  L_txt: cross-entropy of the next word.
        static func loss(_ scores: Tensor, _ texts: TokenBatch) -> Tensor {
            scores.crossEntropy(targets(texts))
        }
    }
}

/// Each flag as often as a row is wide.
private func spread(_ flags: [Bool], over width: Int) -> [Bool] {
    var wide = Array(repeating: false, count: flags.count * width)
    for (row, flag) in flags.enumerated() where flag {
        for column in 0..<width { wide[row * width + column] = true }
    }
    return wide
}
