package detect

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/normalise"
	"aoc/internal/sigma"
)

func parse(t testing.TB, text string) []*sigma.Rule {
	t.Helper()
	rules, err := sigma.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// rule is a rule with a log source and one selection, whose lines are given.
func rule(title, logSource, selection string) string {
	return "title: " + title + "\nlogsource:\n" + indent(logSource) + "detection:\n    selection:\n    " + strings.ReplaceAll(indent(selection), "\n    ", "\n        ") +
		"\n    condition: selection\n"
}

func indent(lines string) string { return "    " + strings.ReplaceAll(lines, "\n", "\n    ") + "\n" }

func judge(d *Detector, e *aoc.Event) []string {
	titles := []string{}
	d.Judge(e, func(r *sigma.Rule) { titles = append(titles, r.Title) })
	slices.Sort(titles)
	return titles
}

// TestJudge asks which rules match which events.
func TestJudge(t *testing.T) {
	text := strings.Join([]string{
		rule("forwarding", "product: m365\nservice: exchange", "Operation: New-InboxRule\nParameters|contains: ForwardTo"),
		rule("forwarding, anywhere", "product: m365\nservice: audit", "Operation: new-inboxrule"),
		rule("forwarding in Teams", "product: m365\nservice: teams", "Operation: New-InboxRule"),
		rule("MFA denied", "product: azure\nservice: signinlogs", "Status|contains: 'MFA denied'"),
		rule("a code of a device", "product: azure\nservice: signinlogs", "properties.message: deviceCode"),
		rule("a device without id", "product: azure\nservice: signinlogs", "DeviceDetail.deviceId: ''\nNetworkLocationDetails: '[]'"),
		rule("credentials", "product: azure\nservice: auditlogs", "properties.message: Update application – Certificates and secrets management"),
		rule("by PIM", "product: azure\nservice: pim", "OperationName|contains: Update"),
		rule("any denial", "product: azure", "Status|contains: 'denied'"),
		rule("whoever ada", "product: aoc", "aoc.actor: ada@contoso.example"),
		rule("risk", "product: azure\nservice: riskdetection", "riskEventType: leakedCredentials"),
		rule("subscriptions", "product: azure\nservice: activitylogs", "operationName: x"),
		rule("a typo", "product: azure\nservice: auditlogs", "OperatoinName: x\nCount: 1"),
		rule("elsewhere", "product: windows\nservice: security", "EventID: 1"),
		rule("placeholder", "product: azure\nservice: auditlogs", "OperationName|expand: '%ops%'"),
	}, "---\n")
	rules := parse(t, text)
	d := NewDetector(rules, nil, Env{Collected: func(s aoc.Source) bool { return s != aoc.SourceSignIn && s != aoc.SourceRisk }})
	for name, want := range map[string]struct {
		event *aoc.Event
		rules string
	}{
		"an audit":         {event(t, aoc.KindDirectoryAudit, auditRecord), "any denial, credentials, whoever ada"},
		"a risk":           {event(t, aoc.KindRiskDetection, riskRecord), "risk"},
		"a sign-in":        {event(t, aoc.KindSignIn, signInRecord), "MFA denied, a code of a device, a device without id, any denial"},
		"a unified record": {event(t, aoc.KindUnified, unifiedRecord), "forwarding, forwarding, anywhere, whoever ada"},
	} {
		if got := strings.Join(judge(d, want.event), ", "); got != want.rules {
			t.Errorf("%s: %s\nwant %s", name, got, want.rules)
		}
	}
	reports := map[string]string{}
	for i, r := range d.Reports() {
		reports[rules[i].Title] = fmt.Sprint(r.State, r.Sources, r.Fields, len(r.Problems))
	}
	for title, want := range map[string]string{
		"forwarding": "can_fire[] [] 0", "MFA denied": "source_off[signin] [] 0", "subscriptions": "source_off[the activity log of Azure subscriptions] [] 0", "any denial": "can_fire[] [] 0",
		"risk": "source_off[risk] [] 0", "a typo": "unmapped[] [Count OperatoinName] 0", "elsewhere": "invalid[] [] 1", "placeholder": "unmapped[] [] 1",
	} {
		if got := reports[title]; got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
}

// TestJudgeAtOnce lets many judge at once.
func TestJudgeAtOnce(t *testing.T) {
	d := NewDetector(manyRules(t, 200), nil, Env{})
	events := manyEvents(t)
	want := make([][]string, len(events))
	for i, e := range events {
		want[i] = judge(d, e)
	}
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for i, e := range events {
				if got := judge(d, e); !slices.Equal(got, want[i]) {
					t.Errorf("%v, want %v", got, want[i])
				}
			}
		})
	}
}

