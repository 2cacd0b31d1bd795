package ingest

import (
	"crypto/sha256"
	"encoding/hex"

	"aoc"
)

// quarantined keeps a record whole that could not be decoded.
func quarantined(r aoc.Record, reason string) aoc.Quarantined {
	return aoc.Quarantined{
		ID: quarantineID(r), Kind: r.Kind, TenantID: r.TenantID, Origin: r.Origin, Transport: r.Transport,
		Reason: reason, Raw: r.Raw, ReceivedAt: r.ReceivedAt,
	}
}

// quarantineID is the hex SHA-256 of kind, tenant and raw bytes.
func quarantineID(r aoc.Record) string {
	h := sha256.New()
	h.Write([]byte(r.Kind))
	h.Write([]byte{0})
	h.Write([]byte(r.TenantID))
	h.Write([]byte{0})
	h.Write(r.Raw)
	return hex.EncodeToString(h.Sum(nil))
}
