// Package simulator is a faithful Microsoft 365 for demonstrations, tests and load: the
// Entra token service with its sign-in page, the audit endpoints and directory of Microsoft
// Graph, and the Office 365 Management Activity API, over TLS, for one invented tenant (see
// package tenant). It behaves as the services are documented and observed to behave, with
// their limits, delays, duplicates, odd error bodies and, on request, faults, so that a
// client cannot tell it from the real thing.
//
// It is also the identity provider of AOC: [Server.People] are those who can sign in, with a
// browser or by [Server.SignIn], to the application that [AuthConfig] registers.
//
// It keeps the books: [Server.Manifest] lists every record that it has ever made
// available, which is what a complete collection must hold. It knows nothing of the
// rest of AOC but the domain.
package simulator
