import Base
import Foundation
import GRDB
import MethodKit

/// The end of a series as the writer keeps it in memory: the points after the last full block of the hash chain.
///
/// Small rows are appended as they come, because a commit must not wait for a chunk to fill; from time to time they are
/// written again as one row, and for good once they are a chunk. Only the writer of a session has tails, and only for
/// as long as its trials run.
struct SeriesTail {
    /// Points in full blocks, counted from the beginning of the oldest ancestor.
    var sealed = 0
    /// The last full block's link.
    var link = Data(count: 32)
    /// Points of the block that is open which an ancestor stores.
    var inherited: [Point] = []
    /// Points after them, and in how many rows they are.
    var open: [Point] = []
    var rows = 0

    /// The place of the next point.
    var next: Int { sealed + inherited.count + open.count }
    /// How many points of this trial close the block.
    var missing: Int { SeriesShape.chunk - inherited.count }
}

extension SessionStore {
    /// Rows that an open tail may have before they are written as one.
    private static let mostOpenRows = 32

    /// Stores what trials said in one transaction, and returns when it is durable.
    ///
    /// Each trial's batch is stored whole or not at all. One that can never be stored keeps no other from being so.
    ///
    /// - Returns: the trials whose batch can never be stored, and why.
    /// - Throws: ``StoreError`` for what concerns the whole store: full, busy, read-only, an error of reading or writing.
    ///   Then nothing is stored, and the same batches may be given again.
    @discardableResult
    public func append(_ batches: [TrialBatch]) throws -> [Int64: StoreError] {
        var changed: [SeriesKey: SeriesTail] = [:], refused: [Int64: StoreError] = [:]
        try write { db in
            (changed, refused) = ([:], [:])
            // A trial's later batch stands on its earlier one.
            for batch in batches where refused[batch.trial] == nil {
                do {
                    let tails = try store(batch, changed, db)
                    changed.merge(tails) { $1 }
                } catch {
                    refused[batch.trial] = try permanent(error, batch.trial)
                    changed = changed.filter { $0.key.trial != batch.trial }
                }
            }
        }
        let stored = batches.filter { refused[$0.trial] == nil }
        for batch in stored { batch.checkpoints.forEach { $0.frozen.forEach { $0.release() } } }
        // Only now, for what was rolled back must not be remembered: memory says what the file says.
        tails.withLock { tails in
            tails.merge(changed) { $1 }
            let over = Set(stored.filter { $0.status?.isFinal == true }.map(\.trial) + refused.keys)
            tails = tails.filter { !over.contains($0.key.trial) }
        }
        return refused
    }

