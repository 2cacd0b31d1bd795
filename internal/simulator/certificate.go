package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"

	"aoc"
)

// authority is a certificate authority made for one run of the server.
type authority struct {
	cert *x509.Certificate
	pem  []byte
	leaf tls.Certificate
}

// newAuthority makes the authority and a server certificate for hosts. TLS is judged by
// the clocks of those who connect, so it is dated by the machine's clock.
func newAuthority(hosts []string) (*authority, error) {
	const op = "simulator.certificate"
	now := aoc.SystemClock{}.Now()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "cannot make a key")
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "AOC simulator authority"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "cannot make the authority")
	}
	a := &authority{pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "cannot read the authority")
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "cannot make a key")
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano() + 1), Subject: pkix.Name{CommonName: "simulator"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 6, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, h)
		}
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, leafKey.Public(), key)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "cannot make the server's certificate")
	}
	a.leaf = tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: leafKey}
	return a, nil
}

// pool trusts the authority and nothing else.
func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}
