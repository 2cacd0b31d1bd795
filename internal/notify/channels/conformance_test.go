package channels

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"aoc"
	"aoc/internal/notify"
	"aoc/internal/sink"
)

// Every kind has a receiver in the suite, and is described to the end.
func TestEveryKindIsInTheSuite(t *testing.T) {
	for _, k := range All() {
		if kinds[k.Spec.Kind] == nil {
			t.Errorf("%s has no receiver in the suite", k.Spec.Kind)
		}
		if k.Spec.Title == "" || k.Spec.Help == "" || len(k.Spec.Settings) == 0 {
			t.Errorf("%s is not described", k.Spec.Kind)
		}
		for _, s := range k.Spec.Settings {
			if s.Title == "" || s.Help == "" {
				t.Errorf("%s: setting %s is not described", k.Spec.Kind, s.Name)
			}
		}
	}
}

// conform runs a test for each kind.
func conform(t *testing.T, test func(t *testing.T, kind string, r *receiver)) {
	t.Helper()
	for _, k := range All() {
		t.Run(k.Spec.Kind, func(t *testing.T) { test(t, k.Spec.Kind, kinds[k.Spec.Kind](t)) })
	}
}

// leaks reports what must not be told.
func leaks(err error) string {
	text := err.Error() + aoc.MessageOf(err) + aoc.HintOf(err)
	for _, s := range []string{pathSecret, keySecret, userSecret, url.QueryEscape(pathSecret)} {
		if strings.Contains(text, s) {
			return s
		}
	}
	return ""
}

// What is sent arrives with title, text and link, and with the same key when it comes twice.
func TestArrives(t *testing.T) {
	conform(t, func(t *testing.T, kind string, r *receiver) {
		c := r.channel(kind)
		m := message("Role granted", "Ada Lovelace added Bob Ray to Global Administrator\n\nEvents: 1")
		for range 2 {
			if err := c.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		got := r.messages()
		each := 1
		if kind == "email" {
			each = 2 // recipients
		}
		if len(got) != 2*each {
			t.Fatalf("%d messages arrived", len(got))
		}
		text := shown(t, kind, got[0])
		for _, want := range []string{"Role granted", "Ada Lovelace added Bob Ray to Global Administrator", "Events: 1", m.Link} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in %s", want, text)
			}
		}
		if string(got[0].header.Get("Message-Id")) != got[each].header.Get("Message-Id") {
			t.Error("the same mail has another id when it comes again")
		}
	})
}

// What a fault means, whoever tells of it: and no secret is in the error, though the receiver
// repeats what it was sent.
func TestFaults(t *testing.T) {
	conform(t, func(t *testing.T, kind string, r *receiver) {
		for status, want := range map[int]struct {
			code    aoc.Code
			refused bool
		}{
			400: {aoc.CodeInvalid, true}, 401: {aoc.CodeUnauthenticated, false}, 429: {aoc.CodeThrottled, false}, 500: {aoc.CodeUpstream, false}, 503: {aoc.CodeUnavailable, false},
		} {
			if kind == "email" && (status == 429 || status == 500) {
				want.code = aoc.CodeUnavailable
			}
			r.answer(status, "no")
			err := r.channel(kind).Send(t.Context(), message("Role granted", "x"))
			if aoc.CodeOf(err) != want.code || aoc.HintOf(err) == "" {
				t.Errorf("status %d: %v, want code %s and a hint", status, err, want.code)
			}
			if _, refused := errors.AsType[*notify.Refusal](err); refused != want.refused {
				t.Errorf("status %d: a refusal: %t; %v", status, refused, err)
			}
			if s := leaks(err); s != "" {
				t.Errorf("status %d: %q is in the error: %v", status, s, err)
			}
			if e, ok := errors.AsType[*aoc.Error](err); status == 429 && kind != "email" && (!ok || e.RetryAfter != 17*time.Second) {
				t.Errorf("status %d: Retry-After is not obeyed: %+v", status, e)
			}
		}
		r.answer(0, "")
		if err := r.channel(kind).Send(t.Context(), message("Role granted", "x")); err != nil {
			t.Errorf("after the faults: %v", err)
		}
	})
}

