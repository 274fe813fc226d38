import Base
import Tensors

/// Training steps of three plain networks.
var networks: [Work] {
    [
        .repeated(
            "mlp", "MLP 64-256-256-10, batch 128, Adam", count: 500, bar: 2, perceptron),
        .repeated(
            "gpt", "GPT 4 layers, d 128, context 128, batch 16", count: 4, bar: 1.8, share: 0.85
        ) {
            let step = transformer()
            return { _ = step() }
        },
        .repeated("unet", "U-Net block stack, 32x32, batch 64", count: 2, bar: 1.5, pictures),
    ]
}

/// MLP 64-256-256-10, batch 128, Adam.
private func perceptron() -> () -> Void {
    var random = RandomStream(seed: 1)
    let network = MLP([64, 256, 256, 10], using: &random)
    var adam = AdamW()
    let x = Tensor.gaussian([128, 64], using: &random)
    let targets = (0..<128).map { _ in random.below(10) }
    return {
        network(x).crossEntropy(targets).backward()
        adam.step(network, rate: 1e-3)
    }
}

/// The plain transformer, of which the samplers sample.
struct GPT: Module {
    static let context = 128, width = 128, vocabulary = 512

    let tokens, positions: Embedding
    let blocks: [TransformerBlock]
    let norm: LayerNorm
    let head: Linear

    init(using random: inout RandomStream) {
        tokens = Embedding(Self.vocabulary, Self.width, deviation: 0.02, using: &random)
        positions = Embedding(Self.context, Self.width, deviation: 0.02, using: &random)
        blocks = (0..<4).map { _ in TransformerBlock(Self.width, heads: 4, using: &random) }
        norm = LayerNorm(Self.width)
        head = Linear(Self.width, Self.vocabulary, bias: false, using: &random)
    }
}

/// GPT of 4 layers, d 128, 4 heads, context 128, vocabulary 512, batch 16, AdamW: a step that returns its loss.
func transformer() -> () -> Float {
    var random = RandomStream(seed: 1)
    let batch = 16
    let model = GPT(using: &random)
    let context = GPT.context
    var adam = AdamW(decay: 0.01)
    let text = (0..<batch * context).map { _ in random.below(GPT.vocabulary) }
    let targets = (0..<batch * context).map { _ in random.below(GPT.vocabulary) }
    let places = Array(0..<context)
    return {
        let x = model.tokens(text, shape: [batch, context]) + model.positions(places)
        let y = model.blocks.reduce(x) { $1($0, causal: true) }
        let loss = model.head(model.norm(y)).crossEntropy(targets)
        loss.backward()
        adam.step(model, rate: 1e-3)
        return loss.item
    }
}

private struct UNet: Module {
    let stem: Conv2D
    let down, middle, up: UNetBlock
    let head: Conv2D
}

/// A stack of U-Net blocks on 32x32 pictures, batch 64: 3-32-32, half size, 64, back again.
private func pictures() -> () -> Void {
    var random = RandomStream(seed: 1)
    let model = UNet(
        stem: Conv2D(3, 32, using: &random), down: UNetBlock(32, 32, time: 64, using: &random),
        middle: UNetBlock(32, 64, time: 64, using: &random),
        up: UNetBlock(96, 32, time: 64, using: &random),
        head: Conv2D(32, 3, using: &random))
    var adam = AdamW()
    let x = Tensor.gaussian([64, 32, 32, 3], using: &random)
    let noise = Tensor.gaussian([64, 32, 32, 3], using: &random)
    let time = Tensor.gaussian([64, 64], using: &random)
    return {
        let fine = model.down(model.stem(x), time)
        let coarse = model.middle(fine.averagePooled(), time).upsampled()
        let y = model.up(.concatenated([fine, coarse], axis: 3), time)
        model.head(y).meanSquaredError(noise).backward()
        adam.step(model, rate: 1e-3)
    }
}
