package channels

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/mail"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"aoc"
	"aoc/internal/notify"
	"aoc/internal/sink"
)

// How a connection to a mail server is kept from being read.
const (
	startTLS    = "starttls"
	implicitTLS = "tls"
	noTLS       = "none"
)

// email sends mail by SMTP.
func email() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "email", Title: "E-mail",
			Help: "Mail by SMTP, to each recipient apart. That the server has accepted it is what counts as sent. Without encryption no password is sent.",
			Settings: []sink.Setting{
				{Name: "host", Title: "Server", Kind: sink.Text, Required: true, Help: "The mail server's name, such as smtp.contoso.example."},
				{Name: "port", Title: "Port", Kind: sink.Number, Default: "587", Min: 1, Max: 65535, Help: "587 with STARTTLS, 465 with TLS, 25 between servers."},
				{Name: "security", Title: "Encryption", Kind: sink.Choice, Choices: []string{startTLS, implicitTLS, noTLS}, Default: startTLS, Help: "starttls: required, within the connection; tls: from the beginning; none: the mail can be read on its way."},
				{Name: "username", Title: "User name", Kind: sink.Text, Help: "None: without signing in."},
				{Name: "password", Title: "Password", Kind: sink.Secret, Help: "The secret that holds the password."},
				{Name: "from", Title: "From", Kind: sink.Text, Required: true, Help: "The sender, such as AOC <aoc@contoso.example>."},
				{Name: "to", Title: "To", Kind: sink.Text, Required: true, Help: "The recipients, separated by commas; at most 50."},
			},
		},
		Make: makeMailer,
	}
}

type mailer struct {
	deps                     notify.Deps
	host, security           string
	port                     int
	username, password, from string
	to                       []string
	done                     map[string]bool // by message and recipient: those of a message that must be sent again
}

// maxRecipients bounds who gets a mail.
const maxRecipients = 50

func makeMailer(v sink.Values, d notify.Deps) (notify.Channel, error) {
	m := &mailer{
		deps: d, host: v.Text("host"), port: int(v.Number("port")), security: v.Text("security"), username: v.Text("username"), password: v.Secret("password"),
		done: map[string]bool{},
	}
	invalid := func(setting, format string, args ...any) error {
		return aoc.Errorf(aoc.CodeInvalid, "email.make", "settings."+setting+": "+format, args...)
	}
	from, err := mail.ParseAddress(v.Text("from"))
	if err != nil {
		return nil, invalid("from", "is no mail address")
	}
	m.from = from.String()
	to, err := mail.ParseAddressList(v.Text("to"))
	if err != nil || len(to) > maxRecipients {
		return nil, invalid("to", "1 to %d mail addresses, separated by commas", maxRecipients)
	}
	for _, a := range to {
		m.to = append(m.to, a.Address)
	}
	if strings.ContainsAny(m.host, "/@ \t") || strings.Contains(m.host, ":") && net.ParseIP(m.host) == nil {
		return nil, invalid("host", "the name of a server alone, without port")
	}
	if err := d.Allowed("https://" + net.JoinHostPort(m.host, "443")); err != nil {
		return nil, invalid("host", "%s", aoc.MessageOf(err))
	}
	if (m.username == "") != (v.Text("password") == "") {
		return nil, invalid("password", "user name and password go together")
	}
	return m, nil
}

// Send implements [notify.Channel]. Recipients who have the mail do not get it again when it is
// tried again for others.
func (m *mailer) Send(ctx context.Context, msg *notify.Message) error {
	client, err := m.client()
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInvalid, "email.send", "the settings do not fit together")
	}
	if err := client.DialWithContext(ctx); err != nil {
		return mailError(err)
	}
	defer func() { _ = client.Close() }() // what the server has accepted it has
	var refused error
	taken := 0
	for _, to := range m.to {
		key := msg.Key + " " + to
		if m.done[key] {
			taken++
			continue
		}
		mail, err := m.mail(msg, to)
		if err != nil {
			return &notify.Refusal{Err: aoc.Wrap(err, aoc.CodeInternal, "email.send", "a mail cannot be made")}
		}
		err = client.Send(mail)
		if err != nil && !mail.IsDelivered() {
			if err = mailError(fmt.Errorf("to %s: %w", to, err)); !isRefusal(err) {
				return err
			}
			refused = err
			continue
		}
		taken++
		m.done[key] = true
	}
	for _, to := range m.to {
		delete(m.done, msg.Key+" "+to)
	}
	if refused != nil && taken > 0 {
		return &notify.Partial{Err: refused}
	}
	return refused
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*notify.Refusal](err)
	return ok
}

