import Base
import Foundation
import GRDB
import MethodKit

extension SessionStore {
    // MARK: Writing

    /// Stores a session with its trials, all queued, owned by this process.
    ///
    /// - Throws: ``StoreError``.
    public func create(_ session: NewSession) throws -> (session: SessionRecord, trials: [TrialRecord]) {
        try write { db in
            let shortID = try Self.freeShortID(db)
            try db.execute(
                sql: """
                    INSERT INTO session (short_id, name, note, tags, method, method_version, benchtop, preset,
                    purpose, inputs, metrics, machine, began, owner, parent, crc)
                    VALUES (?, ?, '', '[]', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
                    """,
                arguments: [
                    shortID, session.name, session.method, session.methodVersion, session.benchtop,
                    session.preset, session.purpose, try JSONText.of(session.inputs),
                    try JSONText.of(session.metrics), try JSONText.of(session.machine),
                    Date().timeIntervalSince1970, try JSONText.of(SessionOwner.current),
                    try session.parent.map { try JSONText.of($0) },
                ])
            let id = db.lastInsertedRowID
            try Self.seal(session: id, db)
            for trial in session.trials {
                try db.execute(
                    sql: """
                        INSERT INTO trial (session, arm, seed, status, message, through, elapsed, crc)
                        VALUES (?, ?, ?, 'queued', '', 0, 0, 0)
                        """, arguments: [id, trial.arm, Int64(bitPattern: trial.seed)])
                try Self.seal(trial: db.lastInsertedRowID, db)
            }
            return (try Self.session(id, db), try Self.trials(of: id, db))
        }
    }

