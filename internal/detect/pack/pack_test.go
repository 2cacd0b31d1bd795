package pack

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/normalise"
	"aoc/internal/sigma"
)

// declared is a file of tests, beside the rules that it is for.
type declared struct {
	Match     []example  `yaml:"match"`
	NoMatch   []example  `yaml:"no_match"`
	Sequences []sequence `yaml:"sequences"`
}

// example is a record with a rule that matches it, or with none of the file or not the one
// that is named.
type example struct {
	Name string `yaml:"name"`
	// Rule is the name of a rule. It may be left out where the file has one.
	Rule string         `yaml:"rule"`
	Kind aoc.RecordKind `yaml:"kind"`
	// FailedToo says that the rule matches as well when it failed. Every other rule is asked
	// whether it does not.
	FailedToo bool `yaml:"failed_too"`
	// Record has what is particular; see [complete] for the rest.
	Record map[string]any `yaml:"record"`
}

// sequence is records with the correlations that they make hold.
type sequence struct {
	Name string `yaml:"name"`
	// Fires are names of correlations, each once for an episode; none when nothing is to.
	Fires  []string `yaml:"fires"`
	Events []scene  `yaml:"events"`
}

// scene is a record, or several alike. {n} in its texts is the number of each, from 1.
type scene struct {
	At     string         `yaml:"at"` // since the beginning, such as 90s
	Times  int            `yaml:"times"`
	Every  string         `yaml:"every"` // between them
	Kind   aoc.RecordKind `yaml:"kind"`
	Record map[string]any `yaml:"record"`
}

const (
	tenantID         = "11111111-2222-4333-8444-555555555555"
	emergencyAccount = "emergency1@contoso.example"
)

var dayOne = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // read-only

// complete adds to an example's record what all records of its kind have. What succeeded is
// not said by examples, nor that an administrator did it.
func complete(kind aoc.RecordKind, record map[string]any, id string, at time.Time) map[string]any {
	var usual map[string]any
	switch clock := at.Format(time.RFC3339); kind {
	case aoc.KindDirectoryAudit:
		usual = map[string]any{
			"id": "Directory_" + id, "activityDateTime": clock, "result": "success", "category": "Other", "loggedByService": "Core Directory",
			"initiatedBy": map[string]any{"user": map[string]any{"id": "u-admin", "userPrincipalName": "admin@contoso.example", "ipAddress": "203.0.113.10"}},
		}
	case aoc.KindSignIn:
		usual = map[string]any{
			"id": id, "createdDateTime": clock, "userId": "u-ada", "userPrincipalName": "ada@contoso.example", "appDisplayName": "OfficeHome",
			"ipAddress": "203.0.113.20", "clientAppUsed": "Browser", "status": map[string]any{"errorCode": 0}, "location": map[string]any{"countryOrRegion": "NO"},
		}
	case aoc.KindRiskDetection:
		usual = map[string]any{
			"id": id, "detectedDateTime": clock, "activityDateTime": clock, "userId": "u-ada", "userPrincipalName": "ada@contoso.example", "activity": "signin",
			"riskState": "atRisk", "riskDetail": "none", "source": "IdentityProtection", "ipAddress": "203.0.113.20", "location": map[string]any{"countryOrRegion": "NO"},
		}
	case aoc.KindIntuneAudit:
		usual = map[string]any{
			"id": id, "activityDateTime": clock, "activityResult": "Success", "category": "Device", "correlationId": id,
			"actor": map[string]any{"auditActorType": "ItPro", "userId": "u-admin", "userPrincipalName": "admin@contoso.example"},
		}
	case aoc.KindUnified:
		usual = map[string]any{
			"Id": id, "CreationTime": at.Format("2006-01-02T15:04:05"), "OrganizationId": tenantID, "UserId": "admin@contoso.example",
			"UserType": 0, "UserKey": "k", "Version": 1, "ClientIP": "203.0.113.10",
		}
		maps.Copy(usual, usualOfType[fmt.Sprint(record["RecordType"])])
	}
	maps.Copy(usual, record)
	return usual
}

// usualOfType is what unified records of a type have.
var usualOfType = map[string]map[string]any{ //nolint:gochecknoglobals // read-only table
	"1":  {"Workload": "Exchange", "ResultStatus": "True", "UserType": 2},
	"2":  {"Workload": "Exchange", "ResultStatus": "Succeeded"},
	"4":  {"Workload": "SharePoint"},
	"6":  {"Workload": "SharePoint"},
	"8":  {"Workload": "AzureActiveDirectory", "ResultStatus": "Success"},
	"14": {"Workload": "SharePoint"},
	"15": {"Workload": "AzureActiveDirectory", "ResultStatus": "Success"},
	"18": {"Workload": "SecurityComplianceCenter", "ResultStatus": "Success", "UserType": 2},
	"24": {"Workload": "SecurityComplianceCenter", "ResultStatus": "Success"},
}

