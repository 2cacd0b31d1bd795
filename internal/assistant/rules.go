package assistant

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/assistant/question"
	"aoc/internal/console"
	"aoc/internal/query"
)

// maxPages is the most pages that are read for one answer: a page may be short where the
// index cannot decide.
const maxPages = 40

// inquiry is a question being answered by rules.
type inquiry struct {
	*Assistant
	asked    Question
	read     question.Reading
	filter   console.Filter // the question's and the reading's together
	answer   Answer
	progress Progress
}

// askByRules answers a question without a language model.
func (a *Assistant) askByRules(ctx context.Context, q Question, progress Progress) (Answer, error) {
	in := &inquiry{Assistant: a, asked: q, progress: progress}
	names := &resolver{console: a.console, filter: q.Filter}
	in.read = question.ReadKnowing(q.Text, a.clock.Now(), q.Zone, question.Known{
		IsName:     func(text string) bool { return names.named(ctx, text) },
		Operations: func() []string { return names.operations(ctx) },
	})
	in.answer = Answer{
		By: ByRules, Kind: string(in.read.Kind), Complete: true,
		Claims: []Claim{}, Events: []aoc.Event{}, Counts: []Count{}, Notes: []Note{}, Warnings: []string{}, Steps: []Step{},
	}
	text, err := in.understand(ctx, names)
	if err != nil {
		return Answer{}, err
	}
	if err := in.narrow(text); err != nil {
		return Answer{}, err
	}
	if !in.never() {
		if err := in.search(ctx); err != nil {
			return Answer{}, err
		}
	}
	if err := in.coverage(ctx); err != nil {
		return Answer{}, err
	}
	in.tell()
	return in.answer, nil
}

// understand looks the names up and gives the question as a query.
func (in *inquiry) understand(ctx context.Context, names *resolver) (string, error) {
	var where aoc.And
	if all, ok := in.read.Where.(aoc.And); ok {
		where = slices.Clone(all)
	} else if in.read.Where != nil {
		where = aoc.And{in.read.Where}
	}
	for _, n := range in.read.Notes {
		note := Note{Words: Plain(n.Words), Meaning: n.Meaning}
		if n.Where != nil {
			note.Query = query.Format(n.Where)
		}
		in.answer.Notes = append(in.answer.Notes, note)
	}
	if s := in.read.Span; s.Words != "" {
		in.answer.Notes = append(in.answer.Notes, Note{Words: Plain(s.Words), Meaning: in.spanWords(s)})
	}
	for _, n := range in.read.Names {
		found, err := names.resolve(ctx, n)
		if err != nil {
			return "", err
		}
		if found.unread {
			in.read.Unread = append(in.read.Unread, n.Texts...)
			continue
		}
		where = append(where, found.where)
		for _, note := range found.notes {
			note.Words, note.Meaning = Plain(note.Words), Plain(note.Meaning)
			in.answer.Notes = append(in.answer.Notes, note)
		}
	}
	if len(where) == 0 && !in.read.Changes && len(in.read.Unread) > 0 && in.read.Span.Words == "" && len(in.read.Topics) == 0 {
		// Nothing else was understood: the words are looked for as they are.
		for _, w := range in.read.Unread {
			where = append(where, aoc.Text{Term: w})
		}
		in.answer.Notes = append(in.answer.Notes, Note{Words: Plain(strings.Join(in.read.Unread, " ")), Meaning: "events that contain these words", Query: query.Format(where)})
		in.read.Unread = nil
	}
	if len(in.read.Unread) > 0 {
		in.answer.Warnings = append(in.answer.Warnings, "These words were not understood and played no part: "+Plain(strings.Join(in.read.Unread, ", "))+".")
	}
	if self := in.read.Self; self != "" {
		in.answer.Warnings = append(in.answer.Warnings, "That somebody did it to "+self+" cannot be looked for: what was done to others is here, too.")
	}
	text := ""
	if len(where) > 0 {
		text = query.Format(where)
	}
	if in.read.Changes {
		text = strings.TrimSpace("is:change " + text)
	}
	return text, nil
}

// narrow puts the question and the filter together, so that nothing outside of the filter is
// found.
func (in *inquiry) narrow(text string) error {
	in.answer.Query = text
	in.answer.Start, in.answer.End = in.read.Span.Start.UTC(), in.read.Span.End.UTC()
	if in.read.Span.Start.IsZero() {
		in.answer.Start = time.Time{}
	}
	if in.read.Span.End.IsZero() {
		in.answer.End = time.Time{}
	}
	f, ok := with(in.asked.Filter, text)
	if !ok {
		return invalidQuestion("the question and the filters are too long together")
	}
	if f.Start.Before(in.answer.Start) {
		f.Start = in.answer.Start
	}
	if f.End.IsZero() || !in.answer.End.IsZero() && in.answer.End.Before(f.End) {
		f.End = in.answer.End
	}
	in.filter = f
	in.answer.Start, in.answer.End = f.Start, f.End
	if err := f.Validate(in.clock.Now()); err != nil && !in.never() {
		if p, ok := errors.AsType[*console.InvalidParam](err); ok && p.Name == "q" {
			return invalidQuestion("the question names too much at once")
		}
		return err
	}
	return nil
}

// never reports whether the filters leave nothing of the time that the question is about.
func (in *inquiry) never() bool {
	return !in.filter.Start.IsZero() && !in.filter.End.IsZero() && !in.filter.Start.Before(in.filter.End)
}

