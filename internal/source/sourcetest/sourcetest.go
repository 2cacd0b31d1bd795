package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/source"
)

// Make builds the source under test for the server's client and clock.
type Make func(s *Server) source.Source

// Run holds a source to its contract.
func Run(t *testing.T, kind aoc.RecordKind, build Make) {
	t.Helper()
	s := suite{kind: kind, build: build}
	t.Run("Spec", s.spec)
	t.Run("RecordsArriveWholeAndInOrder", s.records)
	t.Run("UnitsAreStable", s.units)
	t.Run("WindowsOutOfRangeAreInvalid", s.windows)
	t.Run("NothingIsNoError", s.nothing)
	t.Run("ABrokenRecordTakesNoNeighbour", s.broken)
	t.Run("ARecordTooLargeIsKeptWhole", s.tooLarge)
	t.Run("AnAnswerThatBreaksOffIsAnError", s.cut)
	t.Run("LinksElsewhereAreRefused", s.foreign)
	t.Run("ThrottlingWithoutAWordIsWaitedOut", s.throttled)
	t.Run("LongThrottlingIsTheRunners", s.throttledForLong)
	t.Run("RefusalsTellTheRemedy", s.forbidden)
	t.Run("FaultsAreNoLoss", s.fault)
	t.Run("TheConsumerMayStop", s.stop)
	t.Run("CancellationEndsAtOnce", s.cancel)
	t.Run("LongAnswersRunInFlatMemory", s.longAnswer)
	t.Run("ManyPagesRunInFlatMemory", s.manyPages)
}

type suite struct {
	kind  aoc.RecordKind
	build Make
}

// window is a window well within every source's reach.
var window = aoc.Window{Start: Now.Add(-2 * time.Hour), End: Now.Add(-time.Hour)}

func of(elements ...string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, e := range elements {
			if !yield([]byte(e)) {
				return
			}
		}
	}
}

// collect lists the window and reads all of its units. Raw is cloned: it is good until the
// next record is asked for.
func collect(ctx context.Context, src source.Source) (records []aoc.Record, err error) {
	for u, err := range src.List(ctx, window) {
		if err != nil {
			return records, err
		}
		for r, err := range src.Read(ctx, u) {
			if err != nil {
				return records, err
			}
			r.Raw = bytes.Clone(r.Raw)
			records = append(records, r)
		}
	}
	return records, nil
}

func raws(records []aoc.Record) (out []string) {
	for _, r := range records {
		out = append(out, string(r.Raw))
	}
	return out
}

func (s suite) spec(t *testing.T) {
	src := s.build(newServer(t))
	spec := src.Spec()
	if spec.Feed.TenantID != TenantID || spec.Feed.Collector == "" || spec.Title == "" || spec.LossHint == "" || len(spec.Permissions) == 0 {
		t.Errorf("the spec is incomplete: %+v", spec)
	}
	if spec.Source != s.kind.Source() {
		t.Errorf("source = %q, want %q", spec.Source, s.kind.Source())
	}
	if spec.MaxWindow <= 0 || spec.Lookback < spec.MaxWindow || !slices.IsSorted(spec.Resweep) {
		t.Errorf("max window %v, lookback %v, resweep %v", spec.MaxWindow, spec.Lookback, spec.Resweep)
	}
	if diff := cmp.Diff(spec, src.Spec()); diff != "" {
		t.Errorf("the spec changes:\n%s", diff)
	}
}

func (s suite) records(t *testing.T) {
	want := []string{`{"id":"1", "a":"\u00e9"}`, `{"id":"2","n":1.0}`, `{"id":"3"}`, `{"id":"1", "a":"\u00e9"}`}
	got, err := collect(t.Context(), s.build(newServer(t, page{elements: of(want[0], want[1])}, page{elements: of()}, page{elements: of(want[2], want[3])})))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, raws(got)); diff != "" {
		t.Error(diff)
	}
	for _, r := range got {
		if r.Kind != s.kind || r.TenantID != TenantID || r.Transport == "" || r.Problem != "" {
			t.Errorf("record %+v lacks its kind, tenant or transport, or has a problem", r)
		}
	}
}

