package simulator

import (
	"slices"
	"strings"
)

// resource is an API that tokens are issued for.
type resource struct {
	role        role
	appID       string
	audiences   []string // App-ID URIs, in every cloud
	permissions []string
}

var graphResource = &resource{
	role: roleGraph, appID: "00000003-0000-0000-c000-000000000000",
	audiences: []string{
		"https://graph.microsoft.com", "https://graph.microsoft.us", "https://dod-graph.microsoft.us", "https://microsoftgraph.chinacloudapi.cn",
	},
	permissions: []string{PermissionAuditLog, PermissionDirectory, PermissionIntune, PermissionRisk, PermissionUserBasic, PermissionGroupMember},
}

var manageResource = &resource{
	role: roleManage, appID: "c5393580-f805-4401-95e8-94b7a6ef2fc2",
	audiences: []string{
		"https://manage.office.com", "https://manage-gcc.office.com", "https://manage.office365.us", "https://manage.protection.apps.mil",
	},
	permissions: []string{PermissionActivity, PermissionDLP},
}

var resources = []*resource{graphResource, manageResource}

// resourcesNamed finds what a scope's or resource parameter's identifier means. Under
// one listener the server's own address means both.
func (s *Server) resourcesNamed(id string) []*resource {
	id = strings.TrimSuffix(id, "/")
	if s.isAPI(id) {
		return []*resource{s.api}
	}
	var found []*resource
	for _, x := range resources {
		if s.isAudience(id, x, "") {
			found = append(found, x)
		}
	}
	return found
}

// isAPI reports whether an identifier names AOC as an API.
func (s *Server) isAPI(id string) bool {
	return strings.EqualFold(id, s.api.appID) || slices.ContainsFunc(s.api.audiences, func(a string) bool { return strings.EqualFold(id, a) })
}

// isAudience reports whether a token's audience, or a scope's resource, is this API. The
// host is the one a request came in under.
func (s *Server) isAudience(id string, x *resource, host string) bool {
	id = strings.TrimSuffix(id, "/")
	if strings.EqualFold(id, x.appID) || (host != "" && strings.EqualFold(id, "https://"+host)) {
		return true
	}
	own := s.url(x.role)
	if strings.EqualFold(id, own) {
		return true
	}
	for _, a := range x.audiences {
		if strings.EqualFold(id, a) {
			return true
		}
	}
	// Further names of the server, at the role's port.
	port := own[strings.LastIndexByte(own, ':')+1:]
	for _, h := range append([]string{"localhost"}, s.cfg.Hosts...) {
		if strings.EqualFold(id, "https://"+h+":"+port) {
			return true
		}
	}
	return false
}
