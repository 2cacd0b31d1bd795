package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Wait waits until it is there.
func (t *Tab) Wait(by By) (f Found, err error) {
	err = t.Until(by.String(), func() (bool, error) {
		f, err = t.Find(by)
		return err == nil, err
	})
	return f, err
}

// WaitGone waits until it is not there.
func (t *Tab) WaitGone(by By) error {
	return t.Until(by.String()+" to be gone", func() (bool, error) {
		_, err := t.Find(by)
		if errors.Is(err, errNotThere) {
			return true, nil
		}
		return false, err
	})
}

// TextOf is what is to be read in it.
func (t *Tab) TextOf(by By) (string, error) {
	f, err := t.Wait(by)
	if err != nil {
		return "", err
	}
	return onNode[string](t, f.node, `function() { return this.innerText ?? this.textContent }`)
}

// Focused says whether the keyboard acts on it.
func (t *Tab) Focused(by By) (bool, error) {
	f, err := t.Find(by)
	if err != nil {
		return false, err
	}
	return onNode[bool](t, f.node, `function() { return document.activeElement === this }`)
}

// place is where something is on the screen.
type place struct {
	X, Y          float64 // the middle of its first box, in CSS pixels
	Left, Top     float64
	Width, Height float64
	// Why says what is in the way; "" is nothing.
	Why string
}

// placeScript waits until the element keeps still and looks whether its middle can be
// reached.
const placeScript = `async function() {
	const box = () => [...this.getClientRects()].find(r => r.width > 0 && r.height > 0);
	const frame = () => new Promise(done => requestAnimationFrame(done));
	let b = box(), last;
	for (let i = 0; i < 60 && b; i++) {
		last = b;
		await frame();
		b = box();
		if (b && b.x === last.x && b.y === last.y && b.width === last.width && b.height === last.height) break;
	}
	if (!b) return {Why: "it has no box on the screen"};
	const p = {X: b.x + b.width / 2, Y: b.y + b.height / 2, Left: b.x, Top: b.y, Width: b.width, Height: b.height, Why: ""};
	if (this.disabled || this.getAttribute("aria-disabled") === "true") p.Why = "it is disabled";
	let hit = document.elementFromPoint(p.X, p.Y);
	const labelled = hit && hit.closest("label")?.control === this;
	if (!hit) p.Why = "it is outside of the screen";
	else if (!this.contains(hit) && !labelled && !hit.contains(this)) p.Why = "covered by " + hit.outerHTML.slice(0, 200);
	return p;
}`

// place waits until it can be reached with the mouse.
func (t *Tab) place(by By) (p place, err error) {
	err = t.Until(by.String()+" to be reachable", func() (bool, error) {
		f, err := t.Find(by)
		if err != nil {
			return false, err
		}
		if _, err := call(t, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: f.node}); err != nil {
			return false, err
		}
		p, err = onNode[place](t, f.node, placeScript)
		if err == nil && p.Why != "" {
			err = errors.New(p.Why)
			if !t.options.Phone { // some things show themselves to the mouse only
				err = errors.Join(err, chromedp.Do(t.ctx, chromedp.MouseEvent(chromedp.MouseMoved, p.X, p.Y)))
			}
		}
		return err == nil, err
	})
	return p, err
}

// Click clicks with the mouse in the middle of it; on a phone it taps.
func (t *Tab) Click(by By, modifiers ...chromedp.Modifier) error {
	p, err := t.place(by)
	if err != nil {
		return err
	}
	return t.ClickAt(p.X, p.Y, modifiers...)
}

// ClickAt clicks at a point of the screen.
func (t *Tab) ClickAt(x, y float64, modifiers ...chromedp.Modifier) error {
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	if t.options.Phone {
		return chromedp.Do(ctx, chromedp.TapXY(x, y))
	}
	return chromedp.Do(ctx, chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseClickXY(x, y,
		func(p *input.DispatchMouseEventParams) {
			for _, m := range modifiers {
				p.Modifiers |= int64(m)
			}
		}))
}

// Hover puts the mouse on it.
func (t *Tab) Hover(by By) error {
	p, err := t.place(by)
	if err != nil {
		return err
	}
	return chromedp.Do(t.ctx, chromedp.MouseEvent(chromedp.MouseMoved, p.X, p.Y))
}

// Drag drags with the mouse over it, from and to as shares of its width.
func (t *Tab) Drag(by By, from, to float64) error {
	p, err := t.place(by)
	if err != nil {
		return err
	}
	return chromedp.Do(t.ctx, chromedp.DragAndDropXY(p.Left+from*p.Width, p.Y, p.Left+to*p.Width, p.Y))
}

// Wheel turns the mouse's wheel over a point of the screen, by CSS pixels, down if
// positive.
func (t *Tab) Wheel(x, y, down float64) error {
	// The browser wants both distances, also one of nothing, which the typed call leaves out.
	return chromedp.Do(t.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		wheel := map[string]any{"type": input.DispatchMouseEventTypeMouseWheel, "x": x, "y": y, "deltaX": 0, "deltaY": down}
		return target.Call(ctx, input.DispatchMouseEvent.Method, wheel, nil)
	}))
}

