import Foundation
import GRDB
import MethodKit

extension SessionStore {
    /// A metric's curve in about as many buckets as the chart is wide.
    ///
    /// Each bucket sums up its points exactly; a spike of one step is in its `min` or `max` at any zoom. Chunks that
    /// lie wholly inside the range are taken from their summaries or pyramids, so the cost follows the width, not the
    /// number of points. Those do not say which value came last, so of the buckets made of them only the last of all
    /// has its ``Bucket/last``.
    ///
    /// - Parameters:
    ///   - trial: the trial.
    ///   - metric: place of the metric in the session's list.
    ///   - steps: the range; nil for all.
    ///   - width: buckets wanted, at least 1.
    /// - Returns: at most `width` buckets, in order.
    /// - Throws: ``StoreError``.
    public func curve(of trial: Int64, metric: Int, steps: ClosedRange<Int>? = nil, width: Int) throws
        -> [Bucket]
    {
        precondition(width > 0, "a curve needs a width of at least 1, not \(width)")
        let key = SeriesKey(trial: trial, metric: metric)
        let heads = try read { try SeriesHead.fetch(key, steps: steps, $0) }
        guard let first = heads.first, let last = heads.last else { return [] }
        let range = steps ?? first.whole.firstStep...last.whole.lastStep
        let count = heads.reduce(0) { $0 + $1.whole.count }
        let detail = Detail(count: count, width: width)
        let units = try heads.flatMap { head -> [Bucket] in
            let isInside = range.contains(head.whole.firstStep) && range.contains(head.whole.lastStep)
            if isInside, detail == .chunks { return [head.whole] }
            guard let row = try read({ try head.row($0) }) else { return [] }
            if isInside, detail == .blocks { return readable(row) { try $0.blocks() } ?? [] }
            return (readable(row) { try $0.points() } ?? []).filter { range.contains($0.step) }.map {
                Bucket($0)
            }
        }
        var buckets = Self.merged(units, over: range, width: width)
        if detail != .points, let end = buckets.last?.lastStep,
            let point = try points(of: trial, metric: metric, steps: end...end).last
        {
            buckets[buckets.count - 1].last = point.value
        }
        return buckets
    }

    /// How finely a curve must be read.
    private enum Detail {
        case points, blocks, chunks

        /// The coarsest that still gives each bucket two units or more.
        init(count: Int, width: Int) {
            if count >= 2 * width * SeriesShape.chunk {
                self = .chunks
            } else if count >= 2 * width * SeriesShape.block {
                self = .blocks
            } else {
                self = .points
            }
        }
    }

    /// Puts units whose first steps fall into the same column together.
    private static func merged(_ units: [Bucket], over range: ClosedRange<Int>, width: Int) -> [Bucket] {
        let span = Double(range.upperBound) - Double(range.lowerBound) + 1
        var buckets: [Bucket] = [], lastColumn = -1
        for unit in units {
            let place = (Double(unit.firstStep) - Double(range.lowerBound)) / span
            let column = Swift.min(width - 1, Swift.max(lastColumn, Int(place * Double(width))))
            if column == lastColumn, !buckets.isEmpty {
                buckets[buckets.count - 1].add(unit)
            } else {
                buckets.append(unit)
            }
            lastColumn = column
        }
        return buckets
    }
}

/// A row of `series` without its blobs.
private struct SeriesHead {
    let id: Int64
    let key: SeriesKey
    let whole: Bucket

    static func fetch(_ key: SeriesKey, steps: ClosedRange<Int>?, _ db: Database) throws -> [SeriesHead] {
        let steps = steps ?? Int.min...Int.max
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, count, first_step, last_step, first_elapsed, last_elapsed, bad, low, high, sum
                    FROM series WHERE trial = ? AND metric = ? AND last_step >= ? AND first_step <= ? ORDER BY first
                    """),
            arguments: [key.trial, key.metric, steps.lowerBound, steps.upperBound]
        ).compactMap { try? SeriesHead(id: $0.get("id"), key: key, whole: Bucket($0)) }
    }

    func row(_ db: Database) throws -> SeriesRow? {
        try SeriesRow.fetch(key, steps: whole.firstStep...whole.lastStep, db)
            .first { $0.whole.firstStep == whole.firstStep && $0.whole.count == whole.count }
    }
}
