package store

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"aoc"
)

// SaltLen is the length of the random salt that a leaf hashes the raw record with, so that
// a leaf alone tells nothing about a record that has been erased.
const SaltLen = 16

// LeafHash is the record hash of one log entry: H(seq, key, H(salt‖raw), received_at,
// origin). Renormalising changes none of them; erasing raw and salt leaves the hash.
func LeafHash(seq int64, key string, raw, salt []byte, received time.Time, origin aoc.Origin) [32]byte {
	content := sha256.New()
	content.Write(salt)
	content.Write(raw)
	b := append(make([]byte, 0, 128), "aoc leaf v1\n"...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = appendString(b, key)
	b = content.Sum(b)
	b = binary.BigEndian.AppendUint64(b, uint64(received.UnixNano()))
	b = appendString(b, string(origin))
	return tlog.RecordHash(b)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
