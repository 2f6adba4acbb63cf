package uitest

import (
	"time"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"
)

// does has the page do something again and again until the function there reports that it is done, and reports whether it was.
// The function finds what it does it to and does it in one go: a script that draws a part of the page anew leaves whoever has
// found something there with what stands on no page any more; waiting until that is seen is waiting for ever.
func (v *Visitor) does(function string, args ...any) bool {
	v.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		done := v.evaluate(`async (...args) => {
			for (let i = 0; i < 20; i++) {
				if ((`+function+`)(...args)) return true
				await new Promise((r) => setTimeout(r, 50))
			}
			return false
		}`, args...)
		if done.Value.Bool() {
			return true
		}
	}
	return false
}

// focusing goes to the first element that the selector finds and that is seen; where a text is given, to one that says exactly
// that. It notes whether keys come to it from then on.
const focusing = `(selector, text) => {
	const e = [...document.querySelectorAll(selector)].find((e) => e.getClientRects().length > 0 && (text === null || e.innerText.trim() === text))
	if (!e || e.disabled) return false
	e.scrollIntoView({ block: 'nearest' })
	e.focus({ preventScroll: true })
	if (document.activeElement !== e) return false
	window.kvHand?.abort()
	window.kvHand = new AbortController()
	window.kvMissed = true
	document.addEventListener('keydown', (k) => { window.kvMissed = k.target !== e }, { capture: true, signal: window.kvHand.signal })
	return true
}`

// press goes to the element and presses the key there, once more where the page has drawn it anew in between.
func (v *Visitor) press(selector string, text any, key input.Key) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		v.focus(selector, text)
		v.must(v.page.Keyboard.Type(key))
		if !v.evaluate(`() => window.kvMissed === true`).Value.Bool() {
			return
		}
	}
	v.t.Fatalf("no key comes to %s on:\n%s", selector, v.Text())
}

// focus goes to the element; the text is nil where any will do.
func (v *Visitor) focus(selector string, text any) {
	v.t.Helper()
	switch {
	case v.does(focusing, selector, text):
	case text != nil:
		v.t.Fatalf("nothing to press is called %q on:\n%s", text, v.Text())
	default:
		v.t.Fatalf("nobody can go to %s on:\n%s", selector, v.Text())
	}
}

// Fill types into the field of that name.
func (v *Visitor) Fill(name, text string) {
	v.t.Helper()
	v.Write(`[name="`+name+`"]`, text)
}

// Write is Fill for the field that the selector finds.
func (v *Visitor) Write(selector, text string) {
	v.t.Helper()
	ready := v.does(`(selector) => {
		if (!(`+focusing+`)(selector, null) || document.activeElement.readOnly) return false
		window.kvField = document.activeElement
		window.kvField.select()
		return true
	}`, selector)
	if !ready {
		v.t.Fatalf("nobody can write into %s on:\n%s", selector, v.Text())
	}
	v.must(v.page.InsertText(text))
	v.evaluate(`() => { for (const kind of ['input', 'change']) window.kvField?.dispatchEvent(new Event(kind, { bubbles: true })) }`)
}

// Choose picks an option of a select by its value.
func (v *Visitor) Choose(name, value string) {
	v.t.Helper()
	v.Pick(`form[method="post"] select[name="`+name+`"], form:not([method="get"]) select[name="`+name+`"]`, value)
}

// Pick is Choose for the select that the selector finds.
func (v *Visitor) Pick(selector, value string) {
	v.t.Helper()
	picked := v.does(`(selector, value) => {
		if (!(`+focusing+`)(selector, null)) return false
		const e = document.activeElement
		if (![...e.options].some((o) => o.value === value)) return false
		e.value = value
		for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, { bubbles: true }))
		return true
	}`, selector, value)
	if !picked {
		v.t.Fatalf("%s does not offer %q on:\n%s", selector, value, v.Text())
	}
}

// Tick ticks a box by its name and, where there are several, its value.
func (v *Visitor) Tick(name, value string) {
	v.t.Helper()
	selector := `input[name="` + name + `"]`
	if value != "" {
		selector += `[value="` + value + `"]`
	}
	v.must(v.element(selector).Click(proto.InputMouseButtonLeft, 1))
}

// Hit presses keys of the keyboard on the element.
func (v *Visitor) Hit(selector string, keys ...input.Key) {
	v.t.Helper()
	if len(keys) == 1 {
		v.press(selector, nil, keys[0])
		return
	}
	v.focus(selector, nil)
	v.must(v.page.Keyboard.Type(keys...))
}

// Shortcut presses keys together while the element has the focus, the last of them after the others.
func (v *Visitor) Shortcut(selector string, keys ...input.Key) {
	v.t.Helper()
	v.focus(selector, nil)
	for _, held := range keys[:len(keys)-1] {
		v.must(v.page.Keyboard.Press(held))
	}
	v.must(v.page.Keyboard.Type(keys[len(keys)-1]))
	for _, held := range keys[:len(keys)-1] {
		v.must(v.page.Keyboard.Release(held))
	}
}

// Press goes to the button or link with exactly that text in the page's main part, as somebody does who has only a
// keyboard, presses Enter, and waits for what comes of it.
func (v *Visitor) Press(text string) {
	v.t.Helper()
	v.enter("main button, main a", text)
}

// Follow is Press in the navigation of visitors, above the page.
func (v *Visitor) Follow(text string) {
	v.t.Helper()
	v.enter(".k-visit a", text)
}

func (v *Visitor) enter(selector, text string) {
	v.t.Helper()
	v.leaving("nothing came of "+text, func() error {
		v.focus(selector, text)
		return v.page.Keyboard.Type(input.Enter)
	})
}

// PressHere is Press for a button whose effect stays on the page.
func (v *Visitor) PressHere(text string) {
	v.t.Helper()
	v.press("main button", text, input.Enter)
}

// Unfold opens the part of the page that is folded away behind the text.
func (v *Visitor) Unfold(text string) {
	v.t.Helper()
	v.press("main summary", text, input.Enter)
}
