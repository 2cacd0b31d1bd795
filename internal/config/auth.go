package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"aoc"
)

// Auth says who may use the service. Without it everybody who reaches it may.
type Auth struct {
	Enabled      bool   `env:"AUTH_ENABLED" envDefault:"false"`
	TenantID     string `env:"AUTH_TENANT_ID"` // empty: TENANT_ID
	AuthClientID string `env:"AUTH_CLIENT_ID"`
	// AllowedRoles and AllowedGroups let in who has one of either; both empty: everybody whom
	// the provider knows.
	AllowedRoles  List `env:"AUTH_ALLOWED_ROLES"`
	AllowedGroups List `env:"AUTH_ALLOWED_GROUPS"`
	// Issuer is another provider than Entra ID.
	Issuer string `env:"AOC_AUTH_ISSUER"`
	// Audiences are names of AOC in tokens beside AuthClientID and api://AuthClientID.
	Audiences List `env:"AOC_AUTH_AUDIENCES"`
	// AuthClientSecret or the certificate lets people sign in with a browser.
	AuthClientSecret        Secret `env:"AOC_AUTH_CLIENT_SECRET"`
	AuthCertificateFile     string `env:"AOC_AUTH_CERTIFICATE_FILE"`
	AuthCertificatePassword Secret `env:"AOC_AUTH_CERTIFICATE_PASSWORD"`
	// Readers, Analysts and Managers are values of the claim roles and ids of groups.
	Readers  List `env:"AOC_AUTH_READERS"`
	Analysts List `env:"AOC_AUTH_ANALYSTS"`
	Managers List `env:"AOC_AUTH_MANAGERS"`
	// Tenants binds such values to tenants: value=tenant|tenant, value=*.
	Tenants List `env:"AOC_AUTH_TENANTS"`
	// IdleMinutes ends a browser's session that is not used, SessionHours any.
	IdleMinutes  int `env:"AOC_AUTH_IDLE_MINUTES" envDefault:"60"`
	SessionHours int `env:"AOC_AUTH_SESSION_HOURS" envDefault:"12"`
}

// Browser reports whether people can sign in with a browser.
func (a Auth) Browser() bool {
	return a.Enabled && (a.AuthClientSecret.IsSet() || a.AuthCertificateFile != "")
}

// SignInTenant is the tenant that people sign in to.
func (c Config) SignInTenant() string {
	if c.Auth.TenantID != "" {
		return c.Auth.TenantID
	}
	return c.Tenant.ID
}

// Roles gives the roles by the values that give them.
func (a Auth) Roles() map[string]aoc.Role {
	roles := map[string]aoc.Role{}
	for _, r := range []struct {
		values List
		role   aoc.Role
	}{{a.Readers, aoc.RoleReader}, {a.Analysts, aoc.RoleAnalyst}, {a.Managers, aoc.RoleManager}} {
		for _, v := range r.values {
			roles[v] = r.role // the later one is the higher one
		}
	}
	return roles
}

// BoundTo gives the tenants by the values that are bound to them.
func (a Auth) BoundTo() map[string][]string {
	bound := map[string][]string{}
	for _, entry := range a.Tenants {
		value, tenants, _ := cutLast(entry, "=")
		for tenant := range strings.SplitSeq(tenants, "|") {
			bound[value] = append(bound[value], strings.ToLower(strings.TrimSpace(tenant)))
		}
	}
	return bound
}

// cutLast cuts at the last separator: names of roles may hold one.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+len(sep):]), true
	}
	return s, "", false
}

// PublicAddress is where people reach the service, without a slash at the end.
func (s Server) PublicAddress() string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/")
	}
	_, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return ""
	}
	if s.TLSCertFile != "" {
		return "https://localhost:" + port
	}
	return "http://localhost:" + port
}

