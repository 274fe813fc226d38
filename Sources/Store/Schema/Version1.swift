import Base
import Foundation
import GRDB
import MethodKit

/// Stores of schema 1, and how they become stores of schema 2.
///
/// Numbers stay as they are: `id`s, the bytes of points, links of hash chains. What schema 1 sealed is checked against
/// its seal first, and gets a seal that holds only if that one did: damage stays damage. Events and checkpoints are
/// written anew, for their format followed the names of Swift's cases, and states and pictures become blobs.
enum Version1 {
    /// The program that wrote schema 1 would go on writing into tables that are gone.
    ///
    /// - Throws: ``StoreError/olderInUse(path:session:)``.
    static func refuseIfRunning(_ db: Database, _ path: String) throws {
        for row in try Row.fetchAll(db, sql: "SELECT short_id, owner FROM session WHERE owner IS NOT NULL") {
            let owner = (try row.find("owner") as String?)
                .flatMap { try? JSONText.value(SessionOwner.self, from: $0) }
            if owner?.isAlive == true {
                throw StoreError.olderInUse(path: path, session: try row.get("short_id"))
            }
        }
    }

    /// Replaces the tables of schema 1 by those of schema 2, inside the caller's transaction.
    static func migrate(_ db: Database) throws {
        let tables = ["session", "trial", "series", "event", "checkpoint"]
        for index in ["trial_session", "series_place", "event_trial", "checkpoint_trial"] {
            try db.execute(sql: "DROP INDEX IF EXISTS \(index)")
        }
        let revision = try Int.fetchOne(db, sql: "SELECT count FROM revision") ?? 0
        for table in tables { try db.execute(sql: "ALTER TABLE \(table) RENAME TO \(table)_1") }
        try db.execute(sql: "DROP TABLE revision; DROP TABLE IF EXISTS grdb_migrations")
        try Schema.create(db)
        try db.execute(sql: "UPDATE revision SET count = ?", arguments: [revision + 1])
        try copySessions(db)
        try copyTrials(db)
        try copySeries(db)
        try copyEvents(db)
        try copyCheckpoints(db)
        for table in tables.reversed() { try db.execute(sql: "DROP TABLE \(table)_1") }
    }

    private static func each(_ table: String, _ db: Database, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(table)_1 ORDER BY id")
        while let row = try rows.next() { try body(row) }
    }

    /// Stores a row under the number that it had.
    private static func insert(
        _ table: SealedTable, like row: Row, isSound: Bool, _ db: Database,
        besides values: [String: any DatabaseValueConvertible] = [:]
    ) throws {
        try table.insert(
            table.columns.map { values[$0] ?? row.stored($0) }, id: row.get("id"), isSound: isSound, db)
    }

    // MARK: Sessions and trials

    /// Schema 1 sealed the texts that GRDB prints for the values of all columns.
    private static func isSound(_ row: Row) -> Bool {
        var text = Data()
        for (name, value) in row where name != "crc" {
            text += Data(printed(value).utf8)
            text.append(0)
        }
        return row.stored("crc") == Int64(CRC.of(text)).databaseValue
    }

    private static func printed(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "NULL"
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): String(reflecting: text)
        case .blob(let data): "Data(\(data.description))"
        }
    }

    private static func copySessions(_ db: Database) throws {
        try each("session", db) { row in
            try insert(.session, like: row, isSound: isSound(row), db, besides: ["files": "{}"])
        }
    }

    private static func copyTrials(_ db: Database) throws {
        try each("trial", db) { row in
            try insert(.trial, like: row, isSound: isSound(row), db)
        }
    }

    // MARK: Points

    private static func copySeries(_ db: Database) throws {
        try each("series", db) { row in
            let pyramid: Data? = try? row.find("pyramid")
            let values = pyramid.map { ["pyramid": Pyramid.sealed($0)] } ?? [:]
            // Two processes could resume one session, and a place be stored twice; the first is what was announced.
            let isTaken = try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM series WHERE trial = ? AND metric = ? AND first = ?)",
                arguments: [row.stored("trial"), row.stored("metric"), row.stored("first")])
            if isTaken != true {
                try insert(.series, like: row, isSound: isSummarySound(row), db, besides: values)
            }
        }
    }

    /// Schema 1 did not seal a row's summary and pyramid, so they are compared with the points.
    private static func isSummarySound(_ row: Row) -> Bool {
        guard let body: Data = try? row.get("body"), let whole = try? bucket(row),
            let points = try? SeriesBlock.decode(body, metric: 0), let now = Bucket(points)
        else { return false }
        let pyramid: Data? = try? row.find("pyramid")
        return now.isSame(whole) && (pyramid.map { $0 == Pyramid.encodeUnsealed(points[...]) } ?? true)
    }

    private static func bucket(_ row: Row) throws -> Bucket {
        Bucket(
            firstStep: try row.get("first_step"), lastStep: try row.get("last_step"),
            firstElapsed: try row.get("first_elapsed"), lastElapsed: try row.get("last_elapsed"),
            count: try row.get("count"), nonFinite: try row.get("bad"), min: try row.find("low") ?? .nan,
            max: try row.find("high") ?? .nan, sum: try row.get("sum"))
    }

    // MARK: Events and checkpoints

    private static func copyEvents(_ db: Database) throws {
        try each("event", db) { row in
            if let body: Data = try? row.get("body"), let plain = try? Sealed.open(body),
                let stored = try? JSONDecoder.exact.decode(Format.TimedEvent.self, from: plain)
            {
                try stored.event.insert(row.get("trial"), db)
            } else {
                try SealedTable.event.insert(
                    [row.stored("trial"), row.stored("step"), row.stored("elapsed"), "", row.stored("body")],
                    isSound: false, db)
            }
        }
    }

    private static func copyCheckpoints(_ db: Database) throws {
        try each("checkpoint", db) { row in
            if let checkpoint = try? checkpoint(row) {
                try SessionStore.insert(checkpoint, row.get("trial"), db)
            } else {
                // Its state cannot be read, and is not kept; that there was one is.
                try SealedTable.checkpoint.insert(
                    ["trial", "step", "stage", "is_final", "head"].map(row.stored), isSound: false, db)
            }
        }
    }

    private static func checkpoint(_ row: Row) throws -> Checkpoint {
        let head = try JSONDecoder.exact.decode(Format.Head.self, from: Sealed.open(row.get("head")))
        let record = try Sealed.open(row.get("record"))
        return Checkpoint(
            step: head.step, stage: head.stage, stageStep: head.stageStep, isFinal: head.isFinal,
            elapsed: head.elapsed, points: head.points, events: head.events, edits: head.edits,
            state: try Sealed.open(row.get("state")), record: try Format.record(record))
    }
}
