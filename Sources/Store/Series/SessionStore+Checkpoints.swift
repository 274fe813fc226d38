import Base
import Checkpoints
import Foundation
import GRDB
import MethodKit

// MARK: Writing

extension SessionStore {
    /// Stores a checkpoint with what it refers to.
    static func insert(_ checkpoint: Checkpoint, _ trial: Int64, _ db: Database) throws {
        let head = CheckpointHead(checkpoint)
        // The row first: blobs say by its number who refers to them.
        let id = try SealedTable.checkpoint.insert(
            [trial, head.step, head.stage, head.isFinal, Sealed.seal(try head.encoded())], db)
        for part in checkpoint.frozen {
            if let bytes = part.bytes {
                try Blobs.keep(bytes, part.digest, db)
            } else if try !Blobs.holds(part.digest, db) {
                throw StoreError.cannotStore(trial: trial, what: "a frozen part of its state has no bytes")
            }
        }
        // A state may be empty and is kept all the same; a record that is empty was never said.
        for bytes in [checkpoint.state, checkpoint.record] where !bytes.isEmpty || bytes == checkpoint.state {
            try Blobs.keep(bytes, Digest(of: bytes), db)
        }
        try Blobs.note(head.digests, by: .checkpoint(id), db)
    }

    /// Drops the checkpoints of a trial that nothing will need. What stays:
    ///
    /// - of a trial that has not finished, the newest two, for the newest may be the one that a power cut spoils; the
    ///   newest before each edit, so that the edit can be undone; and the final states of stages, from which later
    ///   stages start;
    /// - of a trial that has finished, the final state of its last stage, which is what can be applied and forked;
    /// - for each trial that begins at a step of this one and has not finished: the newest up to that step, and the
    ///   final states before.
    static func dropUnneededCheckpoints(of trial: Int64, _ db: Database) throws {
        let kept = try KeptCheckpoints(of: trial, db)
        guard !kept.unneeded.isEmpty, try SealedTable.trial.sound(trial, db) != nil else { return }
        let digests = try kept.unneeded.flatMap { id -> [Data] in
            let digests = try Data.fetchAll(
                db.cachedStatement(sql: "SELECT digest FROM blob_use WHERE checkpoint = ?"), arguments: [id])
            try db.cachedStatement(sql: "DELETE FROM checkpoint WHERE id = ?").execute(arguments: [id])
            return digests
        }
        try Blobs.release(digests, db)
        try db.cachedStatement(
            sql:
                "UPDATE trial SET checkpoint = (SELECT max(step) FROM checkpoint WHERE trial = ?) WHERE id = ?"
        ).execute(arguments: [trial, trial])
        try SealedTable.trial.reseal(trial, db)
    }
}

/// Which checkpoints of a trial are needed, see ``SessionStore/dropUnneededCheckpoints(of:_:)``.
struct KeptCheckpoints {
    private struct Place {
        let id: Int64
        let step: Int
        let isFinal: Bool
    }

    /// Row numbers of those that can go.
    let unneeded: [Int64]

    init(of trial: Int64, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT id, step, is_final FROM checkpoint WHERE trial = ? ORDER BY id")
        // What cannot be read is kept: it is for the user to see.
        let all = try Row.fetchAll(statement, arguments: [trial]).compactMap { row in
            try? Place(id: row.get("id"), step: row.get("step"), isFinal: row.get("is_final"))
        }
        guard !all.isEmpty else {
            unneeded = []
            return
        }
        let isFinished = try Self.isFinished(trial, db)
        var kept = Set<Int64>()
        if isFinished {
            kept.formUnion(all.last { $0.isFinal }.map { [$0.id] } ?? [])
        } else {
            kept.formUnion(all.suffix(2).map(\.id) + all.filter(\.isFinal).map(\.id))
            for step in try Self.editSteps(of: trial, db) { kept.formUnion(Self.newest(all, before: step)) }
        }
        for step in try Self.descents(from: trial, db) {
            kept.formUnion(Self.newest(all, before: step + 1))
            kept.formUnion(all.filter { $0.isFinal && $0.step <= step }.map(\.id))
        }
        unneeded = all.map(\.id).filter { !kept.contains($0) }
    }

    private static func newest(_ places: [Place], before step: Int) -> [Int64] {
        places.last { $0.step < step }.map { [$0.id] } ?? []
    }

    private static func isFinished(_ trial: Int64, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT status FROM trial WHERE id = ?")
        return try String.fetchOne(statement, arguments: [trial]) == TrialStatus.finished.rawValue
    }

    private static func editSteps(of trial: Int64, _ db: Database) throws -> [Int] {
        try SealedTable.event.rows("trial = ? AND kind = 'edit'", [trial], db).compactMap { row in
            guard let timed = try? TimedEvent(row, db), case .edit(let edit) = timed.event else { return nil }
            return edit.step
        }
    }

