package m365

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseFault(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       fault
	}{
		{"graph", `{"error":{"code":"UnknownError","message":"m","innerError":{"code":"429","request-id":"r"}}}`, fault{Code: "UnknownError", Inner: "429", Message: "m", Coded: true}},
		{"graph, other letter case", `{"Error":{"Code":"X","Message":"m","innererror":{"code":"Y"}}}`, fault{Code: "X", Inner: "Y", Message: "m", Coded: true}},
		{"byte order mark", "\xEF\xBB\xBF" + `{"error":{"code":"X","message":"m"}}`, fault{Code: "X", Message: "m", Coded: true}},
		{"management", `{"error":{"code":"AF20023","message":"The subscription was disabled."}}`, fault{Code: "AF20023", Message: "The subscription was disabled.", Coded: true}},
		{"numeric code", `{"error":{"code":429,"message":"m"}}`, fault{Code: "429", Message: "m", Coded: true}},
		{"message only", `{"Message":"Authorization has been denied for this request."}`, fault{Message: "Authorization has been denied for this request.", Coded: true}},
		{"odata", `{"odata.error":{"code":"Request_BadRequest","message":{"lang":"en","value":"Bad."}}}`, fault{Code: "Request_BadRequest", Message: "Bad.", Coded: true}},
		{"oauth", `{"error":"invalid_client","error_description":"AADSTS7000215: No.","error_codes":[7000215]}`, fault{Code: "invalid_client", Message: "AADSTS7000215: No.", Numbers: []int{7000215}, Coded: true}},
		{"single quotes", `{'error':{'code':'AF429','message':'Too many requests. Method=GetBlob'}}`, fault{Code: "AF429", Message: `{'error':{'code':'AF429','message':'Too many requests. Method=GetBlob'}}`, Coded: true}},
		{"page", `<html>Gateway</html>`, fault{Message: `<html>Gateway</html>`}},
		{"empty", ``, fault{}},
		{"null", `null`, fault{Message: "null"}},
		{"error null", `{"error":null}`, fault{Message: `{"error":null}`}},
		{"array", `[1]`, fault{Message: "[1]"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, parseFault([]byte(tc.body))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaultSummaryIsOneShortLine(t *testing.T) {
	f := fault{Code: "X", Inner: "Y", Message: "a\n\tb " + strings.Repeat("ü", 400)}
	got := f.summary()
	if strings.ContainsAny(got, "\n\t") || len(got) > 400 || !strings.HasPrefix(got, "X/Y: a b ü") {
		t.Errorf("summary = %q", got)
	}
}

func FuzzParseFault(f *testing.F) {
	f.Add([]byte(`{"error":{"code":"AF20023","message":"m","innerError":{"code":"x"}}}`))
	f.Add([]byte(`{"error":"invalid_client","error_codes":[7000215],"error_description":"AADSTS7000215: \r\n"}`))
	f.Add([]byte(`{"odata.error":{"message":{"value":1}}}`))
	f.Add([]byte(`{'error':{'code':'AF429'}}`))
	f.Add([]byte(`{"Message":null,"ERROR":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := parseFault(body)
		if s := got.summary(); strings.ContainsAny(s, "\r\n") && !strings.ContainsAny(got.Code+got.Inner, "\r\n") {
			t.Errorf("summary has line breaks: %q", s)
		}
		if got.Code != "" && !got.Coded {
			t.Error("a code without being coded")
		}
		// Whatever came in can go through the whole judgement.
		_ = judgeAnswer("op", Manage, 403, nil, body, testTime)
		_ = judgeSignIn("op", 400, nil, body, testTime)
		if json.Valid(body) && strings.HasPrefix(string(body), `{"error":{"code":"A"}}`) && got.Code != "A" {
			t.Errorf("code = %q", got.Code)
		}
	})
}
