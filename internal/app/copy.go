package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/store/sqlite"
	"aoc/internal/transfer"
)

// Copy makes the store at one place what that at another one is, and proves it. Folders are
// locked meanwhile. A MongoDB that others write to is copied up to where its log ended.
func Copy(ctx context.Context, cfg config.Config, opts Options, from, to config.Place, progress func(transfer.Progress)) (report transfer.Report, err error) {
	const op = "app.copy"
	source, target := cfg.At(from), cfg.At(to)
	if from.Database, to.Database = source.Store.MongoDatabase, target.Store.MongoDatabase; from.Same(to) {
		e := aoc.Errorf(aoc.CodeInvalid, op, "%s and %s are the same", from.Name, to.Name)
		e.Hint = "Name an empty folder or database as the target."
		return report, e
	}
	if (from.Shared() || to.Shared()) && !cfg.Store.Chained() {
		e := aoc.Errorf(aoc.CodeInvalid, op, "AOC_CHAIN: it is off, and a copy is proved by the chain")
		e.Hint = "Set it to on, and copy to and from databases that were made so. From others export the events and import them."
		return report, e
	}
	if !from.Shared() && !hasStore(from.Dir) {
		e := aoc.Errorf(aoc.CodeNotFound, op, "there is no store in %s", from.Name)
		e.Hint = "Name the folder that AOC_DATA_DIR named when aoc serve or aoc import wrote to it."
		return report, e
	}
	source.Store.CacheMB, target.Store.CacheMB = max(cfg.Store.CacheMB/2, 1), max(cfg.Store.CacheMB/2, 1)
	a, err := openStore(ctx, opts.setup(source))
	if err != nil {
		return report, inUse(err, from)
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	b, err := openStore(ctx, opts.setup(target))
	if err != nil {
		return report, inUse(err, to)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	return transfer.Copy(ctx, transfer.Config{From: a, To: b, Progress: progress})
}

// hasStore reports whether a folder has an embedded store in it.
func hasStore(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, sqlite.FileName))
	return err == nil
}

// inUse gives the error of a folder that another process writes to the remedy that holds
// here: nobody can do the work instead.
func inUse(err error, p config.Place) error {
	if p.Shared() || aoc.CodeOf(err) != aoc.CodeConflict {
		return err
	}
	e := aoc.Errorf(aoc.CodeConflict, "app.copy", "another aoc process is writing to %s", p.Name)
	e.Cause, e.Hint = err, "Stop it first (aoc serve, an import): what is copied must not change meanwhile."
	return e
}
