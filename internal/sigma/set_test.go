package sigma

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// plainRecord has values by slot, as a caller that cares for speed would have them.
type plainRecord struct {
	fields [][]Value
	reads  []int // by slot: how often it was read
}

func (r *plainRecord) Values(s Slot, dst []Value) []Value {
	if int(s) >= len(r.fields) {
		return dst
	}
	if r.reads != nil {
		r.reads[s]++
	}
	return append(dst, r.fields[s]...)
}

func (r *plainRecord) Exists(s Slot) bool { return int(s) < len(r.fields) && len(r.fields[s]) > 0 }

func (r *plainRecord) Texts(yield func(string) bool) {
	for _, values := range r.fields {
		for _, v := range values {
			if !yield(v.Text) {
				return
			}
		}
	}
}

// randomDetection writes a detection over fields A to E and short words.
func randomDetection(rnd *rand.Rand) string {
	words := []string{"ab", "abc", "b", "Ca*b", "*", "?b", "x y", "5", `b\*`, "''"}
	word := func() string { return "'" + strings.Trim(words[rnd.IntN(len(words))], "'") + "'" }
	modifiers := []string{"", "", "", "|contains", "|startswith", "|endswith", "|contains|cased", "|cased", "|re", "|neq", "|fieldref", "|windash", "|base64offset|contains"}
	var b strings.Builder
	var names []string
	for i := range 1 + rnd.IntN(3) {
		name := fmt.Sprintf("s%d", i)
		names = append(names, name)
		fmt.Fprintf(&b, "\n    %s:", name)
		if rnd.IntN(8) == 0 {
			fmt.Fprintf(&b, "\n        - %s", word())
			continue
		}
		for j := range 1 + rnd.IntN(2) {
			modifier := modifiers[rnd.IntN(len(modifiers))]
			field := string(rune('A' + rnd.IntN(3) + j*3))
			switch {
			case rnd.IntN(12) == 0:
				fmt.Fprintf(&b, "\n        %s:", field)
			case modifier == "|re":
				fmt.Fprintf(&b, "\n        %s|re: '%s'", field, []string{"^a", "b+c", "[xy]", "ab|5"}[rnd.IntN(4)])
			case modifier == "|fieldref":
				fmt.Fprintf(&b, "\n        %s|fieldref: %c", field, 'A'+rnd.IntN(5))
			case strings.Contains(modifier, "base64"):
				fmt.Fprintf(&b, "\n        %s%s: 'abc'", field, modifier)
			case modifier == "" && rnd.IntN(3) == 0:
				fmt.Fprintf(&b, "\n        %s:\n            - %s\n            - 5\n            - %s", field, word(), word())
			default:
				fmt.Fprintf(&b, "\n        %s%s: %s", field, modifier, word())
			}
		}
	}
	conditions := []string{"s0", "not s0", "1 of s*", "all of s*", "s0 and not 1 of s*", "not all of s*"}
	if len(names) > 1 {
		conditions = append(conditions, "s0 and s1", "s0 or s1", "s0 and not s1", "not (s0 or s1)")
	}
	fmt.Fprintf(&b, "\n    condition: %s", conditions[rnd.IntN(len(conditions))])
	return detectionRule(b.String())
}

func randomRecord(rnd *rand.Rand) string {
	values := []string{`"ab"`, `"ABC"`, `"b"`, `"Caxb"`, `""`, `"x Y"`, `5`, `5.0`, `"b*"`, `null`, `["ab","xyz"]`, `[]`, `"YWJj"`}
	var fields []string
	for _, field := range "ABCDE" {
		if rnd.IntN(3) > 0 {
			fields = append(fields, fmt.Sprintf("%q:%s", string(field), values[rnd.IntN(len(values))]))
		}
	}
	return "{" + strings.Join(fields, ",") + "}"
}

