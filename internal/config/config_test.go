package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/joho/godotenv"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source/directoryaudit"
	"aoc/internal/source/intuneaudit"
	"aoc/internal/source/managementactivity"
	"aoc/internal/source/riskdetection"
	"aoc/internal/source/signin"
)

const tenantID = "11111111-2222-3333-4444-555555555555"

// tenant are settings of a tenant that lack nothing.
var tenant = []string{"TENANT_ID=" + tenantID, "CLIENT_ID=" + tenantID, "CLIENT_SECRET=hunter2-secret"}

func problemsOf(t *testing.T, err error) Problems {
	t.Helper()
	if err == nil {
		return nil
	}
	if aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" {
		t.Errorf("error has code %q and hint %q", aoc.CodeOf(err), aoc.HintOf(err))
	}
	ps, ok := errors.AsType[Problems](err)
	if !ok {
		t.Fatalf("not Problems: %v", err)
	}
	return ps
}

func TestDefaultsFit(t *testing.T) {
	cfg, err := Load(nil, filepath.Join(t.TempDir(), ".env"))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Server.Listen != "127.0.0.1:8000" || !cfg.Collect.Periodic || cfg.Collect.FirstFetchHours != 168 {
		t.Errorf("defaults: %+v", cfg)
	}
	want := List{"directoryaudit", "intuneaudit", "managementactivity"}
	if diff := cmp.Diff(want, cfg.Collect.Sources); diff != "" {
		t.Error(diff)
	}
	if cfg.Collects() || len(cfg.Warnings()) != 1 {
		t.Errorf("without a tenant there is one warning, got %q", cfg.Warnings())
	}
}

// signIn are the settings that sign-in needs.
func signIn() []string {
	return []string{"AUTH_ENABLED=true", "AUTH_TENANT_ID=11111111-2222-3333-4444-555555555555", "AUTH_CLIENT_ID=33333333-4444-5555-6666-777777777777"}
}

// The highest of the roles counts, and names of roles may hold what separates tenants.
func TestRolesAndTenants(t *testing.T) {
	a := Auth{Readers: List{"a", "b"}, Managers: List{"b"}, Tenants: List{"x=y=11111111-2222-3333-4444-55555555555A | *", "x=y=z"}}
	if got := a.Roles(); got["a"] != aoc.RoleReader || got["b"] != aoc.RoleManager || len(got) != 2 {
		t.Errorf("roles %v", got)
	}
	if diff := cmp.Diff(map[string][]string{"x=y": {"11111111-2222-3333-4444-55555555555a", "*", "z"}}, a.BoundTo()); diff != "" {
		t.Error(diff)
	}
}

