package e2e_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
	"aoc/internal/source/file"
)

// TestSearchFindsExactlyWhatIsThere compares the search with reading everything, for
// terms cut out of real values and for characters that other searches take for syntax.
func TestSearchFindsExactlyWhatIsThere(t *testing.T) {
	t.Parallel()
	events := 3000
	if testing.Short() {
		events = 600
	}
	paths, err := simulator.WriteFiles(t.Context(), simulator.Files{Dir: t.TempDir(), Events: events, Tenant: tenant.Config{Seed: 7, Users: 300, EventsPerDay: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("AOC_TEST_DATA"); dir != "" {
		paths = append(paths, dir)
	}
	paths = append(paths, writeFile(t, "odd.jsonl", strings.Join(oddRecords(), "\n")))
	dir := t.TempDir()
	cfg, err := config.Load([]string{"AOC_DATA_DIR=" + dir}, "")
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, app.Options{Offline: true, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Stop(t.Context())
	if _, err := a.Import(t.Context(), file.Options{Paths: paths}, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := readTexts(t, dir)
	rng := rand.New(rand.NewPCG(7, 7))
	terms := append(literalTerms(), randomTerms(rng, all, 120)...)
	empty := 0
	for _, term := range terms {
		want := matching(all, term)
		if len(want) == 0 {
			empty++
		}
		got := search(t, a.Console(), term)
		if !slices.Equal(got, want) {
			t.Errorf("search for %q finds %d events, reading everything finds %d", term, len(got), len(want))
		}
	}
	t.Logf("%d terms over %d events; %d found nothing", len(terms), len(all), empty)
}

// oddRecords are audits with what searches stumble over, in the values people see.
func oddRecords() []string {
	var lines []string
	for i, name := range []string{
		`100% of _all_ *files*`, `say \"hello\" to o'brien`, `Straße ÉCOLE Ὀδυσσεύς`, `İstanbul KELVIN K sign`,
		`C:\\temp\\a.txt`, `日本語のファイル`, `😀 emoji`, `a\tb\nc`, `{\"nested\":\"json value\"}`, `\u0041\u0301ngstr\u00f6m`, `AND OR NOT (x) -y`, `\ud800 lone`,
	} {
		lines = append(lines, `{"CreationTime":"2026-01-10T10:00:0`+string(rune('0'+i%10))+`","Id":"odd-`+string(rune('a'+i))+
			`","Operation":"FileRenamed","OrganizationId":"11111111-2222-4333-8444-555555555555","RecordType":6,"UserKey":"k","UserType":0,`+
			`"Workload":"SharePoint","UserId":"odd@contoso.example","ObjectId":"`+name+`","Size":1234567.5}`)
	}
	return lines
}

func literalTerms() []string {
	return []string{
		`%`, `_`, `*`, `"`, `'`, `\`, `100%`, `_all_`, `*files*`, `say "hello"`, `o'brien`, `strasse`, `STRASSE`, `straße`, `STRAẞE`, `école`, `ὈΔΥΣΣΕΎΣ`, `ὀδυσσεύσ`,
		`istanbul`, `i̇stanbul`, "kelvin \u212a", `KELVIN`, `c:\temp`, `\\temp`, `日本`, `語の`, `😀`, "a\tb", "b\nc", `nested`, `"json value"`, `{"nested"`, "a\u0301ng",
		`AND`, `OR`, `NOT`, `(x)`, `-y`, `1234567.5`, `234567`, "\ufffd", `CreationTime`, `UserKey`, `no such thing anywhere`, `.`, `@`, ` `, `contoso.example`,
		`11111111-2222-4333-8444-555555555555`, `222-4333-84`, `odd-c`,
	}
}

// texts is an event with every text of it, folded.
type texts struct {
	key    string
	at     time.Time
	plain  []string
	folded []string
}

// readTexts reads everything in the store, newest first.
func readTexts(t *testing.T, dir string) []texts {
	t.Helper()
	s := openStore(t, dir)
	var all []texts
	for _, e := range logged(t, s) {
		x := texts{key: e.Key, at: e.Timestamp}
		raws := [][]byte{e.Raw}
		if e.Revisions > 0 {
			versions, err := s.Versions(t.Context(), e.Key)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range versions {
				raws = append(raws, v.Raw)
			}
		}
		for _, raw := range raws {
			d := json.NewDecoder(bytes.NewReader(raw))
			d.UseNumber()
			var v any
			if err := d.Decode(&v); err != nil {
				t.Fatal(err)
			}
			x.plain = values(x.plain, v)
		}
		x.plain = append(x.plain, e.DisplaySummary, e.ActorDisplay, e.Actor.ID, e.Actor.Name, e.Actor.UPN, e.Actor.AppID, e.Actor.AppName)
		x.plain = append(x.plain, e.TargetDisplays...)
		for _, target := range e.Targets {
			x.plain = append(x.plain, target.ID, target.Name, target.UPN)
		}
		for _, text := range x.plain {
			x.folded = append(x.folded, fold(text))
		}
		all = append(all, x)
	}
	slices.SortFunc(all, func(a, b texts) int {
		if c := b.at.Compare(a.at); c != 0 {
			return c
		}
		return strings.Compare(b.key, a.key)
	})
	return all
}

// values collects the string and number values of a decoded record.
func values(found []string, v any) []string {
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			found = values(found, x)
		}
	case []any:
		for _, x := range v {
			found = values(found, x)
		}
	case string:
		return append(found, v)
	case json.Number:
		return append(found, v.String())
	}
	return found
}

// fold maps every character to the smallest one that is the same in another letter case.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for x := unicode.SimpleFold(r); x != r; x = unicode.SimpleFold(x) {
			least = min(least, x)
		}
		return least
	}, s)
}

func matching(all []texts, term string) []string {
	var keys []string
	term = fold(term)
	for _, x := range all {
		if slices.ContainsFunc(x.folded, func(s string) bool { return strings.Contains(s, term) }) {
			keys = append(keys, x.key)
		}
	}
	return keys
}

// randomTerms cuts terms out of values: from one character to all of a value, from its
// inside, in another letter case, and now and then changed so that it is nowhere.
func randomTerms(rng *rand.Rand, all []texts, n int) []string {
	var terms []string
	for len(terms) < n {
		x := all[rng.IntN(len(all))]
		runes := []rune(x.plain[rng.IntN(len(x.plain))])
		if len(runes) == 0 || len(runes) > 5000 {
			continue
		}
		from := rng.IntN(len(runes))
		term := string(runes[from : from+1+rng.IntN(min(len(runes)-from, 60))])
		switch rng.IntN(5) {
		case 0:
			term = strings.ToUpper(term)
		case 1:
			term += string(rune('a' + rng.IntN(26)))
		}
		if strings.TrimSpace(term) != "" && utf8.ValidString(term) {
			terms = append(terms, term)
		}
	}
	return terms
}

// search pages to the end, in pages of changing size.
func search(t *testing.T, c *console.Console, term string) []string {
	t.Helper()
	var keys []string
	p := console.SearchParams{PageSize: 500}
	p.Search = []string{term}
	for {
		page, err := c.Search(t.Context(), p)
		if err != nil {
			t.Fatalf("search for %q: %v", term, err)
		}
		for _, e := range page.Items {
			keys = append(keys, e.Key)
		}
		if page.NextCursor == "" {
			if !page.Complete {
				t.Errorf("search for %q ends without being complete", term)
			}
			return keys
		}
		p.Cursor, p.PageSize = page.NextCursor, 250+len(keys)%200
	}
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := t.TempDir() + "/" + name
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
