package detect

import (
	"strings"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/sigma"
)

// fields are the fields that rules about one family of records use. Each has a slot.
type fields struct {
	family *family
	slots  []slotAccess
	byName map[string]sigma.Slot
	paths  []string
	index  map[string]int // of paths
	reader *rawjson.Paths // of paths; nil when some were added since
}

// slotAccess is how the values of a slot are found.
type slotAccess struct {
	derived derivation
	paths   []int
}

func newFields(f *family) *fields {
	return &fields{family: f, byName: map[string]sigma.Slot{}, index: map[string]int{}}
}

// Field implements [sigma.Schema].
func (f *fields) Field(name string) (sigma.Slot, error) {
	key := rawjson.Fold(strings.TrimSpace(name))
	if s, ok := f.byName[key]; ok {
		return s, nil
	}
	a, ok := f.family.resolve(name)
	if !ok {
		return 0, aoc.Errorf(aoc.CodeInvalid, "detect.field", "records of the source %s have no such field", f.family.source)
	}
	if len(f.slots) > sigma.MaxSlot {
		return 0, aoc.Errorf(aoc.CodeInvalid, "detect.field", "all rules together use more than %d fields", sigma.MaxSlot)
	}
	s := slotAccess{derived: a.derived}
	for _, path := range a.paths {
		s.paths = append(s.paths, f.path(path))
	}
	slot := sigma.Slot(len(f.slots))
	f.slots, f.byName[key] = append(f.slots, s), slot
	return slot, nil
}

// path gives the index of a path.
func (f *fields) path(path string) int {
	key := rawjson.Fold(path)
	i, ok := f.index[key]
	if !ok {
		i = len(f.paths)
		f.index[key], f.paths, f.reader = i, append(f.paths, path), nil
	}
	return i
}

// view is one event as rules see it. It is used again for the next one, by one goroutine.
type view struct {
	fields *fields
	event  *aoc.Event
	read   bool            // whether found is of this event
	found  [][]sigma.Value // by path
	// matches are the rules that the event matched.
	matches []int
}

func newView(f *fields) *view {
	if f.reader == nil {
		f.reader = rawjson.NewPaths(f.paths)
	}
	return &view{fields: f, found: make([][]sigma.Value, len(f.paths))}
}

// of turns to another event.
func (v *view) of(e *aoc.Event) *view {
	v.event, v.read = e, false
	return v
}

// Values implements [sigma.Record].
func (v *view) Values(s sigma.Slot, dst []sigma.Value) []sigma.Value {
	a := &v.fields.slots[s]
	if a.derived != nil {
		dst = a.derived(v.event, dst)
	}
	if len(a.paths) > 0 {
		v.readRecord()
	}
	for _, path := range a.paths {
		dst = append(dst, v.found[path]...)
	}
	return dst
}

// Exists implements [sigma.Record].
func (v *view) Exists(s sigma.Slot) bool {
	a := &v.fields.slots[s]
	if a.derived != nil && len(a.derived(v.event, nil)) > 0 {
		return true
	}
	if len(a.paths) > 0 {
		v.readRecord()
	}
	for _, path := range a.paths {
		if len(v.found[path]) > 0 {
			return true
		}
	}
	return false
}

// readRecord finds the values at all paths, once for each event.
func (v *view) readRecord() {
	if v.read {
		return
	}
	v.read = true
	for i := range v.found {
		v.found[i] = v.found[i][:0]
	}
	v.fields.reader.Collect(v.event.Raw, func(f rawjson.Found) {
		v.found[f.Path] = append(v.found[f.Path], sigma.Value{Kind: kinds[f.Kind], Text: strings.Clone(f.Text)})
	})
}

// kinds are the kinds of values as Sigma sees them: an object or list is its text.
var kinds = [...]sigma.Kind{ //nolint:gochecknoglobals // read-only table
	rawjson.Null: sigma.NullValue, rawjson.Bool: sigma.Bool, rawjson.Number: sigma.Number, rawjson.Text: sigma.String, rawjson.Container: sigma.String,
}

// Texts implements [sigma.Record]: every text of the record, and what AOC says of it.
func (v *view) Texts(yield func(string) bool) {
	more := true
	rawjson.Values(v.event.Raw, func(value string) bool {
		more = yield(value)
		return more
	})
	if more {
		yield(v.event.DisplaySummary)
	}
}
