package mongo

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// edge is the right edge of a hash tree (RFC 6962): the roots of the complete subtrees that
// its leaves fall into, largest first, one for each bit of their number. It is all that is
// needed to add leaves and to tell the root.
type edge []tlog.Hash

// add adds the leaf after size others.
func (e edge) add(size int64, leaf tlog.Hash) edge {
	e = append(e, leaf)
	for ; size&1 == 1; size >>= 1 {
		last := len(e) - 1
		e[last-1] = tlog.NodeHash(e[last-1], e[last])
		e = e[:last]
	}
	return e
}

// root is the root over all leaves.
func (e edge) root() tlog.Hash {
	if len(e) == 0 {
		h, err := tlog.TreeHash(0, nil)
		if err != nil {
			panic(err) // it reads nothing
		}
		return h
	}
	root := e[len(e)-1]
	for _, h := range slices.Backward(e[:len(e)-1]) {
		root = tlog.NodeHash(h, root)
	}
	return root
}

func (e edge) bytes() []byte { return joinHashes(e) }

func edgeOf(b []byte) edge { return splitHashes(b) }

func joinHashes(hashes []tlog.Hash) []byte {
	b := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}

func splitHashes(b []byte) []tlog.Hash {
	hashes := make([]tlog.Hash, 0, len(b)/tlog.HashSize)
	for h := range slices.Chunk(b, tlog.HashSize) {
		hashes = append(hashes, tlog.Hash(h))
	}
	return hashes
}
