package sqlite

import (
	"context"
	"slices"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// Get implements [store.Finder].
func (s *Store) Get(ctx context.Context, key string) (aoc.Event, error) {
	var e aoc.Event
	err := s.snapshot(ctx, "sqlite.get", func(v *snapshot) error {
		doc, err := v.mustFind(ctx, key)
		if err != nil {
			return err
		}
		e = doc.event
		return v.decorate(ctx, &e)
	})
	return e, err
}

func (v *snapshot) mustFind(ctx context.Context, key string) (document, error) {
	doc, _, _, ok, err := v.find(ctx, key)
	if err == nil && !ok {
		err = notFound(key)
	}
	return doc, err
}

// notFound is the error for a key that no event has.
func notFound(key string) error {
	return aoc.Errorf(aoc.CodeNotFound, "sqlite.get", "there is no event with the key %q", key)
}

// Versions implements [store.Finder].
func (s *Store) Versions(ctx context.Context, key string) ([]store.Version, error) {
	var versions []store.Version
	err := s.snapshot(ctx, "sqlite.versions", func(v *snapshot) error {
		doc, err := v.mustFind(ctx, key)
		if err != nil {
			return err
		}
		for _, o := range doc.older {
			versions = append(versions, store.Version{Seq: o.seq, ReceivedAt: o.received, Raw: o.raw})
		}
		versions = append(versions, store.Version{Seq: doc.event.Seq, ReceivedAt: doc.received, Raw: doc.event.Raw})
		return nil
	})
	return versions, err
}

// FindByID implements [store.Finder].
func (s *Store) FindByID(ctx context.Context, id string) ([]aoc.Event, error) {
	var events []aoc.Event
	err := s.snapshot(ctx, "sqlite.find_by_id", func(v *snapshot) error {
		candidates, ok, err := v.candidates(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			if events, err = v.findCommonID(ctx, id); err != nil {
				return err
			}
		}
		for seg, blocks := range candidates {
			if err := v.scanBlocks(ctx, seg, blocks, func(text encodedDocument) error {
				if _, has := text.identity(); has != id {
					return nil
				}
				doc, err := text.decodeOwn(seg.tenant)
				events = append(events, doc.event)
				return err
			}); err != nil {
				return err
			}
		}
		return v.decorateAll(ctx, pointers(events))
	})
	slices.SortFunc(events, func(a, b aoc.Event) int { return int(a.Seq - b.Seq) })
	return events, err
}

// defaultMaxIDBlocks is how many blocks are read for an id. One that may be in more is no id that
// a source gives: it is too short for the signature, or made of words.
const defaultMaxIDBlocks = 256

// candidates gives the blocks that may have an event with an id; ok is false when they are
// too many.
func (v *snapshot) candidates(ctx context.Context, id string) (blocks map[*segmentInfo]bitmap, ok bool, err error) {
	positions := termBits(rawjson.AppendFold(nil, id))
	blocks = map[*segmentInfo]bitmap{}
	n := 0
	for _, seg := range v.segments {
		found, err := v.blocksWith(ctx, seg, positions)
		if err != nil {
			return nil, false, err
		}
		if n += found.count(); n > v.s.maxIDBlocks {
			return nil, false, nil
		}
		if !found.empty() {
			blocks[seg] = found
		}
	}
	return blocks, true, nil
}

// findCommonID gives the events with an id that is in too many blocks, by the keys that
// events have whose id alone identifies them.
func (v *snapshot) findCommonID(ctx context.Context, id string) ([]aoc.Event, error) {
	var tenants []string
	for _, seg := range v.segments {
		if !slices.Contains(tenants, seg.tenant) {
			tenants = append(tenants, seg.tenant)
		}
	}
	var events []aoc.Event
	for _, tenant := range tenants {
		for _, source := range aoc.Sources() {
			doc, _, _, ok, err := v.find(ctx, aoc.KeyOf(aoc.DedupeKey(source, tenant, id)))
			if err != nil {
				return nil, err
			}
			if ok && doc.event.ID == id {
				events = append(events, doc.event)
			}
		}
	}
	return events, nil
}

// scanBlocks calls f with every live document of the given blocks.
func (v *snapshot) scanBlocks(ctx context.Context, seg *segmentInfo, blocks bitmap, f func(text encodedDocument) error) error {
	for b := range seg.blocks() {
		if !blocks.has(b) {
			continue
		}
		block, err := v.block(ctx, seg, b)
		if err != nil {
			return err
		}
		for i, text := range block.docs {
			row := b*blockEvents + i
			if v.dead[seg.id][row] {
				continue
			}
			text, err := v.whole(ctx, seg, row, text)
			if err != nil {
				return err
			}
			if err := f(text); err != nil {
				return err
			}
		}
	}
	return nil
}
