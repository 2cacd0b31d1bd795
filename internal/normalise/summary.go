package normalise

import (
	"strings"

	"aoc"
)

// sentence is what the summary says beside who did it. A verb stands in its base form, so
// that the outcome can decide between "added" and "failed to add".
type sentence struct {
	verb string // "add", "sign in to"
	rest string // "Bob Ray to Global Administrator"
	// whole is a sentence with a subject of its own: "DLP policy 'test' matched …".
	whole string
}

// say sets the sentence: the actor did verb to rest.
func (d *draft) say(verb string, rest ...string) {
	d.said = sentence{verb: verb, rest: join(rest...)}
}

// tell sets a sentence that has a subject of its own.
func (d *draft) tell(parts ...string) {
	d.said = sentence{whole: join(parts...)}
}

// join puts words together with single spaces, leaving out empty ones.
func join(parts ...string) string {
	n := 0
	for _, p := range parts {
		n += len(p) + 1
	}
	var b strings.Builder
	b.Grow(n)
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p)
	}
	return b.String()
}

// perform sets the sentence for an operation that no table knows, from its own words:
// "updated user Bob" where they begin with a verb, "ran Set-Mailbox on Bob" for a cmdlet,
// "created task x" for TaskCreated of a product that is known, else "performed foo bar
// created on x".
func (d *draft) perform(operation, target string) {
	if operation == "" {
		d.say("perform", "an unnamed", d.RecordType, "operation", on(target))
		return
	}
	if isCmdlet(operation) {
		d.say("run", operation, on(target))
		return
	}
	if strings.HasPrefix(operation, "SearchQueryInitiated") {
		d.say("search", d.Workload, with("for", quotedName(d.root.get("QueryText").str())))
		return
	}
	if object, verb, ok := pastOperation(operation); ok && !strings.HasPrefix(d.RecordType, "RecordType ") {
		d.say(verb, object, target)
		return
	}
	w := words(operation)
	verb, rest, _ := strings.Cut(w, " ")
	switch verb {
	case "get":
		verb = "read"
	case "put":
		verb = "set"
	}
	switch {
	case !isVerb(verb):
		d.say("perform", w, on(target))
	case rest == "" || strings.EqualFold(rest, target):
		d.say(verb, target)
	default:
		d.say(verb, rest, target)
	}
}

// isCmdlet reports names such as Set-MailboxPlan.
func isCmdlet(s string) bool {
	verb, noun, ok := strings.Cut(s, "-")
	return ok && verb != "" && noun != "" && isUpper(verb[0]) && isUpper(noun[0]) &&
		strings.IndexByte(s, ' ') < 0 && (verb == "New" || isVerb(strings.ToLower(verb)))
}

// quotedName puts a name in quotes, if there is one.
func quotedName(s string) string {
	if s == "" {
		return ""
	}
	return quoted(clean(s, 120))
}

// on says "on x", or nothing without x.
func on(target string) string { return with("on", target) }

// with puts a preposition before words, if there are any.
func with(preposition, what string) string {
	if what == "" {
		return ""
	}
	return preposition + " " + what
}

// summary composes the display summary from actor, sentence and outcome.
func (d *draft) summary() string {
	s := d.said
	var b strings.Builder
	b.Grow(160)
	if s.whole != "" {
		b.WriteString(s.whole)
		switch d.Result {
		case aoc.ResultFailure:
			b.WriteString(" and failed")
			d.writeReason(&b)
		case aoc.ResultPartial:
			b.WriteString(" (partly)")
		}
		return clean(b.String(), maxSummary)
	}
	if d.ActorDisplay == "" {
		b.WriteString("An unknown actor")
	} else {
		b.WriteString(d.ActorDisplay)
	}
	what := join(s.verb, s.rest)
	switch {
	case d.Result == aoc.ResultFailure && s.verb == "perform":
		b.WriteString(" performed " + s.rest + " and failed")
		d.writeReason(&b)
	case d.Result == aoc.ResultFailure:
		b.WriteString(" failed to " + what)
		d.writeReason(&b)
	default:
		b.WriteByte(' ')
		b.WriteString(pastTense(what))
		switch {
		case d.Result == aoc.ResultPartial:
			b.WriteString(" (partly)")
		case d.pending:
			b.WriteString(" (in progress)")
		}
	}
	return clean(b.String(), maxSummary)
}

// writeReason says why it failed, as far as a sentence can hold it.
func (d *draft) writeReason(b *strings.Builder) {
	reason := d.ResultReason
	if code := strings.Index(reason, " (AADSTS"); code > 0 {
		reason = reason[:code]
	}
	if !strings.Contains(reason, " ") { // the name of an exception
		reason = after(reason, '.')
	}
	reason = strings.TrimRight(reason, ". ")
	if reason == "" || strings.EqualFold(reason, "failure") || strings.EqualFold(reason, "failed") {
		return
	}
	b.WriteString(": ")
	b.WriteString(clean(reason, 160))
}

// whose says in whose thing something was done: "their own mailbox", "y's mailbox".
func (d *draft) whose(owner, thing string) string {
	switch {
	case owner == "":
		return "a " + thing
	case d.isActor(owner):
		return "their own " + thing
	default:
		return owner + "'s " + thing
	}
}

// isActor reports whether a display or UPN means the actor.
func (d *draft) isActor(who string) bool {
	return who != "" && (strings.EqualFold(who, d.Actor.UPN) || strings.EqualFold(who, d.ActorDisplay))
}

// self gives "themselves" where who is the actor.
func (d *draft) self(who string) string {
	if d.isActor(who) {
		return "themselves"
	}
	return who
}
