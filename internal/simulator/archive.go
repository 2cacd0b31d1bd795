package simulator

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// ref names a record: by the hour of its event and its place among the hour's records.
// Injected records have negative places.
type ref struct {
	hour int64
	n    int32
}

// row is what is kept of every record; the record itself can be made again.
type row struct {
	at, visible int64 // Unix nanoseconds
	feed        uint8 // index into feeds
}

// feeds are the streams that records are served in: Graph lists, the content types, and what
// came later. Their places are in the ids of blobs.
var feeds = slices.Concat([]string{string(aoc.SourceDirectory), string(aoc.SourceIntune), string(aoc.SourceSignIn)}, tenant.Streams(), []string{string(aoc.SourceRisk)})

func feedOf(e *tenant.Event) uint8 {
	name := e.Stream
	if e.Source != aoc.SourceUnified {
		name = string(e.Source)
	}
	return uint8(max(0, slices.Index(feeds, name)))
}

// hourIndex is the index of an hour's records.
type hourIndex struct {
	rows     []row             // of the tenant's records, ascending by time
	injected []row             // of what was put in by hand
	numbers  []int             // of the blobs that hold it, counted over the whole archive
	buckets  map[int64][]int32 // places of unified records by the bucket they surface in
	sent     map[int32]int32   // how often each was written out completely
}

// hourRecords are the records of an hour while they are in memory.
type hourRecords struct {
	once   sync.Once
	events []tenant.Event
	poison []bool
	bytes  int
	used   uint64
}

// archive holds all records of the tenant, makes them when they are first asked for and
// forgets those that were not asked for lately.
type archive struct {
	tenant *tenant.Tenant
	bucket time.Duration // of availability, for blobs
	poison float64
	seed   uint64
	budget int

	mu       sync.Mutex
	index    map[int64]*hourIndex
	records  map[int64]*hourRecords
	bytes    int
	tick     uint64
	injected map[int64][]tenant.Event
	byHand   int // how many were put in
}

func newArchive(t *tenant.Tenant, cfg Config) *archive {
	return &archive{
		tenant: t, bucket: cfg.BlobInterval, poison: cfg.Poison, seed: cfg.Tenant.Seed, budget: cfg.CacheBytes,
		index: make(map[int64]*hourIndex), records: make(map[int64]*hourRecords), injected: make(map[int64][]tenant.Event),
	}
}

// eventOverhead is about what a record costs in memory beside its bytes.
const eventOverhead = 256

