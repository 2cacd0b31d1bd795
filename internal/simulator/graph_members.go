package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// maxCheckGroups is how many groups can be asked about at once.
const maxCheckGroups = 20

// mayReadMembers checks whether somebody's groups may be read: an application needs a
// permission for users and one for groups, or the one for all of the directory.
func (s *Server) mayReadMembers(w http.ResponseWriter, r *http.Request, c *accessClaims) bool {
	return s.mayRead(w, r, c, c.has(PermissionDirectory) || c.has(PermissionUserBasic) && c.has(PermissionGroupMember))
}

// member finds whose groups are asked for; it answers the request itself when there is nobody.
func (s *Server) member(w http.ResponseWriter, r *http.Request) (Person, bool) {
	id := r.PathValue("id")
	if p := s.person(id); p != nil {
		return *p, true
	}
	for i := range s.tenant.Users {
		if u := &s.tenant.Users[i]; strings.EqualFold(u.ID, id) || strings.EqualFold(u.UPN, id) {
			return personOf(u), true
		}
	}
	s.graphError(w, r, http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
	return Person{}, false
}

// checkMemberGroups answers with those of up to 20 groups that somebody is in, directly or
// through other groups.
func (s *Server) checkMemberGroups(w http.ResponseWriter, r *http.Request, c *accessClaims) {
	if !s.mayReadMembers(w, r, c) {
		return
	}
	var ask struct {
		IDs []string `json:"groupIds"`
	}
	if !s.graphAsked(w, r, &ask) {
		return
	}
	switch {
	case ask.IDs == nil:
		s.graphError(w, r, http.StatusBadRequest, "Request_BadRequest", "Expected property 'groupIds' is not present.")
		return
	case len(ask.IDs) > maxCheckGroups:
		s.graphError(w, r, http.StatusBadRequest, "Request_BadRequest", "The number of values specified for 'groupIds' exceeds the maximum of 20.")
		return
	}
	if !s.graphGUIDs(w, r, ask.IDs) {
		return
	}
	p, ok := s.member(w, r)
	if !ok {
		return
	}
	asked := func(id string) bool {
		return slices.ContainsFunc(ask.IDs, func(v string) bool { return strings.EqualFold(v, id) })
	}
	s.graphIDs(w, r, slices.DeleteFunc(slices.Clone(p.Groups), func(id string) bool { return !asked(id) }))
}

// getMemberGroups answers with all groups that somebody is in, on one page. getMemberObjects
// would add directory roles and administrative units, which nobody here has.
func (s *Server) getMemberGroups(w http.ResponseWriter, r *http.Request, c *accessClaims) {
	if !s.mayReadMembers(w, r, c) {
		return
	}
	var ask struct {
		SecurityOnly bool `json:"securityEnabledOnly"`
	}
	if !s.graphAsked(w, r, &ask) {
		return
	}
	p, ok := s.member(w, r)
	if !ok {
		return
	}
	groups := p.Groups
	if ask.SecurityOnly {
		groups = s.securityGroups(groups)
	}
	s.graphIDs(w, r, groups)
}

// graphIDs answers with a list of ids.
func (s *Server) graphIDs(w http.ResponseWriter, r *http.Request, ids []string) {
	if ids == nil {
		ids = []string{}
	}
	body, err := json.Marshal(map[string]any{"@odata.context": "https://" + r.Host + "/v1.0/$metadata#Collection(Edm.String)", "value": ids})
	if err != nil {
		body = []byte("{}")
	}
	s.graphBody(w, r, body)
}
