package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"aoc"
	"aoc/internal/store"
)

// documentChanges are documents as they are after a change, and the records of it; or
// records, and what people have added to events, that come from another store.
type documentChanges struct {
	Documents []documentDoc `bson:"documents,omitempty"`
	Records   []editDoc     `bson:"records,omitempty"`
	Events    []annotated   `bson:"events,omitempty"`
	// Drop are kinds of which only the given documents stay.
	Drop []string `bson:"drop,omitempty"`
}

// documentDoc is a small thing that somebody made. One that was removed stays, without a
// body, so that its versions are never used again.
type documentDoc struct {
	ID      string `bson:"_id"` // kind/name
	Kind    string `bson:"kind"`
	Name    text   `bson:"name"`
	Version int64  `bson:"version"`
	By      text   `bson:"by"`
	At      int64  `bson:"at"`
	Body    text   `bson:"body,omitempty"` // JSON
	Gone    bool   `bson:"gone,omitempty"`
	// Changed is the entry of the log that last changed it.
	Changed int64 `bson:"changed"`
}

func documentID(kind, name string) string { return kind + "/" + name }

func newDocumentDoc(d *store.Document) documentDoc {
	return documentDoc{
		ID: documentID(d.Kind, d.ID), Kind: d.Kind, Name: text(d.ID), Version: d.Version, By: text(d.By), At: nanos(d.At), Body: text(d.Body),
		Gone: d.Body == nil,
	}
}

// PutDocument implements [store.Documents].
func (s *Store) PutDocument(ctx context.Context, d store.Document) (store.Document, error) {
	const op = "mongo.put_document"
	if err := store.CheckDocument(op, &d); err != nil {
		return store.Document{}, err
	}
	if !json.Valid(d.Body) {
		return store.Document{}, aoc.Errorf(aoc.CodeInvalid, op, "body: not JSON")
	}
	if err := s.changeDocument(ctx, op, &d, false); err != nil {
		return store.Document{}, err
	}
	return d, nil
}

// DropDocument implements [store.Documents].
func (s *Store) DropDocument(ctx context.Context, d store.Document) error {
	const op = "mongo.drop_document"
	if err := store.CheckDocument(op, &d); err != nil {
		return err
	}
	d.Body = nil
	return s.changeDocument(ctx, op, &d, true)
}

// changeDocument writes a document, or removes it, if the stored one has d's version. It
// gives d its next version and leaves a record.
func (s *Store) changeDocument(ctx context.Context, op string, d *store.Document, drop bool) error {
	if err := s.writable(op); err != nil {
		return err
	}
	seen := d.Version
	err := s.log.change(ctx, func(last *entry) (*entry, error) {
		was, err := s.document(ctx, d.Kind, d.ID)
		if err != nil {
			return nil, err
		}
		there := was != nil && !was.Gone
		if !there && drop {
			return nil, aoc.Errorf(aoc.CodeNotFound, op, "it is not there any more")
		}
		if there && was.Version != seen || !there && seen != 0 {
			e := aoc.Errorf(aoc.CodeConflict, op, "somebody else has changed it meanwhile")
			e.Hint = "Load it again, look at what is different, then make your change."
			return nil, e
		}
		d.Version = 1
		var before json.RawMessage
		if was != nil {
			d.Version = was.Version + 1
		}
		if there {
			before = json.RawMessage(was.Body)
		}
		r := newEditDoc(&aoc.EditRecord{
			Seq: last.Edits + 1, Subject: documentID(d.Kind, d.ID), Action: aoc.EditDocument, By: d.By, At: d.At, Before: before, After: d.Body,
		})
		return last.after(kindDocument, last.Edits+1, &documentChanges{Documents: []documentDoc{newDocumentDoc(d)}, Records: []editDoc{r}}), nil
	})
	return s.fault(err, op)
}

// document reads a document; nil when there never was one.
func (s *Store) document(ctx context.Context, kind, name string) (*documentDoc, error) {
	var d documentDoc
	err := s.documents.FindOne(ctx, byID(documentID(kind, name))).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	return &d, err
}

// applyDocuments writes documents and records of edits.
func (s *Store) applyDocuments(ctx context.Context, n int64, c *documentChanges) error {
	stays := map[string]bool{}
	for i := range c.Documents {
		d := &c.Documents[i]
		stays[d.ID] = true
		if err := s.advanceDocument(ctx, n, d); err != nil {
			return err
		}
	}
	for _, kind := range c.Drop {
		found, err := s.documentsOf(ctx, kind)
		if err != nil {
			return err
		}
		for i := range found {
			d := &found[i]
			if stays[d.ID] || d.Gone {
				continue
			}
			d.Gone, d.Body = true, ""
			if err := s.advanceDocument(ctx, n, d); err != nil {
				return err
			}
		}
	}
	return s.applyEdits(ctx, n, &editChanges{Events: c.Events, Records: c.Records})
}

func (s *Store) advanceDocument(ctx context.Context, n int64, d *documentDoc) error {
	return s.advance(ctx, s.documents, "changed", n, true, step{d.ID, bson.D{
		{Key: "kind", Value: d.Kind}, {Key: "name", Value: d.Name}, {Key: "version", Value: d.Version}, {Key: "by", Value: d.By},
		{Key: "at", Value: d.At}, {Key: "body", Value: d.Body}, {Key: "gone", Value: d.Gone},
	}})
}

// documentsOf reads the documents of a kind, also those that are gone.
func (s *Store) documentsOf(ctx context.Context, kind string) ([]documentDoc, error) {
	cursor, err := s.documents.Find(ctx, bson.D{{Key: "kind", Value: kind}})
	if err != nil {
		return nil, err
	}
	var found []documentDoc
	if err := cursor.All(ctx, &found); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b documentDoc) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return found, nil
}

// ListDocuments implements [store.Documents].
func (s *Store) ListDocuments(ctx context.Context, kind string) ([]store.Document, error) {
	found, err := s.documentsOf(ctx, kind)
	if err != nil {
		return nil, s.fault(err, "mongo.list_documents")
	}
	var docs []store.Document
	for i := range found {
		d := &found[i]
		if d.Gone {
			continue
		}
		docs = append(docs, store.Document{
			Kind: kind, ID: string(d.Name), Version: d.Version, By: string(d.By), At: fromNanos(d.At), Body: json.RawMessage(d.Body),
		})
	}
	return docs, nil
}
