package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/export"
)

type exportCommand struct {
	selection

	Output     string `short:"o" enum:"auto,csv,jsonl" default:"auto" help:"csv or jsonl; default by the name of the file, else jsonl."`
	OutputFile string `placeholder:"FILE" type:"path" help:"Write to a file, which appears when it is complete; default standard output."`
	BOM        bool   `help:"Begin CSV with a byte order mark, for Excel."`
	Limit      int    `short:"n" placeholder:"N" help:"The most events; default all."`
}

func (c *exportCommand) Run(r *runner) (err error) {
	if c.Limit < 0 {
		return aoc.Errorf(aoc.CodeInvalid, "cli.export", "--limit: must not be negative")
	}
	filter, err := c.filter(r.clock.Now())
	if err != nil {
		return err
	}
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	out, done, err := c.open(r)
	if err != nil {
		return err
	}
	n, err := c.write(r, a.Console(), filter, out)
	if err = errors.Join(err, done(err == nil)); err != nil {
		return broken(n, err)
	}
	r.note("%s events exported", count(n))
	return nil
}

// broken says that what was written is not all.
func broken(n int64, err error) error {
	hint := aoc.HintOf(err)
	if hint == "" {
		hint = "What was written is not the whole result: export again."
	}
	e := aoc.Errorf(aoc.CodeUnavailable, "cli.export", "the export could not be completed after %s events: %s", count(n), reason(err))
	e.Hint, e.Cause = hint, err
	return e
}

// reason is what a person may read of an error; those of the operating system tell of files
// that the person named.
func reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "it was interrupted"
	}
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Error()
	}
	return aoc.MessageOf(err)
}

func (c *exportCommand) format() export.Format {
	switch {
	case c.Output != "auto":
		return export.Format(c.Output)
	case strings.EqualFold(filepath.Ext(c.OutputFile), ".csv"):
		return export.CSV
	}
	return export.JSONLines
}

// write writes all events and tells how many there were.
func (c *exportCommand) write(r *runner, from *console.Console, filter console.Filter, to io.Writer) (n int64, err error) {
	events, err := from.Export(r.ctx, filter)
	if err != nil {
		return 0, err
	}
	bar := r.newProgress("export")
	defer bar.end()
	out := export.New(c.format(), to, export.Options{Zone: filter.Zone, BOM: c.BOM})
	for e, err := range events {
		if err != nil {
			return n, errors.Join(err, out.Flush())
		}
		if c.Limit > 0 && n == int64(c.Limit) {
			break
		}
		if err := out.Write(&e); err != nil {
			return n, err
		}
		if n++; n%100 == 0 {
			bar.update(n, 0, "%s events, back to %s", count(n), e.Timestamp.In(filter.Zone).Format("2006-01-02 15:04"))
		}
	}
	return n, out.Flush()
}

// open gives what to write to, and what to do at the end: a file gets its name when it is
// complete, so that half of one is never taken for all.
func (c *exportCommand) open(r *runner) (io.Writer, func(complete bool) error, error) {
	if c.OutputFile == "" || c.OutputFile == "-" {
		return r.out, func(bool) error { return nil }, nil
	}
	if info, err := os.Stat(c.OutputFile); err == nil && !info.Mode().IsRegular() { // a device or pipe
		f, err := os.OpenFile(c.OutputFile, os.O_WRONLY, 0)
		if err != nil {
			return nil, nil, cannotWrite(err)
		}
		return f, func(bool) error { return f.Close() }, nil
	}
	f, err := os.CreateTemp(filepath.Dir(c.OutputFile), filepath.Base(c.OutputFile)+".partial-*")
	if err != nil {
		return nil, nil, cannotWrite(err)
	}
	return f, func(complete bool) error {
		err := f.Close()
		if complete && err == nil {
			err = os.Rename(f.Name(), c.OutputFile)
		}
		if !complete || err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
		return err
	}, nil
}

func cannotWrite(err error) error {
	return &aoc.Error{Code: aoc.CodeUnavailable, Op: "cli.export", Message: "the file cannot be written: " + err.Error(), Cause: err}
}
