import Foundation
import GRDB

/// The tables, and how older files become newer ones.
enum Schema {
    /// The newest schema this program knows; `PRAGMA user_version` of a file it wrote.
    static let version = 1
    /// "Bnch": tells a store from any other SQLite file.
    static let applicationID: Int64 = 0x426e_6368

    /// Brings the file up to ``version``; each step sets `user_version` in its own transaction.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: tables)
            try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1")
        }
        return migrator
    }

    /// `crc` columns hold the CRC-32 of a row's other values, see `RowSeal`.
    private static let tables = """
        CREATE TABLE session (
            id INTEGER PRIMARY KEY, short_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, note TEXT NOT NULL,
            tags TEXT NOT NULL, method TEXT NOT NULL, method_version INTEGER NOT NULL, benchtop TEXT NOT NULL,
            preset TEXT NOT NULL, purpose TEXT NOT NULL, inputs TEXT NOT NULL, metrics TEXT NOT NULL,
            machine TEXT NOT NULL, began REAL NOT NULL, owner TEXT, parent TEXT, crc INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE trial (
            id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
            arm TEXT NOT NULL, seed INTEGER NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL,
            through INTEGER NOT NULL, elapsed REAL NOT NULL,
            -- How many points and events there are, and the step of the newest checkpoint: so that a lost row is noticed.
            points INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 0, checkpoint INTEGER, crc INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX trial_session ON trial(session);
        -- Points of one metric of one trial. A row with a link is a chunk and final; one without is part of the
        -- open tail. Blobs come last, so that a scan of the summaries does not read them.
        CREATE TABLE series (
            id INTEGER PRIMARY KEY, trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,
            metric INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
            first_step INTEGER NOT NULL, last_step INTEGER NOT NULL, first_elapsed REAL NOT NULL,
            last_elapsed REAL NOT NULL, bad INTEGER NOT NULL, low REAL, high REAL, sum REAL NOT NULL,
            link BLOB, pyramid BLOB, body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX series_place ON series(trial, metric, first);
        CREATE TABLE event (
            id INTEGER PRIMARY KEY, trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,
            step INTEGER NOT NULL, elapsed REAL NOT NULL, is_edit INTEGER NOT NULL, body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX event_trial ON event(trial);
        CREATE TABLE checkpoint (
            id INTEGER PRIMARY KEY, trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,
            step INTEGER NOT NULL, stage TEXT NOT NULL, is_final INTEGER NOT NULL, head BLOB NOT NULL,
            state BLOB NOT NULL, record BLOB NOT NULL
        ) STRICT;
        CREATE INDEX checkpoint_trial ON checkpoint(trial);
        -- Goes up with every change, so that another process sees cheaply that there is something new.
        CREATE TABLE revision (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;
        INSERT INTO revision VALUES (1, 0);
        """
}
