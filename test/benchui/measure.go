package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"aoc/test/ui/browser"
)

// searchBox is where people type.
func searchBox() browser.By { return browser.By{Role: "combobox", Part: "search"} }

// meterScript stands in the page. A letter's time begins with the input event. It ends in
// the frame after the one in which the rows changed last, once the answer for what is in
// the box has come; where the new rows are the old ones, in the frame after the answer.
const meterScript = `(() => {
	const meter = globalThis.__meter = {began: 0, answered: 0, changed: 0, painted: 0, text: ""};
	const real = globalThis.fetch;
	globalThis.fetch = async (...args) => {
		const asked = new URL(args[0] instanceof Request ? args[0].url : args[0], location.origin);
		const rows = asked.pathname === "/api/events";
		const text = asked.searchParams.get("q") ?? "";
		const answer = await real(...args);
		if (rows) answer.clone().arrayBuffer().then(() => { if (text.trim() === meter.text.trim()) meter.answered = performance.now(); }, () => {});
		return answer;
	};
	addEventListener("input", e => {
		if (!e.target.matches("[role=combobox], [type=search]")) return;
		Object.assign(meter, {began: performance.now(), answered: 0, changed: 0, painted: 0, text: e.target.value});
	}, true);
	const rows = document.querySelector("[role=grid], [role=table], table");
	const stamp = () => { const now = performance.now(); meter.changed = now; };
	new MutationObserver(stamp).observe(rows, {subtree: true, childList: true, characterData: true});
	// Painted: two frames after the last change, when nothing more has changed.
	const watch = () => {
		if (meter.began && meter.answered && !meter.painted) {
			const settled = Math.max(meter.changed, meter.answered);
			requestAnimationFrame(() => setTimeout(() => {
				if (!meter.painted && Math.max(meter.changed, meter.answered) === settled) meter.painted = performance.now();
			}));
		}
		requestAnimationFrame(watch);
	};
	watch();
})()`

// measure types every query and prints the table.
func measure(chromium *browser.Browser, p *program, queries []query, o options) error {
	tab, err := chromium.NewTab(browser.TabOptions{Origin: p.url})
	if err != nil {
		return err
	}
	defer tab.Close()
	if err := errors.Join(tab.Open("/?range=all&noise=show"), tab.Settle()); err != nil {
		return err
	}
	if err := weigh(tab); err != nil {
		return err
	}
	if _, err := browser.Eval[any](tab, meterScript); err != nil {
		return err
	}
	fmt.Printf("\n%-22s %-40s %8s %10s %8s %8s\n", "query", "typed", "letters", "median ms", "p95 ms", "max ms")
	var all []time.Duration
	for _, q := range queries {
		var took []time.Duration
		for range o.rounds {
			times, err := typed(tab, q, o)
			if err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			took = append(took, times...)
		}
		line(q.name, q.text, took)
		all = append(all, took...)
	}
	line("all", "", all)
	for _, f := range tab.Faults() {
		fmt.Println("in the page:", f)
	}
	return nil
}

// typed types a query letter by letter and gives the time of each.
func typed(tab *browser.Tab, q query, o options) (took []time.Duration, err error) {
	if err := errors.Join(tab.Fill(searchBox(), ""), tab.Settle()); err != nil {
		return nil, err
	}
	for _, letter := range q.text {
		if err := tab.Type(string(letter)); err != nil {
			return nil, err
		}
		var ms float64
		if err := tab.Until("the rows of "+q.text, func() (bool, error) {
			ms, err = browser.Eval[float64](tab, `__meter.painted ? __meter.painted - __meter.began : 0`)
			return ms > 0, err
		}); err != nil {
			// What is no query yet, such as an open quote, has no rows.
			continue
		}
		d := time.Duration(ms * float64(time.Millisecond))
		took = append(took, d)
		if o.verbose {
			fmt.Printf("  %q %8.1f ms\n", letter, ms)
		}
		time.Sleep(o.pause)
	}
	return took, nil
}

func line(name, text string, took []time.Duration) {
	if len(took) == 0 {
		fmt.Printf("%-22s %-40.40s %8d\n", name, text, 0)
		return
	}
	slices.Sort(took)
	at := func(share float64) string {
		return fmt.Sprintf("%.1f", took[min(int(share*float64(len(took))), len(took)-1)].Seconds()*1e3)
	}
	fmt.Printf("%-22s %-40.40s %8d %10s %8s %8s\n", name, text, len(took), at(0.5), at(0.95), at(1))
}

// weigh tells what the first load costs.
func weigh(tab *browser.Tab) error {
	type resource struct {
		Name    string  `json:"name"`
		Encoded float64 `json:"encoded"`
		Decoded float64 `json:"decoded"`
	}
	all, err := browser.Eval[[]resource](tab, `performance.getEntriesByType("resource").filter(e => /\.(js|css)$/.test(new URL(e.name).pathname))
		.map(e => ({name: new URL(e.name).pathname, encoded: e.encodedBodySize, decoded: e.decodedBodySize}))`)
	if err != nil {
		return err
	}
	var script, decoded float64
	for _, r := range all {
		if r.Name[len(r.Name)-3:] == ".js" {
			script, decoded = script+r.Encoded, decoded+r.Decoded
		}
	}
	fmt.Printf("first load: %.1f KB of JavaScript as sent, %.1f KB unpacked, in %d files with style sheets\n", script/1024, decoded/1024, len(all))
	return nil
}
