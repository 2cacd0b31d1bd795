package syslog

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"aoc"
	"aoc/internal/sink"
	"aoc/internal/sink/sinktest"
)

// certificate makes one for 127.0.0.1 that signs itself.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "syslog"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// listen accepts connections and hands them to serve.
func listen(t *testing.T, secure *tls.Certificate, serve func(c net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				if secure != nil {
					c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*secure}})
				}
				serve(c)
			})
		}
	})
	return l.Addr().String()
}

// frames reads messages of a stream, until it ends or take returns false.
func frames(r *bufio.Reader, framing string, take func(message string) bool) error {
	for {
		if framing == lf {
			line, err := r.ReadString('\n')
			if err != nil {
				return err
			}
			if !take(strings.TrimSuffix(line, "\n")) {
				return nil
			}
			continue
		}
		length, err := r.ReadString(' ')
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(strings.TrimSuffix(length, " "))
		if err != nil {
			return err
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return err
		}
		if !take(string(b)) {
			return nil
		}
	}
}

// rfc5424 is a message by the letter of the standard; MSG is its last part.
var rfc5424 = regexp.MustCompile(`(?s)\A<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) (\[[!#-<>-\\^-~]{1,32}(?: [!#-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\]|-) (.*)\z`)

// keyOf reads a message as a receiver does, and reports one that is not by the standards.
func keyOf(t *testing.T, message string) string {
	t.Helper()
	m := rfc5424.FindStringSubmatch(message)
	if m == nil {
		t.Errorf("no message of RFC 5424: %q", message)
		return ""
	}
	if !utf8.ValidString(message) || strings.ContainsAny(strings.TrimPrefix(message, "\ufeff"), "\n\r\x00\x7f\u2028") {
		t.Errorf("control characters: %q", message)
	}
	msg := m[8]
	if ok := strings.HasPrefix(msg, "CEF:0|"); ok || strings.HasPrefix(msg, bom+"CEF:0|") {
		if ascii := strings.IndexFunc(msg, func(r rune) bool { return r >= 0x80 }) < 0; ascii != ok {
			t.Errorf("the byte order mark is wrong: %q", msg)
		}
		return cefKey(t, strings.TrimPrefix(msg, bom))
	}
	var e aoc.Event
	if err := json.Unmarshal([]byte(msg), &e); err != nil {
		t.Errorf("%q: %v", msg, err)
	}
	return e.Key
}

// cefKey reads CEF by the standard's rules of escaping.
func cefKey(t *testing.T, text string) string {
	t.Helper()
	var header []string
	var field strings.Builder
	i := len("CEF:0|")
	for ; i < len(text) && len(header) < 6; i++ {
		switch text[i] {
		case '\\':
			i++
			field.WriteByte(text[i])
		case '|':
			header = append(header, field.String())
			field.Reset()
		default:
			field.WriteByte(text[i])
		}
	}
	if len(header) != 6 || header[0] != "AOC" || header[2] != "1.2.3" {
		t.Errorf("the header is %q", header)
		return ""
	}
	extension := text[i:]
	for _, m := range regexp.MustCompile(`\\.|(?:^| )([A-Za-z0-9]+)=|=`).FindAllStringSubmatch(extension, -1) {
		if m[0] == "=" {
			t.Errorf("an equals sign is not escaped: %q", extension)
		}
	}
	m := regexp.MustCompile(`(?:^| )externalId=([a-z2-7]{26}) `).FindAllStringSubmatch(extension, -1)
	if len(m) != 1 {
		t.Errorf("%d keys: %q", len(m), extension)
		return ""
	}
	return m[0][1]
}

