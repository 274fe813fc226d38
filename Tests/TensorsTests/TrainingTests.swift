import Base
import Checkpoints
import Foundation
import Testing

@testable import Tensors

/// Whole training steps: memory, determinism, learning.
@Suite(.serialized) struct TrainingTests {
    /// A network with one training step and its losses.
    struct Learner: Codable {
        var network: Network
        var adam = AdamW(decay: 0.01)
        var random: RandomStream

        struct Network: Module {
            let tokens: Embedding
            let blocks: [TransformerBlock]
            let head: Linear
        }

        init(seed: UInt64) {
            var random = RandomStream(seed: seed)
            network = Network(
                tokens: Embedding(12, 32, deviation: 0.1, using: &random),
                blocks: (0..<2).map { _ in TransformerBlock(32, heads: 2, rotaryBase: 100, using: &random) },
                head: Linear(32, 12, using: &random))
            self.random = random
        }

        /// Learns to repeat the first half of a sequence.
        mutating func step() -> Float {
            let half = (0..<8).map { _ in (0..<6).map { _ in random.below(12) } }
            let text = half.flatMap { $0 + $0.dropLast() }
            let targets = half.flatMap { Array(repeating: -1, count: 5) + $0 }
            let x = network.tokens(text, shape: [8, 11])
            let y = network.blocks.reduce(x) { $1($0, causal: true) }
            let loss = network.head(y).crossEntropy(targets)
            loss.backward()
            adam.step(network, rate: 3e-3, clip: 1)
            return loss.item
        }
    }

    @Test func aTransformerLearnsToCopy() {
        var learner = Learner(seed: 1)
        let losses = (0..<400).map { _ in learner.step() }
        #expect(losses[0] > 2.2)
        #expect(losses.suffix(20).reduce(0, +) / 20 < 0.15)
    }

    @Test func equalSeedsGiveEqualBitsAlsoOnTwoThreads() async {
        func run(_ seed: UInt64) -> [UInt32] {
            var learner = Learner(seed: seed)
            return (0..<15).map { _ in learner.step().bitPattern }
        }
        let alone = run(5)
        async let first = Task.detached { run(5) }.value
        async let second = Task.detached { run(6) }.value
        let (a, b) = await (first, second)
        #expect(a == alone)
        #expect(b != alone && b == run(6))
    }

