package config

import (
	"strings"
	"time"
)

// Config is every setting. The tags hold each one's name and default.
type Config struct {
	Tenant   Tenant
	Upstream Upstream
	Collect  Collect
	Server   Server
	Store    Store
	Log      Log
	Auth     Auth
	Detect   Detect
	SIEM     SIEM
	AI       AI
	// Secrets are those that sinks and notifiers name.
	Secrets NamedSecrets

	unknown []string // AOC_ names in the environment that are no setting
}

// Tenant is the Microsoft 365 tenant and how to sign in to it.
type Tenant struct {
	ID       string `env:"TENANT_ID"`
	ClientID string `env:"CLIENT_ID"`
	// Credential is the method: secret, certificate, managed-identity or workload-identity.
	// Empty means certificate when a file is named, else secret.
	Credential          string `env:"AOC_CREDENTIAL"`
	ClientSecret        Secret `env:"CLIENT_SECRET"`
	CertificateFile     string `env:"AOC_CERTIFICATE_FILE"`
	CertificatePassword Secret `env:"AOC_CERTIFICATE_PASSWORD"`
}

// Upstream is where Microsoft 365 is found.
type Upstream struct {
	Cloud     string `env:"AOC_CLOUD" envDefault:"worldwide"`
	LoginURL  string `env:"AOC_LOGIN_URL"`
	GraphURL  string `env:"AOC_GRAPH_URL"`
	ManageURL string `env:"AOC_MANAGE_URL"`
	// CAFile is PEM with further certificate authorities to trust.
	CAFile string `env:"AOC_CA_FILE"`
	// Allowed is where AOC may connect to beside Microsoft: entries of an egress policy.
	Allowed List `env:"AOC_OUTGOING_ALLOWED" envDefault:"public"`
	// PublisherID is sent to the Management Activity API; empty means the tenant's own id.
	PublisherID string `env:"AOC_PUBLISHER_ID"`
}

// Collect is what is collected, and how often.
type Collect struct {
	Periodic           bool   `env:"ENABLE_PERIODIC_FETCH" envDefault:"true"`
	IntervalMinutes    int    `env:"FETCH_INTERVAL_MINUTES" envDefault:"5"`
	FirstFetchHours    int    `env:"AOC_FIRST_FETCH_HOURS" envDefault:"168"`
	Sources            List   `env:"AOC_SOURCES" envDefault:"directoryaudit,intuneaudit,managementactivity"`
	ContentTypes       List   `env:"AOC_CONTENT_TYPES" envDefault:"Audit.Exchange,Audit.SharePoint,Audit.General"`
	DirectoryNames     string `env:"AOC_DIRECTORY_NAMES" envDefault:"auto"`
	Workers            int    `env:"AOC_WORKERS" envDefault:"4"`
	WebhookClientState Secret `env:"AOC_WEBHOOK_CLIENT_STATE"`
	RetentionDays      int    `env:"RETENTION_DAYS" envDefault:"0"`
}

// Interval is the time between two collections.
func (c Collect) Interval() time.Duration { return time.Duration(c.IntervalMinutes) * time.Minute }

// FirstFetch is how far back the first collection of a feed goes.
func (c Collect) FirstFetch() time.Duration { return time.Duration(c.FirstFetchHours) * time.Hour }

// NamesOn reports whether names of directory objects are looked up.
func (c Collect) NamesOn() bool { return strings.EqualFold(c.DirectoryNames, "auto") }

