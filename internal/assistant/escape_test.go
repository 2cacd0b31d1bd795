package assistant

import (
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Lovelace":                 "Ada Lovelace",
		"**bold** _it_ `code`":         "\\*\\*bold\\*\\* \\_it\\_ \\`code\\`",
		"[x](https://evil.example)":    `\[x\]\(https[:]//evil.example\)`,
		"![x](y)":                      `\!\[x\]\(y\)`,
		"<script>alert(1)</script>":    `\<script\>alert\(1\)\</script\>`,
		"www.evil.example":             "www[.]evil.example",
		"ada@contoso.example":          `ada\@contoso.example`,
		"# heading":                    `\# heading`,
		"- item":                       `\- item`,
		"1. item":                      `1\. item`,
		"two\r\nlines\tand a tab":      "two lines and a tab",
		"a\u202eb\u200b":               `a\[U\+202E\]b`,
		"[aaaaaaaaaaaaaaaaaaaaaaaaaa]": `\[aaaaaaaaaaaaaaaaaaaaaaaaaa\]`,
		"a | b ~~c~~ &amp; x":          `a \| b \~\~c\~\~ \&amp; x`,
	} {
		got := Plain(in)
		if strings.Contains(in, "\u202e") { // how it is written out is the tools' business
			if strings.ContainsAny(got, "\u202e\u200b") {
				t.Errorf("%q keeps what cannot be seen: %q", in, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
	if long := Plain(strings.Repeat("x", 5000)); len(long) > maxPlain+100 {
		t.Errorf("%d bytes", len(long))
	}
}
