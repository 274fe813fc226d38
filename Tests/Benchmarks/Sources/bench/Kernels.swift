import Base
import Tensors

/// Single operations, each beside what PyTorch has for it, with its gradient where it has one.
var kernels: [Work] {
    [
        .repeated("product", "512 x 512 product", .product, count: 40) { product() },
        .repeated("adaln", "layer norm with modulation, 20 x 32 x 64, gradient", .kernel, count: 500) {
            modulatedNorm()
        },
        .repeated(
            "onequery", "attention of one query, 64 x 128 keys, 4 heads of 32", .kernel, count: 50
        ) {
            oneQuery()
        },
        .repeated("headbias", "attention, bias of each head, 16 x 64, gradient", .kernel, count: 20) {
            biasedAttention()
        },
        .repeated("rotary", "rotary of half of each head, 64 x 64 x 128, gradient", .kernel, count: 50) {
            rotary()
        },
        .repeated("int8", "layer in 8-bit numbers, 64 x 512 x 2048", .kernel, count: 50) {
            quantised()
        },
        .repeated("sine", "sine of 2^18 numbers", .kernel, count: 100) { sine() },
        .repeated("noise", "2^18 normal numbers", .kernel, count: 50) { noise() },
    ]
}

private func product() -> () -> Void {
    var random = RandomStream(seed: 1)
    let a = Tensor.gaussian([512, 512], using: &random)
    let b = Tensor.gaussian([512, 512], using: &random)
    return { _ = a.matmul(b) }
}

/// The sum of an operation's results, and the gradients of all that it is of.
private func withGradient(_ operands: [Tensor], _ operation: @escaping () -> Tensor) -> () -> Void {
    {
        operation().sum().backward()
        for operand in operands { operand.clearGradient() }
    }
}

private func parameter(_ shape: [Int], _ random: inout RandomStream) -> Tensor {
    .gaussian(shape, trains: true, using: &random)
}

private func modulatedNorm() -> () -> Void {
    var random = RandomStream(seed: 1)
    let x = parameter([20, 32, 64], &random)
    let scale = parameter([20, 64], &random)
    let shift = parameter([20, 64], &random)
    return withGradient([x, scale, shift]) { x.modulatedLayerNorm(scale: scale, shift: shift) }
}

private func oneQuery() -> () -> Void {
    var random = RandomStream(seed: 1)
    let q = Tensor.gaussian([64, 1, 128], using: &random)
    let k = Tensor.gaussian([64, 128, 128], using: &random)
    let v = Tensor.gaussian([64, 128, 128], using: &random)
    return { _ = q.attention(over: k, v, heads: 4) }
}

private func biasedAttention() -> () -> Void {
    var random = RandomStream(seed: 1)
    let q = parameter([16, 64, 128], &random)
    let k = parameter([16, 64, 128], &random)
    let v = parameter([16, 64, 128], &random)
    let bias = parameter([4, 64, 64], &random)
    return withGradient([q, k, v, bias]) { q.attention(over: k, v, heads: 4, bias: bias) }
}

private func rotary() -> () -> Void {
    var random = RandomStream(seed: 1)
    let x = parameter([64, 64, 128], &random)
    return withGradient([x]) { x.rotated(depth: 32, part: 16) }
}

private func quantised() -> () -> Void {
    var random = RandomStream(seed: 1)
    let layer = QuantisedLinear(Linear(512, 2_048, using: &random))
    let x = Tensor.gaussian([64, 512], using: &random)
    return { _ = layer(x) }
}

private func sine() -> () -> Void {
    var random = RandomStream(seed: 1)
    let x = Tensor.gaussian([1 << 18], using: &random)
    return { _ = x.sine() }
}

private func noise() -> () -> Void {
    var random = RandomStream(seed: 1)
    return { _ = Tensor.noise([1 << 18], using: &random) }
}
