package tenant

import (
	"encoding/hex"
	"math/rand/v2"
)

// appendGUID appends a random version 4 GUID in lower case.
func appendGUID(b []byte, rng *rand.Rand) []byte {
	hi, lo := rng.Uint64(), rng.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(0xc<<60) | 0x8<<60
	const digits = "0123456789abcdef"
	for i := 60; i >= 0; i -= 4 {
		if i == 28 || i == 12 {
			b = append(b, '-')
		}
		b = append(b, digits[hi>>i&0xf])
	}
	b = append(b, '-')
	for i := 60; i >= 0; i -= 4 {
		if i == 44 {
			b = append(b, '-')
		}
		b = append(b, digits[lo>>i&0xf])
	}
	return b
}

func newGUID(rng *rand.Rand) string {
	var a [36]byte
	return string(appendGUID(a[:0], rng))
}

// appendHex appends n random bytes in upper-case hex.
func appendHex(b []byte, rng *rand.Rand, n int) []byte {
	const digits = "0123456789ABCDEF"
	for range 2 * n {
		b = append(b, digits[rng.Uint32()&0xf])
	}
	return b
}

func newHex(rng *rand.Rand, n int) string {
	return string(appendHex(make([]byte, 0, 2*n), rng, n))
}

// newPUID is a passport unique id, as user keys carry it.
func newPUID(rng *rand.Rand) string { return "10032001" + newHex(rng, 4) }

// appendEntryID appends an Exchange entry id: base64 that begins like the real ones.
func appendEntryID(b []byte, rng *rand.Rand, prefix string, n int) []byte {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	b = append(b, prefix...)
	for range n {
		c := digits[rng.Uint32()&0x3f]
		if c == '/' {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return append(b, "AAAJ"...)
}

// stripGUID removes the dashes of a GUID.
func stripGUID(id string) string {
	b, err := hex.DecodeString(id[0:8] + id[9:13] + id[14:18] + id[19:23] + id[24:])
	if err != nil {
		return id
	}
	return hex.EncodeToString(b)
}
