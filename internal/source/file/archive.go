package file

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"

	"aoc"
)

// memberMark stands between an archive's path and a member's name in a unit's id.
const memberMark = "!/"

// isZip reports whether a file that begins with head is a zip archive, an empty one included.
func isZip(head []byte) bool {
	return len(head) >= 4 && (string(head[:4]) == "PK\x03\x04" || string(head[:4]) == "PK\x05\x06")
}

// member is one file in an archive. Its name is unique in it.
type member struct {
	name string
	file *zip.File
}

// archive is an open zip archive.
type archive struct {
	members []member
	byName  map[string]*zip.File
	file    *os.File

	owner *archives
	path  string
	refs  int
}

// archives keeps the archive that was used last open, so that reading all its members
// does not read its directory each time.
type archives struct {
	maxUnpacked, maxRatio int64

	mu   sync.Mutex
	last *archive
}

// open gives the archive that is the file at path, under the name that people know it by.
// It must be released.
func (as *archives) open(path, name string) (*archive, error) {
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.last == nil || as.last.path != path {
		a, err := as.load(path, name)
		if err != nil {
			return nil, err
		}
		a.owner, a.path, a.refs = as, path, 1 // the cache's own
		as.drop()
		as.last = a
	}
	as.last.refs++
	return as.last, nil
}

// drop lets go of the archive that was used last.
func (as *archives) drop() {
	if as.last != nil {
		as.last.unref()
		as.last = nil
	}
}

func (as *archives) close() error {
	as.mu.Lock()
	defer as.mu.Unlock()
	as.drop()
	return nil
}

func (a *archive) release() {
	a.owner.mu.Lock()
	defer a.owner.mu.Unlock()
	a.unref()
}

func (a *archive) unref() {
	if a.refs--; a.refs == 0 {
		_ = a.file.Close() // it was only read
	}
}

// find gives the member with a name.
func (a *archive) find(name string) (*zip.File, bool) {
	f, ok := a.byName[name]
	return f, ok
}

// load reads an archive's directory and refuses what is no archive of records.
func (as *archives) load(path, name string) (*archive, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(name, err)
	}
	members, err := as.directory(f, name)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	a := &archive{members: members, byName: make(map[string]*zip.File, len(members)), file: f}
	for _, m := range members {
		a.byName[m.name] = m.file
	}
	return a, nil
}

func (as *archives) directory(f *os.File, name string) ([]member, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, openError(name, err)
	}
	content := &directoryReader{ReaderAt: f, left: maxDirectory}
	z, err := zip.NewReader(content, info.Size())
	content.done = true
	if errors.Is(err, errDirectory) {
		return nil, invalid("This is how zip bombs look. If this is what you expect, unpack it and import the folder.", "%s has more files in it than anybody exports", name)
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are never used as paths
		e := invalid("Download or copy the archive again.", "%s is a zip archive that is damaged or cut off", name)
		e.Cause = err
		return nil, e
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)

	var members []member
	var total uint64
	count := map[string]int{}
	for _, f := range z.File {
		if f.Name == "[Content_Types].xml" {
			return nil, invalid("Save the sheet as CSV; better, export the records anew as CSV or JSON, since Excel cuts cells at 32,767 characters.",
				"%s is an Excel workbook or another Office document", name)
		}
		if f.FileInfo().IsDir() || inLitter(f.Name) {
			continue
		}
		if total += f.UncompressedSize64; total < f.UncompressedSize64 || total > uint64(as.maxUnpacked) {
			return nil, tooMuch(name, as.maxUnpacked)
		}
		m := member{name: f.Name, file: f}
		if count[f.Name]++; count[f.Name] > 1 {
			m.name = fmt.Sprintf("%s~%d", f.Name, count[f.Name])
		}
		members = append(members, m)
	}
	// Members may overlap, so the sum is held against the archive's size.
	if total > ratioFrom && total/uint64(max(info.Size(), 1)) > uint64(as.maxRatio) {
		return nil, tooDense(name, as.maxRatio)
	}
	return members, nil
}

// maxDirectory is how much is read of an archive to learn what is in it, in bytes: several
// times more than the 65,535 files of an ordinary archive need. Each takes some hundred bytes
// of memory.
const maxDirectory = 32 << 20

var errDirectory = errors.New("the directory is too large")

// directoryReader bounds what is read of an archive until its directory is known. One
// goroutine does that; then done is set, and any number may read.
type directoryReader struct {
	io.ReaderAt
	left int64
	done bool
}

func (d *directoryReader) ReadAt(p []byte, at int64) (int, error) {
	if d.done {
		return d.ReaderAt.ReadAt(p, at)
	}
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, errDirectory
	}
	return d.ReaderAt.ReadAt(p, at)
}

// inLitter reports whether a member or a folder it is in is litter.
func inLitter(name string) bool {
	for part := range strings.SplitSeq(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/") {
		if isLitter(part) {
			return true
		}
	}
	return false
}

// openMember opens a member for reading.
func openMember(f *zip.File, name string) (io.ReadCloser, error) {
	if f.Flags&1 != 0 {
		return nil, invalid("Unpack the archive with its password first.", "%s is encrypted", name)
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, invalid("Unpack the archive first, with 7-Zip for example.", "%s is packed with a method that AOC cannot read (%d)", name, f.Method)
	}
	if err != nil {
		e := invalid("Download or copy the archive again.", "%s is damaged", name)
		e.Cause = err
		return nil, e
	}
	return r, nil
}

// tooMuch and tooDense are the errors for what unpacks to more than anyone exports.
func tooMuch(name string, limit int64) *aoc.Error {
	return invalid("If this is what you expect, unpack it and import the folder.", "%s unpacks to more than %s", name, inGiB(limit))
}

func tooDense(name string, ratio int64) *aoc.Error {
	return invalid("This is how zip bombs look. If this is what you expect, unpack it and import the folder.",
		"%s unpacks to more than %d times its size", name, ratio)
}

// inGiB puts a limit in words.
func inGiB(n int64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%d GiB", n>>30)
}
