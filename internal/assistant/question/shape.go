package question

import (
	"strconv"

	"aoc"
)

// shape reads what sort of answer is wanted.
func (r *reader) shape() {
	for i := range r.toks {
		t := &r.toks[i]
		if t.used || t.form == quoted {
			continue
		}
		switch {
		case r.says(i, "how") && r.says(i+1, "many", "often", "much", "frequently"):
			if r.out.Kind == List {
				r.out.Kind = Count
			}
			r.use(i, i+2)
			if r.says(i+2, "times", "of", "different") {
				r.use(i+2, i+3)
			}
		case r.says(i, "number", "count", "total", "amount") && (r.says(i+1, "of", "the", "how") || i == 0 || r.says(i-1, "the", "a")):
			if r.out.Kind == List && !r.says(i+1, "by") {
				r.out.Kind = Count
			}
			t.used = true
		case r.says(i, "top", "busiest"):
			r.out.Kind = Top
			t.used = true
			if r.says(i, "busiest") && r.out.By == "" {
				r.out.By, _ = r.fieldNear(i + 1)
			} else if n := r.numberAt(i + 1); n > 0 {
				r.out.N = n
				r.use(i+1, i+2)
			}
		case r.says(i, "most") && !r.says(i+1, "recent", "recently", "of") && !r.says(i-1, "at"):
			r.out.Kind = Top
			t.used = true
			r.use(i+1, i+1+boolInt(r.says(i+1, "active", "often", "frequent", "frequently", "common", "used", "times")))
		case r.says(i, "ranking", "rank", "breakdown", "grouped", "broken"):
			r.out.Kind = Top
			t.used = true
			if r.says(i+1, "down") {
				r.use(i+1, i+2)
			}
		case (r.says(i, "by", "per") || r.says(i, "each", "every") && (r.says(i-1, "for", "by") || r.out.Kind == Count)) && r.out.By == "":
			if f, n := r.countable(i + 1); n > i+1 {
				r.out.By = f
				if r.out.Kind == List || r.out.Kind == Count {
					r.out.Kind = Top
				}
				r.use(i, n)
			}
		case r.says(i, "first", "earliest", "oldest") && !r.says(i+1, "name", "party", "factor"):
			if n := r.numberAt(i + 1); n == 0 {
				r.out.Kind = First
				t.used = true
				r.use(i+1, i+1+boolInt(r.says(i+1, "time")))
			}
		case r.says(i, "last", "latest", "newest") || r.says(i, "recent", "recently") && r.says(i-1, "most"):
			from := i
			if r.says(i-1, "most") {
				from = i - 1
			}
			r.use(from, i+1)
			switch n := r.numberAt(i + 1); {
			case n > 1:
				r.out.N = n
				r.use(i+1, i+2)
			case r.says(i+1, "time"), r.out.Kind == List && !r.pluralBehind(i+1):
				r.out.Kind = Last
				r.use(i+1, i+1+boolInt(r.says(i+1, "time")))
			}
		case r.says(i, "recent"):
			t.used = true
			if r.out.Span.Words == "" {
				r.out.Span = Span{Start: r.now.AddDate(0, 0, -7), End: r.now, Words: t.text, Meaning: "the last 7 days"}
			}
		}
	}
	if r.out.Kind == Top && r.out.By == "" {
		r.out.By = r.subject()
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// numberAt reads a small number.
func (r *reader) numberAt(i int) int {
	if i >= len(r.toks) || r.toks[i].used {
		return 0
	}
	if r.toks[i].form == number {
		if n, err := strconv.Atoi(r.toks[i].low); err == nil && n <= 1000 {
			return n
		}
		return 0
	}
	if r.says(i, "a", "an") {
		return 0
	}
	return numberWords[r.toks[i].low]
}

// pluralBehind reports whether what follows is several things.
func (r *reader) pluralBehind(i int) bool {
	for k := i; k < len(r.toks) && k < i+4; k++ {
		t := &r.toks[k]
		if t.used || r.says(k, "to", "by", "of", "for", "in", "from", "on", "who", "was", "did") || t.form == punct {
			return false
		}
		if len(t.low) > 3 && t.low[len(t.low)-1] == 's' && !t.owner && !t.said("access", "address", "compliance", "teams", "was") {
			return true
		}
	}
	return false
}

// countFields are the words for what can be counted by.
var countFields = map[string]aoc.Field{ //nolint:gochecknoglobals // read-only table
	"user": aoc.FieldActor, "person": aoc.FieldActor, "admin": aoc.FieldActor, "actor": aoc.FieldActor, "administrator": aoc.FieldActor, "employee": aoc.FieldActor, "account": aoc.FieldActor,
	"app": aoc.FieldActor, "application": aoc.FieldActor, "ip": aoc.FieldIP, "address": aoc.FieldIP, "operation": aoc.FieldOperation, "activity": aoc.FieldOperation,
	"action": aoc.FieldOperation, "event": aoc.FieldOperation, "type": aoc.FieldOperation, "service": aoc.FieldService, "workload": aoc.FieldWorkload, "product": aoc.FieldWorkload,
	"day": ByDay, "date": ByDay, "hour": ByHour, "daily": ByDay, "target": ByTarget, "file": ByTarget, "mailbox": ByTarget, "device": ByTarget, "group": ByTarget, "team": ByTarget,
	"site": ByTarget, "policy": ByTarget, "role": ByTarget, "document": ByTarget, "result": aoc.FieldResult, "outcome": aoc.FieldResult, "source": aoc.FieldSource, "tenant": aoc.FieldTenant,
	"customer": aoc.FieldTenant, "client": aoc.FieldTenant, "people": aoc.FieldActor, "location": aoc.FieldIP, "who": aoc.FieldActor,
}

// countable reads what is counted by, in the singular, from token i.
func (r *reader) countable(none int) (aoc.Field, int) {
	i := none
	for r.says(i, "the", "each", "every", "individual") {
		i++
	}
	if i >= len(r.toks) || r.toks[i].form != word || r.toks[i].owner {
		return "", none
	}
	low := r.toks[i].low
	f, ok := countFields[low]
	if !ok || low == "group" || low == "people" || low == "who" {
		return "", none
	}
	next := i + 1
	if r.says(next, "address") {
		next++
	}
	// "by user Ada" names one
	if next < len(r.toks) && !r.toks[next].used && (r.toks[next].caps || r.toks[next].form == quoted || r.toks[next].form == mail || r.toks[next].form == guid || r.toks[next].form == address) {
		return "", none
	}
	return f, next
}

// fieldNear reads what is counted by, in any number, within three tokens.
func (r *reader) fieldNear(i int) (aoc.Field, int) {
	for k := i; k < len(r.toks) && k < i+3; k++ {
		for _, l := range r.toks[k].lemmas {
			if f, ok := countFields[l]; ok && !r.toks[k].used {
				return f, k
			}
		}
	}
	return "", i
}

// subject is what a question about the most is about: "which app …", "who …".
func (r *reader) subject() aoc.Field {
	for i := range r.toks {
		if r.says(i, "who", "whose") {
			return aoc.FieldActor
		}
		if r.says(i, "which", "what", "top", "active", "frequent", "common", "most", "the", "used") || i == 0 || r.toks[i-1].form == number {
			at := i
			if i == 0 && !r.says(0, "which", "what", "top", "most") {
				at = -1
			}
			for k := at + 1; k < len(r.toks) && k < at+3; k++ {
				for _, l := range r.toks[k].lemmas {
					if f, ok := countFields[l]; ok {
						return f
					}
				}
			}
		}
	}
	return aoc.FieldActor
}
