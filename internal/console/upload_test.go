package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"aoc"
	"aoc/internal/store/sqlite"
)

// uploader is a console whose imports wait until they are let go on.
type uploader struct {
	*Console
	dir   string
	began chan string // the path of each import that begins
	gate  chan struct{}
}

func newUploader(t *testing.T) *uploader {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	u := &uploader{dir: t.TempDir(), began: make(chan string, maxWaiting), gate: make(chan struct{})}
	u.Console, err = New(Config{Store: s, Uploads: &UploadConfig{
		Dir: u.dir, MaxBytes: 10,
		Import: func(ctx context.Context, path, _ string, progress func(UploadProgress)) (UploadReport, error) {
			progress(UploadProgress{ReadBytes: 1, TotalBytes: 3})
			u.began <- path
			select {
			case <-u.gate:
				return UploadReport{Counts: aoc.Counts{Read: 1, New: 1}, Files: []UploadedFile{{Path: path + "!/member"}}}, nil
			case <-ctx.Done():
				return UploadReport{}, ctx.Err()
			}
		},
		NeedsTenant: func(_ context.Context, path string) (bool, error) {
			content, err := os.ReadFile(path)
			return string(content) == "whose?", err
		},
		CheckTenant: func(tenant string) error {
			if tenant == "good" {
				return nil
			}
			return aoc.Errorf(aoc.CodeInvalid, "test", "not a tenant")
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close(context.WithoutCancel(t.Context())) })
	return u
}

func (u *uploader) send(t *testing.T, name string) Upload {
	t.Helper()
	info, err := u.Upload(t.Context(), name, "", strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func (u *uploader) state(t *testing.T, id string) Upload {
	t.Helper()
	info, err := u.UploadByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// left counts the files that are kept.
func (u *uploader) left(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir(u.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return len(entries)
}

func TestUploadsWaitForEachOther(t *testing.T) {
	u := newUploader(t)
	first := u.send(t, "first")
	<-u.began
	second, third := u.send(t, "second"), u.send(t, "third")
	if s := u.state(t, first.ID); s.State != UploadRunning || s.Queued || s.ReadBytes != 1 || s.TotalBytes != 3 {
		t.Errorf("the first: %+v", s)
	}
	if s := u.state(t, second.ID); s.State != UploadRunning || !s.Queued {
		t.Errorf("the second: %+v", s)
	}
	if err := u.CancelUpload(t.Context(), third.ID); err != nil {
		t.Fatal(err)
	}
	u.gate <- struct{}{}
	<-u.began // the second's turn
	if err := u.CancelUpload(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	u.uploads.group.Wait()
	if s := u.state(t, first.ID); s.State != UploadDone || s.Counts.New != 1 || s.Files[0].Path != "first!/member" || s.EndedAt.IsZero() {
		t.Errorf("the first: %+v", s)
	}
	for _, id := range []string{second.ID, third.ID} {
		if s := u.state(t, id); s.State != UploadFailed || s.Queued || !strings.Contains(s.Error, "cancelled") {
			t.Errorf("cancelled: %+v", s)
		}
	}
	if n := u.left(t); n > 0 {
		t.Errorf("%d files are left", n)
	}
	if err := u.CancelUpload(t.Context(), "none"); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("cancelling nothing: %v", err)
	}
}

func TestUploadRefuses(t *testing.T) {
	u := newUploader(t)
	for name, tt := range map[string]struct {
		name, tenant string
		content      io.Reader
		param        string
	}{
		"too large":   {"x", "", strings.NewReader("01234567890"), "body"},
		"empty":       {"x", "", strings.NewReader(""), "body"},
		"breaks off":  {"x", "", io.MultiReader(strings.NewReader("abc"), broken{}), "body"},
		"nobody's":    {"x", "", strings.NewReader("whose?"), "tenant"},
		"a wrong one": {"x", "bad", strings.NewReader("whose?"), "tenant"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := u.Upload(t.Context(), tt.name, tt.tenant, tt.content)
			checkParam(t, err, tt.param)
		})
	}
	if n := u.left(t); n > 0 {
		t.Errorf("%d files are left", n)
	}
	if _, err := u.Upload(t.Context(), "../../etc/passwd", "good", strings.NewReader("whose?")); err != nil {
		t.Errorf("with a tenant: %v", err)
	}
	if path := <-u.began; !strings.HasPrefix(path, u.dir) || strings.Contains(path, "passwd") {
		t.Errorf("it is kept as %s", path)
	}
	for i := range maxWaiting {
		_, err := u.Upload(t.Context(), fmt.Sprint(i), "", strings.NewReader("abc"))
		if last := i == maxWaiting-1; (aoc.CodeOf(err) == aoc.CodeThrottled) != last {
			t.Errorf("number %d: %v", i, err)
		}
	}
	if err := u.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := u.left(t); n > 0 {
		t.Errorf("%d files are left after closing", n)
	}
	if _, err := u.Upload(t.Context(), "x", "", strings.NewReader("abc")); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("after closing: %v", err)
	}
	if _, err := newConsole(t).Upload(t.Context(), "x", "", strings.NewReader("abc")); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("where nothing is taken: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