    @Test func aSavedLearnerGoesOnBitForBit() throws {
        var learner = Learner(seed: 3)
        for _ in 0..<5 { _ = learner.step() }
        var other = try StateCoding.decode(Learner.self, from: StateCoding.encode(learner))
        for _ in 0..<5 { #expect(learner.step().bitPattern == other.step().bitPattern) }
    }

    /// One step of each kind of network: perceptron, transformer, pictures, recurrent.
    func warmSteps() -> [(name: String, step: () -> Void)] {
        var random = RandomStream(seed: 2)
        let mlp = MLP([16, 64, 8], using: &random),
            block = UNetBlock(8, 16, time: 8, groups: 4, using: &random)
        let gru = GRU(8, 24, using: &random),
            lora = Linear(16, 8, using: &random).adapted(rank: 2, alpha: 4, using: &random)
        let x = Tensor.gaussian([32, 16], using: &random),
            pictures = Tensor.gaussian([4, 8, 8, 8], using: &random)
        let time = Tensor.gaussian([4, 8], using: &random),
            series = Tensor.gaussian([4, 9, 8], using: &random)
        var learner = Learner(seed: 4), adams = (0..<4).map { _ in AdamW() }
        return [
            ("transformer", { _ = learner.step() }),
            (
                "mlp",
                {
                    mlp(x).square().mean().backward(); adams[0].step(mlp, rate: 1e-3)
                }
            ),
            (
                "unet",
                {
                    block(pictures, time).square().mean().backward(); adams[1].step(block, rate: 1e-3)
                }
            ),
            (
                "gru",
                {
                    gru(series).square().mean().backward(); adams[2].step(gru, rate: 1e-3)
                }
            ),
            (
                "lora",
                {
                    lora(x).square().mean().backward(); adams[3].step(lora, rate: 1e-3)
                }
            ),
        ]
    }

    @Test func aWarmStepTakesNoMemoryFromTheSystem() {
        for (name, step) in warmSteps() {
            for _ in 0..<3 { step() }
            let before = Compute.poolMisses
            for _ in 0..<5 { step() }
            #expect(Compute.poolMisses == before, "\(name)")
        }
    }

    @Test func averagesFollow() throws {
        var random = RandomStream(seed: 9)
        let student = Linear(4, 3, using: &random), teacher = try student.frozen()
        let before = student.weight.values
        student.weight.pointer[0] = 5
        followAverage(teacher, of: student, decay: 0.9)
        #expect(abs(teacher.weight.values[0] - (0.9 * before[0] + 0.5)) < 1e-6)
    }

    /// Projecting all tokens, as the definition does, and splitting them into heads.
    @Test func attentionPoolingIsMultiHeadAttentionOfItsQueries() {
        var random = RandomStream(seed: 14)
        let pool = AttentionPooling(8, heads: 2, queries: 3, using: &random), lengths = [4, 6]
        let x = Tensor.gaussian([2, 6, 8], using: &random), parameters = pool.parameters
        let (query, key, value) = (parameters[0], parameters[1], (parameters[2], parameters[3]))
        let attended = query.gathered([0, 1, 2, 0, 1, 2], [2, 3]).attention(
            over: x.linear(key), x.linear(value.0, value.1), heads: 2, lengths: lengths)
        let wanted = attended.linear(parameters[4], parameters[5]), found = pool(x, lengths: lengths)
        #expect(found.shape == [2, 3, 8])
        #expect(zip(found.values, wanted.values).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func linearWithWhatFollowsIsItsParts() {
        var random = RandomStream(seed: 15)
        for rows in [5, 40] {
            let layer = Linear(6, 12, using: &random), x = Tensor.gaussian([rows, 6], using: &random)
            let residual = Tensor.gaussian([rows, 12], using: &random), plain = layer(x)
            for (found, wanted) in [
                (layer(x, then: .gelu), plain.gelu()), (layer(x, then: .relu), plain.relu()),
                (layer(x, adding: residual), plain + residual),
            ] {
                #expect(zip(found.values, wanted.values).allSatisfy { abs($0 - $1) < 1e-5 })
            }
        }
    }

    /// Whether two ways to compute something agree, and the gradients that they give the parameters.
    private func expectEqual(_ parameters: [Tensor], _ found: Tensor, _ wanted: Tensor) {
        var random = RandomStream(seed: 16)
        let dy = Tensor.gaussian(found.shape, using: &random)
        let gradients = [found, wanted].map { y in
            y.backward(gradient: dy)
            defer { for parameter in parameters { parameter.clearGradient() } }
            return parameters.map { $0.gradient?.values ?? [] }
        }
        #expect(zip(found.values, wanted.values).allSatisfy { abs($0 - $1) < 1e-5 })
        for (a, b) in zip(gradients[0], gradients[1]) {
            let largest = b.map(abs).max() ?? 0
            #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 * largest })
        }
    }

    /// Of many entries, so that they are worked on in several lots.
    @Test func selfAttentionIsThatOfItsParts() {
        var random = RandomStream(seed: 13)
        let input = Linear(8, 24, using: &random), output = Linear(8, 8, using: &random)
        let x = Tensor.gaussian([900, 5, 8], trains: true, using: &random)
        for lengths in [nil, (0..<900).map { 1 + $0 % 5 }] {
            let qkv = input(x), parts = (0..<3).map { qkv.slice(8 * $0..<8 * $0 + 8, axis: 2) }
            let mixed = parts[0].rotated(depth: 4).attention(
                over: parts[1].rotated(depth: 4), parts[2], heads: 2, causal: true, lengths: lengths)
            let found = x.selfAttention(
                input, output, heads: 2, rotary: Rotary(base: 10_000), causal: true, lengths: lengths,
                adding: x)
            expectEqual([x] + input.parameters + output.parameters, found, output(mixed) + x)
        }
    }

    /// Of many rows, so that they are worked on in several lots.
    @Test(arguments: [FeedForward.Kind.gelu, .swiglu]) func feedForwardIsThatOfItsParts(
        _ kind: FeedForward.Kind
    ) {
        var random = RandomStream(seed: 17)
        let network = FeedForward(8, kind, using: &random), parameters = network.parameters
        let layers = stride(from: 0, to: parameters.count, by: 2).map {
            Linear(weight: parameters[$0], bias: parameters[$0 + 1])
        }
        let x = Tensor.gaussian([4_000, 8], trains: true, using: &random)
        let hidden = kind == .gelu ? layers[0](x).gelu() : layers[0](x) * layers[1](x).silu()
        expectEqual([x] + parameters, network(x, adding: x), layers[layers.count - 1](hidden) + x)
    }

    @Test func schedules() {
        #expect(Schedule.cosine.factor(at: 5, of: 100, warmUp: 10) == 0.5)
        #expect(abs(Schedule.cosine.factor(at: 55, of: 100, warmUp: 10) - 0.5) < 1e-12)
        #expect(abs(Schedule.linear.factor(at: 100, of: 100, floor: 0.1) - 0.1) < 1e-12)
        #expect(Schedule.constant.factor(at: 50, of: 100) == 1)
    }

    @Test func dropoutKeepsTheMeanAndFollowsItsStream() {
        var first = RandomStream(seed: 4), second = RandomStream(seed: 4)
        let x = Tensor.full([20_000], 1), y = x.dropout(0.25, using: &first)
        #expect(Set(y.values) == [0, 1 / 0.75])
        #expect(abs(y.mean().item - 1) < 0.02)
        #expect(y.values == x.dropout(0.25, using: &second).values)
        #expect(y.values != x.dropout(0.25, using: &second).values)
    }

    @Test func aTensorIsOnlySavedWithItsState() throws {
        let tensor = Tensor([1, -0.0, .nan, 3], [2, 2], trains: true)
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(tensor) }
        let back = try StateCoding.decode(Tensor.self, from: StateCoding.encode(tensor))
        #expect(back.shape == [2, 2] && back.trains)
        #expect(back.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
}
