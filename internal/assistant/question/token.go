package question

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The forms of a token.
const (
	word = iota
	number
	punct
	quoted
	mail    // ada@contoso.example, ada@
	address // an IP address
	guid
	date  // 2026-03-03, 3/3/2026, with or without a time
	clock // 14:00, 2pm
)

// token is a word of a question.
type token struct {
	text       string // as written; of a quoted one what is within
	low        string // in lower case, with straight apostrophes
	lemmas     []string
	start, end int
	form       int
	caps       bool // begins with a capital
	owner      bool // had 's behind it
	used       bool
}

var tokenPattern = regexp.MustCompile(strings.Join([]string{
	`(?P<quoted>"[^"]{1,200}"|“[^”]{1,200}”|„[^“”]{1,200}[“”]|«[^»]{1,200}»|` + "`[^`]{1,200}`" + `)`,
	`(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})`,
	`(?P<mail>[\p{L}\p{N}][\p{L}\p{N}._#%+'-]*@[\p{L}\p{N}.-]*)`,
	`(?P<address>\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?|\d{1,3}(?:\.\d{1,3}){0,2}\.\*|[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,5}::[0-9a-fA-F:]*|[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){4,7})`,
	`(?P<date>\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}/\d{1,2}/\d{1,2})`,
	`(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?:\s?[aApP]\.?[mM]\b\.?)?|\d{1,2}\s?[aApP]\.?[mM]\b)`,
	`(?P<word>[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.'’&+/-]*)`,
	`(?P<punct>[^\s\p{L}\p{N}])`,
}, "|"))

// tokens splits a text.
func tokens(text string) []token {
	var list []token
	names := tokenPattern.SubexpNames()
	for at := 0; at < len(text); {
		if t, to, ok := singleQuoted(text, at); ok {
			list, at = append(list, t), to
			continue
		}
		m := tokenPattern.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		for g := 1; g < len(names); g++ {
			if m[2*g] < 0 {
				continue
			}
			t := token{text: text[at+m[2*g] : at+m[2*g+1]], start: at + m[2*g], end: at + m[2*g+1]}
			list = append(list, formed(names[g], t)...)
			break
		}
		at += m[1]
	}
	return splitHyphens(list)
}

