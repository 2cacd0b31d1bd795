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
	// Written is the entry of the log that moved it, Left as of an event.
	Written   int64    `bson:"written"`
	Annotated int64    `bson:"annotated"`
	Left      []string `bson:"left,omitempty"`
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
	for _, d := range found {
		if err := r.s.whole(ctx, d); err != nil {
			return err
		}
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
		if r.docs[next.Key] == nil { // else it was joined before, in this very step
			r.put(&next)
		}
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
	older, err := r.s.versionsOf(ctx, was)
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

// join makes one event of two, a with the key that both have now: the newest version is
// shown, equal versions count once, the first arrival's time stays, annotations of both are
// kept and the later review.
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
	joined.Contents, joined.OlderAt = nil, nil
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
	older, shown := versions[:len(versions)-1], versions[len(versions)-1]
	for _, v := range older {
		joined.OlderAt = append(joined.OlderAt, v.Seq)
	}
	joined.Older = len(older)
	joined.Seq, joined.Raw, joined.Received, joined.Salt, joined.Origin = shown.Seq, shown.Raw, shown.Received, shown.Salt, shown.Origin
	if e, err := r.derive(joined.event()); err == nil { // from the record that is shown now
		joined.derive(&e)
		joined.Source = newest.Source
	}
	r.versions = slices.DeleteFunc(r.versions, func(v *versionDoc) bool { return v.Key == joined.Key })
	r.versions = append(r.versions, older...)
	joined.First = min(a.First, b.First)
	joined.annotations(newest, other)
	return &joined, nil
}

