import Foundation
import Tensors

/// `bench [networks | NAME]... [losses] [meshes] [store]`: speed beside PyTorch and TensorBoard, in the same run.
@main
struct Bench {
    static func main() throws {
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "sessions" {
            return try sessions(in: URL(filePath: CommandLine.arguments[2]))
        }
        let wanted = Set(CommandLine.arguments.dropFirst())
        print("CPU \(Compute.cpu), kernels \(Compute.kernels), \(Compute.gemm); CPU-seconds, medians.\n")
        try networks { wanted.isEmpty || !wanted.isDisjoint(with: ["networks", $0.name]) }
        if wanted.isEmpty || wanted.contains("losses") { losses() }
        if wanted.isEmpty || wanted.contains("meshes") { try meshes() }
        if wanted.isEmpty || wanted.contains("store") { try storage() }
    }
}

/// CPU-seconds that this process has used.
func processSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// CPU-seconds that `body` takes.
func cpuSeconds(_ body: () throws -> Void) rethrows -> Double {
    let start = processSeconds()
    try body()
    return processSeconds() - start
}

/// The middle value.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}

/// A number with so many significant digits, or a dash.
func text(_ value: Double?, _ digits: Int = 3) -> String {
    value.map { $0.isNaN ? "-" : String(format: "%.\(digits)g", $0) } ?? "-"
}

/// A line of columns.
func row(_ cells: String...) {
    print(
        cells.enumerated().map { $1.padding(toLength: $0 == 0 ? 44 : 16, withPad: " ", startingAt: 0) }
            .joined())
}
