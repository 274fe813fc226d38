import Foundation
import Tensors

/// GPT's step with one thread and with two, by the clock: the fastest of many, since what else runs only slows steps
/// down; and whether two runs with two threads come to the same bits.
func threads() {
    row("GPT step", "least ms", "CPU-ms", "speed-up", "same bits twice")
    let one = trained(threads: 1)
    let two = trained(threads: 2)
    let again = trained(threads: 2)
    Compute.useThreads(1)
    row("1 thread", text(one.least * 1e3), text(one.cpu * 1e3), "1", "-")
    row(
        "2 threads", text(two.least * 1e3), text(two.cpu * 1e3), text(one.least / two.least),
        two.losses == again.losses ? "yes" : "NO")
    print()
}

/// Thirty steps from the same start: the fastest's seconds, the median of their CPU-seconds, and all losses.
private func trained(threads: Int) -> (least: Double, cpu: Double, losses: [Float]) {
    Compute.useThreads(threads)
    let step = transformer()
    var seconds: [Double] = []
    var cpu: [Double] = []
    var losses: [Float] = []
    for _ in 0..<30 {
        let start = ContinuousClock.now
        cpu.append(cpuSeconds { losses.append(step()) })
        seconds.append(start.duration(to: .now) / .seconds(1))
    }
    return (seconds.min() ?? .nan, median(cpu), losses)
}
