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
    /// - Returns: at most `width` buckets, in order. What is damaged is left out and noted in ``losses``.
    /// - Throws: ``StoreError``.
    public func curve(of trial: Int64, metric: Int, steps: ClosedRange<Int>? = nil, width: Int) throws
        -> [Bucket]
    {
        precondition(width > 0, "a curve needs a width of at least 1, not \(width)")
        // In one transaction, so that a writer who puts open rows together meanwhile is not noticed.
        return try read { db in
            let lineage = try Lineage(of: trial, db)
            let heads = try summaries(metric, of: lineage, steps: steps ?? .min ... .max, db)
            guard let first = heads.map(\.head.whole.firstStep).min(),
                let last = heads.map({ min($0.head.whole.lastStep, $0.through) }).max()
            else { return [] }
            let range = steps ?? first...max(first, last)
            let detail = Detail(count: heads.reduce(0) { $0 + $1.head.whole.count }, width: width)
            let units = try heads.flatMap { try self.units(of: $0, in: range, detail, db) }
            var buckets = Self.merged(units, over: range, width: width)
            // Summaries do not say which of their points came last.
            if detail != .points, let end = buckets.last?.lastStep {
                let row = try SeriesRows(metric, of: lineage, steps: end...end, db).rows.last
                let point = row.flatMap { readable($0) { try $0.points() } }?.last { $0.step <= end }
                if let point { buckets[buckets.count - 1].last = point.value }
            }
            return buckets
        }
    }

    /// The summaries of a series' rows, without their points.
    private func summaries(
        _ metric: Int, of lineage: Lineage, steps: ClosedRange<Int>, _ db: Database
    ) throws -> [Summary] {
        try lineage.parts.flatMap { part in
            try SealedTable.series.summaries(
                "trial = ? AND metric = ? AND last_step >= ? AND first_step <= ? ORDER BY first",
                [part.trial, metric, steps.lowerBound, min(steps.upperBound, part.through)], db
            ).compactMap { row in
                do {
                    return Summary(id: try row.get("id"), head: try SeriesHead(row), through: part.through)
                } catch {
                    noteLoss(SeriesRows.loss(part.trial, metric, row))
                    return nil
                }
            }
        }
    }

    /// A row of `series` without its blobs.
    private struct Summary {
        let id: Int64
        let head: SeriesHead
        let through: Int
    }

    /// What a row contributes, as finely as is needed.
    private func units(
        of summary: Summary, in range: ClosedRange<Int>, _ detail: Detail, _ db: Database
    ) throws -> [Bucket] {
        let whole = summary.head.whole
        let isInside =
            range.contains(whole.firstStep) && range.contains(whole.lastStep)
            && whole.lastStep <= summary.through
        if isInside, detail == .chunks { return [whole] }
        guard let row = try SealedTable.series.rows("id = ?", [summary.id], db).first,
            let row = try? SeriesRow(row, through: summary.through)
        else { return [] }
        if isInside, detail == .blocks { return readable(row) { try $0.blocks() } ?? [] }
        return (readable(row) { try $0.points() } ?? []).filter { range.contains($0.step) }.map { Bucket($0) }
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
        // In Double, for a range may be as wide as `Int` is. Columns never go back, so units stay in order even where
        // steps are not.
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
