import Checkpoints
import Foundation
import Testing

@testable import Tensors

/// Operations, layers and optimisers against numbers from PyTorch, see Golden/make_golden.py.
@Suite struct PyTorchTests {
    struct Numbers: Decodable, Sendable {
        let shape: [Int]
        let values: [Float]
        func tensor(trains: Bool = false) -> Tensor { Tensor(values, shape, trains: trains) }
    }

    struct Case: Decodable, Sendable, CustomStringConvertible {
        let name: String
        let inputs: [Numbers]
        let output, weights: Numbers?
        let gradients: [Numbers]?
        let steps: [Numbers]?
        var description: String { name }
    }

    static let cases: [Case] = {
        guard let file = Bundle.module.url(forResource: "Golden/pytorch", withExtension: "json"),
            let data = try? Data(contentsOf: file)
        else { return [] }
        return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
    }()

    static let operations: [String: @Sendable ([Tensor]) -> Tensor] = [
        "linear": { $0[0].linear($0[1], $0[2]) }, "matmul": { $0[0].matmul($0[1]) }, "gelu": { $0[0].gelu() },
        "silu": { $0[0].silu() }, "tanh": { $0[0].tanh() }, "sigmoid": { $0[0].sigmoid() },
        "softplus": { $0[0].softplus() }, "logSigmoid": { $0[0].logSigmoid() }, "exp": { $0[0].exp() },
        "softmax": { $0[0].softmax() }, "logSoftmax": { $0[0].logSoftmax() },
        "normalised": { $0[0].normalised() }, "meanOfTokens": { $0[0].meanOfTokens() },
        "layerNorm": { $0[0].layerNorm($0[1], $0[2]) }, "rmsNorm": { $0[0].rmsNorm($0[1]) },
        "groupNorm": { $0[0].groupNorm($0[1], $0[2], groups: 3) },
        "crossEntropy": { $0[0].crossEntropy([1, 5, -1, 0]) },
        "binaryCrossEntropy": { $0[0].binaryCrossEntropy(Tensor([0, 1, 1, 0, 0.5, 1], [2, 3])) },
        "sigmoidFocalLoss": { $0[0].sigmoidFocalLoss(Tensor([0, 1, 1, 0, 0, 1], [2, 3])) },
        "divergence": { $0[0].logSoftmax().divergence(from: $0[1].logSoftmax()) },
        "attention": { $0[0].attention(over: $0[1], $0[2], heads: 2) },
        "attention causal": { $0[0].attention(over: $0[1], $0[2], heads: 2, causal: true) },
        "rotated": { $0[0].rotated(heads: 2) },
        "convolved": { $0[0].convolved($0[1], padding: (1, 1)) },
        "convolved stride": { $0[0].convolved($0[1], stride: 2, padding: (1, 1)) },
        "convolvedDepthwise": { $0[0].convolvedDepthwise($0[1], padding: (1, 1)) },
        "conv1D": { x in
            var random = RandomStream(seed: 1)
            var layer = Conv1D(3, 4, stride: 2, using: &random)
            (layer.weight, layer.bias) = (x[1], .zeros([4]))
            return layer(x[0])
        },
        "upsampled": { $0[0].upsampled() }, "averagePooled": { $0[0].averagePooled() },
        "gru": { x in
            .gru(x[0].linear(x[2], x[4]), x[1].linear(x[3], x[5]), x[1])
        },
    ]

    /// Layers with parameters of their own: the inputs after the first ones are copied into them. Also gives the
    /// tensors whose gradients are wanted, in the inputs' order.
    static let layers: [String: @Sendable ([Tensor]) -> (Tensor, [Tensor])] = [
        "transformerBlock": { x in
            var random = RandomStream(seed: 1)
            let layer = filled(TransformerBlock(8, heads: 2, using: &random), with: x.dropFirst())
            return (layer(x[0], causal: true), [x[0]] + layer.parameters)
        },
        "unetBlock": { x in
            var random = RandomStream(seed: 1)
            let layer = filled(UNetBlock(4, 6, time: 5, groups: 2, using: &random), with: x.dropFirst(2))
            return (layer(x[0], x[1]), [x[0], x[1]] + layer.parameters)
        },
    ]

    /// A layer whose parameters are replaced, in their order, by reading it back from a changed state.
    static func filled<Layer: Module>(_ layer: Layer, with values: ArraySlice<Tensor>) -> Layer {
        precondition(
            layer.parameters.count == values.count,
            "\(layer.parameters.count) parameters, \(values.count) values")
        for (parameter, value) in zip(layer.parameters, values) {
            precondition(parameter.shape == value.shape, "\(parameter.shape) is not \(value.shape)")
            parameter.pointer.update(from: value.pointer, count: value.count)
        }
        return layer
    }

    /// The result, and the tensors whose gradients are wanted.
    static func result(of name: String, _ inputs: [Tensor]) -> (Tensor, [Tensor])? {
        layers[name]?(inputs) ?? operations[name].map { ($0(inputs), inputs) }
    }

    func expectClose(_ found: [Float], _ wanted: [Float], _ what: String) {
        #expect(found.count == wanted.count, "\(what)")
        let worst = zip(found, wanted).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
        #expect(worst < 5e-5, "\(what)")
    }

    @Test func everyCaseIsKnown() {
        #expect(Self.cases.count == 35)
        let optimisers = ["AdamW", "Adam clipped", "SGD"]
        for one in Self.cases where one.steps == nil {
            #expect(Self.operations[one.name] != nil || Self.layers[one.name] != nil, "\(one)")
        }
        for one in Self.cases where one.steps != nil { #expect(optimisers.contains(one.name), "\(one)") }
    }

    @Test(arguments: cases.filter { $0.steps == nil })
    func forwardAndGradient(_ one: Case) throws {
        let inputs = one.inputs.map { $0.tensor(trains: true) }
        let (y, leaves) = try #require(Self.result(of: one.name, inputs))
        expectClose(y.values, try #require(one.output).values, "\(one): output")
        y.backward(gradient: try #require(one.weights).tensor())
        for (index, leaf) in leaves.enumerated() {
            let gradient = try #require(leaf.gradient, "\(one): gradient \(index) is missing")
            expectClose(
                gradient.values, try #require(one.gradients)[index].values, "\(one): gradient \(index)")
        }
    }

    @Test(arguments: cases.filter { $0.steps != nil })
    func optimiserSteps(_ one: Case) throws {
        let p = one.inputs[0].tensor(trains: true)
        var adamW = AdamW(rate: 0.01, beta2: 0.98, decay: 0.1), adam = AdamW(rate: 0.02)
        var sgd = SGD(rate: 0.1, momentum: 0.9, decay: 0.01)
        for (gradient, wanted) in zip(one.inputs.dropFirst(), try #require(one.steps)) {
            (p * gradient.tensor()).sum().backward()
            switch one.name {
            case "AdamW": adamW.step([p])
            case "SGD": sgd.step([p])
            default:
                clipGradients([p], to: 1)
                adam.step([p])
            }
            expectClose(p.values, wanted.values, "\(one)")
        }
    }
}
