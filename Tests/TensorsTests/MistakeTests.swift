import Testing
@testable import Tensors

/// Mistakes in a program end it with a message that names the shapes, in optimised code too.
@Suite struct MistakeTests {
    func message(_ result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test func shapesThatDoNotFitAreNamed() async {
        let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3]) + Tensor.zeros([2])
        }
        #expect(message(sum).contains("+ cannot take shapes [2, 3] and [2]"))
        let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3]).matmul(.zeros([4, 5]))
        }
        #expect(message(product).contains("matmul cannot take shapes [2, 3] and [4, 5]"))
    }

    @Test func aTapeThatIsUsedUpIsNamed() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let trunk = Tensor([1, 2], trains: true).exp()
            trunk.sum().backward()
            trunk.square().sum().backward()
        }
        #expect(message(result).contains("backward() went through an operand of square of [2] already"))
    }
}
