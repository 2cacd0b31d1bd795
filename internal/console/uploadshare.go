package console

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aoc"
	"aoc/internal/fleet"
)

// ImportKind is the kind of the reports of imports in the store.
const ImportKind = "import"

const (
	// cancelKind is the kind of the reports by which an import of another process is cancelled.
	cancelKind = "import-cancel"
	// cancelLook is how often a process looks for them.
	cancelLook = 2 * time.Second
)

// elsewhere tells of an import of another process. Code not_found.
func (u *uploads) elsewhere(ctx context.Context, id string) (Upload, error) {
	s, err := u.sheet(ctx, id)
	if err != nil {
		return Upload{}, err
	}
	info := Upload{Files: []UploadedFile{}}
	if err := json.Unmarshal(s.Body, &info); err != nil {
		return Upload{}, aoc.Wrap(err, aoc.CodeInternal, "console.upload", "the report of an import cannot be read")
	}
	if s.Lost && info.State == UploadRunning {
		info.State, info.Queued = UploadFailed, false
		info.Error = fmt.Sprintf("the process %s, which imported it, is not heard of any more; what was read before is stored", s.Process)
		info.Hint = "Send the file again: what is stored already counts as duplicate."
	}
	return info, nil
}

func (u *uploads) sheet(ctx context.Context, id string) (fleet.Sheet, error) {
	s, err := u.fleet.Report(ctx, ImportKind, id)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		e := aoc.Errorf(aoc.CodeNotFound, "console.upload", "there is no import with this id")
		e.Hint = "Only the last imports are remembered."
		return s, e
	}
	return s, err
}

// askCancel asks the process that has a file to cancel its import; one that has ended is left
// as it is.
func (u *uploads) askCancel(ctx context.Context, id string) error {
	s, err := u.sheet(ctx, id)
	if err != nil || s.Over {
		return err
	}
	return u.fleet.Ask(ctx, cancelKind, id, uploadsKept)
}

// heedCancel cancels an import when another process was asked to, until it has ended.
func (u *uploads) heedCancel(ctx context.Context, job *upload) {
	for u.clock.Sleep(ctx, cancelLook) == nil {
		if asked, err := u.fleet.Asked(ctx, cancelKind, job.info.ID); asked && err == nil {
			job.cancel()
			return
		}
	}
}
