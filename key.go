package aoc

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// KeyLen is the length of an event key in characters.
const KeyLen = 26

var keyEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// KeyOf derives the event key from its dedupe key: 26 base32 characters (130 bits) of
// its SHA-256, in lower case.
func KeyOf(dedupeKey string) string {
	sum := sha256.Sum256([]byte(dedupeKey))
	return strings.ToLower(keyEncoding.EncodeToString(sum[:17])[:KeyLen])
}

// DedupeKey joins the parts that identify an event: source, tenant (lower case), the
// source's own id, and extra parts where an id alone is not unique, such as the
// operation of a DLP incident. It never contains the time of an event that has an id.
func DedupeKey(source Source, tenantID, id string, extra ...string) string {
	var b strings.Builder
	b.WriteString(string(source))
	b.WriteByte('/')
	b.WriteString(strings.ToLower(tenantID))
	b.WriteByte('/')
	b.WriteString(id)
	for _, e := range extra {
		b.WriteByte('/')
		b.WriteString(e)
	}
	return b.String()
}
