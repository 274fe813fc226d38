import CKernels
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

    @Test func memoryThatTheSystemRefusesIsNamed() async {
        let tensor = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Storage(1 << 45)
        }
        #expect(message(tensor).contains("There is no memory for a tensor"))
        // So many floats that their bytes are no number, which the system would not refuse.
        let wrapped = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Storage(1 << 62)
        }
        #expect(message(wrapped).contains("4611686018427387904 floats are too many"))
    }

    @Test func aProductThatTheLibraryRefusesIsNamed() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let x = Tensor.zeros([64, 64])
            // Rows that overlap: half as far apart as they are long.
            bt_gemm(
                0, 0, 64, 64, 64, 1, x.storage.pointer, 32, x.storage.pointer, 64, 0, x.storage.pointer, 64)
        }
        #expect(message(result).contains("oneDNN did not multiply [64, 64] by [64, 64]: invalid_arguments"))
    }
}
