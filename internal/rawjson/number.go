package rawjson

import (
	"strconv"
	"strings"
)

const (
	// plainDigits is the longest integer that canonical form writes without an exponent.
	plainDigits = 21
	// maxExponent bounds the exponents that are computed with; a number beyond keeps its text.
	maxExponent = 1_000_000_000
)

// appendCanonicalNumber appends a valid JSON number so that equal values are equal text:
// 1, 1.0, 10e-1 and 1E0 all give 1, and -0 gives 0. It compares decimal digits and never
// goes through a float, so that no two different numbers become one.
func appendCanonicalNumber(dst []byte, s string) []byte {
	text := s
	negative := s[0] == '-'
	if negative {
		s = s[1:]
	}
	mark := strings.IndexAny(s, ".eE")
	if mark < 0 && len(s) <= plainDigits {
		if s == "0" {
			return append(dst, '0')
		}
		return append(dst, text...)
	}

	mantissa, exponent := s, 0
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		mantissa = s[:e]
		n, err := strconv.Atoi(s[e+1:])
		if strings.Trim(mantissa, "0.") == "" {
			n, err = 0, nil // zero, whatever its exponent
		}
		if err != nil || n > maxExponent || n < -maxExponent {
			return append(dst, text...)
		}
		exponent = n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent -= len(fraction)
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return append(dst, '0')
	}
	trimmed := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(trimmed)

	if negative {
		dst = append(dst, '-')
	}
	dst = append(dst, trimmed...)
	switch {
	case exponent == 0 && len(trimmed) <= plainDigits:
	case exponent > 0 && len(trimmed)+exponent <= plainDigits:
		for range exponent {
			dst = append(dst, '0')
		}
	default:
		dst = append(dst, 'e')
		dst = strconv.AppendInt(dst, int64(exponent), 10)
	}
	return dst
}
