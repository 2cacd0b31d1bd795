package file

import "aoc"

// tally gathers what a unit turned out to hold, to put it in words.
type tally struct {
	container string
	// complete says that the container names the sort of records already.
	complete bool
	contents map[variety]int64
	broken   int64
}

// variety is one sort of record.
type variety struct {
	kind  aoc.RecordKind
	shape shape
}

// add counts one finding.
func (t *tally) add(f finding) {
	if f.kind == "" {
		t.broken++
		return
	}
	if t.contents == nil {
		t.contents = map[variety]int64{}
	}
	t.contents[variety{f.kind, f.shape}]++
}

// String is the arrangement and the sort of records: "JSON Lines of sign-ins".
func (t *tally) String() string {
	switch {
	case len(t.contents) > 1:
		return t.container + ", mixed kinds"
	case len(t.contents) == 0 && t.broken > 0:
		return t.container + ", no audit records recognised"
	case t.complete, len(t.contents) == 0:
		return t.container
	}
	for c := range t.contents {
		return t.container + " of " + c.String()
	}
	return ""
}

func (c variety) String() string {
	var what string
	switch c.kind {
	case aoc.KindDirectoryAudit:
		what = "directory audits"
	case aoc.KindSignIn:
		what = "sign-ins"
	case aoc.KindRiskDetection:
		what = "risk detections"
	case aoc.KindIntuneAudit, aoc.KindIntuneDiagnostic:
		what = "Intune audit events"
	case aoc.KindUnified:
		switch c.shape {
		case shapeSearch:
			return "Search-UnifiedAuditLog records"
		case shapeQuery:
			return "Graph audit query records"
		}
		return "Management Activity API records"
	}
	if c.shape == shapeDiagnostic {
		return "diagnostic records (" + what + ")"
	}
	return what
}
