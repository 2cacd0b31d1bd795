package mongo

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/store"
)

// rewriteChanges are events that were derived anew: as they are afterwards, and which keys
// they no longer have.
type rewriteChanges struct {
	Events   []*eventDoc   `bson:"events"`
	Versions []*versionDoc `bson:"versions,omitempty"` // of events that have another key now
	Moved    []moved       `bson:"moved,omitempty"`
	// Equal are earlier versions that another one of the joined event is equal to.
	Equal []string `bson:"equal,omitempty"`
}

// moved says that an event has another key.
type moved struct {
	Key string `bson:"key"`
	Seq int64  `bson:"seq"` // of its newest version
	To  string `bson:"to"`
}

// tombstone is what is left of an event under a key that it has no more. It stays, so that
// who applies an old entry late cannot bring the event back.
type tombstone struct {
	Key    string `bson:"_id"`
	Seq    int64  `bson:"seq"`
	Joined string `bson:"joined"`
	// Rewritten is the entry of the log that moved it.
	Rewritten int64 `bson:"rewritten"`
	Annotated int64 `bson:"annotated"`
}

// tombstones counts what is left of events whose keys have changed.
func (s *Store) tombstones(ctx context.Context) (int64, error) {
	return s.events.CountDocuments(ctx, bson.D{{Key: "joined", Value: bson.D{{Key: "$exists", Value: true}}}})
}

// Rewrite implements [store.Maintainer]. Positions are keys: events are passed in their order.
func (s *Store) Rewrite(ctx context.Context, position string, limit int, derive func(aoc.Event) (aoc.Event, error)) (store.Rewritten, error) {
	const op = "mongo.rewrite"
	if position != "" && len(position) != aoc.KeyLen {
		return store.Rewritten{}, aoc.Errorf(aoc.CodeInvalid, op, "position: not one that this store gave")
	}
	if err := s.writable(op); err != nil {
		return store.Rewritten{}, err
	}
	total, err := s.countEvents(ctx)
	if err != nil {
		return store.Rewritten{}, s.fault(err, op)
	}
	var r *rewrite
	err = s.log.change(ctx, func(last *entry) (*entry, error) {
		r = &rewrite{s: s, derive: derive, docs: map[string]*eventDoc{}, hours: map[string]bool{}}
		if err := r.collect(ctx, position, max(limit, 1)); err != nil {
			return nil, err
		}
		if len(r.order) == 0 {
			return nil, nil
		}
		for _, d := range r.docs { // one that was joined may have another time than either had
			r.hours[hourOf(string(d.TenantID), d.At)] = true
		}
		e := last.after(kindRewrite, last.Edits, r.changes())
		for h := range r.hours {
			e.Hours = append(e.Hours, h)
		}
		slices.Sort(e.Hours)
		return e, nil
	})
	if err != nil {
		return store.Rewritten{}, s.fault(err, op)
	}
	r.done.Total = total
	return r.done, nil
}

// rewrite is one step of Rewrite.
type rewrite struct {
	s        *Store
	derive   func(aoc.Event) (aoc.Event, error)
	docs     map[string]*eventDoc // events as they will be, by the key they will have
	order    []string             // of docs that change
	versions []*versionDoc
	moved    []moved
	equal    []string
	hours    map[string]bool
	done     store.Rewritten
}

// collect reads the events that are next and derives them anew.
func (r *rewrite) collect(ctx context.Context, position string, limit int) error {
	filter := append(bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: position}}}}, isEvent()...)
	cursor, err := r.s.events.Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return err
	}
	var found []*eventDoc
	if err := cursor.All(ctx, &found); err != nil {
		return err
	}
	if err := r.s.load(ctx, found); err != nil {
		return err
	}
	for _, d := range found {
		r.done.Seen++
		if err := r.one(ctx, d); err != nil {
			return err
		}
	}
	if len(found) == limit {
		r.done.Next = found[limit-1].Key
	}
	return nil
}

// one derives an event anew.
func (r *rewrite) one(ctx context.Context, was *eventDoc) error {
	old := was.event()
	e, err := r.derive(was.event())
	if err != nil {
		r.done.Skipped++
		return nil
	}
	next := *was
	next.derive(&e)
	next.Source = was.Source
	if e.Key != old.Key {
		next.Key, next.DedupeKey, next.ID, next.TenantID = e.Key, text(e.DedupeKey), text(e.ID), text(e.TenantID)
		next.Source = text(e.Source)
	}
	check := next.event()
	if store.CheckEvent("mongo.rewrite", &check) != nil || reflect.DeepEqual(check, old) {
		return nil
	}
	r.done.Changed++
	r.hours[hourOf(old.TenantID, was.At)] = true
	r.hours[hourOf(string(next.TenantID), next.At)] = true
	if next.Key == was.Key {
		if now := r.docs[next.Key]; now != nil { // joined before, in this very step
			joined, err := r.join(ctx, now, was)
			if err != nil {
				return err
			}
			joined.derive(&e)
			r.put(joined)
			return nil
		}
		r.put(&next)
		return nil
	}
	return r.move(ctx, was, &next)
}