func (c Config) checkAuth(bad *Problems) {
	a := c.Auth
	if !a.Enabled {
		for _, s := range []struct {
			name string
			set  bool
		}{
			{"AUTH_ALLOWED_ROLES", len(a.AllowedRoles) > 0}, {"AUTH_ALLOWED_GROUPS", len(a.AllowedGroups) > 0},
			{"AOC_AUTH_READERS", len(a.Readers) > 0}, {"AOC_AUTH_ANALYSTS", len(a.Analysts) > 0}, {"AOC_AUTH_MANAGERS", len(a.Managers) > 0},
			{"AOC_AUTH_TENANTS", len(a.Tenants) > 0},
		} {
			if s.set {
				bad.add(s.name, "says who may do what, but nobody has to sign in", "Set AUTH_ENABLED=true, or remove it.")
			}
		}
		return
	}
	c.checkProvider(bad)
	bad.number("AOC_AUTH_IDLE_MINUTES", a.IdleMinutes, 1, 24*60)
	bad.number("AOC_AUTH_SESSION_HOURS", a.SessionHours, 1, 24*30)
	if a.AuthCertificateFile != "" {
		bad.file("AOC_AUTH_CERTIFICATE_FILE", a.AuthCertificateFile, "Name a PEM file with certificate and private key, or remove it.")
	}
	for _, group := range a.AllowedGroups {
		if !guid.MatchString(group) && a.Issuer == "" {
			bad.add("AUTH_ALLOWED_GROUPS", fmt.Sprintf("has an entry that is no id of a group: %q", group), "Tokens name groups by their Object ID. Names of app roles go into AUTH_ALLOWED_ROLES.")
		}
	}
	c.checkBounds(bad)
	c.checkPublic(bad)
}

// checkProvider checks whom people sign in to.
func (c Config) checkProvider(bad *Problems) {
	a := c.Auth
	if a.Issuer != "" {
		if u, err := url.Parse(a.Issuer); err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
			bad.add("AOC_AUTH_ISSUER", "is not an https address", "Write it exactly as the provider's OpenID configuration names its issuer.")
		}
		if a.AuthClientID == "" {
			bad.add("AUTH_CLIENT_ID", "is missing", "Set it to the client id that the provider gave AOC.")
		}
		return
	}
	bad.guid("AUTH_CLIENT_ID", a.AuthClientID, "Application (client) ID")
	bad.guid("AUTH_TENANT_ID", c.SignInTenant(), "Directory (tenant) ID")
}

// checkBounds checks which tenants roles and groups are bound to.
func (c Config) checkBounds(bad *Problems) {
	for _, entry := range c.Auth.Tenants {
		value, tenants, ok := cutLast(entry, "=")
		if !ok || value == "" || tenants == "" {
			bad.add("AOC_AUTH_TENANTS", fmt.Sprintf("has an entry that binds nothing: %q", entry), "Write each like SOC.North=11111111-2222-3333-4444-555555555555|66666666-…, or SOC.All=*.")
			continue
		}
		for tenant := range strings.SplitSeq(tenants, "|") {
			if tenant = strings.TrimSpace(tenant); tenant != "*" && !guid.MatchString(tenant) {
				bad.add("AOC_AUTH_TENANTS", fmt.Sprintf("names a tenant that is no GUID: %q", tenant), "Name tenants by their Directory (tenant) ID, or write * for all.")
			}
		}
	}
}

// checkPublic checks where people come back to.
func (c Config) checkPublic(bad *Problems) {
	s := c.Server
	host, _, err := net.SplitHostPort(s.Listen)
	if s.PublicURL == "" {
		if c.Auth.Browser() && err == nil && !isLoopback(host) {
			bad.add("AOC_PUBLIC_URL", "is missing", "Set it to the address that people type, such as https://soc.contoso.example: the identity provider sends them back there.")
		}
		return
	}
	u, err := url.Parse(s.PublicURL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		bad.add("AOC_PUBLIC_URL", "is not a plain web address", "Write it like https://soc.contoso.example, without a path.")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		bad.add("AOC_PUBLIC_URL", "is not https", "Cookies of sessions are sent over https alone; put AOC behind a proxy with a certificate.")
	case !slices.Contains(append([]string{"localhost", "127.0.0.1", "::1"}, s.Hosts...), u.Hostname()) && isLoopbackListener(s.Listen):
		bad.add("AOC_HOSTS", "does not name the host of AOC_PUBLIC_URL", "Add "+u.Hostname()+" to it: other names are refused.")
	}
}

func isLoopbackListener(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	return err == nil && isLoopback(host)
}
