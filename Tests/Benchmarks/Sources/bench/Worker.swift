import Foundation
import Tensors
import peak

/// `bench worker`: this program as a side, in a process of its own. It is told what to do line by line, as the reference
/// in Python is, and answers with a number, or with "! reason".
func work() {
    var prepared: [String: (Int) -> Double] = [:]
    print("ready")
    fflush(nil)
    while let line = readLine() {
        let words = line.split(separator: " ").map(String.init)
        print(answer(words[0], words.count > 1 ? words[1] : "", &prepared))
        fflush(nil)
    }
}

private func answer(_ name: String, _ argument: String, _ prepared: inout [String: (Int) -> Double])
    -> String
{
    switch name {
    case "memory": return "\(mostBytes())"
    case "limits": return Compute.kernels
    // Operations a CPU-second, in registers.
    case "peak":
        var operations = 0.0
        let seconds = cpuSeconds { operations = bench_multiply_adds(Compute.kernels, 1_000_000) }
        return "\(operations / seconds)"
    default: break
    }
    guard let work = Work.all.first(where: { $0.name == name }), let count = Int(argument) else {
        return "! there is no work called '\(name)' on this side"
    }
    let measured = prepared[name] ?? work.make()
    prepared[name] = measured
    return "\(measured(count))"
}

/// The most bytes that this process had in memory at a time; 0 where the system does not say.
private func mostBytes() -> Int {
    let lines =
        (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n")
        ?? []
    let words = lines.first { $0.hasPrefix("VmHWM") }?.split(whereSeparator: \.isWhitespace) ?? []
    return words.count > 1 ? (Int(words[1]) ?? 0) * 1_024 : 0
}
