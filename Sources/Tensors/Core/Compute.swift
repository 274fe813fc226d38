import CKernels

/// What computes here: it decides the bits of a result, so every session records it.
public enum Compute {
    /// The CPU's own name.
    public static var cpu: String { String(cString: bt_cpu_name()) }
    /// The kernel set: "baseline", "avx2" or "avx512"; `BENCHTOP_KERNELS` chooses.
    ///
    /// Ends the program where that variable asks for a set that does not run here: see ``checkKernels()``.
    public static var kernels: String { String(cString: bt_kernel_set_name()) }
    /// The library that multiplies matrices, and its version.
    public static var gemm: String { String(cString: bt_gemm_library()) }

    /// The kernel sets, the slowest first.
    public static let kernelSets = ["baseline", "avx2", "avx512"]

    /// What this CPU lacks for the fast kernels and what that costs, as a sentence; nil where it lacks nothing of weight.
    public static var lack: String? { lack(hasAVX2: runs("avx2")) }

    /// The factor is that of products in registers and of whole layers, both measured on one CPU with either set.
    static func lack(hasAVX2: Bool) -> String? {
        hasAVX2
            ? nil
            : "This CPU has no AVX2 with FMA: training takes about three times as long as on one that has"
    }

    /// Looks whether the kernel set that `BENCHTOP_KERNELS` asks for runs here, before the first kernel does.
    ///
    /// - Throws: ``KernelsError`` where it does not; the first kernel would then end the program.
    public static func checkKernels() throws(KernelsError) {
        guard let wanted = bt_kernels_wanted() else { return }
        let name = String(cString: wanted)
        switch bt_kernel_set_state(name) {
        case BT_SET_UNKNOWN: throw .unknown(name)
        case BT_SET_LACKING: throw .lacking(name, cpu: cpu, running: kernelSets.filter(runs))
        default: break
        }
    }

    private static func runs(_ name: String) -> Bool { bt_kernel_set_state(name) == BT_SET_RUNS }

    /// Chooses a kernel set for the whole process, for tests of the sets themselves.
    ///
    /// - Returns: false when the CPU lacks it.
    @discardableResult
    public static func select(kernels name: String) -> Bool { bt_select_kernels(name) == 0 }

    /// Lets each matrix product of the process use `count` threads from now on.
    public static func useThreads(_ count: Int) { bt_set_threads(Int32(count)) }
}

/// A kernel set that `BENCHTOP_KERNELS` asks for in vain.
///
/// It is refused, because another set would give other bits under its name.
public enum KernelsError: Error, Hashable, CustomStringConvertible {
    /// No set has this name.
    case unknown(String)
    /// The CPU lacks the set's instructions; those of `running` it has.
    case lacking(String, cpu: String, running: [String])

    public var description: String {
        switch self {
        case .unknown(let name):
            "BENCHTOP_KERNELS asks for '\(name)', and no kernel set is called that: "
                + "\(Self.list(Compute.kernelSets)) exist."
        case .lacking(let name, let cpu, let running):
            "BENCHTOP_KERNELS asks for '\(name)', which this CPU (\(cpu)) lacks: "
                + "\(Self.list(running)) \(running.count == 1 ? "runs" : "run") here."
        }
    }

    private static func list(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names.last!
    }
}