// TestASetMatchesAsItsProgramsDo compares sets of random rules with each of their programs.
func TestASetMatchesAsItsProgramsDo(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		schema := newTestSchema()
		var programs []*Program
		for range 30 {
			programs = append(programs, mustCompile(t, mustParse(t, randomDetection(rnd)), Options{Schema: schema}))
		}
		set := NewSet(programs)
		for range 60 {
			text := randomRecord(rnd)
			record := newTestRecord(t, schema, text)
			got := set.Match(record, nil)
			var want []int
			for i, p := range programs {
				if p.Match(record) {
					want = append(want, i)
				}
			}
			if !slices.Equal(got, want) {
				for i, p := range programs {
					if slices.Contains(got, i) != slices.Contains(want, i) {
						t.Errorf("seed %d: %s: %v in the set for\n%s", seed, text, slices.Contains(got, i), p.Rule.Source)
					}
				}
				t.FailNow()
			}
		}
	}
}

// slotSchema has the slots of the generated rules.
type slotSchema map[string]Slot

func (s slotSchema) Field(name string) (Slot, error) {
	if _, ok := s[name]; !ok {
		s[name] = Slot(len(s))
	}
	return s[name], nil
}

// generatedRules are shaped like those that are written for cloud services: an operation or
// two, sometimes a few parts of a long text, a status, an exclusion; under a condition that
// makes the log source.
func generatedRules(tb testing.TB, n int, schema Schema) []*Program {
	rnd := rand.New(rand.NewPCG(7, 7))
	var programs []*Program
	for i := range n {
		var d string
		switch i % 10 {
		case 0, 1, 2, 3:
			d = fmt.Sprintf("\n    selection:\n        operation: 'Do Thing %d'\n        result: 'success'\n    condition: selection", i)
		case 4, 5:
			d = fmt.Sprintf("\n    selection:\n        operation:\n            - 'Add Thing %d'\n            - 'Remove Thing %d'\n            - 'Change Thing %d'\n    filter_main_x:\n        actor|startswith: 'svc-'\n    condition: selection and not 1 of filter_main_*", i, i, i)
		case 6:
			d = fmt.Sprintf("\n    selection:\n        operation|contains: 'box-%d'\n        parameters|contains:\n            - 'ForwardTo%d'\n            - 'RedirectTo%d'\n    condition: selection", i, i, i)
		case 7:
			d = fmt.Sprintf("\n    selection:\n        risk: 'riskKind%d'\n    condition: selection", i)
		case 8:
			d = fmt.Sprintf("\n    selection:\n        code: %d\n        application|endswith: '-app%d'\n    condition: selection", 50000+i, i)
		case 9:
			d = fmt.Sprintf("\n    selection_a:\n        target|contains|all:\n            - 'alpha%d'\n            - 'omega'\n    selection_b:\n        address|cidr: 10.%d.0.0/16\n        code: 0\n    condition: all of selection_*", i, i%250)
		}
		where := []Condition{{Field: "source", Comparison: Is, Values: []string{fmt.Sprintf("source%d", rnd.IntN(6))}}}
		programs = append(programs, mustCompile(tb, mustParse(tb, detectionRule(d)), Options{Schema: schema, Where: where}))
	}
	return programs
}

func generatedRecords(schema slotSchema, n int) []*plainRecord {
	rnd := rand.New(rand.NewPCG(8, 8))
	records := make([]*plainRecord, n)
	for i := range records {
		r := &plainRecord{fields: make([][]Value, len(schema))}
		set := func(name string, v Value) {
			if s, ok := schema[name]; ok {
				r.fields[s] = []Value{v}
			}
		}
		set("source", Value{Text: fmt.Sprintf("source%d", rnd.IntN(6))})
		set("operation", Value{Text: fmt.Sprintf("%s Thing %d", []string{"Do", "Add", "Remove"}[rnd.IntN(3)], rnd.IntN(1000))})
		set("result", Value{Text: "success"})
		set("actor", Value{Text: fmt.Sprintf("Someone.%d@Example.org", rnd.IntN(500))})
		set("parameters", Value{Text: strings.Repeat(`{"Name":"Identity","Value":"Someone"},`, 20)})
		set("code", Value{Kind: Number, Text: fmt.Sprint(50000 + rnd.IntN(3000))})
		set("application", Value{Text: fmt.Sprintf("The-App%d", rnd.IntN(1000))})
		set("target", Value{Text: fmt.Sprintf("alpha%d and others", rnd.IntN(1000))})
		set("address", Value{Text: fmt.Sprintf("10.%d.3.4", rnd.IntN(250))})
		records[i] = r
	}
	return records
}