    /// The steps at which trials begin that have not finished, those of descendants of descendants included.
    private static func descents(from trial: Int64, _ db: Database) throws -> [Int] {
        let statement = try db.cachedStatement(
            sql: "SELECT id, status, parent_step FROM trial WHERE parent = ?")
        return try Row.fetchAll(statement, arguments: [trial]).flatMap { row -> [Int] in
            let (child, step): (Int64, Int) = (try row.get("id"), try row.get("parent_step"))
            guard child > trial else { return [] }
            let isOpen = try row.get("status") != TrialStatus.finished.rawValue
            let later = try descents(from: child, db)
            return (isOpen ? [step] : []) + later.map { min(step, $0) }
        }
    }
}

// MARK: Reading

extension SessionStore {
    /// Where a trial can go on: its newest checkpoint that can be read, or one of an ancestor up to the step at which
    /// the trial begins; and the final states of earlier stages. What is damaged is noted in ``losses``.
    ///
    /// - Throws: ``StoreError``.
    public func resumePoint(of trial: Int64) throws -> TrialPlan.Resume? {
        let (checkpoints, losses) = try read { try Self.checkpoints(of: Lineage(of: trial, $0), $0) }
        losses.forEach(noteLoss)
        guard let newest = checkpoints.first else { return nil }
        let finals = checkpoints.filter { $0.isFinal && $0.stage != newest.stage }
        return TrialPlan.Resume(
            checkpoint: newest,
            finalStates: Dictionary(
                finals.map { ($0.stage, $0.state) }, uniquingKeysWith: { first, _ in first }),
            frozen: { [self] digest in try read { try Blobs.bytes(digest, $0) } })
    }

    /// The newest checkpoint that can be read, and the final states of stages, newest first.
    private static func checkpoints(
        of lineage: Lineage, _ db: Database
    ) throws -> (checkpoints: [Checkpoint], losses: [String]) {
        var found: [Checkpoint] = [], losses: [String] = []
        for part in lineage.parts.reversed() {
            let edits = try part.through == .max ? .max : countOfEdits(of: lineage, through: part.through, db)
            let rows = try SealedTable.checkpoint.rows(
                "trial = ? AND step <= ? ORDER BY step DESC, id DESC", [part.trial, part.through], db)
            // States are large: of those that are not final only the newest is read.
            for row in rows where found.isEmpty || (try? row.get("is_final")) == true {
                do { found.append(try Checkpoint(row, edits: edits, db)) } catch {
                    let step = (try? row.get("step")) ?? 0
                    losses.append(
                        "Trial \(part.trial): the checkpoint after step \(step) is damaged and left out.")
                }
            }
        }
        return (found, losses)
    }

    /// The step of a trial's own newest checkpoint that can be read; nil when there is none.
    static func newestCheckpoint(of trial: Int64, _ db: Database) throws -> Int? {
        try SealedTable.checkpoint.rows("trial = ? ORDER BY step DESC, id DESC", [trial], db)
            .lazy.compactMap { try? Checkpoint($0, edits: .max, db).step }.first
    }

    /// How many edits a trial that begins after step `through` has before its own.
    private static func countOfEdits(of lineage: Lineage, through: Int, _ db: Database) throws -> Int {
        try events(of: lineage, db).events.count {
            if case .edit(let edit) = $0.event { edit.step <= through } else { false }
        }
    }
}

extension Checkpoint {
    /// Reads a row of `checkpoint`.
    ///
    /// - Parameters:
    ///   - row: the row.
    ///   - edits: the most that can count: a pause between two steps saves a checkpoint after an edit of the next step,
    ///     which a trial that begins there does not have.
    ///   - db: the store.
    /// - Throws: ``StoreError`` when the row or what it refers to is not as it was written.
    fileprivate init(_ row: Row, edits: Int, _ db: Database) throws {
        guard SealedTable.checkpoint.isSound(row) else { throw row.damage("crc") }
        let head = try JSONDecoder.exact.decode(CheckpointHead.self, from: Sealed.open(row.get("head")))
        guard head.step >= 0, head.stageStep >= 0, head.elapsed.isFinite, head.points.allSatisfy({ $0 >= 0 }),
            let state = Digest(hex: head.state)
        else { throw row.damage("head") }
        let parts = try (head.frozen ?? []).map { hex in
            guard let digest = Digest(hex: hex), try Blobs.holds(digest, db) else { throw row.damage("head") }
            return FrozenPart(digest: digest)
        }
        self.init(
            step: head.step, stage: head.stage, stageStep: head.stageStep, isFinal: head.isFinal,
            elapsed: head.elapsed, points: head.points, events: head.events, edits: min(head.edits, edits),
            state: try Blobs.bytes(state, db),
            record: try head.record.map { try Blobs.bytes(Digest(hex: $0) ?? state, db) } ?? Data(),
            frozen: parts)
    }
}
