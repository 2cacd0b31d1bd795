package console

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/trail"
)

const (
	maxFileName = 255 // characters
	// maxWaiting is how many uploaded files may wait for their turn, on disk.
	maxWaiting = 20
	// uploadsKept is how many finished uploads are remembered.
	uploadsKept = 100
)

// UploadConfig says what becomes of files that people send.
type UploadConfig struct {
	// Dir takes the files while they are read. It is emptied at the start: what is in it
	// was left behind by a crash.
	Dir      string
	MaxBytes int64
	// Import puts a file into the store. tenant belongs to records that name none; empty
	// where there is none.
	Import func(ctx context.Context, path, tenant string, progress func(UploadProgress)) (UploadReport, error)
	// NeedsTenant reports whether a file has records that name no tenant, and none is
	// configured that they could belong to.
	NeedsTenant func(ctx context.Context, path string) (bool, error)
	// CheckTenant fails with code invalid for what is no tenant id.
	CheckTenant func(tenant string) error
}

// UploadProgress tells how far the import of a file is.
type UploadProgress struct {
	ReadBytes, TotalBytes int64
	Counts                aoc.Counts
}

// UploadReport tells what was in a file.
type UploadReport struct {
	Counts aoc.Counts
	Files  []UploadedFile
}

// UploadedFile is a file, or a member of an archive.
type UploadedFile struct {
	Path   string `json:"path" example:"export.zip!/AuditLog.csv"`
	Format string `json:"format" doc:"What it was taken for; empty when it was not recognised."`
	aoc.Counts
	Error string `json:"error,omitempty"`
	Hint  string `json:"hint,omitempty"`
}

// The states of an upload.
const (
	UploadRunning = "running"
	UploadDone    = "done"
	UploadFailed  = "failed"
)

// Upload is a file that somebody sent, and how its import goes.
type Upload struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	By   string `json:"by"`
	// Process has the file and imports it.
	Process string `json:"process" doc:"The process that imports it, of those that share the store."`
	// State is running also while the file waits for others; Queued then says so.
	State      string         `json:"state" enum:"running,done,failed"`
	Queued     bool           `json:"queued" doc:"Running, but waiting for other files."`
	StartedAt  time.Time      `json:"started_at"`
	EndedAt    time.Time      `json:"ended_at,omitzero"`
	ReadBytes  int64          `json:"read_bytes"`
	TotalBytes int64          `json:"total_bytes" doc:"0 where it is not known yet."`
	Counts     aoc.Counts     `json:"counts"`
	Files      []UploadedFile `json:"files" doc:"What the file held, once it is read."`
	Error      string         `json:"error,omitempty" doc:"Why it failed."`
	Hint       string         `json:"hint,omitempty"`
}

// uploads are the files that people send. One is imported at a time; the others wait.
type uploads struct {
	cfg   UploadConfig
	fleet *fleet.Fleet
	clock aoc.Clock
	log   *slog.Logger
	turn  chan struct{} // whoever is in it imports

	mu     sync.Mutex
	all    []*upload // oldest first
	group  sync.WaitGroup
	closed bool
}

type upload struct {
	info      Upload
	path      string
	tenant    string
	cancel    context.CancelFunc
	published *fleet.Publication
}

func newUploads(cfg UploadConfig, f *fleet.Fleet, clock aoc.Clock, log *slog.Logger) (*uploads, error) {
	const op = "console.uploads"
	if err := os.RemoveAll(cfg.Dir); err != nil {
		return nil, aoc.Wrap(err, aoc.CodeUnavailable, op, "files left behind by an earlier start cannot be removed")
	}
	return &uploads{cfg: cfg, fleet: f, clock: clock, log: log, turn: make(chan struct{}, 1)}, nil
}

func (c *Console) uploading() (*uploads, error) {
	if c.uploads == nil {
		return nil, aoc.Errorf(aoc.CodeUnavailable, "console.upload", "files cannot be imported here")
	}
	return c.uploads, nil
}

// MaxUpload is the most bytes of a file that can be uploaded; 0 where none can.
func (c *Console) MaxUpload() int64 {
	if c.uploads == nil {
		return 0
	}
	return c.uploads.cfg.MaxBytes
}