func (r *rewrite) put(d *eventDoc) {
	if r.docs[d.Key] == nil {
		r.order = append(r.order, d.Key)
	}
	r.docs[d.Key] = d
}

// move gives an event another key, and joins it with the one that has that.
func (r *rewrite) move(ctx context.Context, was, next *eventDoc) error {
	r.moved = append(r.moved, moved{was.Key, was.Seq, next.Key})
	older, err := r.s.versionsOf(ctx, []string{was.Key})
	if err != nil {
		return err
	}
	for i := range older {
		v := older[i]
		v.ID, v.Key, v.PartsOf = versionID(next.Key, v.Seq), next.Key, ""
		r.versions = append(r.versions, &v)
	}
	other := r.docs[next.Key]
	if other == nil {
		found, err := findByIDs[eventDoc](ctx, r.s, r.s.events, []string{next.Key}, nil)
		if err != nil {
			return err
		}
		if len(found) > 0 && !found[0].gone() {
			other = &found[0]
			if err := r.s.whole(ctx, other); err != nil {
				return err
			}
			r.hours[hourOf(string(other.TenantID), other.At)] = true
		}
	}
	if other == nil {
		r.put(next)
		return nil
	}
	r.done.Joined++
	joined, err := r.join(ctx, other, next)
	if err != nil {
		return err
	}
	r.put(joined)
	return nil
}

// join makes one event of two: the newest version is shown, equal versions count once, the
// first arrival's time stays, annotations of both are kept and the later review.
func (r *rewrite) join(ctx context.Context, a, b *eventDoc) (*eventDoc, error) {
	newest, other := a, b
	if b.Seq > a.Seq {
		newest, other = b, a
	}
	joined := *newest
	versions, err := r.allVersions(ctx, a, b)
	if err != nil {
		return nil, err
	}
	joined.Contents = nil
	for i, v := range versions {
		mark, err := contentMark([]byte(v.Raw))
		if err != nil {
			return nil, err
		}
		if slices.Contains(joined.Contents, mark) {
			r.equal = append(r.equal, v.ID)
			versions[i] = nil
			continue
		}
		joined.Contents = append(joined.Contents, mark)
	}
	versions = slices.DeleteFunc(versions, func(v *versionDoc) bool { return v == nil })
	shown := versions[len(versions)-1]
	joined.Seq, joined.Raw, joined.Received, joined.Salt, joined.Origin = shown.Seq, shown.Raw, shown.Received, shown.Salt, shown.Origin
	joined.Older = len(versions) - 1
	r.versions = slices.DeleteFunc(r.versions, func(v *versionDoc) bool { return v.Key == joined.Key })
	r.versions = append(r.versions, versions[:len(versions)-1]...)
	joined.First = min(a.First, b.First)
	joined.annotations(newest, other)
	return &joined, nil
}

// allVersions gives the versions of two events under the key of the second, by their places.
func (r *rewrite) allVersions(ctx context.Context, a, b *eventDoc) ([]*versionDoc, error) {
	var all []*versionDoc
	for _, d := range []*eventDoc{a, b} {
		v := d.version()
		v.ID, v.Key = versionID(b.Key, v.Seq), b.Key
		all = append(all, &v)
	}
	stored, err := r.s.versionsOf(ctx, []string{b.Key})
	if err != nil {
		return nil, err
	}
	for i := range stored {
		stored[i].PartsOf = ""
		all = append(all, &stored[i])
	}
	for _, v := range r.versions {
		if v.Key == b.Key {
			all = append(all, v)
		}
	}
	slices.SortStableFunc(all, func(x, y *versionDoc) int { return cmp.Compare(x.Seq, y.Seq) })
	return slices.CompactFunc(all, func(x, y *versionDoc) bool { return x.Seq == y.Seq }), nil
}

// annotations takes over what people have added to two events.
func (d *eventDoc) annotations(a, b *eventDoc) {
	x, y := a.event(), b.event()
	state := store.Annotation{Tags: slices.Clone(x.Tags)}
	// Adding tags that are there in another letter case does nothing, as for people.
	_, _ = state.Apply(&aoc.Edit{Tags: &aoc.TagEdit{Add: y.Tags}}, 0)
	d.Tags = texts(state.Tags)
	comments := append(slices.Clone(x.Comments), y.Comments...)
	slices.SortStableFunc(comments, func(m, n aoc.Comment) int { return m.At.Compare(n.At) })
	d.Comments = newComments(comments)
	later := a
	if b.ReviewEdit > a.ReviewEdit {
		later = b
	}
	d.Review, d.ReviewEdit = later.Review, later.ReviewEdit
	d.Annotated = max(a.Annotated, b.Annotated)
}

