package simulator

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// Inject adds a record made by hand. It surfaces at a time, or now when that is zero;
// the time of its event is read from it. The content type of a unified record follows
// from its workload and record type, as at Microsoft; it gets a blob of its own.
func (s *Server) Inject(source aoc.Source, raw []byte, visibleAt time.Time) error {
	const op = "simulator.inject"
	if visibleAt.IsZero() {
		visibleAt = s.now()
	}
	e := tenant.Event{Source: source, Visible: visibleAt.UTC(), Time: visibleAt.UTC(), Raw: bytes.Clone(raw)}
	r := gjson.ParseBytes(raw)
	var at string
	switch source {
	case aoc.SourceDirectory:
		e.ID, e.Operation, at = r.Get("id").String(), r.Get("activityDisplayName").String(), r.Get("activityDateTime").String()
	case aoc.SourceIntune:
		e.ID, e.Operation, at = r.Get("id").String(), r.Get("activityType").String(), r.Get("activityDateTime").String()
	case aoc.SourceSignIn:
		e.ID, e.Operation, at = r.Get("id").String(), "Sign-in", r.Get("createdDateTime").String()
	case aoc.SourceRisk:
		e.ID, e.Operation, at = r.Get("id").String(), r.Get("riskEventType").String(), r.Get("detectedDateTime").String()
	case aoc.SourceUnified:
		e.ID, e.Operation, at = r.Get("Id").String(), r.Get("Operation").String(), r.Get("CreationTime").String()
		e.Stream = streamOf(r)
		e.Visible = e.Visible.Truncate(time.Millisecond)
	default:
		return aoc.Errorf(aoc.CodeInvalid, op, "the simulator serves no records of source %q", source)
	}
	for _, layout := range []string{time.RFC3339Nano, windowLayout} {
		if t, err := time.Parse(layout, at); err == nil {
			e.Time = t.UTC()
			break
		}
	}
	s.archive.inject(e)
	return nil
}

// streamOf tells the content type of a unified record.
func streamOf(r gjson.Result) string {
	switch r.Get("RecordType").Int() {
	case 11, 13, 33, 63, 99, 100, 107:
		return "DLP.All"
	}
	switch r.Get("Workload").String() {
	case "AzureActiveDirectory":
		return "Audit.AzureActiveDirectory"
	case "Exchange":
		return "Audit.Exchange"
	case "SharePoint", "OneDrive":
		return "Audit.SharePoint"
	}
	return "Audit.General"
}

// withInjected adds the blobs of records put in by hand that were created in [from, to).
func (s *Server) withInjected(list []blob, feed uint8, from, to time.Time) []blob {
	a := s.archive
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(list)
	for hour, x := range a.index {
		for i, row := range x.injected {
			created := time.Unix(0, row.visible).UTC()
			if row.feed != feed || created.Before(from) || !created.Before(to) {
				continue
			}
			at := ref{hour, int32(-1 - i)}
			list = append(list, blob{id: contentID(feed, created, injectedBlobs+x.numbers[i]%injectedPerMilli), created: created, refs: []ref{at}})
		}
	}
	if len(list) > n {
		slices.SortFunc(list, func(p, q blob) int { return cmp.Compare(p.id, q.id) })
	}
	return list
}

// injectedPerMilli is how many blobs of one millisecond are told apart.
const injectedPerMilli = 100_000
