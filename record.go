package aoc

import "time"

// RecordKind says which shape a raw record has, and so how it is normalised. A record
// read from a file has the same kind as the same record collected.
type RecordKind string

// The kinds of record.
const (
	KindDirectoryAudit RecordKind = "directoryAudit" // Graph auditLogs/directoryAudits
	KindSignIn         RecordKind = "signIn"         // Graph auditLogs/signIns
	KindIntuneAudit    RecordKind = "intuneAudit"    // Graph deviceManagement/auditEvents
	KindRiskDetection  RecordKind = "riskDetection"  // Graph identityProtection/riskDetections
	// KindIntuneDiagnostic is an Intune audit event in the Azure Monitor diagnostic
	// envelope, whose properties differ from the Graph shape.
	KindIntuneDiagnostic RecordKind = "intuneDiagnostic"
	KindUnified          RecordKind = "unified" // Office 365 Management Activity API
	KindAOC              RecordKind = "aoc"     // AOC's own audit trail, see package trail
)

// Source tells which source records of this kind belong to; empty for an unknown kind.
func (k RecordKind) Source() Source {
	switch k {
	case KindDirectoryAudit:
		return SourceDirectory
	case KindSignIn:
		return SourceSignIn
	case KindRiskDetection:
		return SourceRisk
	case KindIntuneAudit, KindIntuneDiagnostic:
		return SourceIntune
	case KindUnified:
		return SourceUnified
	case KindAOC:
		return SourceAOC
	}
	return ""
}

// Record is one raw audit record on its way in.
type Record struct {
	// Kind is empty when the transport could not tell; such a record is quarantined.
	Kind RecordKind
	// TenantID is what the transport knows; a tenant named in the record itself wins.
	TenantID string
	// Raw is one JSON object, byte for byte as received. It may be invalid JSON: the
	// record is then quarantined and its neighbours go on.
	Raw        []byte
	Origin     Origin
	ReceivedAt time.Time
	// Transport says where the record came from, for quarantine and logs: a feed and
	// unit, or a file and line. It holds no secret.
	Transport string
	// Problem is set when the transport already knows that the record cannot be read.
	Problem string
}
