package simulator

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// blob is a content blob: records of one content type that became available together.
type blob struct {
	id      string
	created time.Time // whole milliseconds
	refs    []ref
}

// blobLayout writes the time in a content id; the blob's number in its bucket follows.
const blobLayout = "20060102150405.000"

// injectedBlobs is the number from which on blobs hold records put in by hand.
const injectedBlobs = 900_000

// contentID is opaque to clients: it has dollar signs and no meaning.
func contentID(feed uint8, created time.Time, number int) string {
	stamp := strings.Replace(created.UTC().Format(blobLayout), ".", "", 1) + fmt.Sprintf("%06d", number)
	name := strings.ReplaceAll(feeds[feed], ".", "_")
	return stamp + "$" + stamp + "$" + strings.ToLower(name) + "$" + name
}

// parseContentID undoes contentID.
func parseContentID(id string) (feed uint8, created time.Time, number int, ok bool) {
	parts := strings.Split(id, "$")
	if len(parts) != 4 || len(parts[0]) != 23 || parts[0] != parts[1] {
		return 0, created, 0, false
	}
	f := slices.Index(feeds, strings.Replace(parts[3], "_", ".", 1))
	if f < 0 || strings.ToLower(parts[3]) != parts[2] {
		return 0, created, 0, false
	}
	created, err := time.Parse(blobLayout, parts[0][:14]+"."+parts[0][14:17])
	if err != nil {
		return 0, created, 0, false
	}
	number, err = strconv.Atoi(parts[0][17:])
	return uint8(f), created, number, err == nil
}

// packer cuts what surfaced in each bucket of time into blobs. Like everything else a
// blob is a function of the seed.
type packer struct {
	archive    *archive
	mean       int
	duplicates float64

	mu   sync.Mutex
	done map[cutKey][]blob
	held int // records in done
}

type cutKey struct {
	feed   uint8
	bucket int64
}

// mostHeld bounds the records in blobs that are remembered.
const mostHeld = 4_000_000

func newPacker(a *archive, cfg Config) *packer {
	return &packer{archive: a, mean: cfg.BlobRecords, duplicates: max(0, cfg.Duplicates), done: make(map[cutKey][]blob)}
}

// cut gives the blobs with the records that surfaced in a bucket. They must not be
// modified.
func (p *packer) cut(feed uint8, bucket int64) []blob {
	key := cutKey{feed, bucket}
	p.mu.Lock()
	blobs, ok := p.done[key]
	p.mu.Unlock()
	if ok {
		return blobs
	}
	blobs = p.make(feed, bucket)
	n := 1
	for _, b := range blobs {
		n += len(b.refs)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held += n; p.held > mostHeld {
		clear(p.done)
		p.held = n
	}
	p.done[key] = blobs
	return blobs
}

// make cuts a bucket into blobs. They are created within the bucket after, so that all
// they hold has surfaced. Records are shuffled, and a few repeat: in their own blob, or
// in one of the bucket after theirs.
func (p *packer) make(feed uint8, bucket int64) []blob {
	refs := p.archive.surfacing(feed, bucket)
	var again []ref
	for _, r := range p.archive.surfacing(feed, bucket-1) {
		if p.repeats(r) == repeatLater {
			again = append(again, r)
		}
	}
	if len(refs)+len(again) == 0 {
		return nil
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(feeds[feed]))
	rng := rand.New(rand.NewPCG(p.archive.seed^h.Sum64(), uint64(bucket)))
	refs = append(refs, again...)
	rng.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })

	var blobs []blob
	for len(refs) > 0 {
		// Log-normal sizes: mostly smaller than the mean, now and then many times it.
		n := 1 + int(float64(p.mean)*math.Exp(rng.NormFloat64()-0.5))
		n = min(n, len(refs))
		b := blob{refs: slices.Clone(refs[:n])}
		for _, r := range refs[:n] {
			if p.repeats(r) == repeatHere {
				b.refs = append(b.refs, r)
			}
		}
		blobs = append(blobs, b)
		refs = refs[n:]
	}
	start := p.archive.bucketStart(bucket + 1)
	for i := range blobs {
		step := p.archive.bucket * time.Duration(i+1) / time.Duration(len(blobs)+1)
		blobs[i].created = start.Add(step).Truncate(time.Millisecond)
		blobs[i].id = contentID(feed, blobs[i].created, i)
	}
	return blobs
}

type repeat int

const (
	repeatNot repeat = iota
	repeatHere
	repeatLater
)

func (p *packer) repeats(r ref) repeat {
	switch c := chance(p.archive.seed, purposeDuplicate, r); {
	case c < p.duplicates/2:
		return repeatHere
	case c < p.duplicates:
		return repeatLater
	}
	return repeatNot
}

// bucketHolding is the bucket whose records are in blobs created at a time.
func (p *packer) bucketHolding(created time.Time) int64 { return p.archive.bucketOf(created) - 1 }

// created lists the blobs of a feed created in [from, to), in order.
func (p *packer) created(feed uint8, from, to time.Time) []blob {
	var list []blob
	for b := p.bucketHolding(from); b <= p.bucketHolding(to); b++ {
		for _, x := range p.cut(feed, b) {
			if !x.created.Before(from) && x.created.Before(to) {
				list = append(list, x)
			}
		}
	}
	return list
}

// find gives the blob with an id.
func (p *packer) find(id string) (blob, uint8, bool) {
	feed, created, number, ok := parseContentID(id)
	if !ok || number >= injectedBlobs {
		return blob{}, feed, false
	}
	for _, b := range p.cut(feed, p.bucketHolding(created)) {
		if b.id == id {
			return b, feed, true
		}
	}
	return blob{}, feed, false
}
