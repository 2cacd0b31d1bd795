package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// bench asks a store, through the console where it has the call.
type bench struct {
	store   store.Store
	console *console.Console
}

func openBench(ctx context.Context, at place) (*bench, error) {
	s, err := at.open(ctx, true)
	if err != nil {
		return nil, err
	}
	c, err := console.New(console.Config{Store: s})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &bench{store: s, console: c}, nil
}

// sample is what questions are made of: it comes from the stored events themselves.
type sample struct {
	oldest, newest time.Time
	middle         store.Position // with as many events before as after, roughly
	event          aoc.Event      // by a person, from an address
	guid           string         // the event's own id
	common, rare   string         // words
	target         string         // the name of one
	changed        string         // the name of a property
}

var (
	guidPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	wordPattern = regexp.MustCompile(`^[A-Za-z]{6,}$`)
)

func (b *bench) sample(ctx context.Context) (s sample, err error) {
	stats, err := b.store.Stats(ctx)
	if err != nil {
		return s, err
	}
	s.oldest, s.newest = stats.Oldest, stats.Newest
	words := map[string]int{}
	const pages = 20
	for i := range pages {
		end := s.newest.Add(-time.Duration(i) * s.newest.Sub(s.oldest) / pages)
		page, err := b.store.Search(ctx, aoc.Query{End: end, Limit: 50})
		if err != nil {
			return s, err
		}
		for _, e := range page.Items {
			countWords(words, e.Raw)
			if i < pages/2 {
				continue
			}
			if s.middle.Key == "" {
				s.middle = store.Position{Time: e.Timestamp, Key: e.Key}
			}
			if len(e.TargetDisplays) > 0 && len(e.TargetDisplays[0]) > 8 && s.target == "" {
				s.target = e.TargetDisplays[0]
			}
			if len(e.Changes) > 0 && s.changed == "" {
				s.changed = e.Changes[0].Property
			}
			if s.event.Key == "" && e.ActorKind == aoc.ActorPerson && strings.Contains(e.Actor.UPN, ".") &&
				strings.Contains(e.ClientIP, ".") && guidPattern.MatchString(e.ID) {
				s.event, s.guid = e, e.ID
			}
		}
	}
	if s.event.Key == "" || s.target == "" || s.changed == "" {
		return s, errors.New("there are too few events to take questions from")
	}
	ranked := slices.SortedFunc(maps.Keys(words), func(a, b string) int {
		return cmp.Or(cmp.Compare(words[b], words[a]), cmp.Compare(a, b))
	})
	s.common = ranked[0]
	s.rare, err = b.rarest(ctx, ranked)
	return s, err
}

// countWords counts in how many records a word is a value or part of one.
func countWords(words map[string]int, raw []byte) {
	seen := map[string]bool{}
	rawjson.Values(raw, func(value string) bool {
		for word := range strings.FieldsSeq(strings.Clone(value)) {
			if wordPattern.MatchString(word) && !seen[word] {
				seen[word] = true
				words[word]++
			}
		}
		return true
	})
}

// rarest gives, of the words that are rare in the sample, the one in the fewest events.
func (b *bench) rarest(ctx context.Context, ranked []string) (word string, err error) {
	fewest := -1
	for _, candidate := range ranked[max(0, len(ranked)-10):] {
		page, err := b.store.Search(ctx, aoc.Query{Where: aoc.Text{Term: candidate}, Limit: 500, ScanBudget: -1})
		if err != nil {
			return "", err
		}
		if n := len(page.Items); fewest < 0 || n < fewest {
			word, fewest = candidate, n
		}
	}
	return word, nil
}
