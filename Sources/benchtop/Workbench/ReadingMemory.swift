import CAllocator

/// What the C library does with the memory that reading leaves behind.
enum ReadingMemory {
    /// Lets it keep a few megabytes. A curve is read through arrays of up to one; given back to the system one by one, and
    /// taken again page by page, they cost as much as everything else that a hundred sessions take to be laid over another.
    static func keep() { bt_keep_freed(2 << 20, 4 << 20) }
}
