// Package syslog sends events as messages of RFC 5424 over TCP (RFC 6587) or TLS (RFC 5425).
//
// TCP tells a sender nothing about what the receiver's program has read. The sink makes up
// for it in one of two ways, by its setting acknowledge:
//
//   - close: each batch has a connection of its own. When all is written the sink closes its
//     direction and waits for the receiver to close the other one, which a receiver does once
//     it has read to the end. On Linux the kernel is asked, too, whether the other side had
//     acknowledged everything, the end included, by then: a receiver that closed before it
//     had read all is told apart. At last the connection for the next batch is made: a
//     receiver that has died with what it had read takes none. What it loses otherwise
//     after having read it (a queue in memory) is its own to keep.
//   - none: one connection is kept. What was written last, up to [tailBytes], is written
//     again when it has broken. Lost can be what was on the way when a connection breaks
//     and the tail does not reach back that far, or AOC ends at the same time.
package syslog

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// Name is the kind's name.
const Name = "syslog"

const op = "syslog.send"

// Kind describes the sink.
func Kind() sink.Kind {
	return sink.Kind{Make: makeSink, Spec: sink.Spec{
		Kind: Name, Title: "Syslog", Batch: sink.Limits{Events: 1000, Bytes: 4 << 20},
		Help: "Events as syslog messages (RFC 5424) over TLS or TCP. Syslog has no acknowledgement: with acknowledge=close a batch counts when the receiver has read it to its end and closed the connection; with none what was on the way can be lost when the connection breaks. Messages can arrive twice: tell them apart by key.",
		Settings: []sink.Setting{
			{Name: "address", Title: "Address", Kind: sink.Text, Required: true, Help: "Host and port, such as syslog.contoso.example:6514."},
			{Name: "tls", Title: "TLS", Kind: sink.Switch, Default: "true", Help: "Without it everybody on the way can read and change what is sent."},
			{Name: "ca", Title: "Certificate authority", Kind: sink.PEM, Help: "Certificates, in PEM, that the receiver's is checked with; empty: those of the machine."},
			{Name: "server_name", Title: "Name in the certificate", Kind: sink.Text, Help: "Where it is not the host of the address."},
			{Name: "client_certificate", Title: "Client certificate", Kind: sink.PEM, Help: "What AOC shows the receiver, in PEM, with those between it and the authority."},
			{Name: "client_key", Title: "Key of the client certificate", Kind: sink.Secret, Help: "The secret that holds it, in PEM."},
			{Name: "framing", Title: "Framing", Kind: sink.Choice, Choices: []string{octets, lf}, Default: octets, Help: "octets: each message after its length (RFC 5425, RFC 6587 3.4.1); lf: each message ends with a line feed."},
			{Name: "format", Title: "Payload", Kind: sink.Choice, Choices: []string{formatJSON, formatCEF}, Default: formatJSON, Help: "json: the event as the API shows it; cef: ArcSight's Common Event Format."},
			{Name: "acknowledge", Title: "Acknowledgement", Kind: sink.Choice, Choices: []string{byClose, byNothing}, Default: byClose, Help: "close: a connection for each batch, which the receiver closes when it has read it; none: one connection, for receivers that do not close."},
			{Name: "facility", Title: "Facility", Kind: sink.Number, Default: "13", Min: 0, Max: 23, Help: "13 is log audit, 16 to 23 are local0 to local7."},
			{Name: "hostname", Title: "Host name", Kind: sink.Text, Default: "aoc", Help: "HOSTNAME of messages."},
			{Name: "app_name", Title: "Application", Kind: sink.Text, Default: "aoc", Help: "APP-NAME of messages."},
			{Name: "sd_id", Title: "Structured data", Kind: sink.Text, Default: "aoc@32473", Help: "SD-ID under which key, tenant and more stand before the payload; a hyphen leaves them out. 32473 is the number that RFC 5612 keeps for examples: use your own."},
			{Name: "max_bytes", Title: "Size of a message", Kind: sink.Number, Default: "8192", Min: 2048, Max: 1 << 20, Help: "Receivers must take 2048 bytes and should take 8192 (RFC 5425). An event that is larger goes without its record as received, then without targets and changes; structured data says so (cut)."},
			{Name: "timeout", Title: "Patience", Kind: sink.Number, Default: "60", Min: 1, Max: 600, Help: "Seconds for connecting, writing a batch and waiting until it is read."},
			sink.RawSetting(),
		},
	}}
}

// Values of settings.
const (
	octets     = "octets"
	lf         = "lf"
	formatJSON = "json"
	formatCEF  = "cef"
	byClose    = "close"
	byNothing  = "none"
)

// tailBytes bounds what is written again on a new connection.
const tailBytes = 1 << 20

