package assistant

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"aoc/internal/console/tool"
)

const (
	keyA = "abcdefghijklmnopqrstuvwxyz"
	keyB = "zzzzzzzzzzzzzzzzzzzzzzzzz2"
)

// rewritten is what becomes of Markdown.
func rewritten(md string) string {
	all, _ := blocks(md)
	return render(all)
}

func TestMarkdown(t *testing.T) {
	for name, tt := range map[string]struct{ md, want string }{
		"text":             {"Ada did *it* **now**.", "Ada did *it* **now**."},
		"citations":        {"A [" + keyA + "] b [" + keyA + ", " + keyB + "] c `" + keyA + "` (" + strings.ToUpper(keyB) + ").", "A [" + keyA + "] b [" + keyA + "][" + keyB + "] c [" + keyA + "] ([" + keyB + "])."},
		"link to an event": {"[Ada](/events/" + keyA + ") x", "Ada [" + keyA + "] x"},
		"link elsewhere":   {"[click](https://evil.example/?d=1 \"t\") x", "click x"},
		"link by itself":   {"see https://evil.example and <https://evil.example> www.evil.example", `see https\[:\]//evil.example and https\[:\]//evil.example www\[.\]evil.example`},
		"image":            {"![alt](https://evil.example/p.png) x", "alt x"},
		"html":             {"a <img src=x onerror=alert(1)> b\n\n<script>alert(1)</script>\n\nc", "a  b\n\nc"},
		"entities":         {"&lt;b&gt; &#60;i&#62;", `\<b\> \<i\>`},
		"escapes":          {`\*a\* \[b\]`, `\*a\* \[b\]`},
		"definition":       {"[" + keyA + "]: https://evil.example\n\nsee [" + keyA + "]", "see [" + keyA + "]"},
		"no definition":    {"[" + keyA + "]\\: https://evil.example", "[" + keyA + `]\: https\[:\]//evil.example`},
		"list":             {"- a\n- b\n  - c\n\n1. d\n2. e", "- a\n- b\n   - c\n\n1. d\n2. e"},
		"table":            {"| a | b |\n|---|---|\n| `x\\|y` | <b>z</b> |", "| a | b |\n| --- | --- |\n| `x\\|y` | z |"},
		"code":             {"```html\n<b> ```\n```", "```\n<b> '''\n```"},
		"bidi":             {"a\u202eb\u200bc\U000e0041", `a\\u{202E}b\\u{200B}c\\u{E0041}`},
		"heading":          {"# Big\ntext", "### Big\n\ntext"},
		"quote":            {"> said", "said"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rewritten(tt.md); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// dangers tells what in Markdown leads elsewhere, runs, or cannot be seen, as a reader with all
// extensions would take it.
func dangers(md string) (found []string) {
	source := []byte(md)
	reader := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList))
	_ = ast.Walk(reader.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Image:
			found = append(found, "image "+string(n.Destination))
		case *ast.Link:
			if eventOf(string(n.Destination)) == "" {
				found = append(found, "link "+string(n.Destination))
			}
		case *ast.AutoLink:
			if n.AutoLinkType != ast.AutoLinkEmail {
				found = append(found, "address "+string(n.URL(source)))
			}
		case *ast.RawHTML, *ast.HTMLBlock:
			found = append(found, "HTML")
		}
		return ast.WalkContinue, nil
	})
	for _, r := range md {
		if r != '\n' && tool.Hidden(r) {
			found = append(found, "a hidden character")
		}
	}
	return found
}

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"a", "# h", "- a\n\n  b", "[a](b)", "[" + keyA + "]: x", "[" + keyA + "](x)", "[" + keyA + "]\\(http://x)", "![a][b]\n\n[b]: http://x", "<a\nhref=x>", "|a|\n|-|\n|`b|c`|",
		"1) a\n10. b", "~~~\n```\n<b>", "https&#58;//x", "http:\\//x", "www&period;x.com", "**http://x**", "&lt;img&gt;", "[^1]\n\n[^1]: http://x", "a\n: b", "\\[x\\](http://y)", "``a` b``", "`a\u202e`", "    <b>\n", "- ```\n  <x>\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, md string) {
		got := rewritten(md)
		if d := dangers(got); len(d) > 0 {
			t.Errorf("%q becomes %q: %v", md, got, d)
		}
	})
}
