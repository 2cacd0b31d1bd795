// Package detect judges events by rules: it knows which fields the records of Microsoft have
// under which of the names that authors of Sigma rules use, follows the log, and raises
// alerts.
package detect
