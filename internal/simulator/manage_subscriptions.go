package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// subscription is what the service knows about one content type.
type subscription struct {
	echo    string // the content type as it was sent at the start
	enabled bool
	started time.Time // first start
	request time.Time // last start that was not refused
	webhook *webhook
	// gaps are the times without a subscription after it was first stopped: what would
	// have become available in them is lost for good. The last one may be open.
	gaps []gap
}

type gap struct{ from, to time.Time }

type webhook struct {
	Status     string  `json:"status"`
	Address    string  `json:"address"`
	AuthID     string  `json:"authId"`
	Expiration *string `json:"expiration"`
}

// subscriptions are the subscriptions of the application by feed.
type subscriptions struct {
	mu    sync.Mutex
	types map[uint8]*subscription
}

func newSubscriptions() *subscriptions {
	return &subscriptions{types: make(map[uint8]*subscription)}
}

// get is a copy of the subscription to a feed; nil if there never was one.
func (s *subscriptions) get(feed uint8) *subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.types[feed]; x != nil {
		c := *x
		return &c
	}
	return nil
}

// lost reports whether content that would have been created then never was.
func (x *subscription) lost(created time.Time) bool {
	if x == nil {
		return false
	}
	for _, g := range x.gaps {
		if !created.Before(g.from) && (g.to.IsZero() || created.Before(g.to)) {
			return true
		}
	}
	return false
}

// subscriptionAnswer is how the service shows a subscription.
type subscriptionAnswer struct {
	ContentType string   `json:"contentType"`
	Status      string   `json:"status"`
	Webhook     *webhook `json:"webhook"`
}

func (x *subscription) answer() subscriptionAnswer {
	a := subscriptionAnswer{x.echo, "disabled", x.webhook}
	if x.enabled {
		a.Status = "enabled"
	}
	return a
}

func (s *Server) startSubscription(c manageCall) {
	feed, echo, ok := s.contentType(c)
	if !ok {
		return
	}
	if s.cfg.AuditDisabled {
		name := fmt.Sprintf("StartSubscription [TenantId=%s,ContentType=%s,ApplicationId=%s,PublisherId=%s] failed. Exception", s.tenant.ID(), echo, s.cfg.ClientID, c.publisher)
		s.manageError(c, http.StatusBadRequest, name, "Microsoft.Office.Compliance.Audit.DataServiceException: Tenant "+s.tenant.ID()+
			" does not exist.\r\n   at Microsoft.Office.Compliance.Audit.API.AzureManager.<GetSubscriptionTableClientForTenantAsync>d__52.MoveNext() in d:\\dbs\\sh\\nibr\\src\\dev\\auditing\\AzureManager.cs:line 2113")
		return
	}
	hook, reason := s.readWebhook(c)
	if reason != "" {
		s.manageError(c, http.StatusBadRequest, "AF20021", "The webhook endpoint {"+reason+"} could not be validated.")
		return
	}
	if hook != nil {
		if reason := s.validateWebhook(c.r.Context(), hook); reason != "" {
			s.manageError(c, http.StatusBadRequest, "AF20021", "The webhook endpoint {"+hook.Address+"} could not be validated. "+reason)
			return
		}
	}
	now := s.now()
	s.content.mu.Lock()
	x := s.content.types[feed]
	if x == nil {
		x = &subscription{}
		s.content.types[feed] = x
	}
	if wait := x.request.Add(s.cfg.StartInterval).Sub(now); s.cfg.StartInterval > 0 && !x.request.IsZero() && wait > 0 {
		s.content.mu.Unlock()
		s.manageError(c, http.StatusForbidden, "429", fmt.Sprintf("Too many frequent subscription start requests. Please retry again after %dm %ds.", int(wait.Minutes()), int(wait.Seconds())%60))
		return
	}
	x.request = now
	if x.enabled && hook == nil && x.webhook == nil {
		s.content.mu.Unlock()
		s.manageError(c, http.StatusBadRequest, "AF20024", "The subscription is already enabled. No property change.")
		return
	}
	x.echo, x.enabled, x.webhook = echo, true, hook
	if x.started.IsZero() {
		x.started = now
	}
	if n := len(x.gaps); n > 0 && x.gaps[n-1].to.IsZero() {
		x.gaps[n-1].to = now
	}
	a := x.answer()
	s.content.mu.Unlock()
	s.manageJSON(c, a)
}

// readWebhook reads the optional body of a start request.
func (s *Server) readWebhook(c manageCall) (hook *webhook, reason string) {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, 64<<10))
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return nil, ""
	}
	var ask struct {
		Webhook *struct {
			Address string `json:"address"`
			AuthID  string `json:"authId"`
		} `json:"webhook"`
	}
	if json.Unmarshal(body, &ask) != nil || ask.Webhook == nil {
		return nil, ""
	}
	if !strings.HasPrefix(ask.Webhook.Address, "https://") {
		return nil, ask.Webhook.Address + "} The address must begin with HTTPS. {"
	}
	return &webhook{Status: "enabled", Address: ask.Webhook.Address, AuthID: ask.Webhook.AuthID}, ""
}

// validateWebhook asks a webhook to show itself; it must answer 200.
func (s *Server) validateWebhook(ctx context.Context, hook *webhook) (reason string) {
	const refused = "The endpoint did not return HTTP 200."
	code := s.newGUID()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.Address, strings.NewReader(`{"validationCode":"`+code+`"}`))
	if err != nil {
		return refused
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Webhook-ValidationCode", code)
	if hook.AuthID != "" {
		req.Header.Set("Webhook-AuthID", hook.AuthID)
	}
	resp, err := s.cfg.WebhookClient.Do(req)
	if err != nil {
		return refused
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused
	}
	return ""
}

func (s *Server) stopSubscription(c manageCall) {
	feed, _, ok := s.contentType(c)
	if !ok {
		return
	}
	s.content.mu.Lock()
	x := s.content.types[feed]
	if x == nil {
		s.content.mu.Unlock()
		s.manageError(c, http.StatusBadRequest, "AF20022", "No subscription found for the specified content type")
		return
	}
	if x.enabled {
		x.enabled, x.webhook = false, nil
		x.gaps = append(x.gaps, gap{from: s.now()})
	}
	s.content.mu.Unlock()
	s.send(c.w, c.r, http.StatusOK, nil)
}

func (s *Server) listSubscriptions(c manageCall) {
	list := []subscriptionAnswer{}
	s.content.mu.Lock()
	for feed := range feeds {
		if x := s.content.types[uint8(feed)]; x != nil {
			list = append(list, x.answer())
		}
	}
	s.content.mu.Unlock()
	s.manageJSON(c, list)
}

// subscribed gives the subscription that an operation on content needs; it answers the
// request itself if there is none.
func (s *Server) subscribed(c manageCall, feed uint8) (*subscription, bool) {
	x := s.content.get(feed)
	switch {
	case x == nil:
		s.manageError(c, http.StatusBadRequest, "AF20022", "No subscription found for the specified content type")
	case !x.enabled:
		s.manageError(c, http.StatusBadRequest, "AF20023", "The subscription was disabled.")
	default:
		return x, true
	}
	return nil, false
}
