package mongo

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/internal/rawjson"
)

// shelf is a part of the vocabulary: the words of a tenant's events of some months. A search
// of one tenant, or of the last weeks, looks at few of them.
//
// Words that nobody uses any more go with their shelf, when no event is left of its time or
// of an earlier one: an entry of the log says which shelf is the first from then on, and
// what comes late for an earlier one is put there. The entry is committed only if no such
// event has come meanwhile, and who applies a later one knows of it; so words are dropped
// from shelves only that nobody puts words on any more.
type shelf struct {
	tenant string // folded
	number int64  // of the time; from 1
}

// shelfBits is the length of the time of a shelf: 2⁵³ ns, about 104 days.
const shelfBits = 53

// shelfNumber gives the shelf of a time in ns, one that can be stored.
func shelfNumber(at int64) int64 { return at>>shelfBits + 1000 }

// shelfOf gives the shelf of an event of a tenant at a time in ns.
func shelfOf(tenant string, at int64) shelf { return shelf{rawjson.Fold(tenant), shelfNumber(at)} }

// shelfID is what the ids of all entries of a shelf begin with, and what those of earlier
// ones are in front of.
func shelfID(number int64) string { return fmt.Sprintf("%04d", number) }

// id is the id of an entry on the shelf. An entry may have spaces, so it stands last; where
// a tenant ends, its length tells.
func (s shelf) id(entry string) string {
	return fmt.Sprintf("%s %d %s %s", shelfID(s.number), len(s.tenant), s.tenant, entry)
}

// newWords are entries of the vocabulary, by shelf, some perhaps known already.
type newWords map[shelf][]string

// add adds the words of an event.
func (w newWords) add(d *eventDoc, words []string) {
	on := shelfOf(string(d.TenantID), d.At)
	w[on] = append(w[on], words...)
}

// wordDoc is an entry of the vocabulary.
type wordDoc struct {
	ID     string   `bson:"_id"`
	Tenant string   `bson:"t"`
	Shelf  int64    `bson:"n"`
	Entry  string   `bson:"w"`
	Grams  []string `bson:"g"` // see [entryGrams]
}

// learnWords makes entries known. It is called before the documents they come from are
// written, so that an event that can be found by other means can be found by its words.
func (s *Store) learnWords(ctx context.Context, words newWords) error {
	var docs []wordDoc
	var ids []wordID
	named := map[wordID]bool{}
	for on, entries := range words {
		on.number = max(on.number, s.vocabulary.first.Load())
		for _, entry := range entries {
			id := on.id(entry)
			known := s.vocabulary.id(id)
			if named[known] || s.vocabulary.knows(known) {
				continue
			}
			named[known] = true
			ids = append(ids, known)
			docs = append(docs, wordDoc{ID: id, Tenant: on.tenant, Shelf: on.number, Entry: entry, Grams: entryGrams(entry)})
		}
	}
	const atOnce = 1000
	for part := range slices.Chunk(docs, atOnce) {
		_, err := s.words.InsertMany(ctx, part, options.InsertMany().SetOrdered(false))
		if _, err = duplicates(err); err != nil {
			return err
		}
	}
	s.vocabulary.note(ids)
	return nil
}

// vocabulary remembers, within bounds, which entries the server has, so that few are sent
// more than once.
type vocabulary struct {
	// first is the first shelf that words are put on, as far as this process has applied the
	// log.
	first  atomic.Int64
	looked time.Time // when shelves were last looked through

	once  sync.Once
	seeds [2]maphash.Seed
	mu    sync.Mutex
	// newer are noted since the last change of generations, older in the one before.
	newer, older map[wordID]struct{}
}

// wordID stands for an entry on its shelf. Nobody can make two of one: its seeds are random.
type wordID [2]uint64

// rememberedWords bounds a generation: two of them take about 30 MB.
const rememberedWords = 300_000

func (v *vocabulary) id(id string) wordID {
	v.once.Do(func() { v.seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()} })
	return wordID{maphash.String(v.seeds[0], id), maphash.String(v.seeds[1], id)}
}

func (v *vocabulary) knows(id wordID) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.newer[id]; ok {
		return true
	}
	_, ok := v.older[id]
	if ok {
		v.put(id)
	}
	return ok
}

func (v *vocabulary) note(ids []wordID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range ids {
		v.put(id)
	}
}

