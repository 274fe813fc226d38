import Base
import Foundation
import GRDB

/// Of which trials a copy of a session has the artifacts.
public enum CopiedArtifacts: Sendable {
    /// Of all trials.
    case all
    /// Of those with the session's first seed alone. The other seeds' pictures show the same once more: a recorded claim
    /// does without them, and has room for more arms.
    case firstSeed
}

/// Copies sessions from one store into another, row by row. In a new file they keep their numbers, so that a copy says
/// the same of them, but for sessions, of which the last copied shall be the last; elsewhere they get new ones.
///
/// Bodies are copied as they are stored, so that what only a newer version understands is kept byte for byte; and a
/// damaged row stays recognisable as one.
struct Copying {
    private let source: Database
    private let target: Database
    private let checkpoints: Bool
    private let artifacts: CopiedArtifacts
    private let keepsNumbers: Bool
    /// The new numbers of trials, by the old ones.
    private var trials: [Int64: Int64] = [:]

    init(
        from source: Database, to target: Database, checkpoints: Bool = true,
        artifacts: CopiedArtifacts = .all, keepsNumbers: Bool = false
    ) {
        self.source = source
        self.target = target
        self.checkpoints = checkpoints
        self.artifacts = artifacts
        self.keepsNumbers = keepsNumbers
    }

    /// Copies sessions with all that they hold; the others that they descend from are known.
    ///
    /// - Returns: their new numbers, in the same order.
    mutating func copy(_ sessions: [Int64]) throws -> [Int64] {
        let new = Dictionary(uniqueKeysWithValues: try sessions.map { ($0, try copySession($0)) })
        // Two sessions may hold trials that begin at one another's, but a parent is always older than its child.
        let trials = try sessions.flatMap { try SealedTable.trial.rows("session = ?", [$0], source) }
        let inOrder = try trials.map { (try $0.get("id") as Int64, $0) }.sorted { $0.0 < $1.0 }
        for (_, trial) in inOrder { try copyTrial(trial, into: new[try trial.get("session")] ?? 0) }
        return sessions.compactMap { new[$0] }
    }

    private func copySession(_ old: Int64) throws -> Int64 {
        guard let row = try SealedTable.session.rows("id = ?", [old], source).first else {
            throw StoreError.noSession("\(old)", nearest: nil)
        }
        let isTaken = try Bool.fetchOne(
            target, sql: "SELECT EXISTS (SELECT 1 FROM session WHERE short_id = ?)",
            arguments: [row.stored("short_id")])
        var values: [String: DatabaseValue] = ["owner": .null]
        if isTaken == true { values["short_id"] = try SessionStore.freeShortID(target).databaseValue }
        return try copy(row, .session, values)
    }

    private mutating func copyTrial(_ row: Row, into session: Int64) throws {
        let old: Int64 = try row.get("id")
        var values = ["session": session.databaseValue]
        if let parent: Int64 = try row.find("parent") {
            guard let parent = trials[parent] else {
                throw StoreError.damaged(path: "", what: "trial \(old) descends from one that is missing")
            }
            values["parent"] = parent.databaseValue
        }
        if !checkpoints { values["checkpoint"] = .null }
        let leftOut = try artifactsLeftOut(row)
        // The trial says how many events it has, so that a lost one is noticed.
        if !leftOut.isEmpty { values["events"] = (try row.get("events") - leftOut.count).databaseValue }
        let new = try copy(row, .trial, values)
        trials[old] = new
        try copyRows(.series, of: old, to: new) { _ in nil }
        try copyRows(.event, of: old, to: new, without: leftOut) { .event($0) }
        if checkpoints { try copyRows(.checkpoint, of: old, to: new) { .checkpoint($0) } }
    }

    /// The numbers of a trial's events that the copy does without.
    private func artifactsLeftOut(_ trial: Row) throws -> Set<Int64> {
        guard artifacts == .firstSeed else { return [] }
        let first = try Int64.fetchOne(
            source, sql: "SELECT seed FROM trial WHERE session = ? ORDER BY id LIMIT 1",
            arguments: [trial.stored("session")])
        if first == (try trial.get("seed")) { return [] }
        return Set(
            try Int64.fetchAll(
                source, sql: "SELECT id FROM event WHERE trial = ? AND kind = 'artifact'",
                arguments: [trial.stored("id")]))
    }

