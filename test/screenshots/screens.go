package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// screen is a page, and what to do there before its picture is taken.
type screen struct {
	name, path string
	prepare    func(t *browser.Tab) error
}

// event is what is needed of an event.
type event struct {
	Key   string `json:"key"`
	Actor struct {
		ID  string `json:"id"`
		UPN string `json:"upn"`
	} `json:"actor"`
}

// find gives the newest events that a query finds.
func find(ctx context.Context, server *demo.Server, q string, n int) ([]event, error) {
	var page struct {
		Items []event `json:"items"`
	}
	params := url.Values{"q": {q}, "page_size": {fmt.Sprint(n)}}
	if err := ask(ctx, server, "", "GET", "/api/events?"+params.Encode(), nil, &page); err != nil {
		return nil, err
	}
	if len(page.Items) == 0 {
		return nil, fmt.Errorf("the demo tenant has no event for %s", q)
	}
	return page.Items, nil
}

// shown is the event that the pictures show: its changes are worth reading.
const shown = `operation:"Update conditional access policy","Add member to role","Update user" source:directory`

// screens lists the pictures.
func screens(ctx context.Context, server *demo.Server) ([]screen, error) {
	found, err := find(ctx, server, shown, 1)
	if err != nil {
		return nil, err
	}
	e := found[0]
	a, err := alert(ctx, server)
	if err != nil {
		return nil, err
	}
	return []screen{
		{name: "explorer", path: "/?range=7d"},
		{name: "search", path: "/?range=7d&q=is:change+-result:success"},
		{name: "drawer", path: "/?range=7d&q=is:change&open=" + e.Key},
		{name: "event", path: "/events/" + e.Key},
		{name: "entity", path: "/entities/user/" + url.PathEscape(e.Actor.UPN)},
		{name: "review", path: "/review"},
		{name: "windows", path: "/review?tab=windows"},
		{name: "alerts", path: "/alerts"},
		{name: "alert", path: "/alerts?open=" + a.ID},
		{name: "rules", path: "/rules"},
		{name: "rule", path: "/rules/" + a.RuleID, prepare: try},
		{name: "sources", path: "/sources"},
		{name: "ask", path: "/?range=all&ask=1", prepare: askAway},
		{name: "explain", path: "/?range=7d&q=is:change&open=" + e.Key, prepare: explain},
		{name: "mcp", path: "/mcp-setup"},
	}, nil
}

// raised is an alert as the API gives it.
type raised struct {
	ID     string `json:"id"`
	RuleID string `json:"rule_id"`
	Title  string `json:"title"`
}

// alert waits until all events have been judged, and gives the alert that the pictures show.
func alert(ctx context.Context, server *demo.Server) (raised, error) {
	for known := -1; ; {
		var page struct {
			Items []raised `json:"items"`
		}
		if err := ask(ctx, server, "", "GET", "/api/alerts?page_size=100", nil, &page); err != nil {
			return raised{}, err
		}
		if known > 0 && len(page.Items) == known {
			for _, a := range page.Items {
				if strings.HasPrefix(a.Title, "Inbox rule that sends") {
					return a, nil
				}
			}
			return page.Items[0], nil
		}
		known = len(page.Items)
		select {
		case <-time.After(3 * time.Second):
		case <-ctx.Done():
			return raised{}, ctx.Err()
		}
	}
}

// try has a rule tried on what is stored.
func try(t *browser.Tab) error {
	return errors.Join(t.Click(browser.By{Role: "button", Name: "Try"}), t.WaitText("Try again"))
}

// askAway asks a question beside the list.
func askAway(t *browser.Tab) error {
	const question = "Who was added to an admin role this week?"
	return errors.Join(t.Fill(browser.By{Role: "textbox", Name: "Question"}, question), t.Press("Enter"), t.WaitText("How I understood it"), t.Settle())
}

// explain has the event in the drawer explained.
func explain(t *browser.Tab) error {
	return errors.Join(t.Press("w"), t.WaitText("Is it usual?"), t.Settle())
}

// livedIn does what a team does in a week: tags, comments, reviews, saved searches.
func livedIn(ctx context.Context, server *demo.Server) error {
	changes, err := find(ctx, server, "is:change", 60)
	if err != nil {
		return err
	}
	for i, e := range changes {
		path := "/api/events/" + e.Key
		switch {
		case i%9 == 0:
			err = ask(ctx, server, "Ada", "PATCH", path+"/review", map[string]any{"state": "expected", "note": "Agreed in the weekly change meeting.", "ticket": "https://tickets.contoso.example/CHG-1042"}, nil)
		case i%9 == 3:
			err = ask(ctx, server, "Bo", "PATCH", path+"/tags", map[string]any{"add": []string{"onboarding"}}, nil)
		case i%9 == 6:
			err = ask(ctx, server, "Bo", "PATCH", path+"/review", map[string]any{"state": "investigating", "note": "Asking the owner."}, nil)
		}
		if err != nil {
			return err
		}
	}
	found, err := find(ctx, server, shown, 1)
	if err != nil {
		return err
	}
	path := "/api/events/" + found[0].Key
	for _, step := range []struct {
		method, path string
		body         any
	}{
		{"PATCH", path + "/tags", map[string]any{"add": []string{"vip", "case-17"}}},
		{"POST", path + "/comments", map[string]any{"text": "Not in the change calendar. **Asked Bo** on the phone:\n\n- who asked for it?\n- until when?"}},
		{"POST", "/api/saved-searches", map[string]any{"name": "Failed changes this week", "view": "q=is:change+-result:success&range=7d"}},
		{"POST", "/api/saved-searches", map[string]any{"name": "Inbox rules", "view": "q=operation:*InboxRule*&range=7d"}},
		{"POST", "/api/change-windows", map[string]any{
			"title": "Weekend maintenance", "zone": "Europe/Berlin", "weekly": map[string]any{"days": []string{"sat"}, "from": "20:00", "to": "23:00"},
			"note": "Agreed for the ops team.", "ticket": "CHG-1000",
		}},
	} {
		if err := ask(ctx, server, "Ada", step.method, step.path, step.body, nil); err != nil {
			return err
		}
	}
	return nil
}
