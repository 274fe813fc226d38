import Base
import Foundation
import GRDB
import MethodKit

/// One metric of one trial.
struct SeriesKey: Hashable {
    let trial: Int64
    let metric: Int
}

/// The end of a series as the writer keeps it in memory: the points after the last full chunk.
struct SeriesTail {
    /// Points in full chunks.
    var sealed = 0
    /// The last full chunk's link.
    var link = Data(count: 32)
    /// Points after it, and in how many rows they are.
    var open: [Point] = []
    var rows = 0
}

extension SessionStore {
    /// Rows that an open tail may have before they are written as one.
    private static let mostOpenRows = 32
    /// Checkpoints kept for a trial, besides the final states of stages.
    private static let keptCheckpoints = 3

    /// Stores what trials said in one transaction, and returns when it is durable.
    ///
    /// - Returns: trials of which nothing more can ever be stored, and why; of the others all is stored.
    /// - Throws: ``StoreError`` for what concerns the whole store; then nothing is stored, and the same batches may be
    ///   given again.
    @discardableResult
    public func append(_ batches: [TrialBatch]) throws -> [Int64: StoreError] {
        var changed: [SeriesKey: SeriesTail] = [:], refused: [Int64: StoreError] = [:]
        try write { db in
            (changed, refused) = ([:], [:])
            for batch in batches {
                do {
                    try db.inSavepoint {
                        try append(batch, &changed, db)
                        return .commit
                    }
                } catch let error as StoreError {
                    guard case .notRunning = error else { throw error }
                    refused[batch.trial] = error
                }
            }
        }
        tails.withLock { tails in
            tails.merge(changed) { $1 }
            for batch in batches where batch.status?.isFinal == true {
                tails = tails.filter { $0.key.trial != batch.trial }
            }
        }
        return refused
    }

    private func append(_ batch: TrialBatch, _ changed: inout [SeriesKey: SeriesTail], _ db: Database) throws
    {
        let status = try String.fetchOne(
            db.cachedStatement(sql: "SELECT status FROM trial WHERE id = ?"), arguments: [batch.trial])
        guard let status, status != TrialStatus.finished.rawValue else {
            throw StoreError.notRunning(trial: batch.trial)
        }
        for (metric, points) in Dictionary(grouping: batch.points, by: \.metric) {
            let key = SeriesKey(trial: batch.trial, metric: metric)
            var tail = try changed[key] ?? tails.withLock { $0[key] } ?? loadTail(key, db)
            try add(points, to: &tail, key, db)
            changed[key] = tail
        }
        for event in batch.events { try insert(event, batch.trial, db) }
        for checkpoint in batch.checkpoints { try insert(checkpoint, batch.trial, db) }
        if !batch.checkpoints.isEmpty { try dropOldCheckpoints(of: batch.trial, db) }
        try update(batch, db)
        if let status = batch.status, status.isFinal {
            try close(batch.trial, isFinished: status == .finished, &changed, db)
            try Self.disownIfClosed(sessionOf: batch.trial, db)
        }
    }

    private func update(_ batch: TrialBatch, _ db: Database) throws {
        let elapsed = max(batch.points.last?.elapsed ?? 0, batch.checkpoints.last?.elapsed ?? 0)
        try db.cachedStatement(
            sql: """
                UPDATE trial SET through = max(through, ?), elapsed = max(elapsed, ?),
                status = coalesce(?, status), message = coalesce(?, message), points = points + ?,
                events = events + ?, checkpoint = coalesce(?, checkpoint) WHERE id = ?
                """
        ).execute(arguments: [
            batch.completed, elapsed, batch.status?.rawValue, batch.message, batch.points.count,
            batch.events.count,
            batch.checkpoints.last?.step, batch.trial,
        ])
        try Self.seal(trial: batch.trial, db)
    }

    // MARK: Points

    private func add(_ points: [Point], to tail: inout SeriesTail, _ key: SeriesKey, _ db: Database) throws {
        tail.open += points
        if tail.open.count < SeriesShape.chunk, tail.rows < Self.mostOpenRows {
            try insert(points[...], first: tail.sealed + tail.open.count - points.count, key, db)
            tail.rows += 1
            return
        }
        try rewrite(&tail, key, sealsRest: false, db)
    }

