package simulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" // the key id is a SHA-1 thumbprint by definition
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"sync"
	"time"

	"aoc"
)

// signingKey is one of the keys tokens are signed with.
type signingKey struct {
	id   string // kid and x5t
	key  *rsa.PrivateKey
	cert []byte // DER, self-signed
}

// keyring holds the token service's keys: the one in use and the next one, and after a
// rotation the last one too, so that its tokens stay valid. Keys are made when first
// needed.
type keyring struct {
	mu   sync.Mutex
	keys []*signingKey // the first signs
}

const publishedKeys = 2

func newSigningKey() (*signingKey, error) {
	const op = "simulator.keyring"
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "cannot make a signing key")
	}
	now := aoc.SystemClock{}.Now()
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "accounts.accesscontrol.windows.net"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0),
	}, &x509.Certificate{SerialNumber: big.NewInt(1)}, key.Public(), key)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "cannot make a signing certificate")
	}
	sum := sha1.Sum(der)
	return &signingKey{id: base64.RawURLEncoding.EncodeToString(sum[:]), key: key, cert: der}, nil
}

// fill makes keys until there are n.
func (k *keyring) fill(n int) error {
	for len(k.keys) < n {
		key, err := newSigningKey()
		if err != nil {
			return err
		}
		k.keys = append(k.keys, key)
	}
	return nil
}

// current is the key that signs.
func (k *keyring) current() (*signingKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.fill(1); err != nil {
		return nil, err
	}
	return k.keys[0], nil
}

// published lists the keys that verifiers may see.
func (k *keyring) published() ([]*signingKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.fill(publishedKeys); err != nil {
		return nil, err
	}
	return append([]*signingKey(nil), k.keys...), nil
}

// find gives the key with an id, nil if there is none.
func (k *keyring) find(id string) *signingKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range k.keys {
		if key.id == id {
			return key
		}
	}
	return nil
}

// rotate puts the next key in use. The last one stays published until the rotation after.
func (k *keyring) rotate() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.fill(publishedKeys); err != nil {
		return err
	}
	next, last := k.keys[1], k.keys[0]
	k.keys = []*signingKey{next}
	if err := k.fill(publishedKeys); err != nil {
		return err
	}
	k.keys = append(k.keys, last)
	return nil
}