// failed says in a record that it failed; false where records of its kind cannot say so.
func failed(kind aoc.RecordKind, record map[string]any) (map[string]any, bool) {
	record = maps.Clone(record)
	switch kind {
	case aoc.KindDirectoryAudit:
		record["result"] = "failure"
		return record, true
	case aoc.KindIntuneAudit:
		record["activityResult"] = "Failure"
		return record, true
	case aoc.KindUnified:
		record["ResultStatus"] = "Failed"
		return record, usualOfType[fmt.Sprint(record["RecordType"])]["ResultStatus"] != nil
	}
	return nil, false
}

// normalised makes an event of an example's record.
func normalised(t *testing.T, kind aoc.RecordKind, record map[string]any, n int, at time.Time) *aoc.Event {
	t.Helper()
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	raw, err := json.Marshal(complete(kind, record, id, at))
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.ReplaceAll(raw, []byte("{n}"), []byte(strconv.Itoa(n)))
	e, err := normalise.Normalise(aoc.Record{Kind: kind, TenantID: tenantID, Raw: raw, Origin: aoc.OriginCollected, ReceivedAt: at}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.Seq = int64(n)
	return &e
}

// engine judges events by rules, correlations included.
type engine struct {
	rules      []*sigma.Rule
	detector   *detect.Detector
	correlator *sigma.Correlator
}

func newEngine(t *testing.T, rules []*sigma.Rule) *engine {
	t.Helper()
	placeholders := func(name string) ([]string, bool) { return []string{emergencyAccount}, name == BreakGlass }
	detections := slices.DeleteFunc(slices.Clone(rules), func(r *sigma.Rule) bool { return r.Detection == nil })
	e := &engine{rules: rules, detector: detect.NewDetector(detections, nil, detect.Env{Placeholders: placeholders})}
	for i, report := range e.detector.Reports() {
		if report.State != detect.CanFire {
			t.Errorf("%s: %+v", detections[i].Title, report)
		}
	}
	var err error
	if e.correlator, err = sigma.NewCorrelator(rules, sigma.CorrelatorOptions{}); err != nil {
		t.Fatal(err)
	}
	return e
}

func (g *engine) judge(e *aoc.Event) (matched []*sigma.Rule, firings []sigma.Firing) {
	g.detector.Judge(e, func(r *sigma.Rule) { matched = append(matched, r) })
	if len(matched) > 0 {
		firings = g.correlator.Add(sigma.Input{
			Position: uint64(e.Seq), ID: e.Key, Time: e.Timestamp, Matched: matched,
			Values: func(_ *sigma.Rule, field string) []string { return g.detector.Values(e, field) },
		})
	}
	return matched, firings
}

// nameOf is what tests call a rule.
func nameOf(r *sigma.Rule) string {
	if r.Name != "" {
		return r.Name
	}
	return r.Title
}

func pack(t *testing.T) []File {
	t.Helper()
	all, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRules holds the rules to what readers expect of each.
func TestRules(t *testing.T) {
	ids, titles, names := map[string]string{}, map[string]string{}, map[string]string{}
	for _, f := range pack(t) {
		for _, r := range f.Rules {
			if ids[r.ID] != "" || titles[r.Title] != "" || names[nameOf(r)] != "" {
				t.Errorf("%s: %q has the id, the title or the name of a rule in %s", f.Name, r.Title, cmp.Or(ids[r.ID], titles[r.Title], names[nameOf(r)]))
			}
			ids[r.ID], titles[r.Title], names[nameOf(r)] = f.Name, f.Name, f.Name
			if r.ID == "" || r.Author != "AOC" || r.License != "" || r.Date.IsZero() || len(r.Description) < 100 || r.Level == "" || len(r.FalsePositives) == 0 || len(r.Techniques()) == 0 || len(r.Tactics()) == 0 {
				t.Errorf("%s: %q lacks id, author, date, description, level, falsepositives or ATT&CK tags, or has a licence of its own", f.Name, r.Title)
			}
			if len(r.Warnings) > 0 {
				t.Errorf("%s: %q: %+v", f.Name, r.Title, r.Warnings)
			}
		}
	}
	rules, err := Rules()
	if err != nil || len(rules) != len(ids) {
		t.Errorf("%d rules, %d ids, %v", len(rules), len(ids), err)
	}
}

// TestDeclared runs what the files of tests say.
func TestDeclared(t *testing.T) {
	tests, err := fs.Glob(files, "*"+testSuffix)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range pack(t) {
		t.Run(f.Name, func(t *testing.T) {
			file := f.Name + testSuffix
			i := slices.Index(tests, file)
			if i < 0 {
				t.Fatal("the rules have no tests")
			}
			tests = slices.Delete(tests, i, i+1)
			runDeclared(t, f, readDeclared(t, file))
		})
	}
	for _, file := range tests {
		t.Errorf("%s tests rules that are not there", file)
	}
}

func readDeclared(t *testing.T, file string) declared {
	t.Helper()
	text, err := files.ReadFile(path.Clean(file))
	if err != nil {
		t.Fatal(err)
	}
	var d declared
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&d); err != nil {
		t.Fatal(err)
	}
	return d
}

// The fewest tests of a rule that are enough.
const (
	fewestMatches = 2
	fewestMisses  = 3
)

func runDeclared(t *testing.T, f File, d declared) {
	hits, misses := map[string]int{}, map[string]int{}
	for _, x := range d.Match {
		if record, ok := failed(x.Kind, x.Record); ok && !x.FailedToo {
			runExample(t, f, example{Name: x.Name + ", but failed", Rule: x.Rule, Kind: x.Kind, Record: record}, false)
		}
		for _, name := range runExample(t, f, x, true) {
			hits[name]++
		}
	}
	for _, x := range d.NoMatch {
		for _, name := range runExample(t, f, x, false) {
			misses[name]++
		}
	}
	for _, s := range d.Sequences {
		for _, r := range f.Rules {
			if r.Correlation == nil {
				continue
			}
			if slices.Contains(s.Fires, nameOf(r)) {
				hits[nameOf(r)]++
			} else {
				misses[nameOf(r)]++
			}
		}
		runSequence(t, f, s)
	}
	for _, r := range f.Rules {
		hit, miss := fewestMatches, fewestMisses
		switch {
		case r.Correlation != nil && !sigma.Standalone(f.Rules, r):
			continue // its sequences are those of what correlates it
		case r.Correlation != nil:
			hit, miss = 1, 2
		}
		if hits[nameOf(r)] < hit || misses[nameOf(r)] < miss {
			t.Errorf("%q has %d tests that match and %d that do not; it needs %d and %d", nameOf(r), hits[nameOf(r)], misses[nameOf(r)], hit, miss)
		}
	}
}

// runExample gives the rules that the example is a test of.
func runExample(t *testing.T, f File, x example, want bool) []string {
	t.Helper()
	matched, _ := newEngine(t, f.Rules).judge(normalised(t, x.Kind, x.Record, 1, dayOne))
	var names, about []string
	for _, r := range matched {
		names = append(names, nameOf(r))
	}
	for _, r := range f.Rules {
		if r.Detection != nil && (x.Rule == "" || x.Rule == nameOf(r)) {
			about = append(about, nameOf(r))
		}
	}
	if len(about) == 0 {
		t.Errorf("%s: there is no rule %q", x.Name, x.Rule)
	}
	if want && len(about) > 1 {
		t.Errorf("%s: say which rule matches", x.Name)
	}
	for _, name := range about {
		if slices.Contains(names, name) != want {
			t.Errorf("%s: %q are matched; %q should be: %v", x.Name, names, name, want)
		}
	}
	return about
}

func runSequence(t *testing.T, f File, s sequence) {
	t.Helper()
	g := newEngine(t, f.Rules)
	var fires []string
	n := 0
	for _, scene := range s.Events {
		at, every := span(t, scene.At), span(t, scene.Every)
		for i := range max(scene.Times, 1) {
			n++
			_, firings := g.judge(normalised(t, scene.Kind, scene.Record, n, dayOne.Add(at+time.Duration(i)*every)))
			for _, f := range firings {
				if f.New && sigma.Standalone(g.rules, f.Rule) {
					fires = append(fires, nameOf(f.Rule))
				}
			}
		}
	}
	slices.Sort(fires)
	slices.Sort(s.Fires)
	if !slices.Equal(fires, s.Fires) {
		t.Errorf("%s: %q fire, want %q", s.Name, fires, s.Fires)
	}
}

func span(t *testing.T, text string) time.Duration {
	t.Helper()
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
