import Base
import Foundation
import Testing

@testable import Tensors

/// The options of a transformer block, and what it attends to.
@Suite struct TransformerTests {
    /// A block whose modulation is away from its zero start.
    static func modulated(_ random: inout RandomStream, context: Int? = nil) -> TransformerBlock {
        let block = TransformerBlock(
            8, heads: 2, norm: .plainLayer, rotaryBase: 100, context: context, condition: 5, using: &random)
        for (name, tensor) in block.namedTensors where name.hasPrefix("modulation") {
            for i in 0..<tensor.count { tensor.pointer[i] = Float(0.3 * random.gaussian()) }
        }
        return block
    }

    /// Loss of one block by each of its parameters, against central differences.
    @Test(arguments: [Norm.Kind.layer, .rms, .plainLayer, .plainRMS])
    func gradientsOfAllParametersMatchDifferences(_ norm: Norm.Kind) throws {
        var random = RandomStream(seed: 31)
        let block = TransformerBlock(
            8, heads: 2, norm: norm, feedForward: .swiglu, feedForwardBias: false, rotaryBase: 100,
            context: 6,
            condition: 5, using: &random)
        let x = Tensor.gaussian([2, 3, 8], using: &random),
            context = Tensor.gaussian([2, 4, 6], using: &random)
        let condition = Tensor.gaussian([2, 5], using: &random)
        let weights = Tensor.gaussian([2, 3, 8], using: &random)
        for (name, tensor) in block.namedTensors where name.hasPrefix("modulation") {
            for i in 0..<tensor.count { tensor.pointer[i] = Float(0.3 * random.gaussian()) }
        }
        func y() -> Tensor {
            block(x, over: context, contextLengths: [2, 4], condition: condition, causal: true)
        }
        (y() * weights).sum().backward()
        for (name, tensor) in block.namedTensors {
            let gradient = try #require(tensor.gradient, "\(name)").values
            for place in random.choose(min(3, tensor.count), of: tensor.count) {
                let old = tensor.pointer[place]
                func value(_ shift: Float) -> Double {
                    tensor.pointer[place] = old + shift
                    defer { tensor.pointer[place] = old }
                    return zip(withoutGradient(y).values, weights.values)
                        .reduce(0) { $0 + Double($1.0) * Double($1.1) }
                }
                let difference = (value(1e-2) - value(-1e-2)) / 2e-2
                let scale = max(1, abs(difference))
                #expect(abs(Double(gradient[place]) - difference) < 0.02 * scale, "\(name), \(place)")
            }
        }
    }

    /// AdaLN-Zero: gates of 0 add nothing.
    @Test func aModulatedBlockBeginsAsTheIdentity() {
        var random = RandomStream(seed: 32)
        let block = TransformerBlock(8, heads: 2, norm: .plainLayer, condition: 5, using: &random)
        let x = Tensor.gaussian([2, 3, 8], using: &random), c = Tensor.gaussian([2, 5], using: &random)
        #expect(block(x, condition: c).values == x.values)
    }

    /// norm(x) (1 + scale) + shift with the entry's own numbers, and the gate on what is added.
    @Test func aConditionShiftsScalesAndGates() {
        var random = RandomStream(seed: 33)
        let block = Self.modulated(&random), x = Tensor.gaussian([2, 3, 8], using: &random)
        let c = Tensor.gaussian([2, 5], using: &random), p = block.parameters
        let all = c.silu().linear(p[p.count - 2], p[p.count - 1])
        for entry in 0..<2 {
            let m = (0..<6).map {
                all.slice(entry..<entry + 1).slice($0 * 8..<$0 * 8 + 8, axis: 1).reshaped([8])
            }
            let own = x.slice(entry..<entry + 1)
            let read = own.layerNorm() * (m[1] + 1) + m[0]
            let y =
                own + read.selfAttention(
                    Linear(weight: p[0], bias: p[1]), Linear(weight: p[2], bias: p[3]), heads: 2,
                    rotary: Rotary(base: 100))
                * m[2]
            let second = y.layerNorm() * (m[4] + 1) + m[3]
            let wanted =
                y + second.feedForward(
                    nil, Linear(weight: p[4], bias: p[5]), Linear(weight: p[6], bias: p[7])) * m[5]
            let found = block(x, condition: c).slice(entry..<entry + 1)
            #expect(zip(found.values, wanted.values).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    /// The order in which an optimiser clips: of blocks with a context, norms first.
    @Test func theOrderOfParametersIsKept() {
        var random = RandomStream(seed: 34)
        func parts(_ block: TransformerBlock) -> [String] {
            block.namedTensors.map { String($0.name.prefix { $0 != "." }) }.reduce(into: []) {
                if $0.last != $1 { $0.append($1) }
            }
        }
        #expect(
            parts(TransformerBlock(8, heads: 2, using: &random))
                == ["attentionNorm", "attention", "feedForwardNorm", "feedForward"])
        #expect(
            parts(TransformerBlock(8, heads: 2, context: 4, condition: 3, using: &random)) == [
                "attentionNorm", "contextNorm", "feedForwardNorm", "attention", "crossAttention",
                "feedForward",
                "modulation",
            ])
    }

