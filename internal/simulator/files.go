package simulator

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// Files says what event files to write.
type Files struct {
	// Dir is the folder to write into; it is made if needed.
	Dir string
	// Events is how many events to write, exactly.
	Events int
	// Start is when the first events happen. Runs are to be repeatable, so the default is
	// a fixed day: 2026-01-05, a Monday.
	Start time.Time
	// Tenant is the tenant; its EventsPerDay decides how many days the events take.
	Tenant tenant.Config
	// PerFile is the most events in one file, default 50,000.
	PerFile int
	// Progress is told the number of events written so far, now and then; may be nil.
	Progress func(written int)
}

// WriteFiles writes the records of events as JSON Lines, by source and day:
// "unified_2026-01-05_001.jsonl", "directory_…", "intune_…", "signin_…". Equal settings
// write equal bytes. It gives the paths of the files.
func WriteFiles(ctx context.Context, f Files) ([]string, error) {
	const op = "simulator.writefiles"
	if f.PerFile <= 0 {
		f.PerFile = 50_000
	}
	if f.Start.IsZero() {
		f.Start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInvalid, op, "cannot make the folder "+f.Dir)
	}
	t := tenant.New(f.Tenant)
	w := &fileSet{dir: f.Dir, perFile: f.PerFile, open: make(map[aoc.Source]*eventFile)}
	written := 0
	for hour := tenant.HourOf(f.Start); written < f.Events; hour++ {
		if err := ctx.Err(); err != nil {
			return w.paths, w.close(err)
		}
		for _, e := range t.Hour(hour) {
			if written == f.Events {
				break
			}
			if e.Time.Before(f.Start) {
				continue
			}
			if err := w.write(e); err != nil {
				return w.paths, w.close(aoc.Wrap(err, aoc.CodeUnavailable, op, "cannot write event files"))
			}
			written++
		}
		if f.Progress != nil {
			f.Progress(written)
		}
	}
	if err := w.close(nil); err != nil {
		return w.paths, aoc.Wrap(err, aoc.CodeUnavailable, op, "cannot write event files")
	}
	return w.paths, nil
}

// fileSet has one open file for each source.
type fileSet struct {
	dir     string
	perFile int
	open    map[aoc.Source]*eventFile
	paths   []string
}

type eventFile struct {
	file   *os.File
	buf    *bufio.Writer
	day    string
	number int
	events int
}

func (s *fileSet) write(e tenant.Event) error {
	day := e.Time.Format(time.DateOnly)
	f := s.open[e.Source]
	if f == nil || f.day != day || f.events == s.perFile {
		var err error
		if f, err = s.next(e.Source, day); err != nil {
			return err
		}
	}
	f.events++
	if _, err := f.buf.Write(e.Raw); err != nil {
		return err
	}
	return f.buf.WriteByte('\n')
}

// next closes a source's file and opens the one after.
func (s *fileSet) next(source aoc.Source, day string) (*eventFile, error) {
	number := 1
	if last := s.open[source]; last != nil {
		if last.day == day {
			number = last.number + 1
		}
		if err := last.close(); err != nil {
			return nil, err
		}
		delete(s.open, source)
	}
	path := filepath.Join(s.dir, fmt.Sprintf("%s_%s_%03d.jsonl", source, day, number))
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	f := &eventFile{file: file, buf: bufio.NewWriterSize(file, 1<<20), day: day, number: number}
	s.open[source] = f
	s.paths = append(s.paths, path)
	return f, nil
}

func (f *eventFile) close() error {
	err := f.buf.Flush()
	if cerr := f.file.Close(); err == nil {
		err = cerr
	}
	return err
}

// close closes all files and gives the first error.
func (s *fileSet) close(err error) error {
	for _, f := range s.open {
		if cerr := f.close(); err == nil {
			err = cerr
		}
	}
	return err
}
