package assistant

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"aoc/internal/console/tool"
)

// What a model writes is Markdown by somebody whom strangers may have told what to write. It
// is read into a tree, and of the tree a few kinds of thing are written anew: paragraphs,
// headings, lists, tables, code, emphasis and citations. All other text is made inert.

// The kinds of block.
const (
	blockText = iota // a paragraph or item
	blockHeading
	blockRow
	blockTableHead
	blockCode
)

// block is a piece of an answer that stands by itself: one line of Markdown, or a block of
// code. Citations in it are written [key].
type block struct {
	kind int
	lead string // what the line begins with: "- ", "### "
	md   string
	// close says that it follows the block before without an empty line.
	close bool
}

const (
	// maxBlocks and maxAnswerText bound what is read of an answer.
	maxBlocks     = 400
	maxAnswerText = 24_000
	maxNesting    = 4
)

// blocks reads Markdown. Text beyond the bounds is left out; cut says so.
func blocks(md string) (all []block, cut bool) {
	if len(md) > maxAnswerText {
		md, cut = strings.ToValidUTF8(md[:maxAnswerText], ""), true
	}
	md = manyQuotes.ReplaceAllString(md, ">") // nesting of quotes costs its square, and shows nothing
	source := []byte(strings.ToValidUTF8(md, "\uFFFD"))
	p := parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithParagraphTransformers(append(parser.DefaultParagraphTransformers(), util.Prioritized(extension.NewTableParagraphTransformer(), 200))...),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
	w := &rewriter{source: source}
	w.children(p.Parse(text.NewReader(source)), "", 0)
	if len(w.blocks) > maxBlocks {
		w.blocks, cut = w.blocks[:maxBlocks], true
	}
	return w.blocks, cut
}

var manyQuotes = regexp.MustCompile(`(?m)^(?:[ \t]*>){3,}`)

// rewriter walks a tree.
type rewriter struct {
	source []byte
	blocks []block
}

func (w *rewriter) add(b block) {
	if b.md = strings.TrimSpace(b.md); b.md != "" {
		w.blocks = append(w.blocks, b)
	}
}

func (w *rewriter) children(n ast.Node, lead string, depth int) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.block(c, lead, depth)
	}
}

func (w *rewriter) block(n ast.Node, lead string, depth int) {
	switch n := n.(type) {
	case *ast.Heading:
		w.add(block{kind: blockHeading, lead: lead + "### ", md: w.inline(n)})
	case *ast.List:
		w.list(n, lead, min(depth, maxNesting))
	case *ast.Blockquote:
		w.children(n, lead, depth) // whoever is quoted, it is the model that says it
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		w.add(block{kind: blockCode, md: w.code(n)})
	case *east.Table:
		w.table(n)
	case *ast.HTMLBlock, *ast.ThematicBreak, *ast.LinkReferenceDefinition:
	case *ast.Paragraph, *ast.TextBlock:
		w.add(block{kind: blockText, lead: lead, md: lineStart(w.inline(n))})
	default:
		w.children(n, lead, depth)
	}
}

func (w *rewriter) list(l *ast.List, lead string, depth int) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if l.IsOrdered() {
			mark = fmt.Sprintf("%d. ", min(max(number, 0), 999))
			number++
		}
		first := true
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			if sub, ok := c.(*ast.List); ok {
				w.list(sub, lead, min(depth+1, maxNesting))
				continue
			}
			n := len(w.blocks)
			itemLead := strings.Repeat("   ", depth) + mark
			if !first {
				itemLead = strings.Repeat("   ", depth+1)
			}
			w.block(c, itemLead, depth+1)
			for i := n; i < len(w.blocks); i++ {
				w.blocks[i].close = first && (depth > 0 || item.PreviousSibling() != nil)
				first = false
			}
		}
	}
}

func (w *rewriter) table(t *east.Table) {
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil && len(cells) < 12; cell = cell.NextSibling() {
			cells = append(cells, barePipe.ReplaceAllString(w.inline(cell), `$1\|`))
		}
		line := "| " + strings.Join(cells, " | ") + " |"
		if _, head := row.(*east.TableHeader); head {
			w.blocks = append(w.blocks,
				block{kind: blockTableHead, md: line}, block{kind: blockTableHead, md: "|" + strings.Repeat(" --- |", len(cells)), close: true})
			continue
		}
		w.blocks = append(w.blocks, block{kind: blockRow, md: line, close: true})
	}
}

var barePipe = regexp.MustCompile(`(^|[^\\])\|`)