// TestASetReadsEachFieldOnce counts what generated rules read of generated records, and that
// some of them match.
func TestASetReadsEachFieldOnce(t *testing.T) {
	schema := slotSchema{}
	programs := generatedRules(t, 500, schema)
	set := NewSet(programs)
	if set.Always() > 0 {
		t.Errorf("%d rules are looked at for every record", set.Always())
	}
	matched := 0
	for i, record := range generatedRecords(schema, 2000) {
		record.reads = make([]int, len(schema))
		got := set.Match(record, nil)
		matched += len(got)
		if reads := slices.Max(record.reads); reads > 1 {
			t.Fatalf("a field is read %d times", reads)
		}
		if i < 200 {
			for j, p := range programs {
				if p.Match(record) != slices.Contains(got, j) {
					t.Fatalf("record %d and rule %d: in the set %v", i, j, slices.Contains(got, j))
				}
			}
		}
	}
	if matched == 0 {
		t.Error("nothing matches")
	}
}

// TestASetIsForSeveralGoroutines has four match the same records at once.
func TestASetIsForSeveralGoroutines(t *testing.T) {
	schema := slotSchema{}
	set := NewSet(generatedRules(t, 100, schema))
	records := generatedRecords(schema, 200)
	var want [][]int
	for _, r := range records {
		want = append(want, set.Match(r, nil))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i, r := range records {
				if got := set.Match(r, nil); !slices.Equal(got, want[i]) {
					t.Errorf("record %d: %v, want %v", i, got, want[i])
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkSet matches records against 500 rules, and tells how many times longer going
// through them one by one takes in the same run.
func BenchmarkSet(b *testing.B) {
	schema := slotSchema{}
	programs := generatedRules(b, 500, schema)
	records := generatedRecords(schema, 1000)
	set := NewSet(programs)
	var dst []int
	i := 0
	for b.Loop() {
		dst = set.Match(records[i%len(records)], dst[:0])
		i++
	}
	each := float64(b.Elapsed()) / float64(b.N)

	began, n := time.Now(), 0
	var r reading
	for ; n < 2000; n++ {
		r.begin(records[n%len(records)])
		for _, p := range programs {
			p.Expr.holds(&r)
		}
	}
	naive := float64(time.Since(began)) / float64(n)
	b.ReportMetric(naive/each, "naive/set")
}

// TestALongListOfValuesInASet has more values than a set has an index for.
func TestALongListOfValuesInASet(t *testing.T) {
	var d strings.Builder
	d.WriteString("\n    s:\n        F:")
	for i := range maxNeeds + 1 {
		fmt.Fprintf(&d, "\n            - 'value %d'", i)
	}
	d.WriteString("\n    condition: s")
	schema := newTestSchema()
	set := NewSet([]*Program{mustCompile(t, mustParse(t, detectionRule(d.String())), Options{Schema: schema})})
	if set.Always() != 1 {
		t.Errorf("%d rules are looked at for every record", set.Always())
	}
	for text, want := range map[string]int{`{"F":"Value 2000"}`: 1, `{"F":"value 2001"}`: 0} {
		if got := len(set.Match(newTestRecord(t, schema, text), nil)); got != want {
			t.Errorf("%s: %d", text, got)
		}
	}
}
