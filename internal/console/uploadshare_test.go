package console

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/store/sqlite"
)

// cut is a store that a process cannot reach any more while a test says so.
type cut struct {
	*sqlite.Store
	off atomic.Bool
}

func (c *cut) PutReport(ctx context.Context, kind, id string, body json.RawMessage, keep int) error {
	if c.off.Load() {
		return aoc.Errorf(aoc.CodeUnavailable, "test.put", "no route to host")
	}
	return c.Store.PutReport(ctx, kind, id, body, keep)
}

// Every process tells how the imports of all go and lets them be cancelled; one whose process
// has gone does not go on for ever.
func TestImportsOfOtherProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		dir := t.TempDir()
		process := func(name string, st *cut) *Console {
			c, err := New(Config{
				Store: st, Fleet: fleet.New(fleet.Config{Store: st, Process: name, Shared: true}),
				Uploads: &UploadConfig{
					Dir: dir + "/" + name, MaxBytes: 10,
					Import: func(ctx context.Context, _, _ string, progress func(UploadProgress)) (UploadReport, error) {
						progress(UploadProgress{ReadBytes: 2, TotalBytes: 3, Counts: aoc.Counts{Read: 1, New: 1}})
						select {
						case <-ctx.Done():
							return UploadReport{}, ctx.Err()
						case <-time.After(10 * time.Minute):
							return UploadReport{Counts: aoc.Counts{Read: 1, New: 1}, Files: []UploadedFile{{Path: "x"}}}, nil
						}
					},
					NeedsTenant: func(context.Context, string) (bool, error) { return false, nil },
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		link := &cut{Store: s}
		a, b := process("a", link), process("b", &cut{Store: s})
		send := func(name string) Upload {
			t.Helper()
			u, err := a.Upload(t.Context(), name, "", strings.NewReader("abc"))
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		told := func(id string) Upload {
			t.Helper()
			u, err := b.UploadByID(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		first := send("first.csv")
		time.Sleep(2 * time.Second)
		if u := told(first.ID); u.State != UploadRunning || u.Queued || u.Process != "a" || u.ReadBytes != 2 || u.Counts.New != 1 || u.Name != "first.csv" {
			t.Errorf("under way: %+v", u)
		}
		if err := b.CancelUpload(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if u := told(first.ID); u.State != UploadFailed || !strings.Contains(u.Error, "cancelled") {
			t.Errorf("cancelled by another process: %+v", u)
		}
		if err := b.CancelUpload(t.Context(), first.ID); err != nil {
			t.Errorf("cancelling what has ended: %v", err)
		}
		second := send("second.csv")
		time.Sleep(11 * time.Minute)
		if u := told(second.ID); u.State != UploadDone || u.Counts.New != 1 || len(u.Files) != 1 {
			t.Errorf("done: %+v", u)
		}
		third := send("third.csv")
		time.Sleep(5500 * time.Millisecond) // between two reports
		link.off.Store(true)
		told(third.ID)
		time.Sleep(time.Minute)
		if u := told(third.ID); u.State != UploadFailed || !strings.Contains(u.Error, "process a") || u.Hint == "" {
			t.Errorf("of a process that has gone: %+v", u)
		}
		for _, err := range []error{b.CancelUpload(t.Context(), "none"), func() error { _, err := b.UploadByID(t.Context(), "none"); return err }()} {
			if aoc.CodeOf(err) != aoc.CodeNotFound {
				t.Errorf("an unknown import: %v; want not_found", err)
			}
		}
		for _, c := range []*Console{a, b} {
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
