package mongo

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// collection is what is used of a collection; it has the methods of the driver's.
type collection = *mongo.Collection

// index sets what the event is found by and adds the words that are to be known.
func (s *Store) index(d *eventDoc, older [][]byte, words newWords) {
	e := d.event()
	var known []string
	d.Tie = tieOf(d.Key)
	d.Terms, known = termsOf(&e, older)
	d.Marks = marksOf(e.Tags, e.Review)
	words.add(d, known)
}

// olderIfAny gives the earlier versions of an event that is said to have some.
func (s *Store) olderIfAny(ctx context.Context, d *eventDoc) ([][]byte, error) {
	older, err := s.olderRaws(ctx, []*eventDoc{d})
	return older[d.Key], err
}

// place makes a document the shown version of its event, unless this entry or a later one
// has been there: the version that was shown becomes an earlier one.
func (s *Store) place(ctx context.Context, n int64, d *eventDoc, moved bool) error {
	for {
		var was eventDoc
		err := s.events.FindOne(ctx, byID(d.Key)).Decode(&was)
		switch {
		case errors.Is(err, mongo.ErrNoDocuments):
			return s.insertEvents(ctx, n, []*eventDoc{d}, moved)
		case err != nil:
			return err
		case was.after(n, d):
			return nil
		}
		done, err := s.supersede(ctx, n, &was, d, moved)
		if err != nil || done {
			return err
		}
	}
}

// supersede puts d in the place of was; done is false when was has changed meanwhile.
func (s *Store) supersede(ctx context.Context, n int64, was, d *eventDoc, moved bool) (done bool, err error) {
	partsOf := was.PartsOf
	if err := s.whole(ctx, was); err != nil {
		if errors.Is(err, errNoPart) {
			return false, nil // somebody else has replaced it
		}
		return false, err
	}
	next := *d
	next.Written, next.Annotated, next.Left = n, n, was.left()
	if !moved && !was.gone() {
		if err := s.insertVersion(ctx, n, was.version()); err != nil {
			return false, err
		}
		next.Contents = append(slices.Clone(was.Contents), d.Contents[0])
		next.OlderAt = append(slices.Clone(was.OlderAt), was.Seq)
		next.Older = len(next.OlderAt)
		next.First = was.First
		next.Tags, next.Comments, next.Review, next.ReviewEdit = was.Tags, was.Comments, was.Review, was.ReviewEdit
	}
	older, err := s.olderIfAny(ctx, &next)
	if err != nil {
		return false, err
	}
	words := newWords{}
	s.index(&next, older, words)
	if err := s.learnWords(ctx, words); err != nil {
		return false, err
	}
	stored, err := s.spill(ctx, n, &next)
	if err != nil {
		return false, err
	}
	return s.exchange(ctx, was, stored, partsOf)
}

// exchange puts a document in the place of one as it was read, with its parts; false when
// that has changed meanwhile.
func (s *Store) exchange(ctx context.Context, was, d *eventDoc, partsOf string) (bool, error) {
	matched, err := s.replaceIf(ctx, s.events, was, d)
	if err != nil {
		return false, err
	}
	if !matched {
		return false, s.dropParts(ctx, d.PartsOf)
	}
	return true, s.dropParts(ctx, partsOf)
}

// left gives the keys of events that were under the key of a document before.
func (d *eventDoc) left() []string {
	if !d.gone() || slices.Contains(d.Left, d.Joined) {
		return d.Left
	}
	return append(slices.Clone(d.Left), d.Joined)
}

// version gives the shown version of an event as one that is no longer shown.
func (d *eventDoc) version() versionDoc {
	return versionDoc{
		ID: versionID(d.Key, d.Seq), Key: d.Key, Seq: d.Seq, Received: d.Received, Timestamp: d.Timestamp, Origin: d.Origin, Salt: d.Salt, Raw: d.Raw,
	}
}

func versionID(key string, seq int64) string { return fmt.Sprintf("%s/%012d", key, seq) }

// insertVersion keeps an earlier version; once is enough. One that is there already is kept
// for this entry, too, whatever earlier ones think of it.
func (s *Store) insertVersion(ctx context.Context, n int64, v versionDoc) error {
	v.N = n
	if len(v.Raw) > maxInline {
		v.PartsOf = ownerVersion + "/" + v.ID + "/" + crand.Text()
		var err error
		if v.Parts, err = s.putParts(ctx, v.PartsOf, n, compress([]byte(v.Raw))); err != nil {
			return err
		}
		v.Raw = ""
	}
	for {
		_, err := s.versions.InsertOne(ctx, v)
		if !mongo.IsDuplicateKeyError(err) {
			return err
		}
		r, err := s.versions.UpdateOne(ctx, byID(v.ID), bson.D{{Key: "$max", Value: bson.D{{Key: "n", Value: n}}}})
		if err != nil {
			return err
		}
		if r.MatchedCount > 0 {
			return s.dropParts(ctx, v.PartsOf)
		}
	}
}