func (v *vocabulary) put(id wordID) {
	if v.newer == nil || len(v.newer) >= rememberedWords {
		v.newer, v.older = make(map[wordID]struct{}), v.newer
	}
	v.newer[id] = struct{}{}
}

const (
	// maxEntries is the most entries that a fragment may be a part of, for the index to be
	// asked for it.
	maxEntries = 2000
	// maxRead bounds the documents that are read to find them: an entry is on several shelves,
	// and some that have all grams do not have the fragment.
	maxRead = 3 * maxEntries
)

// shelves is the vocabulary as a query may look at it.
type shelves struct {
	s       *Store
	tenants []string // folded; nil: all
	from    int64    // ns; older events are not asked for
}

// find implements [lexicon].
func (v shelves) find(ctx context.Context, l lookup) (entries []string, ok bool, err error) {
	if v.s.caps.scans {
		return v.findScanned(ctx, l)
	}
	cursor, err := v.s.words.Find(ctx, v.filter(l.grams), options.Find().SetLimit(maxRead).SetBatchSize(maxRead).
		SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "w", Value: 1}}))
	if err != nil {
		return nil, false, err
	}
	var found []wordDoc
	if err := cursor.All(ctx, &found); err != nil || len(found) == maxRead {
		return nil, false, err
	}
	for i := range found {
		if l.wants(found[i].Entry) {
			entries = append(entries, found[i].Entry)
		}
	}
	slices.Sort(entries)
	entries = slices.Compact(entries)
	return entries, len(entries) <= maxEntries, nil
}

// filter is that of the entries that have all grams.
func (v shelves) filter(grams []string) bson.D {
	filter := bson.D{{Key: "g", Value: bson.D{{Key: "$all", Value: grams}}}}
	if v.tenants != nil {
		filter = append(filter, bson.E{Key: "t", Value: bson.D{{Key: "$in", Value: v.tenants}}})
	}
	return append(filter, bson.E{Key: "n", Value: bson.D{{Key: "$gte", Value: shelfNumber(v.from)}}})
}

// kindShelves is an entry of the log that says which shelf is the first from then on.
const kindShelves = "shelves"

// shelfChanges is what such an entry changes: nothing but what it says itself.
type shelfChanges struct{}

// useShelves makes this process put words on no shelf in front of the first one.
func (v *vocabulary) useShelves(first int64) {
	for {
		now := v.first.Load()
		if first <= now || v.first.CompareAndSwap(now, first) {
			return
		}
	}
}

// shelfEvery is the time between two looks for shelves that can be cleared.
const shelfEvery = time.Hour

// clearShelves drops the words of events that have gone.
func (s *Store) clearShelves(ctx context.Context) error {
	var first int64
	err := s.log.change(ctx, func(last *entry) (*entry, error) {
		first = last.Shelf
		var oldest eventDoc
		err := s.events.FindOne(ctx, isEvent(), options.FindOne().SetSort(timeOrder(1)).SetProjection(bson.D{{Key: "at", Value: 1}})).Decode(&oldest)
		if err != nil {
			return nil, ignoreNone(err)
		}
		number := shelfNumber(oldest.At)
		err = s.words.FindOne(ctx, wordsBefore(number)).Err()
		if errors.Is(err, mongo.ErrNoDocuments) || number <= first {
			return nil, nil
		}
		first = number
		next := last.after(kindShelves, last.Edits, &shelfChanges{})
		next.Shelf = number
		return next, err
	})
	if err != nil || first == 0 {
		return err
	}
	for {
		more, err := s.dropWords(ctx, first)
		if err != nil || !more {
			return err
		}
	}
}

// wordsBefore is the filter of the words on shelves in front of one.
func wordsBefore(number int64) bson.D {
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$lt", Value: shelfID(number)}}}}
}

// dropWords drops some words from the shelves in front of one, and tells whether there are
// more.
func (s *Store) dropWords(ctx context.Context, number int64) (more bool, err error) {
	const atOnce = 5000
	cursor, err := s.words.Find(ctx, wordsBefore(number), options.Find().SetLimit(atOnce).SetBatchSize(atOnce).SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return false, err
	}
	var found []wordDoc
	if err := cursor.All(ctx, &found); err != nil || len(found) == 0 {
		return false, err
	}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	_, err = s.words.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}})
	return len(found) == atOnce, err
}
