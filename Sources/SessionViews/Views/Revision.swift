import Base

/// What something was at a moment: two equal revisions are copies of one value that nobody has changed since.
///
/// Whoever draws a trial keeps the drawing under its revision, and need not compare what may be thousands of points.
public struct Revision: Hashable, Sendable {
    private static let last = Locked(UInt64(0))
    private let number: UInt64

    /// One that nothing else has or had in this process.
    public init() {
        number = Self.last.withLock { last in
            last += 1
            return last
        }
    }
}
