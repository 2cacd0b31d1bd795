package config

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What MongoDB takes for names of databases and collections; AOC takes a little less.
var (
	mongoDatabase   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)
	mongoCollection = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)
	mongoPrefix     = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}$`)
)

// checkStore checks where data is kept. What is wrong with MONGO_URI is told without it.
func (c Config) checkStore(bad *Problems) {
	s := c.Store
	bad.number("AOC_CACHE_MB", s.CacheMB, 8, 1<<20)
	if uri := s.MongoURI.Reveal(); uri != "" && !isMongoURI(uri) {
		bad.add("MONGO_URI", "is not the connection string of a MongoDB", "Write it like mongodb://user:password@host:27017 or mongodb+srv://user:password@host; or remove it, and data is kept in the folder AOC_DATA_DIR.")
	}
	if !mongoDatabase.MatchString(s.MongoDatabase) {
		bad.add("AOC_MONGO_DATABASE", "is no name for a database", "Use up to 63 letters, digits, _ and -.")
	}
	switch {
	case !mongoCollection.MatchString(s.MongoEvents) || strings.HasPrefix(s.MongoEvents, "system."):
		bad.add("AOC_MONGO_EVENTS", "is no name for a collection", "Use up to 100 letters, digits, _, . and -.")
	case strings.HasPrefix(s.MongoEvents, s.MongoPrefix):
		bad.add("AOC_MONGO_EVENTS", "begins as the names of AOC's other collections do", "Choose a name that does not begin with AOC_MONGO_PREFIX.")
	}
	if !mongoPrefix.MatchString(s.MongoPrefix) || strings.HasPrefix(s.MongoPrefix, "system.") {
		bad.add("AOC_MONGO_PREFIX", "cannot begin the name of a collection", "Use up to 31 letters, digits, _, . and -.")
	}
	bad.choice("AOC_CHAIN", s.Chain, chainModes)
	if !s.Chained() && !s.Shared() {
		bad.add("AOC_CHAIN", "is off, which the store in the data folder cannot be", "Set it to on, or set MONGO_URI.")
	}
}

// isMongoURI reports whether a text has the form of a connection string. The driver looks at
// the rest of it.
func isMongoURI(text string) bool {
	rest, ok := strings.CutPrefix(text, "mongodb://")
	if !ok {
		rest, ok = strings.CutPrefix(text, "mongodb+srv://")
	}
	hosts, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(hosts, '@'); i >= 0 {
		hosts = hosts[i+1:]
	}
	hosts, _, _ = strings.Cut(hosts, "?")
	_, err := url.PathUnescape(hosts) // of a socket, whose path is escaped
	return ok && hosts != "" && err == nil && !strings.ContainsAny(hosts, " \t\r\n")
}

// plainMongo reports whether what is stored crosses a network without TLS: to another machine
// than this one or one of the same container network, whose names have no dot.
func (s Store) plainMongo() bool {
	rest, ok := strings.CutPrefix(s.MongoURI.Reveal(), "mongodb://") // mongodb+srv means TLS
	if !ok {
		return false
	}
	rest, options, _ := strings.Cut(rest, "?")
	hosts, _, _ := strings.Cut(rest[strings.LastIndex(rest, "@")+1:], "/")
	if o, err := url.ParseQuery(options); err != nil || o.Get("tls") == "true" || o.Get("ssl") == "true" {
		return false
	}
	return slices.ContainsFunc(strings.Split(hosts, ","), func(h string) bool {
		if name, _, err := net.SplitHostPort(h); err == nil {
			h = name
		}
		return !isLoopback(strings.Trim(h, "[]")) && strings.ContainsAny(h, ".:")
	})
}
