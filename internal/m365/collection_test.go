package m365

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

func TestLocator(t *testing.T) {
	c := Collection{Path: "/v1.0/auditLogs/directoryAudits", TimeField: "activityDateTime", PageSize: 1000}
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name       string
		start, end time.Time
		want       string
	}{
		{"whole seconds", day, day.Add(time.Hour), "activityDateTime ge 2026-01-02T00:00:00Z and activityDateTime le 2026-01-02T01:00:00Z"},
		{"rounded outwards", day.Add(1), day.Add(time.Hour + 1), "activityDateTime ge 2026-01-02T00:00:00Z and activityDateTime le 2026-01-02T01:00:01Z"},
		{"in UTC", day.In(time.FixedZone("", 3600)), day.Add(time.Minute), "activityDateTime ge 2026-01-02T00:00:00Z and activityDateTime le 2026-01-02T00:01:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			locator := c.Locator(aoc.Window{Start: tc.start, End: tc.end})
			u, err := url.Parse(locator)
			if err != nil {
				t.Fatal(err)
			}
			if u.Path != c.Path || strings.ContainsAny(locator, " +") {
				t.Errorf("locator = %q", locator)
			}
			want := url.Values{"$filter": {tc.want}, "$orderby": {"activityDateTime asc"}, "$top": {"1000"}}
			if diff := cmp.Diff(want, u.Query()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// gather gathers what a sequence yields as "raw" or "raw!problem".
func gather(seq func(func(Element, error) bool)) (got []string, err error) {
	for e, err := range seq {
		if err != nil {
			return got, err
		}
		s := string(e.Raw)
		if e.Problem != "" {
			s = "!" + s
		}
		got = append(got, s)
	}
	return got, nil
}

func TestPages(t *testing.T) {
	var f *fixture
	f = serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("page") {
		case "":
			fmt.Fprintf(w, `{"@odata.nextLink":"%s/v1.0/c?page=2\u0026x=%%24","value":[{"id":1},{"id":"two" }]}`, f.server.URL)
		case "2": // an empty page is no end; the link may stand behind the list
			fmt.Fprintf(w, `{"value":[],"@odata.nextLink":"%s/v1.0/c?page=3"}`, f.server.URL)
		default:
			io.WriteString(w, `{"value":[{"id":3},{"id":broken},7,{"id":4}],"@odata.nextLink":null}`)
		}
	})
	got, err := gather(f.Pages(t.Context(), Request{API: Graph, Path: "/v1.0/c"}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"id":1}`, `{"id":"two" }`, `{"id":3}`, `!{"id":broken}`, `!7`, `{"id":4}`}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPagesThatAreWrong(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       []string
		code       aoc.Code
	}{
		{"cut off", `{"value":[{"id":1},{"id":`, []string{`{"id":1}`}, aoc.CodeUpstream},
		{"cut between elements", `{"value":[{"id":1},`, []string{`{"id":1}`}, aoc.CodeUpstream},
		{"cut behind the list", `{"value":[{"id":1}]`, []string{`{"id":1}`}, aoc.CodeUpstream},
		{"empty", ``, nil, aoc.CodeUpstream},
		{"no list", `{"values":[{"id":1}]}`, nil, aoc.CodeUpstream},
		{"an array", `[{"id":1}]`, nil, aoc.CodeUpstream},
		{"not JSON", `<html></html>`, nil, aoc.CodeUpstream},
		{"an error in a success", `{"value":[{"id":1}],"error":{"code":"BadRequest","message":"m"}}`, []string{`{"id":1}`}, aoc.CodeUpstream},
		{"an error in the place of a record", `{"value":[{"id":1},{"id":2,"category":{"error":{"code":"BadRequest","message":"m"}}`, []string{`{"id":1}`}, aoc.CodeUpstream},
		{"an error behind half a record", `{"value":[{"id":1},{"id":2,"cat{"error":{"code":"BadRequest","message":"m"}}`, []string{`{"id":1}`}, aoc.CodeUpstream},
		{"an error that closes the list", `{"value":[{"id":1},{"id":2,"c":1,{"error":{"code":"BadRequest","message":"m"}}]}`, []string{`{"id":1}`}, aoc.CodeUpstream},
		{"a circle", `{"value":[{"id":1}],"@odata.nextLink":"SELF/v1.0/c?again"}`, []string{`{"id":1}`, `{"id":1}`}, aoc.CodeUpstream},
		{"a link elsewhere", `{"value":[{"id":1}],"@odata.nextLink":"https://graph.evil.example/v1.0/c"}`, []string{`{"id":1}`}, aoc.CodeUpstream},
		{"a link that is none", `{"value":[{"id":1}],"@odata.nextLink":7}`, []string{`{"id":1}`}, aoc.CodeUpstream},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var f *fixture
			f = serve(t, func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, strings.ReplaceAll(tc.body, "SELF", f.server.URL))
			})
			got, err := gather(f.Pages(t.Context(), Request{API: Graph, Path: "/v1.0/c"}))
			if aoc.CodeOf(err) != tc.code {
				t.Errorf("got %v, want code %s", err, tc.code)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPageThatBreaksOffIsAskedForAgain(t *testing.T) {
	for _, tc := range []struct {
		name  string
		pages []string
		want  []string
	}{
		{"the same again", []string{`{"value":[{"id":1},{"id":2},{"i`, `{"value":[{"id":1},{"id":2},{"id":3}]}`}, []string{`{"id":1}`, `{"id":2}`, `{"id":3}`}},
		{"shorter again", []string{`{"value":[{"id":1},{"id":2},{"i`, `{"value":[{"id":1},`, `{"value":[{"id":1},{"id":2},{"id":3}]}`}, []string{`{"id":1}`, `{"id":2}`, `{"id":3}`}},
		{"with one before", []string{`{"value":[{"id":1},{"id":2},{"i`, `{"value":[{"id":1},{"id":9},{"id":2}]}`}, []string{`{"id":1}`, `{"id":2}`, `{"id":9}`, `{"id":2}`}},
		{"other twice", []string{`{"value":[{"id":1},{"id":2},`, `{"value":[{"id":1},{"id":9},{"id":2},`, `{"value":[{"id":1},{"id":9},{"id":2},{"id":3}]}`}, []string{`{"id":1}`, `{"id":2}`, `{"id":9}`, `{"id":2}`, `{"id":3}`}},
		{"an error inside at first", []string{`{"value":[{"id":1},{"id":2,"c{"error":{"code":"BadRequest","message":"m"}}`, `{"value":[{"id":1},{"id":2}]}`}, []string{`{"id":1}`, `{"id":2}`}},
		{"empty at first", []string{``, `{"value":[{"id":1}]}`}, []string{`{"id":1}`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var answers []answer
			for _, p := range tc.pages {
				answers = append(answers, answer{body: p})
			}
			f := serve(t, script(answers...))
			got, err := gather(f.Pages(t.Context(), Request{API: Graph, Path: "/v1.0/c"}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if len(f.clock.slept()) != len(tc.pages)-1 {
				t.Errorf("slept %v", f.clock.slept())
			}
		})
	}
}

func TestTrailFindsCirclesOfAnyLength(t *testing.T) {
	for _, length := range []int{1, 2, 3, 7, 64, 100} {
		var tr trail
		found := false
		for i := range 4*length + 8 {
			link := fmt.Sprint(i % length)
			if i < length {
				link = fmt.Sprint(i)
			}
			if tr.repeats(link) {
				if i < length {
					t.Errorf("length %d: found at step %d, before it repeats", length, i)
				}
				found = true
				break
			}
		}
		if !found {
			t.Errorf("a circle of %d links is not found", length)
		}
	}
}

func TestPagesStopWithTheirConsumer(t *testing.T) {
	f := serve(t, script(answer{body: `{"value":[{"id":1},{"id":2}],"@odata.nextLink":"https://elsewhere.example"}`}))
	for e, err := range f.Pages(t.Context(), Request{API: Graph, Path: "/v1.0/c"}) {
		if err != nil || string(e.Raw) != `{"id":1}` {
			t.Errorf("got %s, %v", e.Raw, err)
		}
		break
	}
}

func TestElementsOfAnArray(t *testing.T) {
	for _, tc := range []struct {
		body string
		want []string
		code aoc.Code
	}{
		{"\xEF\xBB\xBF [ {\"Id\":1} ]", []string{`{"Id":1}`}, ""},
		{`[]`, nil, ""},
		{`{"Message":"m"}`, nil, aoc.CodeUpstream},
		{`"text"`, nil, aoc.CodeUpstream},
		{``, nil, aoc.CodeUpstream},
		{`[{"Id":1},{"Id`, []string{`{"Id":1}`}, aoc.CodeUpstream},
	} {
		got, err := gather(Elements(strings.NewReader(tc.body), "", nil))
		if aoc.CodeOf(err) != tc.code || !cmp.Equal(got, tc.want) {
			t.Errorf("%s: got %v, %v; want %v, %q", tc.body, got, err, tc.want, tc.code)
		}
	}
}

// The stream's buffer moves between the two records.
func TestABrokenElementIsWholeBehindTheNext(t *testing.T) {
	broken := `{"id":` + strings.Repeat("a", 40<<10) + `}`
	next := `{"id":"` + strings.Repeat("b", 30<<10) + `"}`
	got, err := gather(Elements(strings.NewReader("["+broken+","+next+"]"), "", nil))
	if err != nil || !slices.Equal(got, []string{"!" + broken, next}) {
		t.Errorf("got %d elements, %v; or their bytes have changed", len(got), err)
	}
}

func TestElementsAreNotCopied(t *testing.T) {
	const records = 100
	record := `{"x":"` + strings.Repeat("x", 100<<10) + `"}`
	body := "[" + strings.Repeat(record+",", records-1) + record + "]"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for e, err := range Elements(strings.NewReader(body), "", nil) {
		if err != nil || string(e.Raw) != record {
			t.Fatalf("got %d bytes, %v", len(e.Raw), err)
		}
		n++
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; n != records || took > uint64(len(body)/4) {
		t.Errorf("%d records of %d bytes in all took %d bytes of memory", n, len(body), took)
	}
}

func FuzzElements(f *testing.F) {
	f.Add(`{"value":[{"id":1},{"id":broken}],"@odata.nextLink":"https://x"}`, "value")
	f.Add(`[{"Id":1},2,"]",{"Id":"\"}"}]`, "")
	f.Add(`[{"Id":1`, "")
	f.Add("\xEF\xBB\xBF[]", "")
	f.Fuzz(func(t *testing.T, body, key string) {
		whole, err := gather(Elements(strings.NewReader(body), key, nil))
		halves, err2 := gather(Elements(iotest.OneByteReader(strings.NewReader(body)), key, nil))
		if !cmp.Equal(whole, halves) || aoc.CodeOf(err) != aoc.CodeOf(err2) {
			t.Errorf("how the bytes arrive makes a difference: %q, %v and %q, %v", whole, err, halves, err2)
		}
		if code := aoc.CodeOf(err); code != "" && code != aoc.CodeUpstream {
			t.Errorf("error %v has code %s", err, code)
		}
	})
}