    static func freeShortID(_ db: Database) throws -> String {
        while true {
            let id = String(format: "%06x", UInt32.random(in: 0..<(1 << 24)))
            let isTaken = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM session WHERE short_id = ?)", arguments: [id])
            if isTaken != true { return id }
        }
    }

    /// Sets or clears the process that runs a session.
    ///
    /// - Throws: ``StoreError``.
    public func setOwner(_ owner: SessionOwner?, of session: Int64) throws {
        try change(session, "owner", to: try owner.map { try JSONText.of($0) })
    }

    /// Changes what the user calls a session.
    ///
    /// - Throws: ``StoreError``.
    public func rename(_ session: Int64, to name: String) throws { try change(session, "name", to: name) }

    /// Changes what the user wrote about a session.
    ///
    /// - Throws: ``StoreError``.
    public func note(_ session: Int64, _ text: String) throws { try change(session, "note", to: text) }

    /// Changes a session's tags.
    ///
    /// - Throws: ``StoreError``.
    public func tag(_ session: Int64, _ tags: [String]) throws {
        try change(session, "tags", to: try JSONText.of(tags))
    }

    /// Deletes a session with everything that it holds.
    ///
    /// - Throws: ``StoreError``.
    public func delete(_ session: Int64) throws {
        try write { try $0.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [session]) }
    }

    private func change(_ session: Int64, _ column: String, to value: String?) throws {
        try write { db in
            try db.execute(sql: "UPDATE session SET \(column) = ? WHERE id = ?", arguments: [value, session])
            try Self.seal(session: session, db)
        }
    }

    /// Finds sessions whose process is gone; their open trials become interrupted.
    ///
    /// - Returns: the sessions that have trials to resume.
    /// - Throws: ``StoreError``.
    public func interruptAbandoned() throws -> [SessionRecord] {
        let abandoned = try sessions().filter { $0.owner?.isAlive == false }
        guard !abandoned.isEmpty else { return [] }
        return try write { db in
            try abandoned.compactMap { session in
                let open = try Self.trials(of: session.id, db).filter { !$0.status.isFinal }
                for trial in open {
                    try db.execute(
                        sql: "UPDATE trial SET status = 'interrupted' WHERE id = ?", arguments: [trial.id])
                    try Self.seal(trial: trial.id, db)
                }
                try db.execute(sql: "UPDATE session SET owner = NULL WHERE id = ?", arguments: [session.id])
                try Self.seal(session: session.id, db)
                return open.isEmpty ? nil : try Self.session(session.id, db)
            }
        }
    }

    // MARK: Reading

    /// All sessions, oldest first.
    ///
    /// - Throws: ``StoreError``.
    public func sessions() throws -> [SessionRecord] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM session ORDER BY id").compactMap { row in
                do { return try SessionRecord(row) } catch {
                    self.noteLoss("Session \((try? row.get("id")) ?? Int64(0)) cannot be read.")
                    return nil
                }
            }
        }
    }

    /// The session that the user means: a short id, its unique beginning, a name, or `last`.
    ///
    /// - Throws: ``StoreError``.
    public func find(_ text: String) throws -> SessionRecord {
        let all = try sessions()
        if text == "last", let last = all.last { return last }
        if let exact = all.first(where: { $0.shortID == text }) { return exact }
        if let named = all.last(where: { $0.name == text && !text.isEmpty }) { return named }
        let near = text.isEmpty ? [] : all.filter { $0.shortID.hasPrefix(text.lowercased()) }
        if near.count == 1 { return near[0] }
        if near.count > 1 { throw StoreError.ambiguous(text, near.map(\.shortID)) }
        let known = all.map(\.shortID) + all.map(\.name).filter { !$0.isEmpty }
        throw StoreError.noSession(text, nearest: Names.nearest(to: text, among: known))
    }

    /// A session's trials, in their order.
    ///
    /// - Throws: ``StoreError``.
    public func trials(of session: Int64) throws -> [TrialRecord] {
        try read { try Self.trials(of: session, $0) }
    }

    static func session(_ id: Int64, _ db: Database) throws -> SessionRecord {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM session WHERE id = ?", arguments: [id])
        else {
            throw StoreError.noSession("\(id)", nearest: nil)
        }
        return try SessionRecord(row)
    }

    static func trials(of session: Int64, _ db: Database) throws -> [TrialRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM trial WHERE session = ? ORDER BY id", arguments: [session])
            .map(TrialRecord.init)
    }

    // MARK: Checksums

    static func seal(session id: Int64, _ db: Database) throws {
        try seal(table: "session", id, db)
    }

    static func seal(trial id: Int64, _ db: Database) throws {
        try seal(table: "trial", id, db)
    }

    private static func seal(table: String, _ id: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM \(table) WHERE id = ?"), arguments: [id])
        guard let row else { return }
        try db.cachedStatement(sql: "UPDATE \(table) SET crc = ? WHERE id = ?")
            .execute(arguments: [Self.seal(of: row), id])
    }

    /// The checksum that a sealed row should carry.
    static func seal(of row: Row) -> Int64 {
        RowSeal.of(row.filter { $0.0 != "crc" }.map(\.1))
    }
}

extension SessionRecord {
    fileprivate init(_ row: Row) throws {
        id = try row.get("id")
        shortID = try row.get("short_id")
        name = try row.get("name")
        note = try row.get("note")
        tags = try JSONText.value([String].self, from: row.get("tags"))
        method = try row.get("method")
        methodVersion = try row.get("method_version")
        benchtop = try row.get("benchtop")
        preset = try row.get("preset")
        purpose = try row.get("purpose")
        inputs = try JSONText.value([String: String].self, from: row.get("inputs"))
        metrics = try JSONText.value([Metric].self, from: row.get("metrics"))
        machine = try JSONText.value([String: String].self, from: row.get("machine"))
        began = Date(timeIntervalSince1970: try row.get("began"))
        owner = try (row.find("owner") as String?).map { try JSONText.value(SessionOwner.self, from: $0) }
        parent = try (row.find("parent") as String?).map { try JSONText.value(Lineage.self, from: $0) }
    }
}

extension TrialRecord {
    fileprivate init(_ row: Row) throws {
        guard let status = TrialStatus(rawValue: try row.get("status")) else {
            throw StoreError.damaged(
                path: "", what: "trial \((try? row.get("id")) ?? Int64(0)) has no known status")
        }
        id = try row.get("id")
        session = try row.get("session")
        arm = try row.get("arm")
        seed = UInt64(bitPattern: try row.get("seed"))
        self.status = status
        message = try row.get("message")
        through = try row.get("through")
        elapsed = try row.get("elapsed")
    }
}
