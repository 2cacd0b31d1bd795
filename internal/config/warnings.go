package config

// Warnings tells what an operator should know at start although nothing is wrong.
func (c Config) Warnings() []string {
	var ws []string
	if !c.Collects() {
		ws = append(ws, "TENANT_ID is not set: nothing is collected, what is stored can be searched")
	}
	ws = append(ws, c.AI.warnings()...)
	if c.Auth.Enabled && !c.Auth.Browser() {
		ws = append(ws, "AOC_AUTH_CLIENT_SECRET is not set: the API takes tokens, and nobody can sign in with a browser")
	}
	if c.Auth.Enabled && c.Server.TLSCertFile == "" && len(c.Server.TrustedProxies) == 0 && !isLoopbackListener(c.Server.Listen) {
		ws = append(ws, "people sign in, but AOC_LISTEN="+c.Server.Listen+" is plain http: whoever is on the way can read tokens. "+
			"Set AOC_TLS_CERT_FILE and AOC_TLS_KEY_FILE, or name the proxy that has the certificate in AOC_TRUSTED_PROXIES")
	}
	if c.Store.plainMongo() {
		ws = append(ws, "MONGO_URI does not ask for TLS: whoever is on the way to the database can read the audits. Add tls=true to it")
	}
	if c.Server.AllowUnauthenticated == Consent && !c.Auth.Enabled {
		ws = append(ws, "nobody has to sign in: everyone who reaches "+c.Server.Listen+" may read all audits")
	}
	if c.Collect.WebhookClientState.IsSet() && !c.Collect.Periodic && !c.Store.Shared() { // else another process follows them
		ws = append(ws, "AOC_WEBHOOK_CLIENT_STATE is set, but change notifications do nothing while ENABLE_PERIODIC_FETCH is false")
	}
	for _, name := range c.unknown {
		ws = append(ws, name+" is not a setting of this version and has no effect")
	}
	return ws
}