// allVersions gives the versions of two events under the key that they have now, by their
// places.
func (r *rewrite) allVersions(ctx context.Context, a, b *eventDoc) ([]*versionDoc, error) {
	var all []*versionDoc
	for _, d := range []*eventDoc{a, b} {
		v := d.version()
		all = append(all, &v)
	}
	moved := map[int64]bool{}
	for _, v := range r.versions {
		if v.Key == b.Key {
			all = append(all, v)
			moved[v.Seq] = true
		}
	}
	there := eventDoc{Key: a.Key, OlderAt: slices.DeleteFunc(slices.Clone(a.OlderAt), func(seq int64) bool { return moved[seq] })}
	stored, err := r.s.versionsOf(ctx, &there)
	if err != nil {
		return nil, err
	}
	for i := range stored {
		stored[i].PartsOf = ""
		all = append(all, &stored[i])
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
func (s *Store) applyRewrite(ctx context.Context, e *entry, c *rewriteChanges) error {
	for _, v := range c.Versions {
		if err := s.insertVersion(ctx, e.N, *v); err != nil {
			return err
		}
	}
	for _, d := range c.Events {
		if err := s.rewriteEvent(ctx, e.N, d); err != nil {
			return err
		}
	}
	for _, m := range c.Moved {
		if err := s.moveAway(ctx, e, m); err != nil {
			return err
		}
	}
	if len(c.Equal) == 0 {
		return nil
	}
	return s.dropVersionsBefore(ctx, e.N, byIDs(c.Equal))
}

// rewriteEvent stores a rewritten event unless this entry or a later one has been there.
func (s *Store) rewriteEvent(ctx context.Context, n int64, d *eventDoc) error {
	for {
		found, err := findByIDs[eventDoc](ctx, s, s.events, []string{d.Key}, headOfEvent())
		if err != nil {
			return err
		}
		full := *d
		full.Written, full.Annotated = n, n
		if len(found) > 0 {
			if found[0].Written >= n {
				return nil
			}
			full.Left = found[0].left()
		}
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
		done, err := s.putRewritten(ctx, found, stored)
		if err != nil || done {
			return err
		}
	}
}

// headOfEvent is the projection of what has to be known of a document to replace it.
func headOfEvent() bson.D {
	return bson.D{
		{Key: "seq", Value: 1}, {Key: "written", Value: 1}, {Key: "annotated", Value: 1}, {Key: "contents", Value: 1}, {Key: "parts_of", Value: 1},
		{Key: "joined", Value: 1}, {Key: "left", Value: 1},
	}
}

// putRewritten stores a rewritten event in the place of what was found there; done is false
// when that has changed meanwhile.
func (s *Store) putRewritten(ctx context.Context, found []eventDoc, d *eventDoc) (done bool, err error) {
	if len(found) > 0 {
		return s.exchange(ctx, &found[0], d, found[0].PartsOf)
	}
	_, err = s.events.InsertOne(ctx, d)
	if mongo.IsDuplicateKeyError(err) {
		return false, s.dropParts(ctx, d.PartsOf)
	}
	return true, err
}

// moveAway leaves what says where an event went.
func (s *Store) moveAway(ctx context.Context, e *entry, m moved) error {
	if err := s.moveEdits(ctx, e, m); err != nil {
		return err
	}
	for {
		found, err := findByIDs[eventDoc](ctx, s, s.events, []string{m.Key}, headOfEvent())
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Written >= e.N {
			break
		}
		was := &found[0]
		d := tombstone{Key: m.Key, Seq: m.Seq, Joined: m.To, Written: e.N, Annotated: e.N, Left: was.left()}
		done, err := s.replaceIf(ctx, s.events, was, d)
		if err != nil {
			return err
		}
		if done {
			if err := s.dropParts(ctx, was.PartsOf); err != nil {
				return err
			}
		}
	}
	return s.dropVersionsBefore(ctx, e.N, versionsOfKeys([]string{m.Key}))
}

// moveEdits gives the records of edits that there are at an entry to the key that the event
// has from there on. Who does it late changes neither later records nor what later entries
// have moved.
func (s *Store) moveEdits(ctx context.Context, e *entry, m moved) error {
	filter := bson.D{
		{Key: "subject", Value: m.Key}, {Key: "_id", Value: bson.D{{Key: "$lte", Value: entryID(e.Edits)}}},
		{Key: "moved", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$gte", Value: e.N}}}}},
	}
	_, err := s.edits.UpdateMany(ctx, filter, bson.D{{Key: "$set", Value: bson.D{{Key: "subject", Value: m.To}, {Key: "moved", Value: e.N}}}})
	return err
}

// versionsOfKeys is the filter of the earlier versions of events.
func versionsOfKeys(keys []string) bson.D {
	return bson.D{{Key: "key", Value: bson.D{{Key: "$in", Value: keys}}}}
}

// byIDs is the filter of documents with ids.
func byIDs(ids []string) bson.D {
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}
}

// dropVersions removes earlier versions with what they have in parts.
func (s *Store) dropVersions(ctx context.Context, filter bson.D) error {
	found, err := s.headsOfVersions(ctx, filter)
	if err != nil || len(found) == 0 {
		return err
	}
	owners := make([]string, len(found))
	for i := range found {
		owners[i] = found[i].PartsOf
	}
	if _, err := s.versions.DeleteMany(ctx, filter); err != nil {
		return err
	}
	return s.dropParts(ctx, owners...)
}

// dropVersionsBefore removes earlier versions that no entry from n on wants kept. Whatever
// others do meanwhile, one that they want stays, with its parts.
func (s *Store) dropVersionsBefore(ctx context.Context, n int64, filter bson.D) error {
	filter = append(filter, bson.E{Key: "n", Value: bson.D{{Key: "$lt", Value: n}}})
	found, err := s.headsOfVersions(ctx, filter)
	if err != nil {
		return err
	}
	for i := range found {
		if err := s.dropVersion(ctx, &found[i]); err != nil {
			return err
		}
	}
	return nil
}

// dropVersion removes an earlier version with its parts, unless a later entry wants it kept.
func (s *Store) dropVersion(ctx context.Context, v *versionDoc) error {
	r, err := s.versions.DeleteOne(ctx, bson.D{{Key: "_id", Value: v.ID}, {Key: "n", Value: v.N}})
	if err != nil || r.DeletedCount == 0 {
		return err
	}
	return s.dropParts(ctx, v.PartsOf)
}

// sweepVersions removes earlier versions that their events do not name: who stored them came
// too late. Each call looks at some of them, in the order of their ids.
func (s *Store) sweepVersions(ctx context.Context) error {
	const most = 1000
	last, err := s.log.catchUp(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	after := s.sweptTo
	s.mu.Unlock()
	// Those of the newest entry may be about to be named.
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}, {Key: "n", Value: bson.D{{Key: "$lt", Value: last.N}}}}
	found, err := s.headsOfVersions(ctx, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(most))
	if err != nil {
		return err
	}
	keys := make([]string, len(found))
	for i := range found {
		keys[i] = found[i].Key
	}
	events, err := findByIDs[eventDoc](ctx, s, s.events, keys, bson.D{{Key: "older_at", Value: 1}})
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for i := range events {
		for _, seq := range events[i].OlderAt {
			named[versionID(events[i].Key, seq)] = true
		}
	}
	after = ""
	for i := range found {
		if !named[found[i].ID] {
			if err := s.dropVersion(ctx, &found[i]); err != nil {
				return err
			}
		}
		if len(found) == most {
			after = found[i].ID
		}
	}
	s.mu.Lock()
	s.sweptTo = after
	s.mu.Unlock()
	return nil
}

// headsOfVersions gives what has to be known of earlier versions to remove them.
func (s *Store) headsOfVersions(ctx context.Context, filter bson.D, opts ...options.Lister[options.FindOptions]) ([]versionDoc, error) {
	head := options.Find().SetProjection(bson.D{{Key: "n", Value: 1}, {Key: "key", Value: 1}, {Key: "parts_of", Value: 1}})
	cursor, err := s.versions.Find(ctx, filter, append(opts, head)...)
	if err != nil {
		return nil, err
	}
	var found []versionDoc
	err = cursor.All(ctx, &found)
	return found, err
}