func TestProblems(t *testing.T) {
	for name, tt := range map[string]struct {
		environ []string
		want    []string // settings, each with a problem
	}{
		"a whole tenant":                {tenant, nil},
		"everything at once":            {[]string{"FETCH_INTERVAL_MINUTES=soon", "ENABLE_PERIODIC_FETCH=maybe", "AOC_WORKERS=0", "AOC_CLOUD=moon", "AUTH_ENABLED=true"}, []string{"AOC_CLOUD", "AOC_WORKERS", "AUTH_CLIENT_ID", "AUTH_TENANT_ID", "ENABLE_PERIODIC_FETCH", "FETCH_INTERVAL_MINUTES"}},
		"words for true":                {[]string{"ENABLE_PERIODIC_FETCH=Off", "ALERTS_ENABLED=yes"}, nil},
		"secret missing":                {tenant[:2], []string{"CLIENT_SECRET"}},
		"tenant missing":                {tenant[1:], []string{"TENANT_ID"}},
		"tenant by name":                {append([]string{"TENANT_ID=contoso.example"}, tenant[1:]...), []string{"TENANT_ID"}},
		"client missing":                {[]string{tenant[0], tenant[2]}, []string{"CLIENT_ID"}},
		"managed identity":              {[]string{tenant[0], "AOC_CREDENTIAL=managed-identity"}, nil},
		"unknown credential":            {append([]string{"AOC_CREDENTIAL=password"}, tenant...), []string{"AOC_CREDENTIAL"}},
		"certificate without file":      {append([]string{"AOC_CREDENTIAL=certificate"}, tenant...), []string{"AOC_CERTIFICATE_FILE"}},
		"certificate not there":         {append([]string{"AOC_CERTIFICATE_FILE=/no/such/file.pem"}, tenant...), []string{"AOC_CERTIFICATE_FILE"}},
		"sign-in of nobody":             {[]string{"AUTH_ENABLED=true"}, []string{"AUTH_CLIENT_ID", "AUTH_TENANT_ID"}},
		"sign-in":                       {append(signIn(), "AOC_LISTEN=0.0.0.0:8000"), nil},
		"sign-in to our own tenant":     {append([]string{"AUTH_ENABLED=true", "AUTH_CLIENT_ID=33333333-4444-5555-6666-777777777777"}, tenant...), nil},
		"sign-in, and who may":          {append(signIn(), "AUTH_ALLOWED_ROLES=SOC", "AOC_AUTH_MANAGERS=Boss", "AOC_AUTH_TENANTS=SOC = 11111111-2222-3333-4444-555555555555|*,a=b=*"), nil},
		"sign-in with a browser":        {append(signIn(), "AOC_AUTH_CLIENT_SECRET=s3cret", "AOC_LISTEN=0.0.0.0:8000", "AOC_PUBLIC_URL=https://soc.example"), nil},
		"no way back":                   {append(signIn(), "AOC_AUTH_CLIENT_SECRET=s3cret", "AOC_LISTEN=0.0.0.0:8000"), []string{"AOC_PUBLIC_URL"}},
		"a way back in the open":        {append(signIn(), "AOC_PUBLIC_URL=http://soc.example"), []string{"AOC_PUBLIC_URL"}},
		"a way back to a path":          {append(signIn(), "AOC_PUBLIC_URL=https://soc.example/aoc"), []string{"AOC_PUBLIC_URL"}},
		"a way back that is refused":    {append(signIn(), "AOC_PUBLIC_URL=https://soc.example"), []string{"AOC_HOSTS"}},
		"rights without sign-in":        {[]string{"AUTH_ALLOWED_ROLES=SOC", "AOC_AUTH_MANAGERS=Boss"}, []string{"AOC_AUTH_MANAGERS", "AUTH_ALLOWED_ROLES"}},
		"groups by name":                {append(signIn(), "AUTH_ALLOWED_GROUPS=SOC"), []string{"AUTH_ALLOWED_GROUPS"}},
		"bound to nothing":              {append(signIn(), "AOC_AUTH_TENANTS=SOC,a=,=*,b=contoso"), []string{"AOC_AUTH_TENANTS"}},
		"another provider":              {[]string{"AUTH_ENABLED=true", "AOC_AUTH_ISSUER=https://accounts.example", "AUTH_CLIENT_ID=aoc"}, nil},
		"another provider, in the open": {[]string{"AUTH_ENABLED=true", "AOC_AUTH_ISSUER=http://accounts.example"}, []string{"AOC_AUTH_ISSUER", "AUTH_CLIENT_ID"}},
		"sessions for ever":             {append(signIn(), "AOC_AUTH_IDLE_MINUTES=0", "AOC_AUTH_SESSION_HOURS=9999"), []string{"AOC_AUTH_IDLE_MINUTES", "AOC_AUTH_SESSION_HOURS"}},
		"a MongoDB":                     {[]string{"MONGO_URI=mongodb://ada:s3cret@db.example:27017"}, nil},
		"a replica set":                 {[]string{"MONGO_URI=mongodb://a.example:27017,b.example:27017/?replicaSet=rs0"}, nil},
		"a MongoDB by service name":     {[]string{"MONGO_URI=mongodb+srv://db.example/?retryWrites=true", "AOC_CHAIN=Off"}, nil},
		"another database":              {[]string{"MONGO_URI=postgres://ada:s3cret@db.example/aoc"}, []string{"MONGO_URI"}},
		"a MongoDB without host":        {[]string{"MONGO_URI=mongodb:///aoc"}, []string{"MONGO_URI"}},
		"names MongoDB refuses":         {[]string{"AOC_MONGO_DATABASE=a.b", "AOC_MONGO_EVENTS=$events", "AOC_MONGO_PREFIX=aoc "}, []string{"AOC_MONGO_DATABASE", "AOC_MONGO_EVENTS", "AOC_MONGO_PREFIX"}},
		"events among the others":       {[]string{"AOC_MONGO_EVENTS=aoc_events"}, []string{"AOC_MONGO_EVENTS"}},
		"own names":                     {[]string{"AOC_MONGO_DATABASE=soc-1", "AOC_MONGO_EVENTS=audit.events", "AOC_MONGO_PREFIX=x."}, nil},
		"no chain in a folder":          {[]string{"AOC_CHAIN=off"}, []string{"AOC_CHAIN"}},
		"half a chain":                  {[]string{"AOC_CHAIN=half"}, []string{"AOC_CHAIN"}},
		"open to the network":           {[]string{"AOC_LISTEN=0.0.0.0:8000"}, []string{"AOC_LISTEN"}},
		"open by empty host":            {[]string{"AOC_LISTEN=:8000"}, []string{"AOC_LISTEN"}},
		"open by name":                  {[]string{"AOC_LISTEN=soc.contoso.example:8000"}, []string{"AOC_LISTEN"}},
		"open in words":                 {[]string{"AOC_LISTEN=0.0.0.0:8000", "AOC_ALLOW_UNAUTHENTICATED=" + Consent}, nil},
		"open in other words":           {[]string{"AOC_LISTEN=0.0.0.0:8000", "AOC_ALLOW_UNAUTHENTICATED=yes"}, []string{"AOC_ALLOW_UNAUTHENTICATED"}},
		"loopback of version 6":         {[]string{"AOC_LISTEN=[::1]:8000"}, nil},
		"no port":                       {[]string{"AOC_LISTEN=127.0.0.1"}, []string{"AOC_LISTEN"}},
		"port by name":                  {[]string{"AOC_LISTEN=127.0.0.1:http"}, []string{"AOC_LISTEN"}},
		"every origin":                  {[]string{"CORS_ORIGINS=*"}, []string{"CORS_ORIGINS"}},
		"origin with path":              {[]string{"CORS_ORIGINS=https://soc.example/"}, []string{"CORS_ORIGINS"}},
		"origins":                       {[]string{"CORS_ORIGINS=https://soc.example, http://localhost:5173"}, nil},
		"imports of nothing":            {[]string{"AOC_IMPORT_MAX_MB=0"}, []string{"AOC_IMPORT_MAX_MB"}},
		"host with port":                {[]string{"AOC_HOSTS=soc.example:443"}, []string{"AOC_HOSTS"}},
		"plain http upstream":           {[]string{"AOC_GRAPH_URL=http://graph.example"}, []string{"AOC_GRAPH_URL"}},
		"http on this machine":          {[]string{"AOC_GRAPH_URL=http://127.0.0.1:9000", "AOC_LOGIN_URL=https://localhost:9000"}, nil},
		"where it may connect to":       {[]string{"AOC_OUTGOING_ALLOWED=public, splunk.contoso.example,*.soc.example,10.0.0.0/8"}, nil},
		"a port of where it may":        {[]string{"AOC_OUTGOING_ALLOWED=splunk.contoso.example:8088"}, []string{"AOC_OUTGOING_ALLOWED"}},
		"placeholders of rules":         {[]string{"AOC_RULE_PLACEHOLDERS=a=x|y,b=z"}, nil},
		"a placeholder without values":  {[]string{"AOC_RULE_PLACEHOLDERS=a="}, []string{"AOC_RULE_PLACEHOLDERS"}},
		"a SIEM":                        {[]string{"SIEM_ENABLED=true", "SIEM_WEBHOOK_URL=https://siem.example/intake?key=1"}, nil},
		"a SIEM nowhere":                {[]string{"SIEM_ENABLED=true"}, []string{"SIEM_WEBHOOK_URL"}},
		"a secret of a sink":            {[]string{"AOC_SECRET_SPLUNK=s3cret"}, nil},
		"no file of a secret":           {[]string{"AOC_SECRET_SPLUNK_FILE=/nowhere"}, []string{"AOC_SECRET_SPLUNK_FILE"}},
		"a model of OpenAI":             {[]string{"AI_FEATURES_ENABLED=true", "LLM_API_KEY=k"}, nil},
		"a model on this machine":       {[]string{"AI_FEATURES_ENABLED=true", "LLM_BASE_URL=http://localhost:11434/v1"}, nil},
		"a model next door":             {[]string{"LLM_BASE_URL=http://ollama:11434/v1"}, nil},
		"a model in the open":           {[]string{"LLM_BASE_URL=http://llm.example/v1"}, []string{"LLM_BASE_URL"}},
		"a key in the address":          {[]string{"LLM_BASE_URL=https://llm.example/v1?key=s3cret"}, []string{"LLM_BASE_URL"}},
		"a model at Azure":              {[]string{"LLM_BASE_URL=https://soc.openai.azure.com", "LLM_API_KEY=k", "LLM_MODEL=gpt"}, nil},
		"half a model at Azure":         {[]string{"LLM_BASE_URL=https://soc.openai.azure.com"}, []string{"LLM_API_KEY", "LLM_MODEL"}},
		"Azure by version alone":        {[]string{"AOC_LLM_AZURE_API_VERSION=2024-10-21"}, []string{"LLM_API_KEY", "LLM_BASE_URL", "LLM_MODEL"}},
		"Azure by Entra":                {append([]string{"LLM_BASE_URL=https://soc.openai.azure.com", "AOC_LLM_AZURE_ENTRA=true", "LLM_MODEL=gpt"}, tenant...), nil},
		"Entra without an application":  {[]string{"LLM_BASE_URL=https://soc.openai.azure.com", "AOC_LLM_AZURE_ENTRA=true", "LLM_MODEL=gpt"}, []string{"AOC_LLM_AZURE_ENTRA"}},
		"Entra for somebody else":       {append([]string{"LLM_BASE_URL=https://llm.example/v1", "AOC_LLM_AZURE_ENTRA=true"}, tenant...), []string{"AOC_LLM_AZURE_ENTRA"}},
		"budgets of nothing":            {[]string{"LLM_TIMEOUT_SECONDS=0", "AOC_LLM_MAX_STEPS=1", "AOC_LLM_MAX_TOKENS=10", "AOC_LLM_DAILY_TOKENS=-1"}, []string{"AOC_LLM_DAILY_TOKENS", "AOC_LLM_MAX_STEPS", "AOC_LLM_MAX_TOKENS", "LLM_TIMEOUT_SECONDS"}},
		"unknown collector":             {[]string{"AOC_SOURCES=directoryaudit,teams"}, []string{"AOC_SOURCES"}},
		"letter case is free":           {[]string{"AOC_CONTENT_TYPES=audit.sharepoint,dlp.all", "AOC_LOG_LEVEL=DEBUG"}, nil},
		"log format":                    {[]string{"AOC_LOG_FORMAT=xml"}, []string{"AOC_LOG_FORMAT"}},
		"retention below zero":          {[]string{"RETENTION_DAYS=-1"}, []string{"RETENTION_DAYS"}},
		"empty means default":           {[]string{"FETCH_INTERVAL_MINUTES=", "AOC_CLOUD=", "ENABLE_PERIODIC_FETCH="}, nil},
		"publisher is not a tenant":     {[]string{"AOC_PUBLISHER_ID=me"}, []string{"AOC_PUBLISHER_ID"}},
		"a private proxy":               {[]string{"AOC_TRUSTED_PROXIES=10.0.0.5, 2001:db8::/64,private"}, nil},
		"every proxy":                   {[]string{"AOC_TRUSTED_PROXIES=0.0.0.0/0"}, []string{"AOC_TRUSTED_PROXIES"}},
		"every proxy of version 6":      {[]string{"AOC_TRUSTED_PROXIES=::/0"}, []string{"AOC_TRUSTED_PROXIES"}},
		"a proxy by name":               {[]string{"AOC_TRUSTED_PROXIES=proxy.contoso.example"}, []string{"AOC_TRUSTED_PROXIES"}},
		"a proxy with port":             {[]string{"AOC_TRUSTED_PROXIES=10.0.0.5:443"}, []string{"AOC_TRUSTED_PROXIES"}},
		"no connections":                {[]string{"AOC_MAX_CONNECTIONS=0"}, []string{"AOC_MAX_CONNECTIONS"}},
		"limits switched off":           {[]string{"AOC_MAX_CONNECTIONS_PER_CLIENT=0", "AOC_REQUESTS_PER_SECOND=0"}, nil},
		"limits below zero":             {[]string{"AOC_MAX_CONNECTIONS_PER_CLIENT=-1", "AOC_REQUESTS_PER_SECOND=-1", "AOC_MAX_SEARCHES=-1"}, []string{"AOC_MAX_CONNECTIONS_PER_CLIENT", "AOC_MAX_SEARCHES", "AOC_REQUESTS_PER_SECOND"}},
		"a certificate alone":           {[]string{"AOC_TLS_CERT_FILE=config.go"}, []string{"AOC_TLS_KEY_FILE"}},
		"a key alone":                   {[]string{"AOC_TLS_KEY_FILE=config.go"}, []string{"AOC_TLS_CERT_FILE"}},
		"no such certificate":           {[]string{"AOC_TLS_CERT_FILE=/no/such.pem", "AOC_TLS_KEY_FILE=/no/such.key"}, []string{"AOC_TLS_CERT_FILE", "AOC_TLS_KEY_FILE"}},
		"not a certificate":             {[]string{"AOC_TLS_CERT_FILE=config.go", "AOC_TLS_KEY_FILE=config.go"}, []string{"AOC_TLS_KEY_FILE"}},
		"open to version 6":             {[]string{"AOC_LISTEN=[::]:8000"}, []string{"AOC_LISTEN"}},
		"open on a mapped address":      {[]string{"AOC_LISTEN=[::ffff:0.0.0.0]:8000"}, []string{"AOC_LISTEN"}},
		"open on a private address":     {[]string{"AOC_LISTEN=10.0.0.5:8000"}, []string{"AOC_LISTEN"}},
		"open by a name like ours":      {[]string{"AOC_LISTEN=localhost.contoso.example:8000"}, []string{"AOC_LISTEN"}},
		"open in words with blanks":     {[]string{"AOC_LISTEN=0.0.0.0:8000", "AOC_ALLOW_UNAUTHENTICATED= " + Consent}, []string{"AOC_ALLOW_UNAUTHENTICATED"}},
		"open behind a proxy":           {[]string{"AOC_LISTEN=0.0.0.0:8000", "AOC_TRUSTED_PROXIES=private"}, []string{"AOC_LISTEN"}},
		"the whole of 127":              {[]string{"AOC_LISTEN=127.0.0.2:8000"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(tt.environ, "")
			var got []string
			for _, p := range problemsOf(t, err) {
				got = append(got, p.Setting)
				if p.What == "" || p.Remedy == "" {
					t.Errorf("%s: what %q, remedy %q", p.Setting, p.What, p.Remedy)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, slices.Compact(got)); diff != "" {
				t.Errorf("settings with problems (-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

// What is wrong with the address of a database is told without its password, and so is the
// address itself.
func TestMongoURIIsNeverShown(t *testing.T) {
	for _, uri := range []string{"mongodb://ada:s3cret@db.example", "postgres://ada:s3cret@db.example", "mongodb://ada:s3cret@:::"} {
		path := filepath.Join(t.TempDir(), "uri")
		write(t, path, uri+"\n")
		cfg, err := Load([]string{"MONGO_URI_FILE=" + path}, "")
		if cfg.Store.MongoURI.Reveal() != uri || !cfg.Store.Shared() {
			t.Errorf("%s was read as %q", uri, cfg.Store.MongoURI.Reveal())
		}
		var dump strings.Builder
		if err := cfg.Dump(&dump); err != nil {
			t.Fatal(err)
		}
		if text := dump.String() + fmt.Sprintf("%v %+v %#v", err, cfg, cfg); strings.Contains(text, "s3cret") || !strings.Contains(text, "MONGO_URI="+redacted) {
			t.Errorf("shown of %s: %s", uri, text)
		}
	}
}

func TestEnvironmentGoesBeforeDotenv(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	write(t, path, "FETCH_INTERVAL_MINUTES=7\nRETENTION_DAYS=30\nCLIENT_SECRET='a#b $c'\nTENANT_ID="+tenantID+"\nCLIENT_ID="+tenantID+"\n")
	cfg, err := Load([]string{"FETCH_INTERVAL_MINUTES=9", "RETENTION_DAYS="}, path)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Collect.IntervalMinutes != 9 || cfg.Collect.RetentionDays != 30 {
		t.Errorf("interval %d, retention %d", cfg.Collect.IntervalMinutes, cfg.Collect.RetentionDays)
	}
	if got := cfg.Tenant.ClientSecret.Reveal(); got != "a#b $c" {
		t.Errorf("quoted secret read as %q", got)
	}
}

func TestBrokenDotenvDoesNotQuoteItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	write(t, path, "CLIENT_SECRET hunter2-secret\n")
	_, err := Load(nil, path)
	if len(problemsOf(t, err)) != 1 || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	full, empty := filepath.Join(dir, "full"), filepath.Join(dir, "empty")
	write(t, full, "  hunter2-secret\r\n")
	write(t, empty, "\n")
	for name, tt := range map[string]struct {
		environ []string
		bad     string
	}{
		"read and trimmed": {append(slices.Clone(tenant[:2]), "CLIENT_SECRET_FILE="+full), ""},
		"both":             {append(slices.Clone(tenant), "CLIENT_SECRET_FILE="+full), "CLIENT_SECRET"},
		"not there":        {append(slices.Clone(tenant), "AOC_CERTIFICATE_PASSWORD_FILE="+full+"x"), "AOC_CERTIFICATE_PASSWORD_FILE"},
		"empty":            {[]string{"AOC_WEBHOOK_CLIENT_STATE_FILE=" + empty}, "AOC_WEBHOOK_CLIENT_STATE_FILE"},
		"a folder":         {[]string{"AOC_WEBHOOK_CLIENT_STATE_FILE=" + dir}, "AOC_WEBHOOK_CLIENT_STATE_FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := Load(tt.environ, "")
			ps := problemsOf(t, err)
			switch {
			case tt.bad == "" && (err != nil || cfg.Tenant.ClientSecret.Reveal() != "hunter2-secret"):
				t.Errorf("secret %q, %v", cfg.Tenant.ClientSecret.Reveal(), err)
			case tt.bad != "" && (len(ps) != 1 || ps[0].Setting != tt.bad):
				t.Errorf("want one problem with %s, got %v", tt.bad, err)
			}
		})
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	var environ []string
	var cfg Config
	for _, s := range settings(&cfg) {
		if s.secret() {
			environ = append(environ, s.name+"=hunter2-secret")
		}
	}
	if len(environ) < 5 {
		t.Fatalf("too few secrets: %q", environ)
	}
	cfg, err := Load(append(environ, "TENANT_ID=hunter2"), "")
	var out bytes.Buffer
	if err := cfg.Dump(&out); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "="+redacted); n != len(environ) {
		t.Errorf("%d of %d secrets shown as set:\n%s", n, len(environ), &out)
	}
	asJSON, _ := json.Marshal(cfg)
	out.Write(asJSON)
	fmt.Fprintf(&out, "%v %+v %#v %s %v", cfg, cfg, cfg, cfg.Tenant.ClientSecret, err)
	slog.New(slog.NewTextHandler(&out, nil)).Info("config", "secret", cfg.Tenant.ClientSecret, "all", cfg)
	if strings.Contains(out.String(), "hunter2-secret") {
		t.Errorf("a secret shows in\n%s", &out)
	}
}

func TestWarnings(t *testing.T) {
	cfg, err := Load(append(slices.Clone(tenant), "AI_FEATURES_ENABLED=1", "AOC_LISTENN=x",
		"AOC_LISTEN=0.0.0.0:1", "AOC_ALLOW_UNAUTHENTICATED="+Consent, "AOC_WEBHOOK_CLIENT_STATE=s", "ENABLE_PERIODIC_FETCH=false"), "")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(cfg.Warnings(), "\n")
	for _, want := range []string{"AI_FEATURES_ENABLED", "AOC_LISTENN", "0.0.0.0:1", "AOC_WEBHOOK_CLIENT_STATE"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning names %s in\n%s", want, all)
		}
	}
}

// TestTokensInTheOpen warns of tokens that pass a network in plain http, and of nothing else.
func TestTokensInTheOpen(t *testing.T) {
	for name, tt := range map[string]struct {
		server Server
		auth   bool
		warned bool
	}{
		"plain http to a network": {Server{Listen: "0.0.0.0:8000"}, true, true},
		"with a certificate":      {Server{Listen: "0.0.0.0:8000", TLSCertFile: "cert.pem"}, true, false},
		"behind a proxy":          {Server{Listen: "0.0.0.0:8000", TrustedProxies: List{"10.0.0.5"}}, true, false},
		"on this machine":         {Server{Listen: "127.0.0.1:8000"}, true, false},
		"without sign-in":         {Server{Listen: "0.0.0.0:8000"}, false, false},
	} {
		c := Config{Server: tt.server, Auth: Auth{Enabled: tt.auth}}
		if warned := strings.Contains(strings.Join(c.Warnings(), "\n"), "plain http"); warned != tt.warned {
			t.Errorf("%s: warned %v", name, warned)
		}
	}
}

// TestDatabaseInTheOpen warns of audits that cross a network to the database without TLS.
func TestDatabaseInTheOpen(t *testing.T) {
	for uri, warned := range map[string]bool{
		"": false, "mongodb://127.0.0.1:27017": false, "mongodb://[::1]:27017/aoc": false, "mongodb://mongo:27017,mongo2": false, "mongodb+srv://db.example/": false,
		"mongodb://ada:a%40b@db.example:27017/?replicaSet=rs": true, "mongodb://localhost,db.example": true, "mongodb://10.0.0.5": true, "mongodb://[2001:db8::1]:27017": true,
		"mongodb://db.example/?tls=true": false, "mongodb://a.example,b.example/aoc?w=1&ssl=true": false, "mongodb://db.example/?tls=false": true,
	} {
		c := Config{Store: Store{MongoURI: Secret{uri}}}
		if got := strings.Contains(strings.Join(c.Warnings(), "\n"), "MONGO_URI does not ask"); got != warned {
			t.Errorf("%s: warned %v", uri, got)
		}
	}
}

func TestPublicAddress(t *testing.T) {
	for want, s := range map[string]Server{
		"http://localhost:8000":       {Listen: "127.0.0.1:8000"},
		"https://localhost:8443":      {Listen: "127.0.0.1:8443", TLSCertFile: "cert.pem"},
		"https://soc.contoso.example": {Listen: "127.0.0.1:8000", PublicURL: "https://soc.contoso.example/"},
	} {
		if got := s.PublicAddress(); got != want {
			t.Errorf("%+v is reached at %q, want %q", s, got, want)
		}
	}
}

func TestAllowedHosts(t *testing.T) {
	for listen, want := range map[string][]string{
		"127.0.0.1:8000": {"localhost", "127.0.0.1", "::1", "127.0.0.1", "soc.example"},
		"0.0.0.0:8000":   {"soc.example"},
	} {
		s := Server{Listen: listen, Hosts: List{"soc.example"}}
		if diff := cmp.Diff(want, []string(s.AllowedHosts())); diff != "" {
			t.Errorf("%s: %s", listen, diff)
		}
	}
}

func TestTrustedProxies(t *testing.T) {
	s := Server{TrustedProxies: List{"10.0.0.5", "192.168.1.77/24", "::ffff:203.0.113.9"}}
	if diff := cmp.Diff("[10.0.0.5/32 192.168.1.0/24 203.0.113.9/32]", fmt.Sprint(s.Proxies())); diff != "" {
		t.Error(diff)
	}
	if all := fmt.Sprint(Server{TrustedProxies: List{"Private"}}.Proxies()); !strings.Contains(all, "172.16.0.0/12") || strings.Contains(all, "/0") {
		t.Errorf("private networks: %s", all)
	}
	if none := (Server{}).Proxies(); len(none) != 0 {
		t.Errorf("by default %v are trusted", none)
	}
}

// TestExampleAgrees holds .env.example against the struct: every setting, its default,
// and nothing else.
func TestExampleAgrees(t *testing.T) {
	const path = "../../.env.example"
	example, err := godotenv.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	var cfg Config
	fields := map[string]bool{}
	for _, s := range settings(&cfg) {
		want[s.name] = s.def
		if fields[s.field] {
			t.Errorf("field name %s is used twice: faults could not be told apart", s.field)
		}
		fields[s.field] = true
	}
	if diff := cmp.Diff(want, example); diff != "" {
		t.Errorf("(-struct +example):\n%s", diff)
	}
	text, _ := os.ReadFile(path)
	if !strings.Contains(string(text), Consent) {
		t.Error("the words of AOC_ALLOW_UNAUTHENTICATED are not explained")
	}
	if _, err := Load(nil, path); err != nil {
		t.Errorf("a copy of the example does not load: %v", err)
	}
}

// TestChoicesAgree holds the lists of choices against the packages that implement them.
func TestChoicesAgree(t *testing.T) {
	sorted := func(s []string) []string { return slices.Sorted(slices.Values(s)) }
	for name, pair := range map[string][2][]string{
		"clouds":        {clouds, m365.CloudNames()},
		"content types": {contentTypes, managementactivity.ContentTypes()},
		"collectors":    {collectors, {directoryaudit.Collector, intuneaudit.Collector, managementactivity.Collector, riskdetection.Collector, signin.Collector}},
		"credentials": {credentials, {
			string(m365.MethodSecret), string(m365.MethodCertificate), string(m365.MethodManagedIdentity), string(m365.MethodWorkloadIdentity),
		}},
	} {
		if diff := cmp.Diff(sorted(pair[1]), sorted(pair[0])); diff != "" {
			t.Errorf("%s (-implemented +settings):\n%s", name, diff)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("AOC_LISTEN=[::1]:0\nCLIENT_SECRET='x'")
	f.Add("export A=\"$B\"\nCORS_ORIGINS=https://[")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), ".env")
		write(t, path, text)
		cfg, err := Load(nil, path)
		_ = cfg.Warnings()
		_ = cfg.Server.AllowedHosts()
		if (err == nil) != (cfg.Validate() == nil) && err == nil {
			t.Errorf("loads, but does not validate: %v", cfg.Validate())
		}
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
