package auth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Identity is who a provider says somebody is. All texts are the provider's or its users':
// data, to be shown and compared, and nothing else.
type Identity struct {
	// Issuer and Subject name a person or application for good; Subject is the claim oid where
	// there is one, which is the same in all applications of a tenant.
	Issuer  string
	Subject string
	// Name is what people know them by: a user principal name, an address, or a name.
	Name     string
	TenantID string
	// App says that an application asks in its own name, without a person.
	App bool
	// Roles and Groups are what the token says of them. GroupsLeftOut says that there are too
	// many groups for a token: they have to be asked for.
	Roles         []string
	Groups        []string
	GroupsLeftOut bool
	// Issued and Expires bound the token.
	Issued, Expires time.Time
}

// claims are what a token says, by exact names: encoding/json would take TID for tid.
type claims map[string]json.RawMessage

func parseClaims(b []byte) (claims, error) {
	var c claims
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&c); err != nil || c == nil || d.More() {
		return nil, fmt.Errorf("the claims are not one JSON object")
	}
	return c, nil
}

// text gives a claim that is a string; empty when there is none, or of another kind.
func (c claims) text(name string) string {
	var s string
	if json.Unmarshal(c[name], &s) != nil {
		return ""
	}
	return s
}

// list gives a claim that is a list of strings, or one string.
func (c claims) list(name string) ([]string, error) {
	raw, ok := c[name]
	if !ok || string(raw) == "null" {
		return nil, nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, nil
	}
	var many []string
	if err := json.Unmarshal(raw, &many); err != nil {
		return nil, fmt.Errorf("the claim %s is no list of texts", name)
	}
	return many, nil
}

// moment gives a claim that is a number of seconds; zero when there is none.
func (c claims) moment(name string) (time.Time, error) {
	raw, ok := c[name]
	if !ok {
		return time.Time{}, nil
	}
	var seconds float64
	if err := json.Unmarshal(raw, &seconds); err != nil || seconds < 0 || seconds > 1<<40 {
		return time.Time{}, fmt.Errorf("the claim %s is no time", name)
	}
	return time.Unix(int64(seconds), 0).UTC(), nil
}

// leftOut reports whether the groups are left out of the token because there are too many.
// The address that such a token names for them is never asked.
func (c claims) leftOut() bool {
	var names map[string]json.RawMessage
	if json.Unmarshal(c["_claim_names"], &names) == nil {
		if _, ok := names["groups"]; ok {
			return true
		}
	}
	var has bool
	if json.Unmarshal(c["hasgroups"], &has) == nil && has {
		return true
	}
	return c.text("hasgroups") == "true" || strings.HasPrefix(c.text("groups"), "src") && c["_claim_sources"] != nil
}

// displayName is how a person or application is shown: the first of the usual claims.
func (c claims) displayName() string {
	for _, name := range []string{"preferred_username", "upn", "unique_name", "email", "name", "app_displayname"} {
		if s := tidyName(c.text(name)); s != "" {
			return s
		}
	}
	return ""
}

// maxName bounds names, in characters.
const maxName = 256

// tidyName takes what cannot be seen out of a name.
func tidyName(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, s))
	if runes := []rune(s); len(runes) > maxName {
		return string(runes[:maxName])
	}
	return s
}
