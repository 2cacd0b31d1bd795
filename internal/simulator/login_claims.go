package simulator

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"time"

	"aoc"
)

// stamp is what differs between two tokens of the same content.
type stamp struct {
	issued, expires time.Time
	life            time.Duration
	uti             string
}

// newStamp draws a lifetime, 60 to 90 minutes. It is counted from five minutes ago, as the
// real ones are.
func (s *Server) newStamp() stamp {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	life := time.Duration(3600+s.rng.IntN(1801)) * time.Second
	return stamp{now.Add(-5 * time.Minute), now.Add(life), life, strconv.FormatUint(s.rng.Uint64(), 36)}
}

// issuer names the tenant in tokens of a version, for who came to an address.
func (s *Server) issuer(base string, version int) string {
	if version == 1 {
		return "https://sts.windows.net/" + s.tenant.ID() + "/"
	}
	return base + "/" + s.tenant.ID() + "/v2.0"
}

// claims are the claims of a token, by name.
type claims map[string]any

// newClaims are those that all tokens have.
func (s *Server) newClaims(base string, version int, at stamp) claims {
	return claims{
		"iss": s.issuer(base, version), "iat": at.issued.Unix(), "nbf": at.issued.Unix(), "exp": at.expires.Unix(),
		"aio": encodeSegment([]byte(at.uti)), "rh": "1." + at.uti, "uti": at.uti, "tid": s.tenant.ID(),
		"ver": strconv.Itoa(version) + ".0",
	}
}

// subject is the claim sub of somebody in an application: the same each time, and another in
// each application.
func subject(a *application, person string) string {
	sum := sha256.Sum256([]byte(a.id + "\x00" + person))
	return encodeSegment(sum[:])
}

// client says which application a token was given to, and how it has proved that.
func (c claims) client(a *application, acr string) {
	if c["ver"] == "1.0" {
		c["appid"], c["appidacr"] = a.id, acr
	} else {
		c["azp"], c["azpacr"] = a.id, acr
	}
}

// grantedTo puts roles and groups into the claims of somebody's token for AOC. Where there
// are too many groups there is where to ask for them instead.
func (s *Server) grantedTo(c claims, p Person, implicit bool) {
	if len(p.Roles) > 0 {
		c["roles"] = p.Roles
	}
	groups := s.groupsInTokens(p)
	switch {
	case len(groups) == 0:
	case implicit && len(groups) > mostGroupsImplicit:
		c["hasgroups"] = true
	case len(groups) > mostGroups:
		endpoint := "https://graph.microsoft.com/v1.0/users/" + p.ID + "/getMemberObjects"
		if c["ver"] == "1.0" {
			endpoint = "https://graph.windows.net/" + s.tenant.ID() + "/users/" + p.ID + "/getMemberObjects"
		}
		c["_claim_names"] = map[string]string{"groups": "src1"}
		c["_claim_sources"] = map[string]any{"src1": map[string]string{"endpoint": endpoint}}
	default:
		c["groups"] = groups
	}
}

// groupsInTokens are those groups of somebody that tokens for AOC hold.
func (s *Server) groupsInTokens(p Person) []string {
	switch s.cfg.Auth.Groups {
	case GroupsNone:
		return nil
	case GroupsAll:
		return p.Groups
	}
	return s.securityGroups(p.Groups)
}

// securityGroups leaves Microsoft 365 groups out.
func (s *Server) securityGroups(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return s.directory.byID[id].fields["securityEnabled"] != true })
}

// consent is what a person lets an application have.
type consent struct {
	app    *application
	person Person
	scopes scopes
	sid    string // of the browser's session
	nonce  string
}

// idClaims are the claims of an ID token.
func (s *Server) idClaims(base string, at stamp, g consent) claims {
	c := s.newClaims(base, 2, at)
	c["aud"], c["oid"], c["sub"], c["sid"] = g.app.id, g.person.ID, subject(g.app, g.person.ID), g.sid
	c["exp"] = at.issued.Add(65 * time.Minute).Unix()
	if g.nonce != "" {
		c["nonce"] = g.nonce
	}
	if g.scopes.profile {
		c["name"], c["preferred_username"] = g.person.Name, g.person.UPN
	}
	if g.scopes.email {
		c["email"] = g.person.Mail
	}
	s.grantedTo(c, g.person, false)
	return c
}

