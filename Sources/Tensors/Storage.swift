import CKernels
import Checkpoints
import Foundation

/// Where floats lie: 64-byte aligned memory that comes from the pool and goes back to it.
final class Storage {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    /// Memory for `count` floats with any values.
    init(_ count: Int) {
        self.count = count
        pointer = BufferPool.shared.take(count)
    }

    /// Memory for `count` zeros.
    static func zeros(_ count: Int) -> Storage {
        let storage = Storage(count)
        storage.pointer.update(repeating: 0, count: count)
        return storage
    }

    deinit { BufferPool.shared.give(pointer, count) }
}

/// Memory of tensors that are gone, kept for the next ones: a warm training step takes none from the system.
public final class BufferPool: Sendable {
    private struct Free: @unchecked Sendable {
        // because the pointers are memory that nobody uses while it is in the pool
        var pointers: [[UnsafeMutablePointer<Float>]]
        var misses = 0
        var bytes = 0
    }

    /// The pool of the process.
    public static let shared = BufferPool()
    private let free = Locked(Free(pointers: Array(repeating: [], count: 256)))

    /// How often memory was taken from the system so far.
    public var misses: Int { free.withLock { $0.misses } }

    /// Bytes taken from the system so far and not returned.
    public var bytes: Int { free.withLock { $0.bytes } }

    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bin = Self.bin(count)
        return free.withLock { free in
            if let pointer = free.pointers[bin].popLast() { return pointer }
            free.misses += 1
            free.bytes += Self.capacity(bin) * 4
            return Self.allocate(Self.capacity(bin))
        }
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
        free.withLock { $0.pointers[Self.bin(count)].append(pointer) }
    }

    private static func allocate(_ floats: Int) -> UnsafeMutablePointer<Float> {
        var memory: UnsafeMutableRawPointer?
        let status = posix_memalign(&memory, 64, floats * 4)
        guard status == 0, let memory else { preconditionFailure("no memory for a tensor of \(floats) floats") }
        return memory.bindMemory(to: Float.self, capacity: floats)
    }

    /// Sizes grow by quarters of a power of two, so at most a fifth of the memory is spare.
    private static func bin(_ count: Int) -> Int {
        let units = max(4, (count + 15) / 16)
        let power = Int.bitWidth - 1 - (units - 1).leadingZeroBitCount  // units - 1 in 2^power ..< 2^(power + 1)
        let quarter = (units - 1) >> (power - 2) & 3
        return power << 2 | quarter
    }

    private static func capacity(_ bin: Int) -> Int {
        let (power, quarter) = (bin >> 2, bin & 3)
        return (1 << power + (quarter + 1) << (power - 2)) * 16
    }
}
