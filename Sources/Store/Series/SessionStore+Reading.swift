import Base
import Foundation
import GRDB
import MethodKit

extension SessionStore {
    /// Reads rows of a metric of a trial and its ancestors in one transaction, so that a writer who puts rows together
    /// meanwhile is not noticed. What is damaged is noted in ``losses``.
    func rows(of trial: Int64, _ metric: Int, steps: ClosedRange<Int>) throws -> [SeriesRow] {
        let found = try read { try SeriesRows(metric, of: Lineage(of: trial, $0), steps: steps, $0) }
        found.losses.forEach(noteLoss)
        return found.rows
    }

    /// What `part` takes from a row; nil and a note in ``losses`` when the row is damaged.
    func readable<Value>(_ row: SeriesRow, _ part: (SeriesRow) throws -> Value) -> Value? {
        do { return try part(row) } catch {
            noteLoss(
                "Trial \(row.key.trial), metric \(row.key.metric): \(row.count) points from step "
                    + "\(row.whole.firstStep) to \(row.whole.lastStep) are damaged and left out.")
            return nil
        }
    }

    /// The points of one metric of a trial, those of its ancestors included, oldest first. Rows that are damaged are
    /// left out and noted in ``losses``.
    ///
    /// - Parameters:
    ///   - trial: the trial.
    ///   - metric: place of the metric in the session's list.
    ///   - steps: only these; nil for all.
    /// - Returns: the points that can be read.
    /// - Throws: ``StoreError``.
    public func points(of trial: Int64, metric: Int, steps: ClosedRange<Int>? = nil) throws -> [Point] {
        var points: [Point] = [], next: Int?, lastStep = 0
        for row in try rows(of: trial, metric, steps: steps ?? .min ... .max) {
            if let next, next != row.first {
                noteLoss(
                    "Trial \(trial), metric \(metric): points between step \(lastStep) and "
                        + "\(row.whole.firstStep) are missing.")
            }
            let found = readable(row) { try $0.points() }
            (next, lastStep) = (row.first + (found?.count ?? row.count), row.whole.lastStep)
            points += found ?? []
        }
        guard let steps else { return points }
        return points.filter { steps.contains($0.step) }
    }

    /// The last point of one metric of a trial.
    ///
    /// - Throws: ``StoreError``.
    public func lastValue(of trial: Int64, metric: Int) throws -> Point? {
        let lineage = try read { try Lineage(of: trial, $0) }
        // Youngest first: the value is nearly always the trial's own, and then one small row is read.
        for part in lineage.parts.reversed() {
            let last = try read {
                try Int.fetchOne(
                    $0,
                    sql:
                        "SELECT max(last_step) FROM series WHERE trial = ? AND metric = ? AND first_step <= ?",
                    arguments: [part.trial, metric, part.through])
            }
            guard let last else { continue }
            // A row that an ancestor wrote may go on after the step at which its descendant begins.
            let steps = min(last, part.through)
            if let point = try points(of: trial, metric: metric, steps: steps...steps).last { return point }
            return try points(of: trial, metric: metric, steps: .min...steps).last
        }
        return nil
    }

    /// The last link of each metric's hash chain, by name; a metric of which something is damaged is left out, and noted
    /// in ``losses``.
    ///
    /// - Throws: ``StoreError``.
    public func chain(of trial: Int64) throws -> [String: Digest] {
        let metrics = try read { db in
            guard let row = try SealedTable.trial.rows("id = ?", [trial], db).first else { return [Metric]() }
            return try Self.session(row.get("session"), db).metrics
        }
        var chains: [String: Digest] = [:]
        for (metric, name) in metrics.map(\.name).enumerated() {
            chains[name] = try chain(of: trial, metric)
        }
        return chains
    }

    /// Full blocks are taken at their link, so a chain costs what its last block costs; whether links are right is what
    /// ``integrity()`` asks.
    private func chain(of trial: Int64, _ metric: Int) throws -> Digest? {
        let found = try read { try SeriesRows(metric, of: Lineage(of: trial, $0), $0) }
        found.losses.forEach(noteLoss)
        guard found.losses.isEmpty, !found.rows.isEmpty else { return nil }
        var chain = SeriesChain()
        for row in found.rows {
            if row.endsBlock, let link = row.link {
                chain = SeriesChain(after: link)
            } else {
                guard let points = readable(row, { try $0.points() }) else { return nil }
                for point in points { chain.append(step: point.step, value: point.value) }
            }
        }
        return chain.last
    }
}
