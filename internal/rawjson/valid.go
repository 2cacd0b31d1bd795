package rawjson

import "encoding/binary"

// MaxDepth is how deep objects and arrays may nest in a valid record. Audit records nest
// less than ten deep; the bound keeps hostile input off the stack of everyone downstream.
const MaxDepth = 512

// Valid reports whether raw is exactly one valid JSON value, as encoding/json.Valid
// defines it (invalid UTF-8 inside strings passes), that nests at most [MaxDepth] deep.
func Valid(raw []byte) bool {
	// One bit for each open container, set for an object.
	var objects [MaxDepth / 64]uint64
	depth := 0
	i := skipSpace(raw, 0)
value:
	if i >= len(raw) {
		return false
	}
	switch c := raw[i]; c {
	case '{', '[':
		if depth == MaxDepth {
			return false
		}
		bit := uint64(1) << (depth % 64)
		if c == '{' {
			objects[depth/64] |= bit
		} else {
			objects[depth/64] &^= bit
		}
		depth++
		i = skipSpace(raw, i+1)
		if i >= len(raw) {
			return false
		}
		if raw[i] == c+2 { // the closing bracket of either kind is two above the opening one
			i++
			depth--
			goto after
		}
		if c == '{' {
			goto key
		}
		goto value
	case '"':
		if i = validString(raw, i); i < 0 {
			return false
		}
	case 't', 'f', 'n':
		if i = validLiteral(raw, i); i < 0 {
			return false
		}
	default:
		if i = validNumber(raw, i); i < 0 {
			return false
		}
	}
after:
	for {
		i = skipSpace(raw, i)
		if depth == 0 {
			return i == len(raw)
		}
		if i >= len(raw) {
			return false
		}
		object := objects[(depth-1)/64]&(1<<((depth-1)%64)) != 0
		switch {
		case raw[i] == ',' && object:
			i = skipSpace(raw, i+1)
			goto key
		case raw[i] == ',':
			i = skipSpace(raw, i+1)
			goto value
		case raw[i] == '}' && object, raw[i] == ']' && !object:
			i++
			depth--
		default:
			return false
		}
	}
key:
	if i >= len(raw) || raw[i] != '"' {
		return false
	}
	if i = validString(raw, i); i < 0 {
		return false
	}
	i = skipSpace(raw, i)
	if i >= len(raw) || raw[i] != ':' {
		return false
	}
	i = skipSpace(raw, i+1)
	goto value
}

// isSpace reports JSON white space.
func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// skipSpace gives the index of the first byte at or after i that is not white space.
func skipSpace(raw []byte, i int) int {
	for i < len(raw) && isSpace(raw[i]) {
		i++
	}
	return i
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// special marks (with its high bit) each byte of eight that cannot stand in a string as
// it is: a quote, a backslash, a control character. Bytes above the lowest mark may be
// marked wrongly, so only the fact of a mark may be used.
func special(w uint64) uint64 {
	quote := w ^ '"'*lowBits
	slash := w ^ '\\'*lowBits
	return ((quote - lowBits) &^ quote & highBits) |
		((slash - lowBits) &^ slash & highBits) |
		((w - 0x20*lowBits) &^ w & highBits)
}

// validString takes the index of an opening quote and gives the index after the closing
// one, or -1.
func validString(raw []byte, i int) int {
	i++
	for {
		for i+8 <= len(raw) && special(binary.LittleEndian.Uint64(raw[i:])) == 0 {
			i += 8
		}
		if i >= len(raw) {
			return -1
		}
		switch c := raw[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i+1 >= len(raw) {
				return -1
			}
			switch raw[i+1] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				i += 2
			case 'u':
				if i+6 > len(raw) || hex4(raw[i+2:i+6]) < 0 {
					return -1
				}
				i += 6
			default:
				return -1
			}
		case c < 0x20:
			return -1
		default:
			i++
		}
	}
}

// hex4 gives the value of four hexadecimal digits, or -1.
func hex4[T string | []byte](s T) rune {
	var r rune
	for i := range 4 {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// validLiteral takes the index of a true, false or null and gives the index after it, or -1.
func validLiteral(raw []byte, i int) int {
	for _, word := range [...]string{"true", "false", "null"} {
		if len(raw)-i >= len(word) && string(raw[i:i+len(word)]) == word {
			return i + len(word)
		}
	}
	return -1
}

// validNumber takes the index of a number and gives the index after it, or -1.
func validNumber(raw []byte, i int) int {
	if i < len(raw) && raw[i] == '-' {
		i++
	}
	switch {
	case i >= len(raw):
		return -1
	case raw[i] == '0':
		i++
	default:
		if i = digits(raw, i); i < 0 {
			return -1
		}
	}
	if i < len(raw) && raw[i] == '.' {
		if i = digits(raw, i+1); i < 0 {
			return -1
		}
	}
	if i < len(raw) && (raw[i] == 'e' || raw[i] == 'E') {
		i++
		if i < len(raw) && (raw[i] == '+' || raw[i] == '-') {
			i++
		}
		return digits(raw, i)
	}
	return i
}

// digits gives the index after one or more decimal digits, or -1.
func digits(raw []byte, i int) int {
	from := i
	for i < len(raw) && '0' <= raw[i] && raw[i] <= '9' {
		i++
	}
	if i == from {
		return -1
	}
	return i
}
