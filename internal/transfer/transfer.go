// Package transfer copies everything that one store keeps into another one, and proves that
// it is there: every place of the log has the same leaf, every record that is kept gives its
// leaf again, and everything else is read back and compared. A copy that was cut short goes
// on where it was; one that is complete is brought up to date.
//
// The package knows the contracts of package store only. It writes to the target alone, and
// expects that nobody else does.
package transfer

import (
	"context"
	"encoding/hex"
	"fmt"

	"aoc"
	"aoc/internal/store"
)

// Store is a store whose contents can be moved.
type Store interface {
	store.Store
	store.Mover
}

// Config is what [Copy] works with.
type Config struct {
	From, To Store
	// Progress hears how far the work is; nil is fine. It is called from one goroutine.
	Progress func(Progress)
	// Batch is the most places of the log that are copied at once; 0 means 4096. Large
	// records make it fewer.
	Batch int
	// Units is the most units of a feed of the ledger that are read at once, about 1 KB each;
	// if there are more, those of one window are. 0 means 20,000.
	Units int
}

const (
	defaultBatch = 4096
	defaultUnits = 20_000
	editsAtOnce  = 500
	leavesAtOnce = 16384
)

// Stage is a part of the work.
type Stage string

// The stages, in their order.
const (
	StageCheck  Stage = "check"  // what the target has already
	StageCopy   Stage = "copy"   // the log
	StageRest   Stage = "rest"   // all else
	StageVerify Stage = "verify" // the log, once more on both sides
)

// Progress tells how far a stage is, in places of the log.
type Progress struct {
	Stage Stage `json:"stage"`
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// Report tells what is in the target, and what was proved of it. Its form is what
// `aoc maintenance copy --json` prints.
type Report struct {
	// Places is the length of the log that was compared, Copied those of them that this
	// call has copied. Root is the root of the hash tree over them, in hex.
	Places int64  `json:"places"`
	Copied int64  `json:"copied"`
	Root   string `json:"root"`

	Events int64 `json:"events"`
	// Recomputed counts versions of records whose leaf follows from what is kept, KeyChanged
	// those whose leaf was made with a key that maintenance has changed since, so that it
	// does not; the first of these is at the place KeyChangedFirst. Gone counts the places
	// whose record is kept no longer: it has expired, or was joined with an equal one.
	Recomputed      int64 `json:"leaves_recomputed"`
	KeyChanged      int64 `json:"key_changed"`
	KeyChangedFirst int64 `json:"key_changed_first,omitempty"`
	Gone            int64 `json:"content_gone"`

	Tags        int64 `json:"tags"`
	Comments    int64 `json:"comments"`
	Reviews     int64 `json:"reviews"`
	Edits       int64 `json:"edits"`
	Documents   int64 `json:"documents"`
	Items       int64 `json:"items"`
	Windows     int64 `json:"windows"`
	Units       int64 `json:"units"`
	Quarantined int64 `json:"quarantined"`
	Names       int64 `json:"names"`
	Checkpoints int64 `json:"checkpoints"`

	// Later counts the places that the source's log got while it was copied. RevisedSince
	// and EditedSince are events that were changed there meanwhile, ExpiredSince those that
	// have expired there since they were copied. The next call copies what is new.
	Later        int64 `json:"later"`
	RevisedSince int64 `json:"revised_since"`
	EditedSince  int64 `json:"edited_since"`
	ExpiredSince int64 `json:"expired_since"`

	// Verified says that everything was compared and is the same.
	Verified   bool        `json:"verified"`
	Difference *Difference `json:"difference,omitempty"`
}

// Difference is the first thing that is not the same on both sides.
type Difference struct {
	// Place is that in the log; 0 for what is not in it.
	Place int64 `json:"place,omitempty"`
	// What differs, in words, with the names of fields.
	What string `json:"what"`
}

// copier is one call of Copy.
type copier struct {
	cfg      Config
	from, to Store
	report   Report
	end      int64 // the last place of the source's log when the work began
	places   int64 // of the target's log
	edits    int64 // records of edits in the target
}

// Copy makes the target what the source is, and compares them. Codes: conflict when the
// target has something else in it, or differs in the end; the report then has the
// [Difference].
func Copy(ctx context.Context, cfg Config) (Report, error) {
	if cfg.Batch <= 0 {
		cfg.Batch = defaultBatch
	}
	if cfg.Units <= 0 {
		cfg.Units = defaultUnits
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Progress) {}
	}
	for tries := 1; ; tries++ {
		c := &copier{cfg: cfg, from: cfg.From, to: cfg.To}
		report, err := c.run(ctx)
		if aoc.CodeOf(err) != aoc.CodeConflict || tries == startsAtMost || !c.overtaken(ctx) {
			return report, err
		}
	}
}

// startsAtMost is how often one call begins: what a killed process had sent to its server may
// arrive after the next one has looked where to go on.
const startsAtMost = 3

// overtaken reports whether the target's log, or its records of edits, have grown by more than
// this process has written.
func (c *copier) overtaken(ctx context.Context) bool {
	last, err := c.to.LastSeq(ctx)
	if err != nil || c.report.Difference != nil {
		return false
	}
	more, err := c.to.Edits(ctx, store.EditFilter{After: c.edits}, 1)
	return err == nil && (last > c.places || len(more) > 0)
}

// run makes the target what the source is.
func (c *copier) run(ctx context.Context) (Report, error) {
	for _, step := range []func(ctx context.Context) error{
		c.check,
		// Records of edits go before the events, so that what people added to an event is
		// never older in the target than the records say. Edits that are made while the log
		// is copied bring what they led to.
		c.copyEdits,
		c.copyLog,
		c.copyEdits,
		c.copyRest,
		c.verify,
	} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	last, err := c.from.LastSeq(ctx)
	if err != nil {
		return c.report, err
	}
	c.report.Later = last - c.end
	c.report.Verified = true
	return c.report, nil
}

func (c *copier) tell(stage Stage, done int64) {
	c.cfg.Progress(Progress{Stage: stage, Done: done, Total: c.end})
}

// differs ends the work at something that is not the same.
func (c *copier) differs(place int64, format string, args ...any) error {
	c.report.Difference = &Difference{Place: place, What: fmt.Sprintf(format, args...)}
	where := ""
	if place > 0 {
		where = fmt.Sprintf(" at place %d of the log", place)
	}
	e := aoc.Errorf(aoc.CodeConflict, "transfer.verify", "the copy differs from the source%s: %s", where, c.report.Difference.What)
	e.Hint = "If maintenance has changed the source since it was first copied, copy it into an empty folder or database. Otherwise one of the two is damaged: keep both, and compare that place."
	return e
}

func rootText(root [32]byte) string { return hex.EncodeToString(root[:]) }
