package simulator

import (
	"crypto/x509"
	"log/slog"
	"net/http"
	"time"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// The application permissions that the simulated endpoints ask for.
const (
	PermissionAuditLog  = "AuditLog.Read.All"
	PermissionDirectory = "Directory.Read.All"
	PermissionIntune    = "DeviceManagementApps.Read.All"
	PermissionRisk      = "IdentityRiskEvent.Read.All"
	PermissionActivity  = "ActivityFeed.Read"
	PermissionDLP       = "ActivityFeed.ReadDlp"

	// These two together are the least that tells in which groups somebody is.
	PermissionUserBasic   = "User.ReadBasic.All"
	PermissionGroupMember = "GroupMember.Read.All"
)

// Permissions lists the permissions that collecting needs: with them every simulated
// endpoint answers.
func Permissions() []string {
	return []string{PermissionAuditLog, PermissionDirectory, PermissionIntune, PermissionRisk, PermissionActivity, PermissionDLP}
}

// Config says what to simulate. The zero value is a tenant without faults whose client
// id and secret are to be asked of the server.
type Config struct {
	// Tenant is the tenant to invent; its seed is the seed of everything else too.
	Tenant tenant.Config
	// ClientID and ClientSecret are the application's; derived from the seed when empty.
	ClientID, ClientSecret string
	// ExpiredSecret is a secret that used to be right.
	ExpiredSecret string
	// Certificate, if set, is the one that client assertions are checked against.
	Certificate *x509.Certificate
	// Permissions granted to the application; nil means all of [Permissions].
	Permissions []string
	// Auth is how AOC itself is registered, as the application that people sign in to.
	Auth AuthConfig
	// Free takes the premium licence from the tenant: sign-ins and risk detections are
	// refused and directory audits are kept for 7 days.
	Free bool
	// AuditDisabled turns unified audit logging off: subscriptions cannot be started.
	AuditDisabled bool

	// Clock drives everything but TLS; nil means the machine's clock.
	Clock aoc.Clock
	// GraphHistory and ManagementHistory say how much there is to collect when the server
	// is made; default 30 and 7 days, which is also what Microsoft keeps. Both are rounded
	// to whole hours so that what the manifest lists does not expire within the first hour.
	GraphHistory, ManagementHistory time.Duration

	// Listen is the address to listen on, default 127.0.0.1:0. With a port given, the
	// three roles take it and the two after it.
	Listen string
	// OneListener serves all three roles under one address.
	OneListener bool
	// PlainLogin serves the token service, too, without TLS on a port of its own of this
	// machine: a browser would warn of the simulator's certificate.
	PlainLogin bool
	// Hosts are further names that the server's certificate is valid for.
	Hosts []string

	// GraphPage is the default and largest page of the audit lists, default 1,000;
	// ContentPage that of the content listing, default 200.
	GraphPage, ContentPage int
	// BlobInterval is how often blobs are cut, default 5 minutes; BlobRecords their mean
	// size, default 30 records.
	BlobInterval time.Duration
	BlobRecords  int
	// Duplicates is the share of unified records that are delivered twice, half of them
	// in one blob, half in the next; negative for none. Default 0.01.
	Duplicates float64
	// Warmup is how long a new subscription stays empty. What it missed meanwhile then
	// appears at once. Real: up to 12 hours; default none.
	Warmup time.Duration
	// StartInterval is the wait between starts of one content type, default 15 minutes;
	// negative for none.
	StartInterval time.Duration

	Limits Limits
	// Poison is the share of records that are served syntactically broken, alone in an
	// otherwise good page or blob.
	Poison float64
	// Faults can be switched later with [Server.SetFaults].
	Faults Faults
	// Latency is added to every answer.
	Latency time.Duration

	// CacheBytes bounds the memory for records, default 256 MB; hours that fall out are
	// made again when asked for.
	CacheBytes int
	// WebhookClient validates webhooks when subscriptions are started with one.
	WebhookClient *http.Client
	// Log takes one line for each request at debug level; nil for none.
	Log *slog.Logger
}

// Limits are the request limits, per application. A limit of zero is Microsoft's; a
// negative one is none.
type Limits struct {
	GraphReports int // audit reports per 10 s, default 5
	Intune       int // Intune audit events per 20 s, default 1,000
	Risks        int // risk detections per second, default 1
	Directory    int // directory objects per 10 s, default 3,000
	Management   int // Management Activity API per minute and publisher, default 2,000
}

func (l Limits) withDefaults() Limits {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&l.GraphReports, 5)
	def(&l.Intune, 1000)
	def(&l.Risks, 1)
	def(&l.Directory, 3000)
	def(&l.Management, 2000)
	return l
}

// What Microsoft keeps, and for how long.
const (
	graphRetention      = 30 * 24 * time.Hour
	riskRetention       = 90 * 24 * time.Hour
	graphRetentionFree  = 7 * 24 * time.Hour
	managementRetention = 7 * 24 * time.Hour
)

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = aoc.SystemClock{}
	}
	if c.Permissions == nil {
		c.Permissions = Permissions()
	}
	if c.GraphHistory <= 0 {
		c.GraphHistory = graphRetention
	}
	if c.ManagementHistory <= 0 {
		c.ManagementHistory = managementRetention
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.GraphPage <= 0 || c.GraphPage > maxGraphPage {
		c.GraphPage = maxGraphPage
	}
	if c.ContentPage <= 0 {
		c.ContentPage = 200
	}
	if c.BlobInterval <= 0 {
		c.BlobInterval = 5 * time.Minute
	}
	if c.BlobRecords <= 0 {
		c.BlobRecords = 30
	}
	if c.Duplicates == 0 {
		c.Duplicates = 0.01
	}
	if c.StartInterval == 0 {
		c.StartInterval = 15 * time.Minute
	}
	if c.CacheBytes <= 0 {
		c.CacheBytes = 256 << 20
	}
	if c.WebhookClient == nil {
		c.WebhookClient = &http.Client{Timeout: 10 * time.Second}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Limits = c.Limits.withDefaults()
	return c
}
