package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"

	"aoc"
)

// jsonLines writes an event a line.
type jsonLines struct{ w *bufio.Writer }

func newJSONLines(w io.Writer) *jsonLines { return &jsonLines{bufio.NewWriterSize(w, 64<<10)} }

func (j *jsonLines) Write(e *aoc.Event) error {
	line, err := JSON(e)
	if err != nil {
		return err
	}
	if _, err := j.w.Write(line); err != nil {
		return err
	}
	return j.w.WriteByte('\n')
}

func (j *jsonLines) Flush() error { return j.w.Flush() }

// JSON gives an event as the API shows it, in one line: lists are never null, and a record
// that is not JSON, which no store takes, or nests too deep for the encoder is a string.
func JSON(e *aoc.Event) ([]byte, error) {
	v := *e
	v.Targets = orEmpty(e.Targets)
	v.TargetDisplays = orEmpty(e.TargetDisplays)
	v.Changes = orEmpty(e.Changes)
	v.Tags = orEmpty(e.Tags)
	v.Comments = orEmpty(e.Comments)
	if len(v.Raw) == 0 {
		v.Raw = nil
	}
	if !utf8.Valid(v.Raw) {
		v.Raw = bytes.ToValidUTF8(v.Raw, []byte("\uFFFD"))
	}
	if len(v.Raw) > 0 && !json.Valid(v.Raw) {
		text, err := json.Marshal(string(v.Raw))
		if err != nil {
			return nil, err
		}
		v.Raw = text
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(&v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
