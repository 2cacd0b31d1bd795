package sink

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// Sign gives the headers by which a receiver can tell that a request with a body comes from
// AOC, and when it was sent; none without a secret.
func Sign(secret string, now time.Time, body []byte) []Header {
	if secret == "" {
		return nil
	}
	at := strconv.FormatInt(now.Unix(), 10)
	return []Header{{Name: "X-AOC-Timestamp", Value: at}, {Name: "X-AOC-Signature", Value: "v1=" + Signature(secret, at, body)}}
}

// Signature is what a request with a timestamp and a body is signed with, in hex.
func Signature(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
