import Base
import Tensors

/// Rebuilds an image from a few of its patches and an embedding: a masked autoencoder's decoder (He et al. 2022) whose
/// one way to the rest of the image is the embedding.
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
    /// - Returns: [images, tokens, patch].
    func callAsFunction(_ x: Tensor, _ embedding: Tensor, isHidden: [Bool]) -> Tensor {
        let (images, tokens) = (x.shape[0], x.shape[1])
        let masks = hidden.gathered(Array(repeating: 0, count: images * tokens), [images, tokens])
        let seen = patches(x).replacing(where: spread(isHidden, over: Size.width), with: masks) + positions
        let first = latent(embedding).reshaped([images, 1, Size.width])
        let y = block(.concatenated([first, seen], axis: 1)).slice(1..<tokens + 1, axis: 1)
        return output(norm(y))
    }

    /// §3  L_img: the mean squared error over the hidden patches alone.
    static func loss(_ rebuilt: Tensor, _ truth: Tensor, isHidden: [Bool]) -> Tensor {
        let shown = spread(isHidden.map { !$0 }, over: truth.shape[2])
        let count = Float(max(1, isHidden.count { $0 }) * truth.shape[2])
        return (rebuilt - truth).filled(0, where: shown).square().sum() * (1 / count)
    }

    var parameters: [Tensor] {
        latent.parameters + patches.parameters + [hidden, positions] + block.parameters + norm.parameters
            + output.parameters
    }
}

/// Says a text word by word, with an embedding as its first token.
struct TextDecoder: Module {
    private var latent, output: Linear
    private var words: Embedding
    /// [1 + longest, d]
    private var positions: Tensor
    private var block: TransformerBlock
    private var norm: LayerNorm

    init(_ vocabulary: Vocabulary, using random: inout RandomStream) {
        latent = Linear(Size.width, Size.width, using: &random)
        words = Embedding(vocabulary.count, Size.width, deviation: 0.1, using: &random)
        positions = .gaussian(
            [1 + vocabulary.longest, Size.width], deviation: 0.02, trains: true, using: &random)
        block = TransformerBlock(Size.width, heads: Size.heads, using: &random)
        norm = LayerNorm(Size.width)
        output = Linear(Size.width, vocabulary.count, using: &random)
    }

    /// Scores of each next word, the end after the last: [texts, 1 + width, words]
    func callAsFunction(_ texts: TextBatch, _ embedding: Tensor) -> Tensor {
        let first = latent(embedding).reshaped([texts.count, 1, Size.width])
        let rest = words(texts.tokens, shape: [texts.count, texts.width])
        let x = .concatenated([first, rest], axis: 1) + positions.slice(0..<1 + texts.width)
        return output(norm(block(x, causal: true)))
    }

    /// §3  L_txt: cross-entropy of the next word.
    static func loss(_ scores: Tensor, _ texts: TextBatch) -> Tensor { scores.crossEntropy(texts.targets) }

    var parameters: [Tensor] {
        latent.parameters + words.parameters + [positions] + block.parameters + norm.parameters
            + output.parameters
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
