import CKernels

/// Memory of tensors and kernels, in bytes.
///
/// What Swift itself allocates (arrays, states on their way to the store) is not in it.
public enum TensorMemory {
    /// What one thread's tensors take, each rounded up to the size that its pool keeps.
    ///
    /// A tensor counts in the thread that makes it and is taken off in the one that lets it go, so a thread that ends
    /// what others made can be below zero.
    public struct OfThread: Sendable, Hashable {
        /// By tensors that exist.
        public let inUse: Int
        /// The most in use at a time, since the thread began or ``TensorMemory/restartPeak()``.
        public let peak: Int
        /// Of tensors that are gone, kept for coming ones.
        public let idle: Int
    }

    /// The calling thread's tensors. Tensors count as they come and go; reading costs nothing.
    public static var ofThread: OfThread {
        let bytes = bt_thread_bytes()
        return OfThread(inUse: bytes.in_use, peak: bytes.peak, idle: bytes.idle)
    }

    /// Lets the calling thread's peak begin again at what is in use now, to measure one part of a computation.
    public static func restartPeak() { bt_restart_peak() }

    /// What all threads hold for tensors and inside kernels, in use or idle: what the system counts as the program's
    /// once it has been written to.
    public static var held: Int { bt_held_bytes() }

    /// The most held at a time since the program began.
    public static var mostHeld: Int { bt_most_held_bytes() }
}
