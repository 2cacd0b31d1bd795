// Package sqlite keeps AOC's data in one SQLite file: the embedded store that needs no
// set-up. Events live in immutable, time-sorted segments (compressed blocks, columns
// and a signature for search) that are blobs of the same file, so that every change is
// one transaction; everything mutable is in ordinary tables beside them. One process
// writes, any number read beside it. The package knows no Microsoft API and no user.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"

	"aoc"
	"aoc/internal/store"
)

// FileName is the name of the database file in the data directory.
const FileName = "aoc.db"

const lockName = "aoc.lock"

// Options tune a store. The zero value is right for a service.
type Options struct {
	// ReadOnly opens the store beside a writing process. Every writing method then
	// fails with code conflict.
	ReadOnly bool
	// CacheBytes bounds the memory for decoded segments; 0 means 128 MiB.
	CacheBytes int64
	// Clock is used for bookkeeping only; nil means the system's.
	Clock aoc.Clock
	// Process is the name of this process as the holder of leases; empty means host name
	// and pid.
	Process string
}

// Store implements [store.Store].
type Store struct {
	dir   string
	opts  Options
	lock  *flock.Flock
	write *sql.DB // one connection; nil when read-only
	read  *sql.DB
	probe *sql.DB // one connection, for [Store.Ping] alone

	// mu serialises everything that writes. Readers never take it.
	mu      sync.Mutex
	lastSeq int64 // guarded by mu

	codec     *codec
	cache     *segmentCache
	annotated annotationCache
	leases    leaseTable

	maxStagedKeys int // of tests; 0: see stagedLimit
	maxIDBlocks   int
}

var _ store.Store = (*Store)(nil)

// Open opens the store in dir, creating it when it is not read-only. Only one process
// can hold a store for writing: a second one gets code conflict, with the remedy.
func Open(ctx context.Context, dir string, opts Options) (*Store, error) {
	const op = "sqlite.open"
	if opts.CacheBytes == 0 {
		opts.CacheBytes = 128 << 20
	}
	if opts.Clock == nil {
		opts.Clock = aoc.SystemClock{}
	}
	if opts.Process == "" {
		opts.Process = processName()
	}
	z, err := newCodec()
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "the compressor cannot be made")
	}
	s := &Store{dir: dir, opts: opts, codec: z, cache: newSegmentCache(opts.CacheBytes), maxIDBlocks: defaultMaxIDBlocks}
	path := filepath.Join(dir, FileName)
	if opts.ReadOnly {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			e := aoc.Errorf(aoc.CodeNotFound, op, "there is no store in %s", dir)
			e.Hint = "Set AOC_DATA_DIR (or --data) to the folder that aoc serve or aoc import wrote to."
			return nil, e
		}
	} else if err := s.acquire(dir); err != nil {
		return nil, err
	}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) acquire(dir string) error {
	const op = "sqlite.open"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		e := aoc.Errorf(aoc.CodeUnavailable, op, "the data folder %s cannot be made", dir)
		e.Cause, e.Hint = err, "Check AOC_DATA_DIR and the rights on its parent folder."
		return e
	}
	s.lock = flock.New(filepath.Join(dir, lockName))
	ok, err := s.lock.TryLock()
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the data folder cannot be locked")
	}
	if !ok {
		s.lock = nil
		e := aoc.Errorf(aoc.CodeConflict, op, "another aoc process is writing to %s", dir)
		e.Hint = "Let the running service do it (it accepts imports and maintenance), or stop it first."
		return e
	}
	return nil
}

func (s *Store) open(ctx context.Context, path string) error {
	const op = "sqlite.open"
	if !s.opts.ReadOnly {
		db, err := sql.Open("sqlite", dsn(path, false))
		if err != nil {
			return aoc.Wrap(err, aoc.CodeUnavailable, op, "the store cannot be opened")
		}
		db.SetMaxOpenConns(1)
		s.write = db
		if err := migrate(ctx, db); err != nil {
			return err
		}
	}
	db, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the store cannot be opened")
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(8)
	s.read = db
	// However many searches wait for a connection, whether there is a store is told at once.
	if s.probe, err = sql.Open("sqlite", dsn(path, true)); err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the store cannot be opened")
	}
	s.probe.SetMaxOpenConns(1)
	if err := checkVersion(ctx, db); err != nil {
		return err
	}
	s.lastSeq, err = s.LastSeq(ctx)
	return err
}

// dsn names the database with the settings each connection needs: pragmas are per
// connection, so they must not be left to a single Exec on the pool.
func dsn(path string, readOnly bool) string {
	v := url.Values{}
	pragma := func(p string) { v.Add("_pragma", p) }
	pragma("busy_timeout(10000)")
	pragma("foreign_keys(0)")
	pragma("temp_store(2)")
	if readOnly {
		// Not mode=ro: a reader must be able to recover the write-ahead log of a
		// process that crashed.
		pragma("query_only(1)")
		pragma("cache_size(-8192)")
		pragma("mmap_size(17179869184)")
	} else {
		pragma("page_size(8192)")
		pragma("auto_vacuum(2)") // incremental: retention gives space back
		pragma("journal_mode(WAL)")
		// Full: an acknowledged append survives a power cut, not only a crash. Batches
		// make the extra sync cheap.
		pragma("synchronous(2)")
		pragma("cache_size(-32768)")
		pragma("wal_autocheckpoint(4096)")
		v.Set("_txlock", "immediate")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: v.Encode()}).String()
}

// Ping implements [store.Store].
func (s *Store) Ping(ctx context.Context) error {
	var one int
	err := s.probe.QueryRowContext(ctx, "SELECT 1 FROM meta LIMIT 1").Scan(&one)
	return s.fault(err, "sqlite.ping", "the store cannot be read")
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, db := range []*sql.DB{s.probe, s.read} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}

// writeTx runs f in one write transaction. The caller holds mu.
func (s *Store) writeTx(ctx context.Context, op string, f func(tx *sql.Tx) error) error {
	if s.write == nil {
		e := aoc.Errorf(aoc.CodeConflict, op, "the store is open for reading only")
		e.Hint = "Another aoc process writes to it; let that one do the work."
		return e
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.fault(err, op, "the store cannot be written")
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the fault that matters is err
		return s.fault(err, op, "the store cannot be written")
	}
	return s.fault(tx.Commit(), op, "the store cannot be written")
}

// readTx runs f in one read transaction: a snapshot that no writer disturbs.
func (s *Store) readTx(ctx context.Context, op string, f func(tx *sql.Tx) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.fault(err, op, "the store cannot be read")
	}
	defer tx.Rollback() //nolint:errcheck // a read has nothing to undo
	return s.fault(f(tx), op, "the store cannot be read")
}

// fault gives an error of the database its code; domain errors and the end of the
// caller's patience pass through.
func (s *Store) fault(err error, op, message string) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*aoc.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", op, err)
	}
	return aoc.Wrap(err, aoc.CodeUnavailable, op, message)
}
