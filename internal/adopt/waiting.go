package adopt

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"aoc"
)

// findWaiting finds what earlier calls put into the quarantine: it leaves it once its document
// is understood.
func (a *adopter) findWaiting(ctx context.Context) error {
	const atOnce = 20 // each may be as large as a document can be
	a.waiting = map[string][]string{}
	for after := ""; ; {
		qs, err := a.cfg.Store.ListQuarantine(ctx, after, atOnce)
		if err != nil || len(qs) == 0 {
			return err
		}
		for i := range qs {
			after = qs[i].ID
			if place := qs[i].Transport; qs[i].Origin == aoc.OriginAdopted && strings.HasPrefix(place, a.derive.from+"/") {
				a.waiting[place] = append(a.waiting[place], after)
			}
		}
	}
}

// release takes a document that has been adopted out of the quarantine.
func (a *adopter) release(ctx context.Context, place string) error {
	ids := a.waiting[place]
	if len(ids) == 0 {
		return nil
	}
	if err := a.cfg.Store.DropQuarantine(ctx, ids); err != nil {
		return err
	}
	delete(a.waiting, place)
	a.state.Report.Released++
	return nil
}

// Recognise finds the records in quarantined bytes, also in a document of the original that
// this package put there: its record, if nothing that people added to it would be left
// behind. Such a document leaves the quarantine when it is adopted again.
func Recognise(records func(raw []byte) []aoc.Record) func(raw []byte) []aoc.Record {
	return func(raw []byte) []aoc.Record {
		if found := records(raw); len(found) > 0 {
			return found
		}
		var doc map[string]json.RawMessage
		if json.Unmarshal(raw, &doc) != nil || doc["_id"] == nil {
			return nil
		}
		for _, name := range slices.Concat(tagFields, commentFields) {
			switch string(doc[name]) {
			case "", "null", "[]", `""`:
			default:
				return nil
			}
		}
		for _, name := range rawFields {
			record, found := doc[name]
			if !found {
				continue
			}
			var text string
			if json.Unmarshal(record, &text) == nil {
				record = json.RawMessage(text)
			}
			return records(record)
		}
		return nil
	}
}
