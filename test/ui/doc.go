// Package ui holds the browser tests: every screen used as a person uses it, against the
// simulated tenant, and fed with what an attacker would feed it. They need Chromium and
// are skipped without it, unless AOC_REQUIRE_BROWSER=1 says that it must be there. It has
// no code but tests; the packages below it are what they are made of.
package ui
