package mongo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/internal/store"
)

// itemDoc is an item. Each change of one is one command on a document whose version it names,
// so it is in no log.
type itemDoc struct {
	ID      string   `bson:"_id"` // kind/name
	Kind    string   `bson:"kind"`
	Name    string   `bson:"name"`
	Version int64    `bson:"version"`
	At      int64    `bson:"at"`     // ns since 1970
	Labels  []string `bson:"labels"` // name=value, sorted
	Has     []string `bson:"has"`    // the names of the labels
	Body    text     `bson:"body,omitempty"`
}

func newItemDoc(it *store.Item) *itemDoc {
	d := &itemDoc{ID: documentID(it.Kind, it.ID), Kind: it.Kind, Name: it.ID, Version: it.Version, At: nanos(it.At), Body: text(it.Body), Labels: []string{}, Has: []string{}}
	for name, value := range it.Labels {
		d.Labels, d.Has = append(d.Labels, labelOf(name, value)), append(d.Has, name)
	}
	slices.Sort(d.Labels)
	slices.Sort(d.Has)
	return d
}

func labelOf(name, value string) string { return name + "=" + value }

func (d *itemDoc) item() store.Item {
	it := store.Item{Kind: d.Kind, ID: d.Name, Version: d.Version, At: fromNanos(d.At), Body: json.RawMessage(d.Body)}
	for _, label := range d.Labels {
		if it.Labels == nil {
			it.Labels = map[string]string{}
		}
		name, value, _ := strings.Cut(label, "=")
		it.Labels[name] = value
	}
	return it
}

// PutItem implements [store.Items].
func (s *Store) PutItem(ctx context.Context, it store.Item) (store.Item, error) {
	const op = "mongo.put_item"
	if err := cmp.Or(store.CheckItem(op, &it), s.writable(op)); err != nil {
		return store.Item{}, err
	}
	seen := it.Version
	it.Version++
	d := newItemDoc(&it)
	if seen == 0 {
		_, err := s.items.InsertOne(ctx, d)
		if mongo.IsDuplicateKeyError(err) {
			return store.Item{}, store.ItemChanged(op)
		}
		return it, s.fault(err, op)
	}
	replaced, err := s.replaceItem(ctx, d, seen)
	if err == nil && !replaced {
		return store.Item{}, store.ItemChanged(op)
	}
	return it, s.fault(err, op)
}

// replaceItem writes an item if the stored one has a version.
func (s *Store) replaceItem(ctx context.Context, d *itemDoc, version int64) (bool, error) {
	if s.caps.scans {
		defer lookAndWrite(d.ID)()
	}
	r, err := s.items.ReplaceOne(ctx, bson.D{{Key: "_id", Value: d.ID}, {Key: "version", Value: version}}, d)
	if err != nil {
		return false, err
	}
	return r.MatchedCount > 0, nil
}

// Item implements [store.Items].
func (s *Store) Item(ctx context.Context, kind, id string) (store.Item, error) {
	const op = "mongo.item"
	var d itemDoc
	err := s.items.FindOne(ctx, byID(documentID(kind, id))).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return store.Item{}, store.NoItem(op)
	}
	if err != nil {
		return store.Item{}, s.fault(err, op)
	}
	return d.item(), nil
}

// itemFilter is a filter as the server reads it.
func itemFilter(f *store.ItemFilter) bson.D {
	all := bson.A{bson.D{{Key: "kind", Value: f.Kind}}}
	for name, values := range f.Labels {
		var labels []string
		for _, v := range values {
			if v != "" {
				labels = append(labels, labelOf(name, v))
			}
		}
		either := bson.A{bson.D{{Key: "labels", Value: bson.D{{Key: "$in", Value: labels}}}}}
		if slices.Contains(values, "") {
			either = append(either, bson.D{{Key: "has", Value: bson.D{{Key: "$nin", Value: []string{name}}}}})
		}
		if len(labels) == 0 {
			either = either[1:]
		}
		all = append(all, bson.D{{Key: "$or", Value: either}})
	}
	if !f.From.IsZero() {
		all = append(all, bson.D{{Key: "at", Value: bson.D{{Key: "$gte", Value: nanos(f.From)}}}})
	}
	if !f.To.IsZero() {
		all = append(all, bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: nanos(f.To)}}}})
	}
	if p := f.After; p != nil {
		at, id := nanos(p.At), documentID(f.Kind, p.ID)
		all = append(all, bson.D{{Key: "$or", Value: bson.A{
			bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: at}}}},
			bson.D{{Key: "at", Value: at}, {Key: "_id", Value: bson.D{{Key: "$lt", Value: id}}}},
		}}})
	}
	return bson.D{{Key: "$and", Value: all}}
}