func (s suite) units(t *testing.T) {
	src := s.build(newServer(t, page{elements: of()}, page{elements: of()}, page{elements: of()}))
	list := func() (us []aoc.Unit) {
		t.Helper()
		for u, err := range src.List(t.Context(), window) {
			if err != nil {
				t.Fatal(err)
			}
			us = append(us, u)
		}
		return us
	}
	first := list()
	if len(first) == 0 {
		t.Fatal("no units")
	}
	if diff := cmp.Diff(first, list()); diff != "" {
		t.Errorf("a second listing differs:\n%s", diff)
	}
	seen := map[string]bool{}
	for _, u := range first {
		if seen[u.ID] || u.ID == "" || u.Locator == "" || u.Window != window {
			t.Errorf("unit %+v repeats, or lacks its id, locator or window", u)
		}
		if !u.ExpiresAt.After(Now) {
			t.Errorf("unit %s expires at %v", u.ID, u.ExpiresAt)
		}
		seen[u.ID] = true
	}
}

func (s suite) windows(t *testing.T) {
	src := s.build(newServer(t, page{elements: of()}))
	for name, w := range map[string]aoc.Window{
		"empty":    {Start: window.Start, End: window.Start},
		"reversed": {Start: window.End, End: window.Start},
		"too long": {Start: window.Start, End: window.Start.Add(src.Spec().MaxWindow + time.Second)},
	} {
		for _, err := range src.List(t.Context(), w) {
			if aoc.CodeOf(err) != aoc.CodeInvalid {
				t.Errorf("%s: got %v, want code invalid", name, err)
			}
		}
	}
}

func (s suite) nothing(t *testing.T) {
	if got, err := collect(t.Context(), s.build(newServer(t, page{elements: of()}))); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func (s suite) broken(t *testing.T) {
	elements := []string{`{"id":"1"}`, `{"id":"2","x":}`, `{"id":"3"}`, `17`, `{"id":"4"}`}
	got, err := collect(t.Context(), s.build(newServer(t, page{elements: of(elements...)})))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(elements, raws(got)); diff != "" {
		t.Fatal(diff)
	}
	for i, r := range got {
		if bad := i%2 == 1; bad != (r.Problem != "") {
			t.Errorf("record %s has problem %q", r.Raw, r.Problem)
		}
	}
}

func (s suite) tooLarge(t *testing.T) {
	large := `{"id":"2","x":"` + strings.Repeat("x", 17<<20) + `"}`
	got, err := collect(t.Context(), s.build(newServer(t, page{elements: of(`{"id":"1"}`, large, `{"id":"3"}`)})))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[1].Problem == "" || string(got[1].Raw) != large || got[2].Problem != "" {
		t.Errorf("got %d records", len(got))
	}
}

func (s suite) cut(t *testing.T) {
	for name, last := range map[string]string{"between records": `{"id":"2"}`, "inside a record": `{"id":"2","x":"`} {
		t.Run(name, func(t *testing.T) {
			got, err := collect(t.Context(), s.build(newServer(t, page{elements: of(`{"id":"1"}`, last), cut: true})))
			if aoc.CodeOf(err) != aoc.CodeUpstream {
				t.Errorf("got %v, want code upstream", err)
			}
			for _, r := range got {
				if r.Problem != "" || r.Raw[len(r.Raw)-1] != '}' {
					t.Errorf("the cut-off record came out: %s", r.Raw)
				}
			}
		})
	}
}

func (s suite) foreign(t *testing.T) {
	strayed := false
	other := newServer(t)
	other.Intercept = func(http.ResponseWriter, *http.Request, int) bool { strayed = true; return true }
	link := other.http.URL + "/api/v1.0/" + TenantID + "/activity/feed/audit/1"
	for name, p := range map[string]page{
		"the next page": {elements: of(`{"id":"1"}`), next: link},
		"the content":   {elements: of(`{"id":"1"}`), content: link},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := collect(t.Context(), s.build(newServer(t, p)))
			if aoc.CodeOf(err) != aoc.CodeUpstream || aoc.HintOf(err) == "" {
				t.Errorf("got %v, want code upstream with a hint", err)
			}
			if strayed {
				t.Error("a request went to another host")
			}
		})
	}
}