    /// The error as one that ends a trial.
    ///
    /// - Throws: the error itself, when trying again may help or when it concerns every trial.
    private func permanent(_ error: any Error, _ trial: Int64) throws -> StoreError {
        if let error = error as? StoreError { return error.at(path) }
        guard let failure = error as? DatabaseError else {
            return .cannotStore(trial: trial, what: "\(error)")
        }
        switch failure.resultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_RANGE:
            return .cannotStore(trial: trial, what: failure.message ?? "the store refuses it")
        case .SQLITE_TOOBIG: return .cannotStore(trial: trial, what: "it is too large for one row")
        default: throw error
        }
    }

    /// Stores one batch in a savepoint of its own.
    ///
    /// - Returns: the ends of the series that grew.
    private func store(
        _ batch: TrialBatch, _ earlier: [SeriesKey: SeriesTail], _ db: Database
    ) throws -> [SeriesKey: SeriesTail] {
        var changed = earlier.filter { $0.key.trial == batch.trial }
        try db.inSavepoint {
            try append(batch, &changed, db)
            return .commit
        }
        return changed
    }

    private func append(_ batch: TrialBatch, _ changed: inout [SeriesKey: SeriesTail], _ db: Database) throws
    {
        let status: String? = try SealedTable.trial.sound(batch.trial, db)?.get("status")
        guard let status, status != TrialStatus.finished.rawValue else {
            throw StoreError.notRunning(trial: batch.trial)
        }
        for (metric, points) in Dictionary(grouping: batch.points, by: \.metric) {
            let key = SeriesKey(trial: batch.trial, metric: metric)
            var tail = try tail(of: key, changed, db)
            try add(points, to: &tail, key, db)
            changed[key] = tail
        }
        for event in batch.events { try event.insert(batch.trial, db) }
        for checkpoint in batch.checkpoints { try Self.insert(checkpoint, batch.trial, db) }
        try update(batch, db)
        if let status = batch.status, status.isFinal {
            try close(batch.trial, isFinished: status == .finished, &changed, db)
        }
        if !batch.checkpoints.isEmpty || batch.status == .finished {
            try Self.dropUnneededCheckpoints(of: batch.trial, db)
        }
        if batch.status?.isFinal == true { try Self.disownIfClosed(sessionOf: batch.trial, db) }
    }

    /// Brings the trial's own row up to date. Steps and seconds only grow, for a trial that goes on after a crash says
    /// again what lies behind its checkpoint.
    private func update(_ batch: TrialBatch, _ db: Database) throws {
        let elapsed = max(batch.points.last?.elapsed ?? 0, batch.checkpoints.last?.elapsed ?? 0)
        try db.cachedStatement(
            sql: """
                UPDATE trial SET through = max(through, ?), elapsed = max(elapsed, ?),
                status = coalesce(?, status), message = coalesce(?, message), points = points + ?,
                events = events + ?, checkpoint = coalesce(?, checkpoint) WHERE id = ?
                """
        ).execute(arguments: [
            batch.completed, elapsed.isFinite ? elapsed : 0, batch.status?.rawValue, batch.message,
            batch.points.count, batch.events.count, batch.checkpoints.last?.step, batch.trial,
        ])
        try SealedTable.trial.reseal(batch.trial, db)
    }

    // MARK: Points

    private func tail(
        of key: SeriesKey, _ changed: [SeriesKey: SeriesTail], _ db: Database
    ) throws -> SeriesTail {
        try changed[key] ?? tails.withLock { $0[key] } ?? loadTail(key, db)
    }

    /// Appends points to a series: as a row of their own, or, when a block is full or the open rows are many, by writing
    /// the open end anew.
    private func add(_ points: [Point], to tail: inout SeriesTail, _ key: SeriesKey, _ db: Database) throws {
        let first = tail.next
        tail.open += points
        if tail.open.count < tail.missing, tail.rows < Self.mostOpenRows {
            try insert(points[...], first: first, key, db)
            tail.rows += 1
            return
        }
        try rewrite(&tail, key, sealsRest: false, db)
    }

    /// Writes full chunks, and the rest as one row.
    private func rewrite(
        _ tail: inout SeriesTail, _ key: SeriesKey, sealsRest: Bool, _ db: Database
    ) throws {
        // Rows with a link are final; the open ones are all in `tail.open` and are written again below, in the same
        // transaction.
        try db.cachedStatement(sql: "DELETE FROM series WHERE trial = ? AND metric = ? AND link IS NULL")
            .execute(arguments: [key.trial, key.metric])
        var rest = tail.open[...]
        while rest.count >= tail.missing || (sealsRest && !rest.isEmpty) {
            let chunk = rest.prefix(tail.missing)
            rest = rest.dropFirst(chunk.count)
            var chain = SeriesChain(after: tail.link)
            for point in tail.inherited + chunk { chain.append(step: point.step, value: point.value) }
            tail.link = chain.last.bytes
            let first = tail.sealed + tail.inherited.count
            try insert(chunk, first: first, link: tail.link, key, db)
            (tail.sealed, tail.inherited) = (first + chunk.count, [])
        }
        tail.open = Array(rest)
        tail.rows = rest.isEmpty ? 0 : 1
        if !rest.isEmpty { try insert(rest, first: tail.sealed + tail.inherited.count, key, db) }
    }

    private func insert(
        _ points: ArraySlice<Point>, first: Int, link: Data? = nil, _ key: SeriesKey, _ db: Database
    ) throws {
        guard let whole = Bucket(points) else { return }
        // A short chunk is read as fast as its pyramid.
        let pyramid = points.count < SeriesShape.chunk ? nil : Pyramid.encode(points)
        try SealedTable.series.insert(
            [key.trial, key.metric, first] + whole.columns + [link, pyramid, SeriesBlock.encode(points)], db)
    }

    private func loadTail(_ key: SeriesKey, _ db: Database) throws -> SeriesTail {
        let found = try SeriesRows(key.metric, of: Lineage(of: key.trial, db), db)
        // What would be appended to a series with a gap could never be proved, and a tail that misses points would give
        // the next ones wrong places.
        if let loss = found.losses.first { throw StoreError.damaged(path: path, what: loss) }
        var tail = SeriesTail()
        for row in found.rows {
            if row.endsBlock, let link = row.link {
                tail = SeriesTail(sealed: row.first + row.count, link: link)
            } else if row.key == key {
                tail.open += try row.points()
                tail.rows += 1
            } else {
                tail.inherited += try row.points()
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
            var tail = try tail(of: key, changed, db)
            try rewrite(&tail, key, sealsRest: isFinished, db)
            changed[key] = tail
        }
    }
}

extension Bucket {
    /// The columns of `series` from `count` to `sum`.
    var columns: [(any DatabaseValueConvertible)?] {
        // Whole numbers among them must not be taken for integers: a seal covers the type of a value.
        func seconds(_ value: Double) -> Double { value.isFinite ? value : 0 }
        func known(_ value: Double) -> Double? { value.isNaN ? nil : value }
        return [
            count, firstStep, lastStep, seconds(firstElapsed), seconds(lastElapsed), nonFinite, known(min),
            known(max), known(sum),
        ]
    }
}
