package m365

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"aoc"
)

// API is one of the two services AOC reads from. Each has its own host and token.
type API string

// The services.
const (
	Graph  API = "graph"  // Microsoft Graph
	Manage API = "manage" // Office 365 Management Activity API
)

// title names a service to people.
func (a API) title() string {
	if a == Manage {
		return "the Office 365 Management API"
	}
	return "Microsoft Graph"
}

// Cloud is one of Microsoft's separate clouds: where to sign in and where its services
// are. Tokens of one cloud mean nothing in another.
type Cloud struct {
	Name string
	// Login, Graph and Manage are base addresses without a trailing slash.
	Login, Graph, Manage string
	// GraphScope and ManageScope are what tokens are asked for: by default the address
	// of the service with "/.default".
	GraphScope, ManageScope string
}

// clouds are Microsoft's published hosts (Entra "national clouds" and the Management
// Activity API reference). The Management API host of the China cloud is not in the
// reference; it is the one Microsoft's own Exchange scripts use.
var clouds = map[string]Cloud{
	"worldwide": hosts("login.microsoftonline.com", "graph.microsoft.com", "manage.office.com"),
	"gcc":       hosts("login.microsoftonline.com", "graph.microsoft.com", "manage-gcc.office.com"),
	"gcch":      hosts("login.microsoftonline.us", "graph.microsoft.us", "manage.office365.us"),
	"dod":       hosts("login.microsoftonline.us", "dod-graph.microsoft.us", "manage.protection.apps.mil"),
	"china":     hosts("login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn", "manage.office.cn"),
}

func hosts(login, graph, manage string) Cloud {
	return Cloud{Login: "https://" + login, Graph: "https://" + graph, Manage: "https://" + manage}
}

// CloudNames lists the names [ParseCloud] knows.
func CloudNames() []string { return slices.Sorted(maps.Keys(clouds)) }

// ParseCloud gives the cloud with a name, in any letter case; empty means worldwide.
// Unknown names fail with code invalid.
func ParseCloud(name string) (Cloud, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		name = "worldwide"
	}
	c, ok := clouds[name]
	if !ok {
		return Cloud{}, &aoc.Error{
			Code: aoc.CodeInvalid, Op: "m365.cloud",
			Message: "there is no Microsoft cloud of this name",
			Hint:    "Set AOC_CLOUD to one of " + strings.Join(CloudNames(), ", ") + ".",
		}
	}
	c.Name = name
	return c.With("", "", "")
}

// With gives the cloud with other addresses, such as a simulator's; empty ones stay. An
// address is https, or http on this machine itself; anything else fails with code
// invalid, because a token sent there could be read on the way.
func (c Cloud) With(login, graph, manage string) (Cloud, error) {
	for _, o := range []struct {
		name  string
		host  *string
		scope *string
		given string
	}{
		{"login", &c.Login, nil, login},
		{"graph", &c.Graph, &c.GraphScope, graph},
		{"manage", &c.Manage, &c.ManageScope, manage},
	} {
		if o.given != "" {
			base, err := baseAddress(o.name, o.given)
			if err != nil {
				return Cloud{}, err
			}
			*o.host = base
		}
		if o.scope != nil && (o.given != "" || *o.scope == "") {
			*o.scope = *o.host + "/.default"
		}
	}
	return c, nil
}

func baseAddress(name, given string) (string, error) {
	u, err := url.Parse(strings.TrimRight(given, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", aoc.Errorf(aoc.CodeInvalid, "m365.cloud", "the %s address is not a plain web address", name)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return "", aoc.Errorf(aoc.CodeInvalid, "m365.cloud", "the %s address must be https", name)
	}
	return u.String(), nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// isPublished reports whether the login address is one of Microsoft's own, whose
// authenticity the sign-in library can check with Microsoft.
func (c Cloud) isPublished() bool {
	for _, k := range clouds {
		if c.Login == k.Login {
			return true
		}
	}
	return false
}

func (c Cloud) base(api API) string {
	if api == Manage {
		return c.Manage
	}
	return c.Graph
}

func (c Cloud) scope(api API) string {
	if api == Manage {
		return c.ManageScope
	}
	return c.GraphScope
}
