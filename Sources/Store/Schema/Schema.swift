import Foundation
import GRDB

/// The tables, and how older files become newer ones.
///
/// What is stored is meant to be read for ever, so a schema is never changed, only followed by the next: its number goes
/// up, older files are brought up to it when they are opened for writing, and in memory when they are only read.
enum Schema {
    /// The newest schema this program knows; `PRAGMA user_version` of a file it wrote.
    static let version = 2
    /// "Bnch": tells a store from any other SQLite file.
    static let applicationID: Int64 = 0x426e_6368

    /// Brings a file up to ``version``, in one transaction: after a power cut it is as before or as after.
    ///
    /// Which version the file has is read inside the transaction, for another process may be doing the same.
    ///
    /// - Returns: whether an older file was changed.
    static func migrate(_ writer: any DatabaseWriter) throws -> Bool {
        if try writer.read({ try version(of: $0) }) == version { return false }
        return try writer.barrierWriteWithoutTransaction { db in
            // Tables are dropped that others refer to; SQLite ignores this pragma inside a transaction.
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
            var isOlder = false
            try db.inTransaction(.immediate) {
                switch try version(of: db) {
                case 0: try create(db)
                case 1:
                    isOlder = true
                    try Version1.migrate(db)
                default: break
                }
                return .commit
            }
            return isOlder
        }
    }

    static func version(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Makes the tables of ``version``.
    static func create(_ db: Database) throws {
        try db.execute(sql: tables)
        try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
    }

    /// `crc` columns hold the checksum of a row's other values, see ``SealedTable``.
    private static let tables = """
        CREATE TABLE session (
            id INTEGER PRIMARY KEY, short_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, note TEXT NOT NULL,
            tags TEXT NOT NULL, method TEXT NOT NULL, method_version INTEGER NOT NULL, benchtop TEXT NOT NULL,
            preset TEXT NOT NULL, purpose TEXT NOT NULL, inputs TEXT NOT NULL, metrics TEXT NOT NULL,
            machine TEXT NOT NULL, files TEXT NOT NULL, began REAL NOT NULL, owner TEXT, crc INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE trial (
            id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
            arm TEXT NOT NULL, seed INTEGER NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL,
            through INTEGER NOT NULL, elapsed REAL NOT NULL,
            -- How many points and events of its own there are, and the step of the newest checkpoint: so that a lost row
            -- is noticed.
            points INTEGER NOT NULL, events INTEGER NOT NULL, checkpoint INTEGER,
            -- The trial and the step of it at which this one begins. Nothing is copied: what came before is read there.
            -- Deferred, because a session that is deleted may hold both.
            parent INTEGER REFERENCES trial DEFERRABLE INITIALLY DEFERRED, parent_step INTEGER,
            crc INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX trial_session ON trial(session);
        CREATE INDEX trial_parent ON trial(parent) WHERE parent IS NOT NULL;
        -- Points of one metric of one trial. A row with a link is a chunk and final; one without is part of the
        -- open tail. Blobs come last, so that a scan of the summaries does not read them.
        CREATE TABLE series (
            id INTEGER PRIMARY KEY, trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,
            metric INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
            first_step INTEGER NOT NULL, last_step INTEGER NOT NULL, first_elapsed REAL NOT NULL,
            last_elapsed REAL NOT NULL, bad INTEGER NOT NULL, low REAL, high REAL, sum REAL,
            crc INTEGER NOT NULL, link BLOB, pyramid BLOB, body BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX series_place ON series(trial, metric, first);
        CREATE TABLE event (
            id INTEGER PRIMARY KEY, trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,
            step INTEGER NOT NULL, elapsed REAL NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL,
            crc INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX event_trial ON event(trial);
        CREATE TABLE checkpoint (
            id INTEGER PRIMARY KEY, trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,
            step INTEGER NOT NULL, stage TEXT NOT NULL, is_final INTEGER NOT NULL, head BLOB NOT NULL,
            crc INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX checkpoint_trial ON checkpoint(trial);
        -- What is large, once however often it is referred to: pixels, states. The digest is that of the plain bytes.
        CREATE TABLE blob (
            digest BLOB PRIMARY KEY, size INTEGER NOT NULL, body BLOB NOT NULL
        ) STRICT;
        -- Who refers to it. SQLite refuses to delete a blob that is referred to; one that no row refers to is removed.
        CREATE TABLE blob_use (
            id INTEGER PRIMARY KEY, digest BLOB NOT NULL REFERENCES blob,
            event INTEGER REFERENCES event ON DELETE CASCADE,
            checkpoint INTEGER REFERENCES checkpoint ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX blob_use_digest ON blob_use(digest);
        CREATE INDEX blob_use_event ON blob_use(event) WHERE event IS NOT NULL;
        CREATE INDEX blob_use_checkpoint ON blob_use(checkpoint) WHERE checkpoint IS NOT NULL;
        -- Goes up with every change, so that another process sees cheaply that there is something new.
        CREATE TABLE revision (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;
        INSERT INTO revision VALUES (1, 0);
        """
}
