package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"aoc"
)

// schemaVersion is the version this program writes, kept in PRAGMA user_version.
const schemaVersion = 5

// migrations[i] takes a store from version i to i+1, in one transaction each.
var migrations = []string{
	// 1: the first version.
	`
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', '0');

-- A segment is an immutable run of one tenant's events, newest first. Its parts are in
-- table part, at ids segment<<20 and up.
CREATE TABLE segment (
	id       INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: caches rely on it
	tenant   TEXT NOT NULL,
	events   INTEGER NOT NULL,
	min_time INTEGER NOT NULL, -- event time, ns since 1970
	max_time INTEGER NOT NULL,
	min_seq  INTEGER NOT NULL,
	max_seq  INTEGER NOT NULL,
	sig_rows INTEGER NOT NULL,
	bytes    INTEGER NOT NULL
);
CREATE TABLE part (id INTEGER PRIMARY KEY, data BLOB NOT NULL);

-- A dead row was superseded by a revision or moved; compaction drops it.
CREATE TABLE dead (segment INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (segment, row)) WITHOUT ROWID;

-- The key index: hash of the event key (63 bits, next free number on collision) to
-- where the event is. content is a 48-bit fingerprint of the raw bytes.
CREATE TABLE event_key (
	hash    INTEGER PRIMARY KEY,
	tenant  INTEGER NOT NULL,
	second  INTEGER NOT NULL,
	content INTEGER NOT NULL
);
-- Rows that are yet to go into event_key, in runs of many, sorted.
CREATE TABLE key_run (
	id   INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: caches rely on it
	rows BLOB NOT NULL
);
CREATE TABLE tenant (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- The chain: tiles of up to 256 hashes; level 0 holds the leaves.
CREATE TABLE tile (level INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (level, n));

CREATE TABLE annotation (
	key      TEXT PRIMARY KEY,
	tenant   TEXT NOT NULL,
	time     INTEGER NOT NULL,
	comments TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE TABLE tag (
	folded TEXT NOT NULL,
	key    TEXT NOT NULL,
	tag    TEXT NOT NULL,
	PRIMARY KEY (folded, key)
) WITHOUT ROWID;
CREATE INDEX tag_key ON tag (key);

CREATE TABLE feed (
	id        INTEGER PRIMARY KEY,
	tenant    TEXT NOT NULL,
	collector TEXT NOT NULL,
	stream    TEXT NOT NULL,
	UNIQUE (tenant, collector, stream)
);
CREATE TABLE ledger_window (
	feed  INTEGER NOT NULL,
	start INTEGER NOT NULL,
	end   INTEGER NOT NULL,
	row   TEXT NOT NULL,
	PRIMARY KEY (feed, start)
) WITHOUT ROWID;
CREATE TABLE ledger_unit (
	feed         INTEGER NOT NULL,
	unit         TEXT NOT NULL,
	window_start INTEGER NOT NULL,
	state        TEXT NOT NULL,
	row          TEXT NOT NULL,
	PRIMARY KEY (feed, unit)
) WITHOUT ROWID;
CREATE INDEX ledger_unit_state ON ledger_unit (feed, state, window_start);
CREATE INDEX ledger_unit_window ON ledger_unit (feed, window_start);

CREATE TABLE quarantine (
	id  TEXT PRIMARY KEY,
	row TEXT NOT NULL
) WITHOUT ROWID;
-- The record itself, in compressed pieces: it may be as large as anything upstream sends.
CREATE TABLE quarantine_raw (
	id   TEXT NOT NULL,
	n    INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (id, n)
) WITHOUT ROWID;

CREATE TABLE directory_name (
	tenant TEXT NOT NULL,
	object TEXT NOT NULL,
	since  INTEGER NOT NULL,
	seen   INTEGER NOT NULL,
	kind   TEXT NOT NULL,
	name   TEXT NOT NULL,
	upn    TEXT NOT NULL,
	PRIMARY KEY (tenant, object, since)
) WITHOUT ROWID;

CREATE TABLE checkpoint (name TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
`,
	// 2: reviews, the record of edits, documents, and which properties changed.
	`
-- How many dictionary columns the segment has: later versions add some.
ALTER TABLE segment ADD COLUMN columns INTEGER NOT NULL DEFAULT 10;

-- With its time, the place of the event in the log finds its row; 0: not known.
ALTER TABLE annotation ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE annotation ADD COLUMN review TEXT; -- aoc.Review; NULL: none
ALTER TABLE annotation ADD COLUMN review_state TEXT;
-- The last edit that gave a review or took it away; 0: none.
ALTER TABLE annotation ADD COLUMN review_edit INTEGER NOT NULL DEFAULT 0;
CREATE INDEX annotation_time ON annotation (tenant, time);

-- Who changed what, when. Rows are only ever added; the subject follows an event whose
-- key changes.
CREATE TABLE edit (
	seq     INTEGER PRIMARY KEY,
	subject TEXT NOT NULL,
	action  TEXT NOT NULL,
	by      TEXT NOT NULL,
	at      INTEGER NOT NULL, -- ns since 1970
	batch   TEXT NOT NULL,
	before  TEXT NOT NULL, -- JSON
	after   TEXT NOT NULL
);
CREATE INDEX edit_subject ON edit (subject, seq);
CREATE INDEX edit_batch ON edit (batch, seq) WHERE batch <> '';
CREATE TRIGGER edit_unchanged BEFORE UPDATE OF seq, action, by, at, batch, before, after ON edit
BEGIN SELECT raise(ABORT, 'records of edits do not change'); END;
CREATE TRIGGER edit_added BEFORE INSERT ON edit WHEN EXISTS (SELECT 1 FROM edit WHERE seq = new.seq)
BEGIN SELECT raise(ABORT, 'records of edits are kept'); END;
CREATE TRIGGER edit_kept BEFORE DELETE ON edit
BEGIN SELECT raise(ABORT, 'records of edits are kept'); END;

CREATE TABLE document (
	kind    TEXT NOT NULL,
	id      TEXT NOT NULL,
	version INTEGER NOT NULL,
	by      TEXT NOT NULL,
	at      INTEGER NOT NULL,
	body    TEXT NOT NULL,
	PRIMARY KEY (kind, id)
) WITHOUT ROWID;
`,
	// 3: leases and reports.
	`
-- The newest term of each lease: what is written under an older one is refused.
CREATE TABLE lease (name TEXT PRIMARY KEY, term INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE report (
	kind TEXT NOT NULL,
	id   TEXT NOT NULL,
	n    INTEGER NOT NULL, -- order of first writing within the kind
	body TEXT NOT NULL,
	PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX report_order ON report (kind, n);
`,
	// 4: sessions of browsers.
	`
CREATE TABLE session (
	id      TEXT PRIMARY KEY,
	subject TEXT NOT NULL,
	began   INTEGER NOT NULL, -- ns since 1970
	expires INTEGER NOT NULL,
	data    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_expires ON session (expires);
`,
	// 5: items, and what they are found by.
	`
CREATE TABLE item (
	kind    TEXT NOT NULL,
	id      TEXT NOT NULL,
	version INTEGER NOT NULL,
	at      INTEGER NOT NULL, -- ns since 1970
	labels  TEXT NOT NULL,    -- JSON
	body    TEXT NOT NULL,    -- JSON
	PRIMARY KEY (kind, id)
);
CREATE INDEX item_order ON item (kind, at, id);
CREATE TABLE item_label (
	kind  TEXT NOT NULL,
	name  TEXT NOT NULL,
	value TEXT NOT NULL,
	at    INTEGER NOT NULL,
	id    TEXT NOT NULL,
	PRIMARY KEY (kind, name, value, at, id)
) WITHOUT ROWID;
CREATE INDEX item_label_item ON item_label (kind, id, name);
`,
}

