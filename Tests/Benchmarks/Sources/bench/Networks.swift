import Base
import Tensors

/// A network and one training step of it.
struct Network {
    let name: String
    let title: String
    /// Steps a round, so that a round takes about a second.
    let steps: Int
    /// The least ratio to PyTorch.
    let bar: Double
    /// Updates that one call of `step` makes.
    var updates = 1
    /// What a call of `step` does besides its updates; its time is taken off.
    var rest: () -> Void = {}
    let step: () -> Void
}

/// Training steps beside PyTorch eager: the same shapes, one thread each, rounds in turn.
func networks(where isWanted: (Network) -> Bool) throws {
    let all = ([perceptron(), transformer(), pictures()] + engineNetworks()).filter(isWanted)
    if all.isEmpty { return }
    let torch = Reference("torch")
    if torch == nil { print("python3 cannot import torch; the ratios are left out.") }
    row("training step", "Benchtop ms", "PyTorch ms", "ratio", "bar")
    for network in all {
        network.step()
        _ = torch?.seconds(network.name, 2)
        var ours: [Double] = [], theirs: [Double] = []
        for _ in 0..<7 {
            let count = network.steps * network.updates
            let rest = cpuSeconds(network.rest)
            let all = cpuSeconds { for _ in 0..<network.steps { network.step() } }
            ours.append((all - rest * Double(network.steps)) / Double(count))
            if let seconds = torch?.seconds(network.name, count) { theirs.append(seconds / Double(count)) }
        }
        let ratio = median(theirs) / median(ours)
        row(
            network.title, text(median(ours) * 1e3), text(median(theirs) * 1e3), text(ratio),
            ratio.isNaN ? "-" : "\(network.bar) \(ratio >= network.bar ? "met" : "MISSED")")
    }
    print()
}

/// MLP 64-256-256-10, batch 128, Adam.
func perceptron() -> Network {
    var random = RandomStream(seed: 1)
    let network = MLP([64, 256, 256, 10], using: &random)
    var adam = AdamW()
    let x = Tensor.gaussian([128, 64], using: &random)
    let targets = (0..<128).map { _ in random.below(10) }
    return Network(name: "mlp", title: "MLP 64-256-256-10, batch 128, Adam", steps: 500, bar: 2) {
        network(x).crossEntropy(targets).backward()
        adam.step(network, rate: 1e-3)
    }
}

private struct GPT: Module {
    let tokens, positions: Embedding
    let blocks: [TransformerBlock]
    let norm: LayerNorm
    let head: Linear
}

/// GPT of 4 layers, d 128, 4 heads, context 128, vocabulary 512, batch 16, AdamW.
func transformer() -> Network {
    var random = RandomStream(seed: 1)
    let (batch, context, width, vocabulary) = (16, 128, 128, 512)
    let model = GPT(
        tokens: Embedding(vocabulary, width, deviation: 0.02, using: &random),
        positions: Embedding(context, width, deviation: 0.02, using: &random),
        blocks: (0..<4).map { _ in TransformerBlock(width, heads: 4, using: &random) },
        norm: LayerNorm(width),
        head: Linear(width, vocabulary, bias: false, using: &random))
    var adam = AdamW(decay: 0.01)
    let text = (0..<batch * context).map { _ in random.below(vocabulary) }
    let targets = (0..<batch * context).map { _ in random.below(vocabulary) }
    let places = Array(0..<context)
    return Network(name: "gpt", title: "GPT 4 layers, d 128, context 128, batch 16", steps: 6, bar: 2) {
        let x = model.tokens(text, shape: [batch, context]) + model.positions(places)
        let y = model.blocks.reduce(x) { $1($0, causal: true) }
        model.head(model.norm(y)).crossEntropy(targets).backward()
        adam.step(model, rate: 1e-3)
    }
}

private struct UNet: Module {
    let stem: Conv2D
    let down, middle, up: UNetBlock
    let head: Conv2D
}

/// A stack of U-Net blocks on 32x32 pictures, batch 64: 3-32-32, half size, 64, back again.
func pictures() -> Network {
    var random = RandomStream(seed: 1)
    let model = UNet(
        stem: Conv2D(3, 32, using: &random), down: UNetBlock(32, 32, time: 64, using: &random),
        middle: UNetBlock(32, 64, time: 64, using: &random), up: UNetBlock(96, 32, time: 64, using: &random),
        head: Conv2D(32, 3, using: &random))
    var adam = AdamW()
    let x = Tensor.gaussian([64, 32, 32, 3], using: &random),
        noise = Tensor.gaussian([64, 32, 32, 3], using: &random)
    let time = Tensor.gaussian([64, 64], using: &random)
    return Network(name: "unet", title: "U-Net block stack, 32x32, batch 64", steps: 3, bar: 1.3) {
        let fine = model.down(model.stem(x), time)
        let coarse = model.middle(fine.averagePooled(), time).upsampled()
        let y = model.up(.concatenated([fine, coarse], axis: 3), time)
        model.head(y).meanSquaredError(noise).backward()
        adam.step(model, rate: 1e-3)
    }
}