// spill gives the document as it is stored: what is too large for one lies in parts.
func (s *Store) spill(ctx context.Context, n int64, d *eventDoc) (*eventDoc, error) {
	stored := *d
	stored.Parts, stored.PartsOf = 0, ""
	if d.size() <= maxInline {
		return &stored, nil
	}
	large := eventDoc{Raw: d.Raw, Targets: d.Targets, TargetTexts: d.TargetTexts, Changes: d.Changes, Summary: d.Summary}
	b, err := bson.Marshal(large)
	if err != nil {
		return nil, err
	}
	stored.PartsOf = ownerEvent + "/" + d.Key + "/" + crand.Text()
	if stored.Parts, err = s.putParts(ctx, stored.PartsOf, n, compress(b)); err != nil {
		return nil, err
	}
	stored.Raw, stored.Targets, stored.TargetTexts, stored.Changes, stored.Summary = "", nil, nil, nil, ""
	return &stored, nil
}

// size is about how large the parts of a document are that have no bound.
func (d *eventDoc) size() int {
	n := len(d.Raw) + len(d.Summary)
	for _, t := range d.Targets {
		n += len(t.ID) + len(t.Name) + len(t.UPN) + len(t.Type) + 64
	}
	for _, t := range d.TargetTexts {
		n += len(t) + 16
	}
	for _, c := range d.Changes {
		n += len(c.Target) + len(c.Property) + 64
		for _, side := range [...]*text{c.Before, c.After} {
			if side != nil {
				n += len(*side)
			}
		}
	}
	return n
}

// whole brings back what lies in parts.
func (s *Store) whole(ctx context.Context, d *eventDoc) error {
	if d.Parts == 0 {
		return nil
	}
	data, err := s.getParts(ctx, d.PartsOf, d.Parts)
	if err != nil {
		return err
	}
	plain, err := decompress(data)
	if err != nil {
		return err
	}
	var large eventDoc
	if err := bson.Unmarshal(plain, &large); err != nil {
		return err
	}
	d.Raw, d.Targets, d.TargetTexts, d.Changes, d.Summary = large.Raw, large.Targets, large.TargetTexts, large.Changes, large.Summary
	d.Parts, d.PartsOf = 0, ""
	return nil
}

// fresh makes a document that was just read whole. If it has been replaced since, with its
// parts, it becomes what is there now; if it is gone, one without contents.
func (s *Store) fresh(ctx context.Context, d *eventDoc) error {
	for {
		err := s.whole(ctx, d)
		if !errors.Is(err, errNoPart) {
			return err
		}
		changed, lost := s.again(ctx, d)
		if lost != nil || !changed {
			return errors.Join(lost, err)
		}
	}
}

// vanished reports whether fresh has found nothing: every event has a record.
func (d *eventDoc) vanished() bool { return d.Raw == "" && d.Parts == 0 }

// again reads a document again, and tells whether it is another one now.
func (s *Store) again(ctx context.Context, d *eventDoc) (changed bool, err error) {
	was := *d
	*d = eventDoc{Key: was.Key}
	err = s.events.FindOne(ctx, byID(was.Key)).Decode(d)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return false, err
	}
	return d.Written != was.Written || d.Seq != was.Seq, nil
}

// withOlder makes a document whole as fresh does, and gives the earlier versions of it.
func (s *Store) withOlder(ctx context.Context, d *eventDoc) ([]versionDoc, error) {
	for {
		if err := s.fresh(ctx, d); err != nil {
			return nil, err
		}
		older, err := s.versionsOf(ctx, d)
		if err == nil && len(older) == len(d.OlderAt) || err != nil && !errors.Is(err, errNoPart) {
			return older, err
		}
		whole := *d
		changed, lost := s.again(ctx, d)
		if lost != nil || !changed {
			*d = whole
			return older, errors.Join(lost, err)
		}
	}
}

// replaceIf replaces the document of an event if it is still the one that was read, and
// tells whether it did.
func (s *Store) replaceIf(ctx context.Context, coll collection, was *eventDoc, doc any) (bool, error) {
	filter := bson.D{{Key: "_id", Value: was.Key}, {Key: "written", Value: was.Written}, {Key: "seq", Value: was.Seq}}
	if s.caps.scans {
		defer lookAndWrite(was.Key)()
		now, err := findOneByOne[eventDoc](ctx, coll, []string{was.Key}, bson.D{{Key: "written", Value: 1}, {Key: "seq", Value: 1}})
		if err != nil || len(now) == 0 || now[0].Written != was.Written || now[0].Seq != was.Seq {
			return false, err
		}
		filter = byID(was.Key)
	}
	r, err := coll.ReplaceOne(ctx, filter, doc)
	if err != nil {
		return false, err
	}
	return r.MatchedCount > 0, nil
}

