package rawjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/rawjson"
)

// drain gives all elements of a stream, and what ended it unless that is io.EOF.
func drain(s *rawjson.Stream) (got []string, err error) {
	for {
		raw, err := s.Next()
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(got, string(raw))
	}
}

// everyChunking runs f with readers that hand the input over in different pieces.
func everyChunking(t *testing.T, input string, f func(t *testing.T, r io.Reader)) {
	t.Helper()
	t.Run("whole", func(t *testing.T) { f(t, strings.NewReader(input)) })
	t.Run("byte by byte", func(t *testing.T) { f(t, iotest.OneByteReader(strings.NewReader(input))) })
	t.Run("with the end", func(t *testing.T) { f(t, iotest.DataErrReader(strings.NewReader(input))) })
}

func TestStream(t *testing.T) {
	tests := []struct {
		name, input string
		keys        []string
		want        []string
		err         error
	}{
		{name: "array", input: ` [ {"a":1} , {"b":[2]},"s\"]", 4 ,null ] `, want: []string{`{"a":1}`, `{"b":[2]}`, `"s\"]"`, `4`, `null`}},
		{name: "empty array", input: `[]`},
		{name: "byte order mark", input: "\xEF\xBB\xBF[1]", want: []string{`1`}},
		{name: "page", input: `{"@odata.context":"x","value":[{"id":"1"},{"id":"2"}],"@odata.nextLink":"y"}`, keys: []string{"value"}, want: []string{`{"id":"1"}`, `{"id":"2"}`}},
		{name: "page of another key", input: `{"records" : [ 1, 2 ]}`, keys: []string{"value", "records"}, want: []string{`1`, `2`}},
		{name: "two arrays", input: `{"value":[1],"x":[9],"records":[2]}`, keys: []string{"value", "records"}, want: []string{`1`, `2`}},
		{name: "the key inside is not the key", input: `{"a":{"value":[1]},"value":[2]}`, keys: []string{"value"}, want: []string{`2`}},
		{name: "object without the key", input: ` {"error":{"code":"x","value":[1]}} `, keys: []string{"value"}, want: []string{`{"error":{"code":"x","value":[1]}}`}},
		{name: "the key without an array", input: `{"value":{"id":1}}`, keys: []string{"value"}, want: []string{`{"value":{"id":1}}`}},
		{name: "no keys", input: `{"value":[1]}`, want: []string{`{"value":[1]}`}},
		{name: "scalar", input: ` 12 `, want: []string{`12`}},
		{name: "nothing", input: ` `, err: io.ErrUnexpectedEOF},
		{name: "cut between elements", input: `[{"a":1},`, want: []string{`{"a":1}`}, err: io.ErrUnexpectedEOF},
		{name: "cut in an element", input: `[{"a":1},{"b":"`, want: []string{`{"a":1}`}, err: io.ErrUnexpectedEOF},
		{name: "cut in a scalar", input: `[1,2`, want: []string{`1`}, err: io.ErrUnexpectedEOF},
		{name: "cut after the array", input: `{"value":[1]`, keys: []string{"value"}, want: []string{`1`}, err: io.ErrUnexpectedEOF},
		{name: "cut before the array", input: `{"value":`, keys: []string{"value"}, err: io.ErrUnexpectedEOF},

		{name: "bracket too many", input: `[{"a":1}},{"b":2}]`, want: []string{`{"a":1}}`, `{"b":2}`}},
		{name: "bracket of the other kind", input: `[{"a":1]},{"b":2}]`, want: []string{`{"a":1]}`, `{"b":2}`}},
		{name: "unclosed array inside", input: `[{"a":[1,2},{"b":2}]`, want: []string{`{"a":[1,2}`, `{"b":2}`}},
		{name: "unclosed object inside", input: `[{"a":{"x":1},{"b":2},{"c":3}]`, want: []string{`{"a":{"x":1}`, `{"b":2}`, `{"c":3}`}},
		{name: "unclosed object in an array inside", input: `[{"a":[{"x":1,{"y":2}]},{"b":2}]`, want: []string{`{"a":[{"x":1,{"y":2}]}`, `{"b":2}`}},
		{name: "no comma", input: `[{"a":1}{"b":2} {"c":3}]`, want: []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}},
		{name: "commas too many", input: `[,{"a":1},,{"b":2},]`, want: []string{`{"a":1}`, `{"b":2}`}},
		{name: "bad literals and escapes", input: `[{"a":tru},{"b":"\x"},nul,{"c":3}]`, want: []string{`{"a":tru}`, `{"b":"\x"}`, `nul`, `{"c":3}`}},
		{name: "line break in a string", input: "[{\"a\":\"x\ny\"},{\"b\":2}]", want: []string{"{\"a\":\"x\ny\"}", `{"b":2}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			everyChunking(t, tt.input, func(t *testing.T, r io.Reader) {
				got, err := drain(rawjson.NewStream(r, tt.keys...))
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				if err != tt.err {
					t.Errorf("ended with %v, want %v", err, tt.err)
				}
			})
		})
	}
}

func TestStreamRefusesWhatIsNoDocument(t *testing.T) {
	for _, input := range []string{`<html>`, `[1] [2]`, `{"value":[1]} x`, `{}{}`} {
		_, err := drain(rawjson.NewStream(strings.NewReader(input), "value"))
		if aoc.CodeOf(err) != aoc.CodeUpstream {
			t.Errorf("%q ends with %v, want code upstream", input, err)
		}
	}
}

func TestStreamEnvelope(t *testing.T) {
	everyChunking(t, `{"@odata.context":"c","n":[1,{"value":2}],"value":[{"id":1}],"@odata.nextLink":"https:\/\/x","o":{"p":1}}`, func(t *testing.T, r io.Reader) {
		s := rawjson.NewStream(r, "value")
		if _, err := s.Next(); err != nil {
			t.Fatal(err)
		}
		if got := string(s.Envelope()["@odata.context"]); got != `"c"` {
			t.Errorf("context while reading: %s", got)
		}
		if _, err := drain(s); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for k, v := range s.Envelope() {
			got[k] = string(v)
		}
		want := map[string]string{"@odata.context": `"c"`, "n": `[1,{"value":2}]`, "@odata.nextLink": `"https:\/\/x"`, "o": `{"p":1}`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSequence(t *testing.T) {
	tests := []struct {
		name, input string
		want        []string
		err         error
	}{
		{name: "lines", input: "{\"a\":1}\n\n{\"b\":2}\r\n[3]\n\"x\"\n5\n", want: []string{`{"a":1}`, `{"b":2}`, `[3]`, `"x"`, `5`}},
		{name: "no last line break", input: "{\"a\":1}\n{\"b\":2}", want: []string{`{"a":1}`, `{"b":2}`}},
		{name: "concatenated", input: `{"a":1}{"b":2} {"c":3}`, want: []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}},
		{name: "commas between", input: "{\"a\":1},\n{\"b\":2},\n", want: []string{`{"a":1}`, `{"b":2}`}},
		{name: "record separators", input: "\x1E{\"a\":1}\n\x1E{\"b\":2}\n", want: []string{`{"a":1}`, `{"b":2}`}},
		{name: "pretty-printed", input: "{\n  \"a\": {\n    \"b\": [\n      {\n      },\n      {\n      }\n    ]\n  }\n}\n{\n  \"c\": 1\n}\n", want: []string{"{\n  \"a\": {\n    \"b\": [\n      {\n      },\n      {\n      }\n    ]\n  }\n}", "{\n  \"c\": 1\n}"}},
		{name: "one line, then pretty-printed", input: "{}\n{\n  \"a\": 1\n}\n", want: []string{`{}`, "{\n  \"a\": 1\n}"}},
		{name: "nothing", input: "\n\n"},
		{name: "cut", input: "{\"a\":1}\n{\"b\":", want: []string{`{"a":1}`}, err: io.ErrUnexpectedEOF},

		{name: "text", input: "{\"a\":1}\nno JSON, here\n{\"b\":2}\n", want: []string{`{"a":1}`, `no JSON, here`, `{"b":2}`}},
		{name: "text at the end", input: "{\"a\":1}\n}]:", want: []string{`{"a":1}`, `}]:`}},
		{name: "text behind", input: "{\"a\":1}} x\n{\"b\":2} \t y \n{\"c\":3}", want: []string{`{"a":1}} x`, "{\"b\":2} \t y", `{"c":3}`}},
		{name: "unclosed string first", input: "{\"a\":\"x\n{\"b\":2}\n", want: []string{`{"a":"x`, `{"b":2}`}},
		{name: "unclosed string", input: "{\"a\":1}\n{\"a\":\"x}\n{\"b\":2}\n", want: []string{`{"a":1}`, `{"a":"x}`, `{"b":2}`}},
		{name: "unclosed object first", input: "{\"a\":{\"x\":1}\n{\"b\":2}\n", want: []string{`{"a":{"x":1}`, `{"b":2}`}},
		{name: "cut after a comma", input: "{\"a\":1}\n{\"a\":1,\n{\"b\":2}\n", want: []string{`{"a":1}`, `{"a":1`, `{"b":2}`}},
		{name: "cut after a colon", input: "{\"a\":1}\n{\"a\":\n{\"b\":2}\n", want: []string{`{"a":1}`, `{"a":`, `{"b":2}`}},
		{name: "cut in an array", input: "{\"a\":1}\n{\"a\":[1\nx\n{\"b\":2}\n", want: []string{`{"a":1}`, `{"a":[1`, `x`, `{"b":2}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			everyChunking(t, tt.input, func(t *testing.T, r io.Reader) {
				got, err := drain(rawjson.NewSequence(r))
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				if err != tt.err {
					t.Errorf("ended with %v, want %v", err, tt.err)
				}
			})
		})
	}
}

func TestPages(t *testing.T) {
	input := "{\"value\":[{\"id\":1},{\"id\":2}]}\n{\"id\":3}\n[{\"id\":4}]\n{\"records\":[\n{\"id\":5}\n]}\n{\"value\":7}\n{\"id\":\"x\n{\"id\":8}"
	want := []string{`{"id":1}`, `{"id":2}`, `{"id":3}`, `{"id":4}`, `{"id":5}`, `{"value":7}`, `{"id":"x`, `{"id":8}`}
	wantKeys := []string{"value", "value", "", "", "records", "", "", ""}
	everyChunking(t, input, func(t *testing.T, r io.Reader) {
		var keys []string
		s := rawjson.NewPages(r, "value", "records")
		var got []string
		for raw, err := s.Next(); err != io.EOF; raw, err = s.Next() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(raw))
			key := ""
			if s.InArray() {
				key = s.ArrayKey()
			}
			keys = append(keys, key)
		}
		if diff := cmp.Diff(wantKeys, keys); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStreamTellsPlaces(t *testing.T) {
	s := rawjson.NewSequence(iotest.OneByteReader(strings.NewReader("\n{\"a\":\n1}\n  {\"b\":2}\n{\"c\"")))
	type at struct {
		Line   int
		Offset int64
	}
	var got []at
	for {
		_, err := s.Next()
		if err == io.EOF {
			t.Fatal("the cut element was not noticed")
		}
		got = append(got, at{s.Line(), s.Offset()})
		if err != nil {
			break
		}
	}
	if diff := cmp.Diff([]at{{2, 1}, {4, 12}, {5, 20}}, got); diff != "" {
		t.Error(diff)
	}
	if rest := string(s.Rest()); rest != `{"c"` {
		t.Errorf("the rest is %q", rest)
	}
}

func TestStreamGivesTheReadersError(t *testing.T) {
	broken := errors.New("connection reset")
	got, err := drain(rawjson.NewStream(io.MultiReader(strings.NewReader(`[{"a":1},{"b"`), iotest.ErrReader(broken))))
	if len(got) != 1 || !errors.Is(err, broken) {
		t.Errorf("got %q and %v, want one element and the reader's error", got, err)
	}
}

func TestStreamTooLarge(t *testing.T) {
	large := `{"a":"` + strings.Repeat("x", rawjson.MaxElement) + `"}`
	s := rawjson.NewStream(strings.NewReader("[1,\n" + large + ",2]"))
	if raw, err := s.Next(); err != nil || string(raw) != `1` {
		t.Fatalf("first element: %s, %v", raw, err)
	}
	_, err := s.Next()
	tooLarge, ok := errors.AsType[*rawjson.TooLarge](err)
	if !ok {
		t.Fatalf("large element: %v, want *TooLarge", err)
	}
	if string(tooLarge.Raw) != large || tooLarge.Line != 2 || tooLarge.Offset != 4 {
		t.Errorf("%d bytes at line %d, offset %d", len(tooLarge.Raw), tooLarge.Line, tooLarge.Offset)
	}
	if got, err := drain(s); err != nil || !cmp.Equal(got, []string{`2`}) {
		t.Errorf("after the large element: %s, %v", got, err)
	}
}

func TestStreamBeyondTheHardLimit(t *testing.T) {
	s := rawjson.NewStream(io.MultiReader(strings.NewReader(`["`), io.LimitReader(endless{"x"}, 4*rawjson.HardLimit)))
	if _, err := drain(s); aoc.CodeOf(err) != aoc.CodeUpstream {
		t.Errorf("ended with %v, want code upstream", err)
	}
	if _, err := s.Next(); aoc.CodeOf(err) != aoc.CodeUpstream {
		t.Errorf("the error did not stay: %v", err)
	}
}

// endless repeats a text.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for len(p)-n >= len(e.text) {
		n += copy(p[n:], e.text)
	}
	return n, nil
}

func TestStreamMemoryIsFlat(t *testing.T) {
	element := `{"a":"` + strings.Repeat("x", 10<<10) + `"},`
	input := func() io.Reader {
		return io.MultiReader(strings.NewReader(`{"value":[`), io.LimitReader(endless{element}, 70<<20/int64(len(element))*int64(len(element))), strings.NewReader(`1]}`))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := rawjson.NewStream(input(), "value")
	n := 0
	for {
		_, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	runtime.ReadMemStats(&after)
	if n < 7000 {
		t.Fatalf("only %d elements", n)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 2<<20 {
		t.Errorf("reading 70 MB allocated %d bytes in all", used)
	}
}

func FuzzStream(f *testing.F) {
	for _, s := range corpus {
		f.Add([]byte(s))
	}
	open := map[string]func(io.Reader) *rawjson.Stream{
		"stream":   func(r io.Reader) *rawjson.Stream { return rawjson.NewStream(r, "value") },
		"sequence": rawjson.NewSequence,
		"pages":    func(r io.Reader) *rawjson.Stream { return rawjson.NewPages(r, "value") },
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for name, open := range open {
			whole, wholeErr := drain(open(bytes.NewReader(raw)))
			pieces, piecesErr := drain(open(iotest.OneByteReader(bytes.NewReader(raw))))
			if diff := cmp.Diff(whole, pieces); diff != "" || fmt.Sprint(wholeErr) != fmt.Sprint(piecesErr) {
				t.Errorf("%s of %q depends on how it is read: %v, %v: %s", name, raw, wholeErr, piecesErr, diff)
			}
			rest := bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
			for _, element := range whole {
				i := bytes.Index(rest, []byte(element))
				if i < 0 || element == "" {
					t.Fatalf("%s of %q: element %q is not in the input, in order", name, raw, element)
				}
				rest = rest[i+len(element):]
			}
		}

		// What is valid comes out as encoding/json cuts it.
		var array []json.RawMessage
		if rawjson.Valid(raw) && json.Unmarshal(raw, &array) == nil && array != nil {
			got, err := drain(rawjson.NewStream(bytes.NewReader(raw)))
			compareElements(t, raw, array, got, err)
		}
		var page struct{ Value []json.RawMessage }
		if rawjson.Valid(raw) && json.Unmarshal(raw, &page) == nil && page.Value != nil && bytes.Count(raw, []byte("alue")) == 1 && bytes.Contains(raw, []byte(`"value"`)) {
			got, err := drain(rawjson.NewStream(bytes.NewReader(raw), "value"))
			compareElements(t, raw, page.Value, got, err)
		}
		if trimmed := bytes.Trim(raw, " \t\r\n"); rawjson.Valid(raw) && (trimmed[0] == '{' || trimmed[0] == '[' || trimmed[0] == '"') {
			// Two of them, one after the other, are two.
			for _, between := range []string{"", "\n", " ", ",\n"} {
				got, err := drain(rawjson.NewSequence(strings.NewReader(string(trimmed) + between + string(trimmed))))
				compareElements(t, raw, []json.RawMessage{trimmed, trimmed}, got, err)
			}
		}
	})
}

func compareElements(t *testing.T, raw []byte, want []json.RawMessage, got []string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	var texts []string
	for _, w := range want {
		texts = append(texts, string(w))
	}
	if diff := cmp.Diff(texts, got); diff != "" {
		t.Errorf("%q: %s", raw, diff)
	}
}

// record is an invented audit record of about 1.4 KB.
func record(n int) string {
	return fmt.Sprintf(`{"CreationTime":"2026-03-04T05:06:%02d","Id":"00000000-0000-4000-8000-%012d","Operation":"Set-Mailbox","OrganizationId":"11111111-2222-4333-8444-555555555555","RecordType":1,"ResultStatus":"True","UserKey":"1003200012345678","UserType":2,"Version":1,"Workload":"Exchange","ClientIP":"203.0.113.7:51234","ObjectId":"EURPR01A001.PROD.OUTLOOK.COM\/Microsoft Exchange Hosted Organizations\/contoso.example\/Bob Ray","UserId":"ada.lovelace@contoso.example","AppId":"fb78d390-0c51-40cd-8e17-fdbfab77341b","ExternalAccess":false,"OrganizationName":"contoso.example","OriginatingServer":"DB7PR01MB0001 (15.20.0000.000)","Parameters":[{"Name":"Identity","Value":"Bob Ray"},{"Name":"ForwardingSmtpAddress","Value":"smtp:someone@fabrikam.example"},{"Name":"DeliverToMailboxAndForward","Value":"True"}],"ModifiedProperties":[{"Name":"DisplayName","OldValue":"Bob \"the\" Ray","NewValue":"[\r\n  \"Bob Ray\"\r\n]"},{"Name":"Quota","OldValue":"","NewValue":"107374182400"}],"SessionId":"8a1b2c3d-4e5f-4a6b-9c7d-0123456789ab","ExtendedProperties":[{"Name":"UserAgent","Value":"Mozilla\/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit\/537.36 (KHTML, like Gecko) Chrome\/120.0.0.0 Safari\/537.36"},{"Name":"RequestType","Value":"OAuth2:Authorize"}],"DeviceProperties":[{"Name":"OS","Value":"Windows 10"},{"Name":"IsCompliantAndManaged","Value":"False"}]}`, n%60, n)
}

func BenchmarkStream(b *testing.B) {
	var lines, array, page bytes.Buffer
	array.WriteString("[")
	page.WriteString(`{"value":[`)
	for i := range 2000 {
		if i > 0 {
			array.WriteString(",")
			page.WriteString(",")
		}
		lines.WriteString(record(i) + "\n")
		array.WriteString(record(i))
		page.WriteString(record(i))
	}
	array.WriteString("]")
	page.WriteString("]}")
	for _, bench := range []struct {
		name  string
		input []byte
		open  func(io.Reader) *rawjson.Stream
	}{
		{"array", array.Bytes(), func(r io.Reader) *rawjson.Stream { return rawjson.NewStream(r) }},
		{"page", page.Bytes(), func(r io.Reader) *rawjson.Stream { return rawjson.NewStream(r, "value") }},
		{"sequence", lines.Bytes(), rawjson.NewSequence},
		{"pages", lines.Bytes(), func(r io.Reader) *rawjson.Stream { return rawjson.NewPages(r, "value") }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.input)))
			b.ReportAllocs()
			for b.Loop() {
				if got, err := count(bench.open(bytes.NewReader(bench.input))); got != 2000 || err != io.EOF {
					b.Fatal(got, err)
				}
			}
		})
	}
}

func count(s *rawjson.Stream) (n int, err error) {
	for {
		if _, err := s.Next(); err != nil {
			return n, err
		}
		n++
	}
}
