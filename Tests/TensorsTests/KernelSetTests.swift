import Base
import CCrash
import Foundation
import Testing

@testable import Tensors

/// The kernel sets that this CPU has.
///
/// Each test runs in a process of its own: the set belongs to the whole process, and other tests that run at the same
/// time compare bits.
@Suite struct KernelSetTests {
    static let names = ["baseline", "avx2", "avx512"]

    /// Results and gradients of an operation on operands that depend on nothing but its name.
    static func numbers(of operation: Operation) -> [Float] {
        var random = RandomStream(seed: 11).derive(operation.description)
        let operands = operation.operands(&random)
        let y = operation.apply(operands)
        let values = y.values
        y.backward(gradient: .gaussian(y.shape, using: &random))
        return values + operands.flatMap { $0.gradient?.values ?? [] }
    }

    @Test func setsAgreeWithinRounding() async {
        await #expect(processExitsWith: .success) {
            let sets = KernelSetTests.names.filter { Compute.select(kernels: $0) }
            #expect(sets.contains("baseline"))
            for operation in Operation.all {
                let results = sets.map { set -> [Float] in
                    Compute.select(kernels: set)
                    return KernelSetTests.numbers(of: operation)
                }
                for (set, other) in zip(sets, results).dropFirst() {
                    let worst = zip(results[0], other).map { abs($0 - $1) / max(1, abs($0)) }.max() ?? 0
                    #expect(worst < 1e-4, "\(operation) by \(set) and \(sets[0]): \(worst)")
                }
            }
        }
    }

    /// The variable also limits the library that multiplies matrices, which reads it at its first use.
    @Test(arguments: names) func theVariableChoosesASetThatMatchesPyTorch(_ name: String) async {
        await #expect(processExitsWith: .success) { [name = name as String] in
            setenv("BENCHTOP_KERNELS", name, 1)
            guard (try? Compute.checkKernels()) != nil else { return }
            #expect(Compute.kernels == name)
            for one in PyTorchTests.cases where one.gradients != nil { try PyTorchTests.check(one) }
        }
    }

    /// Another set in its place would give other bits under the name that was asked for.
    @Test func aSetThatDoesNotExistIsRefusedByName() async {
        await #expect(processExitsWith: .success) {
            for wish in ["sse2", "AVX2"] {
                setenv("BENCHTOP_KERNELS", wish, 1)
                #expect(throws: KernelsError.unknown(wish)) { try Compute.checkKernels() }
            }
            for wish in ["baseline", ""] {
                setenv("BENCHTOP_KERNELS", wish, 1)
                #expect(throws: Never.self) { try Compute.checkKernels() }
            }
            let sentence = KernelsError.unknown("sse2").description
            #expect(sentence.contains("'sse2'") && sentence.contains("baseline, avx2 and avx512 exist"))
        }
        let unchecked = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            setenv("BENCHTOP_KERNELS", "sse2", 1)
            _ = Tensor.zeros([2]) + Tensor.zeros([2])
        }
        // In a thread that is watched the sentence is noted, for whoever watches.
        await #expect(processExitsWith: .success) {
            setenv("BENCHTOP_KERNELS", "sse2", 1)
            bt_crash_install()
            nonisolated(unsafe) let mark = bt_crash_new()
            Thread.detachNewThread {
                bt_crash_guard(mark, 20)
                _ = Tensor.zeros([2]) + Tensor.zeros([2])
            }
            while bt_crash_signal(mark) == 0 { usleep(1_000) }
            #expect(String(cString: bt_crash_sentence(mark)).contains("BENCHTOP_KERNELS=sse2"))
        }
        let said = String(decoding: unchecked?.standardErrorContent ?? [], as: UTF8.self)
        #expect(said.contains("BENCHTOP_KERNELS=sse2"))
    }

    /// What doctor says of a CPU without fast kernels; of one with them it says nothing.
    @Test func aCPUThatLacksAVX2IsToldWhatItCosts() {
        #expect(Compute.lack(hasAVX2: false)?.contains("no AVX2") == true)
        #expect(Compute.lack(hasAVX2: true) == nil)
    }

    /// A value that is not a number is never lost, so that the trap finds where it came from.
    @Test func notANumberStaysOne() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor([.nan, 0, 1, .nan, 2, .infinity], [3, 2])
            let y = Tensor([0, -1, .infinity, -.infinity])
            for set in KernelSetTests.names where Compute.select(kernels: set) {
                for f in [{ $0.exp() }, { $0.gelu() }, { $0.silu() }, { $0.relu() }] as [(Tensor) -> Tensor] {
                    #expect(f(x).values.map(\.isNaN) == [true, false, false, true, false, false])
                }
                for f in [{ $0.softmax() }, { $0.logSoftmax() }] as [(Tensor) -> Tensor] {
                    #expect(f(x).values.map(\.isNaN) == [true, true, true, true, true, true])
                }
                #expect(y.exp().values == [1, Float(exp(-1.0)), .infinity, 0])
                #expect(y.log().values.map(\.isNaN) == [false, true, false, true])
                #expect(y.sigmoid().values[2...] == [1, 0])
            }
        }
    }
}
