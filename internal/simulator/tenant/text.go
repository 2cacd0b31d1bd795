package tenant

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// text appends JSON. Commas put themselves: one is written before a member or an
// element whenever another precedes it on its level.
type text struct {
	b []byte
	// slashed writes "/" as "\/", as the Management Activity API does.
	slashed bool
}

func (t *text) sep() {
	switch t.b[len(t.b)-1] {
	case '{', '[', ':':
	default:
		t.b = append(t.b, ',')
	}
}

func (t *text) key(k string) {
	t.sep()
	t.b = append(t.b, '"')
	t.b = append(t.b, k...)
	t.b = append(t.b, '"', ':')
}

// obj opens an object member, item an object element, end closes either.
func (t *text) obj(k string) { t.key(k); t.b = append(t.b, '{') }
func (t *text) item()        { t.sep(); t.b = append(t.b, '{') }
func (t *text) end()         { t.b = append(t.b, '}') }

// arr opens an array member, endArr closes it.
func (t *text) arr(k string) { t.key(k); t.b = append(t.b, '[') }
func (t *text) endArr()      { t.b = append(t.b, ']') }

// str writes a string member whose value is the parts joined.
func (t *text) str(k string, parts ...string) {
	t.key(k)
	t.b = append(t.b, '"')
	for _, p := range parts {
		t.escape(p)
	}
	t.b = append(t.b, '"')
}

// elem writes a string element.
func (t *text) elem(parts ...string) {
	t.sep()
	t.b = append(t.b, '"')
	for _, p := range parts {
		t.escape(p)
	}
	t.b = append(t.b, '"')
}

// strOrNull writes null for an empty string.
func (t *text) strOrNull(k, v string) {
	if v == "" {
		t.null(k)
		return
	}
	t.str(k, v)
}

func (t *text) num(k string, n int) {
	t.key(k)
	t.b = strconv.AppendInt(t.b, int64(n), 10)
}

func (t *text) float(k string, f float64) {
	t.key(k)
	t.b = strconv.AppendFloat(t.b, f, 'f', -1, 64)
}

func (t *text) flag(k string, v bool) {
	t.key(k)
	t.b = strconv.AppendBool(t.b, v)
}

func (t *text) null(k string) {
	t.key(k)
	t.b = append(t.b, "null"...)
}

// raw writes a member whose value is JSON already.
func (t *text) raw(k, json string) {
	t.key(k)
	t.b = append(t.b, json...)
}

// guid writes a member with a fresh GUID.
func (t *text) guid(k string, rng *rand.Rand) {
	t.key(k)
	t.b = append(t.b, '"')
	t.b = appendGUID(t.b, rng)
	t.b = append(t.b, '"')
}

// hex writes a member with n random bytes between a prefix and a suffix.
func (t *text) hex(k string, rng *rand.Rand, prefix string, n int, suffix string) {
	t.key(k)
	t.b = append(t.b, '"')
	t.escape(prefix)
	t.b = appendHex(t.b, rng, n)
	t.escape(suffix)
	t.b = append(t.b, '"')
}

// entryID writes a member with an Exchange entry id.
func (t *text) entryID(k string, rng *rand.Rand, prefix string, n int) {
	t.key(k)
	t.b = append(t.b, '"')
	t.b = appendEntryID(t.b, rng, prefix, n)
	t.b = append(t.b, '"')
}

// pair writes a {"Name","Value"} element; mod a {"Name","NewValue","OldValue"} one.
func (t *text) pair(name string, value ...string) {
	t.item()
	t.str("Name", name)
	t.str("Value", value...)
	t.end()
}

func (t *text) mod(name, newValue, oldValue string) {
	t.item()
	t.str("Name", name)
	t.str("NewValue", newValue)
	t.str("OldValue", oldValue)
	t.end()
}

// principal writes one {"ID","Type"} element of Actor and Target.
func (t *text) principal(kind int, id ...string) {
	t.item()
	t.str("ID", id...)
	t.num("Type", kind)
	t.end()
}

const hexLower = "0123456789abcdef"

// escape appends a string's bytes as JSON string content, the way Microsoft's
// serialisers do: "<" and ">" as \u003c and \u003e.
func (t *text) escape(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c != '/' && c != '<' && c != '>' {
			continue
		}
		if c == '/' && !t.slashed {
			continue
		}
		t.b = append(t.b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\', '/':
			t.b = append(t.b, '\\', c)
		case '\n':
			t.b = append(t.b, '\\', 'n')
		case '\r':
			t.b = append(t.b, '\\', 'r')
		case '\t':
			t.b = append(t.b, '\\', 't')
		default:
			t.b = append(t.b, '\\', 'u', '0', '0', hexLower[c>>4], hexLower[c&0xf])
		}
	}
	t.b = append(t.b, s[from:]...)
}

// The forms in which times are written.
const (
	secondsNoZone = "2006-01-02T15:04:05"
	ticks         = "2006-01-02T15:04:05.0000000Z"
)

// clock writes a time quickly: seconds, and fraction digits when digits > 0, then zone.
func (t *text) clock(k string, at time.Time, digits int, zone string) {
	t.key(k)
	t.b = append(t.b, '"')
	t.b = appendClock(t.b, at, digits, zone)
	t.b = append(t.b, '"')
}

func appendClock(b []byte, at time.Time, digits int, zone string) []byte {
	year, month, day := at.Date()
	hour, minute, second := at.Clock()
	b = append(b, byte('0'+year/1000), byte('0'+year/100%10), byte('0'+year/10%10), byte('0'+year%10), '-')
	b = append(b, byte('0'+int(month)/10), byte('0'+int(month)%10), '-', byte('0'+day/10), byte('0'+day%10), 'T')
	b = append(b, byte('0'+hour/10), byte('0'+hour%10), ':', byte('0'+minute/10), byte('0'+minute%10), ':')
	b = append(b, byte('0'+second/10), byte('0'+second%10))
	if digits > 0 {
		b = append(b, '.')
		unit := 100_000_000
		for range digits {
			b = append(b, byte('0'+at.Nanosecond()/unit%10))
			unit /= 10
		}
	}
	return append(b, zone...)
}
