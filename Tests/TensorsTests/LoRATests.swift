import Base
import Foundation
import Testing

@testable import Tensors

/// Adapters beside frozen layers, by themselves and inside fused operations.
@Suite struct LoRATests {
    /// LoraLinear of MusicInfuser's code in double precision.
    struct Golden: Decodable {
        let r: Int, alpha: Double
        let W: [[Float]], b: [Float], A: [[Float]], B: [[Float]], x: [[Float]]
        let y_at_init_B_zero: [[Float]], y: [[Float]], W_merged: [[Float]]
    }

    static func matrix(_ rows: [[Float]]) -> Tensor {
        Tensor(rows.flatMap { $0 }, [rows.count, rows[0].count])
    }

    @Test func agreesWithTheOfficialLayer() throws {
        let file = try #require(
            Bundle.module.url(forResource: "Golden/musicinfuser-lora", withExtension: "json"))
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        let base = Linear(weight: Self.matrix(golden.W), bias: Tensor(golden.b)), x = Self.matrix(golden.x)
        var random = RandomStream(seed: 1)
        let start = base.adapted(rank: golden.r, alpha: golden.alpha, using: &random)
        PyTorchTests.expectClose(start(x).values, golden.y_at_init_B_zero.flatMap { $0 }, "B = 0")
        let lora = LoRA(a: Self.matrix(golden.A), b: Self.matrix(golden.B), alpha: golden.alpha)
        let layer = Linear(weight: base.weight, bias: base.bias, adapter: lora)
        PyTorchTests.expectClose(layer(x).values, golden.y.flatMap { $0 }, "y")
        PyTorchTests.expectClose(layer.merged.weight.values, golden.W_merged.flatMap { $0 }, "W merged")
        PyTorchTests.expectClose(layer.merged(x).values, golden.y.flatMap { $0 }, "y of the merged layer")
    }

    /// Kaiming-uniform with a slope of sqrt(5): sqrt(6 / (1 + 5)) / sqrt(inputs).
    @Test func startsAtTheFrozenLayer() throws {
        var random = RandomStream(seed: 10)
        let base = Linear(16, 3, using: &random), x = Tensor.gaussian([2, 16], using: &random)
        let layer = base.adapted(rank: 40, alpha: 8, using: &random), lora = try #require(layer.adapter)
        #expect(
            layer(x).values == base(x).values
                && layer(x, adding: base(x)).values == base(x, adding: base(x)).values)
        let largest = try #require(lora.a.values.map(abs).max())
        #expect(largest <= 0.25 && largest > 0.24)
        #expect(lora.b.values.allSatisfy { $0 == 0 } && lora.scale == 0.2)
    }

    /// The whole block, so that no fused operation may pass the adapters by.
    @Test(arguments: [FeedForward.Kind.gelu, .swiglu]) func onlyAdaptersOfABlockTrain(
        _ kind: FeedForward.Kind
    ) throws {
        var random = RandomStream(seed: 11)
        let made = TransformerBlock(
            8, heads: 2, feedForward: kind, rotaryBase: 100, context: 6, using: &random)
        var block = try made.frozen()
        block.adapt(rank: 2, alpha: 2, feedForward: true, using: &random)
        let x = Tensor.gaussian([2, 5, 8], using: &random),
            context = Tensor.gaussian([2, 3, 6], using: &random)
        let before = made(x, over: context, causal: true).values
        let names = block.namedTensors.filter(\.tensor.trains).map(\.name)
        #expect(names.count == 2 * (2 + 4 + (kind == .gelu ? 2 : 3)))
        #expect(names.allSatisfy { $0.hasSuffix("adapter.a") || $0.hasSuffix("adapter.b") })
        #expect(zip(block(x, over: context, causal: true).values, before).allSatisfy { abs($0 - $1) < 1e-5 })
        // B is 0 at first and lets nothing through to A: the second step moves both.
        var adam = AdamW()
        let start = block.tensors.map(\.values)
        for _ in 0..<2 {
            block(x, over: context, causal: true).square().sum().backward()
            #expect(block.parameters.allSatisfy { $0.gradient != nil })
            adam.step(block, rate: 0.01)
        }
        for ((name, tensor), old) in zip(block.namedTensors, start) {
            #expect((tensor.values != old) == tensor.trains, "\(name)")
        }
        let moved = block(x, over: context, causal: true).values
        #expect(zip(moved, before).contains { abs($0 - $1) > 1e-3 })
    }

    @Test func aSavedAdapterIsReadAsItIs() throws {
        var random = RandomStream(seed: 12)
        let layer = Linear(4, 3, using: &random).adapted(rank: 2, alpha: 4, using: &random)
        let copy = try layer.copied()
        #expect(copy.parameters.map(\.values) == layer.parameters.map(\.values))
        #expect(copy.adapter?.scale == 2)
        #expect(try layer.frozen().parameters.isEmpty)
    }
}
