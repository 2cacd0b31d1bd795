package question

import (
	"slices"
	"strings"
)

// hasAction reports whether an action of the question is one of some.
func (r *reader) hasAction(some ...action) bool {
	return slices.ContainsFunc(r.found, func(m match) bool { return m.kind == isAction && slices.Contains(some, m.act) })
}

// about reports whether the question is about an object.
func (r *reader) about(names ...string) bool {
	return slices.ContainsFunc(r.found, func(m match) bool {
		return m.kind == isObject && slices.Contains(names, m.object.name) || m.kind == isExtra && strings.HasPrefix(m.where, signIns) && slices.Contains(names, "sign-ins")
	})
}

// verbAt reports whether a phrase that says an action, or can, begins at token i.
func (r *reader) verbAt(i int) bool {
	for _, m := range r.found {
		if m.i == i && (m.kind == isAction || m.kind == isResult || m.kind == isObject && r.verbal(i)) {
			return true
		}
	}
	return r.says(i, "did", "do", "does", "made", "make", "performed", "used", "uses", "use", "try", "tried", "has", "had", "have", "attempted", "come", "came")
}

// verbal reports whether token i has the form of a verb that was done.
func (r *reader) verbal(i int) bool {
	t := &r.toks[i]
	low := t.low
	return strings.HasSuffix(low, "ed") || strings.HasSuffix(low, "ing") && !strings.HasSuffix(low, "sharing") || irregular[low] != "" || t.said("sign", "log", "signs", "logs", "share", "consent", "forward", "promote", "authenticate", "connect", "sent")
}

