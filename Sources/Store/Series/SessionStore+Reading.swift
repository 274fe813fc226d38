import Base
import Foundation
import GRDB
import MethodKit

/// One row of the table `series`.
struct SeriesRow {
    let key: SeriesKey
    let first: Int
    let whole: Bucket
    let link: Data?
    private let pyramid: Data?
    private let body: Data

    var count: Int { whole.count }

    private init(_ row: Row) throws {
        key = SeriesKey(trial: try row.get("trial"), metric: try row.get("metric"))
        first = try row.get("first")
        whole = try Bucket(row)
        link = try row.find("link")
        pyramid = try row.find("pyramid")
        body = try row.get("body")
    }

    /// - Throws: `SeriesBlock.Damaged`.
    func points() throws -> [Point] {
        let points = try SeriesBlock.decode(body, metric: key.metric)
        guard points.count == count else { throw SeriesBlock.Damaged() }
        return points
    }

    /// Buckets of 64 points; of a row without a pyramid, of each point.
    ///
    /// - Throws: `SeriesBlock.Damaged`.
    func blocks() throws -> [Bucket] {
        if let pyramid, let blocks = Pyramid.decode(pyramid, count: count) { return blocks }
        return try points().map { Bucket($0) }
    }

    /// Whether the summary and the pyramid are those of the points.
    ///
    /// - Throws: `SeriesBlock.Damaged`.
    func isSound() throws -> Bool {
        let points = try points()
        guard let now = Bucket(points), now.isSame(whole) else { return false }
        return pyramid.map { $0 == Pyramid.encode(points[...]) } ?? (count < SeriesShape.chunk)
    }

