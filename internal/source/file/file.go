// Package file reads audit records out of files: exports of Purview, of
// Search-UnifiedAuditLog and of collection tools, Graph pages, diagnostic logs, JSON in
// any arrangement, packed or not. What a file is shows in its content, never in its
// name. A record keeps the bytes it would have had if it had been collected, so that it
// deduplicates against its collected twin. The package extracts nothing to disk, and
// knows no store, no ledger and no normalising: it tells which kind a record is, and of
// one that is none, what it looks like and what to do about it.
package file

import (
	"context"
	"io"
	"iter"
	"log/slog"
	"sync"
	"time"

	"aoc"
	"aoc/internal/source"
)

// The bounds that keep archives from filling memory or time, unless Options say otherwise.
const (
	defaultMaxUnpacked = 64 << 30
	defaultMaxRatio    = 1000
	// ratioFrom is how much must come out of a packed file before its ratio is judged.
	ratioFrom = 100 << 20
)

// Options say what to read.
type Options struct {
	// Paths are files, folders and zip archives; "-" is Stdin.
	Paths []string
	Stdin io.Reader
	// TenantID goes to records that name no tenant themselves; may be empty.
	TenantID string
	Clock    aoc.Clock
	Log      *slog.Logger
	// MaxUnpacked is the most bytes that one packed file may unpack to; 0 means 64 GiB.
	MaxUnpacked int64
	// MaxRatio is how many times larger than packed a file may become, judged from
	// 100 MB on; 0 means 1000.
	MaxRatio int64
	// OnRead, if set, is told of bytes read of a unit, counted as [Source.Size] counts
	// them. It is called from Read's goroutine.
	OnRead func(u aoc.Unit, n int64)
}

// Source reads audit records out of files. It is a [source.Source] whose units are
// files and members of archives. It is safe for concurrent use; standard input can be
// read once only.
type Source struct {
	opts  Options
	stdin stdin
	zips  archives

	mu      sync.Mutex
	sizes   map[string]int64
	formats map[string]string
}

var _ source.Source = (*Source)(nil)

// New makes a source. It does no I/O.
func New(opts Options) *Source {
	if opts.Clock == nil {
		opts.Clock = aoc.SystemClock{}
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.MaxUnpacked <= 0 {
		opts.MaxUnpacked = defaultMaxUnpacked
	}
	if opts.MaxRatio <= 0 {
		opts.MaxRatio = defaultMaxRatio
	}
	return &Source{
		opts:    opts,
		stdin:   stdin{r: opts.Stdin},
		zips:    archives{maxUnpacked: opts.MaxUnpacked, maxRatio: opts.MaxRatio},
		sizes:   map[string]int64{},
		formats: map[string]string{},
	}
}

// Close releases open archives and what standard input was spooled to.
func (s *Source) Close() error {
	err := s.zips.close()
	if err2 := s.stdin.close(); err == nil {
		err = err2
	}
	return err
}

// Spec implements [source.Source]. Files belong to no one audit source and have no
// windows, so those fields stay empty.
func (s *Source) Spec() source.Spec {
	return source.Spec{
		Feed:      aoc.Feed{TenantID: s.opts.TenantID, Collector: "file"},
		Title:     "Files",
		MaxWindow: 100 * 365 * 24 * time.Hour,
		Lookback:  100 * 365 * 24 * time.Hour,
	}
}

// List yields one unit for each file, whatever the window: folders with all they hold,
// in order of name, and each member of a zip archive as "export.zip!/member". Nothing is
// judged here: a path that cannot be read is a unit as well, and Read says what is wrong
// with it. The only error is that of ctx.
func (s *Source) List(ctx context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		l := lister{ctx: ctx, source: s, seen: map[string]bool{}}
		l.yield = func(id string, size int64) bool {
			if l.seen[id] {
				return true
			}
			l.seen[id] = true
			if size >= 0 {
				s.mu.Lock()
				s.sizes[id] = size
				s.mu.Unlock()
			}
			return yield(aoc.Unit{ID: id, Locator: id, Window: w}, nil)
		}
		for _, path := range s.opts.Paths {
			if !l.path(path) {
				break
			}
		}
		if err := ctx.Err(); err != nil && !l.stopped {
			yield(aoc.Unit{}, err)
		}
	}
}

// Size tells how many bytes will be read of a unit that List has yielded: of a plain or
// packed file its size on disk, of a member of an archive its unpacked size. It is not
// known for standard input.
func (s *Source) Size(u aoc.Unit) (bytes int64, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bytes, known = s.sizes[u.ID]
	return bytes, known
}

// Format tells in words what a unit was taken for, such as "Graph page of directory
// audits", once Read has recognised it; complete when Read has ended. Empty for a unit
// that was not recognised.
func (s *Source) Format(u aoc.Unit) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.formats[u.ID]
}

// Read implements [source.Source]. Each row, line or element that is no blank is one
// record; one that cannot be read, or is no audit record, comes with its Problem. Errors
// have code invalid for a file that is not what AOC can read or is damaged, forbidden
// where the file system refuses it, and a hint at the remedy.
func (s *Source) Read(ctx context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error] {
	return func(yield func(aoc.Record, error) bool) {
		r := reading{ctx: ctx, source: s, unit: u, receivedAt: s.opts.Clock.Now(), yield: yield}
		if err := r.run(); err != nil && !r.stopped {
			yield(aoc.Record{}, err)
		}
	}
}