func (m *mailer) client() (*gomail.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if m.deps.TLS != nil {
		config = m.deps.TLS.Clone()
	}
	config.ServerName = m.host
	dial := m.deps.Dial
	policy := gomail.TLSMandatory
	if m.security != startTLS {
		policy = gomail.NoTLS
	}
	if m.security == implicitTLS {
		dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := m.deps.Dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			secured := tls.Client(conn, config)
			if err := secured.HandshakeContext(ctx); err != nil {
				_ = conn.Close()
				return nil, err
			}
			return secured, nil
		}
	}
	options := []gomail.Option{
		gomail.WithPort(m.port), gomail.WithTimeout(sendTime), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(config), gomail.WithDialContextFunc(dial),
	}
	if m.username != "" {
		options = append(options, gomail.WithOpportunisticSMTPAuth(mailSignIns...), gomail.WithUsername(m.username), gomail.WithPassword(m.password))
	}
	return gomail.NewClient(m.host, options...)
}

// mailSignIns are the ways to sign in, the best first. The last two give the password away, and
// are refused by the library where nothing is encrypted.
var mailSignIns = []gomail.SMTPAuthType{ //nolint:gochecknoglobals // read-only table
	gomail.SMTPAuthSCRAMSHA256PLUS, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1PLUS, gomail.SMTPAuthSCRAMSHA1,
	gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin,
}

// mail makes the mail to one recipient. Its id follows from the message, so that a mail that
// comes twice can be told.
func (m *mailer) mail(msg *notify.Message, to string) (*gomail.Msg, error) {
	mail := gomail.NewMsg()
	if err := mail.From(m.from); err != nil {
		return nil, err
	}
	if err := mail.To(to); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(msg.Key + " " + to))
	mail.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@aoc.invalid")
	mail.SetDateWithValue(m.deps.Time().Now())
	mail.Subject(notify.Cut(msg.Title, mailSubject))
	mail.SetGenHeader("Auto-Submitted", "auto-generated") // nobody's absence is answered to it
	mail.SetImportance(byRank(msg.Severity, [5]gomail.Importance{gomail.ImportanceNormal, gomail.ImportanceNormal, gomail.ImportanceNormal, gomail.ImportanceHigh, gomail.ImportanceHigh}))
	html := &bytes.Buffer{}
	if err := mailPage.Execute(html, struct {
		*notify.Message
		LinkText string
	}{msg, linkText}); err != nil {
		return nil, err
	}
	text := strings.TrimSpace(msg.Title + "\n\n" + msg.Body)
	if msg.Link != "" {
		text += "\n\n" + msg.Link
	}
	mail.SetBodyString(gomail.TypeTextPlain, text+"\n")
	mail.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return mail, nil
}

// mailSubject bounds a subject, in characters.
const mailSubject = 200

// mailPage is the mail in HTML, in which html/template escapes what is not of this text.
var mailPage = template.Must(template.New("mail").Parse(`<!doctype html>
<html><body style="font-family: sans-serif">
<h2 style="font-size: 1.2em">{{.Title}}</h2>
<div style="white-space: pre-wrap">{{.Body}}</div>
{{with .Link}}<p><a href="{{.}}">{{$.LinkText}}</a></p>{{end}}
</body></html>
`))

// mailError says what a fault of a mail server means. It holds the server's words, and no
// secret.
func mailError(err error) error {
	const op = "email.send"
	code := 0
	if e, ok := errors.AsType[*gomail.SendError](err); ok {
		code = e.ErrorCode()
	}
	if e, ok := errors.AsType[*textproto.Error](err); ok && code == 0 {
		code = e.Code
	}
	e := aoc.Errorf(aoc.CodeUpstream, op, "the mail server says: %s", sink.Clean(err.Error()))
	switch {
	case code == 530 || code == 534 || code == 535 || code == 538:
		e.Code, e.Hint = aoc.CodeUnauthenticated, "Look at user name and password; some servers want a password for applications, or let nobody sign in by one."
	case code >= 400 && code < 500:
		e.Code, e.Hint = aoc.CodeUnavailable, "The server takes no mail for now; AOC goes on by itself."
	case code >= 500:
		e.Code, e.Hint = aoc.CodeInvalid, "Look at sender and recipients: the server does not take mail from or to them."
		return &notify.Refusal{Err: e}
	case isMailSetup(err):
		e.Code, e.Hint = aoc.CodeInvalid, "Choose an encryption that the server offers; without encryption no password is sent."
	default:
		return sink.Unreachable(op, err)
	}
	return e
}

// isMailSetup reports whether client and server cannot agree, whatever is tried.
func isMailSetup(err error) bool {
	return errors.Is(err, gomail.ErrNoSupportedAuthDiscovered) || errors.Is(err, gomail.ErrPlainAuthNotSupported) || strings.Contains(err.Error(), "STARTTLS") ||
		strings.Contains(err.Error(), "unencrypted connection")
}
