package m365

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"aoc"
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
	beside, err := c.stream(ctx, r, "value", func(e Element) bool { return yield(e, nil) })
	if errors.Is(err, errEnough) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	if said, ok := beside.members["error"]; ok {
		failed := judgeAnswer(opPages, r.API, http.StatusInternalServerError, nil, fmt.Appendf(nil, `{"error":%s}`, said), c.cfg.Clock.Now())
		return "", false, failed.err
	}
	if link, ok := beside.members["@odata.nextLink"]; ok {
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
