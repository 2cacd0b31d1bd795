package query

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

var noon = time.Date(2026, 11, 4, 12, 0, 0, 0, time.UTC)

func berlin(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func options(t testing.TB) Options {
	return Options{Now: noon, Zone: berlin(t), Macros: map[string]aoc.Expr{
		"noise":  is(aoc.FieldActorKind, "system"),
		"change": aoc.Or{is(aoc.FieldSource, "directory"), is(aoc.FieldRecordType, "ExchangeAdmin")},
		"both":   aoc.And{is(aoc.FieldTag, "a"), is(aoc.FieldTag, "b")},
	}}
}

func is(f aoc.Field, values ...string) aoc.Expr { return aoc.Is{Field: f, Values: values} }

func like(f aoc.Field, parts ...string) aoc.Expr { return aoc.Like{Field: f, Parts: parts} }

func text(s string) aoc.Expr { return aoc.Text{Term: s} }

func textLike(parts ...string) aoc.Expr { return aoc.TextLike{Parts: parts} }

func no(x aoc.Expr) aoc.Expr { return aoc.Not{Of: x} }

func from(s string) aoc.Expr { return aoc.Between{Start: moment(s)} }

func until(s string) aoc.Expr { return aoc.Between{End: moment(s)} }

func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestParse(t *testing.T) {
	type and = aoc.And
	type or = aoc.Or
	const actor, target, op, tag = aoc.FieldActor, aoc.FieldTarget, aoc.FieldOperation, aoc.FieldTag
	for _, c := range []struct {
		query string
		want  aoc.Expr
	}{
		// words
		{"", nil},
		{" \t\n", nil},
		{"role", text("role")},
		{"add member", and{text("add"), text("member")}},
		{"add\u3000member\u00a0x", and{text("add"), text("member"), text("x")}},
		{`"add member"`, text("add member")},
		{`"say \"hello\""`, text(`say "hello"`)},
		{`"C:\temp"`, text(`C:\temp`)},
		{`"\\server"`, text(`\server`)},
		{`C:\temp\a.txt`, text(`C:\temp\a.txt`)},
		{`C:stuff`, text(`C:stuff`)},
		{`i:0#.f|membership|ada`, text(`i:0#.f|membership|ada`)},
		{"12:30", text("12:30")},
		{"10.0.0.1:443", text("10.0.0.1:443")},
		{"https://contoso.example/a?b=c", text("https://contoso.example/a?b=c")},
		{"urn:ietf:params", text("urn:ietf:params")},
		{"SMTP:ada@contoso.example", text("SMTP:ada@contoso.example")},
		{`HKLM:\Software`, text(`HKLM:\Software`)},
		{"client-id:x", text("client-id:x")},
		{":x", text(":x")},
		{"größe:x", text("größe:x")},
		{"100%", text("100%")},
		{"a,b", text("a,b")},
		{"O'Brien", text("O'Brien")},
		{`O"'"Brien`, text(`O'Brien`)},
		{`foo"bar baz"`, text("foobar baz")},
		{`"a"b`, text("ab")},
		{"日本語", text("日本語")},
		{"😀", text("😀")},
		{"\xff\xfe", text("\xff\xfe")},
		{"ad*da", textLike("ad", "da")},
		{"*.docx", text(".docx")},
		{"New-*", text("New-")},
		{"*a*", text("a")},
		{"a**b*c", textLike("a", "b", "c")},
		{`"a*b"`, text("a*b")},
		{`"a b"*c`, textLike("a b", "c")},
		{`*""*`, and{}},
		{"*", and{}},
		{"* a *", text("a")},
		// operators
		{"a OR b", or{text("a"), text("b")}},
		{"a OR b c", or{text("a"), and{text("b"), text("c")}}},
		{"a AND b", and{text("a"), text("b")}},
		{"a AND b c AND d", and{text("a"), text("b"), text("c"), text("d")}},
		{"(a OR b) c", and{or{text("a"), text("b")}, text("c")}},
		{"(a b) c", and{text("a"), text("b"), text("c")}},
		{"a OR (b OR c)", or{text("a"), text("b"), text("c")}},
		{"((a))", text("a")},
		{"foo(bar)", and{text("foo"), text("bar")}},
		{"-a", no(text("a"))},
		{"NOT a", no(text("a"))},
		{"NOT -a", no(no(text("a")))},
		{"--source", no(no(text("source")))},
		{"-(a OR b)", no(or{text("a"), text("b")})},
		{"NOT(a)", no(text("a"))},
		{`-"a b"`, no(text("a b"))},
		{"-*", no(and{})},
		{"a - b", and{text("a"), text("-"), text("b")}},
		{"-", text("-")},
		{"a-b", text("a-b")},
		{"+a", text("+a")},
		{"or and not", and{text("or"), text("and"), text("not")}},
		{`"OR"`, text("OR")},
		{"ORacle ANDy NOTe", and{text("ORacle"), text("ANDy"), text("NOTe")}},
		// fields
		{"actor:ada@contoso.example", is(actor, "ada@contoso.example")},
		{"ACTOR:Ada", is(actor, "Ada")},
		{`actor:"Lovelace, Ada"`, is(actor, "Lovelace, Ada")},
		{`target:Sales,Ops,"Dev (EU)"`, is(target, "Sales", "Ops", "Dev (EU)")},
		{"target:(Sales OR Ops)", is(target, "Sales", "Ops")},
		{`target:( Sales,Ops , "a b" )`, is(target, "Sales", "Ops", "a b")},
		{"actor:-x", is(actor, "-x")},
		{"tag:OR", is(tag, "OR")},
		{`tag:("OR" OR x)`, is(tag, "OR", "x")},
		{"-actor:ada", no(is(actor, "ada"))},
		{"operation:New-*", like(op, "New-", "")},
		{"operation:*Rule", like(op, "", "Rule")},
		{"operation:*inbox*", like(op, "", "inbox", "")},
		{"operation:a*b**c", like(op, "a", "b", "c")},
		{`operation:"Add member"*`, like(op, "Add member", "")},
		{`operation:"New-*"`, is(op, "New-*")},
		{"actor:ada*,bob,eve*,mal", or{is(actor, "bob", "mal"), like(actor, "ada", ""), like(actor, "eve", "")}},
		{"actor:*", like(actor, "", "")},
		{"-tag:*", no(like(tag, "", ""))},
		{"target://server/share", is(target, "//server/share")},
		{`target:\\server\share`, is(target, `\\server\share`)},
		{"ip:fe80::1", is(aoc.FieldIP, "fe80::1")},
		{"kind:system", is(aoc.FieldActorKind, "system")},
		{"actor_kind:App", is(aoc.FieldActorKind, "App")},
		{"type:ExchangeAdmin record_type:X", and{is(aoc.FieldRecordType, "ExchangeAdmin"), is(aoc.FieldRecordType, "X")}},
		{"tags:vip", is(tag, "vip")},
		{"result:failure,Partial", is(aoc.FieldResult, "failure", "Partial")},
		{"result:fail*", like(aoc.FieldResult, "fail", "")},
		{"source:unified service:Exchange workload:Exchange tenant:t id:k changed:DisplayName review:expected origin:imported", and{
			is(aoc.FieldSource, "unified"), is(aoc.FieldService, "Exchange"), is(aoc.FieldWorkload, "Exchange"), is(aoc.FieldTenant, "t"),
			is(aoc.FieldID, "k"), is(aoc.FieldChanged, "DisplayName"), is(aoc.FieldReview, "expected"), is(aoc.FieldOrigin, "imported"),
		}},
		{"(actor:a)actor:b", and{is(actor, "a"), is(actor, "b")}},
		{"actor:a role OR -target:b x", or{and{is(actor, "a"), text("role")}, and{no(is(target, "b")), text("x")}}},
		// times
		{"after:2026-11-01", from("2026-10-31T23:00:00Z")},
		{"before:2026-11-01T10:00", until("2026-11-01T09:00:00Z")},
		{"after:2026-11-01T10:00:00Z", from("2026-11-01T10:00:00Z")},
		{`after:"2026-11-01 10:00:00"`, from("2026-11-01T09:00:00Z")},
		{"AFTER:-24h", from("2026-11-03T12:00:00Z")},
		{"before:now", until("2026-11-04T12:00:00Z")},
		{"after:-7d before:-2w", and{from("2026-10-28T12:00:00Z"), until("2026-10-21T12:00:00Z")}},
		{"after:1793527200", from("2026-11-01T10:00:00Z")},
		{`after:2026-11-01 "10:00"`, and{from("2026-10-31T23:00:00Z"), text("10:00")}},
		{"-after:2026-11-01T10:00:00Z", no(from("2026-11-01T10:00:00Z"))},
		// macros
		{"is:noise", is(aoc.FieldActorKind, "system")},
		{"IS:Noise x", and{is(aoc.FieldActorKind, "system"), text("x")}},
		{"x is:both", and{text("x"), is(tag, "a"), is(tag, "b")}},
		{"is:noise,both", or{is(aoc.FieldActorKind, "system"), and{is(tag, "a"), is(tag, "b")}}},
	} {
		got, err := Parse(c.query, options(t))
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.query, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	long := strings.Repeat("a", MaxBytes)
	for _, c := range []struct {
		query   string
		at, to  int
		message string // part of it
		hint    string
	}{
		{"actro:ada", 0, 5, "actro is not a field", "Do you mean actor:?"},
		{"x actro:ada", 2, 7, "not a field", `in quotation marks: "actro:ada"`},
		{`foo:"a b"`, 0, 3, "not a field", `"foo:\"a b\""`},
		{"user:ada", 0, 4, "not a field", "Do you mean actor:?"},
		{"opera:x", 0, 5, "not a field", "Do you mean operation:?"},
		{"since:-1h", 0, 5, "not a field", "Do you mean after:?"},
		{"zzzzz:x", 0, 5, "not a field", `To search for the text`},
		{"Error: x", 0, 5, "not a field", `"Error:"`},
		{"😀 actro:x", 3, 8, "not a field", ""}, // two code units
		{"actor:", 0, 6, "needs a value", "actor:value"},
		{"actor: ada", 0, 6, "needs a value", "right after the colon"},
		{"(actor:)", 1, 7, "needs a value", ""},
		{"result:", 0, 7, "needs a value", "result:success"},
		{"is:", 0, 3, "needs a value", "is:change"},
		{"after:", 0, 6, "needs a value", "2026-11-01"},
		{"actor:a,", 7, 8, "missing after", "without a space"},
		{"actor:a, b", 7, 8, "missing after", ""},
		{"actor:,a", 6, 7, "missing before", ""},
		{"actor:a,,b", 7, 8, "missing after", ""},
		{"actor:(a,,b)", 8, 9, "missing after", ""},
		{`actor:""`, 6, 8, "cannot be empty", "-actor:*"},
		{"actor:foo(bar)", 9, 10, "parenthesis cannot be in a value", `actor:"…(…)"`},
		{"actor:(a b)", 9, 10, "write OR or a comma", ""},
		{"actor:(a AND b)", 9, 12, "write OR or a comma", ""},
		{"actor:(NOT a)", 7, 10, "NOT is not a value", ""},
		{"actor:((a))", 7, 8, "( is not a value", ""},
		{"actor:()", 6, 8, "nothing between", ""},
		{"actor:(a", 6, 7, "not closed", ""},
		{"actor:(", 6, 7, "not closed", ""},
		{`actor:"ada`, 6, 10, "not closed", `\"`},
		{`a "b c`, 2, 6, "not closed", ""},
		{`"C:\"`, 0, 5, "not closed", ""},
		{`""`, 0, 2, "nothing between the quotation marks", ""},
		{"(a", 0, 1, "not closed", ""},
		{"(", 0, 1, "not closed", ""},
		{"a)", 1, 2, "no parenthesis that this one closes", "quotation marks"},
		{")", 0, 1, "no parenthesis that this one closes", ""},
		{"a ()", 2, 4, "nothing between the parentheses", ""},
		{"OR", 0, 2, "OR needs something before it", `"OR"`},
		{"a OR", 2, 4, "OR needs something after it", `"OR"`},
		{"a OR OR b", 5, 7, "OR needs something before it", ""},
		{"AND a", 0, 3, "AND needs something before it", ""},
		{"a AND", 2, 5, "AND needs something after it", ""},
		{"(a OR)", 3, 5, "OR needs something after it", ""},
		{"NOT", 0, 3, "NOT needs something after it", ""},
		{"NOT OR", 4, 6, "OR needs something before it", ""},
		{"result:succes", 7, 13, "result is one of success, failure, partial, unknown", "Do you mean success?"},
		{"source:exchange", 7, 15, "source is one of directory", ""},
		{"review:done", 7, 11, "review is one of", ""},
		{"kind:human", 5, 10, "kind is one of", ""},
		{"after:soon", 6, 10, "not a time", "2026-11-01T10:00"},
		{"after:*", 6, 7, "not a time", ""},
		{"after:11/1/2026", 6, 15, "not a time", ""},
		{"after:-24x", 6, 10, "not a time", ""},
		{"after:2026-11-01,2026-11-02", 17, 27, "takes one time", ""},
		{"after:2026-11-01 10:00:00", 17, 25, "rest of the time", "after:2026-11-01T10:00:00"},
		{"is:chang", 3, 8, "is: takes one of both, change, noise", "Do you mean change?"},
		{"is:*", 3, 4, "is: takes one of", ""},
		{long + "b", MaxBytes, MaxBytes + 1, "at most 4096 bytes", ""},
		{long[1:] + "ü", MaxBytes - 1, MaxBytes, "at most 4096 bytes", ""},
		{strings.Repeat("a ", MaxTerms) + "b", 2 * MaxTerms, 2*MaxTerms + 1, "at most 200", ""},
		{"actor:" + strings.Repeat("a,", MaxTerms) + "b", 6 + 2*MaxTerms, 7 + 2*MaxTerms, "at most 200", ""},
		{strings.Repeat("(", 33) + "a", 32, 33, "at most 32 deep", ""},
		{strings.Repeat("-", 33) + "a", 32, 33, "at most 32 deep", ""},
	} {
		x, err := Parse(c.query, options(t))
		wrong, ok := errors.AsType[*Error](err)
		if !ok {
			t.Errorf("%s: %v, %v, want an error", c.query, x, err)
			continue
		}
		if wrong.At != c.at || wrong.To != c.to || !strings.Contains(wrong.Message, c.message) || !strings.Contains(wrong.Hint, c.hint) {
			t.Errorf("%s: at %d–%d %q (%s), want at %d–%d %q (%s)", c.query, wrong.At, wrong.To, wrong.Message, wrong.Hint, c.at, c.to, c.message, c.hint)
		}
	}
	// The bounds themselves are allowed.
	for _, q := range []string{long, strings.Repeat("a ", MaxTerms), strings.Repeat("(", 32) + "a" + strings.Repeat(")", 32), strings.Repeat("(-a) ", 100)} {
		if _, err := Parse(q, options(t)); err != nil {
			t.Errorf("%.40s …: %v", q, err)
		}
	}
}

func TestFieldsAreKnown(t *testing.T) {
	for _, f := range Fields() {
		if got, ok := lookup(strings.ToUpper(f.Name)); !ok || got.Name != f.Name || f.Help == "" {
			t.Errorf("%s: %+v", f.Name, got)
		}
	}
	for alias, name := range aliases {
		if _, ok := lookup(alias); !ok {
			t.Errorf("%s stands for %s, which is no field", alias, name)
		}
	}
	for word, name := range synonyms {
		if _, ok := lookup(name); !ok {
			t.Errorf("%s proposes %s, which is no field", word, name)
		}
		if _, ok := lookup(word); ok {
			t.Errorf("%s is a field and needs no proposal", word)
		}
	}
	for _, f := range aoc.FacetFields() {
		if _, ok := lookup(NameOf(f)); !ok {
			t.Errorf("%s can be counted and not be searched", f)
		}
	}
}
