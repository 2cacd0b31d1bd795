package sigma

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalarKind is the type of a value as YAML has it.
type scalarKind uint8

const (
	scalarText scalarKind = iota
	scalarNumber
	scalarBool
	scalarNull
)

// scalar is one value of a detection as it is written.
type scalar struct {
	place
	kind   scalarKind
	text   string  // as written; of a bool "true" or "false"
	number float64 // of a number
	plain  string  // of a number: its shortest decimal form
}

// readScalar reads a value. What YAML takes for a time is text; so are numbers that are
// none, such as .inf.
func (r *reader) readScalar(n *yaml.Node, key string) scalar {
	s := scalar{place: r.place(n, key), text: resolve(n).Value}
	n = resolve(n)
	switch n.ShortTag() {
	case "!!null":
		s.kind = scalarNull
	case "!!bool":
		s.kind = scalarBool
		s.text = strings.ToLower(s.text)
	case "!!int", "!!float":
		s.readNumber(n)
	}
	return s
}

func (s *scalar) readNumber(n *yaml.Node) {
	var value any
	if n.Decode(&value) != nil {
		return
	}
	switch v := value.(type) {
	case int:
		s.number, s.plain = float64(v), strconv.Itoa(v)
	case int64:
		s.number, s.plain = float64(v), strconv.FormatInt(v, 10)
	case uint64:
		s.number, s.plain = float64(v), strconv.FormatUint(v, 10)
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return
		}
		s.number, s.plain = v, shortNumber(s.text)
		if s.plain == "" {
			s.plain = strconv.FormatFloat(v, 'f', -1, 64)
		}
	default:
		return
	}
	s.kind = scalarNumber
}

// shortNumber gives the shortest decimal form of a decimal number, so that equal numbers
// are equal texts: 1.0 and 1e0 give 1. It is empty for what is no such number. Whole
// numbers keep all their digits.
func shortNumber(s string) string {
	if isWhole(s) {
		return s
	}
	f, ok := parseNumber(s)
	if !ok {
		return ""
	}
	if f == 0 {
		return "0"
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// isWhole reports whether s is a whole number in its shortest form.
func isWhole(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || digits[0] == '0' && s != "0" {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// parseNumber reads a decimal number of finite size; spaces, hexadecimal digits, names and
// underscores are none.
func parseNumber(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