// manyRules are rules shaped like those that people publish: most look for an operation or
// code, some for a piece of a list, few exclude something.
func manyRules(t testing.TB, n int) []*sigma.Rule {
	var texts []string
	for i := range n {
		switch i % 10 {
		case 0, 1, 2, 3:
			texts = append(texts, rule(fmt.Sprint(i), "product: azure\nservice: auditlogs", fmt.Sprintf("properties.message:\n    - Operation number %d\n    - Update policy %d", i, i)))
		case 4, 5:
			texts = append(texts, rule(fmt.Sprint(i), "product: azure\nservice: signinlogs", fmt.Sprintf("ResultType: %d\nDeviceDetail.trusttype|contains: joined", 50000+i)))
		case 6:
			texts = append(texts, rule(fmt.Sprint(i), "product: azure\nservice: auditlogs", fmt.Sprintf("TargetResources.ModifiedProperties.NewValue|contains: 'value %d'\nCategory: RoleManagement", i)))
		case 7:
			texts = append(texts, rule(fmt.Sprint(i), "product: m365\nservice: exchange", fmt.Sprintf("eventSource: Exchange\neventName: Set-Thing%d\nstatus: success", i)))
		case 8:
			texts = append(texts, rule(fmt.Sprint(i), "product: m365\nservice: audit", fmt.Sprintf("Operation|contains: Rule%d\nParameters|contains:\n    - ForwardTo\n    - RedirectTo", i)))
		default:
			texts = append(texts, strings.Replace(rule(fmt.Sprint(i), "product: m365\nservice: audit", fmt.Sprintf("Workload: AzureActiveDirectory\nUserId|endswith: '%d@contoso.example'", i)),
				"    condition: selection\n", "    filter_main:\n        ClientIP|cidr: 10.0.0.0/8\n    condition: selection and not 1 of filter_*\n", 1))
		}
	}
	return parse(t, strings.Join(texts, "---\n"))
}

// manyEvents are the records that package normalise is tested with.
func manyEvents(t testing.TB) []*aoc.Event {
	var events []*aoc.Event
	for kind, raw := range records(t) {
		for _, r := range raw {
			events = append(events, event(t, kind, r))
		}
	}
	return events
}

func records(t testing.TB) map[aoc.RecordKind][]string {
	all := map[aoc.RecordKind][]string{}
	for _, kind := range []aoc.RecordKind{aoc.KindDirectoryAudit, aoc.KindSignIn, aoc.KindIntuneAudit, aoc.KindUnified, aoc.KindRiskDetection} {
		f, err := os.Open("../normalise/testdata/" + string(kind) + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			r := lines.Text()
			if _, err := normalise.Normalise(aoc.Record{Kind: kind, TenantID: "11111111-2222-4333-8444-555555555555", Raw: []byte(r), ReceivedAt: time.Now()}, nil); err == nil {
				all[kind] = append(all[kind], r)
			}
		}
	}
	return all
}

// BenchmarkJudge tells what judging an event by 500 rules costs beside normalising it.
func BenchmarkJudge(b *testing.B) {
	raw := records(b)
	b.Run("normalise", func(b *testing.B) {
		n := 0
		for b.Loop() {
			for kind, all := range raw {
				for _, r := range all {
					_, _ = normalise.Normalise(aoc.Record{Kind: kind, TenantID: "11111111-2222-4333-8444-555555555555", Raw: []byte(r)}, nil)
					n++
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
	})
	for _, rules := range []int{50, 500} {
		d := NewDetector(manyRules(b, rules), nil, Env{})
		events := manyEvents(b)
		b.Run(fmt.Sprintf("judge by %d", rules), func(b *testing.B) {
			n := 0
			for b.Loop() {
				for _, e := range events {
					d.Judge(e, func(*sigma.Rule) {})
					n++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
		})
	}
}

// TestExclusionOfSomeRecords leaves out what records of one source have in a field, and goes
// on judging those of others, which have no such field.
func TestExclusionOfSomeRecords(t *testing.T) {
	t.Parallel()
	rules := parse(t, rule("any change", "product: aoc", "aoc.operation: x"))
	out := func(field string) map[*sigma.Rule][]sigma.Condition {
		return map[*sigma.Rule][]sigma.Condition{rules[0]: {{Not: true, Field: field, Comparison: sigma.Is, Values: []string{"ada@contoso.example"}}}}
	}
	event := func(source aoc.Source, raw string) *aoc.Event {
		return &aoc.Event{Source: source, Operation: "x", Raw: []byte(raw)}
	}
	d := NewDetector(rules, out("initiatedBy.user.userPrincipalName"), Env{})
	for name, tt := range map[string]struct {
		event *aoc.Event
		want  int
	}{
		"who is left out":       {event(aoc.SourceDirectory, `{"initiatedBy":{"user":{"userPrincipalName":"ada@contoso.example"}}}`), 0},
		"somebody else":         {event(aoc.SourceDirectory, `{"initiatedBy":{"user":{"userPrincipalName":"bo@contoso.example"}}}`), 1},
		"of another source":     {event(aoc.SourceUnified, `{"UserId":"ada@contoso.example"}`), 1},
		"of yet another source": {event(aoc.SourceIntune, `{}`), 1},
	} {
		if got := judge(d, tt.event); len(got) != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	k := &Kept{ID: "k", Rules: rules, Where: out("nonsense")[rules[0]]}
	if r := k.Report(Env{}); r.State != Unmapped || !slices.Contains(r.Fields, "nonsense") {
		t.Errorf("a field that no records have: %+v", r)
	}
}
