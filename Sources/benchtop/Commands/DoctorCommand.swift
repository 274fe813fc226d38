import ArgumentParser
import Foundation
import SessionControl
import Store
import Tensors
import TextLayout

/// `benchtop doctor`: what works here, and how to mend what does not.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what works here: compute kernels, terminal, store, recorded sessions.")

    @OptionGroup var store: StoreOption
    @Flag(help: "One JSON object a line.") var json = false

    private struct Check: Encodable {
        let check: String, found: String
        let isFine: Bool
        let advice: String
    }

    func run() throws {
        let checks = computeChecks + terminalChecks + [storeCheck, cacheCheck, sharedCheck]
        if json { try checks.forEach { try Output.json($0) } } else { show(checks) }
        if checks.contains(where: { !$0.isFine }) { throw Status.negative }
    }

    private func show(_ checks: [Check]) {
        var table = Columns("", "CHECK", "FOUND")
        for check in checks {
            let found = check.advice.isEmpty ? check.found : "\(check.found). \(check.advice)"
            table.add([check.isFine ? "ok" : "!!", check.check, found])
        }
        table.show()
    }

    private var computeChecks: [Check] {
        [
            Check(check: "cpu", found: Compute.cpu, isFine: true, advice: ""),
            kernelsCheck,
            Check(check: "matrix products", found: Compute.gemm, isFine: true, advice: ""),
            Check(
                check: "cores", found: "\(ProcessInfo.processInfo.activeProcessorCount)", isFine: true,
                advice: ""),
        ]
    }

    /// Which kernels run, without asking for their name where none do.
    private var kernelsCheck: Check {
        let wish = ProcessInfo.processInfo.environment["BENCHTOP_KERNELS"] ?? ""
        let setting = wish.isEmpty ? "BENCHTOP_KERNELS not set" : "BENCHTOP_KERNELS=\(wish)"
        do {
            try Compute.checkKernels()
            return Check(
                check: "kernels", found: "\(Compute.kernels) (\(setting))", isFine: true,
                advice: Compute.lack.map { "\($0)." } ?? "")
        } catch {
            return Check(check: "kernels", found: "none (\(setting))", isFine: false, advice: "\(error)")
        }
    }

    private var terminalChecks: [Check] {
        let environment = ProcessInfo.processInfo.environment
        let term = environment["TERM"] ?? "not set"
        let color = environment["COLORTERM"] ?? "not set"
        let advice =
            TextWidth.isUnicode ? "" : "Curves are drawn in ASCII; set LANG to a UTF-8 locale for braille."
        return [
            Check(check: "terminal", found: "TERM \(term), COLORTERM \(color)", isFine: true, advice: ""),
            Check(
                check: "characters", found: TextWidth.isUnicode ? "UTF-8" : "no UTF-8 locale", isFine: true,
                advice: advice),
        ]
    }

    private var storeCheck: Check {
        let path = store.resolved
        do {
            guard FileManager.default.fileExists(atPath: path) else {
                let store = try SessionStore(path: path)
                return Check(check: "store", found: "\(store.path), made now", isFine: true, advice: "")
            }
            let store = try SessionStore(path: path, mode: .readOnly)
            let faults = try store.integrity()
            let count = try store.sessions().count
            let sizes = try store.sizes(of: [])
            let sessions = "\(count) \(count == 1 ? "session" : "sessions")"
            let free =
                sizes.free > 0
                ? " of which \(sizes.free.asBytes) are free; 'benchtop sessions compact' gives them back" : ""
            return Check(
                check: "store", found: "\(path), \(sessions), \(sizes.file.asBytes)\(free)",
                isFine: faults.isEmpty,
                advice: faults.joined(separator: " "))
        } catch {
            return Check(check: "store", found: path, isFine: false, advice: "\(error)")
        }
    }

    private var cacheCheck: Check {
        let folder = StageFiles.userFolder
        let files =
            (try? FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: [.fileSizeKey]))
            ?? []
        let size = files.reduce(0) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) }
        return Check(
            check: "cache",
            found: "\(folder.path), \(files.count) files of shared stages, \(size.asBytes)", isFine: true,
            advice: "")
    }

    private var sharedCheck: Check {
        guard let folder = SharedFiles.folder else {
            return Check(
                check: "recorded sessions", found: "none", isFine: true,
                advice: "Set BENCHTOP_SHARE to the folder that holds Sessions.")
        }
        let recorded = Catalogue.all.filter { SharedFiles.recorded($0.card.id) != nil }
        return Check(
            check: "recorded sessions",
            found: "\(folder.path), \(recorded.count) of \(Catalogue.all.count) methods",
            isFine: true, advice: "")
    }
}
