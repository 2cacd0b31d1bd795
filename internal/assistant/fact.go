package assistant

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"aoc"
	"aoc/internal/console/tool"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// evidence is what a statement can rest on: the events that it cites, and figures.
type evidence struct {
	events []aoc.Event
	texts  []content
	// counts are figures that tools gave, days the bounds of times that were searched.
	counts map[int64]bool
	days   map[string]bool
	zone   *time.Location
}

// content is what stands in an event, folded, as it is stored and as tools show it.
type content struct {
	all string
	// plain is what stands in values that are no prose. Whoever names something can write a
	// sentence into the name, with addresses and times of others: that is no evidence of them.
	plain string
}

const (
	plainWords = 4
	plainBytes = 200
)

// textOf gives what stands in an event.
func textOf(e *aoc.Event) content {
	var all, plain strings.Builder
	add := func(s string) bool {
		seen := tool.Visible(s, 0)
		all.WriteString(s + "\n" + seen + "\n")
		if len(s) <= plainBytes && len(strings.Fields(s)) <= plainWords {
			plain.WriteString(s + "\n" + seen + "\n")
		}
		return true
	}
	store.EachText(e, nil, add)
	for _, s := range append([]string{
		e.ID, e.Key, e.TenantID, string(e.Source), e.Service, e.Workload, e.RecordType, e.Operation, string(e.Result), e.ResultReason,
		string(e.ActorKind), e.ClientIP, e.CorrelationID,
	}, e.Tags...) {
		add(s)
	}
	for _, ch := range e.Changes {
		add(ch.Target)
		add(ch.Property)
		for _, side := range []*string{ch.Before, ch.After} {
			if side != nil {
				add(*side)
			}
		}
	}
	all.Write(e.Raw)
	return content{rawjson.Fold(all.String()), rawjson.Fold(plain.String())}
}

// has reports whether a text stands in one of the events.
func (v *evidence) has(words string) bool {
	folded := rawjson.Fold(strings.TrimSpace(words))
	return slices.ContainsFunc(v.texts, func(t content) bool { return strings.Contains(t.all, folded) })
}

// hasPlain reports whether a text stands in one of the events, in a value that is no prose.
func (v *evidence) hasPlain(words string) bool {
	folded := rawjson.Fold(strings.TrimSpace(words))
	return slices.ContainsFunc(v.texts, func(t content) bool { return strings.Contains(t.plain, folded) })
}

