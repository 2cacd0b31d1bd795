package m365

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strconv"
	"time"

	"aoc"
	"aoc/internal/rawjson"
)

const opPages = "m365.pages"

// Collection is a Graph collection of records that have a time.
type Collection struct {
	Path      string // "/v1.0/auditLogs/directoryAudits"
	TimeField string // what $filter and $orderby go by: "activityDateTime"
	PageSize  int    // $top
}

// Locator is the first page of a window as a path with query for [Request].
//
// Both ends are inclusive and rounded outwards to whole seconds, the form Microsoft
// documents. Records carry 100 ns ticks and lt is not documented, so a half-open filter
// would have to guess the last tick before the end; a record on the edge of two windows
// comes with both instead and is deduplicated.
//
// The order is ascending. A record that arrives late while the pages are read goes in
// either behind the reader, who meets it, or before, where it moves a record that has
// been read onto the next page once more. Neither loses one. Without $orderby pages have
// been seen to skip records.
func (c Collection) Locator(w aoc.Window) string {
	start := w.Start.UTC().Truncate(time.Second)
	end := w.End.UTC().Add(time.Second - time.Nanosecond).Truncate(time.Second)
	filter := fmt.Sprintf("%s ge %s and %s le %s", c.TimeField, start.Format(time.RFC3339), c.TimeField, end.Format(time.RFC3339))
	// Written by hand: Graph documents $-names and %20, url.Values gives %24 and +.
	return c.Path + "?$filter=" + url.PathEscape(filter) +
		"&$orderby=" + url.PathEscape(c.TimeField+" asc") + "&$top=" + strconv.Itoa(c.PageSize)
}

// Element is one element of an array that upstream sent.
type Element struct {
	// Raw is a copy of the bytes as received.
	Raw []byte
	// Problem says why they are not one JSON object of sane size; empty if they are.
	Problem string
}

// Elements streams the records of an answer: the elements of the array under key in a
// JSON object, or, when key is empty, of a JSON array. A broken element comes with
// Problem set and takes no neighbour with it. Memory grows with the largest record only.
// What breaks off or has another shape ends with code upstream. members, if not nil, is
// given what stands beside the array, at the end.
func Elements(r io.Reader, key string, members func(map[string][]byte)) iter.Seq2[Element, error] {
	return func(yield func(Element, error) bool) {
		var stream *rawjson.Stream
		if key == "" {
			buffered := bufio.NewReader(r)
			if err := expectArray(buffered); err != nil {
				yield(Element{}, err)
				return
			}
			stream = rawjson.NewStream(buffered)
		} else {
			stream = rawjson.NewStream(r, key)
		}
		for {
			raw, err := stream.Next()
			if err == io.EOF {
				if members != nil {
					members(stream.Envelope())
				}
				return
			}
			element, err := toElement(raw, err)
			if err == nil && key != "" && stream.Envelope() == nil { // the document itself came as the one element
				err = notAList()
			}
			if !yield(element, err) || err != nil {
				return
			}
		}
	}
}

func notAList() error {
	return &aoc.Error{
		Code: aoc.CodeUpstream, Op: opPages, Message: "an answer of Microsoft lacks the list it should hold", Hint: hintWait,
	}
}

// expectArray looks at the first byte that is no white space.
func expectArray(r *bufio.Reader) error {
	for skipped := 0; ; skipped++ {
		c, err := r.ReadByte()
		switch {
		case err == io.EOF:
			_, err = toElement(nil, io.ErrUnexpectedEOF)
			return err
		case err != nil:
			_, err = toElement(nil, err)
			return err
		case c == '[':
			return r.UnreadByte()
		case bytes.IndexByte([]byte(" \t\r\n\xEF\xBB\xBF"), c) < 0 || skipped > 1000:
			return notAList()
		}
	}
}

func toElement(raw []byte, err error) (Element, error) {
	if large, ok := errors.AsType[*rawjson.TooLarge](err); ok {
		return Element{Raw: bytes.Clone(large.Raw), Problem: large.Error()}, nil
	}
	if err != nil {
		if _, ok := errors.AsType[*aoc.Error](err); ok {
			return Element{}, err
		}
		return Element{}, &aoc.Error{
			Code: aoc.CodeUpstream, Op: opPages, Message: "an answer of Microsoft broke off before its end",
			Hint: hintWait, Cause: err,
		}
	}
	e := Element{Raw: bytes.Clone(raw)}
	switch {
	case !rawjson.Valid(raw):
		e.Problem = "the record is not valid JSON"
	case !bytes.HasPrefix(raw, []byte("{")):
		e.Problem = "the record is not a JSON object"
	}
	return e, nil
}

// Pages streams the elements of every page of a Graph collection, in upstream's order,
// from the first request on along @odata.nextLink. An error ends the sequence; what was
// yielded before it is valid.
func (c *Client) Pages(ctx context.Context, first Request) iter.Seq2[Element, error] {
	return func(yield func(Element, error) bool) {
		page := first
		var trail trail
		for {
			next, more, err := c.page(ctx, page, yield)
			if err != nil {
				yield(Element{}, err)
			}
			if err != nil || !more || next == "" {
				return
			}
			if trail.repeats(next) {
				yield(Element{}, &aoc.Error{
					Code: aoc.CodeUpstream, Op: opPages, Message: "the pages of a listing lead in a circle", Hint: hintWait,
				})
				return
			}
			page.Path, page.Link = "", next
		}
	}
}

// page yields one page and gives the link to the next; more is false when the consumer
// has had enough.
func (c *Client) page(ctx context.Context, r Request, yield func(Element, error) bool) (next string, more bool, err error) {
	response, err := c.Do(ctx, r)
	if err != nil {
		return "", false, err
	}
	defer response.Body.Close()
	var envelope map[string][]byte
	for element, err := range Elements(response.Body, "value", func(e map[string][]byte) { envelope = e }) {
		if err != nil {
			return "", false, err
		}
		if !yield(element, nil) {
			return "", false, nil
		}
	}
	if fault, ok := envelope["error"]; ok {
		failed := judgeAnswer(opPages, r.API, 500, response.Header, fmt.Appendf(nil, `{"error":%s}`, fault), c.cfg.Clock.Now())
		return "", false, failed.err
	}
	if link, ok := envelope["@odata.nextLink"]; ok {
		if err := json.Unmarshal(link, &next); err != nil {
			return "", false, aoc.Wrap(err, aoc.CodeUpstream, opPages, "a page has a malformed link to the next")
		}
	}
	return next, true, nil
}

// trail notices a chain of links that leads in a circle, in constant memory (Brent).
type trail struct {
	mark         string
	steps, power int
}

func (t *trail) repeats(link string) bool {
	if link == t.mark {
		return true
	}
	if t.steps == t.power {
		t.mark, t.steps = link, 0
		t.power = max(1, 2*t.power)
	}
	t.steps++
	return false
}
