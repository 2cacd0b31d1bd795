package sigma

import "testing"

// specCases hold one statement of the specification each: a detection, records that it
// matches and records that it does not.
var specCases = []struct {
	says      string
	detection string
	match     []string
	miss      []string
}{
	// Search identifiers: general.
	{"all values are treated as case-insensitive strings", `
    s:
        F: 'WhoAmI.exe'
    condition: s`,
		[]string{`{"F":"whoami.exe"}`, `{"F":"WHOAMI.EXE"}`}, []string{`{"F":"whoami.exe "}`, `{"F":"xwhoami.exe"}`, `{"G":"whoami.exe"}`, `{}`}},
	{"case-insensitive goes for letters beyond ASCII", `
    s:
        F: 'STRAẞE-ÄÖÜ-ΣΔ'
    condition: s`,
		[]string{`{"F":"straße-äöü-σδ"}`, `{"F":"straße-äöü-ςδ"}`}, []string{`{"F":"strasse-aou-sd"}`}},
	{"the Kelvin sign is a k but for case", `
    s:
        F: 'k'
    condition: s`,
		[]string{`{"F":"K"}`, `{"F":"\u212a"}`}, []string{`{"F":"x"}`}},
	{"numeric values don't use quotes, and are found as numbers", `
    s:
        F: 4625
    condition: s`,
		[]string{`{"F":4625}`, `{"F":"4625"}`, `{"F":4625.0}`, `{"F":4.625e3}`}, []string{`{"F":"4625.0"}`, `{"F":46250}`, `{"F":"x4625"}`, `{"F":null}`}},
	{"a quoted number is a string, which a number in a record is, too", `
    s:
        F: '0'
    condition: s`,
		[]string{`{"F":0}`, `{"F":"0"}`, `{"F":0.0}`, `{"F":-0}`}, []string{`{"F":"00"}`, `{"F":""}`, `{"F":false}`, `{"F":10}`}},
	{"large whole numbers keep all digits", `
    s:
        F: 9007199254740993
    condition: s`,
		[]string{`{"F":9007199254740993}`, `{"F":"9007199254740993"}`}, []string{`{"F":9007199254740992}`}},
	{"negative and fractional numbers", `
    s:
        F:
            - -1
            - 2.50
    condition: s`,
		[]string{`{"F":-1}`, `{"F":2.5}`, `{"F":"2.5"}`, `{"F":"2.50"}`}, []string{`{"F":1}`, `{"F":25}`}},
	{"a hexadecimal number is its value, and what is written", `
    s:
        F: 0x17
    condition: s`,
		[]string{`{"F":23}`, `{"F":"0x17"}`}, []string{`{"F":17}`}},
	{"true and false", `
    s:
        F: true
    condition: s`,
		[]string{`{"F":true}`, `{"F":"True"}`}, []string{`{"F":false}`, `{"F":1}`}},
	{"a day without quotes is text", `
    s:
        F: 2024-01-02
    condition: s`,
		[]string{`{"F":"2024-01-02"}`}, []string{`{"F":"2024-01-02T00:00:00Z"}`}},

	// Wildcards.
	{"? replaces a single mandatory character", `
    s:
        F: 'prog?.exe'
    condition: s`,
		[]string{`{"F":"progA.exe"}`, `{"F":"progb.exe"}`, `{"F":"progä.exe"}`, `{"F":"prog😀.exe"}`}, []string{`{"F":"prog.exe"}`, `{"F":"progab.exe"}`}},
	{"* replaces an unbounded length wildcard", `
    s:
        F: 'antivirus_V*.exe'
    condition: s`,
		[]string{`{"F":"antivirus_V1.exe"}`, `{"F":"antivirus_V21.2.1.exe"}`, `{"F":"antivirus_v.exe"}`}, []string{`{"F":"antivirus.exe"}`, `{"F":"antivirus_V1.exe2"}`}},
	{"* spans lines", `
    s:
        F: 'a*b'
    condition: s`,
		[]string{`{"F":"a\n\nb"}`}, []string{`{"F":"a\nc"}`}},
	{"several wildcards", `
    s:
        F: '*a?c*e*'
    condition: s`,
		[]string{`{"F":"abce"}`, `{"F":"xxaXcyyezz"}`, `{"F":"aacabce"}`}, []string{`{"F":"ace"}`, `{"F":"abc"}`, `{"F":"eabc"}`}},
	{"* alone is any value there is", `
    s:
        F: '*'
    condition: s`,
		[]string{`{"F":"x"}`, `{"F":""}`, `{"F":0}`}, []string{`{}`, `{"F":null}`, `{"F":[]}`}},
	{"? alone is one character", `
    s:
        F: '?'
    condition: s`,
		[]string{`{"F":"x"}`, `{"F":"ß"}`, `{"F":5}`}, []string{`{"F":""}`, `{"F":"xy"}`}},
	{"?* is at least one character", `
    s:
        F: '?*'
    condition: s`,
		[]string{`{"F":"x"}`, `{"F":"xyz"}`}, []string{`{"F":""}`}},
	{"the beginning and the end do not overlap", `
    s:
        F: 'aba*ba'
    condition: s`,
		[]string{`{"F":"ababa"}`, `{"F":"abaxba"}`}, []string{`{"F":"aba"}`, `{"F":"abba"}`}},

	// Escapes.
	{"a plain backslash not followed by a wildcard is a single one", `
    s:
        F: 'C:\Windows\cmd.exe'
    condition: s`,
		[]string{`{"F":"c:\\windows\\cmd.exe"}`}, []string{`{"F":"c:windowscmd.exe"}`, `{"F":"c:\\\\windows\\\\cmd.exe"}`}},
	{"a plain backslash can be a double backslash, too", `
    s:
        F: 'C:\\Windows\\cmd.exe'
    condition: s`,
		[]string{`{"F":"c:\\windows\\cmd.exe"}`}, []string{`{"F":"c:\\\\windows\\\\cmd.exe"}`}},
	{`\* is a plain asterisk`, `
    s:
        F: 'a\*b'
    condition: s`,
		[]string{`{"F":"a*b"}`}, []string{`{"F":"axb"}`, `{"F":"a\\*b"}`, `{"F":"ab"}`}},
	{`\? is a plain question mark`, `
    s:
        F: 'a\?b'
    condition: s`,
		[]string{`{"F":"a?b"}`}, []string{`{"F":"axb"}`, `{"F":"a\\?b"}`}},
	{`\\* is a backslash and a wildcard`, `
    s:
        F: 'a\\*b'
    condition: s`,
		[]string{`{"F":"a\\b"}`, `{"F":"a\\xyzb"}`}, []string{`{"F":"a*b"}`, `{"F":"axb"}`}},
	{`\\? is a backslash and a wildcard`, `
    s:
        F: 'a\\?b'
    condition: s`,
		[]string{`{"F":"a\\xb"}`}, []string{`{"F":"a\\b"}`, `{"F":"a?b"}`}},
	{`\\\* is a plain backslash and a plain asterisk`, `
    s:
        F: 'a\\\*b'
    condition: s`,
		[]string{`{"F":"a\\*b"}`}, []string{`{"F":"a\\b"}`, `{"F":"a\\xb"}`, `{"F":"a\\\\*b"}`}},
	{`three backslashes are two`, `
    s:
        F: 'a\\\b'
    condition: s`,
		[]string{`{"F":"a\\\\b"}`}, []string{`{"F":"a\\b"}`, `{"F":"a\\\\\\b"}`}},
	{`four backslashes are two`, `
    s:
        F: '\\\\srv'
    condition: s`,
		[]string{`{"F":"\\\\srv"}`}, []string{`{"F":"\\srv"}`, `{"F":"\\\\\\\\srv"}`}},
	{`a backslash at the end is one`, `
    s:
        F: 'dir\'
    condition: s`,
		[]string{`{"F":"dir\\"}`}, []string{`{"F":"dir"}`}},
	{`nothing else has to be escaped`, `
    s:
        F: 'a.b[c](d)$^+|{e}%'
    condition: s`,
		[]string{`{"F":"a.b[c](d)$^+|{e}%"}`}, []string{`{"F":"axb[c](d)$^+|{e}%"}`}},

	// Lists and maps.
	{"a list of strings is applied to the full message, linked with or", `
    keywords:
        - 'EVILSERVICE'
        - 'svchost.exe -n evil'
    condition: keywords`,
		[]string{`{"A":"the evilservice runs"}`, `{"B":"x","A":"svchost.exe -n evil"}`}, []string{`{"A":"evil service"}`, `{"EVILSERVICE":"x"}`, `{}`}},
	{"keywords may have wildcards", `
    keywords:
        - 'evil*service'
    condition: keywords`,
		[]string{`{"A":"an evil little service"}`}, []string{`{"A":"evil","B":"service"}`}},
	{"numbers are keywords, too", `
    keywords:
        - 4625
    condition: keywords`,
		[]string{`{"A":4625}`, `{"A":"id 4625."}`}, []string{`{"A":462}`}},
	{"map items of a list are linked with or", `
    s:
        - Image|endswith: '\\example.exe'
        - Description|contains: 'Test executable'
    condition: s`,
		[]string{`{"Image":"c:\\example.exe"}`, `{"Description":"a test executable!"}`}, []string{`{"Image":"example.exe"}`, `{"Description":"test"}`}},
	{"lists may mix maps and keywords", `
    s:
        - F: 'x'
        - 'needle'
    condition: s`,
		[]string{`{"F":"x"}`, `{"G":"a needle"}`}, []string{`{"F":"y"}`}},
	{"lists may be in lists", `
    s:
        -   - F: 'x'
            - F: 'y'
        - G: 'z'
    condition: s`,
		[]string{`{"F":"x"}`, `{"F":"y"}`, `{"G":"z"}`}, []string{`{"G":"x"}`}},
	{"all elements of a map are joined with and, values of a list with or", `
    s:
        EventLog: Security
        EventID:
            - 517
            - 1102
    condition: s`,
		[]string{`{"EventLog":"security","EventID":517}`, `{"EventLog":"security","EventID":1102}`}, []string{`{"EventLog":"security","EventID":1}`, `{"EventID":517}`, `{"EventLog":"Security"}`}},
	{"a map in a list is joined with and", `
    s:
        - F: 'x'
          G: 'y'
        - F: 'z'
    condition: s`,
		[]string{`{"F":"x","G":"y"}`, `{"F":"z"}`}, []string{`{"F":"x"}`, `{"G":"y"}`}},
	{"hexadecimal texts stay texts", `
    s:
        EventID: 4769
        TicketOptions: '0x40810000'
    condition: s`,
		[]string{`{"EventID":4769,"TicketOptions":"0x40810000"}`}, []string{`{"EventID":4769,"TicketOptions":1082195968}`}},
	{"a field with several values matches when any does", `
    s:
        F: 'x'
    condition: s`,
		[]string{`{"F":["a","x"]}`}, []string{`{"F":["a","b"]}`, `{"F":[]}`}},
	{"a long list of values", `
    s:
        F: [a, b, c, d, e, f, g, 8]
    condition: s`,
		[]string{`{"F":"A"}`, `{"F":"g"}`, `{"F":8}`, `{"F":8.0}`}, []string{`{"F":"h"}`, `{"F":"ab"}`}},
	{"a list with wildcards among the values", `
    s:
        F: [a, b, c, 'd*', e]
    condition: s`,
		[]string{`{"F":"dx"}`, `{"F":"e"}`}, []string{`{"F":"ex"}`}},
	{"names of fields may have dots", `
    s:
        properties.appId: 'x'
    condition: s`,
		[]string{`{"properties":{"appId":"x"}}`}, []string{`{"appId":"x"}`}},
	{"anchors and merged maps of YAML", `
    _base: &base
        F: 'x'
    s:
        <<: *base
        G: 'y'
    condition: s`,
		[]string{`{"F":"x","G":"y"}`}, []string{`{"G":"y"}`}},

	// Special values.
	{"an empty value is ''", `
    s:
        F: ''
    condition: s`,
		[]string{`{"F":""}`, `{"F":["a",""]}`}, []string{`{}`, `{"F":null}`, `{"F":"x"}`, `{"F":" "}`, `{"F":[]}`}},
	{"null is no value", `
    s:
        F: null
    condition: s`,
		[]string{`{}`, `{"F":null}`, `{"F":[]}`, `{"F":[null]}`}, []string{`{"F":""}`, `{"F":0}`, `{"F":"null"}`}},
	{"an empty YAML value is null", `
    s:
        F:
    condition: s`,
		[]string{`{}`, `{"F":null}`}, []string{`{"F":"x"}`}},
	{"not null is another selection that is negated", `
    selection:
        EventID: 4738
    filter:
        PasswordLastSet: null
    condition: selection and not filter`,
		[]string{`{"EventID":4738,"PasswordLastSet":"x"}`}, []string{`{"EventID":4738}`, `{"EventID":4738,"PasswordLastSet":null}`}},
	{"empty and null in two searches", `
    selection_main:
        A: 'something'
    selection_empty1:
        B: ''
    selection_empty2:
        B: null
    condition: selection_main and 1 of selection_empty*`,
		[]string{`{"A":"something"}`, `{"A":"something","B":""}`}, []string{`{"A":"something","B":"x"}`, `{"B":""}`}},
	{"exists: true, whatever the value", `
    s:
        EventID: 4738
        F|exists: true
    condition: s`,
		[]string{`{"EventID":4738,"F":"x"}`, `{"EventID":4738,"F":""}`, `{"EventID":4738,"F":null}`, `{"EventID":4738,"F":[]}`}, []string{`{"EventID":4738}`}},
	{"exists: false", `
    s:
        F|exists: false
    condition: s`,
		[]string{`{}`, `{"G":1}`}, []string{`{"F":null}`, `{"F":""}`}},

	// Generic modifiers.
	{"all changes or to and", `
    s:
        F|contains|all:
            - 'alpha'
            - 'beta'
    condition: s`,
		[]string{`{"F":"beta then ALPHA"}`}, []string{`{"F":"alpha"}`, `{"F":"beta"}`}},
	{"all may stand before contains", `
    s:
        F|all|contains:
            - 'alpha'
            - 'beta'
    condition: s`,
		[]string{`{"F":"alphabeta"}`}, []string{`{"F":"alpha"}`}},
	{"all over a field with several values", `
    s:
        F|all:
            - 'a'
            - 'b'
    condition: s`,
		[]string{`{"F":["b","a","c"]}`}, []string{`{"F":["a"]}`, `{"F":"a"}`}},
	{"startswith", `
    s:
        F|startswith: 'adm'
    condition: s`,
		[]string{`{"F":"Administrator"}`, `{"F":"adm"}`}, []string{`{"F":"xadm"}`, `{"F":"ad"}`}},
	{"endswith", `
    s:
        F|endswith: '\cmd.exe'
    condition: s`,
		[]string{`{"F":"C:\\Windows\\CMD.EXE"}`}, []string{`{"F":"cmd.exe"}`, `{"F":"\\cmd.exe "}`}},
	{"contains", `
    s:
        F|contains: 'needle'
    condition: s`,
		[]string{`{"F":"hayNEEDLEhay"}`, `{"F":"needle"}`}, []string{`{"F":"need le"}`}},
	{"contains with wildcards inside", `
    s:
        F|contains: 'a*b?d'
    condition: s`,
		[]string{`{"F":"xxa-bcdxx"}`, `{"F":"abcd"}`}, []string{`{"F":"abd"}`, `{"F":"bcda"}`}},
	{"contains with a wildcard at its end already", `
    s:
        F|contains: '*x*'
    condition: s`,
		[]string{`{"F":"axb"}`}, []string{`{"F":"ab"}`}},
	{"contains, startswith and endswith go for numbers", `
    s:
        F|startswith: 46
    condition: s`,
		[]string{`{"F":4625}`, `{"F":"46x"}`}, []string{`{"F":146}`}},
	{"contains of an escaped wildcard", `
    s:
        F|contains: '\*'
    condition: s`,
		[]string{`{"F":"a*b"}`}, []string{`{"F":"ab"}`}},
	{"contains with a list is or", `
    s:
        F|contains: ['x', 'y']
    condition: s`,
		[]string{`{"F":"axb"}`, `{"F":"ayb"}`}, []string{`{"F":"ab"}`}},
	{"cased is case-sensitive", `
    s:
        F|cased: 'CmD'
    condition: s`,
		[]string{`{"F":"CmD"}`}, []string{`{"F":"cmd"}`, `{"F":"CMD"}`}},
	{"contains and cased", `
    s:
        F|contains|cased: 'CmD'
    condition: s`,
		[]string{`{"F":"xCmDx"}`}, []string{`{"F":"xcmdx"}`}},
	{"cased and startswith, with wildcards", `
    s:
        F|cased|startswith: 'A?c'
    condition: s`,
		[]string{`{"F":"Abcd"}`}, []string{`{"F":"abcd"}`}},
	{"cased with many values", `
    s:
        F|cased: [Aa, Bb, Cc, Dd, Ee]
    condition: s`,
		[]string{`{"F":"Ee"}`}, []string{`{"F":"ee"}`}},
	{"neq is different from the value", `
    s:
        F|neq: 'x'
    condition: s`,
		[]string{`{"F":"y"}`, `{"F":["a","b"]}`, `{}`}, []string{`{"F":"x"}`, `{"F":"X"}`, `{"F":["a","x"]}`}},
	{"neq with a list is different from all of them", `
    s:
        F|neq: ['x', 'y']
    condition: s`,
		[]string{`{"F":"z"}`}, []string{`{"F":"x"}`, `{"F":"y"}`}},
	{"neq with contains", `
    s:
        F|contains|neq: 'x'
    condition: s`,
		[]string{`{"F":"abc"}`}, []string{`{"F":"axc"}`}},
	{"neq with a number", `
    s:
        F|neq: 5
    condition: s`,
		[]string{`{"F":6}`}, []string{`{"F":5}`, `{"F":5.0}`}},
	{"neq with null is a value that is there", `
    s:
        F|neq: null
    condition: s`,
		[]string{`{"F":"x"}`, `{"F":""}`}, []string{`{}`, `{"F":null}`}},
	{"the negation of neq is the comparison", `
    s:
        F|neq: 'x'
    condition: not s`,
		[]string{`{"F":"x"}`}, []string{`{"F":"y"}`, `{}`}},

	// windash.
	{"windash takes - / – — ― for each other", `
    s:
        F|windash|contains: ' -f'
    condition: s`,
		[]string{`{"F":"cmd -f"}`, `{"F":"cmd /f"}`, `{"F":"cmd –f"}`, `{"F":"cmd —f"}`, `{"F":"cmd ―f"}`}, []string{`{"F":"cmd f"}`, `{"F":"cmd +f"}`}},
	{"windash makes all permutations", `
    s:
        F|contains|windash: '/a -b'
    condition: s`,
		[]string{`{"F":"x -a /b"}`, `{"F":"x –a —b"}`, `{"F":"/a -b"}`}, []string{`{"F":"/a b"}`}},
	{"windash with all keeps the values apart", `
    s:
        F|windash|contains|all:
            - '-a'
            - '-b'
    condition: s`,
		[]string{`{"F":"/a –b"}`}, []string{`{"F":"/a -a"}`}},

	// Regular expressions.
	{"a regular expression is case-sensitive", `
    s:
        F|re: 'ab+c'
    condition: s`,
		[]string{`{"F":"abbc"}`, `{"F":"xxabcxx"}`}, []string{`{"F":"ABC"}`, `{"F":"ac"}`}},
	{". is any character", `
    s:
        F|re: '^a.c$'
    condition: s`,
		[]string{`{"F":"abc"}`, `{"F":"aäc"}`}, []string{`{"F":"a\nc"}`, `{"F":"ac"}`}},
	{"anchors", `
    s:
        F|re: '^abc$'
    condition: s`,
		[]string{`{"F":"abc"}`}, []string{`{"F":"xabc"}`, `{"F":"abcx"}`, `{"F":"x\nabc"}`}},
	{"quantifiers", `
    s:
        F|re: '^a*b+c?d{2,3}$'
    condition: s`,
		[]string{`{"F":"bdd"}`, `{"F":"aabbcddd"}`}, []string{`{"F":"bd"}`, `{"F":"bdddd"}`, `{"F":"add"}`}},
	{"character classes", `
    s:
        F|re: '^[a-f][^0-9]$'
    condition: s`,
		[]string{`{"F":"ax"}`}, []string{`{"F":"a1"}`, `{"F":"gx"}`}},
	{"alternation and grouping", `
    s:
        F|re: '^(foo|ba(r|z))$'
    condition: s`,
		[]string{`{"F":"foo"}`, `{"F":"baz"}`}, []string{`{"F":"ba"}`, `{"F":"foobar"}`}},
	{"re with i is insensitive", `
    s:
        F|re|i: 'abc'
    condition: s`,
		[]string{`{"F":"xABCx"}`}, []string{`{"F":"ab"}`}},
	{"re with m: ^ and $ match at lines", `
    s:
        F|re|m: '^abc$'
    condition: s`,
		[]string{`{"F":"x\nabc\ny"}`}, []string{`{"F":"xabc"}`}},
	{"re with s: . matches a newline", `
    s:
        F|re|s: 'a.c'
    condition: s`,
		[]string{`{"F":"a\nc"}`}, []string{`{"F":"ac"}`}},
	{"re with i, m and s", `
    s:
        F|re|i|m|s: '^a.c$'
    condition: s`,
		[]string{`{"F":"x\nA\nC\ny"}`}, []string{`{"F":"xac"}`}},
	{"wildcards and backslashes are those of the regular expression", `
    s:
        F|re: 'a\*b\\c'
    condition: s`,
		[]string{`{"F":"a*b\\c"}`}, []string{`{"F":"aab\\c"}`}},
	{"re with a list, and with all", `
    s:
        F|re|all:
            - 'a[0-9]'
            - 'b[0-9]'
    condition: s`,
		[]string{`{"F":"b2a1"}`}, []string{`{"F":"a1"}`}},
	{"re with neq", `
    s:
        F|re|neq: '^a'
    condition: s`,
		[]string{`{"F":"ba"}`, `{}`}, []string{`{"F":"ab"}`}},

	// Encodings.
	{"base64 encodes the value", `
    s:
        F|base64: 'foobar'
    condition: s`,
		[]string{`{"F":"Zm9vYmFy"}`}, []string{`{"F":"foobar"}`, `{"F":"xZm9vYmFy"}`}},
	{"base64 and contains", `
    s:
        F|base64|contains: 'foobar'
    condition: s`,
		[]string{`{"F":"--Zm9vYmFy--"}`}, []string{`{"F":"Zm9vYmF"}`}},
	{"base64 and cased", `
    s:
        F|base64|cased: 'foobar'
    condition: s`,
		[]string{`{"F":"Zm9vYmFy"}`}, []string{`{"F":"zm9vymfy"}`}},
	{"base64 of an escaped wildcard is that of the character", `
    s:
        F|base64: 'a\*b'
    condition: s`,
		[]string{`{"F":"YSpi"}`}, []string{`{"F":"YVwqYg=="}`}},
	{"base64offset finds the value at any place", `
    s:
        F|base64offset|contains: '/bin/bash'
    condition: s`,
		// base64 of "/bin/bash", "x/bin/bash", "xx/bin/bash" and "xxx/bin/bash -i".
		[]string{`{"F":"L2Jpbi9iYXNo"}`, `{"F":"eC9iaW4vYmFzaA=="}`, `{"F":"eHgvYmluL2Jhc2g="}`, `{"F":"eHh4L2Jpbi9iYXNoIC1p"}`}, []string{`{"F":"L2Jpbi96c2g="}`, `{"F":"/bin/bash"}`}},
	{"base64offset with all keeps the values apart", `
    s:
        F|base64offset|contains|all:
            - 'foobar'
            - 'bazqux'
    condition: s`,
		[]string{`{"F":"Zm9vYmFyYmF6cXV4"}`}, []string{`{"F":"Zm9vYmFyZm9vYmFy"}`}},
	{"utf16le before base64: 63 00 6d 00 64 00", `
    s:
        F|utf16le|base64: 'cmd'
    condition: s`,
		[]string{`{"F":"YwBtAGQA"}`}, []string{`{"F":"AGMAbQBk"}`}},
	{"wide is utf16le", `
    s:
        F|wide|base64offset|contains: 'cmd'
    condition: s`,
		[]string{`{"F":"xxxxYwBtAGQAxxxx"}`}, []string{`{"F":"Y21k"}`}},
	{"utf16be: 00 63 00 6d 00 64", `
    s:
        F|utf16be|base64: 'cmd'
    condition: s`,
		[]string{`{"F":"AGMAbQBk"}`}, []string{`{"F":"YwBtAGQA"}`}},
	{"utf16 has a byte order mark: FF FE 63 00 6d 00 64 00", `
    s:
        F|utf16|base64: 'cmd'
    condition: s`,
		[]string{`{"F":"//5jAG0AZAA="}`}, []string{`{"F":"YwBtAGQA"}`}},
	{"utf16le alone", `
    s:
        F|utf16le|contains: 'ab'
    condition: s`,
		[]string{`{"F":"xa\u0000b\u0000"}`}, []string{`{"F":"ab"}`}},
	{"utf16 of characters beyond the basic plane", `
    s:
        F|utf16le|base64: '😀'
    condition: s`,
		[]string{`{"F":"PdgA3g=="}`}, []string{`{"F":"8J+YgA=="}`}},

	// Numbers.
	{"lt", `
    s:
        F|lt: 10
    condition: s`,
		[]string{`{"F":9}`, `{"F":9.99}`, `{"F":"9"}`, `{"F":-1}`}, []string{`{"F":10}`, `{"F":"x"}`, `{"F":""}`, `{}`, `{"F":null}`}},
	{"lte", `
    s:
        F|lte: 10
    condition: s`,
		[]string{`{"F":10}`, `{"F":1}`}, []string{`{"F":10.5}`, `{"F":11}`}},
	{"gt", `
    s:
        F|gt: 1.5
    condition: s`,
		[]string{`{"F":2}`, `{"F":1e3}`}, []string{`{"F":1.5}`, `{"F":0}`, `{"F":"0x10"}`, `{"F":"inf"}`}},
	{"gte", `
    s:
        F|gte: -1
    condition: s`,
		[]string{`{"F":-1}`, `{"F":0}`}, []string{`{"F":-2}`}},
	{"a range is two conditions in a map", `
    s:
        F|gte: 10
        F|lt: 20
    condition: s`,
		[]string{`{"F":10}`, `{"F":19}`}, []string{`{"F":9}`, `{"F":20}`}},

	// Times.
	{"minute", `
    s:
        F|minute: 30
    condition: s`,
		[]string{`{"F":"2024-05-06T07:30:09Z"}`}, []string{`{"F":"2024-05-06T07:31:09Z"}`, `{"F":"2024-05-30"}`, `{"F":"30"}`, `{}`}},
	{"hour, as it is written: no conversion of zones", `
    s:
        F|hour: 7
    condition: s`,
		[]string{`{"F":"2024-05-06T07:30:09Z"}`, `{"F":"2024-05-06T07:30:09.123456+02:00"}`, `{"F":"2024-05-06 07:30:09"}`, `{"F":"2024-05-06T07:30:09"}`}, []string{`{"F":"2024-05-06T05:30:09Z"}`}},
	{"hour with comparisons", `
    s:
        - F|hour|gte: 18
        - F|hour|lt: 6
    condition: s`,
		[]string{`{"F":"2024-05-06T18:00:00Z"}`, `{"F":"2024-05-06T05:59:59Z"}`}, []string{`{"F":"2024-05-06T06:00:00Z"}`, `{"F":"2024-05-06T17:59:59Z"}`}},
	{"hour with a list", `
    s:
        F|hour: [0, 1, 2]
    condition: s`,
		[]string{`{"F":"2024-05-06T00:10:00Z"}`, `{"F":"2024-05-06T02:10:00Z"}`}, []string{`{"F":"2024-05-06T03:10:00Z"}`}},
	{"hour with neq", `
    s:
        F|hour|neq: 3
    condition: s`,
		[]string{`{"F":"2024-05-06T04:10:00Z"}`}, []string{`{"F":"2024-05-06T03:10:00Z"}`}},
	{"day", `
    s:
        F|day: 31
    condition: s`,
		[]string{`{"F":"2024-05-31T07:30:09Z"}`, `{"F":"2024-05-31"}`}, []string{`{"F":"2024-05-30T07:30:09Z"}`}},
	{"week", `
    s:
        F|week: 1
    condition: s`,
		[]string{`{"F":"2024-01-03T00:00:00Z"}`, `{"F":"2024-12-31T00:00:00Z"}`}, []string{`{"F":"2024-01-08T00:00:00Z"}`}},
	{"month", `
    s:
        F|month: 12
    condition: s`,
		[]string{`{"F":"2024-12-03T00:00:00Z"}`}, []string{`{"F":"2024-11-12T12:12:12Z"}`}},
	{"year", `
    s:
        F|year: 2024
    condition: s`,
		[]string{`{"F":"2024-12-03T00:00:00Z"}`}, []string{`{"F":"2023-12-03T00:00:00Z"}`, `{"F":2024}`}},

	// Networks.
	{"cidr of IPv4", `
    s:
        F|cidr: 10.0.0.0/8
    condition: s`,
		[]string{`{"F":"10.1.2.3"}`, `{"F":"::ffff:10.1.2.3"}`, `{"F":"10.1.2.3:443"}`}, []string{`{"F":"11.0.0.1"}`, `{"F":"10.1.2"}`, `{"F":"x10.1.2.3"}`, `{"F":"::1"}`}},
	{"cidr of IPv6", `
    s:
        F|cidr: '2001:db8::/32'
    condition: s`,
		[]string{`{"F":"2001:db8:1::5"}`, `{"F":"2001:0DB8::1"}`, `{"F":"[2001:db8::1]:443"}`}, []string{`{"F":"2001:db9::1"}`, `{"F":"10.0.0.1"}`}},
	{"cidr with a list", `
    s:
        F|cidr:
            - 192.168.0.0/16
            - '::1/128'
    condition: s`,
		[]string{`{"F":"192.168.3.4"}`, `{"F":"::1"}`}, []string{`{"F":"192.169.0.1"}`, `{"F":"::2"}`}},
	{"cidr with neq", `
    s:
        F|cidr|neq: 10.0.0.0/8
    condition: s`,
		[]string{`{"F":"11.1.2.3"}`}, []string{`{"F":"10.1.2.3"}`}},
	{"cidr of one address", `
    s:
        F|cidr: 10.0.0.1
    condition: s`,
		[]string{`{"F":"10.0.0.1"}`}, []string{`{"F":"10.0.0.2"}`}},

	// Placeholders.
	{"without expand a placeholder is a literal value", `
    s:
        F: '%Admins%'
    condition: s`,
		[]string{`{"F":"%admins%"}`}, []string{`{"F":"ada"}`}},
	{"expand gives the values, linked with or", `
    s:
        F|expand: '%Admins%'
    condition: s`,
		[]string{`{"F":"Ada"}`, `{"F":"grace"}`}, []string{`{"F":"%Admins%"}`, `{"F":"eve"}`}},
	{"a placeholder may stand for a pattern", `
    s:
        F|expand: '%Servers%'
    condition: s`,
		[]string{`{"F":"srv1"}`, `{"F":"SRV"}`}, []string{`{"F":"xsrv"}`}},
	{"escapes in the values of placeholders", `
    s:
        F|expand: '%Star%'
    condition: s`,
		[]string{`{"F":"a*b"}`}, []string{`{"F":"axb"}`}},
	{"a placeholder within a text", `
    s:
        F|expand: 'x-%Admins%-y'
    condition: s`,
		[]string{`{"F":"x-ada-y"}`, `{"F":"x-grace-y"}`}, []string{`{"F":"x--y"}`}},
	{"several placeholders in a text", `
    s:
        F|expand: '%one%%two%'
    condition: s`,
		[]string{`{"F":"1st2nd"}`}, []string{`{"F":"1st"}`}},
	{"a plain percent sign is escaped", `
    s:
        F|expand: '\%plain%one%'
    condition: s`,
		[]string{`{"F":"%plain1st"}`}, []string{`{"F":"\\%plain1st"}`, `{"F":"1stone%"}`}},
	{"contains before expand", `
    s:
        F|contains|expand: '%Admins%'
    condition: s`,
		[]string{`{"F":"xx ada xx"}`}, []string{`{"F":"ad a"}`}},
	{"expand before contains", `
    s:
        F|expand|contains: '%Admins%'
    condition: s`,
		[]string{`{"F":"xx grace xx"}`}, []string{`{"F":"gra ce"}`}},
	{"expand before cidr", `
    s:
        F|expand|cidr: '%Net%'
    condition: s`,
		[]string{`{"F":"192.168.1.1"}`, `{"F":"10.9.9.9"}`}, []string{`{"F":"8.8.8.8"}`}},
	{"expand before base64", `
    s:
        F|expand|base64: '%one%'
    condition: s`,
		[]string{`{"F":"MXN0"}`}, []string{`{"F":"1st"}`}},
	{"expand in a regular expression", `
    s:
        F|re|expand: '^%Servers%[0-9]$'
    condition: s`,
		[]string{`{"F":"srv-x-1"}`}, []string{`{"F":"srv"}`}},
	{"one percent sign begins no placeholder", `
    s:
        F|expand: '100% %one%'
    condition: s`,
		[]string{`{"F":"100% 1st"}`}, []string{`{"F":"100%"}`}},

	// fieldref.
	{"fieldref compares with another field", `
    s:
        A|fieldref: B
    condition: s`,
		[]string{`{"A":"x","B":"X"}`, `{"A":5,"B":"5"}`, `{"A":["p","q"],"B":["z","q"]}`}, []string{`{"A":"x","B":"y"}`, `{"A":"x"}`, `{"B":"x"}`, `{}`}},
	{"fieldref with neq", `
    s:
        A|fieldref|neq: B
    condition: s`,
		[]string{`{"A":"x","B":"y"}`}, []string{`{"A":"x","B":"x"}`}},
	{"neq before fieldref", `
    s:
        A|neq|fieldref: B
    condition: s`,
		[]string{`{"A":"x","B":"y"}`}, []string{`{"A":"x","B":"x"}`}},
	{"fieldref with startswith", `
    s:
        A|fieldref|startswith: B
    condition: s`,
		[]string{`{"A":"abc","B":"AB"}`}, []string{`{"A":"xab","B":"ab"}`, `{"A":"a","B":"ab"}`}},
	{"fieldref with endswith", `
    s:
        A|fieldref|endswith: B
    condition: s`,
		[]string{`{"A":"abc","B":"bc"}`}, []string{`{"A":"bcx","B":"bc"}`}},
	{"fieldref with contains", `
    s:
        A|fieldref|contains: B
    condition: s`,
		[]string{`{"A":"abcd","B":"bc"}`}, []string{`{"A":"bc","B":"abcd"}`}},
	{"fieldref with cased", `
    s:
        A|fieldref|cased: B
    condition: s`,
		[]string{`{"A":"x","B":"x"}`}, []string{`{"A":"x","B":"X"}`}},
	{"fieldref with a list of fields", `
    s:
        A|fieldref: [B, C]
    condition: s`,
		[]string{`{"A":"x","B":"y","C":"x"}`}, []string{`{"A":"x","B":"y","C":"z"}`}},

	// Keywords with modifiers.
	{"|all gives and over keywords", `
    keywords:
        '|all':
            - 'OabVirtualDirectory'
            - ' -ExternalUrl '
    condition: keywords`,
		[]string{`{"A":"oabvirtualdirectory","B":"x -externalurl y"}`, `{"A":"OabVirtualDirectory -ExternalUrl x"}`}, []string{`{"A":"OabVirtualDirectory"}`}},
	{"|re over keywords", `
    keywords:
        '|re': 'evil[0-9]+'
    condition: keywords`,
		[]string{`{"A":"an evil22"}`}, []string{`{"A":"an EVIL22"}`, `{"A":"evil"}`}},
	{"|cased over keywords", `
    keywords:
        '|cased':
            - 'Evil'
    condition: keywords`,
		[]string{`{"A":"an Evil one"}`}, []string{`{"A":"an evil one"}`}},
	{"|expand over keywords", `
    keywords:
        '|expand': '%Admins%'
    condition: keywords`,
		[]string{`{"A":"by ada."}`}, []string{`{"A":"by eve"}`}},

	// Conditions.
	{"or", `
    a:
        F: 'a'
    b:
        G: 'b'
    condition: a or b`,
		[]string{`{"F":"a"}`, `{"G":"b"}`}, []string{`{"F":"b"}`}},
	{"and", `
    a:
        F: 'a'
    b:
        G: 'b'
    condition: a and b`,
		[]string{`{"F":"a","G":"b"}`}, []string{`{"F":"a"}`, `{"G":"b"}`}},
	{"1 of them", `
    a:
        F: 'a'
    b:
        G: 'b'
    condition: 1 of them`,
		[]string{`{"F":"a"}`, `{"G":"b"}`}, []string{`{}`}},
	{"all of them", `
    a:
        F: 'a'
    b:
        G: 'b'
    condition: all of them`,
		[]string{`{"F":"a","G":"b"}`}, []string{`{"F":"a"}`}},
	{"them leaves out identifiers that begin with an underscore", `
    a:
        F: 'a'
    _b:
        G: 'b'
    condition: 1 of them`,
		[]string{`{"F":"a"}`}, []string{`{"G":"b"}`}},
	{"all of them leaves them out, too", `
    a:
        F: 'a'
    _b:
        G: 'b'
    condition: all of them`,
		[]string{`{"F":"a"}`}, []string{`{"G":"b"}`}},
	{"an identifier with an underscore can be named", `
    _a:
        F: 'a'
    condition: _a`,
		[]string{`{"F":"a"}`}, []string{`{"F":"b"}`}},
	{"a pattern with an underscore names them", `
    _a:
        F: 'a'
    _b:
        F: 'b'
    condition: 1 of _*`,
		[]string{`{"F":"a"}`, `{"F":"b"}`}, []string{`{"F":"c"}`}},
	{"1 of a pattern", `
    selection_a:
        F: 'a'
    selection_b:
        F: 'b'
    other:
        F: 'c'
    condition: 1 of selection*`,
		[]string{`{"F":"a"}`, `{"F":"b"}`}, []string{`{"F":"c"}`}},
	{"all of a pattern", `
    selection_a:
        F: 'a'
    selection_b:
        G: 'b'
    other:
        H: 'c'
    condition: all of selection*`,
		[]string{`{"F":"a","G":"b"}`}, []string{`{"F":"a","H":"c"}`}},
	{"* at the beginning and in the middle of a pattern", `
    a_x_1:
        F: 'a'
    b_x_2:
        F: 'b'
    c_x_1:
        F: 'c'
    condition: 1 of *_x_1 or 1 of b*2`,
		[]string{`{"F":"a"}`, `{"F":"b"}`, `{"F":"c"}`}, []string{`{"F":"d"}`}},
	{"1 of with a plain name", `
    a:
        F: 'a'
    condition: 1 of a`,
		[]string{`{"F":"a"}`}, []string{`{"F":"b"}`}},
	{"1 of selection* and keywords", `
    selection_a:
        F: 'a'
    selection_b:
        F: 'b'
    keywords:
        - 'needle'
    condition: 1 of selection* and keywords`,
		[]string{`{"F":"b","G":"needle"}`}, []string{`{"F":"b"}`, `{"G":"needle"}`}},
	{"1 of selection* and not 1 of filter*", `
    selection_a:
        F: 'a'
    filter_a:
        G: 'x'
    filter_b:
        G: 'y'
    condition: 1 of selection* and not 1 of filter*`,
		[]string{`{"F":"a","G":"z"}`, `{"F":"a"}`}, []string{`{"F":"a","G":"x"}`, `{"F":"a","G":"y"}`}},
	{"a list is or and a map is and within of", `
    sel_a:
        - F: 'a'
        - F: 'b'
    sel_b:
        G: 'c'
        H: 'd'
    condition: all of sel_*`,
		[]string{`{"F":"b","G":"c","H":"d"}`}, []string{`{"F":"b","G":"c"}`}},
	{"not", `
    a:
        F: 'a'
    condition: not a`,
		[]string{`{"F":"b"}`, `{}`}, []string{`{"F":"a"}`, `{"F":["b","a"]}`}},
	{"not not", `
    a:
        F: 'a'
    condition: not not a`,
		[]string{`{"F":"a"}`}, []string{`{"F":"b"}`}},
	{"and binds more than or", `
    a:
        F: 'x'
    b:
        G: 'x'
    c:
        H: 'x'
    condition: a or b and c`,
		[]string{`{"F":"x"}`, `{"G":"x","H":"x"}`}, []string{`{"G":"x"}`, `{"H":"x"}`}},
	{"not binds more than and", `
    a:
        F: 'x'
    b:
        G: 'x'
    condition: not a and b`,
		[]string{`{"G":"x"}`}, []string{`{"F":"x","G":"x"}`, `{}`}},
	{"x of binds more than not", `
    a1:
        F: 'x'
    a2:
        G: 'x'
    b:
        H: 'x'
    condition: not 1 of a* and b`,
		[]string{`{"H":"x"}`}, []string{`{"F":"x","H":"x"}`, `{}`}},
	{"brackets bind most", `
    a:
        F: 'x'
    b:
        G: 'x'
    c:
        H: 'x'
    condition: (a or b) and c`,
		[]string{`{"F":"x","H":"x"}`, `{"G":"x","H":"x"}`}, []string{`{"F":"x"}`, `{"H":"x"}`}},
	{"not before brackets", `
    a:
        F: 'x'
    b:
        G: 'x'
    condition: not (a or b)`,
		[]string{`{}`}, []string{`{"F":"x"}`, `{"G":"x"}`}},
	{"brackets without spaces, in brackets", `
    a:
        F: 'x'
    b:
        G: 'x'
    condition: ((a)and(not(b)))`,
		[]string{`{"F":"x"}`}, []string{`{"F":"x","G":"x"}`}},
	{"a list of conditions is or", `
    a:
        F: 'x'
    b:
        G: 'x'
    condition:
        - a and not b
        - b and not a`,
		[]string{`{"F":"x"}`, `{"G":"x"}`}, []string{`{"F":"x","G":"x"}`, `{}`}},
	{"words of conditions in capitals", `
    a:
        F: 'x'
    b:
        G: 'x'
    condition: a AND NOT b OR ALL OF THEM`,
		[]string{`{"F":"x"}`, `{"F":"x","G":"x"}`}, []string{`{"G":"x"}`}},
	{"a condition over several lines", `
    a:
        F: 'x'
    b:
        G: 'x'
    condition: >
        a
        and b`,
		[]string{`{"F":"x","G":"x"}`}, []string{`{"F":"x"}`}},
	{"identifiers with hyphens, digits and dots, and ones like keywords", `
    sel-1.a:
        F: 'x'
    order:
        G: 'x'
    condition: sel-1.a and order`,
		[]string{`{"F":"x","G":"x"}`}, []string{`{"F":"x"}`}},
	{"a search that is one keyword", `
    a: 'needle'
    condition: a`,
		[]string{`{"F":"a needle"}`}, []string{`{"F":"x"}`}},
}

func TestSpecification(t *testing.T) {
	n := 0
	for _, c := range specCases {
		t.Run(c.says, func(t *testing.T) {
			schema := newTestSchema()
			p := mustCompile(t, mustParse(t, detectionRule(c.detection)), Options{Schema: schema, Placeholders: testPlaceholders})
			set := NewSet([]*Program{p})
			for want, records := range map[bool][]string{true: c.match, false: c.miss} {
				if len(records) == 0 {
					t.Error("the statement has no record on one side")
				}
				for _, text := range records {
					n++
					record := newTestRecord(t, schema, text)
					if got := p.Match(record); got != want {
						t.Errorf("%s: matches is %v, want %v%s", text, got, want, c.detection)
					}
					if got := len(set.Match(record, nil)) == 1; got != want {
						t.Errorf("%s: in a set, matches is %v, want %v%s", text, got, want, c.detection)
					}
					if got := p.Explain(record); got != nil && !want {
						t.Errorf("%s: what does not match is explained by %v", text, got)
					}
				}
			}
		})
	}
	t.Logf("%d records for %d statements", n, len(specCases))
}