// Upload takes a file and begins to import it, after those that came before it. It returns
// when all of content is read. Codes: invalid, about the parameter tenant, when the file's
// records do not say whose they are and tenant is empty; throttled when too many files wait.
func (c *Console) Upload(ctx context.Context, name, tenant string, content io.Reader) (Upload, error) {
	if err := c.authorise(ctx, actImport); err != nil {
		return Upload{}, err
	}
	u, err := c.uploading()
	if err != nil {
		return Upload{}, err
	}
	name = fileName(name)
	if tenant != "" {
		if err := u.cfg.CheckTenant(tenant); err != nil {
			return Upload{}, blame("tenant", err)
		}
	}
	if err := u.room(); err != nil {
		return Upload{}, err
	}
	job := &upload{tenant: tenant, info: Upload{
		ID: newID(), Name: cmp.Or(name, "upload"), By: author(ctx), Process: u.fleet.Process(), State: UploadRunning, Queued: true, Files: []UploadedFile{},
	}}
	job.path = filepath.Join(u.cfg.Dir, job.info.ID)
	if err := u.take(ctx, job, content); err != nil {
		os.Remove(job.path)
		return Upload{}, err
	}
	info, err := u.start(ctx, job)
	if err == nil {
		c.recordDone(ctx, trail.Entry{Operation: "Import file", Target: trail.Target{Type: "Import", ID: job.info.ID, Name: job.info.Name}})
		job.published.Told(ctx)
	}
	return info, err
}

