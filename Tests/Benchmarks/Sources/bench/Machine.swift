import Foundation
import Tensors

/// What a table was measured with.
enum Machine {
    static var vendor: String {
        for name in ["Intel", "AMD"] where Compute.cpu.contains(name) { return name }
        return "other"
    }

    /// Machine, date and versions, as a sentence.
    static func sentence(torch: String) -> String {
        let date = Date.now.formatted(.iso8601.year().month().day())
        return
            "Measured on \(Compute.cpu), \(ProcessInfo.processInfo.activeProcessorCount) cores, one thread each, on \(date): "
            + "Swift \(swift), \(Compute.gemm), \(torch)."
    }

    private static var swift: String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["swift", "--version"]
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return "unknown" }
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return said.firstMatch(of: /Swift version ([0-9.]+)/).map { String($0.1) } ?? "unknown"
    }
}

/// The instructions that both sides are held to.
struct Limit {
    let title: String
    /// Of this program and of PyTorch.
    let ours, theirs: [String: String]
    /// What each side must say of itself.
    let kernels: String
    let instructions: String?

    /// As the machine is, and AVX2 where it has more.
    static var all: [Limit] {
        let best = Compute.kernels
        let own = Limit(
            title: "as the machine is", ours: [:], theirs: [:], kernels: best, instructions: nil)
        guard best == "avx512" else { return [own] }
        let avx2 = Limit(
            title: "both held to AVX2", ours: ["BENCHTOP_KERNELS": "avx2"],
            theirs: [
                "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2",
                "MKL_ENABLE_INSTRUCTIONS": "AVX2",
            ], kernels: "avx2", instructions: "AVX2")
        return [own, avx2]
    }

    /// Both sides' kernels for any CPU of the architecture.
    static let baseline = Limit(
        title: "both held to kernels for any CPU", ours: ["BENCHTOP_KERNELS": "baseline"],
        theirs: [
            "ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41",
            "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        ], kernels: "baseline", instructions: nil)

    /// What PyTorch's libraries say of themselves, where that is within the limit; a sentence otherwise.
    func isKept(_ said: String) -> Bool {
        guard let instructions else { return true }
        return said.split(separator: ",").allSatisfy {
            let part = $0.replacing("-", with: "").replacing(" ", with: "")
            return part.hasSuffix(instructions) || part.hasSuffix("\(instructions))")
        }
    }
}
