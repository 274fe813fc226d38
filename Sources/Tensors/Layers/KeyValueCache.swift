import CKernels

/// Keys and values of tokens that an attention has seen, for generating token by token: memory that is taken once and
/// written in place.
///
/// It is a value: assigning it forks what was read so far, and the memory is copied when one of the two reads on. The
/// rows of a batch may have seen different numbers of tokens. No gradient goes through it.
public struct KeyValueCache {
    /// How many tokens each row has seen; empty before the first ones.
    public private(set) var counts: [Int] = []
    private var memory: Memory?
    /// Tokens a row that memory is taken for at once.
    private let capacity: Int

    /// Keys and values of a batch, each [rows, room, width].
    private final class Memory {
        let rows, room, width: Int
        let keys, values: Storage

        init(rows: Int, room: Int, width: Int) {
            (self.rows, self.room, self.width) = (rows, room, width)
            keys = Storage(rows * room * width)
            values = Storage(rows * room * width)
        }

        /// The first `count` tokens of a row of `other`.
        func copy(_ count: Int, from row: Int, of other: Memory, to own: Int) {
            for (new, old) in [(keys, other.keys), (values, other.values)] {
                (new.pointer + own * room * width)
                    .update(from: old.pointer + row * other.room * width, count: count * width)
            }
        }
    }

    /// Nothing seen yet.
    ///
    /// - Parameter capacity: tokens a row that memory is taken for at first; more of them take more, twice as much each
    ///   time.
    public init(capacity: Int = 16) {
        demand(capacity > 0, "a cache has room for a token or more, not for \(capacity)")
        self.capacity = capacity
    }

    /// The most tokens that a row has seen.
    public var count: Int { counts.max() ?? 0 }

    /// The cache of some rows, in this order; a row may come several times, as a beam that forks, or not at all.
    public func selecting(_ rows: [Int]) -> KeyValueCache {
        guard let memory else { return self }
        var new = KeyValueCache(capacity: capacity)
        let own = Memory(rows: rows.count, room: memory.room, width: memory.width)
        for (place, row) in rows.enumerated() { own.copy(counts[row], from: row, of: memory, to: place) }
        new.counts = rows.map { counts[$0] }
        new.memory = own
        return new
    }

    /// Forgets all tokens of each row after the first `most` ones.
    public mutating func truncate(to most: Int) { truncate(to: counts.map { _ in most }) }

    /// The same with a number of tokens for each row.
    public mutating func truncate(to most: [Int]) {
        demand(
            most.count == counts.count && most.allSatisfy { $0 >= 0 },
            "a cache of \(counts.count) rows cannot be cut to \(most) tokens")
        counts = zip(counts, most).map(min)
    }

    // MARK: Reading on

    /// Memory of this cache alone, with room for `tokens` a row.
    private mutating func reserve(_ rows: Int, _ tokens: Int, _ width: Int) -> (
        keys: Storage, values: Storage, room: Int
    ) {
        if counts.isEmpty { counts = Array(repeating: 0, count: rows) }
        demand(
            counts.count == rows && (memory.map { $0.width == width } ?? true),
            "a cache of \(counts.count) rows of \(memory?.width ?? width) numbers cannot take \(rows) of \(width)"
        )
        if !isKnownUniquelyReferenced(&memory) || tokens > memory?.room ?? 0 {
            var room = max(capacity, memory?.room ?? 0)
            while room < tokens { room *= 2 }
            let new = Memory(rows: rows, room: room, width: width)
            if let memory { for row in 0..<rows { new.copy(counts[row], from: row, of: memory, to: row) } }
            memory = new
        }
        guard let memory else { fatalError("memory was taken above") }
        return (memory.keys, memory.values, memory.room)
    }

    /// Attention of the next tokens of each row over those before them and themselves.
    ///
    /// - Parameters:
    ///   - qkv: queries, keys and values side by side: [rows, tokens, 3 width]; turned in place where there is a base.
    ///   - heads: divides the width.
    ///   - rotary: the position embedding; nil for none.
    ///   - lengths: how many of the tokens count in each row, the others filling it up; nil for all.
    ///   - keepsWeights: whether the attention weights are wanted.
    /// - Returns: [rows, tokens, width], and the weights as ``AttentionPlan`` keeps them.
    mutating func attend(
        _ qkv: Tensor, heads: Int, rotary: Rotary?, lengths: [Int]?, keepsWeights: Bool = false
    ) -> (mixed: Tensor, weights: Tensor?) {
        let (rows, tokens, width) = (qkv.shape[0], qkv.shape[1], qkv.columns / 3)
        demand(
            lengths.map { $0.count == rows && $0.allSatisfy { (0...tokens).contains($0) } } ?? true,
            "lengths of \(lengths ?? []) do not fit \(rows) rows of \(tokens) tokens")
        let (keys, values, room) = reserve(rows, count + tokens, width), most = count + tokens
        let before = counts.map(Int32.init), depth = width / heads, all = qkv.pointer
        if let rotary {
            bt_rope_from(
                rows, tokens, 2 * width, 3 * width, depth, rotary.part ?? depth, rotary.base, room, before,
                all,
                all)
        }
        for row in 0..<rows {
            for token in 0..<tokens {
                let from = all + (row * tokens + token) * 3 * width,
                    to = (row * room + counts[row] + token) * width
                (keys.pointer + to).update(from: from + width, count: width)
                (values.pointer + to).update(from: from + 2 * width, count: width)
            }
        }
        let plan = AttentionPlan(
            batch: rows, heads: heads, queries: tokens, keys: most, depth: depth,
            rows: (3 * width, width, width), causal: true, before: before, room: room)
        let weights = keepsWeights ? Storage.zeros(plan.weights) : nil, mixed = Storage(rows * tokens * width)
        plan.withShape {
            bt_attention($0, all, keys.pointer, values.pointer, weights?.pointer, mixed.pointer)
        }
        for row in 0..<rows { counts[row] += lengths?[row] ?? tokens }
        return (Tensor([rows, tokens, width], mixed), weights.map { plan.unpacked($0) })
    }
}
