import Base
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
        let rates: [Double]?
        var description: String { name }
    }

    static let cases: [Case] = {
        guard let file = Bundle.module.url(forResource: "Golden/pytorch", withExtension: "json"),
            let data = try? Data(contentsOf: file)
        else { return [] }
        return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
    }()

    /// Operations that the table of the gradient test lacks, or has with other arguments.
    static let operations: [String: @Sendable ([Tensor]) -> Tensor] = [
        "meanOfTokens": { $0[0].meanOfTokens() },
        "maxOfRows": { $0[0].maxOfRows() },
        "permuted": { $0[0].permuted([2, 0, 1]) },
        "crossEntropy": { $0[0].crossEntropy([1, 5, -1, 0]) },
        "rotated": { $0[0].rotated(depth: $0[0].shape[2] / 2) },
        "convolved": { $0[0].convolved($0[1], padding: (1, 1)) },
        "convolved stride": { $0[0].convolved($0[1], stride: 2, padding: (1, 1)) },
        "conv1D": { x in
            var random = RandomStream(seed: 1)
            var layer = Conv1D(3, 4, stride: 2, using: &random)
            (layer.weight, layer.bias) = (x[1], .zeros([4]))
            return layer(x[0])
        },
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
        "swigluBlock": { x in
            var random = RandomStream(seed: 1)
            let block = TransformerBlock(
                8, heads: 2, feedForward: .swiglu, rotaryBase: 10_000, using: &random)
            let layer = filled(block, with: x.dropFirst())
            return (layer(x[0], causal: true), [x[0]] + layer.parameters)
        },
        "crossAttention": { x in
            var random = RandomStream(seed: 1)
            let layer = filled(
                MultiHeadAttention(8, heads: 2, context: 6, using: &random), with: x.dropFirst(2))
            return (layer(x[0], over: x[1]), [x[0], x[1]] + layer.parameters)
        },
        "gruLayer": { x in
            var random = RandomStream(seed: 1)
            let layer = filled(GRU(3, 4, using: &random), with: x.dropFirst())
            return (layer(x[0]), [x[0]] + layer.parameters)
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

    /// The result, and the tensors whose gradients are wanted; nil when there is no such operation or layer.
    static func result(of name: String, _ inputs: [Tensor]) -> (Tensor, [Tensor])? {
        if let layer = layers[name] { return layer(inputs) }
        let operation = operations[name] ?? Operation.all.first { $0.description == name }?.apply
        return operation.map { ($0(inputs), inputs) }
    }

    static func expectClose(_ found: [Float], _ wanted: [Float], _ what: String) {
        #expect(found.count == wanted.count, "\(what)")
        let worst = zip(found, wanted).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
        #expect(worst < 5e-5, "\(what)")
    }

    @Test func allCasesAreRead() { #expect(Self.cases.count == 65) }

    @Test(arguments: cases.filter { $0.gradients != nil })
    func forwardAndGradient(_ one: Case) throws { try Self.check(one) }

    static func check(_ one: Case) throws {
        let inputs = one.inputs.map { $0.tensor(trains: true) }
        let (y, leaves) = try #require(result(of: one.name, inputs), "no operation is called \(one)")
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
        var adamW = AdamW(beta2: 0.98, decay: 0.1), adam = AdamW()
        var groups = AdamW(decay: 0.1), sgd = SGD(momentum: 0.9, decay: 0.01)
        for (gradient, wanted) in zip(one.inputs.dropFirst(), try #require(one.steps)) {
            (p * gradient.tensor()).sum().backward()
            switch one.name {
            case "AdamW": adamW.step(p, rate: 0.01)
            case "AdamW groups": groups.step(p, rate: 0.01) { _, _ in ParameterGroup(rate: 4) }
            case "SGD": sgd.step(p, rate: 0.1)
            case "Adam clipped": adam.step(p, rate: 0.02, clip: 1)
            default: Issue.record("no optimiser is called \(one)")
            }
            Self.expectClose(p.values, wanted.values, "\(one)")
        }
    }

    @Test(arguments: cases.filter { $0.rates != nil })
    func learningRates(_ one: Case) throws {
        let schedule = try #require(Schedule(rawValue: one.name))
        for (step, rate) in try #require(one.rates).enumerated() {
            #expect(abs(schedule.factor(at: step, of: 100, floor: 0.1) - rate) < 1e-9, "\(one), step \(step)")
        }
    }
}
