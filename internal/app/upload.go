package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	_ "time/tzdata" // change windows have zones, which a container may not know

	"github.com/gofrs/flock"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/normalise"
	"aoc/internal/source/file"
)

const (
	// uploadFolder is where uploaded files are, below the data folder; of each process in a
	// folder of its own where several may share that.
	uploadFolder = "uploads"
	// lockSuffix ends the name of the file that shows that the process of such a folder lives.
	lockSuffix = ".lock"
	// tenantSample is how many records of each file are asked for their tenant: those of one
	// file are of one make.
	tenantSample = 20
)

// uploads says what becomes of uploaded files; nil for a process that writes nothing.
func (a *App) uploads() *console.UploadConfig {
	if a.opts.ReadOnly {
		return nil
	}
	return &console.UploadConfig{
		Dir: a.uploadDir(), MaxBytes: int64(a.cfg.Server.ImportMaxMB) << 20,
		Import: a.importUpload, NeedsTenant: a.needsTenant, CheckTenant: checkTenant,
	}
}

func (a *App) uploadDir() string {
	dir := filepath.Join(a.cfg.Store.DataDir, uploadFolder)
	if a.fleet.Shared() {
		dir = filepath.Join(dir, strings.ReplaceAll(a.fleet.Process(), "/", "-"))
	}
	return dir
}

// ownUploads marks the folder of this process's uploads as in use, and removes what
// processes have left that are gone. A folder that cannot be had is no reason not to start.
func (a *App) ownUploads() {
	if !a.fleet.Shared() {
		return // the lock of the store says it, and the console clears up
	}
	dir := a.uploadDir()
	err := os.MkdirAll(dir, 0o700)
	own := flock.New(dir + lockSuffix)
	if err == nil {
		_, err = own.TryLock()
	}
	if err != nil {
		a.opts.Logger.Warn("files cannot be imported through the API: AOC_DATA_DIR cannot be written", "error", err)
		return
	}
	a.onStop("uploads", func(context.Context) error {
		return errors.Join(os.RemoveAll(dir), os.Remove(own.Path()), own.Close())
	})
	locks, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "*"+lockSuffix)) // the pattern is right
	for _, path := range locks {
		if path != own.Path() {
			clearUploads(path)
		}
	}
}

// clearUploads removes the uploads of a process if it is gone.
func clearUploads(lock string) {
	l := flock.New(lock)
	if ok, err := l.TryLock(); err != nil || !ok {
		return
	}
	defer l.Close() //nolint:errcheck // nothing was written
	if os.RemoveAll(strings.TrimSuffix(lock, lockSuffix)) == nil {
		_ = os.Remove(lock) // else the next process tries again
	}
}

func (a *App) importUpload(ctx context.Context, path, tenant string, progress func(console.UploadProgress)) (console.UploadReport, error) {
	summary, err := a.Import(ctx, file.Options{Paths: []string{path}, TenantID: tenant}, func(p ImportProgress) {
		progress(console.UploadProgress{ReadBytes: p.ReadBytes, TotalBytes: p.TotalBytes, Counts: p.Counts})
	})
	report := console.UploadReport{Counts: summary.Counts}
	for _, f := range summary.Files {
		report.Files = append(report.Files, console.UploadedFile(f))
	}
	return report, err
}

// needsTenant looks into the beginning of each file for records that name no tenant.
func (a *App) needsTenant(ctx context.Context, path string) (bool, error) {
	if a.cfg.Tenant.ID != "" {
		return false, nil
	}
	s := file.New(file.Options{Paths: []string{path}, Clock: a.opts.Clock, Log: a.opts.Logger})
	defer func() { _ = s.Close() }()
	for u, err := range s.List(ctx, aoc.Window{}) {
		if err != nil {
			return false, err
		}
		n := 0
		for r, err := range s.Read(ctx, u) {
			if n++; err != nil || n > tenantSample { // what cannot be read is told by the import
				break
			}
			if e, err := normalise.Normalise(r, nil); err == nil && e.TenantID == "" {
				return true, nil
			}
		}
	}
	return false, ctx.Err()
}

func checkTenant(tenant string) error {
	if config.IsGUID(tenant) {
		return nil
	}
	e := aoc.Errorf(aoc.CodeInvalid, "app.import", "tenant: %q is not a GUID", tenant)
	e.Hint = "Give the Directory (tenant) ID that Entra shows."
	return e
}
