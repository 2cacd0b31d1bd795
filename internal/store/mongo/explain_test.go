package mongo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/mongo/mongotest"
)

// explained is how a server answers a question.
type explained struct {
	stages  []string
	indexes []string // their keys, such as terms at tie
}

// explain reads the winning plan out of an answer to the command explain.
func explain(answer bson.Raw) (x explained) {
	var walk func(v bson.RawValue)
	walk = func(v bson.RawValue) {
		if list, ok := v.ArrayOK(); ok {
			values, _ := list.Values()
			for _, v := range values {
				walk(v)
			}
			return
		}
		doc, ok := v.DocumentOK()
		if !ok {
			return
		}
		if stage, ok := doc.Lookup("stage").StringValueOK(); ok {
			x.stages = append(x.stages, stage)
		}
		if keys, ok := doc.Lookup("keyPattern").DocumentOK(); ok {
			elements, _ := keys.Elements()
			var names []string
			for _, e := range elements {
				names = append(names, e.Key())
			}
			x.indexes = append(x.indexes, strings.Join(names, " "))
		}
		elements, _ := doc.Elements()
		for _, e := range elements {
			walk(e.Value())
		}
	}
	walk(answer.Lookup("queryPlanner", "winningPlan"))
	return x
}

// check fails where a plan uses an index that is not among those that are allowed, or none,
// or sorts although it need not.
func (x explained) check(t *testing.T, what string, sorts bool, allowed ...bson.D) {
	t.Helper()
	for i, stage := range x.stages {
		if stage == "COLLSCAN" || stage == "SORT" && !sorts {
			t.Errorf("%s: stage %d of %q", what, i, x.stages)
		}
	}
	if len(x.indexes) == 0 {
		t.Errorf("%s: no index: %q", what, x.stages)
	}
	for _, got := range x.indexes {
		if !slices.ContainsFunc(allowed, func(keys bson.D) bool { return keyNames(keys) == got }) {
			t.Errorf("%s: index %q, want one of %v", what, got, allowed)
		}
	}
}

func keyNames(keys bson.D) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Key
	}
	return strings.Join(names, " ")
}

func (s *Store) explain(t *testing.T, coll *mongo.Collection, filter, sort, hint bson.D) explained {
	t.Helper()
	find := bson.D{{Key: "find", Value: coll.Name()}, {Key: "filter", Value: filter}}
	if sort != nil {
		find = append(find, bson.E{Key: "sort", Value: sort})
	}
	if hint != nil {
		find = append(find, bson.E{Key: "hint", Value: hint})
	}
	answer, err := coll.Database().RunCommand(t.Context(), bson.D{{Key: "explain", Value: find}, {Key: "verbosity", Value: "queryPlanner"}}).Raw()
	if err != nil {
		t.Fatalf("%v: %v", filter, err)
	}
	return explain(answer)
}

