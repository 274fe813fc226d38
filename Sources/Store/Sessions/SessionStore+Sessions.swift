import Base
import Foundation
import GRDB
import MethodKit

extension SessionStore {
    // MARK: Writing

    /// Stores a session with its trials, all queued, owned by this process.
    ///
    /// - Throws: ``StoreError``, ``StoreError/cannotDescend(_:)`` when a trial cannot begin where it should.
    public func create(_ session: NewSession) throws -> (session: SessionRecord, trials: [TrialRecord]) {
        try write { db in
            let id = try SealedTable.session.insert(
                [
                    Self.freeShortID(db), session.name, "", "[]", session.method, session.methodVersion,
                    session.benchtop, session.preset, session.purpose, JSONText.of(session.inputs),
                    JSONText.of(session.metrics), JSONText.of(session.machine), JSONText.of(session.files),
                    Date().timeIntervalSince1970, JSONText.of(SessionOwner.current),
                ], db)
            let record = try Self.session(id, db)
            for trial in session.trials { try Self.insert(trial, into: record, db) }
            return (record, try Self.trials(of: id, db))
        }
    }

    /// Adds a queued trial to a session that this process owns: one that begins afresh, or at a step of another trial of
    /// this or another session.
    ///
    /// Of what came before that step nothing is copied. Points, curves, events, edits, chains and checkpoints of the new
    /// trial are read through its parent, whatever becomes of that later, and its hash chain goes on from there.
    ///
    /// - Throws: ``StoreError``, ``StoreError/cannotDescend(_:)`` when the trial cannot begin there.
    public func add(_ trial: NewTrial, to session: Int64) throws -> TrialRecord {
        try write { db in
            let record = try Self.changeable(session, db)
            let id = try Self.insert(trial, into: record, db)
            guard let row = try SealedTable.trial.sound(id, db) else {
                throw StoreError.notRunning(trial: id)
            }
            return try TrialRecord(row)
        }
    }

    @discardableResult
    private static func insert(_ trial: NewTrial, into session: SessionRecord, _ db: Database) throws -> Int64
    {
        if let place = trial.parent { try check(place, session, db) }
        let elapsed: Double = try trial.parent.map { try Self.elapsed(at: $0, db) } ?? 0
        return try SealedTable.trial.insert(
            [
                session.id, trial.arm, Int64(bitPattern: trial.seed), TrialStatus.queued.rawValue, "",
                trial.parent?.step ?? 0, elapsed, 0, 0, nil,
                trial.parent?.trial, trial.parent?.step,
            ], db)
    }

    /// A trial can begin where its parent's points mean the same, and where everything before is stored.
    private static func check(_ place: TrialPlace, _ session: SessionRecord, _ db: Database) throws {
        guard let row = try SealedTable.trial.sound(place.trial, db) else {
            throw StoreError.cannotDescend("There is no trial \(place.trial) to begin from.")
        }
        let parent = try TrialRecord(row), other = try Self.session(parent.session, db)
        guard other.method == session.method, other.methodVersion == session.methodVersion,
            other.metrics.map(\.name) == session.metrics.map(\.name)
        else {
            throw StoreError.cannotDescend(
                "A trial of \(session.method) \(session.methodVersion) cannot begin at one of "
                    + "\(other.method) \(other.methodVersion).")
        }
        guard 0...parent.through ~= place.step else {
            throw StoreError.cannotDescend(
                "Trial \(place.trial) has steps 0 to \(parent.through), so none can begin at its step \(place.step)."
            )
        }
    }

    /// Seconds that a trial had run at a step: the latest that was said until then. Of a row of points only the first one
    /// counts, whose time is known without reading the others; the error is a row's length.
    private static func elapsed(at place: TrialPlace, _ db: Database) throws -> Double {
        let sql = """
            SELECT max(
                coalesce((SELECT max(first_elapsed) FROM series WHERE trial = :trial AND first_step <= :step), 0),
                coalesce((SELECT max(elapsed) FROM event WHERE trial = :trial AND step <= :step), 0))
            """
        return try Double.fetchOne(db, sql: sql, arguments: ["trial": place.trial, "step": place.step]) ?? 0
    }

