package simulator

import (
	"cmp"
	"crypto/x509"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// GroupClaim says which groups tokens for AOC hold: groupMembershipClaims of its manifest.
type GroupClaim string

// The values of [GroupClaim].
const (
	GroupsSecurity GroupClaim = "SecurityGroup"
	GroupsAll      GroupClaim = "All"
	GroupsNone     GroupClaim = "None"
)

// AuthConfig says how AOC itself is registered in the tenant: the application that people
// sign in to, and the API that tokens are for. The zero value is a registration that works.
type AuthConfig struct {
	// ClientID and ClientSecret are derived from the seed when empty. With the id of
	// [Config].ClientID one application is both, and has the other's secret and certificate.
	ClientID, ClientSecret string
	// ExpiredSecret is a secret that used to be right.
	ExpiredSecret string
	// Certificate, if set, is the one that client assertions are checked against.
	Certificate *x509.Certificate
	// Name is what people see, default AOC.
	Name string
	// URI is the application ID URI, default api:// and the client id.
	URI string
	// Scope is the delegated permission that the API has, default access.
	Scope string
	// Redirects are the registered addresses to come back to, both after signing in and after
	// signing out. They are compared character by character, but for the port of http on this
	// machine, which does not count. Default: /auth/callback and / on this machine.
	Redirects []string
	// TokenVersion is accessTokenAcceptedVersion, 1 or 2 (the default): of access tokens for
	// AOC, whichever endpoint they are from.
	TokenVersion int
	// Roles are the app roles from the least to the most: the first is the reader's, the
	// second the analyst's, the third the manager's. Default AOC.Reader, AOC.Analyst,
	// AOC.Manager.
	Roles []string
	// AppRoles are the roles that applications have been given, default the first role;
	// empty but not nil: none.
	AppRoles []string
	// Groups are those that tokens hold, default SecurityGroup.
	Groups GroupClaim
	// Rename, if set, changes the people who can sign in before anybody does, such as what
	// they are called; audit events keep the names they have.
	Rename func(*People)
	// NoIDType leaves the optional claim idtyp out of the tokens of applications.
	NoIDType bool
}

// defaultRedirects are where a service on this machine comes back to.
func defaultRedirects() []string {
	var list []string
	for _, host := range []string{"http://localhost", "http://127.0.0.1"} {
		list = append(list, host+"/auth/callback", host+"/")
	}
	return list
}

func (c AuthConfig) withDefaults(seed uint64) AuthConfig {
	rng := rand.New(rand.NewPCG(seed, 0x7369676e2d696e))
	id, secret := randomGUID(rng), inventSecret(rng)
	c.ClientID, c.ClientSecret = cmp.Or(c.ClientID, id), cmp.Or(c.ClientSecret, secret)
	c.Name, c.URI, c.Scope = cmp.Or(c.Name, "AOC"), cmp.Or(c.URI, "api://"+c.ClientID), cmp.Or(c.Scope, "access")
	if c.Redirects == nil {
		c.Redirects = defaultRedirects()
	}
	if c.TokenVersion != 1 {
		c.TokenVersion = 2
	}
	if c.Roles == nil {
		c.Roles = []string{"AOC.Reader", "AOC.Analyst", "AOC.Manager"}
	}
	if c.AppRoles == nil && len(c.Roles) > 0 {
		c.AppRoles = c.Roles[:1]
	}
	c.Groups = cmp.Or(c.Groups, GroupsSecurity)
	return c
}

// inventSecret makes a secret of the form that the portal gives out.
func inventSecret(rng *rand.Rand) string {
	return "sim~" + randomGUID(rng) + "." + strconv.FormatUint(rng.Uint64(), 36)
}

// application is an application registered in the tenant.
type application struct {
	id, principal   string // client id, and object id of its service principal
	name            string
	secret, expired string
	certificate     *x509.Certificate
	redirects       []string // guarded by the server's lock
}

// register makes the applications, and AOC as an API.
func (s *Server) register() {
	c, a := &s.cfg, &s.cfg.Auth
	s.collector = &application{
		id: c.ClientID, principal: s.directory.self, name: "Admin Operations Center",
		secret: c.ClientSecret, expired: c.ExpiredSecret, certificate: c.Certificate,
	}
	s.aoc = &application{
		id: a.ClientID, principal: derivedGUID("principal", a.ClientID), name: a.Name,
		secret: a.ClientSecret, expired: a.ExpiredSecret, certificate: a.Certificate,
	}
	if strings.EqualFold(a.ClientID, c.ClientID) {
		s.aoc = s.collector
	}
	s.aoc.redirects = a.Redirects
	s.api = &resource{appID: a.ClientID, audiences: []string{a.URI}}
}

// application finds a registered application by its client id, nil if there is none.
func (s *Server) application(id string) *application {
	for _, a := range []*application{s.collector, s.aoc} {
		if strings.EqualFold(a.id, id) {
			return a
		}
	}
	return nil
}

// isRegistered reports whether people may be sent to an address after signing in or out.
func (s *Server) isRegistered(a *application, address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(a.redirects, func(registered string) bool { return sameRedirect(registered, address) })
}

// sameRedirect compares addresses as Entra ID does: exactly, but without the port where it
// is http on this machine, since programs choose theirs when they start.
func sameRedirect(registered, address string) bool {
	if registered == address {
		return true
	}
	r, errR := url.Parse(registered)
	a, errA := url.Parse(address)
	if errR != nil || errA != nil || r.Scheme != "http" || r.Hostname() != "localhost" && r.Hostname() != "127.0.0.1" {
		return false
	}
	if a.Hostname() != r.Hostname() {
		return false
	}
	// What is left when the port is taken out of both must be equal, character by character.
	without := func(text, host, name string) string { return strings.Replace(text, "://"+host, "://"+name, 1) }
	return without(address, a.Host, a.Hostname()) == without(registered, r.Host, r.Hostname())
}
