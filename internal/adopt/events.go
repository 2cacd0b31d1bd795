package adopt

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"

	"aoc"
	"aoc/internal/store"
)

// events adopts the documents of events.
func (a *adopter) events(ctx context.Context) error {
	collections, err := a.has(ctx, a.cfg.Original.Events())
	if err != nil {
		return err
	}
	total, err := a.survey(ctx, collections)
	if err != nil {
		return err
	}
	for _, name := range collections {
		if err := a.chunks(ctx, name, func(ctx context.Context, docs []Document) error {
			if err := a.adopt(ctx, docs); err != nil {
				return err
			}
			done := a.state.Report.Documents
			a.cfg.Progress(Progress{Done: done, Total: max(total, done)})
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// survey tells about how many documents there are, and notes what else there is to say of
// their collections.
func (a *adopter) survey(ctx context.Context, collections []string) (documents int64, err error) {
	r := &a.state.Report
	r.SetAside, r.Expiring = "", nil
	for _, name := range collections {
		if strings.HasSuffix(name, AsideSuffix) {
			r.SetAside = name
		}
		expiring, err := a.cfg.Original.Expiring(ctx, name)
		if err != nil {
			return 0, err
		}
		for _, index := range expiring {
			r.Expiring = append(r.Expiring, name+"."+index)
		}
		n, err := a.cfg.Original.Count(ctx, name)
		if err != nil {
			return 0, err
		}
		documents += n
	}
	return documents, nil
}

// adopt puts documents into the store: events first, then what people added to them.
func (a *adopter) adopt(ctx context.Context, docs []Document) error {
	all := make([]adopted, len(docs))
	errs := make([]error, len(docs))
	spread(len(docs), func(i int) { all[i], errs[i] = a.derive.derive(docs[i].Raw) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	counts, err := a.append(ctx, all)
	if err != nil {
		return err
	}
	if err := a.quarantine(ctx, all); err != nil {
		return err
	}
	tags, comments, err := a.annotate(ctx, all)
	if err != nil {
		return err
	}
	r := &a.state.Report
	r.New, r.Duplicate, r.Revision = r.New+counts.New, r.Duplicate+counts.Duplicate, r.Revision+counts.Revision
	r.Tags, r.Comments = r.Tags+tags, r.Comments+comments
	for i := range all {
		if err := a.tally(ctx, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

// tally counts what became of a document.
func (a *adopter) tally(ctx context.Context, d *adopted) error {
	r := &a.state.Report
	r.Documents++
	if d.refused != nil {
		r.Quarantined++
		r.countReason(d.refused.Reason)
		return nil
	}
	r.Adopted++
	if d.rebuilt {
		r.Rebuilt++
	}
	return a.release(ctx, a.derive.place(eventDocuments, d.doc))
}

// spread calls f for 0 … n-1, on all processors.
func spread(n int, f func(i int)) {
	var running sync.WaitGroup
	workers := min(n, runtime.GOMAXPROCS(0))
	for w := range workers {
		running.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	running.Wait()
}

// append puts the events into the log: first those with a record, then the rebuilt ones,
// which must not hide a record that is known.
func (a *adopter) append(ctx context.Context, all []adopted) (counts aoc.Counts, err error) {
	if a.cfg.DryRun {
		return counts, nil
	}
	var recorded, rebuilt []*adopted
	for i := range all {
		if all[i].rebuilt {
			rebuilt = append(rebuilt, &all[i])
		} else {
			recorded = append(recorded, &all[i])
		}
	}
	if err := a.appendAll(ctx, recorded, &counts); err != nil {
		return counts, err
	}
	rebuilt, err = a.withoutRecord(ctx, rebuilt)
	if err != nil {
		return counts, err
	}
	if err := a.appendAll(ctx, rebuilt, &counts); err != nil {
		return counts, err
	}
	_, err = a.cfg.Store.Compact(ctx)
	return counts, err
}

// appendAll appends the events of documents at once, or document by document where the store
// refuses something of some: those are quarantined.
func (a *adopter) appendAll(ctx context.Context, docs []*adopted, counts *aoc.Counts) error {
	var events []aoc.Event
	for _, d := range docs {
		events = append(events, d.events...)
	}
	if len(events) == 0 {
		return nil
	}
	outcomes, err := a.cfg.Store.Append(ctx, events)
	if aoc.CodeOf(err) != aoc.CodeInvalid {
		count(counts, outcomes)
		return err
	}
	if len(docs) > 1 {
		for i := range docs {
			if err := a.appendAll(ctx, docs[i:i+1], counts); err != nil {
				return err
			}
		}
		return nil
	}
	d := docs[0]
	d.refused = a.derive.quarantine(eventDocuments, d.doc, d.events[0].ReceivedAt, aoc.MessageOf(err))
	d.events, d.rebuilt = nil, false
	return nil
}

// withoutRecord gives the rebuilt documents of events that are not known with a record. The
// others are quarantined; what people added to them goes to the event all the same.
func (a *adopter) withoutRecord(ctx context.Context, docs []*adopted) (rest []*adopted, err error) {
	for _, d := range docs {
		versions, err := a.cfg.Store.Versions(ctx, d.events[0].Key)
		if err != nil && aoc.CodeOf(err) != aoc.CodeNotFound {
			return nil, err
		}
		recorded := func(v store.Version) bool { return !bytes.Contains(v.Raw, []byte(rebuiltNote)) }
		same := func(v store.Version) bool { return bytes.Equal(v.Raw, d.events[0].Raw) }
		if slices.ContainsFunc(versions, recorded) && !slices.ContainsFunc(versions, same) {
			d.refused = a.derive.quarantine(eventDocuments, d.doc, d.events[0].ReceivedAt, "the document has no record, and its event is known with one")
			d.rebuilt = false
			continue
		}
		rest = append(rest, d)
	}
	return rest, nil
}

func count(c *aoc.Counts, outcomes []store.Outcome) {
	for _, o := range outcomes {
		switch o {
		case store.New:
			c.New++
		case store.Duplicate:
			c.Duplicate++
		default:
			c.Revision++
		}
	}
}

// quarantine keeps the documents that are no events.
func (a *adopter) quarantine(ctx context.Context, all []adopted) error {
	var qs []aoc.Quarantined
	for i := range all {
		if q := all[i].refused; q != nil {
			qs = append(qs, *q)
		}
	}
	if len(qs) == 0 || a.cfg.DryRun {
		return nil
	}
	return a.cfg.Store.PutQuarantine(ctx, qs)
}

// annotate gives events the tags and comments of their documents.
func (a *adopter) annotate(ctx context.Context, all []adopted) (tags, comments int64, err error) {
	for i := range all {
		d := &all[i]
		for n := range d.events {
			t, c, err := a.remarkOn(ctx, d.events[n].Key, d.tags, d.comments)
			if err != nil {
				return tags, comments, err
			}
			tags, comments = tags+t, comments+c
		}
	}
	return tags, comments, nil
}

// remarkOn gives an event tags and comments that it does not have yet. Those without a time
// get the one at which the event was received, which is the same each time.
func (a *adopter) remarkOn(ctx context.Context, key string, tags, comments []remark) (tagged, commented int64, err error) {
	if len(tags)+len(comments) == 0 {
		return 0, 0, nil
	}
	if a.cfg.DryRun {
		return int64(len(tags)), int64(len(comments)), nil
	}
	e, err := a.cfg.Store.Get(ctx, key)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		return 0, 0, nil // it has expired already
	}
	if err != nil {
		return 0, 0, err
	}
	edits := remarkEdits(&e, tags, comments)
	if len(edits) == 0 {
		return 0, 0, nil
	}
	records, err := a.cfg.Store.Annotate(ctx, edits)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		return 0, 0, nil
	}
	for i := range records {
		if records[i].Action == aoc.EditComment {
			commented++
		} else {
			tagged++
		}
	}
	return tagged, commented, err
}

// remarkEdits makes edits of remarks that an event does not have.
func remarkEdits(e *aoc.Event, tags, comments []remark) []aoc.Edit {
	var edits []aoc.Edit
	edit := func(r remark) aoc.Edit {
		x := aoc.Edit{Key: e.Key, By: r.by, At: r.at}
		if x.By == "" {
			x.By = by
		}
		if !plausible(x.At) {
			x.At = e.ReceivedAt
		}
		return x
	}
	for _, r := range tags {
		if slices.ContainsFunc(e.Tags, func(t string) bool { return strings.EqualFold(t, r.text) }) {
			continue
		}
		x := edit(r)
		x.Tags = &aoc.TagEdit{Add: []string{r.text}}
		edits = append(edits, x)
	}
	for _, r := range comments {
		x := edit(r)
		x.Comment = r.text
		same := func(c aoc.Comment) bool { return c.Author == x.By && c.Text == x.Comment && c.At.Equal(x.At) }
		if !slices.ContainsFunc(e.Comments, same) {
			edits = append(edits, x)
		}
	}
	return edits
}
