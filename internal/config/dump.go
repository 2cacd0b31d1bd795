package config

import (
	"fmt"
	"io"
)

// Entry is one setting as it may be shown.
type Entry struct {
	Name    string `json:"name"`
	Value   string `json:"value"` // stars for a secret
	Default string `json:"default"`
	Secret  bool   `json:"secret"`
}

// Entries lists every setting, secrets redacted.
func (c Config) Entries() []Entry {
	var es []Entry
	for _, s := range settings(&c) {
		es = append(es, Entry{Name: s.name, Value: s.text(), Default: s.def, Secret: s.secret()})
	}
	return es
}

// Dump writes every setting as a line NAME=value, secrets redacted.
func (c Config) Dump(w io.Writer) error {
	for _, e := range c.Entries() {
		note := ""
		if e.Value == e.Default && !e.Secret {
			note = "  # default"
		}
		if _, err := fmt.Fprintf(w, "%s=%s%s\n", e.Name, e.Value, note); err != nil {
			return err
		}
	}
	return nil
}