// step is what becomes of one document, see [Store.advance].
type step struct {
	id  string
	set bson.D
}

// advance sets fields of documents, and their mark to a value, unless that is there or
// beyond. create also makes the documents that are not there.
func (s *Store) advance(ctx context.Context, coll collection, mark string, value int64, create bool, steps ...step) error {
	if s.caps.scans {
		return advanceOneByOne(ctx, coll, mark, value, create, steps)
	}
	const atOnce = 1000
	for part := range slices.Chunk(steps, atOnce) {
		models := make([]mongo.WriteModel, len(part))
		for i, x := range part {
			models[i] = mongo.NewUpdateOneModel().SetUpsert(create).
				SetFilter(bson.D{{Key: "_id", Value: x.id}, {Key: mark, Value: bson.D{{Key: "$lt", Value: value}}}}).
				SetUpdate(bson.D{{Key: "$set", Value: append(x.set, bson.E{Key: mark, Value: value})}})
		}
		_, err := coll.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		// Making one that is there, and not behind, finds a duplicate.
		if _, err = duplicates(err); err != nil {
			return err
		}
	}
	return nil
}

// advanceOneByOne is advance for a server that finds documents by their id alone.
func advanceOneByOne(ctx context.Context, coll collection, mark string, value int64, create bool, steps []step) error {
	for _, x := range steps {
		if err := advanceOne(ctx, coll, mark, value, create, x); err != nil {
			return err
		}
	}
	return nil
}

func advanceOne(ctx context.Context, coll collection, mark string, value int64, create bool, x step) error {
	defer lookAndWrite(x.id)()
	now, ok, err := fieldOf(ctx, coll, x.id, mark)
	if err != nil || ok && now >= value {
		return err
	}
	update := bson.D{{Key: "$set", Value: append(x.set, bson.E{Key: mark, Value: value})}}
	_, err = coll.UpdateOne(ctx, byID(x.id), update, options.UpdateOne().SetUpsert(create))
	if mongo.IsDuplicateKeyError(err) {
		return nil
	}
	return err
}

// looking keep two stores of one process from writing a document between the other one's
// look at it and its write, where the server does not do both in one.
var looking [1024]sync.Mutex

// lookAndWrite holds up who else in this process wants to look at a document and write it,
// until what it gives is called.
func lookAndWrite(id string) (done func()) {
	m := &looking[crc32.ChecksumIEEE([]byte(id))%uint32(len(looking))]
	m.Lock()
	return m.Unlock
}

// fieldOf reads a whole number of a document.
func fieldOf(ctx context.Context, coll collection, id, field string) (value int64, ok bool, err error) {
	raw, err := coll.FindOne(ctx, byID(id), options.FindOne().SetProjection(bson.D{{Key: field, Value: 1}})).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	value, _ = raw.Lookup(field).AsInt64OK()
	return value, true, nil
}

// findOneByOne reads documents by their ids, a few at a time.
func findOneByOne[T any](ctx context.Context, coll collection, ids []string, projection bson.D) ([]T, error) {
	opts := options.FindOne()
	if projection != nil {
		opts.SetProjection(projection)
	}
	var all []T
	for _, id := range ids {
		var d T
		err := coll.FindOne(ctx, byID(id), opts).Decode(&d)
		if errors.Is(err, mongo.ErrNoDocuments) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// olderRaws gives the earlier versions of events, oldest first.
func (s *Store) olderRaws(ctx context.Context, docs []*eventDoc) (map[string][][]byte, error) {
	versions, err := s.versionsOf(ctx, docs...)
	if err != nil {
		return nil, err
	}
	raws := map[string][][]byte{}
	for i := range versions {
		raws[versions[i].Key] = append(raws[versions[i].Key], []byte(versions[i].Raw))
	}
	return raws, nil
}

// versionsOf gives the earlier versions that documents of events name, whole, oldest first.
func (s *Store) versionsOf(ctx context.Context, docs ...*eventDoc) ([]versionDoc, error) {
	var ids []string
	for _, d := range docs {
		for _, seq := range d.OlderAt {
			ids = append(ids, versionID(d.Key, seq))
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := findByIDs[versionDoc](ctx, s, s.versions, ids, nil)
	if err != nil {
		return nil, err
	}
	for i := range found {
		v := &found[i]
		if v.Parts == 0 {
			continue
		}
		data, err := s.getParts(ctx, v.PartsOf, v.Parts)
		if err != nil {
			return nil, err
		}
		plain, err := decompress(data)
		if err != nil {
			return nil, err
		}
		v.Raw, v.Parts = text(plain), 0
	}
	slices.SortFunc(found, func(a, b versionDoc) int { return int(a.Seq - b.Seq) })
	return found, nil
}
