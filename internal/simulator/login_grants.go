package simulator

import (
	"crypto/rand"
	"maps"
	"sync"
	"time"
)

const (
	codeTime    = 10 * time.Minute
	refreshTime = 90 * 24 * time.Hour
	// mostGrants bounds the memory for codes, and for refresh tokens.
	mostGrants = 20_000
)

// grant is what a code or a refresh token stands for.
type grant struct {
	consent
	redirect, challenge string // of a code
	expires             time.Time
	used                bool
}

// grants remembers the codes and refresh tokens that were given out.
type grants struct {
	mu             sync.Mutex
	codes, refresh map[string]*grant
}

func newGrants() *grants {
	return &grants{codes: make(map[string]*grant), refresh: make(map[string]*grant)}
}

// add puts a grant into one of the maps and gives its name, which begins as those of Entra ID.
func (g *grants) add(to map[string]*grant, x grant, now time.Time) string {
	name := "1.AX" + rand.Text() + "." + rand.Text() + rand.Text()
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(to) >= mostGrants {
		maps.DeleteFunc(to, func(_ string, x *grant) bool { return now.After(x.expires) })
	}
	if len(to) >= mostGrants {
		clear(to)
	}
	to[name] = &x
	return name
}

// find gives a copy of a grant, and whether there is one.
func (g *grants) find(in map[string]*grant, name string) (grant, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := in[name]
	if x == nil {
		return grant{}, false
	}
	return *x, true
}

// use marks a code as used, and reports whether it was not.
func (g *grants) use(code string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.codes[code]
	if x == nil || x.used {
		return false
	}
	x.used = true
	return true
}