// answering intercepts the first n requests.
func answering(n, status int, retryAfter, body string) func(http.ResponseWriter, *http.Request, int) bool {
	return func(w http.ResponseWriter, _ *http.Request, i int) bool {
		if i > n {
			return false
		}
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
		return true
	}
}

func (s suite) throttled(t *testing.T) {
	server := newServer(t, page{elements: of(`{"id":"1"}`)})
	server.Intercept = answering(3, 429, "", `{"error":{"code":"TooManyRequests","message":"Please retry again later."}}`)
	got, err := collect(t.Context(), s.build(server))
	if err != nil || len(got) != 1 {
		t.Fatalf("got %d records, %v", len(got), err)
	}
	if !server.Clock.Now().After(Now) {
		t.Error("there was no wait")
	}
}

func (s suite) throttledForLong(t *testing.T) {
	server := newServer(t, page{elements: of(`{"id":"1"}`)})
	server.Intercept = answering(1, 429, "7200", "")
	_, err := collect(t.Context(), s.build(server))
	got, ok := errors.AsType[*aoc.Error](err)
	if !ok || got.Code != aoc.CodeThrottled || got.RetryAfter != 2*time.Hour {
		t.Errorf("got %v, want throttled for 2h", err)
	}
}

func (s suite) forbidden(t *testing.T) {
	server := newServer(t, page{elements: of(`{"id":"1"}`)})
	server.Intercept = answering(1000, 403, "", "")
	_, err := collect(t.Context(), s.build(server))
	if aoc.CodeOf(err) != aoc.CodeForbidden {
		t.Errorf("got %v, want code forbidden", err)
	}
	for _, p := range s.build(server).Spec().Permissions {
		if !strings.Contains(aoc.HintOf(err), p) {
			t.Errorf("the hint %q does not name the permission %s", aoc.HintOf(err), p)
		}
	}
}

// fault: only Microsoft's own word makes a unit not_found, and so a loss.
func (s suite) fault(t *testing.T) {
	for _, status := range []int{400, 404, 410, 500, 503} {
		server := newServer(t, page{elements: of(`{"id":"1"}`)})
		server.Intercept = answering(1000, status, "", "<html>proxy</html>")
		_, err := collect(t.Context(), s.build(server))
		if code := aoc.CodeOf(err); code != aoc.CodeUpstream && code != aoc.CodeUnavailable {
			t.Errorf("status %d gives %v with code %s", status, err, code)
		}
	}
}

func (s suite) stop(t *testing.T) {
	src := s.build(newServer(t, page{elements: of(`{"id":"1"}`, `{"id":"2"}`)}, page{elements: of()}))
	for u, err := range src.List(t.Context(), window) {
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range src.Read(t.Context(), u) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		break
	}
}

func (s suite) cancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server := newServer(t, page{elements: func(yield func([]byte) bool) {
		for i := 0; ctx.Err() == nil; i++ { // without end
			if !yield(fmt.Appendf(nil, `{"id":"%d","x":"%s"}`, i, strings.Repeat("x", 4096))) {
				return
			}
		}
	}})
	n := 0
	var last error
	for u, err := range s.build(server).List(ctx, window) {
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range s.build(server).Read(ctx, u) {
			if last = err; err == nil {
				if n++; n == 10 {
					cancel()
				}
			}
		}
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("ended with %v after %d records, want the context's error", last, n)
	}
	if _, err := collect(ctx, s.build(server)); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context: got %v", err)
	}
}