func (r *rewrite) changes() *rewriteChanges {
	c := &rewriteChanges{Versions: r.versions, Moved: r.moved, Equal: r.equal}
	for _, key := range r.order {
		d := *r.docs[key]
		d.Terms, d.Marks = nil, nil // made when it is applied
		c.Events = append(c.Events, &d)
	}
	return c
}

// applyRewrite writes events as they were derived anew: first those under their keys, then
// what was added to them, last what says that old keys are no more.
func (s *Store) applyRewrite(ctx context.Context, n int64, c *rewriteChanges) error {
	for _, v := range c.Versions {
		if err := s.insertVersion(ctx, n, *v); err != nil {
			return err
		}
	}
	if len(c.Equal) > 0 {
		if err := s.dropVersions(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: c.Equal}}}}); err != nil {
			return err
		}
	}
	for _, d := range c.Events {
		if err := s.rewriteEvent(ctx, n, d); err != nil {
			return err
		}
	}
	for _, m := range c.Moved {
		if err := s.moveAway(ctx, n, m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) rewriteEvent(ctx context.Context, n int64, d *eventDoc) error {
	full := *d
	full.Rewritten = n
	older, err := s.olderIfAny(ctx, &full)
	if err != nil {
		return err
	}
	words := newWords{}
	s.index(&full, older, words)
	if err := s.learnWords(ctx, words); err != nil {
		return err
	}
	stored, err := s.spill(ctx, n, &full)
	if err != nil {
		return err
	}
	return s.putRewritten(ctx, n, stored)
}

// putRewritten stores a rewritten event unless this entry or a later one has been there.
func (s *Store) putRewritten(ctx context.Context, n int64, d *eventDoc) error {
	was, err := findByIDs[eventDoc](ctx, s, s.events, []string{d.Key}, bson.D{{Key: "rewritten", Value: 1}, {Key: "parts_of", Value: 1}, {Key: "joined", Value: 1}})
	if err != nil {
		return err
	}
	if len(was) == 0 {
		_, err := s.events.InsertOne(ctx, d)
		if mongo.IsDuplicateKeyError(err) { // by somebody who applies the same entry
			return s.dropParts(ctx, d.PartsOf)
		}
		return err
	}
	if was[0].Rewritten >= n {
		return s.dropParts(ctx, d.PartsOf)
	}
	done, err := s.replaceIf(ctx, s.events, d.Key, "rewritten", was[0].Rewritten, d)
	if err != nil {
		return err
	}
	if !done {
		return s.dropParts(ctx, d.PartsOf)
	}
	return s.dropParts(ctx, was[0].PartsOf)
}

// moveAway leaves what says where an event went.
func (s *Store) moveAway(ctx context.Context, n int64, m moved) error {
	if _, err := s.edits.UpdateMany(ctx, bson.D{{Key: "subject", Value: m.Key}}, bson.D{{Key: "$set", Value: bson.D{{Key: "subject", Value: m.To}}}}); err != nil {
		return err
	}
	was, err := findByIDs[eventDoc](ctx, s, s.events, []string{m.Key}, bson.D{{Key: "rewritten", Value: 1}, {Key: "parts_of", Value: 1}, {Key: "annotated", Value: 1}})
	if err != nil || len(was) == 0 || was[0].Rewritten >= n {
		return err
	}
	d := tombstone{Key: m.Key, Seq: m.Seq, Joined: m.To, Rewritten: n, Annotated: was[0].Annotated}
	if _, err := s.replaceIf(ctx, s.events, m.Key, "rewritten", was[0].Rewritten, d); err != nil {
		return err
	}
	if err := s.dropVersions(ctx, versionsOfKeys([]string{m.Key})); err != nil {
		return err
	}
	return s.dropParts(ctx, was[0].PartsOf)
}

// versionsOfKeys is the filter of the earlier versions of events.
func versionsOfKeys(keys []string) bson.D {
	return bson.D{{Key: "key", Value: bson.D{{Key: "$in", Value: keys}}}}
}

// dropVersions removes earlier versions with what they have in parts.
func (s *Store) dropVersions(ctx context.Context, filter bson.D) error {
	cursor, err := s.versions.Find(ctx, filter, options.Find().SetProjection(bson.D{{Key: "parts_of", Value: 1}}))
	if err != nil {
		return err
	}
	var found []versionDoc
	if err := cursor.All(ctx, &found); err != nil || len(found) == 0 {
		return err
	}
	owners := make([]string, len(found))
	for i := range found {
		owners[i] = found[i].PartsOf
	}
	if err := s.dropParts(ctx, owners...); err != nil {
		return err
	}
	_, err = s.versions.DeleteMany(ctx, filter)
	return err
}