// ListItems implements [store.Items].
func (s *Store) ListItems(ctx context.Context, f store.ItemFilter) ([]store.Item, error) {
	const op = "mongo.list_items"
	if err := store.CheckItemFilter(op, &f); err != nil {
		return nil, err
	}
	opts := options.Find().SetSort(bson.D{{Key: "at", Value: -1}, {Key: "_id", Value: -1}})
	if f.Limit > 0 {
		opts.SetLimit(int64(f.Limit))
	}
	cursor, err := s.items.Find(ctx, itemFilter(&f), opts)
	if err != nil {
		return nil, s.fault(err, op)
	}
	var found []itemDoc
	if err := cursor.All(ctx, &found); err != nil {
		return nil, s.fault(err, op)
	}
	var all []store.Item
	for i := range found {
		all = append(all, found[i].item())
	}
	return all, nil
}

// CountItems implements [store.Items].
func (s *Store) CountItems(ctx context.Context, f store.ItemFilter, label string) (map[string]int64, error) {
	const op = "mongo.count_items"
	if err := store.CheckItemFilter(op, &f); err != nil {
		return nil, err
	}
	f.After = nil
	cursor, err := s.items.Find(ctx, itemFilter(&f), options.Find().SetProjection(bson.D{{Key: "labels", Value: 1}}))
	if err != nil {
		return nil, s.fault(err, op)
	}
	defer func() { _ = cursor.Close(ctx) }()
	counts := map[string]int64{}
	for cursor.Next(ctx) {
		var d itemDoc
		if err := cursor.Decode(&d); err != nil {
			return nil, s.fault(err, op)
		}
		counts[d.item().Labels[label]]++
	}
	return counts, s.fault(cursor.Err(), op)
}

// DropItem implements [store.Items].
func (s *Store) DropItem(ctx context.Context, it store.Item) error {
	const op = "mongo.drop_item"
	if err := s.writable(op); err != nil {
		return err
	}
	dropped, err := s.dropItem(ctx, documentID(it.Kind, it.ID), it.Version)
	if err != nil || dropped {
		return s.fault(err, op)
	}
	if _, err := s.Item(ctx, it.Kind, it.ID); err != nil {
		return err
	}
	return store.ItemChanged(op)
}

func (s *Store) dropItem(ctx context.Context, id string, version int64) (bool, error) {
	if s.caps.scans {
		defer lookAndWrite(id)()
	}
	r, err := s.items.DeleteOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "version", Value: version}})
	if err != nil {
		return false, err
	}
	return r.DeletedCount > 0, nil
}

// DropItems implements [store.Items].
func (s *Store) DropItems(ctx context.Context, f store.ItemFilter, limit int) (dropped int64, err error) {
	const op = "mongo.drop_items"
	if err := s.writable(op); err != nil {
		return 0, err
	}
	f.Limit, f.After = limit, nil
	found, err := s.ListItems(ctx, f)
	if err != nil {
		return 0, err
	}
	for i := range found {
		// One that was changed since may not be selected any more.
		was, err := s.dropItem(ctx, documentID(f.Kind, found[i].ID), found[i].Version)
		if err != nil {
			return dropped, s.fault(err, op)
		}
		if was {
			dropped++
		}
	}
	return dropped, nil
}

// ItemKinds implements [store.Items].
func (s *Store) ItemKinds(ctx context.Context) ([]string, error) {
	return distinct(ctx, s, "mongo.item_kinds", s.items, bson.D{}, "kind")
}

// RestoreItems implements [store.Items].
func (s *Store) RestoreItems(ctx context.Context, its []store.Item) error {
	const op = "mongo.restore_items"
	if err := s.writable(op); err != nil {
		return err
	}
	for i := range its {
		if err := cmp.Or(store.CheckItem(op, &its[i]), store.CheckItemVersion(op, &its[i])); err != nil {
			return err
		}
	}
	for i := range its {
		d := newItemDoc(&its[i])
		if _, err := s.items.ReplaceOne(ctx, byID(d.ID), d, options.Replace().SetUpsert(true)); err != nil {
			return s.fault(err, op)
		}
	}
	return nil
}
