package config

import (
	"maps"
	"slices"
	"strings"
)

// namedSecret begins the names of settings that hold secrets which sinks and notifiers name:
// AOC_SECRET_SPLUNK, or AOC_SECRET_SPLUNK_FILE for one that is in a file.
const namedSecret = "AOC_SECRET_"

// NamedSecrets are the secrets that an operator gives the process for receivers, by what
// stands behind AOC_SECRET_, in capitals.
type NamedSecrets map[string]Secret

// Find gives a secret by its name, in any letter case.
func (s NamedSecrets) Find(name string) (string, bool) {
	secret, ok := s[strings.ToUpper(name)]
	return secret.Reveal(), ok
}

// Names lists the names that there are, sorted, for people to choose from.
func (s NamedSecrets) Names() []string {
	return slices.Sorted(maps.Keys(s))
}

// namedSecrets reads them.
func namedSecrets(vars map[string]string, bad *Problems) NamedSecrets {
	secrets := NamedSecrets{}
	for name, value := range vars {
		rest, ok := strings.CutPrefix(name, namedSecret)
		if !ok || value == "" {
			continue
		}
		if of, isFile := strings.CutSuffix(rest, fileSuffix); isFile {
			text, err := readSecret(value)
			if err != nil {
				bad.add(name, err.Error(), "Name a file that this user may read and that holds the secret alone.")
				continue
			}
			if vars[namedSecret+of] != "" {
				bad.add(name, "is set, and "+namedSecret+of+" as well", "Remove one of them.")
				continue
			}
			secrets[strings.ToUpper(of)] = NewSecret(text)
			continue
		}
		secrets[strings.ToUpper(rest)] = NewSecret(value)
	}
	return secrets
}