    /// Writes full chunks, and the rest as one row.
    private func rewrite(
        _ tail: inout SeriesTail, _ key: SeriesKey, sealsRest: Bool, _ db: Database
    ) throws {
        try db.cachedStatement(sql: "DELETE FROM series WHERE trial = ? AND metric = ? AND link IS NULL")
            .execute(arguments: [key.trial, key.metric])
        var rest = tail.open[...]
        while rest.count >= SeriesShape.chunk || (sealsRest && !rest.isEmpty) {
            let chunk = rest.prefix(SeriesShape.chunk)
            rest = rest.dropFirst(chunk.count)
            var chain = SeriesChain(after: tail.link)
            for point in chunk { chain.append(step: point.step, value: point.value) }
            tail.link = chain.last.bytes
            try insert(chunk, first: tail.sealed, link: tail.link, key, db)
            tail.sealed += chunk.count
        }
        tail.open = Array(rest)
        tail.rows = rest.isEmpty ? 0 : 1
        if !rest.isEmpty { try insert(rest, first: tail.sealed, key, db) }
    }

    private func insert(
        _ points: ArraySlice<Point>, first: Int, link: Data? = nil, _ key: SeriesKey, _ db: Database
    ) throws {
        guard let whole = Bucket(points) else { return }
        let body = SeriesBlock.encode(points)
        try db.cachedStatement(
            sql: """
                INSERT INTO series (trial, metric, first, count, first_step, last_step, first_elapsed,
                last_elapsed, bad, low, high, sum, link, pyramid, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            key.trial, key.metric, first, points.count, whole.firstStep, whole.lastStep,
            whole.firstElapsed, whole.lastElapsed, whole.nonFinite, whole.min.isNaN ? nil : whole.min,
            whole.max.isNaN ? nil : whole.max, whole.sum, link,
            // A short chunk is read as fast as its pyramid.
            points.count < SeriesShape.chunk ? nil : Pyramid.encode(points), body,
        ])
    }

    private func loadTail(_ key: SeriesKey, _ db: Database) throws -> SeriesTail {
        var tail = SeriesTail()
        for row in try SeriesRow.fetch(key, db) {
            if let link = row.link {
                (tail.sealed, tail.link) = (row.first + row.count, link)
            } else {
                tail.open += try row.points()
                tail.rows += 1
            }
        }
        return tail
    }

    /// Leaves each series of a trial that ended in as few rows as can be.
    private func close(
        _ trial: Int64, isFinished: Bool, _ changed: inout [SeriesKey: SeriesTail], _ db: Database
    ) throws {
        let metrics = try Int.fetchAll(
            db, sql: "SELECT DISTINCT metric FROM series WHERE trial = ? AND link IS NULL", arguments: [trial]
        )
        for metric in metrics {
            let key = SeriesKey(trial: trial, metric: metric)
            var tail = try changed[key] ?? tails.withLock { $0[key] } ?? loadTail(key, db)
            try rewrite(&tail, key, sealsRest: isFinished, db)
            changed[key] = tail
        }
    }

    // MARK: Events and checkpoints

    private func insert(_ event: TimedEvent, _ trial: Int64, _ db: Database) throws {
        let body = Sealed.seal(try JSONEncoder.exact.encode(StoredEvent(event)))
        try db.cachedStatement(
            sql: "INSERT INTO event (trial, step, elapsed, is_edit, body) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [trial, event.step, event.elapsed, event.event.isEdit, body])
    }

    private func insert(_ checkpoint: Checkpoint, _ trial: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO checkpoint (trial, step, stage, is_final, head, state, record)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            trial, checkpoint.step, checkpoint.stage, checkpoint.isFinal,
            Sealed.seal(try JSONEncoder.exact.encode(CheckpointHead(checkpoint))),
            Sealed.seal(checkpoint.state), Sealed.seal(checkpoint.record),
        ])
    }

    private func dropOldCheckpoints(of trial: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM checkpoint WHERE trial = ? AND NOT is_final AND id NOT IN
                (SELECT id FROM checkpoint WHERE trial = ? AND NOT is_final ORDER BY id DESC LIMIT ?)
                """
        ).execute(arguments: [trial, trial, Self.keptCheckpoints])
    }
}

/// An event as its body holds it, under one checksum; the columns beside it only serve to find it.
struct StoredEvent: Codable {
    let step: Int
    let elapsed: Double
    let event: TrialEvent

    /// Seconds are kept to the tick, as those of points are.
    init(_ event: TimedEvent) {
        let ticks = Double(SeriesBlock.ticks(event.elapsed))
        (step, elapsed, self.event) = (event.step, ticks / SeriesBlock.ticks, event.event)
    }
}

/// A checkpoint without its blobs, under one checksum; the columns beside it only serve to find it.
struct CheckpointHead: Codable {
    let step: Int
    let stage: String
    let isFinal: Bool
    let stageStep: Int
    let elapsed: Double
    let points: [Int]
    let events: Int
    let edits: Int

    init(_ checkpoint: Checkpoint) {
        (step, stage, isFinal) = (checkpoint.step, checkpoint.stage, checkpoint.isFinal)
        stageStep = checkpoint.stageStep
        elapsed = checkpoint.elapsed
        points = checkpoint.points
        events = checkpoint.events
        edits = checkpoint.edits
    }
}
