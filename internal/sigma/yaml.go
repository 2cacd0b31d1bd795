package sigma

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The bounds of a file.
const (
	maxFileBytes = 1 << 20
	maxDepth     = 32     // lists and maps within each other
	maxValues    = 10_000 // keys and values, each counted as often as an alias repeats it
	maxDocuments = 1_000
)

// splitDocuments gives the text of each YAML document and the line it begins on, from 1. A
// line of "---" begins a document unless it is within an indented block, where it cannot
// be at the beginning of a line.
func splitDocuments(text string) (documents []string, lines []int) {
	line, start, first := 1, 0, 1
	cut := func(end int) {
		if strings.TrimSpace(text[start:end]) != "" {
			documents = append(documents, text[start:end])
			lines = append(lines, first)
		}
	}
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += at + 1
		}
		current := strings.TrimRight(text[at:end], " \t\r\n")
		if current == "---" || strings.HasPrefix(current, "--- ") {
			cut(at)
			if current == "---" {
				start, first = end, line+1
			} else {
				start, first = at, line
			}
		} else if current == "..." {
			cut(at)
			start, first = end, line+1
		}
		at = end
		line++
	}
	cut(len(text))
	return documents, lines
}

// decodeDocument reads one document, nil when it is empty. A panic of the decoder, which
// reads what strangers wrote, becomes an error.
func decodeDocument(text string) (node *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the text cannot be read as YAML")
		}
	}()
	var document yaml.Node
	err = yaml.NewDecoder(strings.NewReader(text)).Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) == 0 {
		return nil, nil
	}
	return document.Content[0], nil
}

// reader walks the nodes of one document and collects what is wrong with it.
type reader struct {
	problems Problems
	warnings Problems
	offset   int // lines of the file before the document
	values   int // keys and values seen
}

func (r *reader) place(n *yaml.Node, key string) place {
	return place{line: n.Line + r.offset, column: n.Column, key: key}
}

// fail notes a problem at a node.
func (r *reader) fail(n *yaml.Node, key, message, hint string) {
	r.problems.add(r.place(n, key).problem(message, hint))
}

// warn notes what the specification advises against.
func (r *reader) warn(n *yaml.Node, key, message string) {
	r.warnings.add(r.place(n, key).problem(message, ""))
}

// measure counts what a node expands to, and reports whether it is within the bounds.
func (r *reader) measure(n *yaml.Node, depth int) bool {
	if r.values++; r.values > maxValues {
		r.fail(n, "", fmt.Sprintf("the document has more than %d keys and values", maxValues), "Split it into several rules.")
		return false
	}
	if depth > maxDepth {
		r.fail(n, "", fmt.Sprintf("the document is nested deeper than %d", maxDepth), "")
		return false
	}
	if n.Kind == yaml.AliasNode {
		return r.measure(n.Alias, depth+1)
	}
	for _, child := range n.Content {
		if !r.measure(child, depth+1) {
			return false
		}
	}
	return true
}

// pair is one entry of a map.
type pair struct {
	key   string
	at    *yaml.Node // the key's
	value *yaml.Node
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// pairs gives the entries of a map, in order; what is merged in with << comes last.
func (r *reader) pairs(n *yaml.Node, key string) []pair {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		r.fail(n, key, "a map is expected here, not "+kindName(n), "")
		return nil
	}
	seen := map[string]bool{}
	var entries []pair
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		name := resolve(k)
		switch {
		case name.Kind != yaml.ScalarNode:
			r.fail(k, key, "a key has to be a text", "")
		case name.ShortTag() == "!!merge":
			merged = append(merged, v)
		case seen[name.Value]:
			r.fail(k, join(key, name.Value), "the key is there twice", "Keep one; of several values for one field make a list.")
		default:
			seen[name.Value] = true
			entries = append(entries, pair{key: name.Value, at: k, value: v})
		}
	}
	for _, m := range merged {
		entries = r.merge(entries, seen, m, key)
	}
	return entries
}

// merge adds the entries of a map, or of each map of a list, that are not there yet.
func (r *reader) merge(entries []pair, seen map[string]bool, n *yaml.Node, key string) []pair {
	n = resolve(n)
	if n.Kind == yaml.SequenceNode {
		for _, one := range n.Content {
			entries = r.merge(entries, seen, one, key)
		}
		return entries
	}
	for _, p := range r.pairs(n, join(key, "<<")) {
		if !seen[p.key] {
			seen[p.key] = true
			entries = append(entries, p)
		}
	}
	return entries
}

// join puts a key behind a path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// kindName says in words what a node is.
func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "null"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	}
	return "a text"
}

// text reads a scalar as text, as it is written.
func (r *reader) text(n *yaml.Node, key string) (string, bool) {
	n = resolve(n)
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		r.fail(n, key, "a text is expected here, not "+kindName(n), "")
		return "", false
	}
	return n.Value, true
}

// texts reads a list of texts. A single one in its place is read with a warning.
func (r *reader) texts(n *yaml.Node, key string) []string {
	n = resolve(n)
	if n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" {
		r.warn(n, key, "a list is expected here; the one value is taken as a list of it")
		return []string{n.Value}
	}
	if n.Kind != yaml.SequenceNode {
		r.fail(n, key, "a list is expected here, not "+kindName(n), "")
		return nil
	}
	var texts []string
	for _, item := range n.Content {
		if text, ok := r.text(item, key); ok {
			texts = append(texts, text)
		}
	}
	return texts
}
