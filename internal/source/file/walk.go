package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aoc"
)

// maxFolderDepth bounds how deep folders are followed.
const maxFolderDepth = 64

// lister expands paths into units.
type lister struct {
	ctx    context.Context
	source *Source
	// yield takes the id of a unit and its size, -1 if unknown.
	yield   func(id string, size int64) bool
	seen    map[string]bool
	stopped bool
	// folders are the real paths of the folders that were walked, so that a link back
	// up does not lead around in circles, and no folder is read twice.
	folders []string
}

// more passes a unit on and reports whether to go on.
func (l *lister) more(id string, size int64) bool {
	if l.ctx.Err() != nil {
		return false
	}
	l.stopped = !l.yield(id, size)
	return !l.stopped
}

// path lists one of the paths that were asked for.
func (l *lister) path(path string) bool {
	if path == stdinName {
		return l.stdin()
	}
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return l.more(path, -1)
	case info.IsDir():
		return l.folder(path, 0)
	case !info.Mode().IsRegular(): // a pipe: looking at its content would consume it
		return l.more(path, -1)
	}
	return l.file(path, info.Size())
}

// stdin lists standard input, or what a zip archive that comes in there holds.
func (l *lister) stdin() bool {
	spooled, err := l.source.stdin.spoolArchive(l.source.opts.MaxUnpacked)
	if err != nil || spooled == "" {
		return l.more(stdinName, -1)
	}
	return l.members(stdinName)
}

// file lists one regular file, or the members of an archive.
func (l *lister) file(path string, size int64) bool {
	if isArchive(path) {
		return l.members(path)
	}
	return l.more(path, size)
}

// members lists what an archive holds; an archive that cannot be opened is listed itself.
func (l *lister) members(path string) bool {
	a, err := l.source.archive(path)
	if err != nil {
		return l.more(path, -1)
	}
	defer a.release()
	for _, m := range a.members {
		if !l.more(path+memberMark+m.name, int64(min(m.file.UncompressedSize64, 1<<62))) {
			return false
		}
	}
	return true
}

// folder lists all files in and below a folder, in order of name. Links are followed.
func (l *lister) folder(path string, depth int) bool {
	entries, err := os.ReadDir(path)
	if err != nil || depth > maxFolderDepth {
		return l.more(path, -1) // Read says why
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return l.more(path, -1)
	}
	if slices.Contains(l.folders, real) {
		return true
	}
	l.folders = append(l.folders, real)
	for _, entry := range entries {
		if isLitter(entry.Name()) {
			continue
		}
		name := filepath.Join(path, entry.Name())
		info, err := os.Stat(name)
		ok := true
		switch {
		case err != nil:
			ok = l.more(name, -1) // a dead link
		case info.IsDir():
			ok = l.folder(name, depth+1)
		case info.Mode().IsRegular():
			ok = l.file(name, info.Size())
		}
		if !ok {
			return false
		}
	}
	return true
}

// isLitter reports whether a file is one that operating systems strew into folders and
// archives. These are no one's records, and are left out unless they are named.
func isLitter(name string) bool {
	switch strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "desktop.ini", "__macosx":
		return true
	}
	return strings.HasPrefix(name, "._")
}

// isArchive reports whether a file begins as a zip archive does.
func isArchive(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [4]byte
	_, err = io.ReadFull(f, head[:])
	return err == nil && isZip(head[:])
}

// openError tells why a path cannot be opened.
func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e := invalid("Check the path.", "%s does not exist", path)
		e.Cause = err
		return e
	case errors.Is(err, fs.ErrPermission):
		e := invalid("Make the file readable for the user that AOC runs as.", "%s may not be read", path)
		e.Code, e.Cause = aoc.CodeForbidden, err
		return e
	}
	e := invalid("", "%s cannot be opened", path)
	e.Cause = err
	return e
}
