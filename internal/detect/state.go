package detect

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"

	"aoc"
	"aoc/internal/store"
)

const (
	kindState = "detection"
	stateID   = "state"
	// kindPart is the kind of items that the parts of a large state are.
	kindPart = "detection-part"
	// labelOf says which state a part is of.
	labelOf = "of"
)

// The sizes of what is kept in one item, in bytes; variables, so that tests need not be large.
var (
	inlineState = 1 << 20 //nolint:gochecknoglobals // see above
	partSize    = 4 << 20 //nolint:gochecknoglobals // see above
)

// state is what is kept of detection.
type state struct {
	Position int64 `json:"position"`
	// Correlation is what correlations have seen, where that is small. Else it is packed in
	// Parts items that are labelled with Of.
	Correlation json.RawMessage `json:"correlation,omitempty"`
	Of          string          `json:"of,omitempty"`
	Parts       int             `json:"parts,omitempty"`
}

func partID(of string, i int) string { return fmt.Sprintf("%s-%d", of, i) }

// putState keeps a state in place of the one with a version, and gives its version. The parts
// of a large one are written before it and count from then on; those of the one before are
// dropped after.
func putState(ctx context.Context, s store.Items, clock aoc.Clock, at int64, correlation []byte, version int64, before string) (item store.Item, of string, err error) {
	const op = "detect.save"
	kept := state{Position: at, Correlation: correlation}
	if len(correlation) > inlineState {
		kept = state{Position: at, Of: rand.Text()}
		if kept.Parts, err = putParts(ctx, s, clock, kept.Of, correlation); err != nil {
			return item, "", err
		}
	}
	body, err := json.Marshal(kept)
	if err != nil {
		return item, "", aoc.Wrap(err, aoc.CodeInternal, op, "the state of detection cannot be written")
	}
	item, err = s.PutItem(ctx, store.Item{Kind: kindState, ID: stateID, Version: version, At: clock.Now(), Body: body})
	if err != nil || before == "" {
		return item, kept.Of, err
	}
	_, err = s.DropItems(ctx, store.ItemFilter{Kind: kindPart, Labels: map[string][]string{labelOf: {before}}}, maxParts)
	return item, kept.Of, err
}

// maxParts bounds what is dropped at once.
const maxParts = 10_000

func putParts(ctx context.Context, s store.Items, clock aoc.Clock, of string, correlation []byte) (n int, err error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(correlation)
	if closing := w.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return 0, aoc.Wrap(err, aoc.CodeInternal, "detect.save", "the state of detection cannot be packed")
	}
	for ; packed.Len() > 0; n++ {
		body, err := json.Marshal(packed.Next(partSize))
		if err != nil {
			return 0, aoc.Wrap(err, aoc.CodeInternal, "detect.save", "a part of the state of detection cannot be written")
		}
		it := store.Item{Kind: kindPart, ID: partID(of, n), At: clock.Now(), Labels: map[string]string{labelOf: of}, Body: body}
		if _, err := s.PutItem(ctx, it); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// readState reads a kept state with all its parts, and drops parts of others, which a process
// that died has left. Code internal for one that cannot be read.
func readState(ctx context.Context, s store.Items, it *store.Item) (state, error) {
	const op = "detect.restore"
	var kept state
	if err := json.Unmarshal(it.Body, &kept); err != nil {
		return kept, aoc.Wrap(err, aoc.CodeInternal, op, "the state of detection cannot be read")
	}
	var packed []byte
	for i := range kept.Parts {
		part, err := s.Item(ctx, kindPart, partID(kept.Of, i))
		if aoc.CodeOf(err) == aoc.CodeNotFound { // dropped by a process that took over too early
			kept.Correlation = json.RawMessage("null")
			return kept, nil
		}
		if err != nil {
			return kept, err
		}
		var bytes []byte
		if err := json.Unmarshal(part.Body, &bytes); err != nil {
			return kept, aoc.Wrap(err, aoc.CodeInternal, op, "a part of the state of detection cannot be read")
		}
		packed = append(packed, bytes...)
	}
	if kept.Parts > 0 {
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err == nil {
			kept.Correlation, err = io.ReadAll(r)
		}
		if err != nil {
			return kept, aoc.Wrap(err, aoc.CodeInternal, op, "the state of detection cannot be unpacked")
		}
	}
	ofs, err := s.CountItems(ctx, store.ItemFilter{Kind: kindPart}, labelOf)
	if err != nil {
		return kept, err
	}
	for of := range ofs {
		if of == kept.Of {
			continue
		}
		if _, err := s.DropItems(ctx, store.ItemFilter{Kind: kindPart, Labels: map[string][]string{labelOf: {of}}}, maxParts); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// positionOf is the place in the log up to which a kept state has judged.
func positionOf(it *store.Item) (int64, error) {
	var kept struct {
		Position int64 `json:"position"`
	}
	if err := json.Unmarshal(it.Body, &kept); err != nil {
		return 0, aoc.Wrap(err, aoc.CodeInternal, "detect.position", "the state of detection cannot be read")
	}
	return kept.Position, nil
}
