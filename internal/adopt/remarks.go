package adopt

import (
	"context"
	"encoding/json"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/store"
)

// The collections that tags, comments, rules and watermarks may be in.
var ( //nolint:gochecknoglobals // read-only tables
	tagCollections       = []string{"tags", "event_tags", "eventTags", "labels", "event_labels"}
	commentCollections   = []string{"comments", "event_comments", "eventComments", "notes", "event_notes"}
	ruleCollections      = []string{"rules", "alert_rules", "alertRules", "detection_rules"}
	watermarkCollections = []string{"watermarks", "watermark", "fetch_state", "fetch_watermarks", "sync_state"}
)

// eventRefs are the fields by which a document names its event, with the fields of events
// that they may be.
var eventRefs = []struct{ field, of string }{ //nolint:gochecknoglobals // read-only table
	{"dedupe_key", "dedupe_key"}, {"event_dedupe_key", "dedupe_key"}, {"dedupeKey", "dedupe_key"}, {"event_key", "dedupe_key"},
	{"event_id", ""}, {"eventId", ""}, {"event", ""}, {"event_ref", ""},
}

// remarks gives events the tags and comments that are in collections of their own.
func (a *adopter) remarks(ctx context.Context) error {
	for _, kind := range []struct {
		collections []string
		read        func(f fields) (tags, comments []remark)
	}{
		{tagCollections, separateTags}, {commentCollections, separateComments},
	} {
		collections, err := a.has(ctx, kind.collections)
		if err != nil {
			return err
		}
		for _, name := range collections {
			take := func(ctx context.Context, docs []Document) error {
				for i := range docs {
					tags, comments := kind.read(fields{docs[i].Raw})
					if err := a.separate(ctx, name, docs[i].Raw, tags, comments); err != nil {
						return err
					}
				}
				return nil
			}
			if err := a.chunks(ctx, name, take); err != nil {
				return err
			}
		}
	}
	return nil
}

func separateTags(f fields) (tags, comments []remark) {
	return whole(f, f.tags(), tagNames), nil
}

func separateComments(f fields) (tags, comments []remark) {
	return nil, whole(f, f.comments(), commentNames)
}

// whole adds what a document says by itself to what it lists. Those that do not say who made
// them and when were made by whom the document says.
func whole(f fields, listed []remark, textNames []string) []remark {
	who, when := f.who(without(whoNames, textNames)...), f.time(whenNames...)
	if text := f.text(textNames...); text != "" && len(listed) == 0 {
		listed = append(listed, remark{text: text})
	}
	for i := range listed {
		if listed[i].by == "" {
			listed[i].by = who
		}
		if listed[i].at.IsZero() {
			listed[i].at = when
		}
	}
	return listed
}

// separate gives an event, or all that the original could not tell apart, what a document in
// another collection adds to it.
func (a *adopter) separate(ctx context.Context, collection string, doc bson.Raw, tags, comments []remark) error {
	keys, err := a.keysOf(ctx, fields{doc})
	if err != nil {
		return err
	}
	if len(keys) == 0 || len(tags)+len(comments) == 0 {
		reason := collection + ": it belongs to no event that was adopted"
		if len(keys) > 0 {
			reason = collection + ": it says nothing"
		}
		return a.orphan(ctx, collection, doc, reason)
	}
	r := &a.state.Report
	for _, key := range keys {
		t, c, err := a.remarkOn(ctx, key, tags, comments)
		if err != nil {
			return err
		}
		r.Tags, r.Comments = r.Tags+t, r.Comments+c
	}
	return a.release(ctx, a.derive.place(collection, doc))
}

func (a *adopter) orphan(ctx context.Context, collection string, doc bson.Raw, reason string) error {
	a.state.Report.Orphans++
	a.state.Report.countReason(reason)
	if a.cfg.DryRun {
		return nil
	}
	q := a.derive.quarantine(collection, doc, a.derive.received(fields{doc}), reason)
	return a.cfg.Store.PutQuarantine(ctx, []aoc.Quarantined{*q})
}

// keysOf gives the keys of the events that a document names.
func (a *adopter) keysOf(ctx context.Context, f fields) ([]string, error) {
	var keys []string
	seen := map[string]bool{}
	for _, ref := range eventRefs {
		v, ok := f.get(ref.field)
		if !ok {
			continue
		}
		docs, err := a.find(ctx, v, ref.of)
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			d, err := a.derive.derive(doc)
			if err != nil {
				return nil, err
			}
			for i := range d.events {
				if key := d.events[i].Key; !seen[key] {
					seen[key] = true
					keys = append(keys, key)
				}
			}
		}
		if len(keys) > 0 {
			break
		}
	}
	return keys, nil
}

// find gives the documents of events that have a value in a field: in their dedupe_key, or
// in whatever identifies them.
func (a *adopter) find(ctx context.Context, v bson.RawValue, field string) ([]bson.Raw, error) {
	type try struct {
		field string
		value any
	}
	tries := []try{{field, v}}
	if field == "" {
		tries = []try{{"_id", v}}
		if id, err := bson.ObjectIDFromHex(textOf(v)); err == nil && v.Type == bson.TypeString {
			tries = append(tries, try{"_id", id})
		}
		tries = append(tries, try{"id", v}, try{"dedupe_key", v})
	}
	collections, err := a.has(ctx, a.cfg.Original.Events())
	if err != nil {
		return nil, err
	}
	for _, t := range tries {
		for _, name := range collections {
			docs, err := a.cfg.Original.Find(ctx, name, t.field, t.value)
			if err != nil {
				return nil, err
			}
			if len(docs) > 0 {
				return docs, nil
			}
		}
	}
	return nil, nil
}

// rules keeps the original's rules as documents, until AOC has rules of its own.
func (a *adopter) rules(ctx context.Context) error {
	a.state.Report.Rules = 0
	collections, err := a.has(ctx, ruleCollections)
	if err != nil {
		return err
	}
	for _, name := range collections {
		for doc, err := range a.cfg.Original.Documents(ctx, name, Position{}) {
			if err != nil {
				return err
			}
			if err := a.keep(ctx, ruleKind, name, fields{doc.Raw}); err != nil {
				return err
			}
			a.state.Report.Rules++
		}
	}
	return nil
}

// The kinds of documents that keep what AOC has no other place for.
const (
	ruleKind      = "rule"
	watermarkKind = "watermark"
)

// keep keeps a document of the original as it was, unless one is there already: that was
// adopted before, and may have been changed since.
func (a *adopter) keep(ctx context.Context, kind, collection string, f fields) error {
	body, err := recordJSON(f.doc)
	if err != nil { // it has text that JSON cannot hold
		if body, err = json.Marshal(map[string][]byte{"bson": f.doc}); err != nil {
			return err
		}
	}
	if a.cfg.DryRun {
		return nil
	}
	_, err = a.cfg.Store.PutDocument(ctx, store.Document{
		Kind: kind, ID: collection + "/" + idText(f.doc), By: by, At: a.derive.received(f), Body: body,
	})
	if aoc.CodeOf(err) == aoc.CodeConflict {
		return nil
	}
	return err
}
