package mongo

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/internal/rawjson"
)

// shelf is a part of the vocabulary: the words of a tenant's events of some months. A search
// of one tenant, or of the last weeks, looks at few of them, and the words that nobody uses
// any more go with their shelf when the events of that time have gone.
type shelf struct {
	tenant string // folded
	period int64
}

// shelfBits is the length of a period: 2⁵³ ns, about 104 days.
const shelfBits = 53

// shelfOf gives the shelf of an event of a tenant at a time in ns.
func shelfOf(tenant string, at int64) shelf { return shelf{rawjson.Fold(tenant), at >> shelfBits} }

// id is the id of an entry on the shelf. An entry may have spaces, so it stands last; a
// tenant has none, or is told apart by its length.
func (s shelf) id(entry string) string {
	return fmt.Sprintf("%d %d %s %s", s.period, len(s.tenant), s.tenant, entry)
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
	Period int64    `bson:"p"`
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
		for _, entry := range entries {
			id := on.id(entry)
			known := s.vocabulary.id(id)
			if named[known] || s.vocabulary.knows(known) {
				continue
			}
			named[known] = true
			ids = append(ids, known)
			docs = append(docs, wordDoc{ID: id, Tenant: on.tenant, Period: on.period, Entry: entry, Grams: entryGrams(entry)})
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
	filter := bson.D{{Key: "g", Value: bson.D{{Key: "$all", Value: l.grams}}}}
	if v.tenants != nil {
		filter = append(filter, bson.E{Key: "t", Value: bson.D{{Key: "$in", Value: v.tenants}}})
	}
	filter = append(filter, bson.E{Key: "p", Value: bson.D{{Key: "$gte", Value: v.from >> shelfBits}}})
	cursor, err := v.s.words.Find(ctx, filter, options.Find().SetLimit(maxRead).SetBatchSize(maxRead).
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
