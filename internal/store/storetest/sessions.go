package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

func testSessions(t *testing.T, s store.Store) {
	ctx := context.Background()
	began := time.Date(2026, 3, 2, 12, 0, 0, 123000, time.UTC)
	session := func(id, subject string, after, lasts time.Duration) store.Session {
		return store.Session{
			ID: id, Subject: subject, Began: began.Add(after), Expires: began.Add(after + lasts), Data: json.RawMessage(fmt.Sprintf(`{"id":%q}`, id)),
		}
	}
	ada, again, bob := session("a", "ada", 0, time.Hour), session("b", "ada", time.Minute, time.Hour), session("c", "bob", 2*time.Minute, 10*time.Minute)
	for _, n := range []store.Session{ada, again, bob} {
		if err := s.NewSession(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.NewSession(ctx, session("a", "mallory", 0, time.Hour)); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("an id that is taken: %v; want conflict", err)
	}
	got, err := s.Session(ctx, "a", began)
	if diff := cmp.Diff(ada, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for id, at := range map[string]time.Time{"nobody": began, "": began, "c": bob.Expires} {
		if _, err := s.Session(ctx, id, at); aoc.CodeOf(err) != aoc.CodeNotFound {
			t.Errorf("session %q at %s: %v; want not_found", id, at, err)
		}
	}
	list := func(subject string, at time.Time, want ...string) {
		t.Helper()
		found, err := s.ListSessions(ctx, subject, at)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, n := range found {
			ids = append(ids, n.ID)
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("sessions of %q at %s (-want +got):\n%s", subject, at, diff)
		}
	}
	list("", began, "c", "b", "a")
	list("ada", began, "b", "a")
	list("", bob.Expires, "b", "a")
	list("carol", began)

	if err := s.KeepSession(ctx, "c", bob.Expires.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepSession(ctx, "c", bob.Expires); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Session(ctx, "c", bob.Expires.Add(time.Minute)); err != nil || !got.Expires.Equal(bob.Expires.Add(time.Hour)) {
		t.Errorf("kept: %+v, %v", got, err)
	}
	if err := s.KeepSession(ctx, "nobody", bob.Expires); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("keeping one that is not there: %v; want not_found", err)
	}

	if was, err := s.EndSession(ctx, "a"); err != nil || !was {
		t.Errorf("ending: %v, %v", was, err)
	}
	if was, err := s.EndSession(ctx, "a"); err != nil || was {
		t.Errorf("ending again: %v, %v", was, err)
	}
	if err := s.KeepSession(ctx, "a", began.Add(9*time.Hour)); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("keeping one that has been ended: %v; want not_found", err)
	}
	if n, err := s.DropSessions(ctx, again.Expires.Add(time.Nanosecond)); err != nil || n != 1 {
		t.Errorf("%d dropped, %v; want 1", n, err)
	}
	list("", began, "c")

	for name, bad := range map[string]store.Session{
		"no id": session("", "ada", 0, time.Hour), "nobody's": session("x", "", 0, time.Hour), "no time": session("x", "ada", 0, 0),
		"no JSON": {ID: "x", Subject: "ada", Began: began, Expires: began.Add(1), Data: json.RawMessage("x")},
	} {
		if err := s.NewSession(ctx, bad); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v; want invalid", name, err)
		}
	}

	// Of many who end a session one has done it.
	if err := s.NewSession(ctx, session("z", "ada", 0, time.Hour)); err != nil {
		t.Fatal(err)
	}
	var ended atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			was, err := s.EndSession(ctx, "z")
			if err != nil {
				t.Error(err)
			}
			if was {
				ended.Add(1)
			}
		})
	}
	all.Wait()
	if ended.Load() != 1 {
		t.Errorf("%d have ended the same session", ended.Load())
	}
}