// The hard facts of a statement.
var (
	mailForm   = regexp.MustCompile(`[\pL\pN._%+'#-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+`)
	guidForm   = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)
	ipForm     = regexp.MustCompile(`(?i)\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{0,4}(?::[0-9a-f]{1,4})*|::[0-9a-f]{1,4}\b`)
	webForm    = regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+`)
	timeForm   = regexp.MustCompile(`(?i)\b\d{4}-\d{2}-\d{2}(?:[T ]+(?:at )?\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?\b|\b\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\b\.?)?`)
	dayForm    = regexp.MustCompile(`(?i)\b(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)? (` + months + `)|(` + months + `) (\d{1,2})(?:st|nd|rd|th)?)\b(?:,? (\d{4})\b)?`)
	number     = regexp.MustCompile(`(?i)\b\d+(?:[,.  ']\d{3})*(?:\.\d+)?\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b`)
	counted    = regexp.MustCompile(`(?i)\A[\s*]*(?:[\pL-]+ ){0,3}?(?:events?|failures?|sign-?ins?|log-?ins?|logons?|attempts?|times|users?|accounts?|changes?|files?|people|persons?|devices?|mailbox(?:es)?|alerts?|roles?|groups?|members?|apps?|applications?|resets?|deletions?|downloads?|operations?|records?|entr(?:y|ies)|results?|others?|guests?|additions?|removals?|actions?|addresses|policies|rules?|sites?|teams?|tenants?)\b`)
	saysFailed = regexp.MustCompile(`(?i)\b(?:failed|failures?|failing|denied|blocked|rejected|unsuccessful(?:ly)?)\b`)
	saysWorked = regexp.MustCompile(`(?i)\b(?:succeeded|successful(?:ly)?|succeeding)\b`)
)

const months = `jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?`

// problem says which hard fact of a statement is not borne out; empty for none.
func (v *evidence) problem(w words) string {
	text := w.text
	for _, check := range []struct {
		form *regexp.Regexp
		what string
		ok   func(string) bool
	}{
		{webForm, "address", v.hasPlain},
		{mailForm, "name", func(s string) bool { return v.hasPlain(strings.TrimRight(s, ".")) }},
		{guidForm, "id", v.hasPlain},
		{timeForm, "time", v.hasTime},
		{dayForm, "date", v.hasDay},
		{ipForm, "address", v.hasIP},
	} {
		for _, found := range check.form.FindAllString(text, -1) {
			if !check.ok(found) {
				return fmt.Sprintf("the %s %s is in none of the events it cites", check.what, shown(found))
			}
		}
		text = check.form.ReplaceAllString(text, " ")
	}
	for _, q := range w.quoted {
		if q = strings.TrimSpace(q); q != "" && !v.has(q) && !v.hasFact(q) {
			return fmt.Sprintf("%s is in none of the events it cites", shown(q))
		}
	}
	if p := v.numberProblem(text); p != "" {
		return p
	}
	if p := v.nameProblem(text); p != "" {
		return p
	}
	return v.resultProblem(text)
}

func shown(text string) string { return inert(tool.Visible(strings.TrimSpace(text), 80)) }

// hasFact reports whether a quoted text is a time, date or number that is borne out.
func (v *evidence) hasFact(text string) bool {
	switch {
	case timeForm.FindString(text) == text:
		return v.hasTime(text)
	case dayForm.FindString(text) == text:
		return v.hasDay(text)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && v.counts[n]
}

func (v *evidence) hasIP(words string) bool {
	want, err := netip.ParseAddr(words)
	if err != nil || v.hasPlain(words) { // what is no address after all is a word
		return true
	}
	for i := range v.events {
		if a, err := netip.ParseAddr(v.events[i].ClientIP); err == nil && a.Unmap() == want.Unmap() {
			return true
		}
	}
	return false
}

// moments gives when the events happened, in UTC and in the zone of whoever asks.
func (v *evidence) moments() (all []time.Time) {
	for i := range v.events {
		all = append(all, v.events[i].Timestamp.UTC())
		if v.zone != nil {
			all = append(all, v.events[i].Timestamp.In(v.zone))
		}
	}
	return all
}

func (v *evidence) hasTime(text string) bool {
	norm := strings.ToLower(strings.NewReplacer("T", " ", "t ", " ", " at ", " ", "  ", " ", ".m", "m", "m.", "m").Replace(text))
	norm = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(norm, "z"), "utc"), "gmt"))
	if len(norm) == len("2006-01-02") && v.days[norm] {
		return true
	}
	if at, err := time.Parse(time.RFC3339, strings.Replace(text, " ", "T", 1)); err == nil {
		for _, m := range v.moments() {
			if m.Truncate(time.Second).Equal(at.Truncate(time.Second)) {
				return true
			}
		}
	}
	for _, m := range v.moments() {
		for _, form := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05.000", "15:04", "15:04:05", "3:04pm", "3:04 pm", "03:04 pm", "3:04:05 pm"} {
			if strings.ToLower(m.Format(form)) == norm {
				return true
			}
		}
	}
	return v.hasPlain(text)
}

func (v *evidence) hasDay(text string) bool {
	m := dayForm.FindStringSubmatch(text)
	if m == nil {
		return true
	}
	day, month, year := m[1]+m[4], strings.ToLower((m[2] + m[3])[:3]), m[5]
	same := func(t time.Time) bool {
		return strconv.Itoa(t.Day()) == strings.TrimLeft(day, "0") && strings.ToLower(t.Format("Jan")) == month && (year == "" || strconv.Itoa(t.Year()) == year)
	}
	if slices.ContainsFunc(v.moments(), same) {
		return true
	}
	for d := range v.days {
		if at, err := time.Parse("2006-01-02", d); err == nil && same(at) {
			return true
		}
	}
	return v.hasPlain(text)
}

var spelled = []string{"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"} //nolint:gochecknoglobals // read-only table

