package control_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"aoc"
	"aoc/internal/control"
)

func serve(t *testing.T, do control.Worker) string {
	t.Helper()
	dir := t.TempDir()
	s, err := control.Serve(t.Context(), dir, do)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(dir, control.FileName)); err == nil {
			t.Error("the control file is still there")
		}
	})
	return dir
}

func TestWorkIsHandedOver(t *testing.T) {
	dir := serve(t, func(_ context.Context, r control.Request, progress func(any)) (any, error) {
		progress(1)
		progress(2)
		return map[string]any{"task": r.Task, "limit": r.Limit}, nil
	})
	var steps []string
	var got struct {
		Task  control.Task
		Limit int64
	}
	err := control.Do(t.Context(), dir, control.Request{Task: control.TaskDedupe, Limit: 7},
		func(p json.RawMessage) { steps = append(steps, string(p)) }, &got)
	if err != nil || got.Task != control.TaskDedupe || got.Limit != 7 || len(steps) != 2 || steps[1] != "2" {
		t.Errorf("result %+v, progress %v, %v", got, steps, err)
	}
	info, err := os.Stat(filepath.Join(dir, control.FileName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the control file has mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestFaultsCrossWithCodeAndHint(t *testing.T) {
	dir := serve(t, func(context.Context, control.Request, func(any)) (any, error) {
		e := aoc.Errorf(aoc.CodeConflict, "x", "no")
		e.Hint = "try later"
		e.Cause = os.ErrPermission // stays in the log of the service
		return nil, e
	})
	err := control.Do(t.Context(), dir, control.Request{}, nil, nil)
	if aoc.CodeOf(err) != aoc.CodeConflict || aoc.HintOf(err) != "try later" || aoc.MessageOf(err) != "no" {
		t.Errorf("got %v", err)
	}
}

func TestStrangersAreRefused(t *testing.T) {
	dir := serve(t, func(context.Context, control.Request, func(any)) (any, error) {
		t.Error("a stranger's work was done")
		return nil, nil
	})
	text, err := os.ReadFile(filepath.Join(dir, control.FileName))
	if err != nil {
		t.Fatal(err)
	}
	var e struct{ URL string }
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"", "wrong"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Aoc-Control", token)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("token %q: HTTP %d; want 403", token, response.StatusCode)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	if err := control.Do(t.Context(), t.TempDir(), control.Request{}, nil, nil); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("without a service: %v; want not_found", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, control.FileName), []byte(`{"url":"http://127.0.0.1:1","token":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := control.Do(t.Context(), dir, control.Request{}, nil, nil); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("after a crash of the service: %v; want unavailable", err)
	}
}