// A receiver that is away, and one that AOC may not connect to.
func TestOutOfReach(t *testing.T) {
	conform(t, func(t *testing.T, kind string, r *receiver) {
		c := r.channel(kind)
		r.stop()
		err := c.Send(t.Context(), message("Role granted", "x"))
		if aoc.CodeOf(err) != aoc.CodeUnavailable || leaks(err) != "" {
			t.Errorf("away: %v", err)
		}
		p := policy(t, "public")
		r.deps.Allowed = p.Check
		_, err = notify.New(notify.Config{Kinds: All(), Deps: r.deps}).Open(&notify.NotifierSpec{Kind: kind, Settings: r.values})
		if aoc.CodeOf(err) != aoc.CodeInvalid || leaks(err) != "" || !strings.Contains(err.Error(), "may not connect") {
			t.Errorf("an address that is not allowed is told at once: %v", err)
		}
		r.deps.Allowed, r.deps.Dial, r.deps.HTTP = func(string) error { return nil }, p.DialContext, p.Client(sinkTransport())
		err = r.channel(kind).Send(t.Context(), message("Role granted", "x"))
		if aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(err.Error(), "may not connect") {
			t.Errorf("it dialled where it may not: %v", err)
		}
	})
}

// Nothing that an attacker wrote is markup, mentions anybody, makes a link, or ends a header.
func TestHostileText(t *testing.T) {
	hostile := []string{
		"<!channel> <@U123> <https://evil.example|click>", "@everyone @here <@&1>", "**bold** [click](https://evil.example) `x`",
		"{{DATE(2026-03-02T11:50:00Z)}}", "<b>html</b><script>alert(1)</script>", "# heading", "1. list", "- list", `\*not escaped\*`,
		"x\r\nBcc: eve@evil.example\r\n\r\nbody", "</pre></div>", "&lt;b&gt;",
	}
	conform(t, func(t *testing.T, kind string, r *receiver) {
		c := r.channel(kind)
		for _, text := range hostile {
			line := strings.Join(strings.Fields(text), " ") // as titles are cleaned before
			if err := c.Send(t.Context(), message(line, text)); err != nil {
				t.Errorf("%q: %v", text, err)
				continue
			}
			got := r.messages()
			checkHarmless(t, kind, line, got[len(got)-1])
		}
	})
}

// checkHarmless knows what each receiver makes of text.
func checkHarmless(t *testing.T, kind, line string, got taken) {
	t.Helper()
	body := string(got.body)
	switch kind {
	case "slack":
		v := decode(t, got.body)
		if text := v["text"].(string); strings.ContainsAny(text, "<>") || strings.Contains(text, "&lt;b&gt;") && line == "&lt;b&gt;" {
			t.Errorf("mrkdwn has %q", text)
		}
		for i, b := range v["blocks"].([]any) {
			text := b.(map[string]any)["text"].(map[string]any)
			if plain := text["type"] == "plain_text"; !plain && i != 2 || i == 2 && !strings.HasPrefix(text["text"].(string), "<https://soc.contoso.example/alerts?open=") {
				t.Errorf("block %d: %v", i, text)
			}
		}
	case "teams":
		for _, element := range cardOf(t, got)["body"].([]any) {
			text := element.(map[string]any)["text"].(string)
			for _, mark := range []string{"<", "[", "*", "`", "{"} {
				for i := range text {
					if strings.HasPrefix(text[i:], mark) && !escaped(text, i) {
						t.Errorf("Markdown has %q in %q", mark, text)
					}
				}
			}
			for _, start := range []string{"# ", "- ", "1. "} {
				if strings.HasPrefix(text, start) {
					t.Errorf("a line begins with %q", start)
				}
			}
		}
	case "discord":
		v := decode(t, got.body)
		if parse := v["allowed_mentions"].(map[string]any)["parse"].([]any); len(parse) != 0 || v["content"] != nil {
			t.Errorf("somebody may be mentioned: %s", body)
		}
		text := v["embeds"].([]any)[0].(map[string]any)["description"].(string)
		for i, c := range text {
			if strings.ContainsRune("*[<@`#", c) && !escaped(text, i) {
				t.Errorf("Markdown has %q in %q", c, text)
			}
		}
	case "telegram":
		v := decode(t, got.body)
		e := v["entities"].([]any)[0].(map[string]any)
		if e["type"] != "pre" || v["parse_mode"] != nil || len(v["entities"].([]any)) != 1 {
			t.Errorf("text is marked up: %s", body)
		}
	case "email":
		for name := range got.header {
			if name == "Bcc" || len(got.header[name]) != 1 {
				t.Errorf("header %s: %q", name, got.header[name])
			}
		}
		if len(got.to) != 1 || strings.Contains(got.to[0], "evil") {
			t.Errorf("it went to %q", got.to)
		}
		_, html := mailParts(t, got)
		if strings.Contains(html, "<b>") || strings.Contains(html, "<script") || strings.Count(html, "</div>") != 1 || strings.Count(html, "<a ") != 1 {
			t.Errorf("HTML has %s", html)
		}
	case "pushover":
		f, err := url.ParseQuery(body)
		if err != nil || f.Get("html") != "" || f.Get("user") != userSecret {
			t.Errorf("%v %v", f, err)
		}
	default: // JSON of plain text
		decode(t, got.body)
	}
}

