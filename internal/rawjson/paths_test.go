package rawjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var somePaths = []string{"a", "a.b", "A.B.c", "list", "list.x", "p.@One", "p.@two.in", "q.r.@k", "é"}

func collect(paths []string, raw string) []Found {
	var all []Found
	NewPaths(paths).Collect([]byte(raw), func(f Found) {
		f.Text = strings.Clone(f.Text)
		all = append(all, f)
	})
	return all
}

func TestPaths(t *testing.T) {
	for raw, want := range map[string]string{
		`{"a":1}`:                             `0 number 1`,
		`{"A":"x\ny"}`:                        "0 text x\ny",
		`{"a":{"B":true}}`:                    `0 container {"B":true}; 1 bool true`,
		` { "a" : [ {"b":"1"} , {"b":null}]}`: `0 container [ {"b":"1"} , {"b":null}]; 1 text 1; 1 null null`,
		`{"a":{"b":{"C":-1.5e3}}}`:            `0 container {"b":{"C":-1.5e3}}; 1 container {"C":-1.5e3}; 2 number -1.5e3`,
		`{"list":["x","y",{"x":1}]}`:          `3 container ["x","y",{"x":1}]; 3 text x; 3 text y; 4 number 1`,
		`{"list":[]}`:                         `3 container []`,
		`{"list":[[1],2]}`:                    `3 container [[1],2]; 3 container [1]; 3 number 1; 3 number 2`,
		`{"p":[{"Name":"one","Value":"v"},{"Name":"other","Value":"w"}]}`: `5 text v`,
		`{"p":[{"value":{"in":[7]},"key":"TWO"}]}`:                        `6 container [7]; 6 number 7`,
		`{"p":[{"displayName":"One","oldValue":"a","newValue":"b"}]}`:     `5 text b`,
		`{"p":{"Name":"one","Value":"v"}}`:                                ``,
		`{"p":[{"Name":1,"Value":"v"},{"Value":"v"},{"Name":"one"}]}`:     ``,
		`{"q":{"r":[{"key":"k","value":""}]}}`:                            `7 text `,
		`{"É":"\u0041"}`:                                                  `8 text A`,
		`{"b":{"a":1},"other":[{"a":{"b":2}}]}`:                           ``,
		`{"a":1,"a":2}`:                                                   `0 number 1; 0 number 2`,
		`[{"a":1}]`:                                                       `0 number 1`,
		`"a"`:                                                             ``,
		``:                                                                ``,
	} {
		var got []string
		for _, f := range collect(somePaths, raw) {
			got = append(got, fmt.Sprintf("%d %s %s", f.Path, [...]string{"null", "bool", "number", "text", "container"}[f.Kind], f.Text))
		}
		if g := strings.Join(got, "; "); g != want {
			t.Errorf("%s\n got %s\nwant %s", raw, g, want)
		}
	}
}

// keyed is a member of an object, in order.
type keyed struct {
	key   string
	value json.RawMessage
}

// taken is a record taken apart by encoding/json: a list, members, or neither.
func taken(raw json.RawMessage) (list []json.RawMessage, members []keyed, scalar bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	first, err := d.Token()
	if err != nil {
		panic(err)
	}
	delim, ok := first.(json.Delim)
	if !ok {
		return nil, nil, true
	}
	for d.More() {
		var m keyed
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				panic(err)
			}
			m.key = key.(string)
		}
		if err := d.Decode(&m.value); err != nil {
			panic(err)
		}
		list, members = append(list, m.value), append(members, m)
	}
	if delim == '{' {
		return nil, members, false
	}
	return list, nil, false
}

// slowly is what Collect finds of one path, the obvious way.
func slowly(raw json.RawMessage, path int, steps []string, inList bool) (all []Found) {
	list, members, scalar := taken(raw)
	whole := strings.TrimSpace(string(raw))
	object := whole[0] == '{'
	if len(steps) == 0 && (!inList || !object) {
		f := Found{Path: path, Text: whole}
		switch {
		case !scalar:
			f.Kind = Container
		case whole[0] == '"':
			f.Kind = Text
			if err := json.Unmarshal(raw, &f.Text); err != nil {
				panic(err)
			}
		default:
			f.Kind = kindOf(whole[0])
		}
		all = append(all, f)
	}
	if object {
		for _, m := range members {
			if len(steps) > 0 && Fold(steps[0]) == Fold(m.key) {
				all = append(all, slowly(m.value, path, steps[1:], false)...)
			}
		}
		return all
	}
	for _, v := range list {
		if len(steps) > 0 && steps[0][0] == '@' {
			all = append(all, pairSlowly(v, path, steps)...)
			continue
		}
		all = append(all, slowly(v, path, steps, true)...)
	}
	return all
}

func pairSlowly(raw json.RawMessage, path int, steps []string) []Found {
	name, value := "", json.RawMessage(nil)
	_, members, _ := taken(raw)
	for _, m := range members {
		switch Fold(m.key) {
		case "name", "key", "displayname":
			name = "\x00"
			var text string
			if bytes.HasPrefix(bytes.TrimSpace(m.value), []byte(`"`)) && json.Unmarshal(m.value, &text) == nil {
				name = text
			}
		case "value", "newvalue":
			value = m.value
		}
	}
	if value == nil || Fold(name) != Fold(steps[0][1:]) {
		if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
			return slowly(raw, path, steps, true)
		}
		return nil
	}
	return slowly(value, path, steps[1:], false)
}

// FuzzPaths compares with taking a record apart, path by path.
func FuzzPaths(f *testing.F) {
	for _, s := range []string{`{"a":[{"b":{"c":1}}]}`, `{"p":[{"Name":"one","Value":[1,"x"]}]}`, `[[{"list":[[{"x":"é\ud800"}]]}]]`, `{"q":{"r":[{"k":1},{"key":"K","value":{}}]}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		NewPaths(somePaths).Collect([]byte(raw), func(Found) {})                       // whatever it is, it ends
		if !json.Valid([]byte(raw)) || !Valid([]byte(raw)) || !utf8.ValidString(raw) { // encoding/json makes one character of ill-formed bytes
			return
		}
		got := collect(somePaths, raw)
		for i, path := range somePaths {
			of := slices.DeleteFunc(slices.Clone(got), func(f Found) bool { return f.Path != i })
			want := slowly(json.RawMessage(raw), i, strings.Split(path, "."), false)
			if diff := cmp.Diff(want, append([]Found(nil), of...)); diff != "" {
				t.Fatalf("%s in %s (-want +got):\n%s", path, raw, diff)
			}
		}
	})
}