// TestIndexesAreUsed asks a MongoDB how it answers each shape of question.
func TestIndexesAreUsed(t *testing.T) {
	mongotest.Real(t)
	s := openTest(t, Options{})
	c := newChance(16)
	events := c.fill(t, 600, s)
	text := func(term string) aoc.Expr { return aoc.Text{Term: term} }
	is := func(f aoc.Field, values ...string) aoc.Expr { return aoc.Is{Field: f, Values: values} }
	many := make([]string, maxMerged+1)
	for i := range many {
		many[i] = c.hex(12)
	}
	hour := aoc.Between{Start: time.Unix(1, 0), End: time.Unix(2, 0)}
	for name, q := range map[string]struct {
		x       aoc.Expr
		sorts   bool
		indexes []bson.D
	}{
		"everything":          {nil, false, []bson.D{byTime}},
		"a time":              {hour, false, []bson.D{byTime}},
		"a field":             {is(aoc.FieldResult, "success"), false, []bson.D{byTerm}},
		"a field and a time":  {aoc.And{is(aoc.FieldResult, "success"), hour}, false, []bson.D{byTerm}},
		"two fields":          {aoc.And{is(aoc.FieldResult, "success"), is(aoc.FieldSource, "unified", "intune")}, false, []bson.D{byTerm}},
		"a part of a word":    {text("love"), false, []bson.D{byTerm}},
		"a GUID":              {text("3f2a91c4-7b1d-4c55-8c1e-0123456789ab"), false, []bson.D{byTerm}},
		"a sentence":          {text("add member to role"), false, []bson.D{byTerm}},
		"either of two":       {aoc.Or{text("love"), is(aoc.FieldActor, "x")}, false, []bson.D{byTerm}},
		"a target":            {is(aoc.FieldTarget, "x"), false, []bson.D{byTerm}},
		"a tag":               {is(aoc.FieldTag, "x"), false, []bson.D{byMark}},
		"a tag like":          {aoc.Like{Field: aoc.FieldTag, Parts: []string{"in", ""}}, false, []bson.D{byMark}},
		"reviewed":            {aoc.Like{Field: aoc.FieldReview, Parts: []string{"", ""}}, false, []bson.D{byMark}},
		"a tag and a text":    {aoc.And{is(aoc.FieldTag, "x"), text("love")}, false, []bson.D{byMark, byTerm}},
		"not reviewed":        {aoc.Not{Of: aoc.Like{Field: aoc.FieldReview, Parts: []string{"", ""}}}, false, []bson.D{byTime}},
		"not a field":         {aoc.Not{Of: is(aoc.FieldResult, "success")}, false, []bson.D{byTime}},
		"what is undecided":   {text("x"), false, []bson.D{byTime}},
		"one of very many":    {is(aoc.FieldID, many...), true, []bson.D{byTerm, byTime}},
		"text, but no field":  {aoc.And{text("love"), aoc.Not{Of: is(aoc.FieldResult, "success")}}, false, []bson.D{byTerm}},
		"nothing but unknown": {aoc.Not{Of: text("love")}, false, []bson.D{byTime}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := s.plan(t.Context(), aoc.Query{Where: q.x})
			if err != nil {
				t.Fatal(err)
			}
			for what, after := range map[string]*store.Position{"first page": nil, "next page": {Time: time.Unix(1, 5), Key: events[0].Key}} {
				for which, of := range map[string]cond{"maybe": p.maybe, "sure": p.sure, "doubt": p.doubt} {
					st := &stream{s: s, cond: of, time: p.time, after: after}
					if isNever(of) || which != "maybe" && hintOf(of) == nil {
						continue
					}
					filter, hint := st.question()
					allowed := q.indexes
					if which != "maybe" { // terms that tell that others are missing
						allowed = append(slices.Clone(allowed), byTerm, byTime)
					}
					s.explain(t, s.events, filter, byTime, hint).check(t, what+", "+which, q.sorts, allowed...)
				}
			}
		})
	}
	vocabulary := keysOf("g", "t", "n")
	s.explain(t, s.words, shelves{s, []string{"t1"}, 0}.filter([]string{"love", "ovel"}), nil, nil).check(t, "vocabulary of a tenant", false, vocabulary)
	s.explain(t, s.words, shelves{s, nil, 0}.filter([]string{"love"}), nil, nil).check(t, "vocabulary of all", false, vocabulary)
	s.explain(t, s.words, wordsBefore(5), nil, nil).check(t, "old words", false, keysOf("_id"))
	s.explain(t, s.events, isEvent(), timeOrder(1), nil).check(t, "the oldest event", false, byTime)
	s.explain(t, s.rollups, staleHours(), keysOf("-_id"), nil).check(t, "hours to roll up", false, keysOf("stale", "-_id"))
	s.explain(t, s.rollups, hoursIn(during{0, int64(time.Hour)}), keysOf("_id"), nil).check(t, "roll-ups of a time", false, keysOf("_id"))
}

// What is read out of an explanation is tested with one as the server's manual prints it.
func TestExplanationsAreRead(t *testing.T) {
	stage := func(name string, more ...bson.E) bson.D { return append(bson.D{{Key: "stage", Value: name}}, more...) }
	scan := stage("IXSCAN", bson.E{Key: "keyPattern", Value: byTerm})
	answer, err := bson.Marshal(bson.D{{Key: "queryPlanner", Value: bson.D{
		{Key: "winningPlan", Value: bson.D{{Key: "queryPlan", Value: stage("FETCH", bson.E{Key: "inputStage", Value: stage("SORT_MERGE", bson.E{Key: "inputStages", Value: bson.A{scan, scan}})})}}},
		{Key: "rejectedPlans", Value: bson.A{stage("COLLSCAN")}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	x := explain(answer)
	if !slices.Equal(x.stages, []string{"FETCH", "SORT_MERGE", "IXSCAN", "IXSCAN"}) || !slices.Equal(x.indexes, []string{"terms at tie", "terms at tie"}) {
		t.Errorf("%+v", x)
	}
}