    private func copyRows(
        _ table: SealedTable, of old: Int64, to new: Int64, without leftOut: Set<Int64> = [],
        _ user: (Int64) -> Blobs.User?
    ) throws {
        let all = try Int64.fetchAll(
            source, sql: "SELECT id FROM \(table.name) WHERE trial = ? ORDER BY id", arguments: [old])
        for id in all where !leftOut.contains(id) {
            guard let row = try table.rows("id = ?", [id], source).first else { continue }
            let copied = try copy(row, table, ["trial": new.databaseValue])
            guard let user = user(copied) else { continue }
            let digests = try Data.fetchAll(
                source.cachedStatement(sql: "SELECT digest FROM blob_use WHERE \(table.name) = ?"),
                arguments: [id])
            // Bytes as they are stored, compressed; two stores agree on a digest.
            for digest in digests { try copyBlob(digest) }
            try Blobs.note(digests.map { Digest(bytes: $0) }, by: user, target)
        }
    }

    private func copyBlob(_ digest: Data) throws {
        guard try !Blobs.holds(Digest(bytes: digest), target) else { return }
        let row = try Row.fetchOne(
            source, sql: "SELECT digest, size, body FROM blob WHERE digest = ?", arguments: [digest])
        guard let row else {
            throw StoreError.damaged(path: "", what: "bytes that a row refers to are missing")
        }
        try target.cachedStatement(sql: "INSERT INTO blob (digest, size, body) VALUES (?, ?, ?)")
            .execute(arguments: StatementArguments(row.databaseValues))
    }

    private func copy(_ row: Row, _ table: SealedTable, _ values: [String: DatabaseValue]) throws -> Int64 {
        try table.insert(
            table.columns.map { values[$0] ?? row.stored($0) },
            id: keepsNumbers && table.name != SealedTable.session.name ? row.get("id") : nil,
            isSound: table.isSound(row), target)
    }

    // MARK: Sessions that are there already

    /// Whether the target has the session; then its trials stand for those of the source. Told by when it began, to the
    /// microsecond: its short id may have been another's here.
    ///
    /// - Throws: ``StoreError/differs(session:)`` when something begins at a step of one of its trials that is not the same
    ///   there.
    mutating func isKnown(_ old: Int64) throws -> Bool {
        guard let row = try SealedTable.session.rows("id = ?", [old], source).first else { return false }
        let here = try Int64.fetchOne(
            target, sql: "SELECT id FROM session WHERE began = ? AND method = ?",
            arguments: [row.stored("began"), row.stored("method")])
        guard let here else { return false }
        let theirs = try trialNumbers(of: old, source), ours = try trialNumbers(of: here, target)
        for (their, our) in zip(theirs, ours) { trials[their] = our }
        for place in try places(in: old) {
            guard let our = trials[place.trial], try isSame(place, our) else {
                throw StoreError.differs(session: try row.get("short_id"))
            }
        }
        return true
    }

    private func trialNumbers(of session: Int64, _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT id FROM trial WHERE session = ? ORDER BY id", arguments: [session])
    }

    /// The places in a session's trials at which trials of other sessions begin.
    private func places(in session: Int64) throws -> [TrialPlace] {
        try Row.fetchAll(
            source,
            sql: """
                SELECT trial.parent, trial.parent_step FROM trial JOIN trial AS older ON trial.parent = older.id
                WHERE older.session = ? AND trial.session <> ?
                """, arguments: [session, session]
        ).compactMap { try TrialPlace($0) }
    }

    /// Whether a trial of the target is, up to a step, the same as that of the source.
    private func isSame(_ place: TrialPlace, _ our: Int64) throws -> Bool {
        func identity(_ trial: Int64, _ db: Database) throws -> [String] {
            guard let row = try SealedTable.trial.sound(trial, db) else { return [] }
            let record = try TrialRecord(row), metrics = try SessionStore.session(record.session, db).metrics
            let lineage = try Lineage(of: trial, db).through(place.step)
            let chains = try metrics.indices.map { metric -> String in
                var chain = SeriesChain()
                for row in try SeriesRows(metric, of: lineage, db).rows {
                    for point in try row.points() { chain.append(step: point.step, value: point.value) }
                }
                return chain.last.hex
            }
            return ["\(record.arm) \(record.seed) \(record.through >= place.step)"] + chains
        }
        return try identity(place.trial, source) == identity(our, target)
    }
}
