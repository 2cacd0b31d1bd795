package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// The chain is a hash tree over one leaf for each log entry. Its hashes are kept in
// tiles of 256: a tile of level n holds the roots of 256 full tiles of level n-1, so a
// tree of ten million entries costs 32 bytes an entry and its root a few reads.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	hashLen    = tlog.HashSize
)

// appendLeaves adds hashes for the entries from number first on (entry 0 is Seq 1).
func appendLeaves(ctx context.Context, tx *sql.Tx, first int64, hashes []tlog.Hash) error {
	for level := 0; len(hashes) > 0; level++ {
		n := first / tileWidth
		tile, err := readTile(ctx, tx, level, n)
		if err != nil {
			return err
		}
		if int64(len(tile)) < (first%tileWidth)*hashLen {
			return errors.New("the chain is shorter than the log: the file is damaged")
		}
		tile = tile[:(first%tileWidth)*hashLen]
		var roots []tlog.Hash
		firstRoot := n
		for _, h := range hashes {
			if tile = append(tile, h[:]...); len(tile) == tileWidth*hashLen {
				if err := writeTile(ctx, tx, level, n, tile); err != nil {
					return err
				}
				roots = append(roots, tileRoot(tile))
				tile, n = tile[:0], n+1
			}
		}
		if len(tile) > 0 {
			if err := writeTile(ctx, tx, level, n, tile); err != nil {
				return err
			}
		}
		first, hashes = firstRoot, roots
	}
	return nil
}

// tileRoot is the root of a whole number of hashes that is a power of two.
func tileRoot(tile []byte) tlog.Hash {
	hashes := make([]tlog.Hash, len(tile)/hashLen)
	for i := range hashes {
		copy(hashes[i][:], tile[i*hashLen:])
	}
	for ; len(hashes) > 1; hashes = hashes[:len(hashes)/2] {
		for i := range len(hashes) / 2 {
			hashes[i] = tlog.NodeHash(hashes[2*i], hashes[2*i+1])
		}
	}
	return hashes[0]
}

func readTile(ctx context.Context, tx *sql.Tx, level int, n int64) ([]byte, error) {
	var data []byte
	err := tx.QueryRowContext(ctx, "SELECT data FROM tile WHERE level = ? AND n = ?", level, n).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return data, err
}

func writeTile(ctx context.Context, tx *sql.Tx, level int, n int64, data []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO tile (level, n, data) VALUES (?, ?, ?)
		ON CONFLICT (level, n) DO UPDATE SET data = excluded.data`, level, n, data)
	return err
}

// chainSize counts the leaves.
func chainSize(ctx context.Context, tx *sql.Tx) (int64, error) {
	var n, bytes int64
	err := tx.QueryRowContext(ctx, "SELECT n, length(data) FROM tile WHERE level = 0 ORDER BY n DESC LIMIT 1").Scan(&n, &bytes)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n*tileWidth + bytes/hashLen, err
}

// TreeHead implements [store.Chain].
func (s *Store) TreeHead(ctx context.Context) (size int64, root [32]byte, err error) {
	err = s.readTx(ctx, "sqlite.tree_head", func(tx *sql.Tx) error {
		if size, err = chainSize(ctx, tx); err != nil {
			return err
		}
		root, err = tlog.TreeHash(size, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			return readHashes(ctx, tx, indexes)
		}))
		return err
	})
	return size, root, err
}

// readHashes gives stored hashes by their index in the tree, as tlog numbers them.
func readHashes(ctx context.Context, tx *sql.Tx, indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		width := int64(1) << (level % tileHeight) // tile hashes under this one
		tile, err := readTile(ctx, tx, level/tileHeight, n*width/tileWidth)
		if err != nil {
			return nil, err
		}
		start := n * width % tileWidth * hashLen
		if int64(len(tile)) < start+width*hashLen {
			return nil, errors.New("the chain lacks a hash: the file is damaged")
		}
		hashes[i] = tileRoot(tile[start : start+width*hashLen])
	}
	return hashes, nil
}

// LeafHashes implements [store.Chain].
func (s *Store) LeafHashes(ctx context.Context, from int64, n int) ([][32]byte, error) {
	var leaves [][32]byte
	err := s.readTx(ctx, "sqlite.leaf_hashes", func(tx *sql.Tx) (err error) {
		leaves, err = readLeaves(ctx, tx, from, n)
		return err
	})
	return leaves, err
}

// readLeaves gives up to n leaves from number from on.
func readLeaves(ctx context.Context, tx *sql.Tx, from int64, n int) ([][32]byte, error) {
	var leaves [][32]byte
	for len(leaves) < n {
		at := from + int64(len(leaves))
		tile, err := readTile(ctx, tx, 0, at/tileWidth)
		if err != nil {
			return nil, err
		}
		start := at % tileWidth * hashLen
		if int64(len(tile)) <= start {
			return leaves, nil
		}
		for rest := tile[start:]; len(rest) >= hashLen && len(leaves) < n; rest = rest[hashLen:] {
			leaves = append(leaves, [32]byte(rest[:hashLen]))
		}
	}
	return leaves, nil
}