    /// Six hexadecimal digits that no session of the store has. Drawn, not counted: two stores that are merged then
    /// rarely have one in common.
    static func freeShortID(_ db: Database) throws -> String {
        while true {
            let id = String(format: "%06x", UInt32.random(in: 0..<(1 << 24)))
            let isTaken = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM session WHERE short_id = ?)", arguments: [id])
            if isTaken != true { return id }
        }
    }

    /// Changes what the user calls a session.
    ///
    /// - Throws: ``StoreError``, ``StoreError/owned(session:by:)`` while another process runs it.
    public func rename(_ session: Int64, to name: String) throws { try change(session, "name", to: name) }

    /// Changes what the user wrote about a session.
    ///
    /// - Throws: ``StoreError``, ``StoreError/owned(session:by:)`` while another process runs it.
    public func note(_ session: Int64, _ text: String) throws { try change(session, "note", to: text) }

    /// Changes a session's tags.
    ///
    /// - Throws: ``StoreError``, ``StoreError/owned(session:by:)`` while another process runs it.
    public func tag(_ session: Int64, _ tags: [String]) throws {
        try change(session, "tags", to: try JSONText.of(tags))
    }

    /// Notes the files that a session reads, by the name of their input.
    ///
    /// - Throws: ``StoreError``, ``StoreError/owned(session:by:)`` while another process runs it.
    public func setFiles(_ files: [String: SessionFile], of session: Int64) throws {
        try change(session, "files", to: try JSONText.of(files))
    }

    private func change(_ session: Int64, _ column: String, to value: String) throws {
        try write { db in
            _ = try Self.changeable(session, db)
            try Self.set(column, to: value, of: session, db)
        }
    }

    /// Changes one column of a session.
    static func set(_ column: String, to value: String?, of session: Int64, _ db: Database) throws {
        try db.execute(sql: "UPDATE session SET \(column) = ? WHERE id = ?", arguments: [value, session])
        try SealedTable.session.reseal(session, db)
    }

    // MARK: Reading

    /// All sessions, oldest first. What is damaged is noted in ``losses``; a session that cannot be read is left out.
    ///
    /// - Throws: ``StoreError``.
    public func sessions() throws -> [SessionRecord] {
        try read { db in
            try SealedTable.session.rows("true ORDER BY id", [], db).compactMap { row in
                let id: Int64 = (try? row.get("id")) ?? 0
                if !SealedTable.session.isSound(row) { noteLoss("Session \(id) is not as it was written.") }
                do { return try SessionRecord(row) } catch {
                    noteLoss("Session \(id) cannot be read.")
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
        // A short id before a name, so that no name can hide a session.
        if text == "last", let last = all.last { return last }
        if let exact = all.first(where: { $0.shortID == text }) { return exact }
        if let named = all.last(where: { $0.name == text && !text.isEmpty }) { return named }
        let near = text.isEmpty ? [] : all.filter { $0.shortID.hasPrefix(text.lowercased()) }
        if near.count == 1 { return near[0] }
        if near.count > 1 { throw StoreError.ambiguous(text, near.map(\.shortID)) }
        let known = all.map(\.shortID) + all.map(\.name).filter { !$0.isEmpty }
        throw StoreError.noSession(text, nearest: Names.nearest(to: text, among: known))
    }

    /// A session's trials, in their order. What is damaged is noted in ``losses``; a trial that cannot be read is left
    /// out.
    ///
    /// - Throws: ``StoreError``.
    public func trials(of session: Int64) throws -> [TrialRecord] {
        try read { db in
            try SealedTable.trial.rows("session = ? ORDER BY id", [session], db).compactMap { row in
                let id: Int64 = (try? row.get("id")) ?? 0
                if !SealedTable.trial.isSound(row) { noteLoss("Trial \(id) is not as it was written.") }
                do { return try TrialRecord(row) } catch {
                    noteLoss("Trial \(id) cannot be read.")
                    return nil
                }
            }
        }
    }

    static func session(_ id: Int64, _ db: Database) throws -> SessionRecord {
        guard let row = try SealedTable.session.rows("id = ?", [id], db).first else {
            throw StoreError.noSession("\(id)", nearest: nil)
        }
        return try SessionRecord(row)
    }

    static func trials(of session: Int64, _ db: Database) throws -> [TrialRecord] {
        try SealedTable.trial.rows("session = ? ORDER BY id", [session], db).map { try TrialRecord($0) }
    }
}

extension SessionRecord {
    /// - Throws: what says that a column holds what none can hold.
    init(_ row: Row) throws {
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
        files = try JSONText.value([String: SessionFile].self, from: row.get("files"))
        began = Date(timeIntervalSince1970: try row.finite("began"))
        owner = try (row.find("owner") as String?).map { try JSONText.value(SessionOwner.self, from: $0) }
    }
}

extension TrialRecord {
    /// - Throws: ``StoreError`` when a column holds what none can hold.
    init(_ row: Row) throws {
        guard let status = TrialStatus(rawValue: try row.get("status")) else { throw row.damage("status") }
        id = try row.get("id")
        session = try row.get("session")
        arm = try row.get("arm")
        seed = UInt64(bitPattern: try row.get("seed"))
        self.status = status
        message = try row.get("message")
        through = try row.get("through", in: 0...)
        elapsed = try row.finite("elapsed")
        parent = try TrialPlace(row)
    }
}