// roleOf tells from the words around a name whether it did something or had it done to it.
func (r *reader) roleOf(n *placed) {
	k := n.i - 1
	for k >= 0 && (r.says(k, "the", "a", "an", "our", "user", "users", "group", "app", "application", "account", "admin", "administrator", "person", "both", "either", "employee", "colleague", "policy", "device", "team", "site", "mailbox", "role", "guest", "named", "called", "new", "service", "file", "his", "her", "their", "former", "local", "distribution", "list", "security") || r.objectEndsAt(k)) {
		k--
	}
	n.Not = r.negated(n.i) || r.negated(k)
	for i := range r.found { // "not created by Ada"
		if m := &r.found[i]; r.says(k, "by") && m.kind == isAction && m.j == k && m.not {
			m.not, n.Not = false, true
		}
	}
	if n.Not { // "by anyone other than Ada"
		m := k
		for m >= 0 && r.says(m, "except", "excluding", "other", "than", "but", "not", "apart", "from", "besides", "anyone", "everyone", "anybody", "everybody", "someone", "people", "those", "for", "users", "person", "admins", ",", "else", "ignoring", "with", "exception", "the", "of") {
			m--
		}
		if n.Role = Actor; r.says(m, "to", "on", "for") && !r.says(k, "by") {
			n.Role = Target
		}
		n.Words = r.words(max(k, 0), n.j)
		return
	}
	signIn := r.about("sign-ins", "risk detections", "impossible travel", "malicious addresses", "unfamiliar sign-ins", "sign-ins from new countries", "anomalous tokens", "Teams sessions", "DLP matches")
	topic := slices.ContainsFunc(r.found, func(m match) bool { return m.kind == isObject || m.kind == isAction && m.act != change })
	owner := r.toks[n.j-1].owner
	done := n.j // "Ada's last activity"
	for owner && r.says(done, "last", "latest", "newest", "most", "recent", "first", "earliest", "own", "other", "overall") {
		done++
	}
	switch {
	case r.says(k, "by"):
		n.Role = Actor
		n.Words = r.words(k, n.j)
		return
	case n.Owned:
		n.Role = Target
		return
	case owner && done < len(r.toks) && r.toks[done].is(doings...):
		n.Role = Actor
		if r.says(k, "to", "on") {
			n.Role = Target
		}
		return
	case owner && r.says(k, "from") && r.hasAction(remove, download):
		n.Role = Target
		return
	case owner && signIn:
		return
	case owner && r.hasAction(change, update) && !topic, owner:
		n.Role = Target
		return
	case r.says(k, "did", "does", "has", "had", "have", "can", "could", "should", "will", "would", "hasn't", "didn't", "do"):
		n.Role = Actor
		for m := n.j; m < min(len(r.toks), n.j+3); m++ {
			if r.says(m, "been", "get", "got", "gotten", "be", "receive", "given") && !r.says(m+1, "signing", "doing") {
				n.Role = Target
			}
			if r.says(m, "been") && m+1 < len(r.toks) && strings.HasSuffix(r.toks[m+1].low, "ing") {
				n.Role = Actor
			}
		}
		return
	case r.says(k, "affecting", "affected", "affect", "impacting", "impacted", "impact", "targeting", "targeted"):
		n.Role = Target
		return
	case r.says(k, "about", "involving", "concerning", "regarding", "around", "mentioning", "mention", "related", "touching") || r.says(k, "to") && r.says(k-1, "related", "relating"):
		return
	case signIn && r.says(k, "to", "into", "onto", "at") && n.Thing != Person && !strings.Contains(n.Texts[0], "@"):
		n.Role = Target
		return
	case signIn && r.says(k, "for", "of", "on", "to", "from", "with", "as", "was", "were", "against"):
		return
	case r.says(k, "from"):
		if r.hasAction(remove, download, move, wipe, retire) || n.Thing != Unsaid && n.Thing != Person {
			n.Role = Target
		}
		return
	case r.says(k, "of", "for") && (r.says(k-1, "activity", "activities", "actions", "operations", "behaviour", "behavior", "events", "history", "log", "logs", "everything", "timeline") || !topic):
		if r.says(k-1, "actions", "activity", "activities") && r.says(k, "of") {
			n.Role = Actor
		}
		if r.says(k, "of", "for") && r.hasAction(change, update) && r.says(k, "of", "for") {
			n.Role = Target
		}
		return
	case r.says(k, "to", "for", "on", "of", "against", "into", "onto", "with", "in", "at", "upon", "over", "as", "within", "out"):
		n.Role = Target
		return
	case r.says(k, "using", "via", "through"):
		return
	case r.says(k, "was", "were", "is", "are", "wasn't", "weren't", "been", "be"):
		n.Role = Target
		if n.j < len(r.toks) && strings.HasSuffix(r.toks[n.j].low, "ing") || r.says(k+1, "it") {
			n.Role = Actor
		}
		return
	}
	switch next := n.j; {
	case r.says(next, "was", "were", "is", "got", "gets", "being", "been") || r.says(next, "has", "have", "had") && r.says(next+1, "been", "gotten"):
		n.Role = Target
		if next+1 < len(r.toks) && strings.HasSuffix(r.toks[next+1].low, "ing") {
			n.Role = Actor
		}
	case r.says(next, "made", "did", "performed", "ran", "executed", "initiated", "carried") && (next+1 >= len(r.toks) || r.toks[next+1].used || r.toks[next+1].form == punct || r.says(next+1, "in", "on", "out", "to", "at")):
		n.Role = Actor
	case k >= 0 && r.actionEndsAt(k):
		n.Role = Target
	case next < len(r.toks) && r.toks[next].is(doings...) && !r.toks[next].is("change", "sharing", "share"):
		n.Role = Actor
	case k < 0 && !owner && r.doneBy(next):
		n.Role = Actor
	case r.verbAt(next) && (k < 0 || !r.nounBefore(k)):
		if !signIn {
			n.Role = Actor
		}
	}
}

// objectEndsAt reports whether token k is the last word of the generic kind of thing that a
// name is.
func (r *reader) objectEndsAt(k int) bool {
	for _, m := range r.found {
		if m.kind == isObject && m.object.thing != Unsaid && m.j-1 == k && m.object.generic {
			return true
		}
	}
	return false
}

// actionEndsAt reports whether token k is the last word of an action.
func (r *reader) actionEndsAt(k int) bool {
	for _, m := range r.found {
		if (m.kind == isAction || m.kind == isObject && r.verbal(m.i) && m.j-m.i == 1) && m.j-1 == k && !r.says(k, "new") {
			return true
		}
	}
	return false
}

// nounBefore reports whether a kind of thing that is no verb ends at token k.
func (r *reader) nounBefore(k int) bool {
	for _, m := range r.found {
		if m.kind == isObject && m.j-1 == k && !r.verbal(m.i) {
			return true
		}
	}
	return false
}

// doneBy reports whether what stands at token i is something done: "group changes", "file
// downloads".
func (r *reader) doneBy(i int) bool {
	for _, m := range r.found {
		if m.kind == isObject && m.i == i && m.j < len(r.toks) && r.toks[m.j].is(doings...) && m.object.generic {
			return true
		}
	}
	return false
}
