package mongo

import (
	"bytes"
	"context"
	"crypto/sha256"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
)

func (j *journal) partsOwner(e *entry) string {
	return j.coll.Name() + "/" + e.ID + "/" + e.Nonce
}

// pack puts the changes of an entry into its body.
func (j *journal) pack(ctx context.Context, e *entry) error {
	plain, err := bson.Marshal(e.changes)
	if err != nil {
		return err
	}
	e.Body = compress(plain)
	sum := sha256.Sum256(e.Body)
	e.BodySum = sum[:]
	if len(e.Body) <= maxBody {
		return nil
	}
	// Before the entry, so that it is whole when it is there. What a crash leaves behind is
	// swept by housekeeping.
	e.Parts, err = j.s.putParts(ctx, j.partsOwner(e), e.N, e.Body)
	e.Body = nil
	return err
}

// unpack takes the changes out of the body.
func (j *journal) unpack(ctx context.Context, e *entry) error {
	body := e.Body
	if e.Parts > 0 {
		var err error
		if body, err = j.s.getParts(ctx, j.partsOwner(e), e.Parts); err != nil {
			return err
		}
	}
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], e.BodySum) {
		return aoc.Errorf(aoc.CodeInternal, "mongo.log", "entry %d of the log is damaged: its body is not what it was", e.N)
	}
	plain, err := decompress(body)
	if err != nil {
		return err
	}
	e.changes, err = newChanges(e.Kind)
	if err != nil {
		return err
	}
	return bson.Unmarshal(plain, e.changes)
}

func newChanges(kind string) (any, error) {
	switch kind {
	case kindAppend, kindMove:
		return &appendChanges{}, nil
	case kindEdit:
		return &editChanges{}, nil
	case kindDocument:
		return &documentChanges{}, nil
	case kindRewrite:
		return &rewriteChanges{}, nil
	case kindShelves:
		return &shelfChanges{}, nil
	case kindLedger:
		return &ledgerChanges{}, nil
	}
	e := aoc.Errorf(aoc.CodeUnavailable, "mongo.log", "the log has an entry of kind %q, which this version does not know", kind)
	e.Hint = "A newer version of AOC works on this database; run the same version everywhere."
	return nil, e
}

// weightOf is about how many documents changes write.
func weightOf(changes any) int {
	switch c := changes.(type) {
	case *appendChanges:
		return len(c.Events) + len(c.Versions)
	case *rewriteChanges:
		return len(c.Events) + len(c.Versions) + len(c.Moved)
	}
	return 0
}
