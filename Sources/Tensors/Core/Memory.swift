import CKernels

/// Memory of tensors and kernels, in bytes.
///
/// What Swift itself allocates (arrays, states on their way to the store) is not in it.
public enum TensorMemory {
    /// What one thread's tensors take.
    ///
    /// A tensor counts in the thread that makes it and is taken off in the one that lets it go, so a thread that ends
    /// what others made can be below zero.
    public struct OfThread: Sendable, Hashable {
        /// By tensors that exist.
        public let inUse: Int
        /// The most in use at a time since the thread began.
        public let peak: Int
        /// Of tensors that are gone, kept for coming ones, each rounded up to the size that the pool keeps.
        public let idle: Int
    }

    /// What a part of a computation takes of the calling thread's tensors, beside those that are there before it.
    public struct OfPart: Sendable, Hashable {
        /// The most at a time.
        public let peak: Int
        /// What is left at its end: moments that an optimiser made at its first step.
        public let left: Int
    }

    /// The calling thread's tensors. Tensors count as they come and go; reading costs nothing.
    public static var ofThread: OfThread {
        let bytes = bt_thread_bytes()
        return OfThread(inUse: bytes.in_use, peak: bytes.peak, idle: bytes.idle)
    }

    /// Runs a part of a computation, as a training step, and measures what its tensors take.
    ///
    /// The bytes are those that are asked for, whatever the pool has lying idle: equal parts give equal numbers, so that
    /// they can be a metric of a trial:
    ///
    ///     let (loss, taken) = TensorMemory.during { state.learn(batch) }
    ///     trial.report(bytes, Double(TensorMemory.bytes(of: state) + taken.peak))
    ///
    /// - Parameter body: the part; parts may stand inside others.
    /// - Returns: its result, and what it took.
    public static func during<Result>(
        _ body: () throws -> Result
    ) rethrows -> (result: Result, bytes: OfPart) {
        let before = bt_thread_bytes().in_use, outer = bt_restart_peak()
        defer { bt_raise_peak(outer) }
        let result = try body(), after = bt_thread_bytes()
        return (result, OfPart(peak: after.peak - before, left: after.in_use - before))
    }

    /// What the tensors of a state take, also those behind `@Frozen`.
    public static func bytes(of state: some Encodable) -> Int {
        TensorWalk.tensors(of: state, withFrozen: true).reduce(0) { $0 + $1.count * MemoryLayout<Float>.size }
    }

    /// What all threads hold for tensors and inside kernels, in use or idle: what the system counts as the program's
    /// once it has been written to.
    public static var held: Int { bt_held_bytes() }

    /// The most held at a time since the program began.
    public static var mostHeld: Int { bt_most_held_bytes() }
}
