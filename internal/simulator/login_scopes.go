package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// scopes is what a person's application asks for.
type scopes struct {
	openid, profile, email, offline bool
	resource                        string   // how AOC's API was named; empty: Graph
	names                           []string // delegated permissions of that API
}

// openIDScopes are those of OpenID Connect. They mean nothing for applications that ask for
// themselves, though some libraries send them.
var openIDScopes = []string{"openid", "profile", "offline_access", "email"}

// readScopes reads the parameter scope of a person's application. All is for one API.
func (s *Server) readScopes(text string) (scopes, *loginFailure) {
	var c scopes
	apis := map[*resource]bool{}
	for _, v := range strings.Fields(text) {
		if slices.Contains(openIDScopes, v) {
			c.openid, c.profile = c.openid || v == "openid", c.profile || v == "profile"
			c.email, c.offline = c.email || v == "email", c.offline || v == "offline_access"
			continue
		}
		api, name, fail := s.readScope(v, &c)
		if fail != nil {
			return c, fail
		}
		apis[api] = true
		c.names = append(c.names, name)
	}
	switch {
	case len(apis) > 1:
		return c, &loginFailure{http.StatusBadRequest, "invalid_scope", 28000,
			"Provided value for the input parameter scope is not valid because it contains more than one resource. Scope " + text + " is not valid."}
	case len(apis) == 0 && !c.openid:
		return c, &loginFailure{http.StatusBadRequest, "invalid_scope", 70011,
			"The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope " + text + " is not valid."}
	}
	return c, nil
}

// readScope reads one delegated permission, such as api://…/access; one without an API is
// Graph's.
func (s *Server) readScope(v string, c *scopes) (*resource, string, *loginFailure) {
	id, name := graphResource.audiences[0], v
	if i := strings.LastIndexByte(v, '/'); i >= 0 {
		id, name = v[:i], v[i+1:]
	}
	found := s.resourcesNamed(id)
	if len(found) == 0 {
		return nil, "", errNoResource(id, s.tenant.Name())
	}
	api, known := found[0], []string{"User.Read"}
	if api == s.api {
		c.resource, known = id, []string{s.cfg.Auth.Scope}
	}
	if name == ".default" {
		name = known[0]
	}
	if !slices.Contains(known, name) {
		return nil, "", &loginFailure{http.StatusBadRequest, "invalid_client", 650053, "The application '" + s.aoc.name + "' asked for scope '" + name +
			"' that doesn't exist on the resource '" + api.appID + "'. Contact the app vendor."}
	}
	return api, name, nil
}

func errNoResource(id, tenant string) *loginFailure {
	return &loginFailure{http.StatusBadRequest, "invalid_resource", 500011, "The resource principal named " + id +
		" was not found in the tenant named " + tenant + ". This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."}
}

// openID lists the scopes of OpenID Connect that were asked for.
func (c scopes) openID() (list []string) {
	for i, asked := range []bool{c.openid, c.profile, c.offline, c.email} {
		if asked && openIDScopes[i] != "offline_access" {
			list = append(list, openIDScopes[i])
		}
	}
	return list
}

// permissions is the claim scp of the access token.
func (c scopes) permissions() string {
	if c.resource == "" {
		return strings.Join(append(c.openID(), c.names...), " ")
	}
	return strings.Join(c.names, " ")
}

// granted is what the token endpoint says it has given.
func (c scopes) granted() string {
	list := c.openID()
	for _, name := range c.names {
		if c.resource != "" {
			name = c.resource + "/" + name
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}
