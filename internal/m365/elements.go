package m365

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"iter"
	"net/http"

	"aoc"
	"aoc/internal/rawjson"
)

// Element is one element of an array that upstream sent.
type Element struct {
	// Raw is the bytes as received. It is good until the next element is asked for and must
	// not be written to: who keeps it, clones it, so that a record is copied once at most.
	Raw []byte
	// Problem says why they are not one JSON object of sane size; empty if they are.
	Problem string
	// broken: they are not JSON at all.
	broken bool
}

// Elements streams the records of an answer: the elements of the array under key in a
// JSON object, or, when key is empty, of a JSON array. A broken element comes with
// Problem set and takes no neighbour with it. Memory grows with the largest record only.
// What breaks off, turns into an error on the way or has another shape ends with code
// upstream. members, if not nil, is given what stands beside the array, at the end.
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
		var held *Element // broken; yielded once it is certain that the answer goes on behind it
		flush := func() bool {
			if held == nil {
				return true
			}
			e := *held
			held = nil
			return yield(e, nil)
		}
		for {
			raw, err := stream.Next()
			if errors.Is(err, io.EOF) {
				if flush() && members != nil {
					members(stream.Envelope())
				}
				return
			}
			element, err := toElement(raw, err)
			switch {
			case err != nil:
			case key != "" && stream.Envelope() == nil: // the document itself came as the one element
				err = notAList()
			case isErrorObject(element.Raw):
				err = brokenOff(opPages, errors.New(parseFault(element.Raw).summary()))
			}
			if err != nil {
				yield(Element{}, err)
				return
			}
			if !flush() {
				return
			}
			if element.broken {
				element.Raw = bytes.Clone(element.Raw)
				held = &element
			} else if !yield(element, nil) {
				return
			}
		}
	}
}

// isErrorObject recognises an error that stands where a record should be: Graph has been
// seen to fail in the middle of an answer with status 200, leaving half a record and
// {"error":{"code":"BadRequest",…}} behind it.
func isErrorObject(raw []byte) bool {
	if !bytes.HasPrefix(raw, []byte(`{"error":`)) {
		return false
	}
	f := parseFault(raw)
	return f.Code != "" && f.Coded
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
		case errors.Is(err, io.EOF):
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

// toElement judges what a stream gave. Its Raw is the stream's.
func toElement(raw []byte, err error) (Element, error) {
	if large, ok := errors.AsType[*rawjson.TooLarge](err); ok {
		return Element{Raw: large.Raw, Problem: large.Error()}, nil
	}
	if err != nil {
		if _, ok := errors.AsType[*aoc.Error](err); ok {
			return Element{}, err
		}
		return Element{}, brokenOff(opPages, err)
	}
	e := Element{Raw: raw}
	switch {
	case !rawjson.Valid(raw):
		e.Problem, e.broken = "the record is not valid JSON", true
	case !bytes.HasPrefix(raw, []byte("{")):
		e.Problem = "the record is not a JSON object"
	}
	return e, nil
}

// Records gives elements as records that are otherwise like one that is given.
func Records(elements iter.Seq2[Element, error], like aoc.Record) iter.Seq2[aoc.Record, error] {
	return func(yield func(aoc.Record, error) bool) {
		for element, err := range elements {
			if err != nil {
				yield(aoc.Record{}, err)
				return
			}
			like.Raw, like.Problem = element.Raw, element.Problem
			if !yield(like, nil) {
				return
			}
		}
	}
}

// streamAttempts is how often one answer is asked for when it breaks off.
const streamAttempts = 3

// errEnough ends a stream whose consumer wants no more.
var errEnough = errors.New("enough")

// Elements sends a request and streams its answer as [Elements] does. An answer that
// breaks off is asked for again, and goes on behind what has been yielded already; if it
// is another one by then, elements may come twice. header, if not nil, is given the header
// of the answer that came whole, at the end.
func (c *Client) Elements(ctx context.Context, r Request, key string, header func(http.Header)) iter.Seq2[Element, error] {
	return func(yield func(Element, error) bool) {
		beside, err := c.stream(ctx, r, key, func(e Element) bool { return yield(e, nil) })
		switch {
		case errors.Is(err, errEnough):
		case err != nil:
			yield(Element{}, err)
		case header != nil:
			header(beside.header)
		}
	}
}

// surroundings is what an answer that came whole holds beside its elements.
type surroundings struct {
	header  http.Header
	members map[string][]byte
}

// stream yields the elements of an answer. Long listings take hundreds of answers, so one
// that breaks off must not cost the others: it is asked for again and its elements are
// left out as long as they are those that came before. From the first that is another
// one on, all are yielded; one may then come twice, and none is lost.
func (c *Client) stream(ctx context.Context, r Request, key string, yield func(Element) bool) (beside surroundings, err error) {
	r.MaxWait = orDefault(r.MaxWait, c.cfg.MaxWait)
	seed := maphash.MakeSeed()
	var came []uint64
	for n := 1; ; n++ {
		response, err := c.Do(ctx, r)
		if err != nil {
			return surroundings{}, err
		}
		beside.header = response.Header
		members := func(m map[string][]byte) { beside.members = m }
		i := 0
		for e, failed := range Elements(response.Body, key, members) {
			if failed != nil {
				err = failed
				break
			}
			sum := maphash.Bytes(seed, e.Raw)
			if i < len(came) && came[i] == sum {
				i++
				continue
			}
			came = append(came[:i], sum)
			i++
			if !yield(e) {
				err = errEnough
				break
			}
		}
		response.Body.Close()
		if !errors.Is(err, errBroken) || n == streamAttempts {
			return beside, err
		}
		if err := c.pause(ctx, r, n, &failure{err: asError(err), verdict: tryAgain}); err != nil {
			return surroundings{}, err
		}
	}
}