type syslog struct {
	deps    sink.Deps
	address string
	tls     *tls.Config // nil: plain TCP
	timeout time.Duration
	octets  bool
	keep    bool // one connection is kept
	message message

	// next is the connection for the next batch, where each has one; nil for none.
	next *conn

	// Where one connection is kept:
	conn *conn
	tail [][]byte // what was written last
	held int      // bytes in tail
}

func makeSink(_ sink.Config, v sink.Values, d sink.Deps) (sink.Sink, error) {
	host, port, err := net.SplitHostPort(v.Text("address"))
	if n, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || n == 0 || host == "" {
		return nil, aoc.Errorf(aoc.CodeInvalid, "syslog.make", "settings.address: host and port, such as syslog.contoso.example:6514")
	}
	s := &syslog{
		deps: d, address: v.Text("address"), timeout: time.Duration(v.Number("timeout")) * time.Second,
		octets: v.Text("framing") == octets, keep: v.Text("acknowledge") == byNothing, message: newMessage(v, d.Version),
	}
	if v.On("tls") {
		s.tls, err = tlsConfig(v, host)
	}
	return s, err
}

func tlsConfig(v sink.Values, host string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if name := v.Text("server_name"); name != "" {
		c.ServerName = name
	}
	if ca := v.Text("ca"); ca != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(ca)) {
			return nil, aoc.Errorf(aoc.CodeInvalid, "syslog.make", "settings.ca: there is no certificate in PEM")
		}
	}
	certificate, key := v.Text("client_certificate"), v.Text("client_key")
	if (certificate == "") != (key == "") {
		return nil, aoc.Errorf(aoc.CodeInvalid, "syslog.make", "settings.client_certificate, settings.client_key: both or neither")
	}
	if certificate != "" {
		pair, err := tls.X509KeyPair([]byte(certificate), []byte(v.Secret("client_key")))
		if err != nil { // its text may quote the key
			return nil, aoc.Errorf(aoc.CodeInvalid, "syslog.make", "settings.client_certificate, settings.client_key: no certificate and its key, in PEM")
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// Send implements [sink.Sink].
func (s *syslog) Send(ctx context.Context, batch []aoc.Event) ([]sink.Rejection, error) {
	var frames [][]byte
	var rejected []sink.Rejection
	for i := range batch {
		text, err := s.message.of(&batch[i])
		switch {
		case errors.Is(err, errTooLarge):
			rejected = append(rejected, sink.Rejection{Index: i, Reason: err.Error()})
		case err != nil:
			return nil, err
		default:
			frames = append(frames, s.frame(text))
		}
	}
	if len(frames) == 0 {
		return rejected, nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if s.keep {
		return rejected, s.sendKept(ctx, frames)
	}
	return rejected, s.sendClosing(ctx, frames)
}

// frame makes a message part of a stream.
func (s *syslog) frame(text []byte) []byte {
	if s.octets {
		return append(strconv.AppendInt(nil, int64(len(text)), 10), append([]byte{' '}, text...)...)
	}
	return append(text, '\n')
}

// sendClosing sends on a connection of its own and returns when that was read to its end, and
// the receiver has taken another connection.
func (s *syslog) sendClosing(ctx context.Context, frames [][]byte) error {
	c := s.next
	if s.next = nil; c != nil && c.ended() {
		c.drop() // it has lain too long
		c = nil
	}
	if c == nil {
		var err error
		if c, err = s.dial(ctx); err != nil {
			return err
		}
	}
	defer c.drop()
	if err := c.write(ctx, bytes.Join(frames, nil)); err != nil {
		return err
	}
	if err := c.finish(ctx); err != nil {
		return err
	}
	next, err := s.dial(ctx)
	s.next = next
	return err
}

// sendKept sends on the connection that is kept, or a new one, and first again what may have
// been lost with the last one.
func (s *syslog) sendKept(ctx context.Context, frames [][]byte) error {
	if s.conn != nil && s.conn.ended() {
		s.hangUp()
	}
	all := bytes.Join(frames, nil)
	fresh := s.conn == nil
	if fresh {
		c, err := s.dial(ctx)
		if err != nil {
			return err
		}
		s.conn = c
		if err := c.write(ctx, bytes.Join(s.tail, nil)); err != nil {
			s.hangUp()
			return err
		}
	}
	if err := s.conn.write(ctx, all); err != nil {
		s.hangUp()
		return err
	}
	s.remember(frames)
	return nil
}

// remember keeps the tail of what was written.
func (s *syslog) remember(frames [][]byte) {
	for _, f := range frames {
		s.tail, s.held = append(s.tail, f), s.held+len(f)
	}
	for len(s.tail) > 1 && s.held > tailBytes {
		s.held -= len(s.tail[0])
		s.tail = s.tail[1:]
	}
}

func (s *syslog) hangUp() {
	s.conn.drop()
	s.conn = nil
}

// Close implements [sink.Sink]. The connection that is kept is closed in order, so that what
// is on the way still arrives.
func (s *syslog) Close() error {
	if s.next != nil {
		s.next.drop() // nothing was written to it
		s.next = nil
	}
	if s.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	defer s.hangUp()
	return s.conn.finish(ctx)
}

// conn is a connection whose other direction is listened to: a receiver says nothing, but
// closes.
type conn struct {
	net.Conn
	end chan struct{} // closed when the receiver has closed, or the connection broke
	err error         // how; io.EOF where the receiver closed. Good once end is closed
}

func (s *syslog) dial(ctx context.Context) (*conn, error) {
	raw, err := s.deps.Dial(ctx, "tcp", s.address)
	if err != nil {
		return nil, sink.Unreachable(op, err)
	}
	if s.tls != nil {
		secured := tls.Client(raw, s.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = raw.Close() // the handshake's error counts
			return nil, handshakeFault(err)
		}
		raw = secured
	}
	c := &conn{Conn: raw, end: make(chan struct{})}
	go c.listen()
	return c, nil
}

// listen waits for the connection's end: that of TCP, since what TLS says of it is not said of
// what has been read.
func (c *conn) listen() {
	defer close(c.end)
	_, c.err = io.Copy(io.Discard, c.Conn)
	if secured, ok := c.Conn.(*tls.Conn); ok && c.err == nil {
		_, c.err = io.Copy(io.Discard, secured.NetConn())
	}
	if c.err == nil {
		c.err = io.EOF
	}
}

// drop gives a connection up that is broken or of no more use.
func (c *conn) drop() { _ = c.Close() }

func handshakeFault(err error) error {
	e := &aoc.Error{Code: aoc.CodeUnavailable, Op: op, Message: "no TLS with the receiver", Cause: err}
	e.Hint = "Look whether the receiver speaks TLS at that port, and takes AOC's certificate if it asks for one."
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		e.Code, e.Message = aoc.CodeInvalid, "the receiver's certificate is not trusted"
		e.Hint = "Give the certificate of its authority in the setting ca, and the name in it in server_name if that is not the host."
	}
	return e
}

// ended reports whether the receiver has closed.
func (c *conn) ended() bool {
	select {
	case <-c.end:
		return true
	default:
		return false
	}
}

func (c *conn) write(ctx context.Context, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	defer c.bound(ctx)()
	if _, err := c.Write(b); err != nil {
		return broken(ctx, err)
	}
	return nil
}

// bound lets writing end with ctx, until what it gives is called.
func (c *conn) bound(ctx context.Context) func() {
	stop := context.AfterFunc(ctx, func() { _ = c.SetWriteDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

func broken(ctx context.Context, err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
		err = ctx.Err()
	}
	return sink.Unreachable(op, err)
}

// finish closes this direction, waits until the receiver has closed the other one, and
// reports whether it had read to the end.
func (c *conn) finish(ctx context.Context) error {
	if c.ended() {
		return sink.Unreachable(op, errors.New("the receiver closed the connection before it had read the end"))
	}
	stop := c.bound(ctx)
	err := c.closeWrite()
	stop()
	if err != nil {
		return broken(ctx, err)
	}
	select {
	case <-ctx.Done():
		e := &aoc.Error{Code: aoc.CodeUnavailable, Op: op, Message: "the receiver has not closed the connection at the end of a batch", Cause: ctx.Err()}
		e.Hint = "It is slow, or does not close connections whose other side has: then set acknowledge to none, which cannot tell what was lost."
		return e
	case <-c.end:
	}
	switch {
	case !errors.Is(c.err, io.EOF) && !errors.Is(c.err, io.ErrUnexpectedEOF): // receivers may end TCP without ending TLS
		return sink.Unreachable(op, c.err)
	case !allTaken(c.Conn):
		return sink.Unreachable(op, errors.New("the receiver closed the connection before it had read the end"))
	}
	return nil
}

// closeWrite tells the receiver that nothing more comes: in TLS, if that is spoken, and in
// TCP, as receivers look for either.
func (c *conn) closeWrite() error {
	under := c.Conn
	if secured, ok := c.Conn.(*tls.Conn); ok {
		if err := secured.CloseWrite(); err != nil {
			return err
		}
		under = secured.NetConn()
	}
	half, ok := under.(interface{ CloseWrite() error })
	if !ok {
		return errors.New("the connection cannot be closed in one direction")
	}
	return half.CloseWrite()
}

// tidyName makes a header field of RFC 5424: printable ASCII without blanks, of bounded length.
func tidyName(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '_'
		}
		return r
	}, text)
	if text == "" {
		return "-"
	}
	return text[:min(most, len(text))]
}
