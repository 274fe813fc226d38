import CKernels
import Datasets
import Foundation

/// A decoder of the Llama architecture (Touvron et al. 2023), run from a GGUF file as it lies on the disk.
///
/// Blocks of RMSNorm, attention in which groups of query heads share keys and values (Ainslie et al. 2023) and queries and
/// keys are turned by their positions, RMSNorm, and silu(gate(x)) up(x) through down.
///
/// It belongs to the thread that made it.
public final class LlamaModel {
    /// Its sizes.
    public let shape: LlamaShape
    /// How texts become tokens.
    public let tokeniser: BytePairTokeniser
    /// Where its weights lie.
    public let file: GGUFFile
    private let embeddings, head: Matrix
    private let blocks: [Block]
    private let norm: [Float]
    /// Angle of a pair of numbers for each position: [turned / 2]
    private let angles: [Double]

    private struct Block {
        let norm, feedForwardNorm: [Float]
        let queries, keys, values, output: Matrix
        let gate, up, down: Matrix
    }

    /// Tokens that are read together.
    private static let chunk = 256

    /// A model from its file.
    ///
    /// - Throws: `FileError` when it is not one of the architecture, or lacks a part.
    public init(_ file: GGUFFile) throws {
        self.file = file
        tokeniser = try BytePairTokeniser(file)
        let shape = try LlamaShape(file)
        self.shape = shape
        guard shape.vocabulary == tokeniser.count else {
            throw FileError(
                file.path, line: nil,
                "it has embeddings of \(shape.vocabulary) tokens and names \(tokeniser.count)",
                allowed: "as many of both")
        }
        let (width, hidden, keys) = (shape.width, shape.hidden, shape.keys)
        func matrix(_ name: String, _ outputs: Int, _ inputs: Int) throws -> Matrix {
            try Matrix(file, "\(name).weight", outputs: outputs, inputs: inputs)
        }
        embeddings = try matrix("token_embd", shape.vocabulary, width)
        // Where no head is in the file, the embeddings serve as one.
        head =
            file.tensors["output.weight"] == nil ? embeddings : try matrix("output", shape.vocabulary, width)
        norm = try Self.vector(file, "output_norm.weight", width)
        blocks = try (0..<shape.blocks).map { block in
            let name = "blk.\(block)."
            return Block(
                norm: try Self.vector(file, name + "attn_norm.weight", width),
                feedForwardNorm: try Self.vector(file, name + "ffn_norm.weight", width),
                queries: try matrix(name + "attn_q", width, width),
                keys: try matrix(name + "attn_k", keys, width),
                values: try matrix(name + "attn_v", keys, width),
                output: try matrix(name + "attn_output", width, width),
                gate: try matrix(name + "ffn_gate", hidden, width),
                up: try matrix(name + "ffn_up", hidden, width),
                down: try matrix(name + "ffn_down", width, hidden))
        }
        let factors =
            file.tensors["rope_freqs.weight"] == nil
            ? Array(repeating: 1, count: shape.turned / 2)
            : try Self.vector(file, "rope_freqs.weight", shape.turned / 2)
        angles = factors.enumerated().map { pair, factor in
            shape.ropeScale * pow(shape.ropeBase, -2 * Double(pair) / Double(shape.turned)) / Double(factor)
        }
    }

