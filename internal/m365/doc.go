// Package m365 speaks to Microsoft 365 over HTTP: it knows clouds and their hosts,
// credentials and tokens, throttling, retries, continuation links and the many shapes
// of Microsoft's error answers. It is the one place where a request is repeated, slowed
// down or given up, and the one place that attaches a token, which therefore never
// leaves the configured hosts. It knows no source, no store and no meaning of what it
// carries.
package m365
