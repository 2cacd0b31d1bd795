package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/mod/sumdb/tlog"

	"aoc"
)

// TreeHead implements [store.Chain]. Where the chain is off there are no leaves.
func (s *Store) TreeHead(ctx context.Context) (size int64, root [32]byte, err error) {
	e, err := s.log.applied(ctx)
	if err != nil {
		return 0, root, s.fault(err, "mongo.tree_head")
	}
	tree := edgeOf(e.Edge)
	if len(tree) == 0 {
		return 0, tree.root(), nil
	}
	return e.Size, tree.root(), nil
}

// LeafHashes implements [store.Chain].
func (s *Store) LeafHashes(ctx context.Context, from int64, n int) ([][32]byte, error) {
	const op = "mongo.leaf_hashes"
	var leaves [][32]byte
	last, err := s.log.applied(ctx)
	if err != nil {
		return nil, s.fault(err, op)
	}
	at, err := s.firstBeyond(ctx, max(from, 0), last)
	if err != nil {
		return nil, s.fault(err, op)
	}
	for ; at <= last.N && len(leaves) < n; at++ {
		e, err := s.log.find(ctx, at, options.FindOne().SetProjection(bson.D{{Key: "n", Value: 1}, {Key: "size", Value: 1}, {Key: "leaves", Value: 1}}))
		if err == nil && e == nil {
			err = goneEntry(at)
		}
		if err != nil {
			return nil, s.fault(err, op)
		}
		first := e.Size - int64(len(e.Leaves)/tlog.HashSize) // entry 0 of the tree is Seq 1
		for i, h := range splitHashes(e.Leaves) {
			if first+int64(i) >= from && len(leaves) < n {
				leaves = append(leaves, h)
			}
		}
	}
	return leaves, nil
}

func goneEntry(n int64) error {
	e := aoc.Errorf(aoc.CodeInternal, "mongo.log", "entry %d of the log is gone", n)
	e.Hint = "Somebody has removed documents of the log. Restore the database from a backup."
	return e
}
