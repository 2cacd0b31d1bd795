package managementactivity

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"aoc"
)

const (
	// trustFor is how long a subscription that was seen enabled is not looked at again.
	// A listing notices sooner when it is gone.
	trustFor = time.Hour
	// startInterval is upstream's least time between two starts of a subscription.
	startInterval = 15 * time.Minute
	// startPatience is how long a start is waited for in place. A refusal for minutes
	// goes to the caller instead.
	startPatience = 5 * time.Second
)

// subscription is what is known of the content type's subscription upstream.
type subscription struct {
	mu      sync.Mutex
	enabled time.Time // when it was last seen so
	started time.Time // when a start was last asked for
}

// subscribe sees to it that the content type is subscribed to. again is set when upstream
// refused a listing for want of a subscription: it is then started whatever the list of
// subscriptions says, which has been seen to disagree with the listing.
func (s *Source) subscribe(ctx context.Context, again bool) error {
	s.subscription.mu.Lock()
	defer s.subscription.mu.Unlock()
	now := s.clock.Now()
	if !again && !s.subscription.enabled.IsZero() && now.Sub(s.subscription.enabled) < trustFor {
		return nil
	}
	if !again {
		enabled, err := s.isSubscribed(ctx)
		if err != nil {
			return err
		}
		if enabled {
			s.subscription.enabled = now
			return nil
		}
	}
	return s.start(ctx, now)
}

func (s *Source) isSubscribed(ctx context.Context) (bool, error) {
	var list []struct {
		ContentType string `json:"contentType"`
		Status      string `json:"status"` // has been seen to be absent
	}
	if err := s.client.JSON(ctx, s.get("subscriptions/list"), &list); err != nil {
		return false, err
	}
	for _, entry := range list {
		if strings.EqualFold(entry.ContentType, s.contentType) {
			return entry.Status == "" || strings.EqualFold(entry.Status, "enabled"), nil
		}
	}
	return false, nil
}

// start asks for the subscription, at most once in upstream's interval.
func (s *Source) start(ctx context.Context, now time.Time) error {
	if wait := s.subscription.started.Add(startInterval).Sub(now); !s.subscription.started.IsZero() && wait > 0 {
		return &aoc.Error{
			Code: aoc.CodeThrottled, Op: Collector + ".subscribe", RetryAfter: wait,
			Message: "the subscription was started a short time ago and is not ready",
			Hint:    "Microsoft needs some time after a start, and up to 12 hours for the first content. AOC goes on by itself.",
		}
	}
	r := s.get("subscriptions/start", s.contentTypeQuery())
	r.Method, r.MaxWait = http.MethodPost, startPatience
	r.Class = "" // limited on its own: a refusal must not hold up listings and blobs
	response, err := s.client.Do(ctx, r)
	if err == nil {
		response.Body.Close() // it repeats the request
	}
	if known, ok := errors.AsType[*aoc.Error](err); ok && known.Upstream == "AF20024" {
		err = nil // it is enabled already
	} else if ok && known.Code == aoc.CodeThrottled {
		return err // the start did not count; upstream has told when to come back
	}
	s.subscription.started = now
	if err != nil {
		return err
	}
	s.subscription.enabled = now
	s.log.InfoContext(ctx, "the subscription was started; its first content can take up to 12 hours", "feed", s.feed().Name())
	return nil
}