// fileName is what a file is called, from a path of any system. A file can have any name, and
// is read whatever it is called: what cannot be shown stands as U+FFFD.
func fileName(path string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || isBidi(r) || r == '\u2028' || r == '\u2029' {
			return utf8.RuneError
		}
		return r
	}, strings.TrimSpace(path[strings.LastIndexAny(path, `/\`)+1:]))
	if runes := []rune(name); len(runes) > maxFileName {
		name = string(runes[:maxFileName])
	}
	return name
}

func (u *uploads) room() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	waiting := 0
	for _, job := range u.all {
		if job.info.State == UploadRunning {
			waiting++
		}
	}
	switch {
	case u.closed:
		return aoc.Errorf(aoc.CodeUnavailable, "console.upload", "the service is stopping")
	case waiting >= maxWaiting:
		e := aoc.Errorf(aoc.CodeThrottled, "console.upload", "%d files wait to be imported, which is the most", waiting)
		e.RetryAfter = 10 * time.Second
		return e
	}
	return nil
}

// take writes content to disk and looks whether it can be imported as it is.
func (u *uploads) take(ctx context.Context, job *upload, content io.Reader) error {
	const op = "console.upload"
	if err := os.MkdirAll(u.cfg.Dir, 0o700); err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the folder for uploaded files cannot be made")
	}
	f, err := os.OpenFile(job.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the file cannot be kept while it is read")
	}
	n, err := io.Copy(f, io.LimitReader(content, u.cfg.MaxBytes+1))
	err = errors.Join(err, f.Close())
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		e := aoc.Errorf(aoc.CodeInvalid, op, "the file did not arrive as a whole")
		e.Cause, e.Hint = err, "Send it again; if that fails each time, look for a full disk or a proxy that limits sizes."
		return &InvalidParam{Name: "body", Err: e}
	case n > u.cfg.MaxBytes:
		e := aoc.Errorf(aoc.CodeInvalid, op, "the file is larger than %d MiB", u.cfg.MaxBytes>>20)
		e.Hint = "Pack it, or use aoc import; AOC_IMPORT_MAX_MB raises the limit."
		return &InvalidParam{Name: "body", Err: e}
	case n == 0:
		return invalid("body", "the file is empty")
	}
	job.info.TotalBytes = n
	if job.tenant != "" {
		return nil
	}
	needed, err := u.cfg.NeedsTenant(ctx, job.path)
	if err != nil || !needed {
		return err
	}
	e := aoc.Errorf(aoc.CodeInvalid, op, "the records do not say which tenant they are from")
	e.Hint = "Send tenant: the Directory (tenant) ID that Entra shows."
	return &InvalidParam{Name: "tenant", Err: e}
}

// start lets a file that has arrived wait for its turn.
func (u *uploads) start(ctx context.Context, job *upload) (Upload, error) {
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	job.cancel = cancel
	job.info.StartedAt = u.clock.Now().UTC()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		cancel()
		os.Remove(job.path)
		return Upload{}, aoc.Errorf(aoc.CodeUnavailable, "console.upload", "the service is stopping")
	}
	u.all = append(u.all, job)
	u.forget()
	job.published = u.fleet.Publish(run, ImportKind, job.info.ID, uploadsKept, func() any { return u.snapshot(job) })
	u.group.Go(func() { u.run(run, job) })
	if u.fleet.Shared() {
		u.group.Go(func() { u.heedCancel(run, job) })
	}
	return job.info, nil
}

// forget drops the oldest finished uploads.
func (u *uploads) forget() {
	for i := 0; i < len(u.all) && len(u.all) > uploadsKept; {
		if u.all[i].info.State == UploadRunning {
			i++
			continue
		}
		u.all = slices.Delete(u.all, i, i+1)
	}
}

// run imports a file when its turn comes, and removes it.
func (u *uploads) run(ctx context.Context, job *upload) {
	defer job.cancel()
	var report UploadReport
	var err error
	select {
	case u.turn <- struct{}{}:
		u.change(func() { job.info.Queued = false })
		report, err = u.cfg.Import(ctx, job.path, job.tenant, func(p UploadProgress) {
			u.change(func() {
				job.info.ReadBytes, job.info.Counts = p.ReadBytes, p.Counts
				job.info.TotalBytes = max(job.info.TotalBytes, p.TotalBytes)
			})
		})
		<-u.turn
	case <-ctx.Done():
		err = ctx.Err()
	}
	os.Remove(job.path) // before anybody hears that it is over
	u.change(func() { u.ended(ctx, job, report, err) })
	job.published.End(ctx)
}

func (u *uploads) change(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f()
}

// ended takes down how an import ended.
func (u *uploads) ended(ctx context.Context, job *upload, report UploadReport, err error) {
	i := &job.info
	i.State, i.Queued, i.EndedAt, i.Counts = UploadDone, false, u.clock.Now().UTC(), report.Counts
	failed := len(report.Files) > 0
	for _, f := range report.Files {
		f.Path = i.Name + strings.TrimPrefix(f.Path, job.path)
		f.Error = strings.ReplaceAll(f.Error, job.path, i.Name)
		i.Files = append(i.Files, f)
		failed = failed && f.Error != ""
	}
	switch {
	case ctx.Err() != nil:
		i.State, i.Error = UploadFailed, "the import was cancelled; what was read before is stored"
	case err != nil:
		i.State, i.Error, i.Hint = UploadFailed, aoc.MessageOf(err), aoc.HintOf(err)
	case failed:
		i.State, i.Error, i.Hint = UploadFailed, i.Files[0].Error, i.Files[0].Hint
	default:
		i.ReadBytes = i.TotalBytes
	}
	u.log.Info("a file was imported", "name", i.Name, "by", i.By, "state", i.State, "new", i.Counts.New, "error", err)
}

// UploadByID tells how the import of an uploaded file goes. Code not_found.
func (c *Console) UploadByID(ctx context.Context, id string) (Upload, error) {
	if err := c.authorise(ctx, actImport); err != nil {
		return Upload{}, err
	}
	u, err := c.uploading()
	if err != nil {
		return Upload{}, err
	}
	if job := u.byID(id); job != nil {
		return u.snapshot(job), nil
	}
	return u.elsewhere(ctx, id)
}

// CancelUpload ends the import of an uploaded file. What is stored stays. Code not_found.
func (c *Console) CancelUpload(ctx context.Context, id string) error {
	if err := c.authorise(ctx, actImport); err != nil {
		return err
	}
	u, err := c.uploading()
	if err != nil {
		return err
	}
	if job := u.byID(id); job != nil {
		job.cancel()
		return nil
	}
	return u.askCancel(ctx, id)
}

// byID gives an upload of this process; nil for any other.
func (u *uploads) byID(id string) *upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, job := range u.all {
		if job.info.ID == id {
			return job
		}
	}
	return nil
}

// snapshot gives an upload as it is now.
func (u *uploads) snapshot(job *upload) Upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	info := job.info
	info.Files = append([]UploadedFile{}, info.Files...)
	return info
}

// close ends all imports and waits for them, at most until ctx ends.
func (u *uploads) close(ctx context.Context) error {
	u.mu.Lock()
	u.closed = true
	for _, job := range u.all {
		job.cancel()
	}
	u.mu.Unlock()
	done := make(chan struct{})
	go func() { u.group.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