// code gives the lines of a block of code.
func (w *rewriter) code(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		at := n.Lines().At(i)
		line := strings.TrimRight(string(at.Value(w.source)), "\r\n")
		b.WriteString(strings.ReplaceAll(tool.Visible(strings.ReplaceAll(line, "\t", "    "), 500), "```", "'''") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// inline gives what is in a block as one line of safe Markdown.
func (w *rewriter) inline(n ast.Node) string {
	l := &liner{source: w.source}
	l.walk(n)
	l.flush()
	return strings.TrimSpace(l.out.String())
}

// liner writes a line. Texts that follow each other are put together before they are looked
// at, since a tree has them in pieces.
type liner struct {
	source []byte
	run    strings.Builder
	out    strings.Builder
}

func (l *liner) walk(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			value := c.Segment.Value(l.source)
			if !c.IsRaw() {
				value = util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(value)))
			}
			l.run.Write(value)
			if c.SoftLineBreak() || c.HardLineBreak() {
				l.run.WriteByte(' ')
			}
		case *ast.String:
			l.run.Write(c.Value)
		case *ast.CodeSpan:
			l.codeSpan(c)
		case *ast.Emphasis:
			l.flush()
			mark := strings.Repeat("*", min(2, max(1, c.Level)))
			l.out.WriteString(mark)
			l.walk(c)
			l.flush()
			l.out.WriteString(mark)
		case *ast.Link: // its words stay, and where it leads if that is an event
			l.walk(c)
			if key := eventOf(string(c.Destination)); key != "" {
				l.run.WriteString(" [" + key + "]")
			}
		case *ast.AutoLink:
			l.run.Write(c.Label(l.source))
		case *ast.RawHTML:
			for i := range c.Segments.Len() {
				at := c.Segments.At(i)
				if key := keyForm.FindString(string(at.Value(l.source))); key != "" {
					l.run.WriteString(" [" + key + "]")
				}
			}
		default: // of pictures, their words
			l.walk(c)
		}
	}
}

func (l *liner) codeSpan(c *ast.CodeSpan) {
	var b strings.Builder
	for t := c.FirstChild(); t != nil; t = t.NextSibling() {
		if t, ok := t.(*ast.Text); ok {
			b.Write(t.Segment.Value(l.source))
		}
	}
	content := strings.TrimSpace(strings.ReplaceAll(b.String(), "\n", " "))
	if keyForm.FindString(content) == strings.Trim(content, "[]") && content != "" {
		l.run.WriteString("[" + strings.Trim(content, "[]") + "]")
		return
	}
	l.flush()
	if content = strings.ReplaceAll(tool.Visible(content, 1000), "`", "'"); content != "" {
		l.out.WriteString("`" + content + "`")
	}
}

// eventOf is the key of the event that an address of AOC leads to; empty for others.
func eventOf(address string) string {
	rest, ok := strings.CutPrefix(address, "/events/")
	if ok && keyForm.FindString(rest) == rest {
		return rest
	}
	return ""
}

var (
	keyForm = regexp.MustCompile(`(?i)\b[a-z2-7]{26}\b`)
	// citedForm are the ways in which models cite: [key], [key, key], [event: key], key.
	citedForm = regexp.MustCompile(`(?i)\[\s*(?:events?|keys?)?[:\s]*[a-z2-7]{26}(?:[\s,;&]+(?:and\s+)?[a-z2-7]{26})*\s*\]|\b[a-z2-7]{26}\b`)
)

// flush writes the texts that are gathered: citations as [key], all else inert.
func (l *liner) flush() {
	text := l.run.String()
	l.run.Reset()
	at := 0
	for _, m := range citedForm.FindAllStringIndex(text, -1) {
		l.plain(text[at:m[0]])
		for _, key := range keyForm.FindAllString(text[m[0]:m[1]], -1) {
			l.out.WriteString("[" + strings.ToLower(key) + "]")
		}
		at = m[1]
	}
	l.plain(text[at:])
}

func (l *liner) plain(text string) {
	if text == "" {
		return
	}
	safe := inert(text)
	if strings.HasSuffix(l.out.String(), "]") && (safe[0] == ':' || safe[0] == '(') { // else it could be read as a link
		safe = `\` + safe
	}
	l.out.WriteString(safe)
}

var (
	special = regexp.MustCompile("[\\\\`*_\\[\\]<>|~&!]")
	www     = regexp.MustCompile(`(?i)\b(www)\.`)
)

// inert makes text one that Markdown reads as nothing but text: no markup, no address that
// becomes a link by itself, no character that cannot be seen.
func inert(text string) string {
	text = tool.Visible(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(text), 0)
	text = www.ReplaceAllString(strings.ReplaceAll(text, "://", "[:]//"), "$1[.]")
	return special.ReplaceAllString(text, `\$0`)
}

var startsBlock = regexp.MustCompile(`^(#|\+|-|=|:|\d+[.)])`)

// lineStart keeps the beginning of a line from being read as that of a heading or an item.
func lineStart(md string) string {
	m := startsBlock.FindString(md)
	if m == "" {
		return md
	}
	return md[:len(m)-1] + `\` + md[len(m)-1:]
}

// render puts blocks together.
func render(all []block) string {
	var b strings.Builder
	for i, one := range all {
		switch {
		case i == 0:
		case one.close:
			b.WriteString("\n")
		default:
			b.WriteString("\n\n")
		}
		if one.kind == blockCode {
			b.WriteString("```\n" + one.md + "\n```")
			continue
		}
		b.WriteString(one.lead + one.md)
	}
	return b.String()
}
