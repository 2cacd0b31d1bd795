package rawjson

import "unsafe"

// Values calls f with every value of the record that can be searched for: each string,
// decoded, and each number as it is written, in order. Keys, true, false and null are no
// values, and JSON inside a string counts as its text. An unpaired surrogate reads as
// U+FFFD. It stops when f returns false.
//
// raw must be valid JSON; for anything else the values are unspecified. A value is good
// only during the call of f: what is kept must be cloned.
func Values(raw []byte, f func(value string) bool) {
	s := unsafe.String(unsafe.SliceData(raw), len(raw)) // read only, and only here
	var decoded []byte
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"':
			start := i
			end, escaped := stringEnd(s, i)
			i = end
			for i < len(s) && isSpace(s[i]) {
				i++
			}
			if i < len(s) && s[i] == ':' || end-start < 2 { // only a key is followed by a colon
				i++
				continue
			}
			value := s[start+1 : end-1]
			if escaped {
				decoded = appendDecoded(decoded[:0], value)
				value = unsafe.String(unsafe.SliceData(decoded), len(decoded))
			}
			if !f(value) {
				return
			}
		case c == '-' || '0' <= c && c <= '9':
			end := scalarEnd(s, i)
			if !f(s[i:end]) {
				return
			}
			i = end
		case 'a' <= c && c <= 'z':
			i = scalarEnd(s, i)
		default:
			i++
		}
	}
}
