package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"aoc"
)

func TestGoodTokens(t *testing.T) {
	a := newAuthority(t)
	p := a.provider(t)
	with := func(changes map[string]any) map[string]any {
		c := a.good()
		maps.Copy(c, changes)
		return c
	}
	without := func(c map[string]any, names ...string) map[string]any {
		for _, n := range names {
			delete(c, n)
		}
		return c
	}
	for name, test := range map[string]struct {
		claims map[string]any
		want   Identity
	}{
		"of a person":                        {a.good(), Identity{Name: "ada@contoso.example", Subject: "ada-oid"}},
		"for the URI of the application":     {with(map[string]any{"aud": "api://" + clientID}), Identity{Name: "ada@contoso.example", Subject: "ada-oid"}},
		"of version 1":                       {without(with(map[string]any{"iss": issuer1, "ver": "1.0", "appid": "spa", "upn": "ada@old.example"}), "azp", "preferred_username"), Identity{Name: "ada@old.example", Subject: "ada-oid"}},
		"of an application":                  {without(with(map[string]any{"idtyp": "app", "roles": []string{"Reader"}, "app_displayname": "Robot"}), "scp", "preferred_username"), Identity{Name: "Robot", Subject: "ada-oid", App: true, Roles: []string{"Reader"}}},
		"with roles and groups":              {with(map[string]any{"roles": []string{"A", "B"}, "groups": []string{"g"}}), Identity{Name: "ada@contoso.example", Subject: "ada-oid", Roles: []string{"A", "B"}, Groups: []string{"g"}}},
		"with too many groups":               {with(map[string]any{"_claim_names": map[string]string{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]string{"endpoint": "https://evil.example/"}}}), Identity{Name: "ada@contoso.example", Subject: "ada-oid", GroupsLeftOut: true}},
		"with too many groups, implicit":     {with(map[string]any{"hasgroups": true}), Identity{Name: "ada@contoso.example", Subject: "ada-oid", GroupsLeftOut: true}},
		"with signs in the name":             {with(map[string]any{"preferred_username": "ada\u202e\x00\n@contoso.example"}), Identity{Name: "ada@contoso.example", Subject: "ada-oid"}},
		"with times that have fractions":     {with(map[string]any{"exp": float64(a.clock.Now().Unix()) + 60.5}), Identity{Name: "ada@contoso.example", Subject: "ada-oid"}},
		"from a clock that is a bit ahead":   {with(map[string]any{"nbf": a.clock.Now().Add(4 * time.Minute).Unix(), "iat": a.clock.Now().Add(4 * time.Minute).Unix()}), Identity{Name: "ada@contoso.example", Subject: "ada-oid"}},
		"without an object id":               {without(a.good(), "oid"), Identity{Name: "ada@contoso.example", Subject: "ada-sub"}},
		"without a name":                     {without(a.good(), "preferred_username"), Identity{Name: "ada-oid", Subject: "ada-oid"}},
		"with a list of one audience":        {with(map[string]any{"aud": []string{clientID}}), Identity{Name: "ada@contoso.example", Subject: "ada-oid"}},
		"with claims of another letter case": {with(map[string]any{"TID": "evil", "AUD": "evil", "OID": "evil"}), Identity{Name: "ada@contoso.example", Subject: "ada-oid"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := p.Verify(t.Context(), a.token(t, test.claims))
			if err != nil {
				t.Fatal(err, aoc.HintOf(err))
			}
			if got.Name != test.want.Name || got.Subject != test.want.Subject || got.App != test.want.App || got.GroupsLeftOut != test.want.GroupsLeftOut ||
				fmt.Sprint(got.Roles, got.Groups) != fmt.Sprint(test.want.Roles, test.want.Groups) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestBadTokens is the table of what must not be let in.
func TestBadTokens(t *testing.T) {
	a := newAuthority(t)
	for name, token := range badTokens(t, a) {
		t.Run(name, func(t *testing.T) {
			id, err := a.provider(t).Verify(t.Context(), token)
			if aoc.CodeOf(err) != aoc.CodeUnauthenticated {
				t.Fatalf("got %+v, %v; want unauthenticated", id, err)
			}
			if len(token) > 20 && strings.Contains(fmt.Sprintf("%v %+v", err, err), token[len(token)-20:]) {
				t.Errorf("the error holds the token: %v", err)
			}
		})
	}
}

// badTokens are tokens that are forged, stale, mixed up, oversized and malformed.
func badTokens(t testing.TB, a *authority) map[string]string {
	now := a.clock.Now()
	good := a.token(t, a.good())
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	with := func(changes map[string]any) string {
		c := a.good()
		maps.Copy(c, changes)
		return a.token(t, c)
	}
	without := func(names ...string) string {
		c := a.good()
		for _, n := range names {
			delete(c, n)
		}
		return a.token(t, c)
	}
	header := func(changes map[string]any) map[string]any {
		h := map[string]any{"alg": "RS256", "typ": "JWT", "kid": "one"}
		maps.Copy(h, changes)
		return h
	}
	key, other := signingKey(t, 0), signingKey(t, 1)
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(key.Public()))})
	mac := func(secret []byte) func([]byte) []byte {
		return func(signed []byte) []byte {
			h := hmac.New(sha256.New, secret)
			h.Write(signed)
			return h.Sum(nil)
		}
	}
	otherJWK := map[string]any{"kty": "RSA", "n": segment(other.N.Bytes()), "e": "AQAB", "kid": "one"}
	tampered := a.good()
	tampered["oid"] = "mallory"
	small := must(rsa.GenerateKey(rand.Reader, 1024))
	return map[string]string{
		// malformed
		"empty":                  "",
		"one dot":                "a.b",
		"two dots and nothing":   "..",
		"five parts":             "a.b.c.d.e",
		"spaces":                 " " + good,
		"a line end":             good + "\n",
		"padding":                good + "=",
		"standard base64":        strings.NewReplacer("-", "+", "_", "/").Replace(head+"."+body+".") + "+/" + signature,
		"no JSON in the header":  segment([]byte("nonsense")) + "." + body + "." + signature,
		"no JSON in the claims":  forge(t, header(nil), []byte("nonsense"), rs256(t, key)),
		"claims that are a list": forge(t, header(nil), []byte("[]"), rs256(t, key)),
		"claims that are null":   forge(t, header(nil), []byte("null"), rs256(t, key)),
		"two objects of claims":  forge(t, header(nil), append(asJSON(t, a.good()), asJSON(t, a.good())...), rs256(t, key)),
		"JSON serialisation":     `{"payload":"` + body + `","protected":"` + head + `","signature":"` + signature + `"}`,
		"oversized":              with(map[string]any{"padding": strings.Repeat("x", maxToken)}),
		"a million dots":         strings.Repeat(".", 1_000_000),
		"deep claims":            forge(t, header(nil), []byte(strings.Repeat("[", 12000)+strings.Repeat("]", 12000)), rs256(t, key)),

		// forged
		"no signature":                        head + "." + body + ".",
		"alg none":                            forge(t, header(map[string]any{"alg": "none"}), a.good(), func([]byte) []byte { return nil }),
		"alg None":                            forge(t, header(map[string]any{"alg": "None"}), a.good(), func([]byte) []byte { return nil }),
		"no alg":                              forge(t, map[string]any{"kid": "one"}, a.good(), rs256(t, key)),
		"HS256 with the public key":           forge(t, header(map[string]any{"alg": "HS256"}), a.good(), mac(public)),
		"HS256 with the modulus":              forge(t, header(map[string]any{"alg": "HS256"}), a.good(), mac(key.N.Bytes())),
		"HS256 with an empty secret":          forge(t, header(map[string]any{"alg": "HS256"}), a.good(), mac(nil)),
		"RS512 said, RS256 done":              forge(t, header(map[string]any{"alg": "RS512"}), a.good(), rs256(t, key)),
		"PS256":                               forge(t, header(map[string]any{"alg": "PS256"}), a.good(), ps256(t, key)),
		"RS256 said, PS256 done":              forge(t, header(nil), a.good(), ps256(t, key)),
		"ES256":                               forge(t, header(map[string]any{"alg": "ES256"}), a.good(), es256(t)),
		"another key":                         forge(t, header(nil), a.good(), rs256(t, other)),
		"another key, given along":            forge(t, header(map[string]any{"jwk": otherJWK}), a.good(), rs256(t, other)),
		"another key, by address":             forge(t, header(map[string]any{"jku": "https://evil.example/keys"}), a.good(), rs256(t, other)),
		"another certificate, by address":     forge(t, header(map[string]any{"x5u": "https://evil.example/cert"}), a.good(), rs256(t, other)),
		"a small key":                         forge(t, header(nil), a.good(), rs256(t, small)),
		"a key id that is not known":          forge(t, header(map[string]any{"kid": "two"}), a.good(), rs256(t, key)),
		"no key id":                           forge(t, map[string]any{"alg": "RS256"}, a.good(), rs256(t, key)),
		"a key id that is a path":             forge(t, header(map[string]any{"kid": "../../keys/one"}), a.good(), rs256(t, key)),
		"a key of another kind":               forge(t, header(map[string]any{"kid": "curve"}), a.good(), rs256(t, key)),
		"a critical header that nobody knows": forge(t, header(map[string]any{"crit": []string{"exp2"}, "exp2": 1}), a.good(), rs256(t, key)),
		"claims changed after signing":        head + "." + segment(asJSON(t, tampered)) + "." + signature,
		"signature of another token":          head + "." + body + "." + last(with(map[string]any{"oid": "mallory"})),
		"signature cut":                       good[:len(good)-10],
		"signature longer":                    good + "AAAA",
		"a nested token":                      forge(t, header(map[string]any{"cty": "JWT"}), []byte(`"`+good+`"`), rs256(t, key)),

		// mixed up
		"another issuer":                  with(map[string]any{"iss": "https://evil.example/" + tenantID + "/v2.0"}),
		"the issuer of another tenant":    with(map[string]any{"iss": "https://sts.windows.net/22222222-2222-3333-4444-555555555555/"}),
		"the issuer in other letters":     with(map[string]any{"iss": strings.ToUpper(a.issuer2())}),
		"the issuer with a slash more":    with(map[string]any{"iss": a.issuer2() + "/"}),
		"an issuer that is a list":        with(map[string]any{"iss": []string{a.issuer2()}}),
		"no issuer":                       without("iss"),
		"another audience":                with(map[string]any{"aud": "https://graph.microsoft.com"}),
		"an audience that begins right":   with(map[string]any{"aud": clientID + "-evil"}),
		"an audience with a path":         with(map[string]any{"aud": "api://" + clientID + "/evil"}),
		"an empty audience":               with(map[string]any{"aud": ""}),
		"no audience":                     without("aud"),
		"an empty list of audiences":      with(map[string]any{"aud": []string{}}),
		"an audience that is a number":    with(map[string]any{"aud": 7}),
		"several audiences":               with(map[string]any{"aud": []string{"https://graph.microsoft.com", clientID}}),
		"another tenant":                  with(map[string]any{"tid": "22222222-2222-3333-4444-555555555555"}),
		"no tenant":                       without("tid"),
		"the tenant under another name":   forge(t, header(nil), renamed(t, a.good(), "tid", "TID"), rs256(t, key)),
		"the audience under another name": forge(t, header(nil), renamed(t, a.good(), "aud", "Aud"), rs256(t, key)),
		"an ID token":                     with(map[string]any{"nonce": "n", "scp": nil}),
		"an ID token without a nonce":     without("scp", "azp"),
		"an ID token with roles": func() string {
			c := a.good()
			delete(c, "azp")
			delete(c, "scp")
			c["roles"] = []string{"Manager"}
			return a.token(t, c)
		}(),
		"an application without any role": without("scp"),
		"nobody":                          without("oid", "sub"),
		"roles that are no texts":         with(map[string]any{"roles": []int{1}}),
		"groups that are an object":       with(map[string]any{"groups": map[string]string{"a": "b"}}),

		// stale
		"expired":                    with(map[string]any{"exp": now.Add(-time.Second).Unix()}),
		"expired for a year":         with(map[string]any{"exp": now.AddDate(-1, 0, 0).Unix()}),
		"without an end":             without("exp"),
		"an end that is text":        with(map[string]any{"exp": "tomorrow"}),
		"an end in no time":          with(map[string]any{"exp": -1}),
		"an end beyond all times":    with(map[string]any{"exp": 1e300}),
		"the end under another name": forge(t, header(nil), renamed(t, a.good(), "exp", "EXP"), rs256(t, key)),
		"not valid yet":              with(map[string]any{"nbf": now.Add(time.Hour).Unix()}),
		"issued in the future":       with(map[string]any{"iat": now.Add(time.Hour).Unix()}),
	}
}

// renamed gives claims with one under another name.
func renamed(t testing.TB, c map[string]any, from, to string) []byte {
	c[to] = c[from]
	delete(c, from)
	return asJSON(t, c)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func last(token string) string { return token[strings.LastIndexByte(token, '.')+1:] }

func ps256(t testing.TB, key *rsa.PrivateKey) func([]byte) []byte {
	return func(signed []byte) []byte {
		sum := sha256.Sum256(signed)
		sig, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

func es256(t testing.TB) func([]byte) []byte {
	return func(signed []byte) []byte {
		key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
		sum := sha256.Sum256(signed)
		r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
}

// FuzzVerify lets nobody in who has not the key, whatever is sent.
func FuzzVerify(f *testing.F) {
	a := newAuthority(f)
	for _, token := range badTokens(f, a) {
		if len(token) < 5000 {
			f.Add(token)
		}
	}
	good := a.token(f, a.good())
	f.Add(good)
	p := a.provider(f)
	f.Fuzz(func(t *testing.T, token string) {
		id, err := p.Verify(t.Context(), token)
		if err == nil && token != good {
			t.Fatalf("let in: %+v", id)
		}
	})
}
