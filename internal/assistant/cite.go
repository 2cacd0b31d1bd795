package assistant

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"aoc"
)

// reader reads events again, as far as the caller and the scope may see them.
type reader interface {
	Cited(ctx context.Context, keys []string) (map[string]aoc.Event, error)
}

// shownByTools is what tools have shown in a conversation.
type shownByTools struct {
	keys   map[string]bool
	counts map[int64]bool
	days   map[string]bool
}

// checked is an answer after it was held against the events.
type checked struct {
	text   string
	claims []Claim
	events []aoc.Event // that it cites, newest first
	cut    bool
	// removed counts citations that were false.
	removed int
}

// supported counts the claims that are.
func (c *checked) supported() int {
	n := 0
	for _, claim := range c.claims {
		if claim.Supported {
			n++
		}
	}
	return n
}

// check reads what a model wrote and holds each of its statements against the events that it
// cites. Citations of events that no tool showed, or that are not there any more, are taken
// out of the text.
func check(ctx context.Context, r reader, md string, shown shownByTools, zone *time.Location) (checked, error) {
	var out checked
	all, cut := blocks(md)
	out.cut = cut
	keys := map[string]bool{}
	for _, b := range all {
		for _, m := range citation.FindAllStringSubmatch(b.md, -1) {
			if shown.keys[m[1]] {
				keys[m[1]] = true
			}
		}
	}
	events, err := r.Cited(ctx, slices.Collect(maps.Keys(keys)))
	if err != nil {
		return out, err
	}
	texts := map[string]content{}
	for key, e := range events {
		texts[key] = textOf(&e)
	}
	used := map[string]bool{}
	judge := func(md string) string {
		md, removed := withoutFalse(md, events)
		out.removed += removed
		w := statementOf(md)
		if !w.isClaim() {
			return md
		}
		claim := Claim{Text: strings.TrimSpace(md), Events: []string{}}
		v := &evidence{counts: shown.counts, days: shown.days, zone: zone}
		for _, key := range w.keys {
			if !slices.Contains(claim.Events, key) {
				claim.Events = append(claim.Events, key)
				v.events, v.texts = append(v.events, events[key]), append(v.texts, texts[key])
			}
			used[key] = true
		}
		switch {
		case len(claim.Events) == 0 && removed > 0:
			claim.Problem = "it cites an event that was not looked at, or is not there"
		case len(claim.Events) == 0:
			claim.Problem = "it cites no event"
		default:
			claim.Problem = v.problem(w)
		}
		claim.Supported = claim.Problem == ""
		out.claims = append(out.claims, claim)
		return md
	}
	for i := range all {
		b := &all[i]
		switch b.kind {
		case blockHeading, blockTableHead:
			var n int
			b.md, n = withoutFalse(b.md, events)
			out.removed += n
		case blockRow, blockCode:
			b.md = judge(b.md)
		default:
			var line strings.Builder
			for _, s := range statements(b.md) {
				line.WriteString(judge(s))
			}
			b.md = line.String()
		}
	}
	out.text = render(all)
	for key := range used {
		out.events = append(out.events, events[key])
	}
	slices.SortFunc(out.events, func(a, b aoc.Event) int {
		if c := b.Timestamp.Compare(a.Timestamp); c != 0 {
			return c
		}
		return strings.Compare(b.Key, a.Key)
	})
	return out, nil
}

var emptyBrackets = regexp.MustCompile(`\s*\(\s*[,;]?\s*\)`)

// withoutFalse takes the citations out of a text that are not of these events.
func withoutFalse(md string, events map[string]aoc.Event) (string, int) {
	removed := 0
	clean := citation.ReplaceAllStringFunc(md, func(c string) string {
		if _, ok := events[c[1:len(c)-1]]; ok {
			return c
		}
		removed++
		return ""
	})
	if removed > 0 {
		clean = emptyBrackets.ReplaceAllString(clean, "")
		clean = strings.NewReplacer(" .", ".", " ,", ",", "  ", " ").Replace(clean)
	}
	return clean, removed
}

// warnings says what of an answer is not borne out.
func (c *checked) warnings() (all []string) {
	if open := len(c.claims) - c.supported(); open > 0 {
		all = append(all, fmt.Sprintf("%d of %d statements are not borne out by the events they cite: look at them with care", open, len(c.claims)))
	}
	if c.removed > 0 {
		all = append(all, fmt.Sprintf("%d citations were taken out, since they named no event that was looked at", c.removed))
	}
	if c.cut {
		all = append(all, "the answer was too long and is cut")
	}
	return all
}
