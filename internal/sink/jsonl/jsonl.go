// Package jsonl writes events as JSON Lines into files of a folder: events.jsonl, and older
// ones by the time they were put aside. A batch counts as sent once it is on the disk. Every
// event ends with a line feed: what stands behind the last one is no event, and is cut off
// when the file is opened again.
package jsonl

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// Name is the kind's name.
const Name = "jsonl"

const op = "jsonl.send"

// Kind describes the sink.
func Kind() sink.Kind {
	return sink.Kind{Make: makeSink, Spec: sink.Spec{
		Kind: Name, Title: "Files of JSON Lines", Batch: sink.Limits{Events: 2000, Bytes: 8 << 20},
		Help: "Events in files, for other programs to pick up: events.jsonl is written to, older files have the time in their names. A batch counts once it is on the disk. A line without its end is no event yet. Events can be there twice: tell them apart by their key.",
		Settings: []sink.Setting{
			{Name: "folder", Title: "Folder", Kind: sink.Text, Required: true, Help: "Its name, within the folder that the operator gave for files of sinks."},
			{Name: "max_mb", Title: "Size of a file", Kind: sink.Number, Default: "100", Min: 1, Max: 10000, Help: "In MB; then a new file is begun."},
			{Name: "max_hours", Title: "Age of a file", Kind: sink.Number, Default: "24", Min: 1, Max: 8760, Help: "In hours; then a new file is begun with the next event."},
			{Name: "keep", Title: "Files to keep", Kind: sink.Number, Default: "0", Min: 0, Max: 100000, Help: "Older files beyond that number are deleted; 0 keeps all."},
			{Name: "gzip", Title: "Pack older files", Kind: sink.Switch, Default: "true", Help: "Packs a file once it is put aside."},
			sink.RawSetting(),
		},
	}}
}

// active is the file that is written to.
const active = "events.jsonl"

var (
	folderForm = regexp.MustCompile(`\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z`)
	asideForm  = regexp.MustCompile(`\Aevents-\d{8}T\d{6}Z-\d{4}\.jsonl(\.gz)?\z`)
)

type files struct {
	path      string
	clock     aoc.Clock
	maxBytes  int64
	maxAge    time.Duration
	keep      int
	gzip, raw bool

	// Of the file that is open:
	root  *os.Root
	file  *os.File
	size  int64
	began time.Time
}

func makeSink(_ sink.Config, v sink.Values, d sink.Deps) (sink.Sink, error) {
	name := v.Text("folder")
	if !folderForm.MatchString(name) {
		return nil, aoc.Errorf(aoc.CodeInvalid, "jsonl.make", "settings.folder: a name of letters, digits, full stops, _ and -, no path")
	}
	if d.Folder == "" {
		e := aoc.Errorf(aoc.CodeInvalid, "jsonl.make", "settings.folder: the operator permits no files of sinks")
		e.Hint = "The operator names the folder in which sinks may write."
		return nil, e
	}
	return &files{
		path: filepath.Join(d.Folder, name), clock: d.Time(), maxBytes: v.Number("max_mb") << 20, maxAge: time.Duration(v.Number("max_hours")) * time.Hour,
		keep: int(v.Number("keep")), gzip: v.On("gzip"), raw: v.On("raw"),
	}, nil
}

