package file

import (
	"bufio"
	"io"
	"os"
	"sync"

	"aoc"
)

// stdinName is the path that stands for standard input.
const stdinName = "-"

// stdin is standard input. A zip archive that comes in there is spooled to a temporary
// file, since its directory is at its end; anything else is streamed.
type stdin struct {
	r io.Reader

	mu      sync.Mutex
	br      *bufio.Reader
	taken   bool
	spooled string // path of the temporary file
	err     error
}

// spoolArchive spools an archive once and gives the path of the file, empty if the input
// is no archive.
func (s *stdin) spoolArchive(limit int64) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.r == nil || s.taken || s.spooled != "" || s.err != nil {
		return s.spooled, s.err
	}
	if s.br == nil {
		s.br = bufio.NewReaderSize(s.r, headSize)
	}
	if head, _ := s.br.Peek(4); !isZip(head) {
		return "", nil
	}
	s.spooled, s.err = spool(s.br, limit)
	return s.spooled, s.err
}

// spool copies r to a temporary file.
func spool(r io.Reader, limit int64) (path string, err error) {
	f, err := os.CreateTemp("", "aoc-stdin-*.zip")
	if err != nil {
		return "", aoc.Wrap(err, aoc.CodeUnavailable, "file.stdin", "no temporary file can be made for the archive on standard input")
	}
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	switch {
	case err != nil:
		err = aoc.Wrap(err, aoc.CodeUnavailable, "file.stdin", "the archive on standard input cannot be kept in a temporary file")
	case n > limit:
		err = tooMuch("standard input", limit)
	default:
		return f.Name(), nil
	}
	_ = os.Remove(f.Name()) // the first error counts
	return "", err
}

// take gives the input for reading, once.
func (s *stdin) take(limit int64) (io.Reader, error) {
	if _, err := s.spoolArchive(limit); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.r == nil || s.taken || s.spooled != "" {
		return nil, invalid("", "standard input has been read already")
	}
	s.taken = true
	return s.br, nil
}

func (s *stdin) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spooled == "" {
		return nil
	}
	err := os.Remove(s.spooled)
	s.spooled, s.taken = "", true
	return err
}
