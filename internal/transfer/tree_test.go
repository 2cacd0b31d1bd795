package transfer

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The root over any number of leaves is that of the tree as package tlog has it.
func TestTree(t *testing.T) {
	var over tree
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, n := range indexes {
			hashes[i] = stored[n]
		}
		return hashes, nil
	})
	for n := range int64(300) {
		want, err := tlog.TreeHash(n, read)
		if err != nil {
			t.Fatal(err)
		}
		if got := over.root(); tlog.Hash(got) != want {
			t.Fatalf("the root over %d leaves is not that of the tree", n)
		}
		leaf := tlog.Hash(sha256.Sum256(fmt.Append(nil, n)))
		hashes, err := tlog.StoredHashesForRecordHash(n, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
		over.add(leaf)
	}
}
