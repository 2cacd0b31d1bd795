package sink

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aoc"
)

// Spec describes a kind of sink.
type Spec struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	// Help says what people should know before they choose it: what the receiver must be
	// able to do, and what the protocol cannot promise.
	Help     string    `json:"help"`
	Settings []Setting `json:"settings"`
	// Batch bounds what is given to Send at once.
	Batch Limits `json:"batch"`
}

// Limits bound a batch. A single event is never too large for one.
type Limits struct {
	Events int `json:"events"`
	Bytes  int `json:"bytes"` // of raw records
}

// SettingKind says what a setting holds and how it is asked for.
type SettingKind string

// The kinds of setting. Values are text throughout.
const (
	Text    SettingKind = "text"
	Address SettingKind = "address" // a URL, http or https
	Number  SettingKind = "number"  // within Min and Max
	Switch  SettingKind = "switch"  // true or false
	Choice  SettingKind = "choice"  // one of Choices
	Secret  SettingKind = "secret"  // the name of a secret that the operator gave
	Headers SettingKind = "headers" // lines "Name: value"
	PEM     SettingKind = "pem"     // certificates, in lines; nothing secret
)

// Setting is one thing that people set.
type Setting struct {
	Name     string      `json:"name"`
	Title    string      `json:"title"`
	Kind     SettingKind `json:"kind"`
	Required bool        `json:"required"`
	Default  string      `json:"default,omitempty"`
	Choices  []string    `json:"choices,omitempty"`
	Min      int64       `json:"min,omitempty"`
	Max      int64       `json:"max,omitempty"`
	Help     string      `json:"help"`
}

// RawSetting is the setting of whether records go along as they were received.
func RawSetting() Setting {
	return Setting{Name: "raw", Title: "Records as received", Kind: Switch, Default: "true",
		Help: "Send each record as Microsoft gave it, too. Without it events are about a third of the size."}
}

// Values are settings that have been checked, defaults filled in.
type Values struct {
	text    map[string]string
	secrets map[string]string
}

// Text gives a setting as it is written.
func (v Values) Text(name string) string { return v.text[name] }

// On gives a switch.
func (v Values) On(name string) bool { return v.text[name] == "true" }

// Number gives a number.
func (v Values) Number(name string) int64 {
	n, err := strconv.ParseInt(v.text[name], 10, 64)
	if err != nil {
		return 0 // checked before: an empty one
	}
	return n
}

// Secret gives the secret that a setting names; empty without.
func (v Values) Secret(name string) string { return v.secrets[name] }

// Secrets gives all secrets that the settings name, which must be in no error or log.
func (v Values) Secrets() []string { return slices.Collect(maps.Values(v.secrets)) }

// Header is one line of a setting of kind headers.
type Header struct{ Name, Value string }

// Headers gives the lines of a setting of kind headers.
func (v Values) Headers(name string) []Header {
	var all []Header
	for line := range strings.Lines(v.text[name]) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			all = append(all, Header{strings.TrimSpace(key), strings.TrimSpace(value)})
		}
	}
	return all
}

var (
	secretName = regexp.MustCompile(`\A[A-Z][A-Z0-9_]{0,63}\z`)
	headerName = regexp.MustCompile("\\A[A-Za-z0-9!#$%&'*+.^_`|~-]+\\z")
	idForm     = regexp.MustCompile(`\A[A-Za-z0-9_-]{1,64}\z`)
)

// maxSetting bounds the text of one setting, in bytes.
const maxSetting = 64 << 10

// Read checks a sink's settings, all of them at once, and looks secrets up. secrets may be
// nil where only what a person wrote is to be checked. Code invalid; the message names every
// setting that is wrong.
func (s *Spec) Read(cfg Config, secrets func(string) (string, bool)) (Values, error) {
	v, problems := ReadSettings(s.Kind, s.Settings, cfg.Settings, secrets)
	if !idForm.MatchString(cfg.ID) {
		problems = append([]string{"id: 1 to 64 letters, digits, _ and -"}, problems...)
	}
	if len(problems) > 0 {
		e := aoc.Errorf(aoc.CodeInvalid, "sink.settings", "%s", strings.Join(problems, "; "))
		e.Hint = "Correct the settings of the sink."
		return Values{}, e
	}
	return v, nil
}

// ReadSettings checks what is given for the settings of a kind, of sinks or of anything else
// that people set up likewise, and tells what is wrong with each.
func ReadSettings(kind string, settings []Setting, given map[string]string, secrets func(string) (string, bool)) (v Values, problems []string) {
	v = Values{text: map[string]string{}, secrets: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(settings, func(t Setting) bool { return t.Name == name }) {
			problems = append(problems, fmt.Sprintf("settings.%s: %s has no such setting", name, kind))
		}
	}
	for i := range settings {
		t := &settings[i]
		value := strings.TrimSpace(given[t.Name])
		if value == "" {
			value = t.Default
		}
		if problem := t.check(value); problem != "" {
			problems = append(problems, "settings."+t.Name+": "+problem)
			continue
		}
		v.text[t.Name] = value
		if t.Kind != Secret || value == "" || secrets == nil {
			continue
		}
		secret, ok := secrets(value)
		if !ok || secret == "" {
			problems = append(problems, fmt.Sprintf("settings.%s: there is no secret %q; the operator gives it in AOC_SECRET_%s or AOC_SECRET_%s_FILE", t.Name, value, value, value))
		}
		v.secrets[t.Name] = secret
	}
	return v, problems
}

// check says what is wrong with a value; empty for nothing.
func (t *Setting) check(value string) string {
	switch {
	case value == "" && t.Required:
		return "is needed"
	case value == "":
		return ""
	case len(value) > maxSetting:
		return fmt.Sprintf("at most %d bytes", maxSetting)
	}
	switch t.Kind {
	case Text:
		if strings.ContainsFunc(value, isControl) {
			return "one line of text"
		}
	case Address:
		return checkAddress(value)
	case Number:
		if n, err := strconv.ParseInt(value, 10, 64); err != nil || n < t.Min || n > t.Max {
			return fmt.Sprintf("a number from %d to %d", t.Min, t.Max)
		}
	case Switch:
		if value != "true" && value != "false" {
			return "true or false"
		}
	case Choice:
		if !slices.Contains(t.Choices, value) {
			return "one of " + strings.Join(t.Choices, ", ")
		}
	case Secret:
		if !secretName.MatchString(value) {
			return "the name of a secret (capital letters, digits, _), not the secret itself"
		}
	case Headers:
		return checkHeaders(value)
	}
	return ""
}

func checkAddress(value string) string {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return "an address such as https://receiver.contoso.example/path"
	case u.User != nil:
		return "without user name and password: addresses are shown and logged"
	}
	return ""
}

func checkHeaders(value string) string {
	for line := range strings.Lines(value) {
		name, text, ok := strings.Cut(strings.TrimSpace(line), ":")
		name = strings.TrimSpace(name)
		switch {
		case strings.TrimSpace(line) == "":
		case !ok || !headerName.MatchString(name) || strings.ContainsFunc(strings.TrimSpace(text), isControl):
			return "lines such as X-Team: soc"
		case slices.Contains([]string{"host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "trailer", "upgrade"}, strings.ToLower(name)):
			return fmt.Sprintf("%q is set by AOC", name)
		case strings.EqualFold(name, "authorization") || strings.EqualFold(name, "cookie"):
			return fmt.Sprintf("%q holds a secret: name one in the setting for it", name)
		}
	}
	return ""
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }
