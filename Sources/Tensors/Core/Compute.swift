import CKernels

/// What computes here: it decides the bits of a result, so every session records it.
public enum Compute {
    /// The CPU's own name.
    public static var cpu: String { String(cString: bt_cpu_name()) }
    /// The kernel set: "baseline", "avx2" or "avx512"; `BENCHTOP_KERNELS` chooses.
    public static var kernels: String { String(cString: bt_kernel_set_name()) }
    /// The library that multiplies matrices, and its version.
    public static var gemm: String { String(cString: bt_gemm_library()) }

    /// Chooses a kernel set for the whole process, for tests of the sets themselves.
    ///
    /// - Returns: false when the CPU lacks it.
    @discardableResult
    public static func select(kernels name: String) -> Bool { bt_select_kernels(name) == 0 }

    /// Lets each matrix product of the process use `count` threads from now on.
    public static func useThreads(_ count: Int) { bt_set_threads(Int32(count)) }
}
