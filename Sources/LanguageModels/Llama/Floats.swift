/// Numbers that kernels read and write, of any values until they are written.
final class Floats {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    init(_ count: Int) {
        self.count = count
        pointer = .allocate(capacity: count)
        pointer.initialize(repeating: 0, count: count)
    }

    deinit { pointer.deallocate() }

    /// A copy of some of them.
    subscript(range: Range<Int>) -> [Float] {
        precondition(range.upperBound <= count, "numbers up to \(range.upperBound) of \(count)")
        return Array(UnsafeBufferPointer(start: pointer + range.lowerBound, count: range.count))
    }
}