// numberProblem holds the numbers of a text against what was counted: those that count events
// or things against figures alone, others also against what stands in the events.
func (v *evidence) numberProblem(text string) string {
	for _, at := range number.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		n, err := strconv.ParseInt(strings.NewReplacer(",", "", " ", "", " ", "", "'", "").Replace(word), 10, 64)
		if i := slices.Index(spelled, strings.ToLower(word)); i >= 0 {
			n, err = int64(i+2), nil
		}
		if err == nil && (v.counts[n] || v.countable()[n]) {
			continue
		}
		if counted.MatchString(text[at[1]:]) {
			return "the number " + shown(word) + " is neither what was counted nor how many events it cites"
		}
		if i := slices.Index(spelled, strings.ToLower(word)); i < 0 && !v.hasWord(word) {
			return "the number " + shown(word) + " is in none of the events it cites"
		}
	}
	return ""
}

// countable are the figures that follow from the events themselves.
func (v *evidence) countable() map[int64]bool {
	actors, ips := map[string]bool{}, map[string]bool{}
	targets := map[string]bool{}
	var changes int64
	for i := range v.events {
		e := &v.events[i]
		actors[e.ActorDisplay], ips[e.ClientIP] = true, true
		for _, t := range e.TargetDisplays {
			targets[t] = true
		}
		changes += int64(len(e.Changes))
	}
	return map[int64]bool{int64(len(v.events)): true, int64(len(actors)): true, int64(len(ips)): true, int64(len(targets)): true, changes: true}
}

func (v *evidence) hasWord(word string) bool {
	form, err := regexp.Compile(`\b` + regexp.QuoteMeta(rawjson.Fold(word)) + `\b`)
	return err == nil && slices.ContainsFunc(v.texts, func(t content) bool { return form.MatchString(t.all) })
}

// common are words with a capital that are nobody's name.
var common = func() map[string]bool { //nolint:gochecknoglobals // read-only table
	known := map[string]bool{}
	for w := range strings.FieldsSeq(`the a an this that these those it they he she in on at by from to with without and or but no not one two three all both each every any some
		there then when while after before during since until between also only however additionally overall finally first second third last next another other later earlier same
		as for of his her their its who what which i we you yes event events result results summary note details change changes time date actor target user users account accounts app application
		admin administrator person system service source operation policy role group device mailbox file site team address ip id utc gmt cet cest est pst mfa api sso dlp aoc soc csv url upn guid am pm
		monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december mon tue wed thu fri sat sun
		microsoft entra azure ad intune exchange online sharepoint onedrive teams office graph defender purview conditional access windows outlook powershell`) {
		known[w] = true
	}
	return known
}()

var nameWord = regexp.MustCompile(`\pL[\pL\pN'’-]*`)

// nameProblem holds words with a capital against the events: names, mostly. The first word of
// a sentence has one anyway.
func (v *evidence) nameProblem(text string) string {
	first := true
	for _, at := range nameWord.FindAllStringIndex(text, -1) {
		word := strings.TrimSuffix(strings.TrimSuffix(text[at[0]:at[1]], "'s"), "’s")
		begins := first
		first = false
		r := []rune(word)
		if !unicode.IsUpper(r[0]) || len(r) < 2 || common[strings.ToLower(word)] || v.has(word) {
			continue
		}
		if begins && !nextIsName(text[at[1]:]) {
			continue
		}
		return shown(word) + " is in none of the events it cites"
	}
	return ""
}

var nextName = regexp.MustCompile(`\A[ -]\p{Lu}\pL`)

// nextIsName reports whether the next word has a capital, too: "Eve Smith did".
func nextIsName(rest string) bool { return nextName.MatchString(rest) }

func (v *evidence) resultProblem(text string) string {
	any := func(results ...aoc.Result) bool { //nolint:predeclared // the word for it
		return slices.ContainsFunc(v.events, func(e aoc.Event) bool { return slices.Contains(results, e.Result) })
	}
	if saysFailed.MatchString(text) && !any(aoc.ResultFailure, aoc.ResultPartial) && !v.has("fail") && !v.has("denied") && !v.has("block") && !v.has("reject") {
		return "no event that it cites failed"
	}
	if saysWorked.MatchString(text) && !any(aoc.ResultSuccess, aoc.ResultPartial) {
		return "no event that it cites succeeded"
	}
	return ""
}