    private static func vector(_ file: GGUFFile, _ name: String, _ count: Int) throws -> [Float] {
        guard let entry = file.tensors[name], entry.shape == [count], entry.format == .f32 else {
            throw FileError(
                file.path, line: nil, "of '\(name)' it has no \(count) single-precision numbers",
                allowed: "as many")
        }
        return (0..<count).map { file.bytes(of: entry).loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }

    /// Reads tokens after those that a cache holds.
    ///
    /// - Parameters:
    ///   - tokens: at least one, each of the vocabulary.
    ///   - cache: which knows them from then on.
    ///   - wanted: for how many of the last tokens to say what follows; at least one.
    ///   - isStopped: asked between parts of a long text.
    /// - Returns: for each of these, the scores of what follows it: [wanted, vocabulary]
    /// - Throws: `CancellationError` when it is stopped; the cache then holds what was read.
    func read(
        _ tokens: [Int], _ cache: inout LlamaCache, wanted: Int = 1, isStopped: () -> Bool = { false }
    ) throws -> [[Float]] {
        var scores: [[Float]] = []
        for first in stride(from: 0, to: tokens.count, by: Self.chunk) {
            if isStopped() { throw CancellationError() }
            let chunk = Array(tokens[first..<min(first + Self.chunk, tokens.count)])
            let states = pass(chunk, &cache)
            // Of this chunk's tokens, those among the last that are wanted.
            let from = max(0, tokens.count - wanted - first)
            if from < chunk.count { scores += heads(states, from..<chunk.count) }
        }
        return scores
    }

    /// Reads one token more of each of several texts. They pass the weights together, so that what takes time, reading
    /// these, is done once for all.
    ///
    /// - Parameters:
    ///   - tokens: one for each text.
    ///   - caches: of the texts, which know the tokens from then on.
    /// - Returns: for each text the scores of what follows: [texts, vocabulary]
    func read(next tokens: [Int], _ caches: inout [LlamaCache]) -> [[Float]] {
        let states = pass(tokens.map { [$0] }, &caches)
        return heads(states, 0..<tokens.count)
    }

    private func pass(_ tokens: [Int], _ cache: inout LlamaCache) -> Floats {
        var caches = [cache]
        // One owner, else the cache would take new memory for what it writes.
        cache = LlamaCache()
        defer { cache = caches[0] }
        return pass([tokens], &caches)
    }

    /// What the blocks make of some tokens of each text, one text after another: [all tokens, width]
    private func pass(_ texts: [[Int]], _ caches: inout [LlamaCache]) -> Floats {
        let tokens = texts.flatMap { $0 }, count = tokens.count, width = shape.width
        let x = Floats(count * width)
        for (row, token) in tokens.enumerated() { embeddings.row(token, to: x.pointer + row * width) }
        let before = caches.map(\.count)
        let places = texts.indices.map { caches[$0].append(texts[$0].count, shape) }
        let turns = turns(zip(texts, before).flatMap { Array($1..<$1 + $0.count) })
        let rows = Rows(count, shape)
        for (place, block) in blocks.enumerated() {
            Self.normalise(x, count, width, block.norm, shape.epsilon, to: rows.normed)
            for (map, y) in [
                (block.queries, rows.queries), (block.keys, rows.keys), (block.values, rows.values),
            ] { map.apply(rows.normed.pointer, rows: count, to: y.pointer) }
            turn(rows.queries.pointer, count, heads: shape.heads, turns)
            turn(rows.keys.pointer, count, heads: shape.keyHeads, turns)
            var first = 0
            for (text, (segment, from)) in places.enumerated() {
                let own = first..<first + texts[text].count
                keep(rows, own, in: segment, from, block: place)
                attend(rows, own, place, caches[text], before: before[text])
                first = own.upperBound
            }
            block.output.apply(rows.mixed.pointer, rows: count, to: rows.normed.pointer)
            bt_add(count * width, x.pointer, rows.normed.pointer, x.pointer)
            Self.normalise(x, count, width, block.feedForwardNorm, shape.epsilon, to: rows.normed)
            feedForward(block, rows, count)
            bt_add(count * width, x.pointer, rows.normed.pointer, x.pointer)
        }
        return x
    }

    /// What a pass needs for its rows, made once for all blocks.
    private struct Rows {
        let normed, queries, keys, values, mixed, gate, up: Floats

        init(_ count: Int, _ shape: LlamaShape) {
            (normed, queries, mixed) = (
                Floats(count * shape.width), Floats(count * shape.width), Floats(count * shape.width)
            )
            (keys, values) = (Floats(count * shape.keys), Floats(count * shape.keys))
            (gate, up) = (Floats(count * shape.hidden), Floats(count * shape.hidden))
        }
    }

    /// Keys and values of some rows go to where a text's cache keeps them.
    private func keep(
        _ rows: Rows, _ own: Range<Int>, in segment: LlamaCache.Segment, _ from: Int, block: Int
    ) {
        let width = shape.keys
        for (source, kept) in [(rows.keys, segment.keys[block]), (rows.values, segment.values[block])] {
            (kept.pointer + from * width).update(
                from: source.pointer + own.lowerBound * width, count: own.count * width)
        }
    }

    private static func normalise(
        _ x: Floats, _ rows: Int, _ width: Int, _ gain: [Float], _ epsilon: Float, to y: Floats
    ) {
        let rstd = Floats(rows)
        bt_rms_norm(rows, width, epsilon, x.pointer, gain, y.pointer, rstd.pointer)
    }

    /// y = down(silu(gate(x)) up(x)), from and to the normed rows.
    private func feedForward(_ block: Block, _ rows: Rows, _ count: Int) {
        block.gate.apply(rows.normed.pointer, rows: count, to: rows.gate.pointer)
        block.up.apply(rows.normed.pointer, rows: count, to: rows.up.pointer)
        let all = count * shape.hidden
        bt_unary(BT_SILU, all, rows.gate.pointer, rows.gate.pointer)
        bt_multiply(all, rows.gate.pointer, rows.up.pointer, rows.up.pointer)
        block.down.apply(rows.up.pointer, rows: count, to: rows.normed.pointer)
    }

    private func attend(_ rows: Rows, _ own: Range<Int>, _ block: Int, _ cache: LlamaCache, before: Int) {
        let lengths = cache.parts.map(\.count), width = own.lowerBound * shape.width
        let keys = cache.parts.map { UnsafePointer<Float>?($0.segment.keys[block].pointer) }
        let values = cache.parts.map { UnsafePointer<Float>?($0.segment.values[block].pointer) }
        let weights = Floats(before + own.count)
        lengths.withUnsafeBufferPointer { lengths in
            var plan = bt_grouped_shape(
                queries: own.count, heads: shape.heads, key_heads: shape.keyHeads, depth: shape.depth,
                before: before, parts: lengths.count, lengths: lengths.baseAddress)
            bt_grouped_attention(
                &plan, rows.queries.pointer + width, keys, values, weights.pointer,
                rows.mixed.pointer + width)
        }
    }

    /// Cosine and sine of each pair at each position: [positions, turned / 2]
    private func turns(_ positions: [Int]) -> [(cosine: Float, sine: Float)] {
        positions.flatMap { position in
            angles.map { (Float(cos(Double(position) * $0)), Float(sin(Double(position) * $0))) }
        }
    }

    /// RoPE on neighbouring numbers: (a, b) becomes (a cos - b sin, a sin + b cos).
    private func turn(
        _ x: UnsafeMutablePointer<Float>, _ rows: Int, heads: Int, _ turns: [(cosine: Float, sine: Float)]
    ) {
        let pairs = angles.count
        for row in 0..<rows {
            for head in 0..<heads {
                let own = x + (row * heads + head) * shape.depth
                for pair in 0..<pairs {
                    let (cosine, sine) = turns[row * pairs + pair],
                        (a, b) = (own[2 * pair], own[2 * pair + 1])
                    (own[2 * pair], own[2 * pair + 1]) = (a * cosine - b * sine, a * sine + b * cosine)
                }
            }
        }
    }

    private func heads(_ states: Floats, _ rows: Range<Int>) -> [[Float]] {
        let width = shape.width, normed = Floats(rows.count * width)
        let rstd = Floats(rows.count), scores = Floats(rows.count * shape.vocabulary)
        bt_rms_norm(
            rows.count, width, shape.epsilon, states.pointer + rows.lowerBound * width, norm, normed.pointer,
            rstd.pointer)
        head.apply(normed.pointer, rows: rows.count, to: scores.pointer)
        return (0..<rows.count).map { scores[$0 * shape.vocabulary..<($0 + 1) * shape.vocabulary] }
    }
}
