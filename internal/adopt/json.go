package adopt

import (
	"errors"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// errNotText is the fault of a document whose text is not UTF-8, which JSON cannot hold.
var errNotText = errors.New("its text is not UTF-8")

// recordJSON writes a BSON document as JSON, with its keys in their order. What Microsoft
// sends comes out as it was sent: texts, true and false, null, lists, objects, whole numbers
// of 64 bits, numbers with a fraction (1.0 stays 1.0). A date becomes a text in UTC, as
// 2026-01-02T03:04:05Z, with milliseconds if there are some; a Decimal128 becomes a number.
// Every other type is written in MongoDB's Extended JSON, such as {"$oid":"…"}: so are a date
// beyond the year 9999 and numbers that JSON does not know.
func recordJSON(doc bson.Raw) ([]byte, error) {
	if err := doc.Validate(); err != nil {
		return nil, err
	}
	return appendObject(make([]byte, 0, len(doc)+len(doc)/4), doc, false)
}

func appendObject(b []byte, doc bson.Raw, isArray bool) ([]byte, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	open, end := byte('{'), byte('}')
	if isArray {
		open, end = '[', ']'
	}
	b = append(b, open)
	for i, e := range elements {
		if i > 0 {
			b = append(b, ',')
		}
		if !isArray {
			if b, err = appendText(b, e.Key()); err != nil {
				return nil, err
			}
			b = append(b, ':')
		}
		if b, err = appendValue(b, e.Value()); err != nil {
			return nil, err
		}
	}
	return append(b, end), nil
}

func appendValue(b []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		return appendObject(b, v.Document(), false)
	case bson.TypeArray:
		return appendObject(b, bson.Raw(v.Array()), true)
	case bson.TypeString:
		return appendText(b, v.StringValue())
	case bson.TypeSymbol:
		return appendText(b, v.Symbol())
	case bson.TypeBoolean:
		return strconv.AppendBool(b, v.Boolean()), nil
	case bson.TypeNull:
		return append(b, "null"...), nil
	case bson.TypeInt32:
		return strconv.AppendInt(b, int64(v.Int32()), 10), nil
	case bson.TypeInt64:
		return strconv.AppendInt(b, v.Int64(), 10), nil
	case bson.TypeDouble:
		if f := v.Double(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return appendFloat(b, f), nil
		}
	case bson.TypeDecimal128:
		if d := v.Decimal128(); !d.IsNaN() && d.IsInf() == 0 {
			return append(b, d.String()...), nil
		}
	case bson.TypeDateTime:
		if t := time.UnixMilli(v.DateTime()).UTC(); t.Year() >= 0 && t.Year() <= 9999 {
			return appendText(b, timeText(t))
		}
	}
	return appendExtended(b, v)
}

// timeText writes a time as Microsoft does.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999999Z") }

// appendFloat writes a number with a fraction, as short as it can be read back.
func appendFloat(b []byte, f float64) []byte {
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	if f == math.Trunc(f) {
		return strconv.AppendFloat(b, f, 'f', 1, 64)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// appendExtended writes a value in canonical Extended JSON.
func appendExtended(b []byte, v bson.RawValue) ([]byte, error) {
	const head, tail = `{"v":`, `}`
	if !utf8.ValidString(textIn(v)) { // it would be written with other characters
		return nil, errNotText
	}
	text, err := bson.MarshalExtJSON(bson.D{{Key: "v", Value: v}}, true, false)
	if err != nil {
		return nil, err
	}
	return append(b, text[len(head):len(text)-len(tail)]...), nil
}

// textIn gives the text of a type that Extended JSON is used for.
func textIn(v bson.RawValue) string {
	switch v.Type {
	case bson.TypeRegex:
		pattern, options := v.Regex()
		return pattern + options
	case bson.TypeJavaScript:
		return v.JavaScript()
	case bson.TypeCodeWithScope:
		code, scope := v.CodeWithScope()
		if _, err := recordJSON(scope); err != nil {
			return "\xff"
		}
		return code
	case bson.TypeDBPointer:
		name, _ := v.DBPointer()
		return name
	}
	return ""
}

const hexDigits = "0123456789abcdef"

// appendText writes a text, escaping no more than JSON asks for.
func appendText(b []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, errNotText
	}
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[start:]...), '"'), nil
}
