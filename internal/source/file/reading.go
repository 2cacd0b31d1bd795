package file

import (
	"context"
	"fmt"
	"time"

	"aoc"
)

// reading is one run through one unit.
type reading struct {
	ctx        context.Context
	source     *Source
	unit       aoc.Unit
	receivedAt time.Time
	yield      func(aoc.Record, error) bool
	stopped    bool // the caller wants no more

	tally tally
}

// run yields the unit's records and gives the error that ends it.
func (r *reading) run() error {
	c, err := r.source.open(r.unit)
	if err != nil {
		return err
	}
	defer c.close()

	found, err := sniff(c.text, r.unit.ID)
	if err != nil {
		return err
	}
	r.tally.container, r.tally.complete = found.container, found.layout == layoutCSV
	r.note()
	defer func() {
		r.note()
		r.source.opts.Log.DebugContext(r.ctx, "file read", "unit", r.unit.ID, "format", r.tally.String())
	}()

	switch found.layout {
	case layoutEmpty:
		return nil
	case layoutCSV:
		return r.csv(c.text, found)
	default:
		return r.json(c.text)
	}
}

// note lets Format tell what is known by now.
func (r *reading) note() {
	r.source.mu.Lock()
	defer r.source.mu.Unlock()
	r.source.formats[r.unit.ID] = r.tally.String()
}

// emit yields what was found at a place of the unit. It reports false when the caller
// wants no more or the context has ended.
func (r *reading) emit(f finding, place string) bool {
	if r.ctx.Err() != nil {
		return false
	}
	r.tally.add(f)
	tenant := f.tenant
	if tenant == "" {
		tenant = r.source.opts.TenantID
	}
	rec := aoc.Record{
		Kind:       f.kind,
		TenantID:   tenant,
		Raw:        f.raw,
		Origin:     aoc.OriginImported,
		ReceivedAt: r.receivedAt,
		Transport:  r.unit.ID + place,
		Problem:    f.problem,
	}
	if !r.yield(rec, nil) {
		r.stopped = true
	}
	return !r.stopped
}

// atLine is the place of a record in a file that is read by lines.
func atLine(line int) string { return fmt.Sprintf(":%d", line) }

// atElement is the place of the record that is the nth, from 1, of a file and lies in an array.
func atElement(line, n int) string { return fmt.Sprintf(":%d#%d", line, n) }

// invalid makes the error for a file that cannot be read as it is.
func invalid(hint, format string, args ...any) *aoc.Error {
	e := aoc.Errorf(aoc.CodeInvalid, "file.read", format, args...)
	e.Hint = hint
	return e
}
