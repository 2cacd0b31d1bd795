package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
		if (!rows) return answer;
		// Told when the page has read it, since reading it twice would take time.
		for (const read of ["json", "text"]) {
			const reading = answer[read].bind(answer);
			answer[read] = async () => {
				const content = await reading();
				if (text.trim() === meter.text.trim()) meter.answered = performance.now();
				return content;
			};
		}
		return answer;
	};
	const begin = e => {
		if (!e.target.matches("[role=combobox]") || e.type === "keydown" && e.key !== "Enter") return;
		Object.assign(meter, {began: performance.now(), answered: 0, changed: 0, painted: 0, text: e.target.value});
	};
	addEventListener("input", begin, true);
	addEventListener("keydown", begin, true);
	// The table is taken away when there is nothing to show, and comes back.
	const isRows = node => node.nodeType === Node.ELEMENT_NODE && (node.closest("[role=grid]") || node.querySelector("[role=grid]") || node.matches(".nothing"));
	const stamp = changes => {
		const now = performance.now();
		if (changes.some(c => isRows(c.target.parentElement ?? c.target) || [...c.addedNodes].some(isRows))) meter.changed = now;
	};
	new MutationObserver(stamp).observe(document.querySelector("main"), {subtree: true, childList: true, characterData: true});
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
	fmt.Printf("\n%-24s %-40s %8s %10s %8s %8s %10s\n", "query", "typed", "letters", "median ms", "p95 ms", "max ms", "answer ms")
	var all []letter
	for _, q := range queries {
		if !strings.Contains(q.name, o.only) {
			continue
		}
		var took []letter
		rounds := o.rounds
		if q.entered {
			rounds *= 5
		}
		for range rounds {
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
	fmt.Println("\nmedian, p95, max: from the input event of a letter to the frame with its rows; answer: to the answer of the server, in the median")
	for _, f := range tab.Faults() {
		if !strings.HasPrefix(f.Text, "422 ") { // half of a query is often none
			fmt.Println("in the page:", f)
		}
	}
	return nil
}

// letter is what a letter took, in ms: to the server's answer and to the painted rows.
type letter struct {
	Answered, Painted float64
}

// typed types a query letter by letter and gives what each took.
func typed(tab *browser.Tab, q query, o options) (took []letter, err error) {
	if err := errors.Join(tab.Fill(searchBox(), ""), tab.Settle()); err != nil {
		return nil, err
	}
	if q.entered {
		if err := errors.Join(tab.Paste(q.text), tab.Press("Enter")); err != nil {
			return nil, err
		}
		l, err := painted(tab, q.text)
		return []letter{l}, err
	}
	for i, r := range q.text {
		if err := tab.Type(string(r)); err != nil {
			return nil, err
		}
		if unicode.IsSpace(r) { // asks for nothing else
			continue
		}
		l, err := painted(tab, q.text[:i+utf8.RuneLen(r)])
		if err != nil {
			return nil, err
		}
		took = append(took, l)
		if o.verbose {
			fmt.Printf("  %q answered %8.1f ms, painted %8.1f ms\n", r, l.Answered, l.Painted)
		}
		time.Sleep(o.pause)
	}
	return took, nil
}

// painted waits until the rows of what is typed are painted.
func painted(tab *browser.Tab, text string) (l letter, err error) {
	err = tab.Until("the rows of "+text, func() (bool, error) {
		l, err = browser.Eval[letter](tab, `__meter.painted ? {Answered: __meter.answered - __meter.began, Painted: __meter.painted - __meter.began} : {Answered: 0, Painted: 0}`)
		return l.Painted > 0, err
	})
	return l, err
}

func line(name, text string, took []letter) {
	if len(took) == 0 {
		return
	}
	share := func(of func(letter) float64, share float64) string {
		all := make([]float64, len(took))
		for i, l := range took {
			all[i] = of(l)
		}
		slices.Sort(all)
		return fmt.Sprintf("%.0f", all[min(int(share*float64(len(all))), len(all)-1)])
	}
	shown := func(l letter) float64 { return l.Painted }
	answered := func(l letter) float64 { return l.Answered }
	fmt.Printf("%-24s %-40.40s %8d %10s %8s %8s %10s\n", name, text, len(took), share(shown, 0.5), share(shown, 0.95), share(shown, 1), share(answered, 0.5))
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
