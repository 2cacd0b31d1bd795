package directory

import (
	"slices"
	"strings"
	"time"

	"aoc"
)

// key identifies an object; both parts are lower case.
type key struct{ tenant, id string }

func keyOf(tenantID, id string) key {
	return key{strings.ToLower(tenantID), strings.ToLower(id)}
}

func normalised(n aoc.DirectoryName) aoc.DirectoryName {
	n.TenantID, n.ID = strings.ToLower(n.TenantID), strings.ToLower(n.ID)
	n.Name = strings.TrimSpace(n.Name)
	n.Since, n.Seen = n.Since.UTC(), n.Seen.UTC()
	return n
}

// isGUID reports whether s looks like 8-4-4-4-12 hexadecimal digits. Graph refuses a
// whole batch for one id that does not.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}

// book holds the names of objects.
type book map[key]history

// history is the names of one object, ascending by Since. An entry without a name says
// that the object did not exist when it was asked for.
type history []aoc.DirectoryName

// at gives the entry with a name that was valid at a time: the newest that began by then,
// else the earliest. That an object has gone since does not take its name.
func (h history) at(t time.Time) (aoc.DirectoryName, bool) {
	found := -1
	for i, e := range h {
		if e.Name == "" {
			continue
		}
		if found >= 0 && e.Since.After(t) {
			break
		}
		found = i
	}
	if found < 0 {
		return aoc.DirectoryName{}, false
	}
	return h[found], true
}

// seen is when the object was last confirmed, existing or not.
func (h history) seen() time.Time {
	if len(h) == 0 {
		return time.Time{}
	}
	return h[len(h)-1].Seen
}

// unknownLife is how long an id that Graph does not know is not asked for again, at least:
// an object that was created just now can take a while to show.
const unknownLife = time.Hour

// life is how long what was last seen counts as current: ttl for a name, for an unknown
// object as long as it has been unknown, up to that.
func (h history) life(ttl time.Duration) time.Duration {
	last := h[len(h)-1]
	if last.Name != "" {
		return ttl
	}
	return min(max(unknownLife, last.Seen.Sub(last.Since)), ttl)
}

// load adds an entry out of the cache, or moves when it was last seen.
func (b book) load(n aoc.DirectoryName) {
	k := key{n.TenantID, n.ID}
	i, found := slices.BinarySearchFunc(b[k], n.Since, bySince)
	if found {
		b[k][i].Seen = later(b[k][i].Seen, n.Seen)
		return
	}
	b[k] = slices.Insert(b[k], i, n)
}

func bySince(e aoc.DirectoryName, since time.Time) int { return e.Since.Compare(since) }

// confirm records what Graph said now: it moves Seen, or starts a new entry.
func (b book) confirm(n aoc.DirectoryName) aoc.DirectoryName {
	k := key{n.TenantID, n.ID}
	h := b[k]
	if last := len(h) - 1; last >= 0 && h[last].Name == n.Name && h[last].UPN == n.UPN && h[last].Kind == n.Kind {
		h[last].Seen = later(h[last].Seen, n.Seen)
		return h[last]
	}
	if last := len(h) - 1; last >= 0 && !n.Since.After(h[last].Since) {
		n.Since = h[last].Since.Add(1) // a record from the future was here before
		n.Seen = later(n.Seen, n.Since)
	}
	b[k] = append(h, n)
	return n
}

// learn records what an audit record said of an object at n.Seen, whatever the order of
// arrival, and tells whether that is news.
func (b book) learn(n aoc.DirectoryName) (aoc.DirectoryName, bool) {
	k := key{n.TenantID, n.ID}
	h := b[k]
	i, exact := slices.BinarySearchFunc(h, n.Seen, bySince) // the first entry that begins at Seen or later
	if exact {
		i++
	}
	if i > 0 && agrees(h[i-1], n) {
		h[i-1].Seen = later(h[i-1].Seen, n.Seen)
		return h[i-1], false
	}
	if i < len(h) && agrees(h[i], n) {
		h[i].Since = n.Seen // it had the name earlier than was known
		return h[i], false
	}
	if exact {
		return n, false // two names at one time: the one that came first stays
	}
	if i > 0 { // what the record leaves out has not changed
		n.Kind, n.UPN = or(n.Kind, h[i-1].Kind), or(n.UPN, h[i-1].UPN)
	}
	b[k] = slices.Insert(h, i, n)
	return n, true
}

// agrees reports whether a record's words fit an entry.
func agrees(e, n aoc.DirectoryName) bool {
	return e.Name == n.Name && (n.UPN == "" || strings.EqualFold(e.UPN, n.UPN))
}

func (b book) known() (count int) {
	for _, h := range b {
		if _, ok := h.at(time.Time{}); ok {
			count++
		}
	}
	return count
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
