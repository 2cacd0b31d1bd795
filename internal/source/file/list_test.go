package file_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/source/file"
)

// write makes files in a new folder, by their paths in it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

type entry struct{ name, content string }

// zipped makes a zip archive.
func zipped(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// ids lists the units of some paths, relative to dir.
func ids(t *testing.T, dir string, src *file.Source) []string {
	t.Helper()
	var names []string
	for _, u := range units(t, src) {
		name := u.ID
		if rel, err := filepath.Rel(dir, u.ID); err == nil && !strings.HasPrefix(rel, "..") {
			name = rel
		}
		names = append(names, name)
	}
	return names
}

func source(t *testing.T, opts file.Options) *file.Source {
	t.Helper()
	src := file.New(opts)
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	return src
}

func TestListWalksFoldersAndArchives(t *testing.T) {
	dir := write(t, map[string]string{
		"b.json":        signIn,
		"a/2.json":      signIn,
		"a/10.json":     signIn,
		"a/.DS_Store":   "x",
		"a/._2.json":    "x",
		"c/export.data": zipped(t, entry{"z.csv", "AuditData\n"}, entry{"sub/", ""}, entry{"sub/a.json", signIn}, entry{"../../etc/a.json", signIn}, entry{"sub/a.json", directory}, entry{"__MACOSX/._z.csv", "x"}),
		"d/empty.zip":   zipped(t),
		"e/damaged.zip": "PK\x03\x04 not really",
	})
	got := ids(t, dir, source(t, file.Options{Paths: []string{dir, filepath.Join(dir, "b.json"), filepath.Join(dir, "missing")}}))
	want := []string{
		"a/10.json", "a/2.json", "b.json",
		"c/export.data!/z.csv", "c/export.data!/sub/a.json", "etc/a.json" /* a name that climbs out is just a name */, "c/export.data!/sub/a.json~2",
		"e/damaged.zip", "missing",
	}
	for i := range want {
		want[i] = filepath.FromSlash(want[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestListFollowsLinksOnce(t *testing.T) {
	dir := write(t, map[string]string{"a/x.json": signIn, "a/b/y.json": signIn})
	for name, to := range map[string]string{"a/b/up": "../..", "a/self": ".", "link.json": "a/x.json", "dead": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip("no links here:", err)
		}
	}
	got := ids(t, dir, source(t, file.Options{Paths: []string{dir}}))
	if diff := cmp.Diff([]string{"a/b/y.json", "a/x.json", "dead", "link.json"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadArchiveMembers(t *testing.T) {
	dir := write(t, map[string]string{"export.zip": zipped(t,
		entry{"a.json", signIn}, entry{"b.json.gz", gzipped(directory)}, entry{"a.json", unifiedRecord},
		entry{"notes.txt", "hello there"}, entry{"inner.zip", zipped(t, entry{"x", "y"})},
	)})
	src := source(t, file.Options{Paths: []string{dir}})
	var kinds []aoc.RecordKind
	var messages []string
	for _, u := range units(t, src) {
		recs, err := read(src, u)
		for _, r := range recs {
			kinds = append(kinds, r.Kind)
		}
		if err != nil {
			if aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" {
				t.Errorf("%s: %v, want code invalid with a hint", u.ID, err)
			}
			messages = append(messages, strings.TrimPrefix(aoc.MessageOf(err), dir))
		}
	}
	if diff := cmp.Diff([]aoc.RecordKind{aoc.KindSignIn, aoc.KindDirectoryAudit, aoc.KindUnified}, kinds); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"/export.zip!/notes.txt is text, but no audit records were recognised in it",
		"/export.zip!/inner.zip is an archive inside an archive or a pipe",
	}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Error(diff)
	}
}

func TestReadNeedsNoList(t *testing.T) {
	dir := write(t, map[string]string{"e.zip": zipped(t, entry{"a.json", signIn}), "odd!/a.json": signIn})
	src := source(t, file.Options{})
	for _, name := range []string{"e.zip!/a.json", "odd!/a.json"} {
		path := filepath.Join(dir, name)
		recs, err := read(src, aoc.Unit{ID: path, Locator: path})
		if err != nil || len(recs) != 1 || recs[0].Kind != aoc.KindSignIn {
			t.Errorf("%s: %d records, %v", name, len(recs), err)
		}
	}
}

func TestUnreadablePaths(t *testing.T) {
	dir := write(t, map[string]string{
		"damaged.zip": "PK\x03\x04 not really",
		"sheet.xlsx":  zipped(t, entry{"[Content_Types].xml", "<x/>"}),
	})
	for name, want := range map[string]string{
		"missing":             "does not exist",
		"damaged.zip":         "damaged or cut off",
		"sheet.xlsx":          "Excel workbook",
		"damaged.zip!/a.json": "damaged or cut off",
		".":                   "folder that cannot be read",
	} {
		path := filepath.Join(dir, name)
		src := source(t, file.Options{Paths: []string{path}})
		u := aoc.Unit{ID: path, Locator: path}
		if _, err := read(src, u); aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(aoc.MessageOf(err), want) {
			t.Errorf("%s: %v, want code invalid and %q", name, err, want)
		}
	}
}

func TestArchiveOnStdin(t *testing.T) {
	src := file.New(file.Options{Paths: []string{"-"}, Stdin: strings.NewReader(zipped(t, entry{"a.json", signIn}, entry{"b.json", directory}))})
	var got []string
	for _, rec := range readAll(t, src) {
		got = append(got, rec.Transport+" "+string(rec.Kind))
	}
	if diff := cmp.Diff([]string{"-!/a.json:1 signIn", "-!/b.json:1 directoryAudit"}, got); diff != "" {
		t.Error(diff)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	if _, err := read(src, aoc.Unit{ID: "-!/a.json", Locator: "-!/a.json"}); err == nil {
		t.Error("the archive can still be read after Close")
	}
}

func TestStdinIsReadOnce(t *testing.T) {
	src := fromStdin(signIn)
	u := onlyUnit(t, src)
	if recs, err := read(src, u); err != nil || len(recs) != 1 {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	if _, err := read(src, u); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("the second reading gives %v, want code invalid", err)
	}
}

// declared makes an archive whose one member claims to unpack to size bytes.
func declared(t *testing.T, size uint64) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(&zip.FileHeader{Name: "a.json", Method: zip.Deflate, CompressedSize64: 2, UncompressedSize64: size})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte{3, 0}); err != nil { // the empty deflate stream
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestTextBombs holds that what is small as a file and large or deep as content is refused, or
// kept aside as one record, within little memory.
func TestTextBombs(t *testing.T) {
	var packed bytes.Buffer
	crowd := zip.NewWriter(&packed)
	name := strings.Repeat("n", 60_000)
	for i := range 600 { // 36 MB of names
		if _, err := crowd.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(name, i, ".json")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := crowd.Close(); err != nil {
		t.Fatal(err)
	}
	laughs := `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><l>&b;&x;</l>`
	dir := write(t, map[string]string{
		"crowd.zip":  packed.String(),
		"quote.csv":  "CreationDate,UserIds,Operations,AuditData\n2026-03-02,ada,x,\"" + strings.Repeat(strings.Repeat("x", 1023)+"\n", 66<<10),
		"laughs.xml": laughs,
		"zip.zip":    zipped(t, entry{"a.zip", zipped(t, entry{"a.json", signIn})}),
	})
	for name, want := range map[string]string{
		"crowd.zip": "more files in it than anybody exports", "quote.csv": "a row of more than 64 MiB", "laughs.xml": "", "zip.zip": "",
	} {
		t.Run(name, func(t *testing.T) {
			src := source(t, file.Options{Paths: []string{filepath.Join(dir, name)}})
			var faults []string
			for u, err := range src.List(t.Context(), aoc.Window{}) {
				if err != nil {
					faults = append(faults, err.Error())
					break
				}
				recs, err := read(src, u)
				if err != nil {
					faults = append(faults, err.Error())
				}
				for _, r := range recs {
					if strings.Contains(string(r.Raw), "root:") || strings.Contains(string(r.Raw), "hahaha") {
						t.Errorf("entities are resolved: %s", r.Raw)
					}
				}
			}
			if len(faults) == 0 || !strings.Contains(strings.Join(faults, "\n"), want) {
				t.Errorf("faults: %.300q", faults)
			}
		})
	}
	nested := strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000)
	path := filepath.Join(write(t, map[string]string{"deep.json": "[" + signIn + "," + nested + "]"}), "deep.json")
	recs, err := read(source(t, file.Options{Paths: []string{path}}), aoc.Unit{ID: path, Locator: path})
	if len(recs) == 0 || recs[0].Kind != aoc.KindSignIn {
		t.Errorf("beside what is nested %d records are read, %v", len(recs), err)
	}
}

func TestBombs(t *testing.T) {
	long := `"` + strings.Repeat("x", 10<<20) + `",`
	dense := gzipped("[") + strings.Repeat(gzipped(long), 11) + gzipped("1]") // members of one gzip file
	dir := write(t, map[string]string{
		"dense.gz":  dense,
		"dense.zip": declared(t, 200<<20),
		"much.gz":   gzipped(strings.Repeat(signIn+"\n", 1000)),
		"much.zip":  zipped(t, entry{"a.json", strings.Repeat(signIn+"\n", 1000)}),
		"deep.gz":   gzipped(gzipped(gzipped(gzipped(signIn)))),
		"fine.gz":   gzipped(signIn),
	})
	tests := []struct {
		name string
		opts file.Options
		want string
	}{
		{"dense.gz", file.Options{MaxRatio: 50}, "more than 50 times its size"},
		{"dense.zip", file.Options{MaxRatio: 50}, "more than 50 times its size"},
		{"much.gz", file.Options{MaxUnpacked: 10000}, "unpacks to more than 10000 bytes"},
		{"much.zip", file.Options{MaxUnpacked: 10000}, "unpacks to more than 10000 bytes"},
		{"deep.gz", file.Options{}, "packed more than 3 times"},
		{"fine.gz", file.Options{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, tt.name)
			tt.opts.Paths = []string{path}
			src := source(t, tt.opts)
			_, err := read(src, onlyUnit(t, src))
			if tt.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if m := aoc.MessageOf(err); aoc.CodeOf(err) != aoc.CodeInvalid || !strings.HasPrefix(m, path) || !strings.Contains(m, tt.want) {
				t.Errorf("got %v, want code invalid, the path and %q", err, tt.want)
			}
		})
	}
}

func TestProgressAddsUpToSize(t *testing.T) {
	text := strings.Repeat(signIn+"\n", 2000)
	dir := write(t, map[string]string{
		"a.json": text, "b.gz": gzipped(text), "c.zip": zipped(t, entry{"x.json", text}),
	})
	done := map[string]int64{}
	src := source(t, file.Options{Paths: []string{dir}, OnRead: func(u aoc.Unit, n int64) { done[u.ID] += n }})
	for _, u := range units(t, src) {
		if recs, err := read(src, u); err != nil || len(recs) != 2000 {
			t.Fatalf("%s: %d records, %v", u.ID, len(recs), err)
		}
		size, known := src.Size(u)
		if !known || done[u.ID] != size {
			t.Errorf("%s: read %d of %d bytes (known: %v)", u.ID, done[u.ID], size, known)
		}
	}
}

func TestReadStops(t *testing.T) {
	t.Run("when the caller has enough", func(t *testing.T) {
		src := fromStdin(strings.Repeat(signIn+"\n", 10))
		n := 0
		for range src.Read(context.Background(), onlyUnit(t, src)) {
			if n++; n == 3 {
				break
			}
		}
		if n != 3 {
			t.Errorf("%d records", n)
		}
	})
	t.Run("when the context ends", func(t *testing.T) {
		src := fromStdin(strings.Repeat(signIn+"\n", 10))
		u := onlyUnit(t, src)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		n := 0
		var last error
		for _, err := range src.Read(ctx, u) {
			if last = err; err != nil {
				break
			}
			if n++; n == 3 {
				cancel()
			}
		}
		if n != 3 || !errors.Is(last, context.Canceled) {
			t.Errorf("%d records, then %v", n, last)
		}
	})
}

func TestTenantComesFromTheEnvelopeFirst(t *testing.T) {
	src := file.New(file.Options{Paths: []string{"-"}, TenantID: "from-options", Stdin: strings.NewReader(entraEnvelope + "\n" + directory)})
	var got []string
	for _, rec := range readAll(t, src) {
		got = append(got, rec.TenantID)
	}
	if diff := cmp.Diff([]string{"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "from-options"}, got); diff != "" {
		t.Error(diff)
	}
}
