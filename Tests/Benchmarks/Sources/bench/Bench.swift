import Foundation

/// `bench [--baseline] [NAME]... [speed] [losses] [threads] [meshes] [store] [models] [--into FILE]`: speed beside
/// PyTorch, TensorBoard and llama.cpp, in the same run.
///
/// A name is that of a work: a network's step, a kernel or a sampler. With a file, its tables between the marks
/// `<!-- bench VENDOR -->` and `<!-- end bench VENDOR -->` of this CPU's vendor are written anew. `--baseline` measures both
/// sides' kernels for any CPU in place of this one's.
@main
struct Bench {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "worker": work()
        case "sessions" where arguments.count == 2: try sessions(in: URL(filePath: arguments[1]))
        default: try tables(arguments)
        }
    }

    private static func tables(_ arguments: [String]) throws {
        var wanted = Set(arguments)
        var file: String?
        if let place = arguments.firstIndex(of: "--into"), place + 1 < arguments.count {
            file = arguments[place + 1]
            wanted.subtract(arguments[place...place + 1])
        }
        let isBaseline = wanted.remove("--baseline") != nil, isAll = wanted.isEmpty
        var speed = SpeedTables()
        speed.measure(isBaseline ? [.baseline] : Limit.all) {
            isAll || wanted.contains("speed") || wanted.contains($0.name)
        }
        if let file { try Marks(of: Machine.vendor).write(speed.text, into: file) }
        if isAll || wanted.contains("losses") { losses() }
        if isAll || wanted.contains("threads") { threads() }
        if isAll || wanted.contains("meshes") { try meshes() }
        if isAll || wanted.contains("store") { try storage() }
        if isAll || wanted.contains("models") { try models() }
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
