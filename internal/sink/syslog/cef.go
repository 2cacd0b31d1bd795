package syslog

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"aoc"
)

// cefOf writes an event in the Common Event Format ("ArcSight Common Event Format (CEF)
// Implementation Standard", version 0; lengths and names of keys are the standard's).
func cefOf(e *aoc.Event, version string) string {
	var b strings.Builder
	name := e.DisplaySummary
	if name == "" {
		name = e.Operation
	}
	severity := "3"
	if e.Result == aoc.ResultFailure {
		severity = "5"
	}
	b.WriteString("CEF:0")
	for _, field := range [...]string{"AOC", "Admin Operations Center", version, clip(e.Operation, 200), clip(name, 512), severity} {
		b.WriteByte('|')
		b.WriteString(cefHeader(field))
	}
	b.WriteByte('|')
	for i, p := range cefExtension(e) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p[0] + "=" + cefValue(p[1]))
	}
	return b.String()
}

// cefExtension gives the keys and values of an event, without empty ones.
func cefExtension(e *aoc.Event) [][2]string {
	actor := e.Actor.UPN
	if actor == "" {
		actor = e.ActorDisplay
	}
	var target string
	if len(e.Targets) > 0 {
		target = e.Targets[0].UPN
		if target == "" {
			target = e.Targets[0].Name
		}
	}
	all := [][2]string{
		{"rt", strconv.FormatInt(e.Timestamp.UnixMilli(), 10)},
		{"externalId", clip(e.Key, 40)},
		{"act", clip(e.Operation, 63)},
		{"outcome", string(e.Result)},
		{"cat", clip(string(e.Source)+"/"+e.RecordType, 1023)},
		{"suser", clip(actor, 1023)},
		{"suid", clip(e.Actor.ID, 1023)},
		{"sourceServiceName", clip(e.Workload, 1023)},
		{"duser", clip(target, 1023)},
		{"reason", clip(e.ResultReason, 1023)},
		{"msg", clip(e.DisplaySummary, 1023)},
		{"deviceReceiptTime", strconv.FormatInt(e.ReceivedAt.UnixMilli(), 10)},
	}
	if a, err := netip.ParseAddr(e.ClientIP); err == nil {
		if a = a.Unmap().WithZone(""); a.Is4() {
			all = append(all, [2]string{"src", a.String()})
		} else {
			all = append(all, [2]string{"c6a2", a.String()}, [2]string{"c6a2Label", "Source IPv6 Address"})
		}
	}
	for i, labelled := range [...][2]string{
		{"Tenant", e.TenantID}, {"Event ID", e.ID}, {"Targets", strings.Join(e.TargetDisplays, "; ")}, {"Changes", changes(e)}, {"Correlation ID", e.CorrelationID}, {"Origin", string(e.Origin)},
	} {
		if labelled[1] != "" {
			n := "cs" + strconv.Itoa(i+1)
			all = append(all, [2]string{n, clip(labelled[1], 4000)}, [2]string{n + "Label", labelled[0]})
		}
	}
	all = append(all, [2]string{"cn1", strconv.FormatInt(e.Seq, 10)}, [2]string{"cn1Label", "Sequence"}, [2]string{"rawEvent", string(e.Raw)})
	return slices.DeleteFunc(all, func(p [2]string) bool { return p[1] == "" })
}

// changes tells what changed, in words.
func changes(e *aoc.Event) string {
	parts := make([]string, 0, len(e.Changes))
	for i := range e.Changes {
		c := &e.Changes[i]
		text := c.Property
		if c.Before != nil {
			text += " from " + *c.Before
		}
		if c.After != nil {
			text += " to " + *c.After
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// cefHeader escapes a field of the header: pipe and backslash; a header has no line breaks.
func cefHeader(text string) string {
	return strings.NewReplacer(`\`, `\\`, `|`, `\|`).Replace(oneLine(text))
}

// cefValue escapes a value of the extension: backslash, equals sign and line breaks.
func cefValue(text string) string {
	var b strings.Builder
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for line := range strings.SplitAfterSeq(text, "\n") {
		bare, broken := strings.CutSuffix(line, "\n")
		b.WriteString(strings.NewReplacer(`\`, `\\`, `=`, `\=`).Replace(oneLine(bare)))
		if broken {
			b.WriteString(`\n`)
		}
	}
	return b.String()
}
