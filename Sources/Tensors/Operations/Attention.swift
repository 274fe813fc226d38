import CKernels

extension Tensor {
    /// Scaled dot-product attention of queries [batch, queries, heads * depth] over keys and values
    /// [batch, keys, heads * depth].
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - values: the values.
    ///   - heads: heads lie side by side in the last axis.
    ///   - causal: query `i` sees keys up to `i + keys - queries`.
    ///   - lengths: keys that count in each batch entry; nil for all.
    ///   - bias: added to the scaled products: [queries, keys] of all heads, or [heads, queries, keys].
    /// - Returns: [batch, queries, heads * depth].
    public func attention(
        over keys: Tensor, _ values: Tensor, heads: Int, causal: Bool = false, lengths: [Int]? = nil,
        bias: Tensor? = nil
    ) -> Tensor {
        let q = self, width = columns
        demand(
            shape.count == 3 && keys.shape.count == 3 && keys.shape == values.shape
                && keys.shape[0] == shape[0]
                && keys.shape[2] == width && width % heads == 0,
            "attention with \(heads) heads cannot take shapes \(shape), \(keys.shape) and \(values.shape)")
        let plan = AttentionPlan(
            batch: shape[0], heads: heads, queries: shape[1], keys: keys.shape[1], depth: width / heads,
            rows: (width, width, width), causal: causal, lengths: lengths, bias: bias)
        let operands = [q, keys, values] + (bias.map { [$0] } ?? [])
        let p = Self.trains(operands) ? Storage(plan.weights) : nil
        return Self.result(.attention, shape, operands) { y in
            plan.withShape { bt_attention($0, q.pointer, keys.pointer, values.pointer, p?.pointer, y) }
        } backward: { _, dy in
            guard let p else { fatalError("what trains keeps its weights") }
            let dq = Storage(q.count), dk = Storage(keys.count), dv = Storage(values.count)
            let db = bias.flatMap { $0.trains ? Storage.zeros($0.count) : nil }
            plan.withShape {
                bt_attention_back(
                    $0, q.pointer, keys.pointer, values.pointer, p.pointer, dy, dq.pointer, dk.pointer,
                    dv.pointer, db?.pointer)
            }
            q.take(dq)
            keys.take(dk)
            values.take(dv)
            if let bias, let db { bias.take(db) }
        }
    }

    /// Self-attention of [batch, tokens, width] with its projections, some entries of the batch at a time, so that what
    /// lies between them stays in cache.
    ///
    /// - Parameters:
    ///   - input: gives queries, keys and values side by side: [3 width, width].
    ///   - output: [width, width].
    ///   - heads: divides the width.
    ///   - rotary: the position embedding; nil for none.
    ///   - causal: whether later tokens are hidden.
    ///   - lengths: tokens that count in each batch entry; nil for all.
    ///   - residual: added to the result; nil for none.
    /// - Returns: the same shape.
    func selfAttention(
        _ input: Linear, _ output: Linear, heads: Int, rotary: Rotary? = nil, causal: Bool = false,
        lengths: [Int]? = nil, adding residual: Tensor? = nil
    ) -> Tensor {
        let (x, width) = (self, columns), input = input.merged, output = output.merged
        demand(
            shape.count == 3 && width % heads == 0 && input.weight.shape == [3 * width, width]
                && output.weight.shape == [width, width] && (residual.map { $0.shape == shape } ?? true),
            "self-attention with \(heads) heads cannot take the shape \(shape)")
        let plan = AttentionPlan(
            batch: shape[0], heads: heads, queries: shape[1], keys: shape[1], depth: width / heads,
            rows: (3 * width, 3 * width, 3 * width), causal: causal, lengths: lengths, bias: nil)
        let qkv = Storage(3 * count), p = Storage(plan.weights), mixed = Storage(count)
        let operands = [x] + input.operands + output.operands + (residual.map { [$0] } ?? [])
        return Self.result(.selfAttention, shape, operands) { y in
            plan.withLayer(rotary, input.forward, output.forward) {
                bt_self_attention_write(
                    $0, x.pointer, residual?.pointer, qkv.pointer, p.pointer, mixed.pointer, y)
            }
        } backward: { y, dy in
            let adds: Int32 = x.gradient == nil ? 0 : 1, dx = x.place()
            plan.withLayer(rotary, input.backward(), output.backward()) {
                bt_self_attention_back($0, x.pointer, qkv.pointer, p.pointer, mixed.pointer, dy, adds, dx)
            }
            residual?.inherit(y)
        }
    }

    /// The attention weights of queries over keys, [batch, heads, queries, keys], to look at.
    public func attentionWeights(
        over keys: Tensor, heads: Int, causal: Bool = false, lengths: [Int]? = nil
    ) -> Tensor {
        let depth = columns / heads, (batch, n, m) = (shape[0], shape[1], keys.shape[1])
        demand(
            shape.count == 3 && keys.shape.count == 3 && keys.shape[0] == batch && keys.columns == columns,
            "attention with \(heads) heads cannot take shapes \(shape) and \(keys.shape)")
        let plan = AttentionPlan(
            batch: batch, heads: heads, queries: n, keys: m, depth: depth, rows: (columns, columns, columns),
            causal: causal, lengths: lengths)
        let p = Storage.zeros(plan.weights), y = Storage(count)
        plan.withShape { bt_attention($0, pointer, keys.pointer, keys.pointer, p.pointer, y.pointer) }
        return plan.unpacked(p)
    }

