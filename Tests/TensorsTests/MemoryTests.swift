import Foundation
import Testing

@testable import Tensors

/// What tensors hold, and that what they no longer need goes back to the system.
///
/// What the process holds is everybody's, so these tests have processes of their own.
@Suite struct MemoryTests {
    /// Runs `body` in a thread of its own, whose pool begins empty and ends with it.
    static func inThread(_ body: @escaping @Sendable () -> Void) {
        let end = DispatchSemaphore(value: 0)
        let thread = Thread {
            body()
            end.signal()
        }
        thread.start()
        end.wait()
    }

    @Test func bytesAreCountedAsTensorsComeAndGo() async {
        await #expect(processExitsWith: .success) {
            MemoryTests.inThread {
                #expect(TensorMemory.ofThread == TensorMemory.OfThread(inUse: 0, peak: 0, idle: 0))
                let bytes = 4 * 1_000_000
                do {
                    let first = Tensor.zeros([1_000_000]), second = Tensor.zeros([1_000_000])
                    let used = TensorMemory.ofThread
                    #expect(used.inUse >= 2 * bytes && used.inUse < 3 * bytes && used.idle == 0)
                    withExtendedLifetime((first, second)) {}
                }
                let after = TensorMemory.ofThread
                #expect(after.inUse == 0 && after.peak >= 2 * bytes && after.idle == after.peak)
                TensorMemory.restartPeak()
                #expect(TensorMemory.ofThread.peak == 0)
                _ = Tensor.zeros([1_000_000])
                // From what was idle, so that nothing more is held.
                #expect(TensorMemory.ofThread.peak == after.peak / 2)
                #expect(TensorMemory.held == after.peak && TensorMemory.mostHeld == after.peak)
            }
        }
    }

    /// Lengths that change from step to step must not leave the blocks of every length behind: a pool that keeps only
    /// what fits exactly would hold more than five times of what is in use here.
    @Test(arguments: [true, false]) func sizesThatChangeDoNotPileUp(_ grows: Bool) async {
        await #expect(processExitsWith: .success) { [grows = grows as Bool] in
            MemoryTests.inThread {
                for step in 0..<300 {
                    let count = 60_000 + (grows ? step : 299 - step) * 1_500
                    let tensors = (0..<20).map { Tensor.zeros([count + $0 * 1_000]) }
                    #expect(tensors.count == 20)
                }
                let peak = TensorMemory.ofThread.peak
                #expect(TensorMemory.mostHeld < peak * 5 / 2, "\(TensorMemory.mostHeld) for \(peak)")
            }
        }
    }

    @Test func aThreadThatEndsGivesBackWhatItHeld() async {
        await #expect(processExitsWith: .success) {
            let before = TensorMemory.held
            for _ in 0..<8 {
                MemoryTests.inThread { for size in 1...20 { _ = Tensor.zeros([size * 100_000]).sum() } }
            }
            // The end of a thread comes after its last word.
            for _ in 0..<1_000 where TensorMemory.held != before { usleep(1_000) }
            #expect(TensorMemory.held == before && TensorMemory.mostHeld > before)
        }
    }
}
