package managementactivity

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"aoc"
	"aoc/internal/m365"
)

// maxRestarts is how often one listing begins anew because upstream lost its place in it.
const maxRestarts = 2

// List implements [source.Source]: the blobs that became available in the window, each
// once. It starts the subscription where there is none. A window that begins before
// upstream's 7 days is listed as far back as it goes, which is logged; one that ends
// before is code invalid.
//
// Upstream takes whole seconds, so both ends are rounded down: windows that tile time
// stay tiling.
func (s *Source) List(ctx context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		span, err := s.clamp(ctx, w)
		if err != nil {
			yield(aoc.Unit{}, err)
			return
		}
		if span.Duration() <= 0 {
			return
		}
		if err := s.subscribe(ctx, false); err != nil {
			yield(aoc.Unit{}, err)
			return
		}
		l := &listing{Source: s, window: w, span: span, seen: map[string]struct{}{}}
		if err := l.run(ctx, yield); err != nil {
			yield(aoc.Unit{}, err)
		}
	}
}

func (s *Source) clamp(ctx context.Context, w aoc.Window) (aoc.Window, error) {
	const op = Collector + ".list"
	if w.Duration() <= 0 || w.Duration() > maxWindow {
		return aoc.Window{}, aoc.Errorf(aoc.CodeInvalid, op, "the window %s is not between 0 and 24 hours long", w)
	}
	span := aoc.Window{Start: w.Start.UTC().Truncate(time.Second), End: w.End.UTC().Truncate(time.Second)}
	oldest := s.clock.Now().Add(clampMargin - lookback).Truncate(time.Second)
	if !w.End.After(oldest) {
		return aoc.Window{}, &aoc.Error{
			Code: aoc.CodeInvalid, Op: op, Message: "the window " + w.String() + " lies before the 7 days that Microsoft keeps",
			Hint: s.Spec().LossHint,
		}
	}
	if span.Start.Before(oldest) {
		s.log.WarnContext(ctx, "a window begins before the 7 days that upstream keeps and is listed in part",
			"feed", s.feed().Name(), "window", w.String(), "listed_from", oldest)
		span.Start = oldest
	}
	return span, nil
}

// listing is one run through the pages of a window.
type listing struct {
	*Source
	window aoc.Window // as asked for
	span   aoc.Window // as upstream is asked
	seen   map[string]struct{}
}

// errEnough ends a listing whose consumer wants no more.
var errEnough = errors.New("enough")

func (l *listing) run(ctx context.Context, yield func(aoc.Unit, error) bool) error {
	restarts, resubscribed := 0, false
	for {
		err := l.pages(ctx, yield)
		if errors.Is(err, errEnough) {
			return nil
		}
		known, ok := errors.AsType[*aoc.Error](err)
		switch {
		case err == nil || !ok:
			return err
		case known.Upstream == "AF20031" && restarts < maxRestarts:
			restarts++
		case (known.Upstream == "AF20022" || known.Upstream == "AF20023") && !resubscribed:
			resubscribed = true
			if startErr := l.subscribe(ctx, true); startErr != nil {
				return refused(known, startErr)
			}
		default:
			return err
		}
	}
}

// refused joins what upstream said to the listing with why that could not be mended. A
// start that only has to wait leaves the listing's own fault to be told.
func refused(listing *aoc.Error, start error) error {
	if known, ok := errors.AsType[*aoc.Error](start); ok && known.Code == aoc.CodeThrottled {
		out := *listing
		out.RetryAfter = known.RetryAfter
		return &out
	}
	return start
}

// timeFormat has no zone: upstream reads UTC.
const timeFormat = "2006-01-02T15:04:05"

func (l *listing) pages(ctx context.Context, yield func(aoc.Unit, error) bool) error {
	request := l.get("subscriptions/content", l.contentTypeQuery(),
		"startTime="+l.span.Start.Format(timeFormat), "endTime="+l.span.End.Format(timeFormat))
	followed := map[string]struct{}{}
	for {
		next, err := l.page(ctx, request, yield)
		if err != nil || next == "" {
			return err
		}
		if _, again := followed[next]; again {
			return aoc.Errorf(aoc.CodeUpstream, Collector+".list", "the pages of the listing lead in a circle")
		}
		followed[next] = struct{}{}
		request = l.follow(next)
	}
}

// page yields the blobs of one page, which the client asks for again when it breaks off.
func (l *listing) page(ctx context.Context, r m365.Request, yield func(aoc.Unit, error) bool) (next string, err error) {
	for element, err := range l.client.Elements(ctx, r, "", func(h http.Header) { next = nextPage(h) }) {
		if err != nil {
			return "", err
		}
		unit, err := parseContent(element)
		if err != nil {
			return "", err // never left out: a blob that is not listed is never read
		}
		if _, again := l.seen[unit.ID]; again {
			continue
		}
		l.seen[unit.ID] = struct{}{}
		unit.Window = l.window
		if !yield(unit, nil) {
			return "", errEnough
		}
	}
	return next, nil
}