// load gives the records of an hour, made by the tenant.
func (a *archive) load(hour int64) *hourRecords {
	a.mu.Lock()
	r := a.records[hour]
	if r == nil {
		r = &hourRecords{}
		a.records[hour] = r
	}
	a.tick++
	r.used = a.tick
	a.mu.Unlock()

	r.once.Do(func() {
		size := 0
		r.events = a.tenant.Hour(hour)
		r.poison = make([]bool, len(r.events))
		for i := range r.events {
			e := &r.events[i]
			if a.poison > 0 && chance(a.seed, purposePoison, ref{hour, int32(i)}) < a.poison {
				e.Raw, e.Revised, r.poison[i] = poisoned(e.Raw), nil, true
			}
			size += len(e.Raw) + eventOverhead
			if e.Revised != nil {
				size += len(e.Revised.Raw)
			}
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.indexHour(hour, r.events)
		r.bytes = size
		a.bytes += size
		a.evict(hour)
	})
	return r
}

// evict drops the hours that were used longest ago. Called with the lock held.
func (a *archive) evict(keep int64) {
	for a.bytes > a.budget && len(a.records) > 1 {
		var oldest int64
		var least *hourRecords
		for h, r := range a.records {
			if h != keep && r.bytes > 0 && (least == nil || r.used < least.used) {
				oldest, least = h, r
			}
		}
		if least == nil {
			return
		}
		a.bytes -= least.bytes
		delete(a.records, oldest)
	}
}

// indexHour makes the index of an hour unless it exists. Called with the lock held.
func (a *archive) indexHour(hour int64, events []tenant.Event) {
	if a.index[hour] != nil {
		return
	}
	x := &hourIndex{rows: make([]row, len(events)), buckets: make(map[int64][]int32)}
	a.index[hour] = x
	for i := range events {
		e := &events[i]
		x.rows[i] = row{e.Time.UnixNano(), e.Visible.UnixNano(), feedOf(e)}
		if e.Source == aoc.SourceUnified {
			b := a.bucketOf(e.Visible)
			x.buckets[b] = append(x.buckets[b], int32(i))
		}
	}
}

func (a *archive) bucketOf(at time.Time) int64 { return at.UnixNano() / int64(a.bucket) }

func (a *archive) bucketStart(b int64) time.Time { return time.Unix(0, b*int64(a.bucket)).UTC() }

// ensure makes the index of an hour.
func (a *archive) ensure(hour int64) *hourIndex {
	a.mu.Lock()
	x := a.index[hour]
	a.mu.Unlock()
	if x != nil {
		return x
	}
	a.load(hour)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.index[hour]
}

// event gives a record.
func (a *archive) event(r ref) (e *tenant.Event, poison bool) {
	if r.n < 0 {
		a.mu.Lock()
		defer a.mu.Unlock()
		return &a.injected[r.hour][-1-r.n], false
	}
	h := a.load(r.hour)
	return &h.events[r.n], h.poison[r.n]
}

// hour lists the records of a feed in an hour, ascending by time, that surfaced by now.
func (a *archive) hour(hour int64, feed uint8, now time.Time) []timed {
	x := a.ensure(hour)
	limit := now.UnixNano()
	var list []timed
	for i, r := range x.rows {
		if r.feed == feed && r.visible <= limit {
			list = append(list, timed{r.at, ref{hour, int32(i)}})
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(x.injected) > 0 {
		for i, r := range x.injected {
			if r.feed == feed && r.visible <= limit {
				list = append(list, timed{r.at, ref{hour, int32(-1 - i)}})
			}
		}
		slices.SortStableFunc(list, func(p, q timed) int { return cmp.Compare(p.at, q.at) })
	}
	return list
}

// timed is a record and when its event was.
type timed struct {
	at int64
	ref
}

// surfacing lists the unified records of a feed that surface in a bucket, in the order
// in which they do. Injected records are not among them: they have blobs of their own.
func (a *archive) surfacing(feed uint8, bucket int64) []ref {
	from, to := a.bucketStart(bucket), a.bucketStart(bucket+1)
	var list []timed
	for h := tenant.HourOf(from.Add(-a.tenant.MaxDelay())); h <= tenant.HourOf(to); h++ {
		x := a.ensure(h)
		for _, i := range x.buckets[bucket] {
			if x.rows[i].feed == feed {
				list = append(list, timed{x.rows[i].visible, ref{h, i}})
			}
		}
	}
	slices.SortStableFunc(list, func(p, q timed) int { return cmp.Compare(p.at, q.at) })
	refs := make([]ref, len(list))
	for i, t := range list {
		refs[i] = t.ref
	}
	return refs
}

// inject adds a record by hand.
func (a *archive) inject(e tenant.Event) ref {
	hour := tenant.HourOf(e.Time)
	a.ensure(hour)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.injected[hour] = append(a.injected[hour], e)
	x := a.index[hour]
	x.injected = append(x.injected, row{e.Time.UnixNano(), e.Visible.UnixNano(), feedOf(&e)})
	x.numbers = append(x.numbers, a.byHand)
	a.byHand++
	return ref{hour, int32(-len(a.injected[hour]))}
}

// noteSent counts, or with by = -1 takes back, that records are written out completely.
func (a *archive) noteSent(refs []ref, by int32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range refs {
		x := a.index[r.hour]
		if x.sent == nil {
			x.sent = make(map[int32]int32)
		}
		x.sent[r.n] += by
	}
}

func (a *archive) wasSent(r ref) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.index[r.hour].sent[r.n] > 0
}

// chance is a number in [0, 1) that belongs to a record and a purpose.
func chance(seed uint64, purpose uint64, r ref) float64 {
	// Steele and Vigna's mixing function, over what identifies the record.
	x := seed ^ purpose
	for _, v := range [2]uint64{uint64(r.hour), uint64(uint32(r.n))} {
		x += v*0x9e3779b97f4a7c15 + 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return float64(x>>11) / (1 << 53)
}

// The purposes of chance.
const (
	purposePoison    = 0x706f69736f6e
	purposeDuplicate = 0x6475706c6963
)

// poisoned breaks a record so that it is no JSON, yet its braces and quotes are in
// balance and its neighbours are not touched: the first member gets a second colon.
func poisoned(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+1)
	for i, c := range raw {
		if c == ':' && raw[i-1] == '"' {
			out = append(out, raw[:i]...)
			out = append(out, "::"...)
			return append(out, raw[i+1:]...)
		}
	}
	return append(out, raw...)
}
