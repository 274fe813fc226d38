import CKernels

/// Where floats lie: 64-byte aligned memory that comes from the thread's pool and goes back to one.
final class Storage {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int
    /// What the pool has to get back.
    private let block: bt_block

    /// Memory for `count` floats with any values.
    init(_ count: Int) {
        self.count = count
        block = bt_take(count)
        pointer = block.at
    }

    /// Memory for `count` zeros.
    static func zeros(_ count: Int) -> Storage {
        let storage = Storage(count)
        storage.pointer.update(repeating: 0, count: count)
        return storage
    }

    deinit { bt_give(block) }
}

extension Compute {
    /// How often tensors of the calling thread took memory from the system; a warm training step does not.
    public static var poolMisses: Int { bt_pool_misses() }
}
