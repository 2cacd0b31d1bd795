package transfer

import "golang.org/x/mod/sumdb/tlog"

// tree computes the root of the hash tree over leaves that are added one by one. It keeps
// the roots of the full trees that the leaves so far consist of, largest first.
type tree struct {
	roots []tlog.Hash
	size  int64
}

func (t *tree) add(leaf [32]byte) {
	t.roots = append(t.roots, leaf)
	for n := t.size; n&1 == 1; n >>= 1 { // the last two are of the same size
		last := len(t.roots) - 1
		t.roots[last-1] = tlog.NodeHash(t.roots[last-1], t.roots[last])
		t.roots = t.roots[:last]
	}
	t.size++
}

// root is that over all leaves so far.
func (t *tree) root() [32]byte {
	if len(t.roots) == 0 {
		empty, _ := tlog.TreeHash(0, nil) // reads nothing
		return empty
	}
	root := t.roots[len(t.roots)-1]
	for i := len(t.roots) - 2; i >= 0; i-- {
		root = tlog.NodeHash(t.roots[i], root)
	}
	return root
}
