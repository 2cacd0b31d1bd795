package query

import (
	"strings"
	"time"
	"unicode"

	"aoc"
)

// Quote writes a text so that [Parse] reads it back as exactly this text, as a word or as a
// value: as it is where it means itself, else in quotation marks. The text must not be empty.
func Quote(text string) string {
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._@/", r) && (r != '-' || i == 0) {
			return quoted(text)
		}
	}
	if _, ok := keywords[text]; ok || text == "" {
		return quoted(text)
	}
	return text
}

// quoted puts a text in quotation marks.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// Term writes the term for events that have one of the values in a field, from raw values.
// Empty values, which no event has, are left out; without any the term holds for no event.
func Term(field aoc.Field, values ...string) string {
	var list []string
	for _, v := range values {
		if v != "" {
			list = append(list, Quote(v))
		}
	}
	if len(list) == 0 {
		return never
	}
	return NameOf(field) + ":" + strings.Join(list, ",")
}

// Missing writes the term for events that have no value in a field.
func Missing(field aoc.Field) string { return "-" + NameOf(field) + ":*" }

// What holds for every event, and for none.
const (
	always = "*"
	never  = "-*"
)

// How tightly something binds.
const (
	loose = iota // OR
	tight        // AND
	whole        // needs no parentheses anywhere
)

// Format writes a predicate so that [Parse] reads one back that means the same: the very
// same if Parse made it and no macro was in it.
func Format(x aoc.Expr) string {
	if x == nil {
		return ""
	}
	var b strings.Builder
	write(&b, x, loose)
	return b.String()
}

// write appends x, in parentheses if it binds less tightly than its place does.
func write(b *strings.Builder, x aoc.Expr, place int) {
	var text string
	binds := whole
	switch x := x.(type) {
	case aoc.And:
		if len(x) == 1 {
			write(b, x[0], place)
			return
		}
		if text = always; len(x) > 0 {
			text, binds = join(x, " ", tight), tight
		}
	case aoc.Or:
		if len(x) == 1 {
			write(b, x[0], place)
			return
		}
		if text = never; len(x) > 0 {
			text, binds = join(x, " OR ", loose), loose
		}
	case aoc.Not:
		b.WriteByte('-')
		write(b, x.Of, whole)
		return
	case aoc.Is:
		text = Term(x.Field, x.Values...)
	case aoc.Like:
		text = NameOf(x.Field) + ":" + pattern(x.Parts)
	case aoc.Text:
		if text = always; x.Term != "" {
			text = Quote(x.Term)
		}
	case aoc.TextLike:
		text = pattern(x.Parts)
	case aoc.Between:
		text, binds = bounds(x)
	default:
		text = always
	}
	if binds < place {
		text = "(" + text + ")"
	}
	b.WriteString(text)
}

// join writes the parts of an And or Or.
func join(parts []aoc.Expr, with string, binds int) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(with)
		}
		write(&b, p, binds)
	}
	return b.String()
}

func pattern(parts []string) string {
	list := make([]string, len(parts))
	for i, p := range parts {
		if p != "" {
			list[i] = Quote(p)
		}
	}
	return strings.Join(list, "*")
}

func bounds(x aoc.Between) (string, int) {
	var list []string
	if !x.Start.IsZero() {
		list = append(list, nameAfter+":"+x.Start.UTC().Format(time.RFC3339Nano))
	}
	if !x.End.IsZero() {
		list = append(list, nameBefore+":"+x.End.UTC().Format(time.RFC3339Nano))
	}
	switch len(list) {
	case 0:
		return always, whole
	case 1:
		return list[0], whole
	}
	return strings.Join(list, " "), tight
}
