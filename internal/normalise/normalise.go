// Package normalise turns raw audit records into events, one file for each record kind.
// It knows no transport, no store and no clock: the same record always gives the same
// event. Names of directory objects come in through [Names].
package normalise
