import GRDB

/// A trial and those that it descends from, oldest first, each with the last step of it that counts.
///
/// A trial that begins at a step of another holds only what came after. Whoever reads points, events or chains goes
/// through these parts, so that a descendant reads as if everything had been copied.
struct Lineage {
    /// What one trial contributes.
    struct Part: Equatable {
        let trial: Int64
        /// The last step that counts; `Int.max` in the trial itself.
        let through: Int
    }

    let parts: [Part]

    /// - Throws: ``StoreError/damaged(path:what:)`` when a parent is missing or younger than its child.
    init(of trial: Int64, _ db: Database) throws {
        var parts = [Part(trial: trial, through: .max)]
        while let place = try Self.parent(of: parts[0].trial, db) {
            // A parent is always stored first; this also ends what a damaged file could make a circle.
            guard place.trial < parts[0].trial else {
                throw StoreError.damaged(path: "", what: "trial \(parts[0].trial) descends from a later one")
            }
            // Of a grandparent no more counts than of the parent.
            parts.insert(Part(trial: place.trial, through: min(place.step, parts[0].through)), at: 0)
        }
        self.parts = parts
    }

    private init(parts: [Part]) { self.parts = parts }

    /// The same up to a step.
    func through(_ step: Int) -> Lineage {
        Lineage(parts: parts.map { Part(trial: $0.trial, through: min($0.through, step)) })
    }

    private static func parent(of trial: Int64, _ db: Database) throws -> TrialPlace? {
        let statement = try db.cachedStatement(sql: "SELECT parent, parent_step FROM trial WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [trial]) else { return nil }
        return try TrialPlace(row)
    }
}

extension TrialPlace {
    /// The parent of a row of `trial`; nil for a trial that begins at its own beginning.
    init?(_ row: Row) throws {
        guard let trial: Int64 = try row.find("parent") else { return nil }
        self.init(trial: trial, step: try row.get("parent_step", in: 0...))
    }
}