// Send implements [sink.Sink].
func (f *files) Send(ctx context.Context, batch []aoc.Event) ([]sink.Rejection, error) {
	if err := ctx.Err(); err != nil {
		return nil, fault(err)
	}
	var b bytes.Buffer
	for i := range batch {
		line, err := sink.JSON(&batch[i], f.raw)
		if err != nil {
			return nil, err
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	if err := f.write(b.Bytes()); err != nil {
		f.shut() // what is in the file is looked at again
		return nil, fault(err)
	}
	return nil, nil
}

// Close implements [sink.Sink].
func (f *files) Close() error {
	f.shut()
	return nil
}

func (f *files) shut() {
	if f.file != nil {
		f.file.Close()
	}
	if f.root != nil {
		_ = f.root.Close()
	}
	f.file, f.root = nil, nil
}

func fault(err error) error {
	e := &aoc.Error{Code: aoc.CodeUnavailable, Op: op, Message: "the files of the sink cannot be written", Cause: err}
	e.Hint = "Look whether the disk is full, and whether AOC may write to the folder."
	return e
}

// write appends lines and returns once they are on the disk.
func (f *files) write(lines []byte) error {
	if f.file == nil {
		if err := f.open(); err != nil {
			return err
		}
	}
	if f.size > 0 && (f.size+int64(len(lines)) > f.maxBytes || !f.clock.Now().Before(f.began.Add(f.maxAge))) {
		if err := f.rotate(); err != nil {
			return err
		}
	}
	if _, err := f.file.Write(lines); err != nil {
		return err
	}
	f.size += int64(len(lines))
	return f.file.Sync()
}

// open opens the folder and the active file, and finishes what a crash may have left.
func (f *files) open() error {
	if err := os.MkdirAll(f.path, 0o750); err != nil {
		return err
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return err
	}
	f.root = root
	if err := f.tidy(); err != nil {
		return err
	}
	return f.begin()
}

// begin opens the active file, behind its last whole line.
func (f *files) begin() error {
	file, err := f.root.OpenFile(active, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return err
	}
	f.file = file
	if f.size, err = wholeLines(file); err != nil {
		return err
	}
	if err := file.Truncate(f.size); err != nil {
		return err
	}
	if _, err := file.Seek(f.size, io.SeekStart); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	// How old its first event is, is not known: a file of an earlier run counts from its
	// last change.
	if f.began = f.clock.Now(); f.size > 0 {
		f.began = info.ModTime()
	}
	return f.syncFolder()
}

// wholeLines is where the last whole line of a file ends.
func wholeLines(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	const step = 64 << 10
	buf := make([]byte, step)
	for end := info.Size(); end > 0; {
		from := max(0, end-step)
		n, err := file.ReadAt(buf[:end-from], from)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return from + int64(i) + 1, nil
		}
		end = from
	}
	return 0, nil
}

// rotate puts the active file aside and begins a new one.
func (f *files) rotate() error {
	name, err := f.freeName()
	if err != nil {
		return err
	}
	if err := f.file.Close(); err != nil {
		return err
	}
	f.file = nil
	if err := f.root.Rename(active, name); err != nil {
		return err
	}
	if err := f.begin(); err != nil {
		return err
	}
	return f.tidy()
}

// freeName is a name for the file to put aside, behind those of all others.
func (f *files) freeName() (string, error) {
	at := f.clock.Now().UTC().Format("20060102T150405Z")
	names, err := f.aside()
	if err != nil {
		return "", err
	}
	for n := range 10_000 {
		name := fmt.Sprintf("events-%s-%04d.jsonl", at, n)
		if !slices.Contains(names, name) && !slices.Contains(names, name+".gz") {
			return name, nil
		}
	}
	return "", errors.New("ten thousand files in a second")
}

// aside lists the files that have been put aside, oldest first.
func (f *files) aside() ([]string, error) {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if asideForm.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// tidy packs files that have been put aside and deletes those that are too many.
func (f *files) tidy() error {
	names, err := f.aside()
	if err != nil {
		return err
	}
	for i, name := range names {
		if !f.gzip || strings.HasSuffix(name, ".gz") {
			continue
		}
		if !slices.Contains(names, name+".gz") { // which is whole, if it is there
			if err := f.pack(name); err != nil {
				return err
			}
		}
		if err := f.root.Remove(name); err != nil {
			return err
		}
		names[i] = name + ".gz"
	}
	names = slices.Compact(names)
	for ; f.keep > 0 && len(names) > f.keep; names = names[1:] {
		if err := f.root.Remove(names[0]); err != nil {
			return err
		}
	}
	return f.syncFolder()
}

// packing is the file in which another one is packed.
const packing = "packing.tmp"

// pack makes the packed form of a file. Under its name there is never a part of it.
func (f *files) pack(name string) (err error) {
	in, err := f.root.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := f.root.Create(packing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closed(out)) }()
	w := gzip.NewWriter(out)
	if _, err := io.Copy(w, in); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	if err := f.root.Rename(packing, name+".gz"); err != nil {
		return err
	}
	return f.syncFolder()
}

func closed(file *os.File) error {
	if err := file.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// syncFolder makes names last.
func (f *files) syncFolder() error {
	folder, err := f.root.Open(".")
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrInvalid) {
		return err
	}
	return nil
}