// singleQuoted reads a text in single quotation marks, which are apostrophes as well: it is one
// where a mark opens before a word and another closes behind one.
func singleQuoted(text string, at int) (token, int, bool) {
	from := at + len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n("))
	if from >= len(text) || text[from] != '\'' || (from > 0 && !strings.ContainsRune(" \t\r\n(", rune(text[from-1]))) {
		return token{}, 0, false
	}
	for i := from + 1; i < len(text) && i < from+200; i++ {
		if text[i] == '\'' && (i+1 == len(text) || strings.ContainsRune(" \t\r\n).,?!;:", rune(text[i+1]))) {
			in := text[from+1 : i]
			return token{text: in, low: strings.ToLower(in), form: quoted, start: from, end: i + 1}, i + 1, in != ""
		}
	}
	return token{}, 0, false
}

// formed completes a token of a form.
func formed(form string, t token) []token {
	t.low = strings.ToLower(strings.ReplaceAll(t.text, "’", "'"))
	switch form {
	case "quoted":
		t.form = quoted
		_, first := utf8.DecodeRuneInString(t.text)
		_, last := utf8.DecodeLastRuneInString(t.text)
		t.text = t.text[first : len(t.text)-last]
		t.low = strings.ToLower(t.text)
		return []token{t}
	case "guid":
		t.form = guid
	case "mail":
		t.form = mail
		t = trimmed(t, ".'-")
		if s, ok := strings.CutSuffix(t.low, "'s"); ok {
			t.owner, t.low, t.text = true, s, t.text[:len(s)]
		}
	case "address":
		t.form = address
	case "date":
		t.form = date
	case "clock":
		t.form = clock
	case "punct":
		t.form = punct
	default:
		return words(t)
	}
	return []token{t}
}

// trimmed takes characters off the end of a token.
func trimmed(t token, cutset string) token {
	t.text = strings.TrimRight(t.text, cutset)
	t.low = strings.TrimRight(t.low, cutset)
	t.end = t.start + len(t.text)
	return t
}

// words completes a word.
func words(t token) []token {
	t = trimmed(t, ".'’&+/-")
	t.low = strings.ToLower(strings.ReplaceAll(t.text, "’", "'"))
	if t.text == "" {
		return nil
	}
	for _, end := range []string{"'s", "’s", "'S"} {
		if s, ok := strings.CutSuffix(t.text, end); ok && t.low != "who's" && t.low != "what's" && t.low != "it's" && t.low != "let's" && t.low != "that's" && t.low != "there's" {
			t.owner, t.text = true, s
			t.low = strings.TrimSuffix(t.low, "'s")
			break
		}
	}
	first, _ := utf8.DecodeRuneInString(t.text)
	t.caps = unicode.IsUpper(first) || first > 0x2e80 || unicode.Is(unicode.Arabic, first)
	if strings.TrimLeft(t.low, "0123456789") == "" {
		t.form = number
		return []token{t}
	}
	t.lemmas = lemmas(t.low)
	return []token{t}
}

// splitHyphens makes several words of one with hyphens or slashes when all of its parts mean
// something and the whole does not: anonymous-link, group/role.
func splitHyphens(list []token) []token {
	var out []token
	for _, t := range list {
		cut := func(c rune) bool { return c == '-' || c == '/' || c == '&' || c == '+' }
		parts := strings.FieldsFunc(t.text, cut)
		if t.form != word || len(parts) < 2 || known(t.lemmas) || cmdletPattern.MatchString(t.text) {
			out = append(out, t)
			continue
		}
		all := true
		for _, p := range parts {
			all = all && (known(lemmas(strings.ToLower(p))))
		}
		if !all {
			out = append(out, t)
			continue
		}
		at := t.start
		for i, p := range parts {
			from := at + strings.Index(t.text[at-t.start:], p)
			at = from + len(p)
			some := words(token{text: p, start: from, end: at})
			if i == len(parts)-1 && len(some) > 0 {
				some[0].owner = t.owner
			}
			out = append(out, some...)
		}
	}
	return out
}

// irregular gives the basic form of words whose forms follow no rule.
var irregular = map[string]string{ //nolint:gochecknoglobals // read-only table
	"gave": "give", "given": "give", "got": "get", "gotten": "get", "took": "take", "taken": "take", "made": "make", "sent": "send",
	"did": "do", "done": "do", "does": "do", "has": "have", "had": "have", "was": "be", "were": "be", "is": "be", "are": "be", "been": "be", "being": "be", "am": "be",
	"went": "go", "gone": "go", "came": "come", "ran": "run", "read": "read", "wrote": "write", "saw": "see", "seen": "see", "left": "leave",
	"people": "person", "criteria": "criterion", "logged": "log", "signed": "sign", "became": "become", "lost": "lose", "put": "put", "set": "set",
	"reset": "reset", "resets": "reset", "resetted": "reset", "shut": "shut", "tried": "try", "kept": "keep", "hid": "hide", "hidden": "hide",
	"undid": "undo", "undone": "undo", "withdrew": "withdraw", "withdrawn": "withdraw", "forgot": "forget", "wiped": "wipe", "stole": "steal", "stolen": "steal",
	"onboarded": "onboard", "offboarded": "offboard", "licences": "license", "licence": "license", "licences'": "license", "licensed": "license",
	"addresses": "address", "accesses": "access", "whose": "who", "who's": "who", "what's": "what", "there's": "there", "apps": "app", "ips": "ip",
	"built": "build", "sold": "sell", "found": "find", "lately": "lately", "admins": "admin", "2fa": "mfa", "tfa": "mfa",
	"pwd": "password", "pwds": "password", "pw": "password", "passwd": "password", "passwords": "password", "perms": "permission", "config": "configuration",
	"configs": "configuration", "acct": "account", "accts": "account", "mbx": "mailbox", "sp": "sharepoint", "spo": "sharepoint", "exo": "exchange", "aad": "aad",
	"organisation": "organization", "organisations": "organization", "enrolled": "enroll", "enrolment": "enrollment", "enrolments": "enrollment", "enrol": "enroll",
	"e-mail": "email", "e-mails": "email", "emailed": "email", "docs": "document", "doc": "document", "auth": "authentication",
}

// lemmas gives the forms that a word may be one of, itself first.
func lemmas(low string) []string {
	list := []string{low}
	add := func(s string) {
		if len(s) > 1 && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	if base, ok := irregular[low]; ok {
		add(base)
		return list
	}
	cut := func(end string, puts ...string) {
		if s, ok := strings.CutSuffix(low, end); ok && len(s) >= 2 {
			for _, p := range puts {
				add(s + p)
			}
			if n := len(s); n > 3 && s[n-1] == s[n-2] && (end == "ed" || end == "ing") {
				add(s[:n-1])
			}
		}
	}
	cut("ies", "y")
	cut("ied", "y")
	cut("es", "e", "")
	cut("s", "")
	cut("ed", "", "e")
	cut("ing", "", "e")
	cut("ings", "", "e")
	return list
}

// is reports whether the token is one of the words, in any form.
func (t *token) is(words ...string) bool {
	for _, w := range words {
		if t.low == w || slices.Contains(t.lemmas, w) {
			return true
		}
	}
	return false
}

// said reports whether the token is one of the words exactly.
func (t *token) said(words ...string) bool { return t.form != quoted && slices.Contains(words, t.low) }