// escaped reports whether an odd number of backslashes is before a place.
func escaped(text string, at int) bool {
	n := 0
	for at > n && text[at-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

func cardOf(t *testing.T, got taken) map[string]any {
	t.Helper()
	v := decode(t, got.body)
	a := v["attachments"].([]any)[0].(map[string]any)
	if v["type"] != "message" || a["contentType"] != "application/vnd.microsoft.card.adaptive" {
		t.Errorf("not what workflows take: %s", got.body)
	}
	return a["content"].(map[string]any)
}

// shown is what a person reads of a message, roughly.
func shown(t *testing.T, kind string, got taken) string {
	t.Helper()
	switch kind {
	case "email":
		text, html := mailParts(t, got)
		if !strings.Contains(html, "Role granted</h2>") {
			t.Errorf("HTML has %s", html)
		}
		return text
	case "pushover":
		f, err := url.ParseQuery(string(got.body))
		if err != nil {
			t.Fatal(err)
		}
		return f.Get("title") + f.Get("message") + f.Get("url")
	}
	decode(t, got.body)
	return strings.NewReplacer(`\\`, "", `\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(got.body))
}

// mailParts are the text and the HTML of a mail.
func mailParts(t *testing.T, got taken) (text, html string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := bytes.Cut(got.body, []byte("\r\n\r\n"))
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return text, html
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html = string(b)
		} else {
			text = string(b)
		}
	}
}

// Long texts are cut to what each receiver takes.
func TestLongText(t *testing.T) {
	conform(t, func(t *testing.T, kind string, r *receiver) {
		for _, text := range []string{"*ß\n", "<", "😀"} {
			if err := r.channel(kind).Send(t.Context(), message(strings.TrimSpace(strings.Repeat(text[:len(text)-strings.Count(text, "\n")], 500)), strings.Repeat(text, 16000/len(text)))); err != nil {
				t.Fatal(err)
			}
		}
		for _, got := range r.messages() {
			checkLength(t, kind, got)
		}
	})
}

// checkLength knows what each receiver takes.
func checkLength(t *testing.T, kind string, got taken) {
	t.Helper()
	most := func(what string, text any, most int) {
		t.Helper()
		if n := len(utf16.Encode([]rune(text.(string)))); n > most || n == 0 {
			t.Errorf("%s has %d characters", what, n)
		}
	}
	switch kind {
	case "teams":
		if len(got.body) > 28<<10 {
			t.Errorf("%d bytes", len(got.body))
		}
	case "pagerduty":
		p := decode(t, got.body)["payload"].(map[string]any)
		most("summary", p["summary"], 1024)
	case "opsgenie":
		v := decode(t, got.body)
		most("message", v["message"], 260)
		most("description", v["description"], 30_000)
	case "slack":
		for i, b := range decode(t, got.body)["blocks"].([]any) {
			most("block", b.(map[string]any)["text"].(map[string]any)["text"], []int{300, 6000, 3000}[i])
		}
	case "discord":
		e := decode(t, got.body)["embeds"].([]any)[0].(map[string]any)
		most("title", e["title"], 256)
		most("description", e["description"], 4096)
	case "telegram":
		most("text", decode(t, got.body)["text"], 4096)
	case "pushover":
		f, err := url.ParseQuery(string(got.body))
		if err != nil {
			t.Fatal(err)
		}
		most("message", f.Get("message"), 2048)
	}
}

// The secret of a secret address must be one, and is not told when it is none.
func TestSecretAddresses(t *testing.T) {
	for _, kind := range []string{"teams", "slack", "discord"} {
		for _, secret := range []string{"not-an-address-" + keySecret, "ftp://h/" + keySecret, "https://user:" + keySecret + "@127.0.0.1/x", "https://169.254.169.254/" + keySecret} {
			r := kinds[kind](t)
			r.deps.Secrets = func(string) (string, bool) { return secret, true }
			_, err := notify.New(notify.Config{Kinds: All(), Deps: r.deps}).Open(&notify.NotifierSpec{Kind: kind, Settings: r.values})
			if aoc.CodeOf(err) != aoc.CodeInvalid || leaks(err) != "" {
				t.Errorf("%s with %q: %v", kind, secret, err)
			}
		}
	}
}

// Mail by each kind of encryption; and none is sent with a password where nobody encrypts.
func TestMailEncryption(t *testing.T) {
	for _, security := range []string{startTLS, implicitTLS} {
		r := postOffice(t, security)
		if err := r.channel("email").Send(t.Context(), message("Role granted", "x")); err != nil || len(r.messages()) != 2 {
			t.Errorf("%s: %d mails, %v", security, len(r.messages()), err)
		}
	}
	r := postOffice(t, noTLS)
	r.values["security"] = startTLS
	if err := r.channel("email").Send(t.Context(), message("Role granted", "x")); aoc.CodeOf(err) != aoc.CodeInvalid || len(r.messages()) != 0 {
		t.Errorf("a server without STARTTLS: %v", err)
	}
	r = postOffice(t, startTLS)
	r.deps.TLS = nil // does not know who signed the certificate
	if err := r.channel("email").Send(t.Context(), message("Role granted", "x")); aoc.CodeOf(err) != aoc.CodeUnavailable || len(r.messages()) != 0 {
		t.Errorf("a certificate of nobody: %v", err)
	}
}

// A recipient whom the server does not take keeps the mail from nobody else.
func TestOneRecipientRefused(t *testing.T) {
	r := postOffice(t, startTLS)
	r.refuses = "ada@contoso.example"
	err := r.channel("email").Send(t.Context(), message("Role granted", "x"))
	if !notify.IsPartial(err) || len(r.messages()) != 1 || !strings.Contains(aoc.MessageOf(err), "ada@contoso.example") {
		t.Errorf("%d mails, %v", len(r.messages()), err)
	}
	r.values["to"] = "ada@contoso.example"
	if err := r.channel("email").Send(t.Context(), message("Role granted", "x")); err == nil || notify.IsPartial(err) {
		t.Errorf("nobody took it: %v", err)
	}
}

// The webhook's form and signature.
func TestWebhook(t *testing.T) {
	r := kinds["webhook"](t)
	if err := r.channel("webhook").Send(t.Context(), message("Role granted", "x")); err != nil {
		t.Fatal(err)
	}
	got := r.messages()[0]
	at := got.header.Get("X-AOC-Timestamp")
	if got.header.Get("X-AOC-Signature") != "v1="+sink.Signature(keySecret, at, got.body) || at == "" || got.header.Get("Authorization") != userSecret || got.header.Get("X-Team") != "soc" {
		t.Errorf("headers %v", got.header)
	}
	v := decode(t, got.body)
	a := v["alerts"].([]any)[0].(map[string]any)
	if v["key"] != "mfzwk3tfmrzw64tjojuw4zzaef" || v["total"] != 1.0 || v["test"] != false || a["id"] != v["key"] || a["severity"] != "high" {
		t.Errorf("%s", got.body)
	}
	test := message("TEST: x", "x")
	test.Test, test.Alerts = true, nil
	if err := r.channel("webhook").Send(t.Context(), test); err != nil {
		t.Fatal(err)
	}
	if v := decode(t, r.messages()[1].body); v["test"] != true || len(v["alerts"].([]any)) != 0 {
		t.Errorf("a test: %v", v)
	}
}

// Telegram says how long to wait in its answer.
func TestTelegramWait(t *testing.T) {
	r := kinds["telegram"](t)
	if err := r.channel("telegram").Send(t.Context(), message("Role granted", "x")); err != nil {
		t.Fatal(err)
	}
	if p := r.messages()[0].header.Get("X-Path"); p != "/bot"+keySecret+"/sendMessage" {
		t.Errorf("path %s", p)
	}
	r.answer(429, `{"ok":false,"parameters":{"retry_after":33}}`)
	err := r.channel("telegram").Send(t.Context(), message("Role granted", "x"))
	if e, ok := errors.AsType[*aoc.Error](err); !ok || e.RetryAfter != 33*time.Second {
		t.Errorf("%v", err)
	}
}

// An end of the work ends a request.
func TestEnds(t *testing.T) {
	conform(t, func(t *testing.T, kind string, r *receiver) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.channel(kind).Send(ctx, message("Role granted", "x")); err == nil {
			t.Error("it was sent")
		}
	})
}

func FuzzEscapeCard(f *testing.F) {
	f.Add("{{DATE(x)}} **a** [b](c) 1. d")
	f.Fuzz(func(t *testing.T, text string) {
		got := escapeCard(strings.ReplaceAll(text, "\n", " "))
		for i, c := range got {
			if strings.ContainsRune("*[]<>{}`_~|&", c) && !escaped(got, i) {
				t.Errorf("%q has %q", got, c)
			}
		}
	})
}