    /// The rows of a series, in order, as far as they touch `steps`.
    static func fetch(
        _ key: SeriesKey, steps: ClosedRange<Int>? = nil, _ db: Database
    ) throws -> [SeriesRow] {
        let steps = steps ?? Int.min...Int.max
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM series WHERE trial = ? AND metric = ? AND last_step >= ? AND first_step <= ?
                    ORDER BY first
                    """),
            arguments: [key.trial, key.metric, steps.lowerBound, steps.upperBound]
            // A row whose numbers cannot be read leaves a gap, which is noticed.
        ).compactMap { try? SeriesRow($0) }
    }
}

extension Bucket {
    /// A row's summary.
    init(_ row: Row) throws {
        try self.init(
            firstStep: row.get("first_step"), lastStep: row.get("last_step"),
            firstElapsed: row.get("first_elapsed"),
            lastElapsed: row.get("last_elapsed"), count: row.get("count"), nonFinite: row.get("bad"),
            min: row.find("low") ?? .nan, max: row.find("high") ?? .nan, sum: row.get("sum"))
    }

    /// Equality that takes NaN for equal to itself, and seconds for equal within a tick.
    func isSame(_ other: Bucket) -> Bool {
        let (a, b) = (self, other)
        func same(_ x: Double, _ y: Double) -> Bool { x == y || x.isNaN && y.isNaN }
        return a.firstStep == b.firstStep && a.lastStep == b.lastStep && a.count == b.count
            && a.nonFinite == b.nonFinite && same(a.min, b.min) && same(a.max, b.max) && same(a.sum, b.sum)
            && abs(a.firstElapsed - b.firstElapsed) < 2e-4 && abs(a.lastElapsed - b.lastElapsed) < 2e-4
    }
}

extension SessionStore {
    /// The points of one metric of a trial, oldest first. Rows that are damaged are left out and noted in ``losses``.
    ///
    /// - Parameters:
    ///   - trial: the trial.
    ///   - metric: place of the metric in the session's list.
    ///   - steps: only these; nil for all.
    /// - Returns: the points that can be read.
    /// - Throws: ``StoreError``.
    public func points(of trial: Int64, metric: Int, steps: ClosedRange<Int>? = nil) throws -> [Point] {
        let rows = try read {
            try SeriesRow.fetch(SeriesKey(trial: trial, metric: metric), steps: steps, $0)
        }
        for (row, next) in zip(rows, rows.dropFirst()) where row.first + row.count != next.first {
            noteLoss(
                "Trial \(trial), metric \(metric): points between step \(row.whole.lastStep) and "
                    + "\(next.whole.firstStep) are missing.")
        }
        return rows.flatMap { row -> [Point] in
            guard let points = readable(row, { try $0.points() }) else { return [] }
            guard let steps else { return points }
            return points.filter { steps.contains($0.step) }
        }
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

    /// The last point of one metric of a trial.
    ///
    /// - Throws: ``StoreError``.
    public func lastValue(of trial: Int64, metric: Int) throws -> Point? {
        let last = try read {
            try Int.fetchOne(
                $0, sql: "SELECT max(last_step) FROM series WHERE trial = ? AND metric = ?",
                arguments: [trial, metric])
        }
        guard let last else { return nil }
        return try points(of: trial, metric: metric, steps: last...last).last
    }

    /// A trial's logs, artifacts, stages and edits, in the order in which they were said.
    ///
    /// - Parameters:
    ///   - trial: the trial.
    ///   - first: how many to leave out.
    /// - Returns: the events that can be read.
    /// - Throws: ``StoreError``.
    public func events(of trial: Int64, from first: Int = 0) throws -> [TimedEvent] {
        let rows = try read {
            try Row.fetchAll(
                $0,
                sql: "SELECT step, elapsed, body FROM event WHERE trial = ? ORDER BY id LIMIT -1 OFFSET ?",
                arguments: [trial, first])
        }
        return rows.compactMap { row in
            guard let body: Data = try? row.get("body"), let plain = try? Sealed.open(body),
                let stored = try? JSONDecoder.exact.decode(StoredEvent.self, from: plain)
            else {
                noteLoss(
                    "Trial \(trial): an event after step \((try? row.get("step")) ?? 0) is damaged and left out."
                )
                return nil
            }
            return TimedEvent(step: stored.step, elapsed: stored.elapsed, event: stored.event)
        }
    }

    /// The changes of live inputs, in their order.
    ///
    /// - Throws: ``StoreError``.
    public func edits(of trial: Int64) throws -> [Edit] {
        try events(of: trial).compactMap { if case .edit(let edit) = $0.event { edit } else { nil } }
    }

    /// The last link of each metric's hash chain, by name.
    ///
    /// - Throws: ``StoreError``.
    public func chain(of trial: Int64) throws -> [String: Digest] {
        let rows = try read { db in
            let session = try Int64.fetchOne(
                db, sql: "SELECT session FROM trial WHERE id = ?", arguments: [trial])
            let metrics = try Self.session(session ?? 0, db).metrics
            return try metrics.enumerated().map {
                ($1.name, try SeriesRow.fetch(SeriesKey(trial: trial, metric: $0), db))
            }
        }
        var chains: [String: Digest] = [:]
        for (name, rows) in rows where !rows.isEmpty {
            var chain = SeriesChain()
            for row in rows {
                if let link = row.link {
                    chain = SeriesChain(after: link)
                } else {
                    for point in readable(row, { try $0.points() }) ?? [] {
                        chain.append(step: point.step, value: point.value)
                    }
                }
            }
            chains[name] = chain.last
        }
        return chains
    }

    /// Where a trial can go on: its newest checkpoint that can be read, and the final states of earlier stages.
    ///
    /// - Throws: ``StoreError``.
    public func resumePoint(of trial: Int64) throws -> TrialPlan.Resume? {
        let rows = try read {
            try Row.fetchAll(
                $0, sql: "SELECT * FROM checkpoint WHERE trial = ? ORDER BY step DESC, id DESC",
                arguments: [trial])
        }
        let checkpoints = rows.compactMap { row -> Checkpoint? in
            guard let checkpoint = try? Checkpoint(row) else {
                noteLoss(
                    "Trial \(trial): the checkpoint after step \((try? row.get("step")) ?? 0) is damaged and left out."
                )
                return nil
            }
            return checkpoint
        }
        guard let newest = checkpoints.first else { return nil }
        let finals = checkpoints.filter { $0.isFinal && $0.stage != newest.stage }
        return TrialPlan.Resume(
            checkpoint: newest,
            finalStates: Dictionary(
                finals.map { ($0.stage, $0.state) }, uniquingKeysWith: { first, _ in first }))
    }
}

extension Checkpoint {
    fileprivate init(_ row: Row) throws {
        let head = try JSONDecoder.exact.decode(CheckpointHead.self, from: Sealed.open(row.get("head")))
        self.init(
            step: head.step, stage: head.stage, stageStep: head.stageStep, isFinal: head.isFinal,
            elapsed: head.elapsed, points: head.points, events: head.events, edits: head.edits,
            state: try Sealed.open(row.get("state")), record: try Sealed.open(row.get("record")))
    }
}
