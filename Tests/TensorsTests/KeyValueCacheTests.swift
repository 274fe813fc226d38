import Base
import Testing

@testable import Tensors

/// What a cache has read counts as if it were read again, whatever was done to the cache.
@Suite struct KeyValueCacheTests {
    let block: TransformerBlock
    /// [2, 9, 16]
    let x: Tensor

    init() {
        var random = RandomStream(seed: 8)
        block = TransformerBlock(16, heads: 2, feedForward: .swiglu, rotaryBase: 100, using: &random)
        x = .gaussian([2, 9, 16], using: &random)
    }

    private func tokens(_ range: Range<Int>) -> Tensor { x.slice(range, axis: 1) }

    private func expectClose(_ found: [Float], _ wanted: [Float], _ what: String = "") {
        #expect(
            found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(what)")
    }

    /// Some rows of an output [batch, tokens, 16].
    private func rows(_ y: Tensor, _ row: Int, _ range: Range<Int>) -> [Float] {
        y.slice(row..<row + 1).slice(range, axis: 1).values
    }

    /// In one go, token by token, in parts, and beyond the memory that was taken first.
    @Test(arguments: [[9], Array(repeating: 1, count: 9), [4, 2, 3]], [1, 4, 16])
    func readingInPartsGivesTheSame(_ parts: [Int], _ capacity: Int) {
        let whole = block(x, causal: true)
        var cache = KeyValueCache(capacity: capacity), at = 0
        for part in parts {
            let y = block(tokens(at..<at + part), cache: &cache)
            for row in 0..<2 { expectClose(y.slice(row..<row + 1).values, rows(whole, row, at..<at + part)) }
            at += part
        }
        #expect(cache.count == 9 && cache.counts == [9, 9])
    }

    /// The second row has read three tokens less than the first one.
    @Test func rowsMayHaveReadDifferentNumbers() {
        let whole = block(x, causal: true)
        var cache = KeyValueCache()
        let first = block(tokens(0..<6), cache: &cache, lengths: [6, 3])
        expectClose(rows(first, 0, 0..<6), rows(whole, 0, 0..<6))
        expectClose(rows(first, 1, 0..<3), rows(whole, 1, 0..<3))
        #expect(cache.counts == [6, 3])
        for step in 0..<3 {
            let next = Tensor.concatenated([
                x.slice(0..<1).slice(6 + step..<7 + step, axis: 1),
                x.slice(1..<2).slice(3 + step..<4 + step, axis: 1),
            ])
            let y = block(next, cache: &cache)
            expectClose(rows(y, 0, 0..<1), rows(whole, 0, 6 + step..<7 + step), "\(step)")
            expectClose(rows(y, 1, 0..<1), rows(whole, 1, 3 + step..<4 + step), "\(step)")
        }
    }

    /// A fork reads on by itself: neither sees the other's tokens.
    @Test func aForkLeavesTheOtherAlone() {
        var cache = KeyValueCache()
        _ = block(tokens(0..<5), cache: &cache)
        var fork = cache
        _ = block(tokens(7..<9), cache: &fork)
        let y = block(tokens(5..<9), cache: &cache), wanted = block(x, causal: true)
        expectClose(y.values, wanted.slice(5..<9, axis: 1).values)
        #expect(fork.count == 7 && cache.count == 9)
    }

    @Test func rowsAreSelectedAndRepeated() {
        var cache = KeyValueCache()
        _ = block(tokens(0..<5), cache: &cache, lengths: [5, 4])
        var chosen = cache.selecting([1, 0, 1])
        #expect(chosen.counts == [4, 5, 4] && cache.counts == [5, 4])
        let next = Tensor.concatenated([
            x.slice(1..<2).slice(4..<5, axis: 1), x.slice(0..<1).slice(5..<6, axis: 1),
            x.slice(1..<2).slice(4..<5, axis: 1),
        ])
        let y = block(next, cache: &chosen), whole = block(x, causal: true)
        expectClose(rows(y, 0, 0..<1), rows(whole, 1, 4..<5))
        expectClose(rows(y, 1, 0..<1), rows(whole, 0, 5..<6))
        #expect(rows(y, 2, 0..<1) == rows(y, 0, 0..<1))
    }

    @Test func whatIsCutOffIsForgotten() {
        var cache = KeyValueCache()
        _ = block(tokens(0..<3), cache: &cache)
        _ = block(tokens(6..<9), cache: &cache)
        cache.truncate(to: 3)
        let y = block(tokens(3..<9), cache: &cache)
        expectClose(y.values, block(x, causal: true).slice(3..<9, axis: 1).values)
    }

    /// Those of the block that reads all tokens at once.
    @Test func weightsAreThoseOfTheWholeBlock() {
        var cache = KeyValueCache()
        _ = block(tokens(0..<4), cache: &cache)
        let found = block.attentionWeights(tokens(4..<9), after: cache)
        #expect(found.shape == [2, 2, 5, 9] && cache.count == 4)
        expectClose(found.values, block.attentionWeights(x, causal: true).slice(4..<9, axis: 2).values)
    }

    @Test func noGradientGoesThroughIt() {
        var cache = KeyValueCache()
        let y = block(x.copy(trains: true), cache: &cache)
        #expect(!y.trains)
    }

    @Test func aConditionIsAppliedHereToo() {
        var random = RandomStream(seed: 9)
        let block = TransformerTests.modulated(&random, context: 6)
        let x = Tensor.gaussian([2, 4, 8], using: &random),
            context = Tensor.gaussian([2, 3, 6], using: &random)
        let c = Tensor.gaussian([2, 5], using: &random)
        var cache = KeyValueCache()
        let first = block(x.slice(0..<3, axis: 1), over: context, condition: c, cache: &cache)
        let last = block(x.slice(3..<4, axis: 1), over: context, condition: c, cache: &cache)
        let wanted = block(x, over: context, condition: c, causal: true)
        expectClose(Tensor.concatenated([first, last], axis: 1).values, wanted.values)
    }
}