// Drop drops files onto the middle of the window.
func (t *Tab) Drop(files ...string) error {
	x, y := float64(t.options.Width)/2, float64(t.options.Height)/2
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: files, DragOperationsMask: 1}
	for _, step := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		if _, err := call(t, input.DispatchDragEvent, input.DispatchDragEventParams{Type: step, X: x, Y: y, Data: data}); err != nil {
			return err
		}
	}
	return nil
}

// Type types a text key by key into what has the focus.
func (t *Tab) Type(text string) error {
	for _, r := range text {
		if err := t.key(r); err != nil {
			return err
		}
	}
	return nil
}

// key presses and releases a key. The press brings its character with it, so that a page
// which takes the key for itself does not get the character too, as with a keyboard.
func (t *Tab) key(r rune, options ...chromedp.KeyOption) error {
	char := ""
	var events []*input.DispatchKeyEventParams
	for _, e := range kb.Encode(r) {
		for _, option := range options {
			option(e)
		}
		if e.Type == input.DispatchKeyEventTypeChar {
			char = e.Text
			continue
		}
		events = append(events, e)
	}
	for _, e := range events {
		if e.Type != input.DispatchKeyEventTypeKeyUp && e.Modifiers&^int64(chromedp.ModifierShift) == 0 && char != "" {
			e.Type, e.Text, e.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, char, char
		}
		if _, err := call(t, input.DispatchKeyEvent, *e); err != nil {
			return err
		}
	}
	if len(events) == 0 { // no key of this keyboard
		_, err := call(t, input.InsertText, input.InsertTextParams{Text: string(r)})
		return err
	}
	return nil
}

// Paste puts a text into what has the focus at once, as from the clipboard.
func (t *Tab) Paste(text string) error {
	if _, err := Eval[bool](t, `navigator.clipboard.writeText(`+quote(text)+`).then(() => true)`); err != nil {
		return err
	}
	_, err := call(t, input.DispatchKeyEvent, input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeKeyDown, Key: "v", Code: "KeyV", WindowsVirtualKeyCode: 'V', Modifiers: int64(chromedp.ModifierCtrl), Commands: []string{"paste"},
	})
	if err != nil {
		return err
	}
	_, err = call(t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: "v", Code: "KeyV", WindowsVirtualKeyCode: 'V'})
	return err
}

// Copied is the text in the clipboard.
func (t *Tab) Copied() (string, error) { return Eval[string](t, `navigator.clipboard.readText()`) }

// keys are the names of keys that give no character.
func keys() map[string]string {
	return map[string]string{
		"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Backspace": kb.Backspace, "Delete": kb.Delete, "Space": " ",
		"Down": kb.ArrowDown, "Up": kb.ArrowUp, "Left": kb.ArrowLeft, "Right": kb.ArrowRight,
		"Home": kb.Home, "End": kb.End, "PageDown": kb.PageDown, "PageUp": kb.PageUp,
	}
}

// Press presses keys one after the other: "Enter", "Down", "a", "Shift+Tab", "Control+a".
func (t *Tab) Press(names ...string) error {
	for _, name := range names {
		parts := strings.Split(name, "+")
		if name == "+" {
			parts = []string{name}
		}
		var modifiers []chromedp.Modifier
		for _, m := range parts[:len(parts)-1] {
			modifier, known := map[string]chromedp.Modifier{
				"Shift": chromedp.ModifierShift, "Control": chromedp.ModifierCtrl, "Alt": chromedp.ModifierAlt, "Meta": chromedp.ModifierMeta,
			}[m]
			if !known {
				return fmt.Errorf("%s: there is no key %s to hold", name, m)
			}
			modifiers = append(modifiers, modifier)
		}
		key := parts[len(parts)-1]
		if special, ok := keys()[key]; ok {
			key = special
		} else if len([]rune(key)) != 1 {
			return fmt.Errorf("there is no key %s", key)
		}
		options := []chromedp.KeyOption{chromedp.KeyModifiers(modifiers...)}
		if name == "Control+a" { // what the window system makes of it
			options = append(options, func(p *input.DispatchKeyEventParams) {
				if p.Type == input.DispatchKeyEventTypeRawKeyDown || p.Type == input.DispatchKeyEventTypeKeyDown {
					p.Commands = []string{"selectAll"}
				}
			})
		}
		if err := t.key([]rune(key)[0], options...); err != nil {
			return err
		}
	}
	return nil
}

// Fill replaces what is in a text field by typing.
func (t *Tab) Fill(by By, text string) error {
	if err := t.Click(by); err != nil {
		return err
	}
	if err := t.Press("Control+a", "Delete"); err != nil {
		return err
	}
	return t.Type(text)
}
