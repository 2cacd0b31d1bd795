package config

// Warnings tells what an operator should know at start although nothing is wrong.
func (c Config) Warnings() []string {
	var ws []string
	if !c.Collects() {
		ws = append(ws, "TENANT_ID is not set: nothing is collected, what is stored can be searched")
	}
	for _, r := range []struct {
		on   bool
		name string
		what string
	}{
		{c.Reserved.AIEnabled, "AI_FEATURES_ENABLED", "the assistant"},
		{c.Reserved.AlertsEnabled, "ALERTS_ENABLED", "alerts"},
		{c.Reserved.SIEMEnabled, "SIEM_ENABLED", "forwarding to a SIEM"},
	} {
		if r.on {
			ws = append(ws, r.name+" is set, but this version does not have "+r.what)
		}
	}
	if c.Server.AllowUnauthenticated == Consent {
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
