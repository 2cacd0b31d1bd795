package assistant

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aoc"
	"aoc/internal/assistant/question"
)

// maxTold is the most events that the text of an answer tells of one by one.
const maxTold = 10

// when writes a time as people read it, in the zone of the question.
func (in *inquiry) when(t time.Time) string {
	return t.In(in.asked.Zone).Format("2 January 2006 15:04 MST")
}

// spanWords says a span in words.
func (in *inquiry) spanWords(s question.Span) string {
	if s.Meaning != "" && s.Start.IsZero() {
		return s.Meaning
	}
	var says string
	switch {
	case s.Start.IsZero() && s.End.IsZero():
		return "at any time"
	case s.End.IsZero():
		says = "since " + in.when(s.Start)
	case s.Start.IsZero():
		says = "before " + in.when(s.End)
	default:
		says = in.when(s.Start) + " to " + in.when(s.End)
	}
	if s.Meaning != "" {
		says += ": " + s.Meaning
	}
	return says
}

// subject says what is looked for.
func (in *inquiry) subject() string {
	what := "events"
	if len(in.read.Topics) > 0 {
		what = strings.Join(in.read.Topics, ", ")
	}
	if len(in.read.Limits) > 0 {
		what += " (" + strings.Join(in.read.Limits, ", ") + ")"
	}
	for _, n := range in.read.Names {
		if slices.Contains(in.read.Unread, n.Texts[0]) {
			continue
		}
		not := ""
		if n.Not {
			not = "not "
		}
		what += " – " + not + strings.Join(n.Texts, " or ")
	}
	if in.read.Span.Words != "" {
		what += ", " + in.read.Span.Words
	}
	return Plain(what)
}

// tell writes the text of the answer, statement by statement.
func (in *inquiry) tell() {
	var lines []string
	say := func(supported bool, text string, events ...string) {
		c := Claim{Text: text, Events: append([]string{}, events...), Supported: supported}
		if !supported {
			c.Problem = "not every event could be looked at"
		}
		in.answer.Claims = append(in.answer.Claims, c)
		lines = append(lines, text)
	}
	events := in.answer.Events
	switch {
	case in.never():
		say(true, "The filters that are set leave nothing of the time asked about, so there is no event to look at.")
	case len(events) == 0:
		text := "No event was found for " + in.subject() + "."
		if rest, all := strings.CutPrefix(in.subject(), "events"); all {
			text = "No event was found" + rest + "."
		}
		say(in.answer.Complete, text)
	case in.read.Kind == question.First:
		say(in.answer.Complete, "The first was "+in.line(&events[0]), events[0].Key)
	case in.read.Kind == question.Last:
		say(true, "The last was "+in.line(&events[0]), events[0].Key)
		if in.answer.Total > 1 {
			lines = append(lines, fmt.Sprintf("It is the newest of %s.", plural(in.answer.Total)))
		}
	default:
		in.headline(say)
		if told := in.tops(say); told > 0 && in.read.Kind != question.Top {
			lines = append(lines, "Newest first:")
		}
		if in.read.Kind != question.Top {
			for i := range events[:min(len(events), maxTold)] {
				say(true, "- "+in.line(&events[i]), events[i].Key)
			}
			if n := in.answer.Total - maxTold; n > 0 && len(events) > maxTold {
				lines = append(lines, fmt.Sprintf("… and %d more.", n))
			}
		}
	}
	in.answer.Text = join(lines)
}

// headline says how many events there are, from when to when.
func (in *inquiry) headline(say func(bool, string, ...string)) {
	events := in.answer.Events
	newest, oldest := &events[0], &events[len(events)-1]
	text := fmt.Sprintf("**%s** of %s", plural(in.answer.Total), in.subject())
	if rest, all := strings.CutPrefix(in.subject(), "events"); all {
		text = "**" + plural(in.answer.Total) + "**" + rest
	}
	switch {
	case in.answer.Total == 1:
		text += " [" + newest.Key + "]."
		say(in.answer.Complete, text, newest.Key)
		return
	case int64(len(events)) < in.answer.Total:
		text += fmt.Sprintf(", the newest on %s [%s].", in.when(newest.Timestamp), newest.Key)
		say(in.answer.Complete, text, newest.Key)
		return
	}
	text += fmt.Sprintf(", from %s [%s] to %s [%s].", in.when(oldest.Timestamp), oldest.Key, in.when(newest.Timestamp), newest.Key)
	say(in.answer.Complete, text, oldest.Key, newest.Key)
}

// tops says which values occur most, each with the newest event that has it, and gives how many
// it told.
func (in *inquiry) tops(say func(bool, string, ...string)) (told int) {
	field, most := string(aoc.FieldActor), 5
	if in.read.Kind == question.Top {
		field, most = string(in.read.By), maxCounts
		if in.read.N > 0 {
			most = in.read.N
		}
	} else if in.answer.Total < 2 {
		return 0
	}
	for _, c := range in.answer.Counts {
		if c.Field != field || told == most {
			continue
		}
		told++
		text := fmt.Sprintf("- %s: %d", Plain(c.Value), c.Count)
		key := in.exampleOf(aoc.Field(c.Field), c.Value)
		if key == "" {
			say(in.answer.Complete, text)
			continue
		}
		say(in.answer.Complete, text+" ["+key+"]", key)
	}
	return told
}

// exampleOf gives the newest event of the answer with a value.
func (in *inquiry) exampleOf(field aoc.Field, value string) string {
	for i := range in.answer.Events {
		e := &in.answer.Events[i]
		var has bool
		switch field {
		case aoc.FieldActor:
			has = e.ActorDisplay == value
		case aoc.FieldIP:
			has = e.ClientIP == value
		case aoc.FieldOperation:
			has = e.Operation == value
		case aoc.FieldWorkload:
			has = e.Workload == value
		case aoc.FieldService:
			has = e.Service == value
		case aoc.FieldResult:
			has = string(e.Result) == value
		case aoc.FieldTenant:
			has = e.TenantID == value
		case aoc.FieldSource:
			has = string(e.Source) == value
		case aoc.FieldTarget:
			for _, t := range e.TargetDisplays {
				has = has || t == value
			}
		case question.ByDay:
			has = e.Timestamp.In(in.asked.Zone).Format(time.DateOnly) == value
		case question.ByHour:
			has = e.Timestamp.In(in.asked.Zone).Format("15:00") == value
		}
		if has {
			return e.Key
		}
	}
	return ""
}

// line tells of one event.
func (in *inquiry) line(e *aoc.Event) string {
	return in.when(e.Timestamp) + ": " + Plain(e.DisplaySummary) + " [" + e.Key + "]"
}

func plural(n int64) string {
	if n == 1 {
		return "1 event"
	}
	return strconv.FormatInt(n, 10) + " events"
}

// join puts statements together: items of a list on lines of their own, all else apart.
func join(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
			if !strings.HasPrefix(l, "- ") || !strings.HasPrefix(lines[i-1], "- ") {
				b.WriteByte('\n')
			}
		}
		b.WriteString(l)
	}
	return b.String()
}
