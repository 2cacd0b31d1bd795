package syslog

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aoc"
	"aoc/internal/sink"
)

// message writes events as messages of RFC 5424.
type message struct {
	facility        int64
	host, app, sdID string
	cef, raw        bool
	version         string
	maxBytes        int
}

func newMessage(v sink.Values, version string) message {
	m := message{
		facility: v.Number("facility"), host: tidyName(v.Text("hostname"), 255), app: tidyName(v.Text("app_name"), 48), sdID: sdName(v.Text("sd_id")),
		cef: v.Text("format") == formatCEF, raw: v.On("raw"), version: version, maxBytes: int(v.Number("max_bytes")),
	}
	return m
}

// sdName makes an SD-ID; empty for none.
func sdName(text string) string {
	if text == "-" || text == "" {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == '=' || r == ']' || r == '"' {
			return '_'
		}
		return r
	}, tidyName(text, 32))
}

var errTooLarge = errors.New("the event is larger than a message may be, even without its record, targets and changes")

// cuts are what an event that is too large is sent without, one after the other, with the word
// that structured data has for it.
var cuts = []struct { //nolint:gochecknoglobals // read-only table
	word string
	cut  func(e *aoc.Event)
}{
	{"", func(*aoc.Event) {}},
	{"raw", func(e *aoc.Event) { e.Raw = nil }},
	{"raw,targets,changes", func(e *aoc.Event) {
		e.Targets, e.TargetDisplays, e.Changes, e.Comments, e.Tags = nil, nil, nil, nil, nil
	}},
}

// of gives the message of an event, without framing; errTooLarge where nothing is left to cut.
func (m *message) of(e *aoc.Event) ([]byte, error) {
	part := *e
	if !m.raw {
		part.Raw = nil
	}
	for _, c := range cuts {
		c.cut(&part)
		text, err := m.write(&part, c.word)
		if err != nil || len(text) <= m.maxBytes {
			return text, err
		}
	}
	return nil, errTooLarge
}

// Severities of RFC 5424.
const (
	warning       = 4
	informational = 6
)

// timeForm is RFC 5424's: at most six digits of a second.
const timeForm = "2006-01-02T15:04:05.000000Z07:00"

// write gives PRI, VERSION and the rest of a message.
func (m *message) write(e *aoc.Event, cut string) ([]byte, error) {
	severity := int64(informational)
	if e.Result == aoc.ResultFailure {
		severity = warning
	}
	b := append([]byte{'<'}, strconv.FormatInt(m.facility*8+severity, 10)...)
	b = append(b, ">1 "...)
	b = append(b, stamp(e.Timestamp)...)
	b = append(b, ' ')
	b = append(b, m.host...)
	b = append(b, ' ')
	b = append(b, m.app...)
	b = append(b, " - "...)
	b = append(b, tidyName(string(e.Source), 32)...)
	b = append(b, ' ')
	b = m.structured(b, e, cut)
	b = append(b, ' ')
	if m.cef {
		return appendText(b, cefOf(e, m.version)), nil
	}
	line, err := sink.JSON(e, m.raw)
	if err != nil {
		return nil, err
	}
	return appendASCII(b, line), nil
}

// stamp writes a time as TIMESTAMP; one of a year beyond four digits is none.
func stamp(t time.Time) string {
	if t = t.UTC(); t.Year() < 0 || t.Year() > 9999 {
		return "-"
	}
	return t.Format(timeForm)
}

// structured adds STRUCTURED-DATA.
func (m *message) structured(b []byte, e *aoc.Event, cut string) []byte {
	if m.sdID == "" {
		return append(b, '-')
	}
	b = append(b, '[')
	b = append(b, m.sdID...)
	for _, p := range [...]struct{ name, value string }{
		{"key", e.Key}, {"id", clip(e.ID, 200)}, {"seq", strconv.FormatInt(e.Seq, 10)}, {"tenant", clip(e.TenantID, 100)}, {"cut", cut},
	} {
		if p.value == "" {
			continue
		}
		b = append(b, ' ')
		b = append(b, p.name...)
		b = append(b, `="`...)
		b = append(b, paramValue(p.value)...)
		b = append(b, '"')
	}
	return append(b, ']')
}

// paramValue escapes PARAM-VALUE: quotation mark, backslash and closing bracket (RFC 5424,
// 6.3.3). Line breaks and other control characters become blanks.
func paramValue(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(oneLine(text))
}

// oneLine makes text valid UTF-8 in which nothing breaks a line or moves a terminal's cursor.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// bom begins MSG where it is UTF-8 beyond ASCII (RFC 5424, 6.4).
const bom = "\ufeff"

// appendText adds MSG.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if text[i] >= 0x80 {
			b = append(b, bom...)
			break
		}
	}
	return append(b, text...)
}

// appendASCII adds JSON in ASCII alone: whatever is beyond it, and DEL, is escaped, so that no
// byte order mark comes before it and no receiver has to guess.
func appendASCII(b, json []byte) []byte {
	const hex = "0123456789abcdef"
	escape := func(u uint16) { b = append(b, '\\', 'u', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15]) }
	for _, r := range string(json) {
		switch {
		case r == '\n' || r == '\r' || r == '\t': // only between values: in a string they are escaped
			b = append(b, ' ')
		case r >= 0x10000:
			r -= 0x10000
			escape(uint16(0xd800 + r>>10))
			escape(uint16(0xdc00 + r&0x3ff))
		case r >= 0x7f:
			escape(uint16(r))
		default:
			b = append(b, byte(r))
		}
	}
	return b
}
