package mcp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`

// TestRebinding asks as a web page would that pointed a name of its own at this machine, and
// as one elsewhere, over each transport.
func TestRebinding(t *testing.T) {
	h := newHouse(t, "CORS_ORIGINS=https://soc.contoso.example", "AOC_PUBLIC_URL=https://audits.contoso.example", "AOC_HOSTS=audits.contoso.example")
	home, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	id := h.oldSession(nil)
	for route, body := range map[string]string{"POST /mcp": ping, "GET /mcp": "", "DELETE /mcp": "", "GET /mcp/sse": "", "POST /mcp/messages/?session_id=x": ping} {
		method, path, _ := strings.Cut(route, " ")
		for name, c := range map[string]struct {
			headers carrying
			refused bool
		}{
			"a program":                     {carrying{}, false},
			"a name of somebody's":          {carrying{"Host": "evil.example:" + home.Port()}, true},
			"a name that looks like ours":   {carrying{"Host": "localhost.evil.example"}, true},
			"its page":                      {carrying{"Host": "evil.example", "Origin": "http://evil.example"}, true},
			"its page, as browsers mark it": {carrying{"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, true},
			"a page elsewhere":              {carrying{"Origin": "https://evil.example"}, true},
			"a page without origin":         {carrying{"Origin": "null"}, true},
			"a page elsewhere, by mark":     {carrying{"Sec-Fetch-Site": "cross-site"}, true},
			"a page of this machine":        {carrying{"Origin": "http://localhost:1"}, true},
			"our own page":                  {carrying{"Origin": h.base, "Sec-Fetch-Site": "same-origin"}, false},
			"our public name":               {carrying{"Host": "audits.contoso.example", "Origin": "https://audits.contoso.example"}, false},
			"a page that is allowed":        {carrying{"Origin": "https://soc.contoso.example", "Sec-Fetch-Site": "cross-site"}, false},
		} {
			headers := carrying{"Mcp-Session-Id": h.fresh(route, id)}
			for k, v := range c.headers {
				headers[k] = v
			}
			status, _, text := h.send(method, path, body, headers)
			if refused := status == http.StatusForbidden || status == http.StatusMisdirectedRequest; refused != c.refused {
				t.Errorf("%s, %s: %d %.200s", route, name, status, text)
			}
		}
	}
}

// fresh is a session that a request may end.
func (h *house) fresh(route, id string) string {
	if strings.HasPrefix(route, "DELETE") {
		return h.oldSession(nil)
	}
	return id
}

// TestHostsBeyondLoopback holds that a service that listens for everybody still answers MCP
// to names of its own alone.
func TestHostsBeyondLoopback(t *testing.T) {
	h := newHouse(t, "AOC_LISTEN=0.0.0.0:0", "AOC_ALLOW_UNAUTHENTICATED=everyone-who-reaches-this-address-may-read-all-audits", "AOC_PUBLIC_URL=https://audits.contoso.example")
	h.base = "http://127.0.0.1:" + h.base[strings.LastIndex(h.base, ":")+1:]
	for host, want := range map[string]int{"evil.example": 403, "192.0.2.7:8000": 404, "audits.contoso.example": 404, "[2001:db8::7]:8000": 404, "localhost": 404} {
		if status, _, text := h.send(http.MethodPost, "/mcp/messages/?session_id=x", ping, carrying{"Host": host}); status != want {
			t.Errorf("%s: %d %.100s; want %d", host, status, text, want)
		}
	}
}

// TestOff holds that nothing answers where the feature is off, not even a page.
func TestOff(t *testing.T) {
	h := newHouse(t, "AI_FEATURES_ENABLED=false")
	for _, route := range []string{"POST /mcp", "GET /mcp", "GET /mcp/sse", "POST /mcp/messages/", "GET /.well-known/oauth-protected-resource/mcp"} {
		method, path, _ := strings.Cut(route, " ")
		if status, _, _ := h.send(method, path, "", nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", route, status)
		}
	}
	if _, _, body := h.send(http.MethodGet, "/api/config/features", "", nil); !strings.Contains(body, `"ai_features_enabled":false`) {
		t.Error(body)
	}
}

// TestTooLong holds that a message has a bound, on each transport.
func TestTooLong(t *testing.T) {
	h := newHouse(t)
	long := `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"` + strings.Repeat("x", 300<<10) + `"}}`
	for _, path := range []string{"/mcp", "/mcp/messages/?session_id=x"} {
		if status, _, _ := h.send(http.MethodPost, path, long, nil); status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, status)
		}
	}
}
