package store

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"aoc"
)

// Position is a place in the order of search results: (Time, Key), descending.
type Position struct {
	Time time.Time
	// Key is the key of the event at that place. With InFront appended it is the place
	// just in front of that event: where a search goes on that had to stop before it.
	Key string
}

// InFront follows a key in a Position that stands in front of the event.
const InFront = "~"

// EncodeCursor makes the opaque cursor that continues after p.
func EncodeCursor(p Position) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(p.Time.UnixNano()))
	return base64.RawURLEncoding.EncodeToString(append(b, p.Key...))
}

// DecodeCursor reads a cursor that EncodeCursor made.
func DecodeCursor(cursor string) (Position, error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) < 8+aoc.KeyLen || len(strings.TrimSuffix(string(b[8:]), InFront)) != aoc.KeyLen {
		e := aoc.Errorf(aoc.CodeInvalid, "store.cursor", "cursor: not a cursor that a search of this store gave")
		e.Hint = "Pass next_cursor of the last page unchanged, or leave cursor out to start anew."
		return Position{}, e
	}
	return Position{
		Time: time.Unix(0, int64(binary.BigEndian.Uint64(b))).UTC(),
		Key:  string(b[8:]),
	}, nil
}

// Before reports whether p comes after q in the results, that is further back.
func (p Position) Before(q Position) bool {
	if !p.Time.Equal(q.Time) {
		return p.Time.Before(q.Time)
	}
	return p.Key < q.Key
}
