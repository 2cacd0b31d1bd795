package cli

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// TestOwnCertificate holds that the health check speaks to the holder of the certificate
// alone.
func TestOwnCertificate(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	dir := t.TempDir()
	own, other, none := filepath.Join(dir, "own.pem"), filepath.Join(dir, "other.pem"), filepath.Join(dir, "none.pem")
	if err := os.WriteFile(own, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	client, err := clientOfOwn(own)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Get(server.URL)
	if err != nil {
		t.Fatalf("the own certificate: %v", err)
	}
	answer.Body.Close()

	client.CloseIdleConnections()
	raw := append([]byte{}, server.Certificate().Raw...)
	raw[len(raw)-1] ^= 1 // the signature
	if err := os.WriteFile(other, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if client, err = clientOfOwn(other); err != nil {
		t.Fatal(err)
	}
	if answer, err := client.Get(server.URL); err == nil {
		answer.Body.Close()
		t.Error("another certificate is taken")
	}
	if err := os.WriteFile(none, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{none, own + "x"} {
		if _, err := clientOfOwn(path); err == nil {
			t.Errorf("%s is taken", filepath.Base(path))
		}
	}
}