func TestConformance(t *testing.T) {
	pair, ca := certificate(t)
	for _, c := range []struct{ tls, framing, format string }{
		{"false", octets, formatJSON}, {"false", lf, formatCEF}, {"true", octets, formatCEF}, {"true", lf, formatJSON},
	} {
		t.Run("tls "+c.tls+" "+c.framing+" "+c.format, func(t *testing.T) {
			var open handlers
			sinktest.Run(t, sinktest.Rig{
				Settle: open.wait,
				Faults: []sinktest.Fault{sinktest.Cut, sinktest.Half, sinktest.Unsaid, sinktest.Stall, sinktest.Broken},
				Start: func(t *testing.T, s *sinktest.Script) func() sink.Sink {
					var secure *tls.Certificate
					if c.tls == "true" {
						secure = &pair
					}
					var turn sync.Mutex // what is left of a connection is read before the next
					address := listen(t, secure, func(conn net.Conn) { receive(t, conn, s, c.framing, &turn, &open) })
					return func() sink.Sink {
						return sinktest.Make(t, Kind(), sinktest.Deps(t, nil), map[string]string{
							"address": address, "tls": c.tls, "ca": ca, "framing": c.framing, "format": c.format, "timeout": "2",
						})
					}
				},
			})
		})
	}
}

// handlers counts connections that are being read.
type handlers struct {
	mu   sync.Mutex
	n    int
	idle *sync.Cond
}

func (h *handlers) add(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.n += n; h.n == 0 && h.idle != nil {
		h.idle.Broadcast()
	}
}

// wait waits until there is none.
func (h *handlers) wait() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.idle = sync.NewCond(&h.mu)
	for h.n > 0 {
		h.idle.Wait()
	}
}

