// Package auth finds out who asks: from a bearer token of an identity provider, from the
// session of a browser, or from a token that AOC has given out itself. What somebody may
// then do is the console's to decide.
package auth