// accessClaimsOf are the claims of an access token for AOC that a person's application gets.
func (s *Server) accessClaimsOf(base string, version int, at stamp, g consent, acr string, implicit bool) claims {
	c, p := s.newClaims(base, version, at), g.person
	c.client(g.app, acr)
	c["oid"], c["sub"], c["sid"], c["name"], c["scp"] = p.ID, subject(s.aoc, p.ID), g.sid, p.Name, g.scopes.permissions()
	if version == 1 {
		c["aud"], c["acr"], c["amr"] = g.scopes.resource, "1", []string{"pwd"}
		c["given_name"], c["family_name"], c["unique_name"], c["upn"] = p.GivenName, p.Surname, p.UPN, p.UPN
	} else {
		c["aud"], c["preferred_username"] = s.api.appID, p.UPN
	}
	s.grantedTo(c, p, implicit)
	return c
}

// graphClaimsOf are the claims of an access token for Graph, which every sign-in that asks
// for no other API ends with.
func (s *Server) graphClaimsOf(at stamp, g consent, acr string) claims {
	c, p := s.newClaims("", 1, at), g.person
	c.client(g.app, acr)
	c["aud"], c["acr"], c["amr"], c["app_displayname"], c["idtyp"] = graphResource.appID, "1", []string{"pwd"}, g.app.name, "user"
	c["oid"], c["sub"], c["sid"], c["name"], c["scp"] = p.ID, subject(&application{id: graphResource.appID}, p.ID), g.sid, p.Name, g.scopes.permissions()
	c["given_name"], c["family_name"], c["unique_name"], c["upn"] = p.GivenName, p.Surname, p.UPN, p.UPN
	return c
}

// appClaims are the claims of an access token for AOC that an application gets for itself.
func (s *Server) appClaims(base, audience string, at stamp, a *application, acr string) claims {
	version := s.cfg.Auth.TokenVersion
	c := s.newClaims(base, version, at)
	c.client(a, acr)
	c["aud"], c["oid"], c["sub"] = s.api.appID, a.principal, a.principal
	if version == 1 {
		c["aud"], c["idp"] = audience, s.issuer(base, 1)
	}
	if !s.cfg.Auth.NoIDType {
		c["idtyp"] = "app"
	}
	if len(s.cfg.Auth.AppRoles) > 0 {
		c["roles"] = s.cfg.Auth.AppRoles
	}
	return c
}

// sign makes a token of claims. Only tokens of version 1 name the key as x5t too.
func (s *Server) sign(c claims) (string, *loginFailure) {
	key, err := s.keys.current()
	if err != nil {
		return "", errTransient()
	}
	h := tokenHeader{Type: "JWT", Alg: "RS256", KeyID: key.id}
	if c["ver"] == "1.0" {
		h.X5T = key.id
	}
	token, err := signToken(key.key, h, c)
	if err != nil {
		return "", errTransient()
	}
	return token, nil
}

// TokenOptions says what kind of access token [Server.SignIn] gives; the zero value is what
// AOC is registered for.
type TokenOptions struct {
	Version  int  // 1 or 2
	Implicit bool // as the implicit flow gives them: more than five groups become hasgroups
}

// SignIn signs a person in without a browser and gives an access token for AOC.
func (s *Server) SignIn(p Person, o TokenOptions) (accessToken string, err error) {
	const op = "simulator.sign_in"
	if p.ID == "" {
		return "", aoc.Errorf(aoc.CodeInvalid, op, "the tenant has nobody of this kind: it needs five people")
	}
	if o.Version == 0 {
		o.Version = s.cfg.Auth.TokenVersion
	}
	g := consent{app: s.aoc, person: p, sid: s.newGUID(), scopes: scopes{resource: s.cfg.Auth.URI, names: []string{s.cfg.Auth.Scope}}}
	token, fail := s.sign(s.accessClaimsOf(s.LoginURL(), o.Version, s.newStamp(), g, acrSecret, o.Implicit))
	if fail != nil {
		return "", aoc.Errorf(aoc.CodeInternal, op, "%s", fail.message)
	}
	return token, nil
}
