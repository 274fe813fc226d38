import Foundation
import GRDB
import MethodKit

/// One metric of one trial.
struct SeriesKey: Hashable {
    let trial: Int64
    let metric: Int
}

/// One row of the table `series`, as it was written; a row that is not is never made into one.
struct SeriesRow {
    let key: SeriesKey
    /// The place of its first point among all points of the metric, those of the trial's ancestors included.
    let first: Int
    let whole: Bucket
    let link: Data?
    /// The last step of it that counts, where a descendant of its trial reads it.
    let through: Int
    private let pyramid: Data?
    private let body: Data

    var count: Int { whole.count }
    /// Whether every point of it counts.
    var isWhole: Bool { whole.lastStep <= through }
    /// Whether a block of the hash chain ends with it, so that its link stands for all points up to here. The last
    /// chunk of a trial that has finished is shorter, and a descendant's chain goes on within its block.
    var endsBlock: Bool { link != nil && isWhole && (first + count) % SeriesShape.chunk == 0 }

    /// - Throws: ``StoreError`` when the row is not as it was written.
    init(_ row: Row, through: Int) throws {
        let head = try SeriesHead(row)
        (key, first, whole, self.through) = (head.key, head.first, head.whole, through)
        link = try row.find("link")
        pyramid = try row.find("pyramid")
        body = try row.get("body")
    }

    /// The points that count.
    ///
    /// - Throws: `SeriesBlock.Damaged`.
    func points() throws -> [Point] {
        let points = try SeriesBlock.decode(body, metric: key.metric)
        guard points.count == count else { throw SeriesBlock.Damaged() }
        return isWhole ? points : points.filter { $0.step <= through }
    }

    /// Buckets of 64 points; of a row without a pyramid, or of which not all points count, of each point.
    ///
    /// - Throws: `SeriesBlock.Damaged`.
    func blocks() throws -> [Bucket] {
        guard isWhole, let pyramid else { return try points().map { Bucket($0) } }
        guard let blocks = Pyramid.decode(pyramid, count: count) else { throw SeriesBlock.Damaged() }
        return blocks
    }

    /// Whether the summary and the pyramid are those of the points.
    ///
    /// - Throws: `SeriesBlock.Damaged`.
    func isSound() throws -> Bool {
        let points = try points()
        guard let now = Bucket(points), now.isSame(whole) else { return false }
        return pyramid.map { $0 == Pyramid.encode(points[...]) } ?? (count < SeriesShape.chunk)
    }
}

/// The columns of a row of `series` that its checksum covers.
struct SeriesHead {
    let key: SeriesKey
    let first: Int
    let whole: Bucket

    private enum Place {
        static let trial = of("trial"), metric = of("metric"), first = of("first"), count = of("count")
        static let firstStep = of("first_step"), lastStep = of("last_step")
        static let firstElapsed = of("first_elapsed"), lastElapsed = of("last_elapsed")
        static let bad = of("bad"), low = of("low"), high = of("high"), sum = of("sum")

        private static func of(_ name: String) -> ColumnPlace { ColumnPlace(name, of: .series) }
    }

    /// - Throws: ``StoreError`` when the row is not as it was written, or holds what no row can hold.
    init(_ row: Row) throws {
        guard SealedTable.series.isSound(row) else { throw row.damage("crc") }
        func number<Value: DatabaseValueConvertible & Comparable>(
            _ place: ColumnPlace, in range: some RangeExpression<Value>
        ) throws -> Value {
            let value: Value = try row.get(place)
            guard range.contains(value) else { throw row.damage(place.name) }
            return value
        }
        func seconds(_ place: ColumnPlace) throws -> Double {
            let value: Double = try row.get(place)
            guard value.isFinite else { throw row.damage(place.name) }
            return value
        }
        key = SeriesKey(trial: try row.get(Place.trial), metric: try number(Place.metric, in: 0...))
        first = try number(Place.first, in: 0...(Int.max - SeriesShape.chunk))
        let firstStep: Int = try row.get(Place.firstStep)
        let count: Int = try number(Place.count, in: 1...SeriesShape.chunk)
        whole = Bucket(
            firstStep: firstStep, lastStep: try number(Place.lastStep, in: firstStep...),
            firstElapsed: try seconds(Place.firstElapsed), lastElapsed: try seconds(Place.lastElapsed),
            count: count, nonFinite: try number(Place.bad, in: 0...count),
            min: try row.find(Place.low) ?? .nan, max: try row.find(Place.high) ?? .nan,
            sum: try row.find(Place.sum) ?? .nan)
    }
}

/// Rows of one metric of a trial and its ancestors, in order. Everything that reads points goes through here, so that
/// lineage and damage are dealt with once.
struct SeriesRows {
    private(set) var rows: [SeriesRow] = []
    /// What is damaged and left out, a sentence each.
    private(set) var losses: [String] = []

    /// Reads the rows of a metric, as far as they touch `steps`.
    init(
        _ metric: Int, of lineage: Lineage, steps: ClosedRange<Int> = .min ... .max, _ db: Database
    ) throws {
        for part in lineage.parts {
            let found = try SealedTable.series.rows(
                "trial = ? AND metric = ? AND last_step >= ? AND first_step <= ? ORDER BY first",
                [part.trial, metric, steps.lowerBound, min(steps.upperBound, part.through)], db)
            for row in found {
                // One damaged row costs its own points and no others.
                do { rows.append(try SeriesRow(row, through: part.through)) } catch {
                    losses.append(Self.loss(part.trial, metric, row))
                }
            }
        }
    }

    static func loss(_ trial: Int64, _ metric: Int, _ row: Row) -> String {
        let step = (try? row.get("first_step")) ?? 0
        return
            "Trial \(trial), metric \(metric): the points from step \(step) on cannot be read and are left out."
    }
}

extension Bucket {
    /// Equality that takes NaN for equal to itself, and seconds for equal within a tick.
    func isSame(_ other: Bucket) -> Bool {
        let (a, b) = (self, other)
        func same(_ x: Double, _ y: Double) -> Bool { x == y || x.isNaN && y.isNaN }
        return a.firstStep == b.firstStep && a.lastStep == b.lastStep && a.count == b.count
            && a.nonFinite == b.nonFinite && same(a.min, b.min) && same(a.max, b.max) && same(a.sum, b.sum)
            && abs(a.firstElapsed - b.firstElapsed) < 2e-4 && abs(a.lastElapsed - b.lastElapsed) < 2e-4
    }
}
