import Base
import Checkpoints
import Foundation
import Testing

@testable import Tensors

/// Which tensors a module has, which of them train, and that an optimiser moves just those.
@Suite struct ModuleTests {
    /// All that a part of a network may be: lists, optionals, enums, settings, a base that does not change.
    struct Network: Module {
        enum Head: Codable {
            case plain(Linear)
            case adapted(down: Linear, Linear)
        }

        let words: Embedding
        private(set) var layers: [Linear]
        let bias: Tensor
        let gate: Linear?
        let none: Linear?
        var head: Head
        let names: [String]
        let depth: Int, rate: Float?
        let activation: Activation
        @Frozen var base: Linear

        init(_ random: inout RandomStream) {
            words = Embedding(5, 4, using: &random)
            layers = (0..<2).map { _ in Linear(4, 4, using: &random) }
            bias = .zeros([3], trains: true)
            gate = Linear(4, 4, bias: false, using: &random)
            none = nil
            head = .adapted(
                down: Linear(4, 2, using: &random),
                Linear(4, 4, using: &random).adapted(rank: 2, alpha: 2, using: &random))
            names = ["a", "b"]
            (depth, rate, activation) = (3, 0.5, .gelu)
            _base = Frozen(wrappedValue: Linear(4, 4, using: &random))
        }
    }

    static func network() -> Network {
        var random = RandomStream(seed: 51)
        return Network(&random)
    }

    @Test func tensorsComeInTheOrderOfDeclaration() {
        let network = Self.network()
        #expect(
            network.namedTensors.map(\.name) == [
                "words.table", "layers.Index 0.weight", "layers.Index 0.bias", "layers.Index 1.weight",
                "layers.Index 1.bias", "bias", "gate.weight", "head.down.weight",
                "head.down.bias", "head._1.weight", "head._1.bias",
                "head._1.adapter.a", "head._1.adapter.b",
            ])
        #expect(
            network.tensors.map(ObjectIdentifier.init)
                == network.namedTensors.map { ObjectIdentifier($0.tensor) })
        #expect(network.tensors.first === network.words.table)
    }

    /// The base under adapters does not train, and what is frozen as a whole is not looked into.
    @Test func parametersAreWhatTrains() {
        let network = Self.network(), names = network.namedTensors.filter(\.tensor.trains).map(\.name)
        #expect(network.parameters.count == network.tensors.count - 2)
        #expect(names.filter { $0.hasPrefix("head._1") } == ["head._1.adapter.a", "head._1.adapter.b"])
        #expect(network.parameterCount == 20 + 2 * 20 + 3 + 16 + 10 + 8 + 8)
    }

    /// Under the names of the checkpoint that Python opens.
    @Test func namesAreThoseOfASavedState() throws {
        let network = Self.network()
        let saved = try Safetensors(StateCoding.encode(network)).tensors.keys
        #expect(Set(network.namedTensors.map(\.name)).isSubset(of: saved))
    }

    @Test func aFrozenCopyIsEqualAndStays() throws {
        let network = Self.network(), copy = try network.frozen()
        #expect(copy.parameters.isEmpty && copy.tensors.map(\.values) == network.tensors.map(\.values))
        network.bias.pointer[0] = 7
        #expect(copy.bias.values[0] == 0)
        // It also stays as it is when it is saved and read.
        #expect(try copy.copied().parameters.isEmpty)
        #expect(try network.copied().parameters.count == network.parameters.count)
    }

    /// One loss of all that trains, so that each parameter gets a gradient.
    static func loss(_ module: some Module) -> Tensor {
        module.parameters.map { ($0 + 1).square().sum() }.reduce(Tensor.zeros([]), +)
    }

    @Test func aStepMovesAllThatTrainsAndNothingElse() {
        let network = Self.network(), before = network.tensors.map(\.values)
        var adam = AdamW(), sgd = SGD()
        Self.loss(network).backward()
        adam.step(network, rate: 0.1)
        Self.loss(network).backward()
        sgd.step(network, rate: 0.1)
        for ((name, tensor), old) in zip(network.namedTensors, before) {
            #expect((tensor.values != old) == tensor.trains, "\(name)")
            #expect(tensor.gradient == nil)
        }
    }

    @Test func aNetworkThatChangedUnderItsOptimiserIsNamed() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var adam = AdamW()
            adam.step([Tensor.zeros([2, 3], trains: true)], rate: 1)
            adam.step([Tensor.zeros([3, 2], trains: true)], rate: 1)
        }
        let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(said.contains("AdamW knows parameter 0 with shape [2, 3], not [3, 2]"))
    }

    /// All gradients share one norm, and shorter ones stay as they are.
    @Test(arguments: [(5.0, 1.0), (1.0, 0.2), (50, 1)]) func longGradientsAreScaledDown(
        _ limit: Double, _ share: Float
    ) {
        let a = Tensor([0], trains: true), b = Tensor([0], trains: true)
        (a * 3 + b * 4).backward()
        var sgd = SGD()
        sgd.step([a, b], rate: 1, clip: limit)
        #expect(abs(a.item + 3 * share) < 1e-5 && abs(b.item + 4 * share) < 1e-5)
    }

    /// LoRA+: the matrices B at a multiple of the rate, and vectors without decay.
    @Test func groupsHaveRatesAndDecaysOfTheirOwn() throws {
        var random = RandomStream(seed: 52)
        let layer = Linear(3, 2, using: &random).adapted(rank: 2, alpha: 2, using: &random)
        let network = [Tensor([1, 1], trains: true)]
        var adam = AdamW(decay: 0.5), plain = AdamW(decay: 0.5)
        let lora = try #require(layer.adapter), a = lora.a.values
        Self.loss(layer).backward()
        adam.step(layer, rate: 0.01) { name, _ in ParameterGroup(rate: name.hasSuffix("b") ? 16 : 1) }
        // Adam's first step is the rate, whatever the gradient is.
        #expect(lora.b.values.allSatisfy { abs($0 + 0.16) < 1e-4 })
        for (new, old) in zip(lora.a.values, a) {
            #expect(abs(new - (old * (1 - 0.005) - (old + 1 > 0 ? 0.01 : -0.01))) < 1e-4)
        }
        Self.loss(network).backward()
        plain.step(network, rate: 0.01) { _, tensor in ParameterGroup(decays: tensor.shape.count > 1) }
        #expect(network[0].values.allSatisfy { abs($0 - 0.99) < 1e-4 })
    }
}
