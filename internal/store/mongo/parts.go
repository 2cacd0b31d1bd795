package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
)

var ( // variables for tests alone
	// partSize is the size of the pieces in which too large things are kept; a document of
	// MongoDB has at most 16 MiB.
	partSize = 8 << 20
	// maxBody is the largest body that is kept in its entry of the log, beside keys and leaves.
	maxBody = 8 << 20
	// maxInline is the size from which on an event, or a version of one, is kept in parts.
	maxInline = 4 << 20
)

// partDoc is a piece of something that is too large for one document.
type partDoc struct {
	ID string `bson:"_id"` // owner/number
	// Owner names what it is a piece of: the collection, and a name that is never used twice.
	Owner string `bson:"owner"`
	// N is the entry of the log that it was written for. When a later entry is there, a piece
	// that nothing refers to is left over.
	N    int64  `bson:"n"`
	Data []byte `bson:"data"`
}

func partID(owner string, i int) string { return fmt.Sprintf("%s/%04d", owner, i) }

// putParts stores data in pieces and tells how many.
func (s *Store) putParts(ctx context.Context, owner string, n int64, data []byte) (int, error) {
	count := 0
	for piece := range slices.Chunk(data, partSize) {
		_, err := s.parts.InsertOne(ctx, partDoc{ID: partID(owner, count), Owner: owner, N: n, Data: piece})
		if err != nil && !mongo.IsDuplicateKeyError(err) { // one that was there was stored by this very call, unnoticed
			return 0, err
		}
		count++
	}
	return count, nil
}

// errNoPart says that a piece is gone: with what it was a piece of, unless somebody has
// removed it.
var errNoPart = errors.New("a piece is gone")

// getParts gives what putParts stored, or errNoPart.
func (s *Store) getParts(ctx context.Context, owner string, count int) ([]byte, error) {
	var data []byte
	for i := range count {
		var p partDoc
		err := s.parts.FindOne(ctx, byID(partID(owner, i))).Decode(&p)
		if errors.Is(err, mongo.ErrNoDocuments) {
			return nil, aoc.Wrap(errNoPart, aoc.CodeInternal, "mongo.parts", fmt.Sprintf("piece %d of %q is gone", i, owner))
		}
		if err != nil {
			return nil, err
		}
		data = append(data, p.Data...)
	}
	return data, nil
}

func (s *Store) dropParts(ctx context.Context, owners ...string) error {
	owners = slices.DeleteFunc(owners, func(o string) bool { return o == "" })
	if len(owners) == 0 {
		return nil
	}
	_, err := s.parts.DeleteMany(ctx, bson.D{{Key: "owner", Value: bson.D{{Key: "$in", Value: owners}}}})
	return err
}

// sweepParts drops pieces that a crash left behind: written for an entry of the log that
// others follow, and referred to by nothing.
func (s *Store) sweepParts(ctx context.Context) error {
	last, err := s.log.catchUp(ctx)
	if err != nil {
		return err
	}
	cursor, err := s.parts.Find(ctx, bson.D{{Key: "n", Value: bson.D{{Key: "$lt", Value: last.N}}}},
		options.Find().SetProjection(bson.D{{Key: "owner", Value: 1}}))
	if err != nil {
		return err
	}
	var found []partDoc
	if err := cursor.All(ctx, &found); err != nil {
		return err
	}
	known := map[string]bool{}
	var left []string
	for _, p := range found {
		if _, ok := known[p.Owner]; ok {
			continue
		}
		used, err := s.partsUsed(ctx, p.Owner)
		if err != nil {
			return err
		}
		if known[p.Owner] = used; !used {
			left = append(left, p.Owner)
		}
	}
	return s.dropParts(ctx, left...)
}

// partsUsed reports whether something refers to an owner's pieces.
func (s *Store) partsUsed(ctx context.Context, owner string) (bool, error) {
	kind, rest, _ := strings.Cut(owner, "/")
	coll, field := s.events, "parts_of"
	id, _, _ := strings.Cut(rest, "/")
	switch kind {
	case ownerEvent:
	case ownerVersion:
		coll, id = s.versions, rest[:strings.LastIndexByte(rest, '/')]
	case s.ledger.coll.Name():
		last, err := s.ledger.catchUp(ctx)
		return err != nil || id >= last.ID, err
	default: // the body of an entry of the log: a later one is there, so it has been applied
		return false, nil
	}
	var d struct {
		Owner string `bson:"parts_of"`
	}
	err := coll.FindOne(ctx, byID(id), options.FindOne().SetProjection(bson.D{{Key: field, Value: 1}})).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	return d.Owner == owner, err
}

// What has pieces, as their owner's name begins.
const (
	ownerEvent   = "event"   // event/key/…
	ownerVersion = "version" // version/key/seq/…
)

var (
	encoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2))
		if err != nil {
			panic(err) // the options are constant
		}
		return e
	})
	decoder = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			panic(err)
		}
		return d
	})
)

func compress(plain []byte) []byte { return encoder().EncodeAll(plain, nil) }

func decompress(data []byte) ([]byte, error) { return decoder().DecodeAll(data, nil) }
