package simulator

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

var errToken = errors.New("malformed or wrongly signed token")

// tokenHeader is the header of a JSON Web Token.
type tokenHeader struct {
	Type    string `json:"typ"`
	Alg     string `json:"alg"`
	KeyID   string `json:"kid,omitempty"`
	X5T     string `json:"x5t,omitempty"`
	X5TS256 string `json:"x5t#S256,omitempty"`
}

func encodeSegment(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// signToken makes an RS256 token.
func signToken(key *rsa.PrivateKey, h tokenHeader, claims any) (string, error) {
	head, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed := encodeSegment(head) + "." + encodeSegment(body)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return signed + "." + encodeSegment(sig), nil
}

// splitToken decodes header and claims without trusting them.
func splitToken(token string, claims any) (tokenHeader, error) {
	var h tokenHeader
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return h, errToken
	}
	for i, into := range []any{&h, claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return h, errToken
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return h, errToken
		}
	}
	return h, nil
}

// verifyToken checks the signature with a public key; RS256 and PS256 are known.
func verifyToken(token string, alg string, key *rsa.PublicKey) error {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 {
		return errToken
	}
	sig, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	if err != nil {
		return errToken
	}
	sum := sha256.Sum256([]byte(token[:dot]))
	switch alg {
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig)
	case "PS256":
		return rsa.VerifyPSS(key, crypto.SHA256, sum[:], sig, nil)
	}
	return errToken
}
