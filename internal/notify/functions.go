package notify

import (
	"errors"
	"fmt"
	"regexp"
	"text/template"
)

// What the functions of one run of a template may give together, in bytes, how long a format may be,
// and what each call counts for at least.
const (
	maxWork   = 64 << 10
	maxFormat = 200
	callWork  = 16
)

// work is what functions may still give. Without it a template of a few lines, each of which
// doubles a text, would fill all memory before any of it is written.
type work struct{ left int }

var errTooMuchWork = errors.New("its functions give too much text")

// wide is a width or precision that makes much of nothing.
var wide = regexp.MustCompile(`%[^a-zA-Z%]*(\*|[0-9]{4})`)

// functions are those of text/template that give text, within bounds.
func (w *work) functions() template.FuncMap {
	return template.FuncMap{
		"print":    w.bound(fmt.Sprint),
		"println":  w.bound(fmt.Sprintln),
		"html":     w.bound(template.HTMLEscaper),
		"js":       w.bound(template.JSEscaper),
		"urlquery": w.bound(template.URLQueryEscaper),
		"printf": func(format string, args ...any) (string, error) {
			if len(format) > maxFormat || wide.MatchString(format) {
				return "", fmt.Errorf("a format has at most %d bytes, and widths below 1000", maxFormat)
			}
			return w.bound(func(args ...any) string { return fmt.Sprintf(format, args...) })(args...)
		},
	}
}

// bound makes a function that gives text one that stays within what is left.
func (w *work) bound(f func(args ...any) string) func(args ...any) (string, error) {
	return func(args ...any) (string, error) {
		given := 0
		for _, a := range args {
			if s, ok := a.(string); ok {
				given += len(s)
			}
		}
		if given > w.left {
			return "", errTooMuchWork
		}
		text := f(args...)
		if w.left -= len(text) + callWork; w.left < 0 {
			return "", errTooMuchWork
		}
		return text, nil
	}
}