// migrate brings the store to schemaVersion, or refuses one that a newer program wrote.
func migrate(ctx context.Context, db *sql.DB) error {
	const op = "sqlite.migrate"
	version, err := userVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return tooNew(version)
	}
	for ; version < schemaVersion; version++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return aoc.Wrap(err, aoc.CodeUnavailable, op, "the store cannot be upgraded")
		}
		_, err = tx.ExecContext(ctx, migrations[version])
		if err == nil {
			_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1))
		}
		if err != nil {
			_ = tx.Rollback()
			return aoc.Wrap(err, aoc.CodeUnavailable, op, "the store cannot be upgraded")
		}
		if err := tx.Commit(); err != nil {
			return aoc.Wrap(err, aoc.CodeUnavailable, op, "the store cannot be upgraded")
		}
	}
	return nil
}

// checkVersion refuses to read a store of another version than this program's.
func checkVersion(ctx context.Context, db *sql.DB) error {
	version, err := userVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return tooNew(version)
	}
	if version < schemaVersion {
		e := aoc.Errorf(aoc.CodeConflict, "sqlite.open", "the store was written by an older version of aoc (format %d, this program reads %d)", version, schemaVersion)
		e.Hint = "Start aoc serve (or any command that writes) of this version once: it upgrades the store."
		return e
	}
	return nil
}

func tooNew(version int) error {
	e := aoc.Errorf(aoc.CodeConflict, "sqlite.open", "the store was written by a newer version of aoc (format %d, this program knows %d)", version, schemaVersion)
	e.Hint = "Install the newer version of aoc again; the store was not touched."
	return e
}

func userVersion(ctx context.Context, db *sql.DB) (int, error) {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		e := aoc.Errorf(aoc.CodeUnavailable, "sqlite.open", "the store cannot be read")
		e.Cause, e.Hint = err, "Check that "+FileName+" in the data folder is a SQLite file and that this user may write there."
		return 0, e
	}
	return version, nil
}
