package auth

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"aoc"
)

// Certificate proves to the provider who asks, in place of a secret.
type Certificate struct {
	Leaf *x509.Certificate
	Key  crypto.Signer // RSA
}

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// assertionTime is how long an assertion holds; Entra ID recommends five to ten minutes.
	assertionTime = 5 * time.Minute
)

// assertion makes what is sent in place of a secret: a token that the certificate's key has
// signed by PS256, as Entra ID recommends.
func (c *Certificate) assertion(clientID, audience string, now time.Time) (string, error) {
	const op = "auth.assertion"
	sum := sha256.Sum256(c.Leaf.Raw)
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("x5t#S256", base64.RawURLEncoding.EncodeToString(sum[:]))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.PS256, Key: c.Key}, options)
	if err != nil {
		return "", aoc.Wrap(err, aoc.CodeInvalid, op, "the certificate's key cannot sign")
	}
	text, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: clientID, Subject: clientID, Audience: jwt.Audience{audience}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now.Add(-time.Minute)), Expiry: jwt.NewNumericDate(now.Add(assertionTime)),
	}).Serialize()
	if err != nil {
		return "", aoc.Wrap(err, aoc.CodeInvalid, op, "the certificate's key cannot sign")
	}
	return text, nil
}
