package receivers

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"aoc"
	"aoc/internal/sink"
	"aoc/internal/sink/syslog"
)

// certificate writes one for 127.0.0.1 and its key into a folder, and gives it in PEM.
func certificate(t *testing.T, folder string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "receiver"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, text := range map[string][]byte{"cert.pem": public, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return string(public)
}

// rsyslogConfig takes messages over TLS and writes them into a file before it reads on: what
// rsyslog keeps in a queue in memory is lost with it.
const rsyslogConfig = `
global(workDirectory="%[1]s" maxMessageSize="64k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="%[1]s/cert.pem" defaultNetstreamDriverCertFile="%[1]s/cert.pem" defaultNetstreamDriverKeyFile="%[1]s/key.pem")
main_queue(queue.type="Direct")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" address="127.0.0.1" port="%[2]s")
template(name="whole" type="string" string="%%rawmsg%%\n")
action(type="omfile" file="%[1]s/arrived.log" template="whole" asyncWriting="off" flushOnTXEnd="on")
`

var keyParam = regexp.MustCompile(`\[aoc@32473 key="([a-z2-7]{26})"`)

func TestRsyslog(t *testing.T) {
	path := program(t, "AOC_RSYSLOGD", "rsyslogd")
	for _, settings := range []map[string]string{
		{"format": "json", "framing": "octets"}, {"format": "cef", "framing": "lf"},
	} {
		t.Run(settings["format"], func(t *testing.T) {
			folder := t.TempDir()
			ca := certificate(t, folder)
			address := freePort(t)
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				t.Fatal(err)
			}
			config := filepath.Join(folder, "rsyslog.conf")
			if err := os.WriteFile(config, fmt.Appendf(nil, rsyslogConfig, folder, port), 0o600); err != nil {
				t.Fatal(err)
			}
			settings["address"], settings["ca"], settings["timeout"] = address, ca, "10"
			r := &server{t: t, path: path, args: []string{"-n", "-f", config, "-i", "NONE"}, address: address, mortal: true}
			want := chaos(t, r, sink.Config{Kind: syslog.Name, Settings: settings})
			text, err := os.ReadFile(filepath.Join(folder, "arrived.log"))
			if err != nil {
				t.Fatal(err)
			}
			arrived := map[string]int{}
			for line := range bytes.Lines(text) {
				if key := wholeMessage(line, settings["format"]); key != "" {
					arrived[key]++
				}
			}
			compare(t, arrived, want)
		})
	}
}

// wholeMessage gives the key of the message that a line ends with, if that is whole: a kill
// can leave the beginning of another one before it.
func wholeMessage(line []byte, format string) string {
	all := keyParam.FindAllSubmatchIndex(line, -1)
	if len(all) == 0 {
		return ""
	}
	last := all[len(all)-1]
	key, rest := string(line[last[2]:last[3]]), line[last[1]:]
	if format == "cef" {
		if bytes.Contains(rest, []byte("externalId="+key)) && bytes.HasSuffix(bytes.TrimSpace(rest), []byte("}")) {
			return key
		}
		return ""
	}
	var e aoc.Event
	if _, msg, ok := bytes.Cut(rest, []byte("] ")); !ok || json.Unmarshal(msg, &e) != nil || e.Key != key {
		return ""
	}
	return key
}