    /// Rotary position embedding of [batch, tokens, width]: neighbouring pairs are turned by their position (Su et al.
    /// 2021, Eq. 34).
    ///
    /// - Parameters:
    ///   - depth: of a head; heads lie side by side.
    ///   - part: how many of the first numbers of each head are turned, an even number; nil for all.
    ///   - turned: how many of the first columns are turned, the others staying as they are; nil for all.
    ///   - base: of the angles.
    ///   - first: position of the first token.
    /// - Returns: the same shape.
    public func rotated(
        depth: Int, part: Int? = nil, columns turned: Int? = nil, base: Float = 10_000, from first: Int = 0
    ) -> Tensor {
        let (batch, tokens, width) = (shape[0], shape[1], columns), turned = turned ?? width
        let part = part ?? depth
        demand(
            shape.count == 3 && depth % 2 == 0 && turned % depth == 0 && turned <= width && part % 2 == 0
                && (0...depth).contains(part),
            "rotated by \(part) numbers of heads of \(depth) cannot take the shape \(shape)")
        return Self.result(.rotated, shape, [self]) {
            bt_rope(batch, tokens, turned, width, depth, part, base, first, 1, pointer, $0)
        } backward: { [self] _, dy in
            write { bt_rope(batch, tokens, turned, width, depth, part, base, first, -1, dy, $0) }
        }
    }
}

/// A rotary position embedding of an attention's queries and keys.
struct Rotary: Sendable {
    /// Of the angles.
    let base: Float
    /// How many of the first numbers of each head are turned, an even number; nil for all.
    var part: Int?
}

/// An attention's shape, with the arrays that the C structure points to.
struct AttentionPlan {
    let batch, heads, queries, keys, depth: Int
    let rows: (q: Int, k: Int, v: Int)
    let causal: Bool
    let lengths: [Int32]?
    let bias: Tensor?
    /// With `causal`, how many keys each entry has before its first query's own; nil for keys - queries.
    let before: [Int32]?
    /// Keys that there is room for in each entry.
    let room: Int

    init(
        batch: Int, heads: Int, queries: Int, keys: Int, depth: Int, rows: (q: Int, k: Int, v: Int),
        causal: Bool, lengths: [Int]? = nil, bias: Tensor? = nil, before: [Int32]? = nil, room: Int? = nil
    ) {
        demand(
            lengths.map { $0.count == batch } ?? true, "attention needs a length for each of \(batch)")
        demand(
            bias.map { $0.shape == [queries, keys] || $0.shape == [heads, queries, keys] } ?? true,
            "an attention bias of \(heads) heads is [\(queries), \(keys)], or has the heads before these")
        (self.batch, self.heads, self.queries, self.keys, self.depth) = (batch, heads, queries, keys, depth)
        (self.rows, self.causal, self.bias) = (rows, causal, bias)
        (self.before, self.room) = (before, room ?? keys)
        self.lengths = lengths.map { $0.map(Int32.init) }
    }

    /// Blocks of queries, and numbers that their weights take.
    var blocks: Int { (queries + BT_QUERIES - 1) / BT_QUERIES }
    var weights: Int { batch * heads * blocks * keys * BT_QUERIES }

    /// The weights that a kernel kept: [batch, heads, queries, keys].
    func unpacked(_ kept: Storage) -> Tensor {
        // The kernel keeps blocks of queries with the keys before them; absent queries fill the last one.
        withoutGradient {
            Tensor([batch, heads, blocks, keys, BT_QUERIES], kept).permuted([0, 1, 2, 4, 3])
                .reshaped([batch, heads, blocks * BT_QUERIES, keys]).slice(0..<queries, axis: 2)
        }
    }

    func withLayer(
        _ rotary: Rotary?, _ input: bt_layer, _ output: bt_layer,
        _ body: (UnsafePointer<bt_self_attention>) -> Void
    ) {
        withShape { shape in
            var layer = bt_self_attention(
                shape: shape.pointee, rotary_base: rotary?.base ?? 0, rotary_depth: rotary?.part ?? depth,
                in: input, out: output)
            body(&layer)
        }
    }

    func withShape(_ body: (UnsafePointer<bt_attention_shape>) -> Void) {
        var shape = bt_attention_shape()
        (shape.batch, shape.heads, shape.queries, shape.keys, shape.depth) = (
            batch, heads, queries, keys, depth
        )
        (shape.q_row, shape.k_row, shape.v_row, shape.room) = (rows.q, rows.k, rows.v, room)
        shape.causal = causal ? 1 : 0
        shape.scale = 1 / Float(depth).squareRoot()
        if let bias {
            shape.bias = UnsafePointer(bias.pointer)
            shape.bias_head = bias.shape.count == 3 ? queries * keys : 0
        }
        Self.withPointer(lengths) { lengths in
            Self.withPointer(before) { before in
                (shape.lengths, shape.before) = (lengths, before)
                withUnsafePointer(to: &shape, body)
            }
        }
    }

    private static func withPointer(_ numbers: [Int32]?, _ body: (UnsafePointer<Int32>?) -> Void) {
        guard let numbers else { return body(nil) }
        numbers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