// Server is the HTTP service.
type Server struct {
	Listen string `env:"AOC_LISTEN" envDefault:"127.0.0.1:8000"`
	// AllowUnauthenticated holds [Consent] when the service may listen beyond this machine
	// although nobody signs in.
	AllowUnauthenticated string `env:"AOC_ALLOW_UNAUTHENTICATED"`
	// Hosts are names the service is reached by, beside those of this machine.
	Hosts       List `env:"AOC_HOSTS"`
	CORSOrigins List `env:"CORS_ORIGINS"`
	// PublicURL is the address that people type; empty: this machine's.
	PublicURL string `env:"AOC_PUBLIC_URL"`
	// TLSCertFile and TLSKeyFile are PEM: the certificate with its chain, and its key.
	TLSCertFile string `env:"AOC_TLS_CERT_FILE"`
	TLSKeyFile  string `env:"AOC_TLS_KEY_FILE"`
	// TrustedProxies are addresses, networks, or [PrivateNetworks].
	TrustedProxies List `env:"AOC_TRUSTED_PROXIES"`
	// Connections may be open at once; ClientConnections from one address, 0: any number.
	Connections       int `env:"AOC_MAX_CONNECTIONS" envDefault:"4096"`
	ClientConnections int `env:"AOC_MAX_CONNECTIONS_PER_CLIENT" envDefault:"256"`
	// RequestsPerSecond is how often one address may ask; 0: as often as it likes.
	RequestsPerSecond int `env:"AOC_REQUESTS_PER_SECOND" envDefault:"100"`
	// Searches is how many are worked on at once; 0: by the number of processors.
	Searches int `env:"AOC_MAX_SEARCHES" envDefault:"0"`
	// ImportMaxMB is the largest file that can be imported through the API, in MiB.
	ImportMaxMB int `env:"AOC_IMPORT_MAX_MB" envDefault:"1024"`
}

// Store is where data is kept.
type Store struct {
	DataDir string `env:"AOC_DATA_DIR" envDefault:"./data"`
	CacheMB int    `env:"AOC_CACHE_MB" envDefault:"128"`
	// MongoURI is the connection string of a MongoDB that holds the data in place of the
	// data folder.
	MongoURI      Secret `env:"MONGO_URI"`
	MongoDatabase string `env:"AOC_MONGO_DATABASE" envDefault:"micro_soc"`
	// MongoEvents names the collection of events, MongoPrefix begins the names of all others.
	MongoEvents string `env:"AOC_MONGO_EVENTS" envDefault:"events"`
	MongoPrefix string `env:"AOC_MONGO_PREFIX" envDefault:"aoc_"`
	// Chain is on, or off where a MongoDB shall expire events by itself.
	Chain string `env:"AOC_CHAIN" envDefault:"on"`
}

// Shared reports whether several processes can work on the store at once.
func (s Store) Shared() bool { return s.MongoURI.IsSet() }

// Chained reports whether the log is kept as a chain of evidence.
func (s Store) Chained() bool { return !strings.EqualFold(s.Chain, "off") }

// Log is how AOC logs.
type Log struct {
	Level  string `env:"AOC_LOG_LEVEL" envDefault:"info"`
	Format string `env:"AOC_LOG_FORMAT" envDefault:"text"`
}

// Detect says whether events are judged by rules.
type Detect struct {
	AlertsEnabled bool `env:"ALERTS_ENABLED" envDefault:"false"`
	// Placeholders are values of placeholders in rules: name=value|value.
	Placeholders List `env:"AOC_RULE_PLACEHOLDERS"`
}

// SIEM is the sink that needs no more than two settings: each event as JSON by POST.
type SIEM struct {
	SIEMEnabled    bool   `env:"SIEM_ENABLED" envDefault:"false"`
	SIEMWebhookURL Secret `env:"SIEM_WEBHOOK_URL"`
}

// List is a setting with several values, separated by commas. Blanks around them and
// empty ones are dropped.
type List []string

// UnmarshalText implements [encoding.TextUnmarshaler].
func (l *List) UnmarshalText(text []byte) error {
	*l = nil
	for v := range strings.SplitSeq(string(text), ",") {
		if v = strings.TrimSpace(v); v != "" {
			*l = append(*l, v)
		}
	}
	return nil
}

// MarshalText implements [encoding.TextMarshaler].
func (l List) MarshalText() ([]byte, error) { return []byte(strings.Join(l, ",")), nil }

// Collects reports whether a tenant is configured.
func (c Config) Collects() bool { return c.Tenant.ID != "" }
