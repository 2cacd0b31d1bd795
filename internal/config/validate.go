package config

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/egress"
)

// The values that settings of choice can have. Tests hold the lists of clouds, collectors
// and content types against the packages that implement them.
var ( //nolint:gochecknoglobals // read-only tables
	clouds       = []string{"worldwide", "gcc", "gcch", "dod", "china"}
	collectors   = []string{"directoryaudit", "intuneaudit", "managementactivity", "riskdetection", "signin"}
	contentTypes = []string{"Audit.AzureActiveDirectory", "Audit.Exchange", "Audit.SharePoint", "Audit.General", "DLP.All"}
	credentials  = []string{"secret", "certificate", "managed-identity", "workload-identity"}
	logLevels    = []string{"debug", "info", "warn", "error"}
	logFormats   = []string{"text", "json"}
	nameModes    = []string{"auto", "off"}
	chainModes   = []string{"on", "off"}
)

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// Validate tells everything that is wrong with the settings, as [Load] does.
func (c Config) Validate() error {
	var bad Problems
	c.check(&bad)
	return bad.err()
}

func (c Config) check(bad *Problems) {
	c.checkAuth(bad)
	c.checkTenant(bad)
	c.checkUpstream(bad)
	if c.SIEM.SIEMEnabled && !c.SIEM.SIEMWebhookURL.IsSet() {
		bad.add("SIEM_WEBHOOK_URL", "is missing", "Set it to the address that takes events as JSON, or SIEM_ENABLED=false.")
	}
	for _, entry := range c.Detect.Placeholders {
		if name, values, ok := strings.Cut(entry, "="); !ok || strings.TrimSpace(name) == "" || values == "" {
			bad.add("AOC_RULE_PLACEHOLDERS", fmt.Sprintf("has an entry that gives nothing a value: %q", entry), "Write each like break_glass=emergency1@contoso.example|emergency2@contoso.example.")
		}
	}
	c.checkCollect(bad)
	c.checkServer(bad)
	c.checkStore(bad)
	c.checkAI(bad)
	bad.choice("AOC_LOG_LEVEL", c.Log.Level, logLevels)
	bad.choice("AOC_LOG_FORMAT", c.Log.Format, logFormats)
}

func (c Config) checkTenant(bad *Problems) {
	t := c.Tenant
	if t.ID == "" {
		if t.ClientID != "" || t.ClientSecret.IsSet() || t.CertificateFile != "" {
			bad.add("TENANT_ID", "is missing", "Set it to the Directory (tenant) ID that the app registration shows in Entra.")
		}
		return
	}
	bad.guid("TENANT_ID", t.ID, "Directory (tenant) ID")
	bad.choice("AOC_CREDENTIAL", t.Method(), credentials)
	if t.ClientID != "" || t.Method() != "managed-identity" {
		bad.guid("CLIENT_ID", t.ClientID, "Application (client) ID")
	}
	switch t.Method() {
	case "secret":
		if !t.ClientSecret.IsSet() {
			bad.add("CLIENT_SECRET", "is missing", "Set it, or CLIENT_SECRET_FILE, to the value (not the ID) of a client secret of the app registration; or choose another AOC_CREDENTIAL.")
		}
	case "certificate":
		bad.file("AOC_CERTIFICATE_FILE", t.CertificateFile, "Name a PEM file with certificate and private key, or a PFX file.")
	}
}

// Method is how to sign in, with the default worked out.
func (t Tenant) Method() string {
	switch {
	case t.Credential != "":
		return strings.ToLower(t.Credential)
	case t.CertificateFile != "":
		return "certificate"
	}
	return "secret"
}

func (c Config) checkUpstream(bad *Problems) {
	u := c.Upstream
	bad.choice("AOC_CLOUD", u.Cloud, clouds)
	for _, a := range []struct{ name, url string }{
		{"AOC_LOGIN_URL", u.LoginURL}, {"AOC_GRAPH_URL", u.GraphURL}, {"AOC_MANAGE_URL", u.ManageURL},
	} {
		bad.address(a.name, a.url)
	}
	if u.CAFile != "" {
		bad.file("AOC_CA_FILE", u.CAFile, "Name a PEM file with the certificate authorities to trust, or remove it.")
	}
	if u.PublisherID != "" {
		bad.guid("AOC_PUBLISHER_ID", u.PublisherID, "tenant ID of who publishes the application; or remove it to send your own")
	}
	if _, err := egress.New(u.Allowed...); err != nil {
		bad.add("AOC_OUTGOING_ALLOWED", "has an entry that permits nothing: "+aoc.MessageOf(err), aoc.HintOf(err))
	}
}

func (c Config) checkCollect(bad *Problems) {
	k := c.Collect
	bad.number("FETCH_INTERVAL_MINUTES", k.IntervalMinutes, 1, 1440)
	bad.number("AOC_FIRST_FETCH_HOURS", k.FirstFetchHours, 1, 720)
	bad.number("RETENTION_DAYS", k.RetentionDays, 0, 36500)
	bad.number("AOC_WORKERS", k.Workers, 1, 64)
	bad.choice("AOC_DIRECTORY_NAMES", k.DirectoryNames, nameModes)
	for _, s := range k.Sources {
		bad.choice("AOC_SOURCES", s, collectors)
	}
	for _, t := range k.ContentTypes {
		bad.choice("AOC_CONTENT_TYPES", t, contentTypes)
	}
}

// number checks a number against its bounds.
func (ps *Problems) number(name string, v, least, most int) {
	if v < least || v > most {
		ps.add(name, fmt.Sprintf("is out of range: %d", v), fmt.Sprintf("Choose a whole number from %d to %d.", least, most))
	}
}

// choice checks a value, in any letter case, against those there are.
func (ps *Problems) choice(name, v string, choices []string) {
	if !slices.ContainsFunc(choices, func(c string) bool { return strings.EqualFold(c, v) }) {
		ps.add(name, fmt.Sprintf("has a value that is not known: %q", v), "Choose from "+strings.Join(choices, ", ")+".")
	}
}

// IsGUID reports whether a text is a GUID as Microsoft writes the ids of tenants.
func IsGUID(text string) bool { return guid.MatchString(text) }

func (ps *Problems) guid(name, v, what string) {
	switch {
	case v == "":
		ps.add(name, "is missing", "Set it to the "+what+" that the app registration shows in Entra.")
	case !guid.MatchString(v):
		ps.add(name, "is not a GUID such as 00000000-0000-0000-0000-000000000000", "Set it to the "+what+".")
	}
}

func (ps *Problems) file(name, path, remedy string) {
	if path == "" {
		ps.add(name, "is missing", remedy)
		return
	}
	f, err := os.Open(path)
	if err != nil {
		ps.add(name, "names a file that cannot be read: "+path, remedy)
		return
	}
	_ = f.Close()
}

// address checks the address of a service: https, or http on this machine.
func (ps *Problems) address(name, v string) {
	if v == "" {
		return
	}
	u, err := url.Parse(v)
	plain := err == nil && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
	switch {
	case !plain:
		ps.add(name, "is not a plain web address", "Write it like https://host.example, or remove it.")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		ps.add(name, "is not https", "Use https: a token sent over plain http can be read on the way.")
	}
}
