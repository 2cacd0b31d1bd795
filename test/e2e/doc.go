// Package e2e holds the tests of the whole program, as people and scripts run it: against
// a simulated Microsoft 365 on its bad days, on files, and killed at any moment. It has no
// code but tests.
package e2e
