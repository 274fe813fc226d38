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
                    #expect(used.inUse == 2 * bytes && used.idle == 0)
                    withExtendedLifetime((first, second)) {}
                }
                let after = TensorMemory.ofThread
                #expect(after.inUse == 0 && after.peak == 2 * bytes && after.idle >= after.peak)
                _ = Tensor.zeros([1_000_000])
                // From what was idle, so that nothing more is held.
                #expect(TensorMemory.ofThread == after)
                #expect(TensorMemory.held == after.idle && TensorMemory.mostHeld == after.idle)
            }
        }
    }

    /// A part is measured by itself, inside another one too, and what was before it counts again after it.
    @Test func aPartTakesWhatItAsksFor() async {
        await #expect(processExitsWith: .success) {
            MemoryTests.inThread {
                let kept = Tensor.zeros([1_000]), large = Tensor.zeros([9_000]).count
                let (made, outer) = TensorMemory.during { () -> Tensor in
                    let first = Tensor.zeros([100])
                    let (number, inner) = TensorMemory.during {
                        let passing = Tensor.zeros([300])
                        return withExtendedLifetime(passing) { Tensor.zeros([1]) }
                    }
                    #expect(inner == TensorMemory.OfPart(peak: 4 * 301, left: 4))
                    return first + number
                }
                #expect(outer == TensorMemory.OfPart(peak: 4 * 401, left: 4 * 100))
                #expect(TensorMemory.ofThread.peak == 4 * (1_000 + large))
                #expect(TensorMemory.bytes(of: [kept, made]) == 4 * 1_100)
            }
        }
    }

    /// Equal steps give equal numbers, whatever lies idle in the thread's pool.
    @Test func equalStepsTakeEquallyMuch() {
        func steps(_ disturbance: Int) -> [TensorMemory.OfPart] {
            for size in 0..<disturbance { _ = Tensor.zeros([20_000 + size * 1_777]) }
            var learner = TrainingTests.Learner(seed: 2)
            return (0..<3).map { _ in TensorMemory.during { learner.step() }.bytes }
        }
        let plain = steps(0)
        #expect(plain == steps(40))
        // The first step makes the moments, two numbers a parameter.
        let parameters = TrainingTests.Learner(seed: 2).network.parameterCount
        #expect(plain.map(\.left) == [8 * parameters, 0, 0])
        #expect(plain[1] == plain[2] && plain[1].peak > 4 * parameters)
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