// search finds the events of the answer.
func (in *inquiry) search(ctx context.Context) error {
	facets := []aoc.Field{aoc.FieldActor, aoc.FieldOperation, aoc.FieldResult}
	if by := in.read.By; by != "" && slices.Contains(aoc.FacetFields(), by) && !slices.Contains(facets, by) {
		facets = append(facets, by)
	}
	step := Step{Tool: "get_summary", Says: "counting " + in.subject(), Query: in.answer.Query, Start: in.filter.Start, End: in.filter.End}
	in.progress(step)
	sum, err := in.console.Summary(ctx, in.filter, console.SummaryParams{Facets: facets, Values: max(20, in.read.N)})
	if err != nil {
		return err
	}
	step.Events = int(sum.Total)
	in.answer.Steps = append(in.answer.Steps, step)
	in.answer.Total, in.answer.Complete, in.answer.CompleteUntil = sum.Total, sum.Complete, sum.CompleteUntil
	f, limit := in.filter, MaxEvents
	switch in.read.Kind {
	case question.First:
		if sum.Total > 0 && sum.Complete {
			f.Start, f.End, limit = sum.First, sum.First.Add(1), 1
		}
	case question.Last:
		limit = 1
	case question.List:
		if in.read.N > 0 {
			limit = min(in.read.N, MaxEvents)
		}
	}
	if sum.Total > 0 || !sum.Complete {
		if err := in.readNewest(ctx, f, limit); err != nil {
			return err
		}
	}
	return in.count(ctx, sum)
}

// readNewest reads the newest events, page by page, up to a limit.
func (in *inquiry) readNewest(ctx context.Context, f console.Filter, limit int) error {
	step := Step{Tool: "search_events", Says: "looking for " + in.subject(), Query: in.answer.Query, Start: f.Start, End: f.End}
	in.progress(step)
	cursor := ""
	for range maxPages {
		page, err := in.console.Search(ctx, console.SearchParams{Filter: f, PageSize: min(limit-len(in.answer.Events), console.MaxPageSize), Cursor: cursor})
		if err != nil {
			return err
		}
		in.answer.Events = append(in.answer.Events, page.Items...)
		if cursor = page.NextCursor; cursor == "" || len(in.answer.Events) >= limit {
			break
		}
		if !page.Complete && page.CompleteUntil.After(in.answer.CompleteUntil) {
			in.answer.Complete, in.answer.CompleteUntil = false, page.CompleteUntil
		}
	}
	if in.read.Kind == question.First && len(in.answer.Events) > 1 {
		in.answer.Events = in.answer.Events[len(in.answer.Events)-1:]
	}
	step.Events = len(in.answer.Events)
	in.answer.Steps = append(in.answer.Steps, step)
	return nil
}

// coverage warns of what is not certain about the span.
func (in *inquiry) coverage(ctx context.Context) error {
	if !in.answer.Complete {
		until := ""
		if !in.answer.CompleteUntil.IsZero() {
			until = " The answer is complete back to " + in.when(in.answer.CompleteUntil) + "."
		}
		in.answer.Warnings = append(in.answer.Warnings, "Not every event could be looked at."+until+" A narrower question or a shorter time helps.")
	}
	if in.never() {
		return nil
	}
	span := aoc.Window{Start: in.filter.Start, End: in.filter.End}
	if now := in.clock.Now(); span.End.IsZero() || span.End.After(now) {
		span.End = now
	}
	if !span.Start.Before(span.End) {
		return nil
	}
	cov, err := in.console.Coverage(ctx, span)
	if aoc.CodeOf(err) == aoc.CodeUnavailable || aoc.CodeOf(err) == aoc.CodeForbidden { // nothing is collected here
		return nil
	}
	if err != nil {
		return err
	}
	in.uncollected(ctx)
	if cov.Complete {
		return nil
	}
	for _, feed := range cov.Feeds {
		for _, g := range feed.Gaps {
			// What is due since the last run is no hole.
			if g.Reason == "unplanned" && g.Window.End.Add(time.Hour).After(span.End) && g.Window.Duration() < time.Hour {
				continue
			}
			in.answer.Warnings = append(in.answer.Warnings, "Of "+feed.Title+", "+in.when(g.Window.Start)+" to "+in.when(g.Window.End)+" is not proved to be collected: events of then may be missing.")
			break
		}
		for _, l := range feed.Losses {
			in.answer.Warnings = append(in.answer.Warnings, "Of "+feed.Title+", something from "+in.when(l.Window.Start)+" to "+in.when(l.Window.End)+" was lost before it could be collected.")
			break
		}
	}
	return nil
}

// uncollected warns, where nothing was found, of sources that have it and are not collected.
func (in *inquiry) uncollected(ctx context.Context) {
	if in.answer.Total > 0 {
		return
	}
	collectors := map[aoc.Source]string{aoc.SourceSignIn: "signin", aoc.SourceRisk: "riskdetection", aoc.SourceIntune: "intuneaudit", aoc.SourceDirectory: "directoryaudit", aoc.SourceUnified: "managementactivity"}
	on := in.console.Features(ctx).Sources
	for _, s := range sourcesOf(in.read.Where) {
		if name := collectors[s]; name != "" && !slices.Contains(on, name) {
			in.answer.Warnings = append(in.answer.Warnings, "The source "+string(s)+" may have what was asked for, and is not collected here: \""+name+"\" in AOC_SOURCES switches it on.")
		}
	}
}

// sourcesOf gives the sources that a condition asks for by name.
func sourcesOf(x aoc.Expr) (all []aoc.Source) {
	switch x := x.(type) {
	case aoc.And:
		for _, part := range x {
			all = append(all, sourcesOf(part)...)
		}
	case aoc.Or:
		for _, part := range x {
			all = append(all, sourcesOf(part)...)
		}
	case aoc.Is:
		if x.Field == aoc.FieldSource {
			for _, v := range x.Values {
				all = append(all, aoc.Source(v))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
