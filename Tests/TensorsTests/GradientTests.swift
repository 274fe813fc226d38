import Base
import Checkpoints
import Foundation
import Testing

@testable import Tensors

/// Every operation's gradient against central differences, over shapes drawn at random.
@Suite struct GradientTests {
    /// A number that depends on every element of the result, each with its own weight.
    func loss(_ y: Tensor, _ weights: Tensor) -> Tensor { (y * weights.reshaped(y.shape)).sum() }

    @Test(arguments: Operation.all)
    func matchesCentralDifferences(_ operation: Operation) throws {
        var random = RandomStream(seed: 7).derive(operation.description)
        for _ in 0..<4 {
            let operands = operation.operands(&random)
            let y = operation.apply(operands)
            let weights = Tensor.gaussian([y.count], using: &random)
            loss(y, weights).backward()
            for (index, operand) in operands.enumerated() {
                let gradient = try #require(operand.gradient, "operand \(index) got no gradient").values
                for place in random.choose(min(6, operand.count), of: operand.count) {
                    let difference = slope(operation, operands, index, place, weights)
                    let scale = max(1, abs(Double(gradient[place])), abs(difference))
                    #expect(
                        abs(Double(gradient[place]) - difference) < 0.02 * scale,
                        "\(operation) of \(operands.map(\.shape)), operand \(index), element \(place)")
                }
            }
        }
    }

    /// The loss's central difference for one element, summed in Double.
    func slope(_ operation: Operation, _ operands: [Tensor], _ index: Int, _ place: Int, _ weights: Tensor)
        -> Double
    {
        let h: Float = 1e-2
        func value(_ shift: Float) -> Double {
            var values = operands[index].values
            values[place] += shift
            var changed = operands
            changed[index] = Tensor(values, operands[index].shape)
            let y = withoutGradient { operation.apply(changed) }
            return zip(y.values, weights.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return (value(h) - value(-h)) / Double(2 * h)
    }

    /// The operations on the tape of a result.
    func primitives(of y: Tensor) -> Set<Primitive> {
        guard let node = y.node else { return [] }
        return node.operands.reduce(into: [node.name]) { $0.formUnion(primitives(of: $1)) }
    }

    @Test func everyPrimitiveIsInTheTable() {
        var random = RandomStream(seed: 7), found: Set<Primitive> = []
        for operation in Operation.all {
            found.formUnion(primitives(of: operation.apply(operation.operands(&random))))
        }
        #expect(Set(Primitive.allCases).subtracting(found) == [])
    }

    @Test func gradientsAddUpOverUses() {
        let x = Tensor([3], [], trains: true)
        (x * x + x).backward()
        #expect(x.gradient?.item == 7)
        (x + x - x.reshaped([1]).reshaped([])).backward()
        #expect(x.gradient?.item == 8)
        x.clearGradient()
        (x * 7).backward()
        (x * 2).backward()
        #expect(x.gradient?.item == 9)
    }

    @Test func nothingIsNotedWithoutGradient() {
        let x = Tensor([3], [], trains: true)
        let y = withoutGradient { x * x }
        #expect(!y.trains)
        #expect((x * x).trains)
    }

    @Test func longChainsDoNotOverflow() {
        let x = Tensor([1], [], trains: true)
        let y = (0..<200_000).reduce(x) { y, _ in y + 0.5 }
        y.backward()
        #expect(x.gradient?.item == 1)
        // Nor do those that nobody walks: let go of one inside the other, they would.
        _ = (0..<200_000).reduce(x) { y, _ in y + 0.5 }
    }

    @Test func theTrapNamesTheFirstOperation() {
        let found = NumericTrap.find {
            let x = Tensor([0, 1], trains: true)
            _ = (x.log() + 1).sum()
        }
        #expect(found == "log of [2], forward")
        let back = NumericTrap.find { Tensor([0, 1], trains: true).squareRoot().sum().backward() }
        #expect(back == "squareRoot of [2], backward")
        #expect(NumericTrap.find { Tensor([1, 2], trains: true).squareRoot().sum().backward() } == nil)
    }
}