// receive reads a connection as the script says.
func receive(t *testing.T, c net.Conn, s *sinktest.Script, framing string, turn *sync.Mutex, open *handlers) {
	if secured, ok := c.(*tls.Conn); ok && secured.Handshake() != nil {
		return
	}
	f := s.Next()
	if f == sinktest.Stall {
		<-t.Context().Done()
		return
	}
	if f == sinktest.Cut {
		if _, ok := c.(*tls.Conn); ok {
			reset(c) // it may have read ahead
		}
		return
	}
	open.add(1)
	defer open.add(-1)
	turn.Lock()
	defer turn.Unlock()
	r := bufio.NewReaderSize(c, 64)
	left := -1
	switch f {
	case sinktest.Half: // it stops reading and closes
		left = 1 + s.Some(10)
		defer reset(c) // what this program has read ahead is not its own loss here
	case sinktest.Broken: // it closes its direction before all has come, and goes on taking
		_ = c.(interface{ CloseWrite() error }).CloseWrite()
	case sinktest.Unsaid:
		defer reset(c)
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	err := frames(r, framing, func(message string) bool {
		left--
		s.Take(keyOf(t, message))
		return left != 0
	})
	if _, ok := errors.AsType[*strconv.NumError](err); ok {
		t.Errorf("the frames are broken: %v", err)
	}
}

// reset ends a connection as a crash of the machine would.
func reset(c net.Conn) {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	_ = c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// A receiver that keeps connections open, whatever the other side does: after a connection
// has broken, what was written last is written again.
func TestTheTailIsSentAgain(t *testing.T) {
	var mu sync.Mutex
	var got []string
	second := make(chan struct{})
	first := true
	gone := make(chan struct{})
	address := listen(t, nil, func(c net.Conn) {
		mu.Lock()
		cut := first
		first = false
		mu.Unlock()
		if cut {
			_ = c.(*net.TCPConn).SetLinger(0)
			_, _ = c.Read(make([]byte, 1)) // the batch is there, and is lost
			c.Close()
			close(gone)
			return
		}
		frames(bufio.NewReader(c), octets, func(m string) bool {
			mu.Lock()
			defer mu.Unlock()
			if got = append(got, keyOf(t, m)); len(got) == 6 {
				close(second)
			}
			return true
		})
	})
	s := sinktest.Make(t, Kind(), sinktest.Deps(t, nil), map[string]string{"address": address, "tls": "false", "acknowledge": byNothing})
	events := sinktest.Events(6, 1)
	if _, err := s.Send(t.Context(), events[:3]); err != nil {
		t.Fatal(err)
	}
	<-gone
	<-s.(*syslog).conn.end
	if _, err := s.Send(t.Context(), events[3:]); err != nil {
		t.Fatal(err)
	}
	<-second
	mu.Lock()
	defer mu.Unlock()
	for i, e := range events {
		if got[i] != e.Key {
			t.Errorf("place %d: %s, want %s", i, got[i], e.Key)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing in order: %v", err)
	}
}

// A batch that the receiver's kernel has, and its program has not read, does not count.
func TestWhatNobodyReadDoesNotCount(t *testing.T) {
	address := listen(t, nil, func(c net.Conn) { <-t.Context().Done() })
	s := sinktest.Make(t, Kind(), sinktest.Deps(t, nil), map[string]string{"address": address, "tls": "false"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Send(ctx, sinktest.Events(2, 1)); aoc.CodeOf(err) != aoc.CodeUnavailable || !strings.Contains(aoc.HintOf(err), "acknowledge") {
		t.Errorf("%v", err)
	}
}

// What is too large goes without what can be spared, and says so; what is still too large is
// refused, by the sink itself.
func TestSize(t *testing.T) {
	m := newMessage(values(t, map[string]string{}), "1.2.3")
	for name, c := range map[string]struct {
		change func(e *aoc.Event)
		cut    string
	}{
		"small":         {func(*aoc.Event) {}, ""},
		"large record":  {func(e *aoc.Event) { e.Raw = json.RawMessage(`"` + strings.Repeat("x", 9000) + `"`) }, ` cut="raw"`},
		"large targets": {func(e *aoc.Event) { e.Targets = make([]aoc.Target, 9000) }, ` cut="raw,targets,changes"`},
		"large summary": {func(e *aoc.Event) { e.DisplaySummary = strings.Repeat("x", 9000) }, "refused"},
	} {
		e := sinktest.Events(1, 1)[0]
		c.change(&e)
		text, err := m.of(&e)
		if c.cut == "refused" {
			if !errors.Is(err, errTooLarge) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || len(text) > 8192 || keyOf(t, string(text)) != e.Key || !bytes.Contains(text, []byte(c.cut)) || c.cut == "" && bytes.Contains(text, []byte(" cut=")) {
			t.Errorf("%s: %v, %d bytes, %.200s", name, err, len(text), text)
		}
	}
}

// values reads settings, with an address.
func values(t *testing.T, settings map[string]string) sink.Values {
	t.Helper()
	settings["address"] = "x:1"
	spec := Kind().Spec
	v, err := spec.Read(sink.Config{ID: "a", Settings: settings}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A certificate that nobody has vouched for is told, with the remedy.
func TestForeignCertificate(t *testing.T) {
	pair, _ := certificate(t)
	address := listen(t, &pair, func(c net.Conn) { io.Copy(io.Discard, c) })
	s := sinktest.Make(t, Kind(), sinktest.Deps(t, nil), map[string]string{"address": address})
	if _, err := s.Send(t.Context(), sinktest.Events(1, 1)); aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(aoc.HintOf(err), "setting ca") {
		t.Errorf("%v", err)
	}
}

// FuzzMessage: whatever is in an event, its message is one of RFC 5424 in one line.
func FuzzMessage(f *testing.F) {
	for _, s := range []string{"", "a=b|c\\", "]\"\n", "\xff\xfe", "\ufeff\u2028", "日本\r\n<1>1 - -"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := sinktest.Events(1, 1)[0]
		e.Operation, e.DisplaySummary, e.ID, e.TenantID, e.Actor.UPN, e.TargetDisplays, e.ResultReason, e.RecordType = s, s, s, s, s, []string{s}, s, s
		for _, format := range []string{formatJSON, formatCEF} {
			m := newMessage(values(t, map[string]string{"format": format, "max_bytes": "1000000"}), "1.2.3")
			text, err := m.of(&e)
			if err != nil {
				if errors.Is(err, errTooLarge) {
					continue
				}
				t.Fatal(err)
			}
			if keyOf(t, string(text)) != e.Key {
				t.Errorf("%q: another key", text)
			}
		}
	})
}
