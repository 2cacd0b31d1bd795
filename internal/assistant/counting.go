package assistant

import (
	"cmp"
	"context"
	"slices"
	"time"

	"aoc"
	"aoc/internal/assistant/question"
	"aoc/internal/console"
)

// maxCounts is the most values that an answer counts.
const maxCounts = 20

// count gives the figures of the answer: what the question asks to be counted by or, where it
// asks for nothing, who did it and what they did.
func (in *inquiry) count(ctx context.Context, sum console.Summary) error {
	most := maxCounts
	if in.read.N > 0 {
		most = in.read.N
	}
	switch by := in.read.By; {
	case by == question.ByDay || by == question.ByHour:
		return in.countTimes(ctx, by)
	case by == question.ByTarget:
		in.answer.Counts = targets(in.answer.Events, most)
		if in.answer.Total > int64(len(in.answer.Events)) {
			in.answer.Warnings = append(in.answer.Warnings, "The figures are those of the newest events only.")
		}
		return nil
	case by != "":
		for _, f := range sum.Facets {
			if f.Field == string(by) {
				in.answer.Counts = append(in.answer.Counts, counts(f, most)...)
			}
		}
		return nil
	}
	if in.read.Kind == question.First || in.read.Kind == question.Last {
		return nil
	}
	for _, f := range sum.Facets {
		in.answer.Counts = append(in.answer.Counts, counts(f, maxListed)...)
	}
	return nil
}

func counts(f console.Facet, most int) []Count {
	var list []Count
	for _, v := range f.Values[:min(len(f.Values), most)] {
		list = append(list, Count{Field: f.Field, Value: v.Value, Count: v.Count})
	}
	return list
}

// targets counts events by what they were done to.
func targets(events []aoc.Event, most int) []Count {
	n := map[string]int64{}
	for i := range events {
		seen := map[string]bool{}
		for _, t := range events[i].TargetDisplays {
			if !seen[t] {
				seen[t] = true
				n[t]++
			}
		}
	}
	list := []Count{}
	for v, c := range n {
		list = append(list, Count{Field: string(aoc.FieldTarget), Value: v, Count: c})
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return list[:min(len(list), most)]
}

// countTimes counts events by days or hours of the day, in the zone of the question.
func (in *inquiry) countTimes(ctx context.Context, by aoc.Field) error {
	h, err := in.console.Histogram(ctx, in.filter, time.Hour)
	if p := aoc.CodeOf(err); p == aoc.CodeInvalid { // too long a span for bars of an hour
		h, err = in.console.Histogram(ctx, in.filter, 24*time.Hour)
		in.answer.Warnings = append(in.answer.Warnings, "Over so long a time, days are counted from midnight UTC.")
	}
	if err != nil {
		return err
	}
	n := map[string]int64{}
	for _, b := range h.Buckets {
		at := b.Start.In(in.asked.Zone)
		value := at.Format(time.DateOnly)
		if by == question.ByHour {
			value = at.Format("15:00")
		}
		n[value] += b.Count
	}
	for v, c := range n {
		in.answer.Counts = append(in.answer.Counts, Count{Field: string(by), Value: v, Count: c})
	}
	slices.SortFunc(in.answer.Counts, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return nil
}
