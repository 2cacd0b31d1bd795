package sigma

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aoc"
)

// testSchema maps every name but those that begin with "Unmapped".
type testSchema struct {
	names []string
	slots map[string]Slot
}

func newTestSchema() *testSchema { return &testSchema{slots: map[string]Slot{}} }

func (s *testSchema) Field(name string) (Slot, error) {
	if strings.HasPrefix(name, "Unmapped") {
		return 0, aoc.Errorf(aoc.CodeNotFound, "test", "no record has it")
	}
	slot, ok := s.slots[name]
	if !ok {
		slot = Slot(len(s.names))
		s.slots[name] = slot
		s.names = append(s.names, name)
	}
	return slot, nil
}

// testRecord is a JSON object. A name with dots is a path.
type testRecord struct {
	schema *testSchema
	fields map[string]any
}

func newTestRecord(t testing.TB, schema *testSchema, text string) *testRecord {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	r := &testRecord{schema: schema}
	if err := d.Decode(&r.fields); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func (r *testRecord) get(s Slot) (any, bool) {
	if int(s) >= len(r.schema.names) {
		return nil, false
	}
	var at any = r.fields
	for _, key := range strings.Split(r.schema.names[s], ".") {
		m, _ := at.(map[string]any)
		v, ok := m[key]
		if !ok {
			return nil, false
		}
		at = v
	}
	return at, true
}

func (r *testRecord) Values(s Slot, dst []Value) []Value {
	v, ok := r.get(s)
	if !ok {
		return dst
	}
	return appendValues(dst, v)
}

func appendValues(dst []Value, v any) []Value {
	switch v := v.(type) {
	case nil:
		return append(dst, Value{Kind: NullValue})
	case string:
		return append(dst, Value{Text: v})
	case json.Number:
		return append(dst, Value{Kind: Number, Text: v.String()})
	case bool:
		return append(dst, Value{Kind: Bool, Text: map[bool]string{true: "true", false: "false"}[v]})
	case []any:
		for _, one := range v {
			dst = appendValues(dst, one)
		}
	}
	return dst
}

func (r *testRecord) Exists(s Slot) bool {
	_, ok := r.get(s)
	return ok
}

func (r *testRecord) Texts(yield func(string) bool) {
	keys := make([]string, 0, len(r.fields))
	for k := range r.fields {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		for _, v := range appendValues(nil, r.fields[k]) {
			if v.Kind != NullValue && !yield(v.Text) {
				return
			}
		}
	}
}

// detectionRule puts a head before a detection, whose text begins with a line break and is
// indented by one step.
func detectionRule(detection string) string {
	return "title: T\nlogsource:\n    product: test\ndetection:" + strings.TrimRight(detection, " \t\n") + "\n"
}

// mustParse reads one rule.
func mustParse(t testing.TB, text string) *Rule {
	t.Helper()
	rules, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return rules[0]
}

func mustCompile(t testing.TB, rule *Rule, o Options) *Program {
	t.Helper()
	p, err := Compile(rule, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, rule.Source)
	}
	return p
}

// testPlaceholders are known in all tests.
func testPlaceholders(name string) ([]string, bool) {
	values, ok := map[string][]string{
		"Servers": {"srv*"}, "Admins": {"ada", "grace"}, "Star": {`a\*b`}, "Net": {"10.0.0.0/8", "192.168.0.0/16"},
		"one": {"1st"}, "two": {"2nd"},
	}[name]
	return values, ok
}
