/// Keys and values of the tokens that a model has read, for all its blocks.
///
/// A copy costs nothing: it shares what was read so far, and each copy writes what it reads from then on into memory of
/// its own. So many continuations hold one prompt.
public struct LlamaCache {
    /// Keys and values of tokens after each other: of each block, [capacity, keys].
    final class Segment {
        let keys, values: [Floats]
        let capacity: Int
        /// Tokens that are in it.
        var count = 0

        init(_ shape: LlamaShape, capacity: Int) {
            self.capacity = capacity
            keys = (0..<shape.blocks).map { _ in Floats(capacity * shape.keys) }
            values = (0..<shape.blocks).map { _ in Floats(capacity * shape.keys) }
        }
    }

    /// Segments, of each the tokens that belong to this cache.
    private(set) var parts: [(segment: Segment, count: Int)] = []
    /// Tokens that were read.
    public private(set) var count = 0

    /// Nothing is read yet.
    public init() {}

    /// Memory for the next tokens.
    ///
    /// - Returns: the segment that they are to be written into, and from which place on.
    mutating func append(_ tokens: Int, _ shape: LlamaShape) -> (segment: Segment, from: Int) {
        if let (segment, from) = roomBehind(tokens) {
            segment.count = from + tokens
            parts[parts.count - 1].count = segment.count
            count += tokens
            return (segment, from)
        }
        // Some more than is asked for, since most texts grow token by token.
        let segment = Segment(shape, capacity: max(32, tokens))
        segment.count = tokens
        parts.append((segment, tokens))
        count += tokens
        return (segment, 0)
    }

    /// The last segment, where nobody else holds it and there is room behind what belongs to this cache.
    private mutating func roomBehind(_ tokens: Int) -> (Segment, Int)? {
        guard !parts.isEmpty, isKnownUniquelyReferenced(&parts[parts.count - 1].segment) else { return nil }
        let (segment, used) = parts[parts.count - 1]
        return used + tokens <= segment.capacity ? (segment, used) : nil
    }

    /// Forgets all but the first tokens.
    public mutating func truncate(to kept: Int) {
        while let last = parts.last, count - last.count >= kept {
            count -= last.count
            parts.removeLast()
        }
        if let last = parts.indices.last, count > kept {
            parts[last].count -= count - kept
            count = kept
        }
    }
}
