package mongo

import (
	"context"
	"encoding/json"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/store"
)

// editChanges are what edits lead to: how the events are annotated after them, and the
// records.
type editChanges struct {
	Events  []annotated `bson:"events"`
	Records []editDoc   `bson:"records"`
}

// annotated is what people have added to an event.
type annotated struct {
	Key        string     `bson:"key"`
	Tags       []text     `bson:"tags"`
	Comments   []comment  `bson:"comments"`
	Review     *reviewDoc `bson:"review"`
	ReviewEdit int64      `bson:"review_edit"`
}

// editDoc is the record of an edit.
type editDoc struct {
	ID      string `bson:"_id"` // Seq in 12 digits
	Seq     int64  `bson:"seq"`
	Subject text   `bson:"subject"`
	Action  text   `bson:"action"`
	By      text   `bson:"by"`
	At      int64  `bson:"at"` // ns
	Batch   text   `bson:"batch,omitempty"`
	Before  text   `bson:"before"` // JSON
	After   text   `bson:"after"`
	// Moved is the entry of the log that last gave the record to another subject.
	Moved int64 `bson:"moved,omitempty"`
}

func newEditDoc(r *aoc.EditRecord) editDoc {
	return editDoc{
		ID: entryID(r.Seq), Seq: r.Seq, Subject: text(r.Subject), Action: text(r.Action), By: text(r.By), At: nanos(r.At), Batch: text(r.Batch),
		Before: text(orNull(r.Before)), After: text(orNull(r.After)),
	}
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

func (d *editDoc) record() aoc.EditRecord {
	return aoc.EditRecord{
		Seq: d.Seq, Subject: string(d.Subject), Action: string(d.Action), By: string(d.By), At: fromNanos(d.At), Batch: string(d.Batch),
		Before: json.RawMessage(d.Before), After: json.RawMessage(d.After),
	}
}

func newAnnotated(key string, a *store.Annotation) annotated {
	return annotated{Key: key, Tags: texts(a.Tags), Comments: newComments(a.Comments), Review: newReviewDoc(a.Review), ReviewEdit: a.ReviewEdit}
}

// Annotate implements [store.Annotator].
func (s *Store) Annotate(ctx context.Context, edits []aoc.Edit) ([]aoc.EditRecord, error) {
	const op = "mongo.annotate"
	var keys []string
	named := map[string]bool{}
	for i := range edits {
		if err := store.CheckEdit(op, &edits[i]); err != nil {
			return nil, err
		}
		if !named[edits[i].Key] {
			named[edits[i].Key] = true
			keys = append(keys, edits[i].Key)
		}
	}
	if len(edits) == 0 {
		return nil, nil
	}
	if err := s.writable(op); err != nil {
		return nil, err
	}
	var records []aoc.EditRecord
	err := s.log.change(ctx, func(last *entry) (*entry, error) {
		records = nil
		states, err := s.annotations(ctx, keys)
		if err != nil {
			return nil, err
		}
		changed := map[string]bool{}
		c := &editChanges{}
		seq := last.Edits
		for i := range edits {
			state := states[edits[i].Key]
			if state == nil {
				return nil, notFound(op, edits[i].Key)
			}
			r, err := state.Apply(&edits[i], seq+1)
			if err != nil {
				return nil, err
			}
			if r == nil {
				continue
			}
			seq++
			changed[r.Subject] = true
			records = append(records, *r)
			c.Records = append(c.Records, newEditDoc(r))
		}
		if len(records) == 0 {
			return nil, nil
		}
		for _, key := range keys {
			if changed[key] {
				c.Events = append(c.Events, newAnnotated(key, states[key]))
			}
		}
		next := last.after(kindEdit, seq, c)
		next.Hours, err = s.hoursOf(ctx, keys)
		return next, err
	})
	if err != nil {
		return nil, s.fault(err, op)
	}
	return records, nil
}

// after gives an entry behind e that adds no events.
func (e *entry) after(kind string, edits int64, changes any) *entry {
	return &entry{Kind: kind, Size: e.Size, Edits: edits, Edge: e.Edge, changes: changes}
}

// annotations reads how events are annotated; those that are not there are left out.
func (s *Store) annotations(ctx context.Context, keys []string) (map[string]*store.Annotation, error) {
	found, err := findByIDs[eventDoc](ctx, s, s.events, keys, bson.D{
		{Key: "tags", Value: 1}, {Key: "comments", Value: 1}, {Key: "review", Value: 1}, {Key: "review_edit", Value: 1}, {Key: "contents", Value: 1},
	})
	if err != nil {
		return nil, err
	}
	states := make(map[string]*store.Annotation, len(found))
	for i := range found {
		d := &found[i]
		if d.gone() {
			continue
		}
		e := d.event()
		states[d.Key] = &store.Annotation{Tags: e.Tags, Comments: e.Comments, Review: e.Review, ReviewEdit: d.ReviewEdit}
	}
	return states, nil
}

// gone reports whether the document only says where an event went.
func (d *eventDoc) gone() bool { return len(d.Contents) == 0 }

// applyEdits writes what edits led to.
func (s *Store) applyEdits(ctx context.Context, n int64, c *editChanges) error {
	steps := make([]step, len(c.Events))
	for i := range c.Events {
		a := &c.Events[i]
		steps[i] = step{a.Key, bson.D{
			{Key: "tags", Value: a.Tags}, {Key: "comments", Value: a.Comments}, {Key: "review", Value: a.Review}, {Key: "review_edit", Value: a.ReviewEdit},
			{Key: "marks", Value: marksOf(fromTexts(a.Tags), a.Review.review())},
		}}
	}
	if err := s.advance(ctx, s.events, "annotated", n, false, steps...); err != nil {
		return err
	}
	return s.insertEdits(ctx, c.Records)
}

func (s *Store) insertEdits(ctx context.Context, records []editDoc) error {
	if len(records) == 0 {
		return nil
	}
	_, err := s.edits.InsertMany(ctx, records, options.InsertMany().SetOrdered(false))
	_, err = duplicates(err)
	return err
}

// Edits implements [store.Annotator].
func (s *Store) Edits(ctx context.Context, f store.EditFilter, limit int) ([]aoc.EditRecord, error) {
	const op = "mongo.edits"
	last, err := s.log.applied(ctx)
	if err != nil {
		return nil, s.fault(err, op)
	}
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: entryID(max(0, f.After))}, {Key: "$lte", Value: entryID(last.Edits)}}}}
	if f.Subject != "" {
		filter = append(filter, bson.E{Key: "subject", Value: text(f.Subject)})
	}
	if f.Batch != "" {
		filter = append(filter, bson.E{Key: "batch", Value: text(f.Batch)})
	}
	if limit <= 0 {
		return nil, nil
	}
	cursor, err := s.edits.Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, s.fault(err, op)
	}
	var found []editDoc
	if err := cursor.All(ctx, &found); err != nil {
		return nil, s.fault(err, op)
	}
	var records []aoc.EditRecord
	for i := range found {
		records = append(records, found[i].record())
	}
	return records, nil
}

func notFound(op, key string) error {
	e := aoc.Errorf(aoc.CodeNotFound, op, "there is no event with the key %q", key)
	e.Hint = "It may have expired. Search for it again."
	return e
}