    /// A zero output layer leaves the residual around a cross-attention alone; other layers are used as they are given.
    @Test func crossAttentionTakesGivenLayers() {
        var random = RandomStream(seed: 35)
        let x = Tensor.gaussian([2, 4, 6], using: &random),
            context = Tensor.gaussian([2, 5, 7], using: &random)
        let query = Linear(6, 8, using: &random), key = Linear(7, 8, using: &random)
        let value = Linear(7, 8, using: &random), output = Linear(8, 6, using: &random)
        let zero = MultiHeadAttention(query: query, key: key, value: value, output: .zeros(8, 6), heads: 2)
        #expect(zero(x, over: context, adding: x).values == x.values)
        let attention = MultiHeadAttention(query: query, key: key, value: value, output: output, heads: 2)
        let wanted = output(query(x).attention(over: key(context), value(context), heads: 2), adding: x)
        #expect(attention(x, over: context, adding: x).values == wanted.values)
        #expect(
            attention.weights(x, over: context).values
                == query(x).attentionWeights(over: key(context), heads: 2).values)
    }

    @Test func attentionWeightsAreThoseOfTheAttention() {
        var random = RandomStream(seed: 12)
        let q = Tensor.gaussian([2, 3, 4], using: &random), k = Tensor.gaussian([2, 5, 4], using: &random)
        let v = Tensor.gaussian([2, 5, 4], using: &random)
        for lengths in [nil, [2, 5]] {
            let weights = q.attentionWeights(over: k, heads: 1, lengths: lengths)
            #expect(weights.shape == [2, 1, 3, 5])
            #expect(weights.sumOfRows().values.allSatisfy { abs($0 - 1) < 1e-5 })
            let wanted = weights.reshaped([2, 3, 5]).matmul(v)
            let found = q.attention(over: k, v, heads: 1, lengths: lengths)
            #expect(zip(found.values, wanted.values).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    /// Rows of weights over the tokens and over the context are means: each sums to 1, and hidden keys have none.
    @Test func aBlockShowsWhereItLooks() {
        var random = RandomStream(seed: 36)
        let block = Self.modulated(&random, context: 6), x = Tensor.gaussian([2, 5, 8], using: &random)
        let context = Tensor.gaussian([2, 4, 6], using: &random), c = Tensor.gaussian([2, 5], using: &random)
        let own = block.attentionWeights(x, condition: c, causal: true)
        #expect(own.shape == [2, 2, 5, 5])
        #expect(own.sumOfRows().values.allSatisfy { abs($0 - 1) < 1e-5 })
        #expect(own.values[1] == 0 && own.values[5] > 0 && own.values[7] == 0)
        let looked = block.contextWeights(
            x, over: context, contextLengths: [1, 4], condition: c, causal: true)
        #expect(looked.shape == [2, 2, 5, 4])
        #expect(looked.values.prefix(8) == [1, 0, 0, 0, 1, 0, 0, 0])
    }

    @Test func sinusoidsTurnAtTheirOwnSpeeds() {
        let found = sinusoids([0, 3], width: 4, base: 100).values
        let wanted: [Double] = [0, 0, 1, 1, sin(3), sin(0.3), cos(3), cos(0.3)]
        #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    }

    @Test func fourierFeaturesAreCoordinatesSinesAndCosines() {
        let found = fourierFeatures([0.3, -0.5, 1, 0], [2, 1, 2], octaves: 3)
        #expect(found.shape == [2, 1, 14])
        var wanted: [Double] = []
        for x in [0.3, -0.5, 1, 0] {
            wanted.append(x)
            for factor in [0.5, 1, 2] {
                let angle = factor * Double.pi * x
                wanted += [sin(angle), cos(angle)]
            }
        }
        #expect(zip(found.values, wanted).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    @Test func theLargestOfEachRow() {
        let x = Tensor([1, 5, 5, 2, -3, -1, -2, -1], [2, 4])
        #expect(x.argmaxOfRows() == [1, 1])
        #expect(x.topOfRows(3) == [[1, 2, 3], [1, 3, 2]])
        #expect(x.topOfRows(9) == [[1, 2, 3, 0], [1, 3, 2, 0]])
    }

    /// A head that is computed only where there are targets gives what one over all rows gives.
    @Test func aHeadScoresOnlyRowsWithTargets() {
        var random = RandomStream(seed: 37)
        let head = Linear(6, 9, using: &random), x = Tensor.gaussian([3, 20, 6], using: &random)
        let targets = (0..<60).map { $0 % 3 == 0 ? $0 % 9 : Tensor.noTarget }
        let all = head(x).logProbabilities(of: targets).values, found = head.logProbabilities(x, of: targets)
        let wanted = targets.indices.filter { targets[$0] >= 0 }.map { all[$0] }
        #expect(found.shape == [20] && zip(found.values, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
    }
}
